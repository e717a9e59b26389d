"""Locations: the districts, the buildings of the facilities and their areas (api.md section 2)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, RowMapping, Select, select

from kiosk.central import mcsd
from kiosk.central.call import Call
from kiosk.central.fhir import Resource, token_code
from kiosk.central.matching import Matches, Things, matches
from kiosk.central.schema import area, district, facility
from kiosk.central.searching import IDS, TEXT_SEARCH, Asked, Kind
from kiosk.central.words import Kind as TextKind


@dataclass(frozen=True)
class _Place:
    """One of the three things that are Locations: its rows by ids and where they keep what is searched.

    `id` is the Location's; `parent` gives the conditions on what it is part of.
    """

    physical_type: str
    resource: Callable[[RowMapping], Resource]
    rows: Select[Any]
    things: Things
    id: Column[str]
    named: TextKind
    parent: Callable[[Asked], Iterator[ColumnElement[bool]]] | None = None


def _in_district(asked: Asked) -> Iterator[ColumnElement[bool]]:
    yield from asked.references("partof", "Location", facility.c.district_id)


def _in_building(asked: Asked) -> Iterator[ColumnElement[bool]]:
    for condition in asked.references("partof", "Location", facility.c.location_id):
        yield area.c.facility_id.in_(select(facility.c.id).where(condition))


#: In the order in which they are shown.
_PLACES = (
    _Place(
        mcsd.DISTRICT,
        mcsd.district,
        select(district).where(district.c.id.in_(IDS)),
        Things(district, district.c.id, [district.c.name_words]),
        district.c.id,
        TextKind.DISTRICT_NAME,
    ),
    _Place(
        mcsd.BUILDING,
        mcsd.building,
        select(facility, district.c.name.label("district_name"))
        .join(district)
        .where(facility.c.location_id.in_(IDS)),
        Things(facility, facility.c.id, [facility.c.name_words], facility.c.location_id),
        facility.c.location_id,
        TextKind.FACILITY_NAME,
        _in_district,
    ),
    _Place(
        mcsd.AREA,
        mcsd.area,
        select(area, facility.c.location_id, facility.c.name.label("facility_name"))
        .join(facility)
        .where(area.c.id.in_(IDS)),
        Things(area, area.c.id, [area.c.name_words]),
        area.c.id,
        TextKind.AREA_NAME,
        _in_building,
    ),
)


def _find_locations(connection: Connection, asked: Asked) -> Iterator[Matches]:
    for place in _PLACES:
        if _may_be(place, asked):
            yield from _of_place(connection, place, asked)


def _may_be(place: _Place, asked: Asked) -> bool:
    """Whether it is of the kinds asked for, and has what they are asked for by."""
    for values in asked.alternatives("physical-type"):
        codes = [token_code(value, "physical-type", mcsd.PHYSICAL_TYPE) for value in values]
        if place.physical_type not in codes:
            return False
    if asked.has("partof") and place.parent is None:
        return False
    return place.physical_type == mcsd.BUILDING or not asked.has("address", "address:contains")


def _of_place(connection: Connection, place: _Place, asked: Asked) -> Iterator[Matches]:
    texts = [asked.text("name", place.named), asked.text("address", TextKind.FACILITY_ADDRESS)]
    conditions = [*asked.tokens("_id", "", place.id), *(place.parent(asked) if place.parent else ())]
    return matches(connection, place.things, texts, conditions)


def _load_locations(connection: Connection, ids: Sequence[str], call: Call) -> dict[str, Resource]:
    resources = (
        place.resource(row)
        for place in _PLACES
        for row in connection.execute(place.rows, {"ids": ids}).mappings()
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
