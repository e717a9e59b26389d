"""Requests of a stranger, written from api.md alone; every answer is judged before a test sees it."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import requests
from contract_judge import EXTENSION, Json, judge
from contract_people import Person

FHIR_JSON = "application/fhir+json"
URI = "urn:ietf:rfc:3986"
TICKET = "urn:electronic-registry:ticket"
CODE = "urn:electronic-registry:code"
SECONDS = 20


@dataclass(frozen=True)
class Answer:
    """A judged answer: status, headers, body (None where there is none)."""

    status: int
    headers: requests.structures.CaseInsensitiveDict[str]
    body: Json

    def __repr__(self) -> str:
        return f"{self.status} {str(self.body)[:600]}"

    @property
    def code(self) -> str:
        """The refusal's code of section 11, or ''."""
        for coding in self.body["issue"][0]["details"].get("coding", []):
            return str(coding["code"])
        return ""

    def ok(self) -> "Answer":
        assert self.status == 200, f"{self!r}"
        return self

    def refused(self, status: int, code: str = "") -> "Answer":
        """Asserts this refusal, by its status and where one fits its code of section 11."""
        assert self.status == status, f"expected {status} {code}, got {self!r}"
        assert not code or self.code == code, f"expected {code}, got {self!r}"
        return self

    def matches(self) -> list[Json]:
        entries = self.ok().body.get("entry", [])
        return [entry["resource"] for entry in entries if entry["search"]["mode"] == "match"]

    def included(self) -> list[Json]:
        entries = self.ok().body.get("entry", [])
        return [entry["resource"] for entry in entries if entry["search"]["mode"] == "include"]

    def outcomes(self) -> list[Json]:
        entries = self.ok().body.get("entry", [])
        return [entry["resource"] for entry in entries if entry["search"]["mode"] == "outcome"]

    @property
    def total(self) -> int:
        return int(self.ok().body["total"])

    def next(self) -> str | None:
        links = [link["url"] for link in self.ok().body.get("link", []) if link["relation"] == "next"]
        assert len(links) <= 1
        return links[0] if links else None

    def appointment(self) -> Json:
        """The one Appointment of a hold, a booking, a change."""
        found = self.matches()
        assert len(found) == 1, repr(self)
        assert self.total == 1
        assert found[0]["resourceType"] == "Appointment"
        return found[0]


class Wire:
    """Connections to one server; thread-safe, to be closed."""

    def __init__(self, base: str, judged: Callable[[requests.Response], None] = judge) -> None:
        self.base = base
        self.judged = judged
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.mount("http://", requests.adapters.HTTPAdapter(pool_connections=1, pool_maxsize=64))

    def close(self) -> None:
        self.session.close()

    def send(self, method: str, path: str, bearer: str | None = None, **how: Any) -> Answer:
        """One request; `path` may be a whole URL, as `next` links are."""
        url = path if path.startswith("http") else self.base + path
        headers = dict(how.pop("headers", {}))
        if bearer is not None:
            headers.setdefault("Authorization", f"Bearer {bearer}")
        raw = self.session.request(
            method, url, headers=headers, timeout=SECONDS, allow_redirects=False, **how
        )
        self.judged(raw)
        return Answer(raw.status_code, raw.headers, _json(raw))


def _json(raw: requests.Response) -> Json:
    return raw.json() if raw.content and raw.request.method != "HEAD" else None


def parameters(*parts: Json) -> Json:
    return {"resourceType": "Parameters", "parameter": list(parts)}


def part(name: str, value: Any) -> Json:
    """A Parameters part: a resource, a Reference, an integer or a text whose type follows from its name."""
    if isinstance(value, dict):
        return {"name": name, "resource" if "resourceType" in value else "valueReference": value}
    if isinstance(value, int):
        return {"name": name, "valueInteger": value}
    return {"name": name, ("valueDateTime" if name in ("start", "end") else "valueString"): value}


def reference(kind: str, found: str) -> Json:
    return {"reference": f"{kind}/{found}"}


def new_identifier() -> str:
    return f"urn:uuid:{uuid.uuid4()}"


def identifier(value: str, system: str = URI) -> Json:
    return {"system": system, "value": value}


def identifiers(appointment: Json) -> dict[str, str]:
    return {item["system"]: item["value"] for item in appointment.get("identifier", [])}


def instant(text: str) -> datetime:
    """A time of the API, which always carries an offset."""
    found = datetime.fromisoformat(text)
    assert found.tzinfo is not None, f"{text} has no offset"
    return found


def hold_end(appointment: Json) -> datetime | None:
    for item in appointment.get("extension", []):
        if item["url"] == EXTENSION + "hold-end":
            return instant(item["valueDateTime"])
    return None


def window(days_from: int = 1, days_to: int = 15) -> tuple[str, str]:
    """Start and end for `$find`, whole days from now, as RFC 3339 texts."""
    now = datetime.now(UTC).replace(microsecond=0)
    return (now + timedelta(days=days_from)).isoformat(), (now + timedelta(days=days_to)).isoformat()


class Terminal:
    """A terminal with its credential."""

    def __init__(self, wire: Wire, credential: str) -> None:
        self.wire = wire
        self.credential = credential

    def send(self, method: str, path: str, **how: Any) -> Answer:
        return self.wire.send(method, path, how.pop("bearer", self.credential), **how)

    def get(self, path: str, **query: Any) -> Answer:
        """A read or search under /fhir; `_` in front of a name is kept, a dot is written as a double underscore."""
        return self.send("GET", f"/fhir/{path}", params={_name(key): value for key, value in query.items()})

    def post(self, path: str, body: Json) -> Answer:
        return self.send("POST", f"/fhir/{path}", json=body, headers={"Content-Type": FHIR_JSON})

    def pages(self, first: Answer) -> Iterator[Answer]:
        """The first page and all that its `next` links lead to."""
        page: Answer | None = first.ok()
        while page is not None:
            yield page
            url = page.next()
            page = self.send("GET", url).ok() if url else None

    def everything(self, path: str, **query: Any) -> list[Json]:
        first = self.get(path, _count=200, **query)
        found = [resource for page in self.pages(first) for resource in page.matches()]
        assert len(found) == first.total
        return found

    def find(self, start: str | None = None, end: str | None = None, **wish: Any) -> Answer:
        """`$find`, of the coming two weeks where no time is given; dicts go as References, lists repeat."""
        if start is None or end is None:
            start, end = window()
        parts = [part("start", start), part("end", end)]
        for name, value in wish.items():
            values = value if isinstance(value, list) else [value]
            parts += [part(name, one) for one in values]
        return self.post("Appointment/$find", parameters(*parts))

    def hold(self, found: str, **more: str) -> Answer:
        parts = [part("appointment-reference", reference("Appointment", found))]
        parts += [part(name, reference("Appointment", value)) for name, value in more.items()]
        return self.post("Appointment/$hold", parameters(*parts))

    def book_resource(self, resource: Json) -> Answer:
        body = {"resourceType": "Appointment", **resource}
        return self.post("Appointment/$book", parameters(part("appointment-resource", body)))

    def release(self, found: str) -> Answer:
        return self.book_resource({"id": found, "status": "cancelled"})

    def recover(self, value: str) -> Answer:
        return self.get("Appointment", identifier=f"{URI}|{value}")

    def cancel_by_identifier(self, value: str) -> Answer:
        return self.book_resource({"identifier": [identifier(value)], "status": "cancelled"})

    def identify(self, **form: str) -> Answer:
        """`POST /auth/token` with these fields and `grant_type=policy` where none is given."""
        return self.send("POST", "/auth/token", data={"grant_type": "policy", **form})

    def sign_in(self, person: Person, document: bool = False) -> "Visitor":
        form = {"policy_number": person.policy_number, "birth_date": person.birth_date}
        if document:
            form["document_number"] = person.document_number
        answer = self.identify(**form)
        assert answer.status == 200, f"{person.situation}: {answer.status} {answer.body}"
        return Visitor(self, answer.body["access_token"], answer.body["patient"], person)

    def revoke(self, token: str, bearer: str | None = None) -> Answer:
        return self.send("POST", "/auth/revoke", data={"token": token}, bearer=bearer or self.credential)


class Visitor(Terminal):
    """A patient at a terminal: the same requests with the patient token."""

    def __init__(self, terminal: Terminal, token: str, patient: str, person: Person) -> None:
        super().__init__(terminal.wire, token)
        self.terminal = terminal
        self.patient = patient
        self.person = person

    def book(self, found: str, value: str = "", **more: Any) -> Answer:
        made = {"id": found, "status": "pending", "identifier": [identifier(value or new_identifier())]}
        return self.book_resource({**made, **more})

    def move(self, booked: Json, to: Json, **more: Any) -> Answer:
        """The booked Appointment to the time of a proposed one."""
        changed = {
            "id": booked["id"],
            "meta": {"versionId": booked["meta"]["versionId"]},
            "status": "booked",
            "slot": to["slot"],
            "start": to["start"],
            "end": to["end"],
        }
        return self.book_resource({**changed, **more})

    def cancel(self, found: str, **more: Any) -> Answer:
        reason = {
            "coding": [
                {
                    "system": "http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason",
                    "code": "pat",
                }
            ]
        }
        return self.book_resource({"id": found, "status": "cancelled", "cancelationReason": reason, **more})

    def wait(self, target: Json, value: str = "", **more: Any) -> Answer:
        """Join the waiting list for a service or a doctor (section 10), for the coming month."""
        start, end = window(0, 30)
        wish = {
            "resourceType": "Appointment",
            "status": "waitlist",
            "identifier": [identifier(value or new_identifier())],
            "requestedPeriod": [{"start": start, "end": end}],
            "participant": [{"actor": target, "status": "needs-action"}],
        }
        return self.post("Appointment", {**wish, **more})

    def waits(self, **query: Any) -> Answer:
        return self.mine(status="waitlist", **query)

    def mine(self, **query: Any) -> Answer:
        return self.get("Appointment", patient=f"Patient/{self.patient}", **query)


def _name(key: str) -> str:
    return key if key.startswith("_") else key.replace("__", ".").replace("_", "-")


def day_of(appointment: Json) -> date:
    """The facility's local day of an appointment."""
    return instant(appointment["start"]).date()


def actor(appointment: Json, kind: str) -> Json:
    """The participant of that type; there has to be exactly one."""
    found = [item for item in appointment["participant"] if item["actor"]["reference"].startswith(kind + "/")]
    assert len(found) == 1, f"{len(found)} {kind} in {appointment['participant']}"
    return found[0]
