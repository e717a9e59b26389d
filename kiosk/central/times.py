"""Free times: `$find` (api.md section 4, ITI-115)."""

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

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
    condition = and_(*_conditions(search), slots.free_at(call.now))
    count = select(func.count()).select_from(slots.SLOTS).where(condition)
    times = (
        select(*slots.ROLE_COLUMNS, *slots.SLOT_COLUMNS)
        .select_from(slots.SLOTS)
        .where(condition, _after(search))
        .order_by(slot.c.start, slot.c.role_id)
        .limit(search.count + 1)
    )
    with call.store.read() as connection:
        total = connection.execute(count).scalar_one()
        found = [slots.time_of(row) for row in connection.execute(times)]
    return Reply(_bundle(call, search, total, found))


def _conditions(search: Search) -> list[ColumnElement[bool]]:
    """Kinds of participants AND together, repeats of one kind OR (ITI-115)."""
    conditions = [slots.ACTIVE, slots.ATTENDED, slot.c.start >= search.start, slot.c.start < search.end]
    if search.practitioners:
        conditions.append(_is_doctor(search.practitioners))
    if search.organizations:
        conditions.append(facility.c.id.in_(search.organizations))
    if search.specialties:
        conditions.append(specialty.c.code.in_(search.specialties))
    return conditions


def _is_doctor(practitioners: list[tuple[str, str]]) -> ColumnElement[bool]:
    """A reference without a type may be either."""
    roles = [id for kind, id in practitioners if kind in ("", "PractitionerRole")]
    people = [id for kind, id in practitioners if kind in ("", "Practitioner")]
    return or_(role.c.id.in_(roles), practitioner.c.id.in_(people))


def _after(search: Search) -> ColumnElement[bool]:
    if search.after is None:
        return slot.c.start >= search.start
    start, role_id = search.after
    return or_(slot.c.start > start, and_(slot.c.start == start, slot.c.role_id > role_id))


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
