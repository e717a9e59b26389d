"""Events, bookings, waits and reports of terminals of some time, made up: what statistics are counted from."""

from collections.abc import Iterator
from random import Random
from typing import Any

from booking_region import DAY, HOUR, ROLES
from sqlalchemy import Connection, insert
from tiny_region import ANNA, NOW, PAVEL, TWIN

from kiosk.central import schema

#: role: (facility, specialty)
Places = dict[str, tuple[str, str]]
#: All of the booking region.
PLACES: Places = {
    "r-therapist": ("f1", "therapist"),
    "r-cardiologist": ("f1", "cardiologist"),
    **{role: (facility, code) for role, (facility, code, _, _) in ROLES.items()},
}
KINDS = ("booked",) * 6 + (
    "moved",
    "cancelled",
    "approved",
    "refused",
    "moved-by-clinic",
    "cancelled-by-clinic",
    "not-come",
    "waitlisted",
    "waiting-left",
    "waiting-over",
    "offer",
    "offer-withdrawn",
)
CHANNELS = ("kiosk", "kiosk", "kiosk", "staff")
STEPS = ("facility", "specialty", "doctor", "time", "identify", "confirm", "result")
TERMINALS = ("lobby", "second")
#: Before the tests' clock, and some after it: what is not asked about must not be counted.
SPAN = (NOW - 30 * DAY, NOW + 5 * DAY)


def events(
    number: int, span: tuple[int, int] = SPAN, seed: int = 4, places: Places = PLACES
) -> Iterator[dict[str, Any]]:
    """So many events of this span, at any second of it."""
    random, roles = Random(seed), list(places)
    for id in range(number):
        role, kind = random.choice(roles), random.choice(KINDS)
        facility, code = places[role]
        asked_at = random.randrange(*span)
        waits = kind.startswith("wait")
        yield {
            "id": f"e{id}",
            "kind": kind,
            "asked_at": asked_at,
            "visit_at": None if waits else asked_at + random.choice((0, HOUR, DAY, 9 * DAY, 40 * DAY)),
            "facility_id": facility,
            "specialty_code": code,
            "role_id": None if waits and id % 2 else role,
            "channel": random.choice(CHANNELS),
            "terminal_id": None,
        }


def reports(
    number: int, span: tuple[int, int] = SPAN, seed: int = 5, places: Places = PLACES
) -> Iterator[dict[str, Any]]:
    """So many events of terminals."""
    random, here = Random(seed), list(places.values())
    for id in range(number):
        kind = random.choice(("step", "step", "step", "unmet-demand", "staff-called", "device-fault"))
        facility, code = random.choice(here)
        unmet = kind == "unmet-demand"
        yield {
            "terminal_id": f"t-{random.choice(TERMINALS)}",
            "id": f"r{id}",
            "at": random.randrange(*span),
            "kind": kind,
            "organization": facility if unmet else None,
            "specialty": code if unmet else None,
            "detail": random.choice(("doctor", "specialty")) if unmet else random.choice(STEPS),
        }


def bookings(per_doctor: int, seed: int = 6) -> Iterator[dict[str, Any]]:
    """Bookings of the booking region's times, some of them cancelled, some to which nobody came."""
    random = Random(seed)
    for role, (facility, code) in PLACES.items():
        for number in random.sample(range(14 * 12), per_doctor):
            start = NOW + (number // 12) * DAY + HOUR + number % 12 * 15 * 60
            if role == "r-urals":
                start -= 2 * HOUR
            yield {
                "id": f"{role}.{start}",
                "version": 1,
                "status": random.choice(("booked", "pending", "cancelled", "noshow", "fulfilled")),
                "role_id": role,
                "facility_id": facility,
                "service_id": f"s-{facility}-{code}",
                "specialty_code": code,
                "profile_code": code,
                "patient_id": random.choice((ANNA, PAVEL, TWIN)).id,
                "start": start,
                "end": start + 15 * 60,
                "visit_day": (start + 5 * HOUR) // DAY + 719_163,
                "asked_day": 0,
                "ticket": f"{role}{number}",
                "code": f"{role}{number}",
                "created": 0,
                "changed": 0,
                "seen": False,
            }


def waits(number: int, seed: int = 7) -> Iterator[dict[str, Any]]:
    """Entries of the waiting list, some of them left, some whose period is over."""
    random = Random(seed)
    for id in range(number):
        facility, code = PLACES[random.choice(("r-therapist", "r-urals", "r-discreet"))]
        yield {
            "id": f"w{id}",
            "version": 1,
            "status": random.choice(("waitlist", "waitlist", "cancelled")),
            "patient_id": random.choice((ANNA, PAVEL, TWIN)).id,
            "facility_id": facility,
            "service_id": "s-therapist"
            if (facility, code) == ("f1", "therapist")
            else f"s-{facility}-{code}",
            "role_id": None,
            "number": id,
            "period_start": NOW - 20 * DAY,
            "period_end": NOW + random.choice((-DAY, DAY, 9 * DAY)),
            "ticket": f"w{id}",
            "code": f"w{id}",
            "created": NOW - random.randrange(20 * DAY),
            "changed": NOW,
            "seen": False,
            "language": "ru",
            "identifier": "",
        }


def offers(entries: list[dict[str, Any]], seed: int = 8) -> Iterator[dict[str, Any]]:
    """What some of those who wait were offered."""
    random = Random(seed)
    for entry in entries:
        for number in range(random.randrange(3)):
            yield {
                "appointment": f"free-{entry['id']}-{number}",
                "waiting_id": entry["id"],
                "state": random.choice(("open", "taken", "lapsed", "left", "returned", "withdrawn")),
                "expires": random.randrange(*SPAN),
            }


def terminals() -> list[dict[str, Any]]:
    """The terminals of the reports."""
    return [
        {"id": f"t-{name}", "name": f"{name} of the year", "credential_hash": name, "enrolled": 0}
        for name in TERMINALS
    ]


def fill(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    """A month of all of it in the booking region; the rows by table."""
    entries = list(waits(40))
    rows = {
        "terminal": terminals(),
        "event": list(events(3000)),
        "terminal_event": list(reports(2000)),
        "appointment": list(bookings(60)),
        "waiting": entries,
        "offer": list(offers(entries)),
    }
    for name, those in rows.items():
        connection.execute(insert(schema.metadata.tables[name]), those)
    return rows
