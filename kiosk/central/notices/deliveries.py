"""Notices on their way: to which addresses, which is next, how an attempt ended (tables `notice`, `delivery`).

Each address gets a notice at least once. An attempt is written down before it is made: where its worker dies, it is
made again, and marked as repeated. No two workers make one attempt.
"""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial

import orjson
from sqlalchemy import ColumnElement, Connection, Row, and_, insert, select, update

from kiosk.central import audit, codes, contacts
from kiosk.central.contacts import Contact
from kiosk.central.notices import truth
from kiosk.central.notices.reminders import REMINDER
from kiosk.central.notices.truth import Said
from kiosk.central.schema import delivery, notice, patient
from kiosk.central.shapes import Booking
from kiosk.central.store import Store

WAITING, ADDRESSED, SENT, DEAD, DROPPED = "waiting", "addressed", "sent", "dead", "dropped"
NOBODY, OPTED_OUT, TOO_LONG = "nobody to tell", "opted out", "no attempt came to an end"
#: How many notices get their addresses in one transaction.
BATCH = 50
#: The pause after a failed attempt: of the first one, and at most.
FIRST_PAUSE, LONGEST_PAUSE = 10, 3600


@dataclass(frozen=True)
class Patience:
    """After how many seconds an attempt is given up for lost, and a delivery for good."""

    attempt: int
    delivery: int


@dataclass(frozen=True)
class Due:
    """An attempt that is to be made now. `repeated`: an earlier one may have arrived."""

    id: str
    notice_id: str
    said: Said
    language: str
    text: str
    address: str
    attempts: int
    since: int
    repeated: bool
    booking: Booking | None


class Ending(Enum):
    """How an attempt ended: accepted; not now; never to this address; nobody knows; the way itself is closed."""

    ACCEPTED = "accepted"
    LATER = "later"
    NEVER = "never"
    UNKNOWN = "unknown"
    CLOSED = "closed"


@dataclass(frozen=True)
class Outcome:
    """How an attempt ended; `words` for the log and the list of dead letters name no address."""

    ending: Ending
    words: str


# --- to whom -----------------------------------------------------------------------------------------------------


def address(store: Store, ways: Collection[str], now: int) -> int:
    """Find out for the notices whose moment has come who is told; how many they were.

    `ways` are the systems of contacts to which something can be sent at all.
    """
    due = (notice.c.state == WAITING) & (notice.c.not_before <= now)
    query = select(notice.c.id).where(due).order_by(notice.c.not_before).limit(BATCH)
    with store.read() as connection:
        ids = connection.scalars(query).all()
    return store.write(partial(_address, ids=ids, ways=ways, now=now)) if ids else 0


def _address(connection: Connection, ids: Sequence[str], ways: Collection[str], now: int) -> int:
    rows = connection.execute(select(notice).where(notice.c.id.in_(ids), notice.c.state == WAITING)).all()
    for row in rows:
        told = [contact for contact in _to_tell(connection, row) if contact.system in ways]
        if told:
            connection.execute(insert(delivery), [_delivery(row, contact, now) for contact in told])
        ending = {"state": ADDRESSED} if told else {"state": DROPPED, "reason": NOBODY}
        connection.execute(update(notice).where(notice.c.id == row.id).values(ending))
    return len(rows)


def _to_tell(connection: Connection, row: Row[tuple[object, ...]]) -> list[Contact]:
    """The contacts that this notice is for, now; one that is not confirmed gets nothing but what names it."""
    if row.address is not None:
        return [Contact(**orjson.loads(row.address))]
    telecom = connection.execute(select(patient.c.telecom).where(patient.c.id == row.patient_id)).scalar_one()
    return [item for item in contacts.stored(telecom) if item.notices and not item.unconfirmed]


def _delivery(row: Row[tuple[object, ...]], contact: Contact, now: int) -> dict[str, object]:
    """The way to one address. What happened first goes first; a flood of reminders holds nothing up (R26)."""
    return {
        "id": secrets.token_hex(8),
        "notice_id": row.id,
        "system": contact.system,
        "value": contact.value,
        "state": WAITING,
        "hurry": 1 if row.kind == REMINDER else 0,
        "attempts": 0,
        "since": now,
        "next_at": row.not_before,
        "unsure": False,
        "outcome": None,
    }


# --- an attempt --------------------------------------------------------------------------------------------------

_QUERY = select(
    delivery,
    notice.c.kind,
    notice.c.appointment,
    notice.c.version,
    notice.c.patient_id,
    notice.c.language,
    notice.c.text,
    notice.c.address,
    notice.c.not_before,
).join(notice)


def claim(store: Store, way: str, now: int, patience: Patience) -> Due | None:
    """The next attempt on this way, which is this worker's until it ends; None where none is due.

    What is not true any more, or is for somebody who does not want it any more, is dropped on the way.
    """
    with store.read() as connection:
        if connection.execute(select(delivery.c.id).where(_due(way, now)).limit(1)).first() is None:
            return None
    return store.write(partial(_claim, way=way, now=now, patience=patience))


def _due(way: str, now: int) -> ColumnElement[bool]:
    return and_(delivery.c.system == way, delivery.c.state == WAITING, delivery.c.next_at <= now)


def _claim(connection: Connection, way: str, now: int, patience: Patience) -> Due | None:
    query = (
        _QUERY.where(_due(way, now)).order_by(delivery.c.hurry, delivery.c.next_at, delivery.c.id).limit(1)
    )
    while (row := connection.execute(query).first()) is not None:
        said = Said(row.kind, row.appointment or "", row.version, row.patient_id, row.not_before)
        booking = truth.booking_of(connection, said)
        reason = truth.untrue(connection, said, booking, now) or _unwanted(connection, row)
        if reason:
            _close(connection, row, DROPPED, reason)
        elif row.attempts and now >= row.since + patience.delivery:
            _write(connection, row.id, state=DEAD, outcome=row.outcome or TOO_LONG)
        else:
            return _begun(connection, row, said, booking, now + patience.attempt)
    return None


def _begun(
    connection: Connection, row: Row[tuple[object, ...]], said: Said, booking: Booking | None, until: int
) -> Due:
    _write(connection, row.id, attempts=row.attempts + 1, next_at=until, unsure=True)
    return Due(
        id=row.id,
        notice_id=row.notice_id,
        said=said,
        language=row.language,
        text=codes.worded(connection, row.notice_id, row.text) if row.kind == codes.KIND else row.text,
        address=row.value,
        attempts=row.attempts + 1,
        since=row.since,
        repeated=row.unsure,
        booking=booking,
    )


def _unwanted(connection: Connection, row: Row[tuple[object, ...]]) -> str:
    told = ((contact.system, contact.value) for contact in _to_tell(connection, row))
    return "" if (row.system, row.value) in told else OPTED_OUT


def end(store: Store, due: Due, outcome: Outcome, now: int, patience: Patience) -> str:
    """Write down how an attempt ended; the state in which its delivery is now."""
    return store.write(partial(_end, due=due, outcome=outcome, now=now, patience=patience))


def _end(connection: Connection, due: Due, outcome: Outcome, now: int, patience: Patience) -> str:
    if outcome.ending is Ending.ACCEPTED:
        row = connection.execute(select(delivery).where(delivery.c.id == due.id)).one()
        _close(connection, row, SENT, outcome.words, unsure=False)
        _mark_sent(connection, due, now)
        return SENT
    mine = and_(delivery.c.id == due.id, delivery.c.attempts == due.attempts, delivery.c.state == WAITING)
    next_at = now + pause(due.attempts) if outcome.ending is not Ending.CLOSED else now
    over = outcome.ending is Ending.NEVER or next_at >= due.since + patience.delivery
    values = {
        "state": DEAD if over else WAITING,
        "attempts": due.attempts - (outcome.ending is Ending.CLOSED),
        "next_at": next_at,
        "unsure": due.repeated or outcome.ending is Ending.UNKNOWN,
        "outcome": outcome.words,
    }
    connection.execute(update(delivery).where(mine).values(values))
    return DEAD if over else WAITING


def _mark_sent(connection: Connection, due: Due, now: int) -> None:
    """The first address that is reached counts."""
    first = (notice.c.id == due.notice_id) & notice.c.sent.is_(None)
    connection.execute(update(notice).where(first).values(sent=now))


def pause(attempts: int) -> int:
    """How many seconds to wait after so many failed attempts."""
    return int(min(FIRST_PAUSE * 3 ** min(attempts - 1, 10), LONGEST_PAUSE))


def _close(
    connection: Connection, row: Row[tuple[object, ...]], state: str, outcome: str, **more: object
) -> None:
    """Nothing goes to this address any more, so it is not kept (R39)."""
    masked = contacts.mask(Contact(row.system, row.value)) if "*" not in row.value else row.value
    _write(connection, row.id, state=state, outcome=outcome, value=masked, **more)


def _write(connection: Connection, id: str, **values: object) -> None:
    connection.execute(update(delivery).where(delivery.c.id == id).values(**values))


# --- dead letters ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DeadLetter:
    """A delivery that was given up; the address is masked."""

    id: str
    kind: str
    about: str
    address: str
    attempts: int
    since: int
    outcome: str


def dead_letters(store: Store) -> list[DeadLetter]:
    """All of them, the oldest first."""
    query = _QUERY.where(delivery.c.state == DEAD).order_by(delivery.c.since, delivery.c.id)
    with store.read() as connection:
        rows = connection.execute(query).all()
    return [
        DeadLetter(
            row.id,
            row.kind,
            row.appointment or "",
            contacts.mask(Contact(row.system, row.value)),
            row.attempts,
            row.since,
            row.outcome or "",
        )
        for row in rows
    ]


def retry(store: Store, ids: Collection[str], now: int) -> int:
    """Let dead letters be tried again as if they were new; how many there were among these ids."""
    dead = delivery.c.id.in_(ids) & (delivery.c.state == DEAD)
    again = update(delivery).where(dead).values(state=WAITING, attempts=0, since=now, next_at=now)

    def work(connection: Connection) -> int:
        for id in sorted(ids):
            audit.note(connection, audit.Done(now), "retry", f"Delivery/{id}")
        return connection.execute(again).rowcount

    return store.write(work)
