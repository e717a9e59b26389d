"""What staff do over HTTP for who phones or stands before them (R26 to R34, R42, R44; api.md section 17)."""

import re
import threading
import uuid
from collections.abc import Callable
from typing import Any

import httpx
import orjson
import pytest
from booking_region import HOUR, MONDAY, Hall, Terminal, at, free_id, ids, moment, only, refused
from jsonschema import ValidationError
from openapi_spec_validator import validate
from sqlalchemy import insert, select, update
from staff_api import Desk, done, hired
from staff_document import checked, document, operations
from test_waiting_list import SERVICE, joined, kinds, told
from tiny_region import ANNA, CHILD, OTHER_TWIN, PAVEL, TWIN

from kiosk.central import app, schema
from kiosk.central.staff.account import StaffRole

BOOKED = free_id("r-therapist", 3)
THURSDAY, FRIDAY = "2026-03-05", "2026-03-06"
NAME = {"last_name": "Петрова", "first_name": "Анна", "patronymic": "Ильинична"}


@pytest.fixture
def registrar(hall: Hall) -> Desk:
    return hired(hall.registry, StaffRole.REGISTRAR, "f1")


@pytest.fixture
def stranger(hall: Hall) -> Desk:
    """The registrar of another facility."""
    return hired(hall.registry, StaffRole.REGISTRAR, "f2")


@pytest.fixture
def operator(hall: Hall) -> Desk:
    return hired(hall.registry, StaffRole.OPERATOR)


@pytest.fixture
def chief(hall: Hall) -> Desk:
    return hired(hall.registry, StaffRole.ADMINISTRATOR)


def rows(desk: Desk, table: Any, *conditions: Any) -> list[Any]:
    with desk.registry.store.read() as connection:
        return list(connection.execute(select(table).where(*conditions)))


def noted(desk: Desk, **values: str) -> list[str]:
    """The kinds of accesses in the audit with these values, in order."""
    audit = schema.audit
    conditions = [audit.c[name] == value for name, value in values.items()]
    with desk.registry.store.read() as connection:
        return list(connection.scalars(select(audit.c.kind).where(*conditions).order_by(audit.c.id)))


def events(desk: Desk) -> list[tuple[str, str]]:
    """Kind and channel of what was counted, in order."""
    return [(row.kind, row.channel) for row in rows(desk, schema.event)]


def free(terminal: Terminal, day: int) -> list[str]:
    """The ids of what a terminal is shown of a day, counted from Monday."""
    return ids(terminal.find(at(MONDAY, day * 24), at(MONDAY, day * 24 + 24), _count=200))


# --- the document ------------------------------------------------------------------------------------------------


def test_the_document_is_openapi_and_has_every_route() -> None:
    validate(document())
    routes = (*app.PLAIN_ROUTES, *app.SIGN_IN_ROUTES, *app.OFFICE_ROUTES)
    ours = {f"{route.method} {route.path}" for route in routes if route.path.startswith("/staff/")}
    assert set(operations()) == ours


def test_an_answer_that_is_not_as_the_document_says_is_found_out(registrar: Desk, hall: Hall) -> None:
    only(hall.terminal().identified(ANNA).book(BOOKED))
    answer = registrar.get(f"bookings/{BOOKED}")
    for wrong in ({"policy_number": "7700"}, {"status": "held"}, {"ticket": 1234}):
        content = orjson.dumps(answer.json() | wrong)
        with pytest.raises(ValidationError):
            checked(httpx.Response(200, content=content, headers=answer.headers, request=answer.request))


# --- patients ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "asked",
    [
        {**NAME, "policy_number": "7700 0000 0000 0017"},
        {**NAME, "document_number": "123456"},
        {**NAME, "snils": "112-233-445 95"},
        {
            "last_name": "ПЕТРОВА",
            "first_name": "анна",
            "patronymic": "Ильинична",
            "document_number": "123456",
        },
    ],
)
def test_a_caller_is_found_by_name_and_one_number(operator: Desk, asked: dict[str, str]) -> None:
    """R34."""
    snils = update(schema.patient).where(schema.patient.c.id == ANNA.id).values(snils="11223344595")
    operator.registry.store.write(lambda connection: connection.execute(snils))
    (found,) = done(operator.post("patients/search", **asked))["patients"]
    assert (found["id"], found["birth_date"]) == (ANNA.id, ANNA.birth_date)
    assert found["attached"]["id"] == "f1"
    assert noted(operator, patient_id=ANNA.id) == ["search"]


@pytest.mark.parametrize(
    "asked",
    [
        {**NAME, "policy_number": "7700000000000041"},
        {**NAME, "last_name": "Петров", "policy_number": ANNA.policy_number},
        {**NAME, "patronymic": "", "policy_number": ANNA.policy_number},
        {**NAME, "last_name": "%", "policy_number": ANNA.policy_number},
    ],
)
def test_nearly_right_finds_nobody_and_is_noted(operator: Desk, asked: dict[str, str]) -> None:
    assert done(operator.post("patients/search", **asked))["patients"] == []
    assert noted(operator, kind="search", record="Patient", patient_id="") == ["search"]


@pytest.mark.parametrize(
    "asked",
    [
        NAME,
        {**NAME, "policy_number": "1", "document_number": "1"},
        {"policy_number": ANNA.policy_number},
        {**NAME, "policy_number": 7},
        {**NAME, "policy_number": "- -"},
        {**NAME, "snils": " -"},
        {**NAME, "policy_number": "1", "birth_date": "1980-05-17"},
    ],
)
def test_what_is_no_question_is_refused(operator: Desk, asked: dict[str, Any]) -> None:
    assert refused(operator.post("patients/search", **asked)) == (400, "invalid")


def test_a_registrar_finds_whom_their_facility_knows(registrar: Desk, stranger: Desk) -> None:
    """f2 takes newcomers: everybody might be booked there; once it does not, nobody of f1 is found."""
    asked = {**NAME, "policy_number": ANNA.policy_number}
    assert done(registrar.post("patients/search", **asked))["patients"]
    assert done(stranger.post("patients/search", **asked))["patients"]
    closed = update(schema.facility).where(schema.facility.c.id == "f2").values(newcomers=False)
    stranger.registry.store.write(lambda connection: connection.execute(closed))
    assert done(stranger.post("patients/search", **asked))["patients"] == []
    assert refused(stranger.get(f"patients/{ANNA.id}/bookings")) == (404, "not-found")


def test_nobody_searches_the_file_through(operator: Desk, registrar: Desk, hall: Hall) -> None:
    asked = {**NAME, "policy_number": ANNA.policy_number}
    account = rows(operator, schema.account, schema.account.c.role == "operator")[0].id
    many = [
        {"id": f"n{number}", "subject": f"search:{account}", "at": hall.registry.clock.now}
        for number in range(99)
    ]
    hall.registry.store.write(lambda connection: connection.execute(insert(schema.failure), many))
    assert operator.post("patients/search", **asked).status_code == 200
    answer = operator.post("patients/search", **asked)
    assert refused(answer) == (429, "too-many")
    assert 0 < int(answer.headers["Retry-After"]) <= 900
    assert registrar.post("patients/search", **asked).status_code == 200
    hall.registry.clock.forward(14 * 60)
    assert refused(operator.post("patients/search", **asked)) == (429, "too-many")
    hall.registry.clock.forward(60)


# --- book --------------------------------------------------------------------------------------------------------


def test_an_operator_books_for_a_caller(hall: Hall, operator: Desk) -> None:
    """R34: told, counted on the channel, in the cabinet, and gone for terminals."""
    booking = done(operator.book(PAVEL, BOOKED, phone="8 (916) 000-11-22"))
    assert (booking["status"], booking["channel"], booking["overbooked"]) == ("booked", "phone", False)
    assert booking["patient"]["phones"] == ["+79160001122"]
    pavel = hall.terminal().identified(PAVEL)
    shown = pavel.get(f"Appointment/{booking['id']}").json()
    assert shown["start"] == booking["start"]
    messages = [one["payload"][0]["contentString"] for one in told(pavel, PAVEL.id)]
    assert any("Вы записаны" in text for text in messages)
    assert kinds(hall.registry.store, schema.notice, schema.notice.c.appointment == booking["id"]) == [
        "booked"
    ]
    assert events(operator) == [("booked", "phone")]
    assert noted(operator, record=f"Appointment/{booking['id']}")[0] == "book"
    assert refused(hall.terminal("other").identified(ANNA).hold(BOOKED)) == (409, "slot-taken")
    assert refused(pavel.book(free_id("r-second", 4))) == (422, "one-per-day"), "R27: asked today"
    only(pavel.cancel(booking["id"]))
    assert free_id("r-therapist", 3, generation=1) in free(pavel, 3)


def test_the_same_request_again_is_the_same_booking(operator: Desk, registrar: Desk) -> None:
    identifier = f"urn:uuid:{uuid.uuid4()}"
    first = done(operator.book(ANNA, BOOKED, identifier=identifier, phone="+79160001122"))
    assert done(operator.book(ANNA, BOOKED, identifier=identifier, phone="+79160001122")) == first
    another = operator.book(PAVEL, BOOKED, identifier=identifier)
    assert refused(another) == (422, "identifier-reused")
    done(operator.post(f"bookings/{first['id']}/cancel"))
    again = done(operator.book(ANNA, BOOKED, identifier=identifier, phone="+79160001122"))
    assert again["status"] == "cancelled"
    assert refused(registrar.book(ANNA, BOOKED, identifier=identifier)) == (409, "slot-taken"), "their own"
    assert events(operator) == [("booked", "phone"), ("cancelled-by-clinic", "phone")]


def test_the_same_request_at_once_is_one_booking(operator: Desk) -> None:
    identifier = f"urn:uuid:{uuid.uuid4()}"
    answers: list[dict[str, Any]] = []

    def ask() -> httpx.Response:
        answer = operator.book(ANNA, BOOKED, identifier=identifier)
        answers.append(done(answer))
        return answer

    assert at_once(ask, ask, ask, ask) == [200] * 4
    assert len({one["id"] for one in answers}) == len(rows(operator, schema.appointment)) == 1
    assert events(operator) == [("booked", "phone")]


def test_earlier_contacts_are_told_of_a_new_phone(operator: Desk) -> None:
    done(operator.book(ANNA, BOOKED, phone="+79160001122"))
    notices = rows(operator, schema.notice, schema.notice.c.kind == "contacts-changed")
    assert {one.address for one in notices} == {
        '{"system":"phone","value":"+79161234567"}',
        '{"system":"email","value":"anna@example.ru"}',
    }


def test_where_the_facility_approves_an_operator_asks_and_a_registrar_decides(
    operator: Desk, registrar: Desk
) -> None:
    """R31."""
    asked = done(operator.book(ANNA, free_id("r-approved", 3)))
    assert asked["status"] == "pending"
    assert done(registrar.book(PAVEL, free_id("r-approved", 3, 1)))["status"] == "booked"
    (waits,) = done(registrar.get("requests"))["bookings"]
    assert waits["id"] == asked["id"]
    assert refused(operator.post(f"bookings/{asked['id']}/approve")) == (403, "forbidden")
    assert done(registrar.post(f"bookings/{asked['id']}/approve"))["status"] == "booked"
    assert done(registrar.post(f"bookings/{asked['id']}/approve"))["version"] == 2, "nothing more happens"
    assert refused(registrar.post(f"bookings/{asked['id']}/refuse")) == (412, "version-conflict")
    assert ("approved", "desk") in events(operator)


Prepare = Callable[[Hall, Desk], None]


def asked_today(hall: Hall, desk: Desk) -> None:
    only(hall.terminal().identified(ANNA).book(free_id("r-family", 5)))


def visits_then(hall: Hall, desk: Desk) -> None:
    only(hall.terminal().identified(ANNA).book(free_id("r-family", 3, 5)))
    hall.registry.clock.forward(24 * HOUR)


def nothing(hall: Hall, desk: Desk) -> None:
    pass


def in_an_hour(hall: Hall, desk: Desk) -> None:
    hall.registry.clock.now = at(MONDAY, 72 + 9)


def in_another_room(hall: Hall, desk: Desk) -> None:
    only(hall.terminal().identified(ANNA).book(free_id("r-discreet", 3)))


@pytest.mark.parametrize(
    ("person", "time", "prepare", "code", "rule"),
    [
        (ANNA, BOOKED, asked_today, "one-per-day", "R27"),
        (ANNA, BOOKED, visits_then, "one-per-day", "R27"),
        (ANNA, BOOKED, in_an_hour, "too-late", "R28"),
        (ANNA, free_id("r-desk", 3), nothing, "not-bookable-online", "R30"),
        (PAVEL, free_id("r-cardiologist", 3), nothing, "dispensary-only", "R30"),
    ],
)
def test_some_rules_are_passed_over_with_a_reason(
    hall: Hall, registrar: Desk, person: Any, time: str, prepare: Prepare, code: str, rule: str
) -> None:
    """R27, R28, R30: staff's to override, each by its number."""
    prepare(hall, registrar)
    registrar = registrar.again()
    assert refused(registrar.book(person, time)) == (422, code)
    others = sorted({"R27", "R28", "R30"} - {rule})
    assert refused(registrar.book(person, time, override=others, reason="Просьба врача")) == (422, code)
    assert refused(registrar.book(person, time, override=[rule])) == (400, "invalid"), "a reason is wanted"
    booking = done(registrar.book(person, time, override=[rule], reason="Просьба врача"))
    (line,) = rows(
        registrar,
        schema.audit,
        schema.audit.c.record == f"Appointment/{booking['id']}",
        schema.audit.c.kind == "book",
    )
    assert line.reason == "Просьба врача"
    if code == "one-per-day":
        earlier = rows(registrar, schema.appointment, schema.appointment.c.id != booking["id"])[0].id
        done(registrar.post(f"bookings/{booking['id']}/cancel"))
        still = rows(registrar, schema.claim, schema.claim.c.appointment == earlier)
        assert len([one for one in still if one.resource.startswith(("asked:", "visit:"))]) == 2


@pytest.mark.parametrize(
    ("person", "time", "prepare", "refusal"),
    [
        (PAVEL, free_id("r-child", 3), nothing, (422, "not-for-this-patient")),
        (CHILD, free_id("r-women", 3), nothing, (422, "not-for-this-patient")),
        (ANNA, BOOKED, in_another_room, (422, "overlap")),
        (ANNA, free_id("r-therapist", 0, 0).replace("r-therapist", "r-nobody"), nothing, (404, "not-found")),
    ],
)
def test_some_rules_nobody_passes_over(
    hall: Hall, registrar: Desk, person: Any, time: str, prepare: Prepare, refusal: tuple[int, str]
) -> None:
    """R42, R44: whom a specialist treats, and where somebody is, does not depend on who asks."""
    prepare(hall, registrar)
    all_of_them = {"override": ["R27", "R28", "R30"], "reason": "Очень просит", "overbook": True}
    assert refused(registrar.book(person, time, **all_of_them)) == refusal
    for rule in ("R42", "R44", "R21", "R10"):
        assert refused(registrar.book(person, time, override=[rule], reason="Очень")) == (400, "invalid")


def test_a_card_is_wanted_also_at_the_desk(operator: Desk) -> None:
    """R10: it is opened in the clinic's own system."""
    away = update(schema.patient).where(schema.patient.c.id == PAVEL.id).values(facility_id="f2")
    operator.registry.store.write(lambda connection: connection.execute(away))
    assert refused(operator.book(PAVEL, BOOKED)) == (422, "not-known-here")


# --- further seats -----------------------------------------------------------------------------------------------


def seats(chief: Desk, most: int) -> None:
    assert done(chief.patch("facilities/f1/settings", extra_seats=most))["extra_seats"] == most


def test_overbooking_is_staffs_and_the_facilitys_to_allow(
    hall: Hall, registrar: Desk, operator: Desk, chief: Desk
) -> None:
    """api.md section 12: a second patient at a time that is taken; no patient sees or gets such a seat."""
    only(hall.terminal().identified(ANNA).book(BOOKED))
    assert refused(registrar.book(PAVEL, BOOKED, overbook=True)) == (409, "slot-taken")
    seats(chief, 1)
    assert refused(operator.book(PAVEL, BOOKED, overbook=True)) == (403, "forbidden")
    assert refused(registrar.book(PAVEL, BOOKED)) == (409, "slot-taken"), "only where it is asked for"
    second = done(registrar.book(PAVEL, BOOKED, overbook=True))
    assert second["overbooked"]
    assert noted(registrar, record=f"Appointment/{second['id']}") == ["overbook"]
    assert refused(registrar.book(TWIN, BOOKED, overbook=True)) == (409, "slot-taken")
    (line,) = [one for one in registrar.day("r-therapist", THURSDAY)["times"] if one["time"] == BOOKED]
    assert [one["overbooked"] for one in line["bookings"]] == [False, True]
    terminal = hall.terminal("other").identified(TWIN)
    assert refused(terminal.hold(BOOKED)) == (409, "slot-taken")
    done(registrar.post(f"bookings/{second['id']}/cancel"))
    assert refused(terminal.hold(BOOKED)) == (409, "slot-taken"), "the ordinary seat is somebody's"
    third = done(registrar.book(TWIN, BOOKED, overbook=True))
    only(hall.terminal().identified(ANNA).cancel(BOOKED))
    freed = free_id("r-therapist", 3, generation=1)
    assert freed in free(hall.terminal("free"), 3)
    done(registrar.post(f"bookings/{third['id']}/cancel"))
    assert freed in free(hall.terminal("free"), 3), "under the same id"


def test_who_was_overbooked_moves_to_an_ordinary_seat(hall: Hall, registrar: Desk, chief: Desk) -> None:
    seats(chief, 1)
    only(hall.terminal().identified(ANNA).book(BOOKED))
    second = done(registrar.book(PAVEL, BOOKED, overbook=True))
    pavel = hall.terminal("p").identified(PAVEL)
    seen = pavel.get(f"Appointment/{second['id']}").json()
    moved = only(pavel.move(seen, free_id("r-therapist", 4)))
    assert refused(pavel.anonymous().hold(BOOKED)) == (409, "slot-taken")
    only(pavel.cancel(moved["id"]))
    assert free_id("r-therapist", 4, generation=1) in free(pavel, 4)


def at_once(*acts: Callable[[], httpx.Response]) -> list[int]:
    """The statuses of what is done at the same moment."""
    start, statuses = threading.Barrier(len(acts)), [0] * len(acts)

    def run(place: int, act: Callable[[], httpx.Response]) -> None:
        start.wait()
        statuses[place] = act().status_code

    threads = [threading.Thread(target=run, args=one) for one in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


def test_the_last_seat_has_one_winner(hall: Hall, registrar: Desk, chief: Desk) -> None:
    """R21, whatever the seat: two of the staff at once, again and again."""
    seats(chief, 1)
    second = hired(hall.registry, StaffRole.REGISTRAR, "f1", "second-desk")
    for number in range(6):
        time = free_id("r-therapist", 3, number)
        done(registrar.book(CHILD, time, override=["R27"], reason="Сестра"))
        override = {"overbook": True, "override": ["R27"], "reason": "Сестра"}
        statuses = at_once(
            lambda time=time, more=override: registrar.book(TWIN, time, **more),
            lambda time=time, more=override: second.book(OTHER_TWIN, time, **more),
        )
        assert sorted(statuses) == [200, 409]
        on_it = rows(
            registrar, schema.appointment, schema.appointment.c.start == at(MONDAY, 72 + 10, number * 15)
        )
        assert sorted(row.seat for row in on_it) == [0, 1]


def test_staff_and_a_terminal_race_for_a_time(hall: Hall, registrar: Desk) -> None:
    anna = hall.terminal().identified(ANNA)
    wins = []
    for number in range(6):
        time = free_id("r-therapist", 3, number)
        only(anna.hold(time)) if number % 2 else None
        statuses = at_once(
            lambda time=time: registrar.book(PAVEL, time, override=["R27"], reason="Талон"),
            lambda time=time: anna.book(time),
        )
        assert statuses.count(200) == 1 or (number and statuses[1] == 422)
        wins.append(statuses[0])
        taken = rows(
            registrar, schema.appointment, schema.appointment.c.start == at(MONDAY, 72 + 10, number * 15)
        )
        assert len([row for row in taken if row.status == "booked"]) == 1
        for row in rows(
            registrar,
            schema.appointment,
            schema.appointment.c.patient_id == ANNA.id,
            schema.appointment.c.status == "booked",
        ):
            only(anna.cancel(row.id))
    assert wins.count(200) + wins.count(409) == 6


def test_cancel_move_and_approve_at_once_leave_one_outcome(hall: Hall, registrar: Desk) -> None:
    """Each is refused, repeated, or done on what the other left: never both half done."""
    second = hired(hall.registry, StaffRole.REGISTRAR, "f1", "second-desk")
    anna = hall.terminal().identified(ANNA)
    for number in range(6):
        generation = rows(
            registrar,
            schema.slot,
            schema.slot.c.role_id == "r-approved",
            schema.slot.c.start == at(MONDAY, 72 + 10, number * 15),
        )[0].generation
        time, target = free_id("r-approved", 3, number, generation), free_id("r-approved", 4, number)
        asked = only(anna.book(time))
        statuses = at_once(
            lambda id=asked["id"]: registrar.post(f"bookings/{id}/cancel", reason="Врач занят"),
            lambda id=asked["id"]: second.post(f"bookings/{id}/approve"),
            lambda asked=asked, target=target: anna.move(asked, target),
        )
        assert set(statuses) <= {200, 412, 422}
        (row,) = rows(registrar, schema.appointment, schema.appointment.c.id == asked["id"])
        owned = rows(registrar, schema.claim, schema.claim.c.appointment == asked["id"])
        assert (row.status == "cancelled") is (statuses[0] == 200)
        assert len(owned) == (0 if row.status == "cancelled" else 3 + 3 + 2)
        told_of = kinds(hall.registry.store, schema.message, schema.message.c.appointment == asked["id"])
        assert len(told_of) == row.version
        if row.status != "cancelled":
            done(registrar.post(f"bookings/{asked['id']}/cancel"))


# --- one booking -------------------------------------------------------------------------------------------------


def test_a_booking_is_moved_by_staff(hall: Hall, registrar: Desk) -> None:
    joined(hall.terminal("w").identified(TWIN).wait(SERVICE))
    anna = hall.terminal().identified(ANNA)
    booked = only(anna.book(BOOKED))
    target = free_id("r-second", 4)
    assert refused(registrar.post(f"bookings/{BOOKED}/move", time=target, version=7)) == (
        412,
        "version-conflict",
    )
    moved = done(registrar.post(f"bookings/{BOOKED}/move", time=target, version=1, reason="По просьбе"))
    assert (moved["doctor"]["id"], moved["version"], moved["channel"]) == ("r-second", 2, "kiosk")
    assert done(registrar.post(f"bookings/{BOOKED}/move", time=target))["version"] == 2
    assert refused(anna.move(booked, free_id("r-therapist", 5))) == (412, "version-conflict")
    assert kinds(hall.registry.store, schema.message, schema.message.c.appointment == BOOKED) == [
        "booked",
        "moved",
    ]
    offered = rows(registrar, schema.offer)
    assert [one.appointment for one in offered] == [free_id("r-therapist", 3, generation=1)], "to who waits"
    assert refused(registrar.post(f"bookings/{BOOKED}/move", time=free_id("r-family", 5))) == (400, "invalid")
    assert ("moved", "desk") in events(registrar)


def test_who_did_not_come_is_noted(hall: Hall, registrar: Desk) -> None:
    booking = done(registrar.book(ANNA, BOOKED))
    assert refused(registrar.post(f"bookings/{booking['id']}/not-come")) == (400, "invalid")
    hall.registry.clock.now = at(MONDAY, 72 + 10, 5)
    registrar = registrar.again()
    assert done(registrar.post(f"bookings/{booking['id']}/not-come"))["status"] == "noshow"
    assert done(registrar.post(f"bookings/{booking['id']}/came"))["status"] == "booked"
    assert events(registrar) == [("booked", "desk"), ("not-come", "desk"), ("came", "desk")]
    assert refused(registrar.post(f"bookings/{booking['id']}/cancel")) == (422, "too-late")


def test_what_staff_saw_no_terminal_takes_back(hall: Hall, registrar: Desk) -> None:
    """api.md section 8."""
    anna, identifier = hall.terminal().identified(ANNA), f"urn:uuid:{uuid.uuid4()}"
    only(anna.book(BOOKED, identifier))
    assert registrar.day("r-therapist", THURSDAY)["times"][0]["bookings"][0]["patient"]["id"] == ANNA.id
    assert refused(anna.take_back(identifier)) == (412, "already-known")


# --- paper -------------------------------------------------------------------------------------------------------


def paper(desk: Desk, person: Any, start: int, **more: Any) -> httpx.Response:
    body = {"identifier": f"urn:uuid:{uuid.uuid4()}", "patient": person.id, "doctor": "r-therapist"}
    return desk.post("paper-bookings", start=moment(start), **body | more)


def test_what_stood_on_paper_is_entered(hall: Hall, registrar: Desk) -> None:
    """R32: near or past, whatever R27, R28 and R30 say; nobody is told of what is over."""
    hall.registry.clock.now = at(MONDAY, 72 + 9, 30)
    registrar = registrar.again()
    near = done(paper(registrar, ANNA, at(MONDAY, 72 + 10)))
    assert near["channel"] == "paper"
    past = done(paper(registrar, ANNA, at(MONDAY, 24 + 8), minutes=20))
    assert past["end"] == moment(at(MONDAY, 24 + 8, 20))
    assert done(paper(registrar, PAVEL, at(MONDAY, 24 + 9), doctor="r-cardiologist", minutes=20))
    store = hall.registry.store
    assert kinds(store, schema.message, schema.message.c.appointment == near["id"]) == ["booked"]
    assert kinds(store, schema.message, schema.message.c.appointment == past["id"]) == []
    assert events(registrar) == [("booked", "paper")] * 3
    assert refused(paper(registrar, PAVEL, at(MONDAY, 72 + 10))) == (409, "slot-taken")
    assert refused(paper(registrar, PAVEL, at(MONDAY, 24 + 8, 10), minutes=20)) == (409, "slot-taken")
    assert refused(paper(registrar, ANNA, at(MONDAY, 72 + 10), doctor="r-second")) == (422, "overlap")
    assert refused(paper(registrar, PAVEL, at(MONDAY, 24 + 8), doctor="r-child", minutes=20)) == (
        422,
        "not-for-this-patient",
    )
    assert refused(paper(registrar, PAVEL, at(MONDAY, 24 + 7))) == (400, "invalid"), "how long?"
    assert refused(paper(registrar, PAVEL, at(MONDAY, 24 + 7, 1), minutes=20)) == (400, "invalid")
    assert refused(paper(registrar, PAVEL, at(MONDAY, -400 * 24), minutes=20)) == (400, "invalid")
    terminal = hall.terminal().identified(TWIN)
    assert refused(terminal.hold(free_id("r-therapist", 3))) == (422, "too-late")


# --- days --------------------------------------------------------------------------------------------------------


def test_a_day_is_seen_with_who_sits_where(hall: Hall, registrar: Desk, operator: Desk) -> None:
    only(hall.terminal().identified(ANNA).book(BOOKED))
    only(hall.terminal("held").hold(free_id("r-therapist", 3, 1)))
    day = registrar.day("r-therapist", THURSDAY)
    assert [one["state"] for one in day["times"]][:3] == ["booked", "held", "free"]
    assert day["times"][0]["bookings"][0]["patient"]["name"] == "Петрова Анна Ильинична"
    assert noted(registrar, record=f"Appointment/{BOOKED}", kind="read") == ["read"]
    assert refused(operator.get(f"doctors/r-therapist/days/{THURSDAY}")) == (403, "forbidden")


def test_a_day_is_called_off(hall: Hall, registrar: Desk) -> None:
    only(hall.terminal().identified(ANNA).book(BOOKED))
    only(hall.terminal().identified(PAVEL).book(free_id("r-therapist", 3, 1)))
    only(hall.terminal().identified(TWIN).book(free_id("r-second", 3, 1)))
    done_ = done(
        registrar.post(f"doctors/r-therapist/days/{THURSDAY}/cancel", substitute="r-second", reason="Болен")
    )
    assert [one["outcome"] for one in done_["bookings"]] == ["moved", "cancelled"]
    assert done_["withdrawn"] == 10
    assert registrar.day("r-therapist", THURSDAY)["absent"]
    assert sorted(event for event in events(registrar) if event[1] == "desk") == [
        ("cancelled-by-clinic", "desk"),
        ("moved-by-clinic", "desk"),
    ]
    late = registrar.post("doctors/r-therapist/days/2026-03-01/cancel")
    assert refused(late) == (422, "too-late")


def test_a_day_called_off_is_taken_back(hall: Hall, registrar: Desk) -> None:
    """R45: `$find`, `$availability` and `$hold` have it again; it is noted who did it."""
    path = f"doctors/r-therapist/days/{THURSDAY}"
    done(registrar.post(f"{path}/cancel", reason="Болен"))
    assert {one["state"] for one in registrar.day("r-therapist", THURSDAY)["times"]} == {"withdrawn"}
    assert done(registrar.post(f"{path}/reopen"))["free"] == 12
    day = registrar.day("r-therapist", THURSDAY)
    assert not day["absent"]
    assert {one["state"] for one in day["times"]} == {"free"}
    assert [one["time"] for one in day["times"]] == [
        id for id in free(hall.terminal(), 3) if id.startswith("r-therapist.")
    ]
    assert only(hall.terminal().identified(ANNA).hold(day["times"][0]["time"]))
    assert done(registrar.post(f"{path}/reopen"))["free"] == 0
    assert noted(registrar, record="PractitionerRole/r-therapist") == ["day-off", "day-on"]
    late = registrar.post("doctors/r-therapist/days/2026-03-01/reopen")
    assert refused(late) == (422, "too-late")


def test_a_day_called_off_and_taken_back_at_once_is_one_of_both(hall: Hall, registrar: Desk) -> None:
    """Whichever comes last: a day that is off has no free time, one that is on has nothing of the absence."""
    second = hired(hall.registry, StaffRole.REGISTRAR, "f1", "second-desk")
    path = f"doctors/r-therapist/days/{THURSDAY}"
    for number in range(6):
        anna = hall.terminal("anna").identified(ANNA)
        first = next(id for id in free(anna, 3) if id.startswith("r-therapist."))
        statuses = at_once(
            lambda: registrar.post(f"{path}/cancel"),
            lambda: second.post(f"{path}/reopen"),
            lambda anna=anna, first=first: anna.book(first),
        )
        assert statuses[:2] == [200, 200], number
        assert statuses[2] in (200, 409)
        day = registrar.day("r-therapist", THURSDAY)
        states = {one["state"] for one in day["times"]}
        assert states <= ({"withdrawn"} if day["absent"] else {"free", "booked"})
        absent = rows(registrar, schema.claim, schema.claim.c.holder == "absence")
        assert bool(absent) is day["absent"]
        done(registrar.post(f"{path}/reopen"))
        for row in rows(registrar, schema.appointment, schema.appointment.c.status == "booked"):
            done(registrar.post(f"bookings/{row.id}/cancel"))


def test_a_day_is_moved_and_who_cannot_go_is_named(hall: Hall, registrar: Desk) -> None:
    first, second, third = (free_id("r-therapist", 3, number) for number in range(3))
    only(hall.terminal().identified(ANNA).book(first))
    only(hall.terminal().identified(PAVEL).book(second))
    only(hall.terminal().identified(CHILD).book(third))
    only(hall.terminal().identified(TWIN).book(free_id("r-therapist", 4, 1)))
    hall.registry.clock.forward(24 * HOUR)
    only(hall.terminal().identified(CHILD).book(free_id("r-second", 4, 6)))
    registrar = registrar.again()
    path = f"doctors/r-therapist/days/{THURSDAY}/move"
    moved = done(registrar.post(path, to_date=FRIDAY, reason="Конференция"))
    assert [one["patient"]["id"] for one in moved["moved"]] == [ANNA.id]
    assert [(one["booking"]["patient"]["id"], one["why"]) for one in moved["stay"]] == [
        (PAVEL.id, "slot-taken"),
        (CHILD.id, "one-per-day"),
    ]
    assert moved["moved"][0]["start"].startswith(f"{FRIDAY}T10:00")
    assert moved["withdrawn"] == 9
    words = told(hall.terminal().identified(ANNA), ANNA.id)[0]["payload"][0]["contentString"]
    assert "перенесла" in words
    assert "6 марта" in words
    assert words.endswith("Причина: Конференция.")
    assert not [id for id in free(hall.terminal("x"), 3) if id.startswith("r-therapist")], (
        "nobody gets a time of that day"
    )
    again = done(registrar.post(path, to_date=FRIDAY))
    assert (again["moved"], len(again["stay"]), again["withdrawn"]) == ([], 2, 0)
    to_another = done(registrar.post(path, to_doctor="r-second"))
    assert [one["doctor"]["id"] for one in to_another["moved"]] == ["r-second"] * 2
    for wrong in ({}, {"to_doctor": "r-therapist"}, {"to_doctor": "r-family"}):
        assert refused(registrar.post(path, **wrong)) == (400, "invalid")
    assert refused(registrar.post(path, to_date="2026-03-01")) == (422, "too-late")


def test_a_schedule_is_printed_and_names_are_the_registrars(
    hall: Hall, registrar: Desk, stranger: Desk, operator: Desk
) -> None:
    """R33."""
    only(hall.terminal().identified(ANNA).book(BOOKED))
    path, week = "doctors/r-therapist/schedule", {"from": "2026-03-02", "to": "2026-03-08"}
    named = registrar.get(path, **week, names="true")
    assert "Петрова Анна Ильинична" in named.text
    assert "script" not in named.text
    assert noted(registrar, kind="print", patient_id=ANNA.id) == ["print"]
    for other in (stranger, operator):
        assert "Петрова" not in other.get(path, **week).text
    assert refused(stranger.get(path, **week, names="true")) == (404, "not-found")
    assert refused(operator.get(path, **week, names="true")) == (403, "forbidden")
    month = registrar.get(path, **{"from": "2026-03-02", "to": "2026-04-01"})
    assert month.text.count("<section>") == 14
    for wrong in ({"to": "2026-04-02"}, {"to": "2026-03-01"}, {"to": "x"}, {"names": "yes"}):
        assert refused(registrar.get(path, **week | wrong)) == (400, "invalid")
    assert noted(registrar, kind="print") == ["print"]
    (line,) = re.findall(r"<tr>.*10:00–10:15.*занято.*</tr>", stranger.get(path, **week).text)
    assert line


# --- what a facility decides -------------------------------------------------------------------------------------


def test_a_facility_decides_and_it_is_noted(hall: Hall, chief: Desk, registrar: Desk) -> None:
    """R10, R28, R30, R31: at once in force, also for terminals."""
    hall.registry.clock.now = at(MONDAY, 72 + 8)
    chief = chief.again()
    anna = hall.terminal().identified(ANNA)
    assert refused(anna.hold(BOOKED)) == (422, "too-late")
    terms = done(chief.patch("facilities/f1/settings", notice_minutes=60))
    assert (terms["notice_minutes"], terms["extra_seats"], terms["newcomers"]) == (60, 0, False)
    assert only(anna.hold(BOOKED))
    done(chief.patch("facilities/f1/settings/gynaecologist", approval=True, online="dispensary"))
    assert refused(anna.hold(free_id("r-women", 4))) == (422, "dispensary-only")
    assert noted(chief, kind="settings") == ["settings", "settings"]
    assert refused(chief.patch("facilities/f1/settings", notice_minutes=-1)) == (400, "invalid")
    assert refused(chief.patch("facilities/f9/settings", newcomers=True)) == (404, "not-found")
    assert refused(chief.patch("facilities/f1/settings/nothing", approval=True)) == (404, "not-found")


@pytest.mark.parametrize("online", ["no", "dispensary"])
def test_a_mandatory_specialty_stays_open(chief: Desk, hall: Hall, online: str) -> None:
    """R29."""
    before = rows(chief, schema.service)
    assert refused(chief.patch("facilities/f1/settings/therapist", online=online)) == (400, "invalid")
    assert rows(chief, schema.service) == before
    assert done(chief.patch("facilities/f1/settings/therapist", online="yes", approval=True))


# --- another facility's ------------------------------------------------------------------------------------------


def test_a_registrar_reaches_nothing_of_another_facility(hall: Hall, stranger: Desk, registrar: Desk) -> None:
    """R40: every route with the ids of f1, by the registrar of f2; nothing is told, and nothing changes."""
    only(hall.terminal().identified(PAVEL).book(BOOKED))
    asked = only(hall.terminal().identified(ANNA).book(free_id("r-approved", 3)))
    closed = update(schema.facility).where(schema.facility.c.id == "f2").values(newcomers=False)
    hall.registry.store.write(lambda connection: connection.execute(closed))
    identifier = f"urn:uuid:{uuid.uuid4()}"
    paper_body = {"identifier": identifier, "patient": ANNA.id, "doctor": "r-therapist"}
    tried = {
        "GET /staff/patients/{id}/bookings": [({"id": ANNA.id}, None)],
        "POST /staff/bookings": [
            ({}, {"identifier": identifier, "patient": ANNA.id, "time": free_id("r-therapist", 4)})
        ],
        "POST /staff/paper-bookings": [({}, paper_body | {"start": moment(at(MONDAY, 72 + 10))})],
        "GET /staff/bookings/{id}": [({"id": BOOKED}, None)],
        "POST /staff/bookings/{id}/move": [({"id": BOOKED}, {"time": free_id("r-second", 4)})],
        **{
            f"POST /staff/bookings/{{id}}/{act}": [({"id": id}, {}) for id in (BOOKED, asked["id"])]
            for act in ("approve", "refuse", "cancel", "not-come", "came")
        },
        "GET /staff/doctors/{id}/days/{date}": [({"id": "r-therapist", "date": THURSDAY}, None)],
        "GET /staff/doctors/{id}/schedule?from=2026-03-02&to=2026-03-08&names=true": [
            ({"id": "r-therapist"}, None)
        ],
        **{
            f"POST /staff/doctors/{{id}}/days/{{date}}/{act}": [({"id": "r-therapist", "date": THURSDAY}, {})]
            for act in ("cancel", "reopen")
        },
        "POST /staff/doctors/{id}/days/{date}/move": [
            ({"id": "r-therapist", "date": THURSDAY}, {"to_date": FRIDAY})
        ],
    }
    elsewhere = {"POST /staff/patients/search", "GET /staff/requests"}
    desk_routes = {f"{one.method} {one.path}" for one in app.STAFF_ROUTES if "settings" not in one.path}
    assert {line.partition("?")[0] for line in tried} | elsewhere == desk_routes, "a new route is tried here"
    watched = (schema.appointment, schema.claim, schema.absence, schema.message, schema.notice, schema.event)
    before = [rows(stranger, table) for table in watched]
    for line, requests in tried.items():
        method, path = line.split()
        for values, body in requests:
            answer = hall.registry.request(method, path.format(**values), token=stranger.token, json=body)
            assert refused(answer) == (404, "not-found"), line
    assert done(stranger.get("requests"))["bookings"] == []
    found = stranger.post("patients/search", **NAME, policy_number=ANNA.policy_number)
    assert done(found)["patients"] == []
    assert [rows(stranger, table) for table in watched] == before
