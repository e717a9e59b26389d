"""Rows of an invented region's directory, and how many of them are written."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Table, insert

from kiosk.central.demo.names import Name
from kiosk.central.demo.staff import SPECIALITIES
from kiosk.models import Sex

#: Rows of one statement; more would only fill the memory.
STEP = 10_000
ZONE = "Europe/Moscow"

Row = dict[str, Any]


def write(connection: Connection, table: Table, rows: Iterable[Row]) -> None:
    """Insert them all."""
    for several in steps(rows):
        connection.execute(insert(table), several)


def steps(things: Iterable[Any]) -> Iterator[list[Any]]:
    """As many at a time as one statement takes."""
    rest = iter(things)
    while several := list(islice(rest, STEP)):
        yield several


def facility(id: str, location_id: str, district_id: str, name: str, address: str) -> Row:
    return {
        "id": id,
        "location_id": location_id,
        "district_id": district_id,
        "name": name,
        "address": address,
        "phones": '["+7 000 555-00-00"]',
        "hours": "[]",
        "directions": "Остановка «Поликлиника»",
        "zone": ZONE,
        "newcomers": False,
        "notice_minutes": 180,
    }


def specialty(code: str) -> Row:
    """One of the demo's."""
    one = SPECIALITIES[code]
    return {
        "code": code,
        "name": one.name,
        "profile_code": one.profile,
        "profile_name": one.profile_name,
        "mandatory": one.mandatory,
    }


def service(id: str, facility_id: str, specialty_code: str) -> Row:
    return {
        "id": id,
        "facility_id": facility_id,
        "specialty_code": specialty_code,
        "active": True,
        "online": "yes",
        "approval": False,
        "discreet": False,
        "bring": "",
    }


def practitioner(id: str, name: Name, sex: Sex) -> Row:
    return {
        "id": id,
        "last_name": name.last,
        "first_name": name.first,
        "patronymic": name.patronymic,
        "sex": sex.value,
    }


def role(id: str, practitioner_id: str, service_row: Row) -> Row:
    """A doctor of that service."""
    return {
        "id": id,
        "practitioner_id": practitioner_id,
        "facility_id": service_row["facility_id"],
        "service_id": service_row["id"],
        "specialty_code": service_row["specialty_code"],
        "room": "214",
        "active": True,
        "working_time": "[]",
    }
