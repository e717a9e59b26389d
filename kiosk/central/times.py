"""Free times: `$find` (api.md section 4, ITI-115)."""

from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, func, or_, select

from kiosk.central import availability, pages, shapes, slots
from kiosk.central.call import Call, Refusal, Reply, Route, Who
from kiosk.central.fhir import (
    SPECIALTY,
    Resource,
    entry,
    integer,
    outcome,
    parse_parameters,
    searchset,
    token_code,
)
from kiosk.central.prepared import Prepared
from kiosk.central.proposals import Time
from kiosk.central.schema import facility, practitioner, role, slot, specialty
from kiosk.central.staff.permissions import Action
from kiosk.texts import catalog

#: The longest period of one search, and how long its `next` links are good.
LONGEST_SECONDS = 31 * 24 * 3600
NEXT_SECONDS = 600
#: More parameters than this are no question of a terminal.
MOST_PARTS = 200
#: Where `next` links lead; `$find` itself is POST only.
FOUND_PATH = "Appointment/$found"


@dataclass(frozen=True)
class Search:
    """What is searched for; `after` is (start, role id) of the last one shown, None on the first page."""

    start: int
    end: int
    practitioners: list[tuple[str, str]]
    organizations: list[str]
    specialties: list[str]
    count: int
    after: tuple[int, str] | None = None


def find(call: Call) -> Reply:
    """The first page of the free times asked for."""
    return _page(call, _search(call))


def found(call: Call) -> Reply:
    """A further page, of the link that the one before gave."""
    state = pages.resumed(call, FOUND_PATH)
    if state is None:
        raise Refusal("invalid", pages.PARAMETER)
    return _page(call, Search(**state))


ROUTES = (
    Route(
        "POST",
        "/Appointment/$find",
        find,
        Who.TERMINAL,
        "operation",
        "https://profiles.ihe.net/ITI/Scheduling/OperationDefinition/appointment-find",
        searches={"_count": "number"},
        action=Action.DIRECTORY,
    ),
    Route(
        "GET",
        "/Appointment/$found",
        found,
        Who.TERMINAL,
        searches={pages.PARAMETER: ""},
        action=Action.DIRECTORY,
    ),
    *availability.ROUTES,
)


def _search(call: Call) -> Search:
    asked = parse_parameters(call.body).only(
        "start", "end", "practitioner", "organization", "specialty", "_count"
    )
    if len(asked.parts) > MOST_PARTS:
        raise Refusal("invalid", "parameter")
    start, end = asked.bound("start"), asked.bound("end")
    if not 0 <= end - start <= LONGEST_SECONDS:
        raise Refusal("invalid", "end")
    part = asked.one("_count", "valueInteger", "valuePositiveInt", "valueUnsignedInt", "valueString")
    count = part if part is not None else dict(call.query).get("_count")
    codes = [token_code(token, "specialty", SPECIALTY) for token in asked.texts("specialty")]
    return Search(
        start=start,
        end=end,
        practitioners=asked.references("practitioner", "Practitioner", "PractitionerRole"),
        organizations=[id for _, id in asked.references("organization", "Organization")],
        specialties=codes,
        count=pages.count(None if count is None else str(integer(count, "_count", 1, 10**9)), least=1),
    )


def _page(call: Call, search: Search) -> Reply:
    asked = _asked(search)
    count, times = _statements(*((name, len(ids)) for name, ids in asked.items()), goes_on=bool(search.after))
    values: dict[str, Any] = {
        f"{name}_{number}": id for name, ids in asked.items() for number, id in enumerate(ids)
    }
    values |= {"first": search.start, "end": search.end, "now": call.now}
    start, role_id = search.after or (0, "")
    with call.store.read() as connection:
        (total,) = count.first(connection, **values)
        rows = times.all(connection, **values, start=start, role_id=role_id, most=search.count + 1)
    return Reply(_bundle(call, search, total, slots.times_of(rows)))


def _asked(search: Search) -> dict[str, list[str]]:
    """The ids of each kind that are asked for; a reference without a type may be either kind of doctor."""
    asked = {
        "role": [id for kind, id in search.practitioners if kind in ("", "PractitionerRole")],
        "practitioner": [id for kind, id in search.practitioners if kind in ("", "Practitioner")],
        "organization": search.organizations,
        "specialty": search.specialties,
    }
    return {name: ids for name, ids in asked.items() if ids}


_COLUMNS = {
    "role": role.c.id,
    "practitioner": practitioner.c.id,
    "organization": facility.c.id,
    "specialty": specialty.c.code,
}


@lru_cache(maxsize=256)
def _statements(*asked: tuple[str, int], goes_on: bool) -> tuple[Prepared, Prepared]:
    """How many free times there are where so many ids of these kinds are asked for, and a page of them.

    Kinds of participants AND together, repeats of one kind OR (ITI-115).
    """
    among = {name: _COLUMNS[name].in_(_numbered(name, count)) for name, count in asked}
    doctors = [among.pop(name) for name in ("role", "practitioner") if name in among]
    start: BindParameter[Any] = bindparam("start")
    condition = and_(
        slots.ACTIVE,
        slots.ATTENDED,
        slot.c.start >= bindparam("first"),
        slot.c.start < bindparam("end"),
        *([or_(*doctors)] if doctors else []),
        *among.values(),
        slots.free_at(bindparam("now")),
    )
    after = or_(slot.c.start > start, and_(slot.c.start == start, slot.c.role_id > bindparam("role_id")))
    times = (
        select(*slots.ROLE_COLUMNS, *slots.SLOT_COLUMNS)
        .select_from(slots.SLOTS)
        .where(condition, *([after, slot.c.start >= start] if goes_on else []))
        .order_by(slot.c.start, slot.c.role_id)
        .limit(bindparam("most"))
    )
    return Prepared(select(func.count()).select_from(slots.SLOTS).where(condition)), Prepared(times)


def _numbered(name: str, count: int) -> list[ColumnElement[Any]]:
    return [bindparam(f"{name}_{number}") for number in range(count)]


def _bundle(call: Call, search: Search, total: int, found: list[Time]) -> Resource:
    shown = found[: search.count]
    entries = [shapes.appointment_entry(call.base, shapes.proposed(time)) for time in shown]
    if not shown:
        words = catalog("booking", call.language).gettext("There are no free times in these days.")
        entries.append(entry("", outcome("information", "informational", words), "outcome"))
    links: dict[str, str] = {}
    if len(found) > search.count:
        last = (shown[-1].start, shown[-1].role.id)
        state: dict[str, Any] = asdict(search) | {"after": last}
        links["next"] = pages.link(call, FOUND_PATH, state, seconds=NEXT_SECONDS)
    return searchset(entries, total, links)
