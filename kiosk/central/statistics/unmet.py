"""What was asked for and not available, and who waits (R35): terminals' events, the waiting list and its offers."""

from typing import Any

from sqlalchemy import Integer, Select, Text, case, cast, func, literal, null, select, union_all

from kiosk.central.schema import event, facility, offer, service, terminal_event, waiting
from kiosk.central.statistics.basis import Basis, Column, count_if
from kiosk.central.statistics.table import Share, Table
from kiosk.central.waitlist import WAITING

KEYS = ("day", "facility", "specialty", "doctor")
KEYS_OF_WAITING = ("facility", "specialty", "doctor")
UNMET = "unmet-demand"
#: What is told of each detail of an event of a terminal, of each kind of an event, of each end of an offer.
_DETAILS = {"specialty": "no_time_at_all", "doctor": "no_time_of_doctor"}
KINDS = {
    "waitlisted": "joined_list",
    "waiting-left": "left_list",
    "waiting-over": "waited_in_vain",
    "offer": "offers",
    "offer-withdrawn": "offers_withdrawn",
}
_ENDS = {"taken": "offers_taken", "lapsed": "offers_lapsed"}
_COUNTS = (*_DETAILS.values(), *KINDS.values(), *_ENDS.values())


def unmet(basis: Basis) -> Table:
    """What terminals had no time for, who joined the waiting list and left it, and what became of offers."""
    facts = union_all(_asked_in_vain(basis), _list(basis), _offers(basis)).subquery()
    return basis.table(facts, *(count_if(name, facts.c.what == name) for name in _COUNTS))


def waiting_now(basis: Basis) -> Table:
    """How many wait now, and for how many days on the average."""
    code = service.c.specialty_code
    query = (
        select(
            waiting.c.facility_id.label("facility"),
            basis.specialty(code).label("specialty"),
            basis.doctor(waiting.c.role_id, code).label("doctor"),
            ((basis.now - waiting.c.created) // (24 * 3600)).label("days"),
        )
        .join_from(waiting, service, service.c.id == waiting.c.service_id)
        .where(waiting.c.status == WAITING, waiting.c.period_end > basis.now)
        .where(*basis.limits(waiting.c.facility_id, code, waiting.c.role_id))
    )
    facts = query.subquery()
    return basis.table(
        facts,
        func.count().label("waiting"),
        func.sum(facts.c.days).label("_days"),
        shares=(Share("average_days", "_days", "waiting", digits=1),),
    )


def _asked_in_vain(basis: Basis) -> Select[Any]:
    days, code, place = basis.regional, terminal_event.c.specialty, terminal_event.c.organization
    nobody: Column = cast(null(), Text)
    what = _chosen(terminal_event.c.detail, _DETAILS)
    return _row(days.of(terminal_event.c.at), place, basis.specialty(code), nobody, what).where(
        terminal_event.c.kind == UNMET,
        days.cover(terminal_event.c.at),
        terminal_event.c.detail.in_(_DETAILS),
        *basis.limits(place, code),
    )


def _list(basis: Basis) -> Select[Any]:
    days, code = basis.days, event.c.specialty_code
    zone = facility.c.zone if days.several_zones else None
    day = days.of(event.c.asked_at, zone)
    doctor = basis.doctor(event.c.role_id, code)
    query = _row(day, event.c.facility_id, basis.specialty(code), doctor, _chosen(event.c.kind, KINDS)).where(
        days.cover(event.c.asked_at),
        event.c.kind.in_(KINDS),
        *basis.limits(event.c.facility_id, code, event.c.role_id),
    )
    if days.several_zones:
        query = query.join_from(event, facility, facility.c.id == event.c.facility_id).where(days.hold(day))
    return query


def _offers(basis: Basis) -> Select[Any]:
    """By the day on which an offer ended, or would have: when it was taken is not written down."""
    days, code = basis.days, service.c.specialty_code
    zone = facility.c.zone if days.several_zones else None
    day = days.of(offer.c.expires, zone)
    doctor = basis.doctor(waiting.c.role_id, code)
    query = (
        _row(day, waiting.c.facility_id, basis.specialty(code), doctor, _chosen(offer.c.state, _ENDS))
        .select_from(
            offer.join(waiting, waiting.c.id == offer.c.waiting_id).join(
                service, service.c.id == waiting.c.service_id
            )
        )
        .where(offer.c.state.in_(_ENDS), days.cover(offer.c.expires))
        .where(*basis.limits(waiting.c.facility_id, code, waiting.c.role_id))
    )
    if days.several_zones:
        query = query.join(facility, facility.c.id == waiting.c.facility_id).where(days.hold(day))
    return query


def _row(day: Column, place: Column, code: Column, doctor: Column, what: Column) -> Select[Any]:
    return select(
        cast(day, Integer).label("day"),
        place.label("facility"),
        code.label("specialty"),
        doctor.label("doctor"),
        what.label("what"),
    )


def _chosen(column: Column, names: dict[str, str]) -> Column:
    """The name under which a value is counted."""
    return case(*((column == value, literal(name)) for value, name in names.items()))
