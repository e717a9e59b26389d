"""What the audit of the visits takes for wrong: neither less nor more than the registry promises."""

import time
from pathlib import Path
from typing import Any

import booking_region
import pytest
from sqlalchemy import insert
from tiny_region import ANNA, PAVEL
from visit_audit import Audit
from visit_ledger import Ledger

from kiosk.central import regional, schema
from kiosk.central.store import Store, create_schema

HOUR = 3600
TWICE = "one ticket number twice at a facility, among visits that are not over and those who wait: 1"


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        pytest.param(("f1", 1), ("f1", 2), [TWICE], id="both to come"),
        pytest.param(("f1", -2), ("f1", 2), [], id="one is over"),
        pytest.param(("f1", 1), ("f2", 2), [], id="elsewhere"),
    ],
)
def test_a_ticket_number_twice(
    tmp_path: Path, first: tuple[str, int], second: tuple[str, int], found: list[str]
) -> None:
    """api.md section 6: unique per facility among bookings whose visit is not over."""
    rows = [booking("a", ANNA.id, *first), booking("b", PAVEL.id, *second)]
    assert violations(tmp_path, rows, None) == found


def test_a_ticket_number_and_one_of_the_waiting_list(tmp_path: Path) -> None:
    """api.md section 10: the number of an entry is unique among tickets in use too."""
    assert violations(tmp_path, [booking("a", ANNA.id, "f1", 1)], entry(PAVEL.id, 2)) == [TWICE]
    assert violations(tmp_path, [booking("a", ANNA.id, "f1", 1)], entry(PAVEL.id, -2)) == []


def violations(folder: Path, bookings: list[dict[str, Any]], waits: dict[str, Any] | None) -> list[str]:
    """What the audit says of a registry with these bookings and this entry, of their numbers."""
    database = folder / f"registry-{len(list(folder.iterdir()))}.sqlite"
    store = Store(f"sqlite:///{database}")
    create_schema(store)
    store.write(regional.write_settings)
    store.write(booking_region.fill)
    store.write(lambda connection: connection.execute(insert(schema.appointment), bookings))
    if waits is not None:
        store.write(lambda connection: connection.execute(insert(schema.waiting), waits))
    store.close()
    ledger = Ledger()
    Audit(database, ledger).doubles()
    return [words for words in ledger.violations if "number" in words]


def booking(id: str, patient_id: str, facility_id: str, hours: int) -> dict[str, Any]:
    """Number 1007, of a visit that begins in so many hours."""
    start = int(time.time()) + hours * HOUR
    return {
        "id": id,
        "version": 1,
        "status": "booked",
        "role_id": "r-therapist" if facility_id == "f1" else "r-urals",
        "facility_id": facility_id,
        "service_id": "s-therapist",
        "specialty_code": "therapist",
        "profile_code": "therapist",
        "patient_id": patient_id,
        "start": start,
        "end": start + 900,
        "visit_day": 1,
        "asked_day": 1,
        "ticket": "1007",
        "code": id,
        "created": start,
        "changed": start,
        "seen": False,
    }


def entry(patient_id: str, hours: int) -> dict[str, Any]:
    """Number 1007, of somebody who waits until so many hours from now."""
    end = int(time.time()) + hours * HOUR
    return {
        "id": "e",
        "version": 1,
        "status": "waitlist",
        "patient_id": patient_id,
        "facility_id": "f1",
        "service_id": "s-therapist",
        "number": 1,
        "period_start": end - 10 * HOUR,
        "period_end": end,
        "ticket": "1007",
        "code": "e",
        "created": end,
        "changed": end,
        "seen": False,
        "language": "ru",
        "identifier": "e",
    }
