"""Every exclusive promise of the registry, as claims on ticks of five minutes (api.md section 12).

A finite `expires` is a hold, whose holder is a terminal, or an offer to who waits; the claim of a booking, or of a time
that the clinic has withdrawn, has none and is never taken over.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, or_, select, text, update

from kiosk.central.call import Refusal
from kiosk.central.prepared import Prepared
from kiosk.central.proposals import Time
from kiosk.central.rules import NONE, ORDINARY_SEAT, Claim, Rule, Rules, claim_on_asking, ticks
from kiosk.central.schema import claim

#: Takes so many claims at once, and says which it could take.
_TAKE = """
INSERT INTO claim (resource, tick, appointment, holder, expires) VALUES {rows}
 ON CONFLICT (resource, tick) DO UPDATE
 SET appointment = excluded.appointment, holder = excluded.holder, expires = excluded.expires
 WHERE claim.expires <= :now OR (claim.expires IS NOT NULL AND claim.holder = excluded.holder)
 RETURNING resource, tick"""
_ROW = "(:resource_{0}, :tick_{0}, :appointment, :holder, :expires)"
_THIS = and_(claim.c.resource == bindparam("its_resource"), claim.c.tick == bindparam("its_tick"))
_APPOINTMENT = Prepared(select(claim.c.appointment).where(_THIS))
_HELD = and_(
    claim.c.appointment == bindparam("its_appointment"),
    claim.c.holder == bindparam("its_holder"),
    claim.c.expires.is_not(None),
)
_PROLONG = Prepared(update(claim).where(_HELD).values(expires=bindparam("until")))
_END_HOLD = Prepared(delete(claim).where(_HELD))
_ASKED_DAY = Prepared(
    select(claim.c.tick).where(
        _HELD, claim.c.resource == bindparam("its_resource"), claim.c.expires > bindparam("now")
    )
)


@dataclass(frozen=True)
class Owner:
    """In whose name claims are taken: the appointment's id, the terminal, and the end (None for a booking)."""

    appointment: str
    holder: str
    expires: int | None = None


def take(connection: Connection, wanted: Sequence[Claim], owner: Owner, now: int, *, spare: str = "") -> None:
    """Take all of them, or raise the Refusal of the first that somebody has (the caller's transaction rolls back).

    Claims of the appointment `spare`, which is to be moved, are in nobody's way and stay as they are.
    """
    if not wanted:
        return
    values: dict[str, Any] = {
        "appointment": owner.appointment,
        "holder": owner.holder,
        "expires": owner.expires,
        "now": now,
    }
    for number, one in enumerate(wanted):
        values[f"resource_{number}"], values[f"tick_{number}"] = one.resource, one.tick
    taken = set(_taking(len(wanted)).all(connection, **values))
    for one in wanted:
        has = (one.resource, one.tick) in taken
        if not has and not one.yields and not (spare and _appointment(connection, one) == spare):
            raise Refusal(one.refusal, one.detail)


@cache
def _taking(claims: int) -> Prepared:
    rows = ", ".join(_ROW.format(number) for number in range(claims))
    return Prepared(text(_TAKE.format(rows=rows)))


def _appointment(connection: Connection, one: Claim) -> str | None:
    row = _APPOINTMENT.first(connection, its_resource=one.resource, its_tick=one.tick)
    return None if row is None else row.appointment


def booked(connection: Connection, wanted: Iterable[Claim]) -> bool:
    """Whether a booking has one of these; what is only held is not in the way for long."""
    any_of = or_(*(and_(claim.c.resource == one.resource, claim.c.tick == one.tick) for one in wanted))
    query = select(claim.c.holder).where(any_of, claim.c.expires.is_(None))
    return connection.execute(query).first() is not None


def ticks_of(connection: Connection, appointment: str) -> frozenset[int]:
    """The ticks that are claimed for good in this name."""
    own = and_(claim.c.appointment == appointment, claim.c.expires.is_(None))
    return frozenset(connection.scalars(select(claim.c.tick).where(own)))


def is_taken(connection: Connection, time: Time, now: int) -> bool:
    """Whether anybody has or holds the doctor's time."""
    its = ticks(time)
    query = select(claim.c.holder).where(
        claim.c.resource == f"doctor:{time.role.id}#{ORDINARY_SEAT}",
        claim.c.tick >= its.start,
        claim.c.tick < its.stop,
        or_(claim.c.expires.is_(None), claim.c.expires > now),
    )
    return connection.execute(query).first() is not None


def prolong(connection: Connection, owner: Owner) -> None:
    """Give the hold of `owner` its new end."""
    _PROLONG.run(connection, **_held(owner.appointment, owner.holder), until=owner.expires)


def end_hold(connection: Connection, appointment: str, holder: str) -> None:
    """Free what this terminal holds under this id; a booking's claims stay."""
    _END_HOLD.run(connection, **_held(appointment, holder))


def end_holds(connection: Connection, appointment: str) -> None:
    """Free what anybody holds under this id."""
    held = and_(claim.c.appointment == appointment, claim.c.expires.is_not(None))
    connection.execute(delete(claim).where(held))


def end_booking(connection: Connection, appointment: str) -> None:
    """Free all claims of a booking (R27: also the day of asking)."""
    connection.execute(delete(claim).where(claim.c.appointment == appointment, claim.c.expires.is_(None)))


def end_visit(connection: Connection, appointment: str) -> None:
    """Free the claims of a booking that is moved: all but the day of asking (R27)."""
    of_visit = and_(claim.c.appointment == appointment, claim.c.expires.is_(None))
    connection.execute(delete(claim).where(of_visit, ~claim.c.resource.startswith("asked:")))


def passed_over(connection: Connection, appointment: str) -> Rules:
    """What was passed over for a booking, as its claims say: without one on the day of its visit it is R27."""
    of_day = (claim.c.appointment == appointment) & claim.c.resource.startswith("visit:")
    kept = connection.execute(select(claim.c.tick).where(of_day)).first() is not None
    return NONE if kept else frozenset({Rule.ONCE_A_DAY})


def held_asked_day(
    connection: Connection, hold: Owner, patient_id: str, profile: str, now: int
) -> int | None:
    """The day of asking that an unbroken hold has claimed for this patient; None where there is none."""
    resource = claim_on_asking(patient_id, profile, 0).resource
    row = _ASKED_DAY.first(connection, **_held(hold.appointment, hold.holder), its_resource=resource, now=now)
    return None if row is None else row.tick


def _held(appointment: str, holder: str) -> dict[str, str]:
    return {"its_appointment": appointment, "its_holder": holder}
