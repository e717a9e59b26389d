"""How long the registry takes to answer while somebody types, letter by letter, in a region larger than any."""

import http.client
import json
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode, urlsplit

from registry_process import registry_process

from benchmarks import large_region
from benchmarks.figures import percentile, table
from benchmarks.house import House
from benchmarks.large_region import Doctor, Facility, doctors, facilities

TARGET_MS = 30
#: How many texts of each kind are typed.
TYPED = 20
#: So many requests of each kind come first and do not count.
WARM = 3

_LATIN = "`qwertyuiop[]asdfghjkl;'zxcvbnm,."
_RUSSIAN = "ёйцукенгшщзхъфывапролджэячсмитьбю"
_WRONG_LAYOUT = str.maketrans(_RUSSIAN, _LATIN)


@dataclass(frozen=True)
class Typing:
    """A text that is typed letter by letter into one field: what is asked with each letter."""

    kind: str
    resource: str
    parameter: str
    text: str
    narrowed: tuple[tuple[str, str], ...] = ()

    def addresses(self) -> Iterator[str]:
        """One request for every beginning that does not end with a space."""
        more = {**dict(self.narrowed), "fuzzy": "true", "_count": "20"}
        for length in range(1, len(self.text) + 1):
            if self.text[length - 1] != " ":
                yield f"/fhir/{self.resource}?{urlencode({self.parameter: self.text[:length], **more})}"


@dataclass(frozen=True)
class Spent:
    """Milliseconds of one request: from its beginning to its whole answer, and of the registry's processor time."""

    whole: float
    processor: float


def measure(_house: House) -> str:
    """The section of the report; the house of the terminal has no part in it."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'large.sqlite'}"
        begun = time.perf_counter()
        credential = large_region.create(url)
        made = time.perf_counter() - begun
        size = (Path(folder) / "large.sqlite").stat().st_size / 1e6
        with registry_process(url, Path(folder) / "registry.log") as registry:
            spent = _asked(registry.base, registry.pid, credential)
    rows = [_row(kind, several) for kind, several in spent.items()]
    worst = [
        max(percentile(part, 0.95) for part in parts)
        for parts in zip(*map(_parts, spent.values()), strict=True)
    ]
    return "\n\n".join(
        (
            "## Search",
            f"The registry as a process of its own over SQLite with {large_region.FACILITIES:,} facilities and "
            f"{large_region.DOCTORS:,} doctors ({size:.0f} MB, made in {made:.0f} s), one terminal that types {TYPED} texts of "
            "each kind: a request with every letter, `fuzzy=true`, 20 entries. From the request to the whole answer over "
            "HTTP, and of that the processor time of the registry, which other work on the machine lengthens less, ms. The "
            f"first {WARM} of each kind do not count.",
            table(["what is typed", "requests", "p50", "p95", "max", "processor p50", "p95", "max"], rows),
            f"Target: p95 under {TARGET_MS} ms. Measured: at most {worst[0]:.0f}, of the processor {worst[1]:.0f}.",
        )
    )


def _parts(several: Sequence[Spent]) -> tuple[list[float], list[float]]:
    """Of each request the whole time, and the processor's."""
    return [one.whole for one in several], [one.processor for one in several]


def _row(kind: str, several: Sequence[Spent]) -> tuple[object, ...]:
    figures = (
        figure
        for part in _parts(several)
        for figure in (f"{percentile(part, 0.5):.1f}", f"{percentile(part, 0.95):.1f}", f"{max(part):.0f}")
    )
    return kind, len(several), *figures


def _asked(base: str, pid: int, credential: str) -> dict[str, list[Spent]]:
    """What each request took, by the kind of what was typed; the kinds take turns."""
    spent: dict[str, list[Spent]] = {}
    headers = {"Authorization": f"Bearer {credential}"}
    with closing(http.client.HTTPConnection(urlsplit(base).netloc, timeout=60)) as connection:
        for typing in typings():
            for address in typing.addresses():
                worked, begun = _processor_ms(pid), time.perf_counter()
                connection.request("GET", address, headers=headers)
                answer = connection.getresponse()
                body = answer.read()
                whole = (time.perf_counter() - begun) * 1000
                spent.setdefault(typing.kind, []).append(Spent(whole, _processor_ms(pid) - worked))
                _check(answer.status, json.loads(body), address)
    return {kind: several[WARM:] for kind, several in spent.items()}


def _processor_ms(pid: int) -> float:
    """What all threads of a process have had of the processor."""
    states = (Path(entry.path, "schedstat").read_text() for entry in os.scandir(f"/proc/{pid}/task"))
    return sum(int(state.split()[0]) for state in states) / 1e6


def _check(status: int, body: Any, address: str) -> None:
    if (
        status != 200
        or body["resourceType"] != "Bundle"
        or len(body.get("entry", ())) != min(20, body["total"])
    ):
        raise RuntimeError(f"{address}: {status} {str(body)[:300]}")


# --- what is typed -----------------------------------------------------------------------------------------------


def typings() -> Iterator[Typing]:
    """One text of each kind after the other, drawn from what is there and the same each time."""
    random = Random("typings")
    for _ in range(TYPED):
        yield from _of_facility(random, random.choice(facilities()))
        yield from _of_doctor(random, random.choice(doctors()))


def _of_facility(random: Random, facility: Facility) -> Iterator[Typing]:
    name, address = _plain(facility.name), _plain(facility.address)
    building = (("physical-type", "bu"),)
    yield Typing("facility by name", "Location", "name", name, building)
    yield Typing("organization by name", "Organization", "name", name)
    yield Typing("facility by address", "Location", "address", address, building)
    yield Typing("facility, other layout", "Location", "name", name.translate(_WRONG_LAYOUT), building)
    yield Typing("facility, slips", "Location", "name", _slipped(random, name), building)


def _of_doctor(random: Random, doctor: Doctor) -> Iterator[Typing]:
    last, first, *rest = _plain(str(doctor.name)).split()
    name = random.choice(
        (
            f"{last} {first}",
            f"{first} {' '.join(rest)} {last}",
            f"{last} {first[0]} {''.join(rest)[:1]}".strip(),
        )
    )
    role = ("PractitionerRole", "practitioner.name")
    specialty = (("specialty", doctor.specialty),)
    organization = (("organization", facilities()[doctor.facility].id),)
    yield Typing("doctor by name, in all facilities", *role, name)
    yield Typing("doctor by specialty and name", *role, name, specialty)
    yield Typing("doctor by name, in one facility", *role, name, organization)
    yield Typing("doctor by specialty and name, in one facility", *role, name, specialty + organization)
    yield Typing(
        "specialty in one facility", "HealthcareService", "name", "терапевт участковый", organization
    )
    yield Typing("doctor, other layout", *role, name.translate(_WRONG_LAYOUT))
    yield Typing("doctor, slips", *role, _slipped(random, name))
    yield Typing("doctor by specialty, slips", *role, _slipped(random, name), specialty)
    yield Typing("one letter", *role, random.choice("абвгдежзиклмнопрстуфхцчшщэюя"))


def _plain(text: str) -> str:
    return " ".join("".join(letter if letter.isalnum() else " " for letter in text.lower()).split())


def _slipped(random: Random, text: str) -> str:
    """A letter left out in every word of five and more."""
    words = text.split()
    places = [
        random.randrange(1, len(word) - 1) if len(word) > 4 and word.isalpha() else len(word)
        for word in words
    ]
    return " ".join(word[:at] + word[at + 1 :] for word, at in zip(words, places, strict=True))
