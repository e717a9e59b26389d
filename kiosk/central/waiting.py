"""The waiting list (api.md section 10): joining it by `POST Appointment`, leaving it by `$book`."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from kiosk.central import (
    audit,
    changes,
    entries,
    judging,
    offers,
    recovery,
    shapes,
    tickets,
    waiting_outbox,
    waitlist,
    wish,
)
from kiosk.central.call import Call, Refusal, Reply, Route, Who
from kiosk.central.fhir import Resource, version_tag
from kiosk.central.waitlist import WAITING, Entry, Target

#: A wait neither begins nor ends farther from now.
LONGEST_SECONDS = 366 * 24 * 3600
_PERIOD = "requestedPeriod"


@dataclass(frozen=True)
class Asked:
    """A wait as asked for: the terminal's identifier, for whom, for a service's or one doctor's time, and when."""

    identifier: str
    patients: frozenset[str]
    kind: str
    id: str
    period: tuple[int | date, int | date]

    @property
    def wish(self) -> str:
        """What a repeat of the request has to say again."""
        return f"{WAITING} {self.kind}/{self.id} {self.period[0]} {self.period[1]}"


@dataclass(frozen=True)
class Joined:
    """The entry by which the patient waits now; `new` where this request, or the same before, made it."""

    entry: Entry
    new: bool


def join(call: Call) -> Reply:
    """Put the token's patient on the list: 201, and 200 with the present entry where they wait for it already."""
    asked = _asked(call)
    joined = call.store.write(lambda connection: _once(connection, call, asked))
    with call.store.read() as connection:
        body = told(connection, call, joined.entry)
    headers = {
        "ETag": version_tag(joined.entry.version),
        "Location": f"{call.base}/Appointment/{joined.entry.id}",
    }
    return Reply(body, 201 if joined.new else 200, headers)


ROUTES = (Route("POST", "/Appointment", join, Who.PATIENT, "create"),)


def told(connection: Connection, call: Call, entry: Entry) -> Resource:
    """The entry as its patient sees it, with the time that is kept for it."""
    return waitlist.resource(entry, call.now, offers.kept_for(connection, entry, call.now))


def _asked(call: Call) -> Asked:
    resource = call.body
    if not isinstance(resource, dict) or resource.get("resourceType") != "Appointment":
        raise Refusal("invalid", "resourceType")
    if resource.get("status") != WAITING:
        raise Refusal("invalid", "status")
    kind, id = wish.waited_for(resource)
    patients = frozenset(wish.patients(resource) or {call.caller.patient_id})
    return Asked(wish.identifier(resource), patients, kind, id, wish.requested_period(resource))


def _once(connection: Connection, call: Call, asked: Asked) -> Joined:
    """The identifier first: a request that was accepted before is answered with the present state."""
    earlier = recovery.accepted(connection, call, asked.identifier)
    if earlier is None:
        return _join(connection, call, asked)
    if earlier.appointment is None:
        raise Refusal("void")
    patient_id = call.caller.patient_id
    if earlier.proposal != asked.wish or not asked.patients == {earlier.patient_id} == {patient_id}:
        raise Refusal("identifier-reused")
    entry = entries.of_patient(connection, earlier.appointment, patient_id)
    return Joined(entry, new=entry.identifier == asked.identifier)


def _join(connection: Connection, call: Call, asked: Asked) -> Joined:
    patient_id = call.caller.patient_id
    target = _target(connection, asked)
    if asked.patients != {patient_id} or target is None:
        raise Refusal("not-found")
    start, end = _period(asked, target.zone, call.now)
    present = entries.standing(connection, patient_id, target, call.now)
    entry = present or _new(connection, call, asked, target, (start, end))
    recovery.accept(connection, call, asked.identifier, entry.id, asked.wish)
    return Joined(entry, new=present is None)


def _target(connection: Connection, asked: Asked) -> Target | None:
    find = entries.of_doctor if asked.kind == "PractitionerRole" else entries.of_service
    return find(connection, asked.id)


def _new(connection: Connection, call: Call, asked: Asked, target: Target, period: tuple[int, int]) -> Entry:
    start, end = period
    first, last = (_local_day(instant, target.zone) for instant in (max(start, call.now), end - 1))
    judging.judge_wait(connection, call.caller.patient_id, target, first, last)
    entry = Entry(
        id=secrets.token_hex(16),
        version=1,
        status=WAITING,
        target=target,
        patient_id=call.caller.patient_id,
        start=start,
        end=end,
        ticket=tickets.number(connection, target.facility_id, call.now),
        code=tickets.code(),
        created=call.now,
        changed=call.now,
        cancelation_reason=None,
        seen=False,
        language=call.language,
        identifier=asked.identifier,
    )
    entries.add(connection, entry)
    waiting_outbox.tell_joined(connection, entry, call.caller.terminal_id, call.now)
    audit.note(connection, call, "waitlisted", f"Appointment/{entry.id}", entry.patient_id)
    return entry


# --- the period --------------------------------------------------------------------------------------------------


def _period(asked: Asked, zone: str, now: int) -> tuple[int, int]:
    """Start and end as instants: in order, neither of them far away, the end not past."""
    first, last = asked.period
    start = _midnight(first, zone) if isinstance(first, date) else first
    end = _midnight(last, zone, days=1) if isinstance(last, date) else last
    if not (now - LONGEST_SECONDS <= start < end and now < end <= now + LONGEST_SECONDS):
        raise Refusal("invalid", _PERIOD)
    return start, end


def _midnight(day: date, zone: str, *, days: int = 0) -> int:
    """The beginning of a local day, or of the one so many days later."""
    try:
        return int(datetime.combine(day + timedelta(days=days), time(), ZoneInfo(zone)).timestamp())
    except OverflowError as error:
        raise Refusal("invalid", _PERIOD) from error


def _local_day(instant: int, zone: str) -> int:
    return datetime.fromtimestamp(instant, ZoneInfo(zone)).toordinal()


# --- leaving -----------------------------------------------------------------------------------------------------


def knows(call: Call, id: str) -> bool:
    """Whether this is the id of an entry."""
    with call.store.read() as connection:
        return entries.by_id(connection, id) is not None


def leave(call: Call, resource: Resource) -> Reply:
    """End the wait of the token's patient. Without a token only that is said which a terminal may know."""
    id, seen, reason = wish.id(resource), wish.version(resource), wish.reason(resource)
    if not call.caller.patient_id:
        return _refuse(call, id)

    def change(connection: Connection, entry: Entry) -> Entry:
        if not entry.stands(call.now):
            return entry
        if seen not in (None, entry.version):
            raise Refusal("version-conflict")
        closed = offers.leave(connection, entry, call.now, reason)
        waiting_outbox.tell_left(connection, closed, call.caller.terminal_id, call.now)
        audit.note(connection, call, "waiting-left", f"Appointment/{closed.id}", closed.patient_id)
        return closed

    closed = changes.tried(call, id, entries.of_patient, change)
    return Reply(shapes.bundle(call.base, waitlist.resource(closed, call.now)))


def _refuse(call: Call, id: str) -> Reply:
    """As for a release of what is meanwhile booked (api.md section 7)."""
    with call.store.read() as connection:
        own = recovery.booked_by(connection, call.caller.terminal_id, id)
    raise Refusal("forbidden" if own else "not-found")
