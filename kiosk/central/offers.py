"""A freed time goes to the first who waits for it, for a while, then to the next (api.md section 10).

All of it happens in the transaction in which the time became free, or the offer ended. The offered time's claim is
held for `waitlist:<id of the entry>` as long as the offer is open.
"""

from dataclasses import dataclass, replace
from typing import Any

import orjson
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    and_,
    bindparam,
    insert,
    or_,
    select,
    update,
)

from kiosk.central import claims, entries, judging, rules, slots, waiting_outbox
from kiosk.central.fhir import EXTENSION
from kiosk.central.prepared import Prepared
from kiosk.central.proposals import Time, parse
from kiosk.central.schema import offer, setting, waiting
from kiosk.central.waitlist import WAITING, Entry, Kept

#: Why an entry ended that its patient did not end.
_ENDED = EXTENSION + "waiting-ended"

#: The claim outlives the offer by this: until it is passed on, `$find` does not show the time to everybody.
GRACE_SECONDS = 10

OPEN, TAKEN, LAPSED, LEFT, RETURNED, WITHDRAWN = "open", "taken", "lapsed", "left", "returned", "withdrawn"

#: What every hold and every booking asks, made once: the offers of a time, those that are open to a patient, and those by
#: which this patient's wait ends.
_OFFERS = select(offer.c.appointment, offer.c.waiting_id, offer.c.expires).join(waiting)
_NOW: BindParameter[Any] = bindparam("now")
_OF_TIME = _OFFERS.where(offer.c.appointment == bindparam("time_id"))
_TO_PATIENT = _OF_TIME.where(waiting.c.patient_id == bindparam("patient_id"))
_MADE = Prepared(_OF_TIME.add_columns(offer.c.state))
_OPEN = Prepared(_TO_PATIENT.where(offer.c.state == OPEN, offer.c.expires > _NOW))
_ENDED_BY = Prepared(
    _TO_PATIENT.where(or_(offer.c.state == OPEN, offer.c.state == LAPSED), entries.stands_at(_NOW))
)


@dataclass(frozen=True)
class Offer:
    """A free time that is kept for who waits, until `expires`."""

    time_id: str
    entry_id: str
    expires: int

    @property
    def owner(self) -> claims.Owner:
        """In whose name its claim stands."""
        holder = f"waitlist:{self.entry_id}"
        return claims.Owner(self.time_id, holder, self.expires + GRACE_SECONDS)


# --- a time becomes free -----------------------------------------------------------------------------------------


def freed(connection: Connection, time: Time, now: int, *, giver: str = "") -> None:
    """Give a time that is free again its new id, and offer it to the first who waits for it.

    `giver` is the patient who gave it back, and to whom it is not offered.
    """
    new = slots.freed(connection, time)
    if new is None:
        return
    if giver:
        _pass_over(connection, new, giver, now)
    _offer(connection, new, now)


def _pass_over(connection: Connection, time: Time, patient_id: str, now: int) -> None:
    for entry in entries.for_time(connection, time, now):
        if entry.patient_id == patient_id:
            _write(connection, Offer(time.id, entry.id, now), RETURNED)


def _offer(connection: Connection, time: Time, now: int) -> None:
    """Keep a free time for the first on the list who may book it; where there is nobody, it is free for all."""
    waiters = entries.for_time(connection, time, now)
    fitting = (entry for entry in waiters if judging.may_book(connection, entry.patient_id, time, now))
    entry = next(fitting, None)
    until = _end(connection, time, now)
    if entry is None or until <= now or claims.is_taken(connection, time, now):
        return
    made = Offer(time.id, entry.id, until)
    claims.take(connection, rules.claims_on_doctor(time), made.owner, now)
    _write(connection, made, OPEN)
    entries.change(connection, entry, now)
    waiting_outbox.tell_offer(connection, entry, Kept(time, until), now)


def _end(connection: Connection, time: Time, now: int) -> int:
    """When an offer made now ends: in the region's time, and never when it would be too late to book (R28)."""
    minutes = connection.execute(
        select(setting.c.value).where(setting.c.name == "offer_minutes")
    ).scalar_one()
    return min(now + int(float(minutes) * 60), time.start - time.role.notice_minutes * 60)


def _write(connection: Connection, made: Offer, state: str) -> None:
    row = {
        "appointment": made.time_id,
        "waiting_id": made.entry_id,
        "state": state,
        "expires": made.expires,
    }
    connection.execute(insert(offer).values(row))


# --- an offer is used --------------------------------------------------------------------------------------------


def to_patient(connection: Connection, time: Time, patient_id: str, now: int) -> Offer | None:
    """The open offer of this time to this patient, if there is one; one that has run out unanswered goes on first."""
    return _open(connection, time.id, patient_id, now) if _was_offered(connection, time, now) else None


def stands(connection: Connection, time_id: str, patient_id: str, now: int) -> bool:
    """Whether the time of this id is offered to this patient now."""
    return _open(connection, time_id, patient_id, now) is not None


def _open(connection: Connection, time_id: str, patient_id: str, now: int) -> Offer | None:
    return _made(_OPEN.first(connection, time_id=time_id, patient_id=patient_id, now=now))


def kept_for(connection: Connection, entry: Entry, now: int) -> Kept | None:
    """The time that is kept for this entry now, if there is one."""
    made = _of_entry(connection, entry)
    if made is None or made.expires <= now:
        return None
    time = _time(connection, made)
    return None if time is None else Kept(time, made.expires)


def extend(connection: Connection, made: Offer, until: int) -> None:
    """Have it last at least as long as the hold that its patient has on it."""
    longer = replace(made, expires=max(made.expires, until))
    connection.execute(update(offer).where(_this(made)).values(expires=longer.expires))
    claims.prolong(connection, longer.owner)


def accept(connection: Connection, time: Time, patient_id: str, now: int) -> None:
    """The time is about to be booked: a wait ends for which it was offered to this patient, be it in time or late.

    One that has run out unanswered goes on first: the time may be another's.
    """
    if not _was_offered(connection, time, now):
        return
    made = _made(_ENDED_BY.first(connection, time_id=time.id, patient_id=patient_id, now=now))
    if made is None:
        return
    _close(connection, made, TAKEN)
    entry = entries.of_patient(connection, made.entry_id, patient_id)
    entries.close(connection, entry, now, _reason("booked"))


def reopen(connection: Connection, booking_id: str, now: int) -> None:
    """A booking is taken back of which its patient never knew: whom it took from the list has the place again."""
    made = _found(connection, offer.c.appointment == booking_id, offer.c.state == TAKEN)
    entry = None if made is None else entries.by_id(connection, made.entry_id)
    if entry is not None:
        entries.change(connection, entry, now, status=WAITING, cancelation_reason=None)


# --- an offer ends -----------------------------------------------------------------------------------------------


def _was_offered(connection: Connection, time: Time, now: int) -> bool:
    """Whether the time was ever offered. Where that has run out unanswered the next has it: done once, whoever comes first."""
    made = _MADE.all(connection, time_id=time.id)
    for *which, state in made:
        one = Offer(*which)
        if state == OPEN and one.expires <= now:
            _end_offer(connection, one, LAPSED, now)
    return bool(made)


def lapsed(connection: Connection, now: int) -> list[Offer]:
    """The offers that have run out and were not passed on yet."""
    rows = connection.execute(_OFFERS.where(offer.c.state == OPEN, offer.c.expires <= now))
    return [Offer(*row) for row in rows]


def next_end(connection: Connection) -> int | None:
    """When the first open offer runs out."""
    ends = select(offer.c.expires).where(offer.c.state == OPEN).order_by(offer.c.expires).limit(1)
    return connection.execute(ends).scalar()


def pass_on_lapsed(connection: Connection, made: Offer, now: int) -> None:
    """The same for one of `lapsed`, unless somebody did it meanwhile."""
    present = _found(connection, _this(made), offer.c.state == OPEN, offer.c.expires <= now)
    if present is not None:
        _end_offer(connection, present, LAPSED, now)


def leave(connection: Connection, entry: Entry, now: int, reason: str | None) -> Entry:
    """End a wait; a time that was kept for it goes to the next."""
    closed = entries.close(connection, entry, now, reason)
    made = _of_entry(connection, entry)
    if made is not None:
        _end_offer(connection, made, LEFT, now)
    return closed


def withdraw(connection: Connection, time: Time, now: int) -> bool:
    """The clinic takes this time back: an offer of it ends, its patient is told and waits on. Whether there was one.

    One that has run out already and was not passed on yet has nothing to be told of.
    """
    made = _found(connection, offer.c.appointment == time.id, offer.c.state == OPEN)
    if made is None:
        return False
    stood = made.expires > now
    _close(connection, made, WITHDRAWN if stood else LAPSED)
    entry = entries.by_id(connection, made.entry_id)
    if entry is not None:
        changed = entries.change(connection, entry, now)
        if stood:
            waiting_outbox.tell_withdrawn(connection, changed, Kept(time, made.expires), now)
    return stood


def end_period(connection: Connection, entry_id: str, now: int) -> None:
    """Close an entry whose period is over, and tell its patient; once, whoever comes first."""
    entry = entries.by_id(connection, entry_id)
    if entry is None or entry.status != WAITING or entry.stands(now):
        return
    closed = leave(connection, entry, now, _reason("over"))
    waiting_outbox.tell_over(connection, closed, now)


def _end_offer(connection: Connection, made: Offer, state: str, now: int) -> None:
    _close(connection, made, state)
    entry = entries.by_id(connection, made.entry_id)
    if entry is not None and state == LAPSED:
        entries.change(connection, entry, now)
    time = _time(connection, made)
    if time is not None:
        _offer(connection, time, now)


def _close(connection: Connection, made: Offer, state: str) -> None:
    connection.execute(update(offer).where(_this(made)).values(state=state))
    claims.end_hold(connection, made.time_id, made.owner.holder)


def _reason(code: str) -> str:
    return orjson.dumps({"coding": [{"system": _ENDED, "code": code}]}).decode()


# --- reading -----------------------------------------------------------------------------------------------------


def _found(connection: Connection, *conditions: ColumnElement[bool]) -> Offer | None:
    return _made(connection.execute(_OFFERS.where(*conditions)).first())


def _made(row: Any) -> Offer | None:
    return None if row is None else Offer(*row)


def _of_entry(connection: Connection, entry: Entry) -> Offer | None:
    return _found(connection, offer.c.waiting_id == entry.id, offer.c.state == OPEN)


def _this(made: Offer) -> ColumnElement[bool]:
    return and_(offer.c.appointment == made.time_id, offer.c.waiting_id == made.entry_id)


def _time(connection: Connection, made: Offer) -> Time | None:
    """The offered time, if the doctor still has it and nobody had it meanwhile."""
    proposal = parse(made.time_id)
    time = None if proposal is None else slots.at(connection, proposal.role_id, proposal.start)
    return time if time is not None and time.id == made.time_id else None
