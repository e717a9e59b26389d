"""The waiting list: who may join, once, and leave (api.md sections 8, 10; R10, R30, R42)."""

from dataclasses import replace
from typing import Any

import pytest
from booking_region import (
    DAY,
    HOUR,
    MONDAY,
    Hall,
    Terminal,
    at,
    free_id,
    ids,
    new_identifier,
    only,
    own,
    period,
    refused,
    valid,
)
from sqlalchemy import func, literal_column, select, update
from tiny_region import ANNA, CHILD, PAVEL

from kiosk.central import schema, tickets
from kiosk.central.store import Store

DOCTOR, SERVICE = "PractitionerRole/r-therapist", "HealthcareService/s-therapist"


@pytest.fixture
def anna(hall: Hall) -> Terminal:
    return hall.terminal().identified(ANNA)


def joined(answer: Any, status: int = 201) -> dict[str, Any]:
    """The bare entry (api.md, Answers)."""
    assert answer.status_code == status, answer.text
    return valid(answer.json())


def listed(terminal: Terminal, patient: str = ANNA.id, **query: Any) -> list[dict[str, Any]]:
    answer = terminal.get("Appointment", **{"patient": patient, "status": "waitlist", **query})
    assert answer.status_code == 200, answer.text
    return [entry["resource"] for entry in valid(answer.json()).get("entry", [])]


def told(terminal: Terminal, patient: str = ANNA.id) -> list[dict[str, Any]]:
    """The messages of the cabinet, the last first."""
    bundle = terminal.get("Communication", recipient=patient).json()
    return [entry["resource"] for entry in bundle.get("entry", [])]


def kinds(store: Store, table: Any, *conditions: Any) -> list[str]:
    """In the order in which they were written."""
    with store.read() as connection:
        written = literal_column("rowid" if connection.dialect.name == "sqlite" else "ctid")
        query = select(table.c.kind).where(*conditions).order_by(written)
        return list(connection.execute(query).scalars())


# --- joining -----------------------------------------------------------------------------------------------------


def test_the_entry_says_who_waits_for_what(anna: Terminal) -> None:
    identifier = new_identifier()
    answer = anna.wait(SERVICE, identifier)
    entry = joined(answer)
    assert answer.headers["location"].endswith(f"/fhir/Appointment/{entry['id']}")
    assert answer.headers["etag"] == 'W/"1"'
    assert entry["status"] == "waitlist"
    assert entry["requestedPeriod"] == [period(0, 14)]
    assert [item["actor"]["reference"] for item in entry["participant"]] == [
        SERVICE,
        "Location/l1",
        f"Patient/{ANNA.id}",
    ]
    assert entry["specialty"][0]["coding"][0]["code"] == "therapist"
    given = {item["system"].rpartition(":")[2]: item["value"] for item in entry["identifier"]}
    assert given["3986"] == identifier
    assert given["ticket"].isdecimal()
    assert len(given["code"]) == 16
    assert not {"start", "end", "slot"} & set(entry)


def test_one_doctor_is_waited_for_by_name(anna: Terminal) -> None:
    entry = joined(anna.wait(DOCTOR))
    assert entry["participant"][0]["actor"] == {"reference": DOCTOR, "display": "Соколова Елена Андреевна"}


def test_the_entry_is_read_and_found_by_its_patient_alone(hall: Hall, anna: Terminal) -> None:
    entry = joined(anna.wait())
    assert anna.get(f"Appointment/{entry['id']}").json() == entry
    assert listed(anna) == [entry]
    assert [one["id"] for one in listed(anna, identifier=entry["identifier"][1]["value"])] == [entry["id"]]
    assert listed(anna, identifier="urn:other|1") == []
    assert listed(anna, date="ge2026-01-01") == []
    pavel = hall.terminal("second").identified(PAVEL)
    assert refused(pavel.get(f"Appointment/{entry['id']}")) == (404, "not-found")
    assert listed(pavel, PAVEL.id) == []
    assert refused(anna.anonymous().get(f"Appointment/{entry['id']}")) == (403, "forbidden")


def test_who_asks_for_visits_is_told_of_visits(anna: Terminal) -> None:
    """An entry has no time: only `status` names it into the answer, then after the visits."""
    booking = only(anna.book(free_id("r-therapist", 3)))
    entry = joined(anna.wait())
    assert ids(anna.get("Appointment", patient=ANNA.id)) == [booking["id"]]
    both = {"patient": ANNA.id, "status": "booked,waitlist"}
    assert ids(anna.get("Appointment", **both)) == [booking["id"], entry["id"]]
    assert ids(anna.get("Appointment", **both, _sort="-date")) == [booking["id"], entry["id"]]
    first = anna.get("Appointment", **both, _count=1).json()
    assert (first["total"], len(first["entry"])) == (2, 1)
    url = next(link["url"] for link in first["link"] if link["relation"] == "next")
    assert ids(anna.registry.get(url.removeprefix(anna.registry.base), token=anna.token)) == [entry["id"]]


def test_a_period_of_days_counts_both(anna: Terminal) -> None:
    days = {"start": "2026-03-03", "end": "2026-03-04"}
    entry = joined(anna.wait(requestedPeriod=[days]))
    assert entry["requestedPeriod"] == [period(1, 3)]


@pytest.mark.parametrize(
    "periods",
    [
        None,
        [],
        [{}],
        [period(0, 3), period(4, 5)],
        [{"start": "2026-03-05"}],
        [{"start": "2026-03-05", "end": "2026-03-04"}],
        [{"start": "2026-02-20", "end": "2026-03-01"}],
        [{"start": "2026-03-02", "end": "2027-03-09"}],
        [{"start": "2026-03-02", "end": "9999-12-31"}],
        [{"start": "0001-01-01", "end": "2026-03-08"}],
        [{"start": "2026-03-02T10:00:00", "end": "2026-03-04T10:00:00"}],
        [{"start": 5, "end": 6}],
        "always",
    ],
)
def test_a_period_that_is_none_is_invalid(anna: Terminal, periods: Any) -> None:
    assert refused(anna.wait(requestedPeriod=periods)) == (400, "invalid")


@pytest.mark.parametrize(
    "more",
    [
        {"status": "proposed"},
        {"status": None},
        {"resourceType": "Slot"},
        {"identifier": []},
        {"identifier": own("4711")},
        {"participant": []},
        {"participant": None},
        {"participant": [{"actor": {"reference": "Location/l1"}}]},
        {"participant": [{"actor": {"reference": DOCTOR}}, {"actor": {"reference": SERVICE}}]},
        {"participant": [{"actor": {"reference": "HealthcareService"}}]},
    ],
)
def test_another_shape_is_invalid(anna: Terminal, more: dict[str, Any]) -> None:
    assert refused(anna.wait(**more)) == (400, "invalid")


def test_a_terminal_alone_waits_for_nobody(anna: Terminal) -> None:
    assert refused(anna.anonymous().wait()) == (403, "forbidden")


@pytest.mark.parametrize("target", ["HealthcareService/none", "PractitionerRole/none"])
def test_what_is_not_there_is_not_found(anna: Terminal, target: str) -> None:
    assert refused(anna.wait(target)) == (404, "not-found")


def test_for_another_nobody_waits(anna: Terminal) -> None:
    participants = [{"actor": {"reference": one}} for one in (SERVICE, f"Patient/{PAVEL.id}")]
    assert refused(anna.wait(participant=participants)) == (404, "not-found")


@pytest.mark.parametrize(
    ("person", "target", "code"),
    [
        (CHILD, "HealthcareService/s-f1-paediatrician", ""),
        (ANNA, "HealthcareService/s-f1-paediatrician", "not-for-this-patient"),
        (PAVEL, "HealthcareService/s-f1-gynaecologist", "not-for-this-patient"),
        (ANNA, "HealthcareService/s-f1-tomograph", "not-bookable-online"),
        (ANNA, "HealthcareService/s-cardiologist", ""),
        (PAVEL, "HealthcareService/s-cardiologist", "dispensary-only"),
    ],
)
def test_the_rules_are_judged_when_joining(hall: Hall, person: Any, target: str, code: str) -> None:
    """R30, R42."""
    answer = hall.terminal().identified(person).wait(target)
    assert (refused(answer) if code else answer.status_code) == ((422, code) if code else 201)


def test_who_is_not_known_there_does_not_wait_there(hall: Hall, anna: Terminal) -> None:
    """R10, judged before the others."""
    closed = update(schema.facility).where(schema.facility.c.id == "f2").values(newcomers=False)
    hall.registry.store.write(lambda connection: connection.execute(closed))
    assert refused(anna.wait("PractitionerRole/r-urals")) == (422, "not-known-here")


def test_who_becomes_old_enough_within_the_period_may_wait(hall: Hall) -> None:
    """R42: the age on the day of the visit; on some day of the period is enough."""
    changes = (
        update(schema.patient).where(schema.patient.c.id == PAVEL.id).values(birth_date="2008-03-05"),
        update(schema.service).where(schema.service.c.id == "s-f1-family").values(age_min=18),
    )
    hall.registry.store.write(lambda connection: [connection.execute(change) for change in changes])
    pavel = hall.terminal().identified(replace(PAVEL, birth_date="2008-03-05"))
    family = "HealthcareService/s-f1-family"
    assert refused(pavel.wait(family, requestedPeriod=[period(0, 3)])) == (422, "not-for-this-patient")
    assert pavel.wait(family, requestedPeriod=[period(0, 4)]).status_code == 201


# --- once --------------------------------------------------------------------------------------------------------


def test_the_same_again_is_the_same(hall: Hall, anna: Terminal) -> None:
    identifier = new_identifier()
    entry = joined(anna.wait(SERVICE, identifier))
    assert joined(anna.wait(SERVICE, identifier)) == entry
    with hall.registry.store.read() as connection:
        assert connection.execute(select(func.count()).select_from(schema.waiting)).scalar() == 1
    assert len(told(anna)) == 1


@pytest.mark.parametrize(
    "more",
    [
        {"requestedPeriod": [period(0, 3)]},
        {"participant": [{"actor": {"reference": DOCTOR}}]},
        {"participant": [{"actor": {"reference": one}} for one in (SERVICE, f"Patient/{PAVEL.id}")]},
    ],
)
def test_another_request_under_the_identifier_is_refused(anna: Terminal, more: dict[str, Any]) -> None:
    identifier = new_identifier()
    joined(anna.wait(SERVICE, identifier))
    assert refused(anna.wait(SERVICE, identifier, **more)) == (422, "identifier-reused")


def test_bookings_and_waits_share_their_identifiers(anna: Terminal) -> None:
    booked, waits = new_identifier(), new_identifier()
    only(anna.book(free_id("r-therapist", 3), booked))
    joined(anna.wait(SERVICE, waits))
    assert refused(anna.wait(SERVICE, booked)) == (422, "identifier-reused")
    assert refused(anna.book(free_id("r-family", 5), waits)) == (422, "identifier-reused")


def test_nobody_waits_twice_for_the_same(hall: Hall, anna: Terminal) -> None:
    """The present entry is the answer, whatever terminal asks; for another doctor one may wait as well."""
    entry = joined(anna.wait())
    elsewhere = hall.terminal("second").identified(ANNA)
    again = joined(elsewhere.wait(requestedPeriod=[period(0, 3)]), 200)
    assert again == entry
    doctor = joined(elsewhere.wait(DOCTOR))
    assert joined(elsewhere.wait("PractitionerRole/r-second"))["id"] != doctor["id"]
    assert len(listed(elsewhere)) == 3


def test_numbers_are_in_use_once_at_a_facility(hall: Hall, anna: Terminal, monkeypatch: Any) -> None:
    """Not those of tickets either."""
    drawn = iter([7, 7, 7, 8])
    monkeypatch.setattr(tickets.secrets, "randbelow", lambda _: next(drawn))
    booking = only(anna.book(free_id("r-therapist", 3)))
    entry = joined(anna.wait())
    assert [one["identifier"][1]["value"] for one in (booking, entry)] == ["1007", "1008"]


def test_joining_is_told_and_counted(hall: Hall, anna: Terminal) -> None:
    """R25, R35; the notice waits as that of a booking."""
    entry = joined(anna.wait(DOCTOR))
    (message,) = told(anna)
    assert message["about"] == [{"reference": f"Appointment/{entry['id']}"}]
    text = message["payload"][0]["contentString"]
    for said in ("Терапевт, Соколова Елена Андреевна", "Поликлиника № 1", "15 марта"):
        assert said in text
    assert entry["identifier"][1]["value"] in text
    store = hall.registry.store
    with store.read() as connection:
        notice = connection.execute(select(schema.notice)).one()
        event = connection.execute(select(schema.event)).one()
    assert (notice.kind, notice.appointment) == ("waitlisted", entry["id"])
    assert notice.not_before == hall.registry.clock.now + 60
    assert (event.kind, event.facility_id, event.specialty_code, event.role_id, event.visit_at) == (
        "waitlisted",
        "f1",
        "therapist",
        "r-therapist",
        None,
    )


def test_a_discreet_specialty_is_not_named(anna: Terminal) -> None:
    """R47."""
    joined(anna.wait("PractitionerRole/r-discreet"))
    (message,) = told(anna)
    assert "приём" in message["payload"][0]["contentString"]
    assert "Venereologist" not in message["payload"][0]["contentString"]


# --- leaving -----------------------------------------------------------------------------------------------------


def test_leaving_is_told_once(hall: Hall, anna: Terminal) -> None:
    entry = joined(anna.wait())
    reason = {"coding": [{"code": "pat"}]}
    left = only(anna.cancel(entry["id"], cancelationReason=reason))
    assert (left["status"], left["cancelationReason"], left["meta"]["versionId"]) == (
        "cancelled",
        reason,
        "2",
    )
    assert only(anna.cancel(entry["id"])) == left
    assert listed(anna) == []
    assert anna.get(f"Appointment/{entry['id']}").json() == left
    assert len(told(anna)) == 2
    assert kinds(hall.registry.store, schema.notice) == ["waitlisted", "waiting-left"]
    assert kinds(hall.registry.store, schema.event) == ["waitlisted", "waiting-left"]
    assert joined(anna.wait())["id"] != entry["id"], "and may join again"


def test_only_what_was_seen_is_left(anna: Terminal) -> None:
    entry = joined(anna.wait())
    assert refused(anna.cancel(entry["id"], meta={"versionId": "7"})) == (412, "version-conflict")
    assert only(anna.cancel(entry["id"], meta={"versionId": "1"}))["status"] == "cancelled"


def test_only_its_patient_leaves(hall: Hall, anna: Terminal) -> None:
    entry = joined(anna.wait())
    assert refused(hall.terminal("second").identified(PAVEL).cancel(entry["id"])) == (404, "not-found")
    assert refused(hall.terminal("second").cancel(entry["id"])) == (404, "not-found")
    assert refused(anna.anonymous().cancel(entry["id"])) == (403, "forbidden")
    assert len(listed(hall.terminal().identified(ANNA))) == 1


def test_a_wait_ends_with_its_period(hall: Hall, anna: Terminal) -> None:
    entry = joined(anna.wait(requestedPeriod=[period(0, 1)]))
    hall.registry.clock.now = at(MONDAY, 24)
    anna = hall.terminal().identified(ANNA)
    assert listed(anna) == []
    assert anna.get(f"Appointment/{entry['id']}").json()["status"] == "cancelled"
    assert only(anna.cancel(entry["id"]))["meta"]["versionId"] == "1", "it has ended already"
    assert joined(anna.wait())["id"] != entry["id"]


# --- a lost answer -----------------------------------------------------------------------------------------------


def test_a_terminal_finds_out_what_became_of_its_request(hall: Hall, anna: Terminal) -> None:
    """Section 8: no patient, nothing of what is waited for."""
    identifier = new_identifier()
    entry = joined(anna.wait(SERVICE, identifier))
    found = only(anna.anonymous().get("Appointment", identifier=f"urn:ietf:rfc:3986|{identifier}"))
    assert (found["id"], found["status"], found["identifier"]) == (
        entry["id"],
        "waitlist",
        entry["identifier"],
    )
    assert ANNA.id not in str(found)
    assert "therapist" not in str(found)
    assert ids(hall.terminal("second").get("Appointment", identifier=identifier)) == []


def test_what_nobody_saw_is_taken_back_in_silence(hall: Hall, anna: Terminal) -> None:
    identifier = new_identifier()
    entry = joined(anna.wait(SERVICE, identifier))
    taken = only(anna.anonymous().take_back(identifier))
    assert (taken["id"], taken["status"]) == (entry["id"], "cancelled")
    assert only(anna.anonymous().take_back(identifier)) == taken
    assert kinds(hall.registry.store, schema.notice) == []
    assert joined(anna.wait(SERVICE, identifier))["status"] == "cancelled", "the present state"


def test_a_wait_given_up_before_it_was_asked_for_is_void(anna: Terminal) -> None:
    identifier = new_identifier()
    assert anna.anonymous().take_back(identifier).json()["total"] == 0
    assert refused(anna.wait(SERVICE, identifier)) == (409, "void")


def test_what_somebody_knows_of_stands(hall: Hall, anna: Terminal) -> None:
    seen, old = new_identifier(), new_identifier()
    joined(anna.wait(SERVICE, seen))
    listed(anna)
    assert refused(anna.anonymous().take_back(seen)) == (412, "already-known")
    joined(anna.wait(DOCTOR, old))
    hall.registry.clock.forward(DAY + HOUR)
    assert refused(hall.terminal().take_back(old)) == (412, "already-known")


def test_a_second_request_does_not_take_back_what_the_first_made(hall: Hall, anna: Terminal) -> None:
    first, second = new_identifier(), new_identifier()
    joined(anna.wait(SERVICE, first))
    joined(anna.wait(SERVICE, second), 200)
    assert refused(anna.anonymous().take_back(second)) == (412, "already-known")
    assert only(anna.anonymous().take_back(first))["status"] == "cancelled"


def test_a_lost_answer_to_leaving(hall: Hall, anna: Terminal) -> None:
    entry = joined(anna.wait())
    assert ids(anna.anonymous().get("Appointment", _id=entry["id"])) == []
    only(anna.cancel(entry["id"]))
    found = only(anna.anonymous().get("Appointment", _id=entry["id"]))
    assert (found["status"], found["meta"]["versionId"]) == ("cancelled", "2")
    assert ids(hall.terminal("second").get("Appointment", _id=entry["id"])) == []


@pytest.mark.parametrize("ask", ["hold", "book"])
def test_an_entry_is_no_time(anna: Terminal, ask: str) -> None:
    entry = joined(anna.wait())
    assert refused(getattr(anna, ask)(entry["id"])) == (404, "not-found")
    assert refused(anna.move(entry, free_id("r-therapist", 3))) == (404, "not-found")
