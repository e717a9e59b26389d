"""Whatever a client of staff sends, wrong by intent: it is refused by name, and nothing has changed (R39, R40)."""

import uuid
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
import staff_document
from booking_region import Hall, free_id, moment, only, refused
from jsonschema import ValidationError
from sqlalchemy import select, update
from staff_api import Desk, done, hired
from tiny_region import ANNA, PAVEL

from kiosk.central import audit, schema
from kiosk.central.staff import accounts
from kiosk.central.staff.account import StaffRole

THURSDAY = "2026-03-05"
TIME = free_id("r-therapist", 3)
NAME = {"last_name": "Петрова", "first_name": "Анна", "patronymic": "Ильинична"}
IDENTIFIER = "urn:uuid:6f9619ff-8b86-4d01-b42d-00cf4fc964ff"
REGISTRAR, CHIEF = StaffRole.REGISTRAR, StaffRole.ADMINISTRATOR
DAY = f"/staff/doctors/r-therapist/days/{THURSDAY}"

#: Every operation that takes JSON, with a path and a body that are right: who may do it, and what is sent.
RIGHT: dict[str, tuple[StaffRole, str, dict[str, Any]]] = {
    "POST /staff/patients/search": (
        REGISTRAR,
        "/staff/patients/search",
        {**NAME, "policy_number": ANNA.policy_number},
    ),
    "POST /staff/bookings": (
        REGISTRAR,
        "/staff/bookings",
        {
            "identifier": IDENTIFIER,
            "patient": ANNA.id,
            "time": free_id("r-second", 4),
            "phone": "+79160001122",
            "override": ["R27"],
            "reason": "Просьба врача",
            "overbook": False,
        },
    ),
    "POST /staff/paper-bookings": (
        REGISTRAR,
        "/staff/paper-bookings",
        {
            "identifier": IDENTIFIER,
            "patient": PAVEL.id,
            "doctor": "r-second",
            "start": "2026-03-06T07:00:00+03:00",
            "minutes": 20,
            "overbook": False,
            "reason": "",
        },
    ),
    "POST /staff/bookings/{id}/move": (
        REGISTRAR,
        f"/staff/bookings/{TIME}/move",
        {
            "time": free_id("r-therapist", 4),
            "version": 1,
            "override": ["R27"],
            "reason": "По просьбе",
            "overbook": False,
        },
    ),
    **{
        f"POST /staff/bookings/{{id}}/{act}": (
            REGISTRAR,
            f"/staff/bookings/{TIME}/{act}",
            {"version": 1, "reason": "x"},
        )
        for act in ("approve", "refuse", "cancel", "not-come", "came")
    },
    "POST /staff/doctors/{id}/days/{date}/cancel": (
        REGISTRAR,
        f"{DAY}/cancel",
        {"substitute": "r-second", "reason": "Болен"},
    ),
    "POST /staff/doctors/{id}/days/{date}/reopen": (REGISTRAR, f"{DAY}/reopen", {}),
    "POST /staff/doctors/{id}/days/{date}/move": (
        REGISTRAR,
        f"{DAY}/move",
        {"to_doctor": "r-second", "to_date": "2026-03-06", "reason": "x"},
    ),
    "PATCH /staff/facilities/{id}/settings": (
        CHIEF,
        "/staff/facilities/f1/settings",
        {"newcomers": True, "notice_minutes": 60, "extra_seats": 1},
    ),
    "PATCH /staff/facilities/{id}/settings/{specialty}": (
        CHIEF,
        "/staff/facilities/f1/settings/gynaecologist",
        {"online": "no", "approval": True},
    ),
    "POST /staff/accounts": (
        CHIEF,
        "/staff/accounts",
        {"login": "new", "name": "Новая", "role": "registrar", "facility": "f1"},
    ),
    "PATCH /staff/accounts/{login}": (
        CHIEF,
        "/staff/accounts/registrar-f1",
        {"role": "registrar", "facility": "f2", "disabled": True},
    ),
    "POST /staff/accounts/{login}/reset": (CHIEF, "/staff/accounts/registrar-f1/reset", {}),
    "POST /staff/terminals": (CHIEF, "/staff/terminals", {"name": "второй этаж"}),
    "POST /staff/terminals/{id}/revoke": (CHIEF, "/staff/terminals/{terminal}/revoke", {}),
}
WRONG: tuple[Any, ...] = (
    *(None, True, 0, -1, 1.5, 10**18, 10**30, 1e308),
    *("", " ", "\n", "x\ty", "\u202e", "x" * 201, "x" * 100_000, "null", "20", "2026-02-30", "%", "../f2"),
    *("' OR 1=1 --", "'; DROP TABLE appointment; --", '=cmd|"/c calc"!A1', "<script>alert(1)</script>"),
    *([], [[]], ["R42"], ["R27", 27], [None], {}, {"$ne": ""}, {"reference": "Patient/p-anna"}),
)


@pytest.fixture
def staff(hall: Hall) -> dict[StaffRole, Desk]:
    """A registrar and an administrator, and one booking of Anna's."""
    only(hall.terminal().identified(ANNA).book(TIME))
    return {
        REGISTRAR: hired(hall.registry, REGISTRAR, "f1"),
        CHIEF: hired(hall.registry, CHIEF),
    }


def operation(name: str) -> dict[str, Any]:
    method, path = name.split()
    found: dict[str, Any] = staff_document.document()["paths"][path][method.lower()]
    return found


def wrong_bodies(name: str, right: dict[str, Any]) -> Iterator[Any]:
    """The right body with one element wrong, missing or too many, as the document says."""
    yield from (None, [], "x", 1, [right], {**right, "colour": "red"}, {**right, "facility_id": "f2"})
    schema = staff_document.body_schema(operation(name))
    for element in schema.get("properties", {}):
        for value in WRONG:
            body = deepcopy(right) | {element: value}
            if not fits(body, schema):
                yield body
    for element in schema.get("required", ()):
        yield {key: value for key, value in right.items() if key != element}


def fits(body: Any, schema: dict[str, Any]) -> bool:
    try:
        staff_document.validate(body, schema)
    except ValidationError:
        return False
    return True


def everything(hall: Hall) -> dict[str, list[Any]]:
    """All but how often somebody looked for patients."""
    with hall.registry.store.read() as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(select(table))), key=str)
            for table in schema.metadata.sorted_tables
            if table is not schema.failure
        }


def test_every_operation_that_takes_json_is_tried() -> None:
    taking = {name for name in staff_document.operations() if staff_document.body_schema(operation(name))}
    assert set(RIGHT) == taking


@pytest.mark.parametrize("name", RIGHT)
def test_what_the_document_does_not_allow_is_refused_and_changes_nothing(
    hall: Hall, staff: dict[StaffRole, Desk], name: str
) -> None:
    role, path, right = RIGHT[name]
    method = name.split()[0]
    (lobby,) = (row.id for row in everything_of(hall, schema.terminal))
    path = path.replace("{terminal}", lobby)
    before = everything(hall)
    bodies = list(wrong_bodies(name, right))
    answers = [hall.registry.request(method, path, token=staff[role].token, json=body) for body in bodies]
    otherwise = [
        (str(body)[:300], answer.status_code)
        for body, answer in zip(bodies, answers, strict=True)
        if answer.status_code != 400 or refused(answer) != (400, "invalid")
    ]
    assert otherwise == []
    assert everything(hall) == before


def everything_of(hall: Hall, table: Any) -> list[Any]:
    with hall.registry.store.read() as connection:
        return list(connection.execute(select(table)))


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right_is_not_refused_as_wrong(hall: Hall, staff: dict[StaffRole, Desk], name: str) -> None:
    """Else the test above would prove nothing. Not all of it can be done: there is no request, and no visit has begun."""
    role, path, body = RIGHT[name]
    (lobby,) = (row.id for row in everything_of(hall, schema.terminal))
    method, path = name.split()[0], path.replace("{terminal}", lobby)
    answer = hall.registry.request(method, path, token=staff[role].token, json=body)
    cannot = {"refuse": 412, "not-come": 400, "came": 400}
    assert answer.status_code == cannot.get(path.rpartition("/")[2], answer.status_code)
    assert answer.is_success or path.rpartition("/")[2] in cannot, answer.text


@pytest.mark.parametrize("text", ["' OR 1=1 --", "'; DROP TABLE appointment; --", "%", "_", "\\", "*"])
def test_what_is_typed_is_never_a_part_of_a_question_to_the_database(hall: Hall, text: str) -> None:
    operator, chief = hired(hall.registry, StaffRole.OPERATOR), hired(hall.registry, CHIEF)
    tables = len(everything(hall))
    for element in (*NAME, "policy_number"):
        asked = {**NAME, "policy_number": ANNA.policy_number} | {element: text}
        assert done(operator.post("patients/search", **asked))["patients"] == []
    for element in ("account", "patient", "before"):
        assert done(chief.get("audit", **{element: text}))["lines"] == []
    for query in ({"from": text, "to": THURSDAY}, {"from": THURSDAY, "to": text}):
        assert refused(operator.get("doctors/r-therapist/schedule", **query)) == (400, "invalid")
    assert len(everything(hall)) == tables


@pytest.mark.parametrize("path", ["bookings/{}", "patients/{}/bookings", "doctors/{}/days/" + THURSDAY])
@pytest.mark.parametrize("id", ["x'--", "..%2Ff1", "%00", "x" * 65, "p-anna%20"])
def test_no_path_is_more_than_an_id(hall: Hall, path: str, id: str) -> None:
    registrar = hired(hall.registry, REGISTRAR, "f1")
    answer = hall.registry.get("/staff/" + path.format(id), token=registrar.token)
    assert answer.status_code == 404


def test_names_are_not_markup_on_a_printed_schedule(hall: Hall, staff: dict[StaffRole, Desk]) -> None:
    named = update(schema.patient).where(schema.patient.c.id == ANNA.id).values(last_name="<b>&\"'</b>")
    hall.registry.store.write(lambda connection: connection.execute(named))
    query = {"from": THURSDAY, "to": THURSDAY, "names": "true"}
    page = staff[REGISTRAR].get("doctors/r-therapist/schedule", **query)
    assert "&lt;b&gt;&amp;&quot;&#x27;&lt;/b&gt; Анна" in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'")


def test_an_identifier_is_its_accounts_alone(hall: Hall) -> None:
    """Another account gets nothing of what was made under it, and neither does the same one at another facility."""
    registrar = hired(hall.registry, REGISTRAR, "f1")
    another = hired(hall.registry, REGISTRAR, "f1", "another-desk")
    booking = done(registrar.book(ANNA, TIME, identifier=IDENTIFIER))
    assert refused(another.book(ANNA, TIME, identifier=IDENTIFIER)) == (422, "one-per-day")
    own = done(another.book(PAVEL, free_id("r-second", 3), identifier=IDENTIFIER))
    assert own["id"] != booking["id"]
    by = audit.Done(hall.registry.clock.now)
    accounts.give_role(hall.registry.store, by, "registrar-f1", REGISTRAR, "f2")
    assert refused(registrar.again().book(ANNA, TIME, identifier=IDENTIFIER)) == (404, "not-found")


def test_an_id_of_a_patient_opens_nothing_that_a_facility_does_not_know(hall: Hall) -> None:
    """R40: also where the id is known from elsewhere."""
    closed = update(schema.facility).where(schema.facility.c.id == "f2").values(newcomers=False)
    hall.registry.store.write(lambda connection: connection.execute(closed))
    stranger = hired(hall.registry, REGISTRAR, "f2")
    assert refused(stranger.book(ANNA, free_id("r-urals", 3))) == (404, "not-found")
    body = {"identifier": f"urn:uuid:{uuid.uuid4()}", "patient": ANNA.id, "doctor": "r-urals", "minutes": 20}
    assert refused(stranger.post("paper-bookings", start=moment(hall.registry.clock.now + 900), **body)) == (
        404,
        "not-found",
    )


def test_a_phone_that_staff_add_is_noted(hall: Hall) -> None:
    """R39: whose contacts were changed, and by whom; without the number."""
    operator = hired(hall.registry, StaffRole.OPERATOR)
    done(operator.book(ANNA, TIME, phone="+79160001122"))
    lines = [row for row in everything_of(hall, schema.audit) if row.kind == "change"]
    assert [(row.record, row.patient_id, row.reason) for row in lines] == [
        (f"Patient/{ANNA.id}", ANNA.id, "")
    ]
