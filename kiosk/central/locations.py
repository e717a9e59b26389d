"""Locations: the districts, the buildings of the facilities and their areas (api.md section 2)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, false, select

from kiosk.central import mcsd
from kiosk.central.call import Call
from kiosk.central.fhir import Resource, token_code
from kiosk.central.schema import area, district, facility
from kiosk.central.searching import TEXT_SEARCH, Asked, Kind, Match, natural
from kiosk.central.words import Kind as Text


@dataclass(frozen=True)
class _Place:
    """One of the three things that are Locations: its rows and where they keep what is searched."""

    physical_type: str
    resource: Callable[[RowMapping], Resource]
    rows: Select[Any]
    id: ColumnElement[str]
    name: ColumnElement[str]
    named: Text
    owner: ColumnElement[str]
    parent: ColumnElement[str] | None


_PLACES = (
    _Place(
        mcsd.DISTRICT,
        mcsd.district,
        select(district),
        district.c.id,
        district.c.name,
        Text.DISTRICT_NAME,
        district.c.id,
        None,
    ),
    _Place(
        mcsd.BUILDING,
        mcsd.building,
        select(facility, district.c.name.label("district_name")).join(district),
        facility.c.location_id,
        facility.c.name,
        Text.FACILITY_NAME,
        facility.c.id,
        facility.c.district_id,
    ),
    _Place(
        mcsd.AREA,
        mcsd.area,
        select(area, facility.c.location_id, facility.c.name.label("facility_name")).join(facility),
        area.c.id,
        area.c.name,
        Text.AREA_NAME,
        area.c.id,
        facility.c.location_id,
    ),
)


def _find_locations(connection: Connection, asked: Asked) -> Iterator[Match]:
    for place in _PLACES:
        query = place.rows.with_only_columns(place.name, place.id).where(*_of_place(place, asked))
        yield from ((natural(name), id) for name, id in connection.execute(query))


def _of_place(place: _Place, asked: Asked) -> Iterator[ColumnElement[bool]]:
    yield from asked.tokens("_id", "", place.id)
    yield from asked.texts("name", place.named, place.owner)
    for values in asked.alternatives("physical-type"):
        codes = [token_code(value, "physical-type", mcsd.PHYSICAL_TYPE) for value in values]
        if place.physical_type not in codes:
            yield false()
    if place.parent is not None:
        yield from asked.references("partof", "Location", place.parent)
    elif asked.has("partof"):
        yield false()
    if place.physical_type == mcsd.BUILDING:
        yield from asked.texts("address", Text.FACILITY_ADDRESS, place.owner)
    elif asked.has("address", "address:contains"):
        yield false()


def _load_locations(connection: Connection, ids: Sequence[str], call: Call) -> dict[str, Resource]:
    resources = (
        place.resource(row)
        for place in _PLACES
        for row in connection.execute(place.rows.where(place.id.in_(ids))).mappings()
    )
    return {resource["id"]: resource for resource in resources}


LOCATION = Kind(
    "Location",
    {
        "_id": "token",
        **TEXT_SEARCH,
        "address": "string",
        "address:contains": "string",
        "partof": "reference",
        "physical-type": "token",
    },
    _find_locations,
    _load_locations,
)
