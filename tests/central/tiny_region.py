"""A region small enough to know by heart: two facilities, two specialties, two doctors, six patients."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, insert

from kiosk.central import schema

#: 2026-03-02 09:00 in Moscow, a Monday: when the tests' clock starts.
MONDAY = date(2026, 3, 2)
NOW = 1_772_431_200


@dataclass(frozen=True)
class Person:
    """What a patient knows of themselves."""

    id: str
    policy_number: str
    birth_date: str
    document_number: str


ANNA = Person("p-anna", "7700000000000017", "1980-05-17", "123456")
PAVEL = Person("p-pavel", "7700000000000025", "1955-11-02", "654321")
TWIN = Person("p-twin", "АБ1234567890", "1990-01-01", "111111")
OTHER_TWIN = Person("p-other-twin", "АБ1234567890", "1990-01-01", "222222")
CHILD = Person("p-child", "7700000000000033", "2019-08-30", "333333")
NOBODY = Person("", "7700000000000041", "1970-07-07", "444444")


def fill(connection: Connection) -> None:
    """Everything but terminals."""
    connection.execute(insert(schema.district).values(id="d1", name="Северный район"))
    for number in (1, 2):
        connection.execute(insert(schema.facility).values(_facility(number)))
    connection.execute(insert(schema.area).values(id="a1", facility_id="f1", name="Участок № 1"))
    for code, name in (("therapist", "Терапевт"), ("cardiologist", "Кардиолог")):
        connection.execute(insert(schema.specialty).values(_specialty(code, name)))
        connection.execute(insert(schema.service).values(_service(code)))
        connection.execute(insert(schema.practitioner).values(_practitioner(code)))
        connection.execute(insert(schema.role).values(_role(code)))
    for person in (ANNA, PAVEL, TWIN, OTHER_TWIN, CHILD):
        connection.execute(insert(schema.patient).values(_patient(person)))
    connection.execute(insert(schema.card).values(patient_id=ANNA.id, facility_id="f1"))
    connection.execute(insert(schema.observation).values(patient_id=ANNA.id, specialty_code="cardiologist"))


def _facility(number: int) -> dict[str, object]:
    return {
        "id": f"f{number}",
        "location_id": f"l{number}",
        "district_id": "d1",
        "name": f"Поликлиника № {number}",
        "address": f"ул. Лесная, {number}",
        "phones": "[]",
        "hours": "[]",
        "directions": "",
        "zone": "Europe/Moscow",
        "newcomers": number == 2,
        "notice_minutes": 180,
    }


def _specialty(code: str, name: str) -> dict[str, object]:
    return {
        "code": code,
        "name": name,
        "profile_code": code,
        "profile_name": name,
        "mandatory": code == "therapist",
    }


def _service(code: str) -> dict[str, object]:
    return {
        "id": f"s-{code}",
        "facility_id": "f1",
        "specialty_code": code,
        "active": True,
        "online": "yes" if code == "therapist" else "dispensary",
        "approval": False,
        "discreet": False,
        "bring": "",
    }


def _practitioner(code: str) -> dict[str, object]:
    return {
        "id": f"d-{code}",
        "last_name": "Соколова",
        "first_name": "Елена",
        "patronymic": "Андреевна",
        "sex": "female",
    }


def _role(code: str) -> dict[str, object]:
    return {
        "id": f"r-{code}",
        "practitioner_id": f"d-{code}",
        "facility_id": "f1",
        "service_id": f"s-{code}",
        "specialty_code": code,
        "room": "214",
        "active": True,
        "working_time": "[]",
    }


def _patient(person: Person) -> dict[str, object]:
    anna = person is ANNA
    return {
        "id": person.id,
        "version": 1,
        "last_name": "Петрова",
        "first_name": "Анна",
        "patronymic": "Ильинична",
        "birth_date": person.birth_date,
        "sex": "female",
        "policy_number": person.policy_number,
        "document_kind": "passport",
        "document_number": person.document_number,
        "facility_id": "f1",
        "area_id": "a1",
        "area_doctor_id": "r-therapist",
        "telecom": '[{"system":"phone","value":"+79161234567"},{"system":"email","value":"anna@example.ru"}]'
        if anna
        else "[]",
    }
