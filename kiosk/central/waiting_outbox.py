"""What the waiting list tells: cabinet message, notice, statistics event, in the transaction of what happened (R25, R35)."""

import secrets
from enum import Enum

from sqlalchemy import Connection, insert

from kiosk.central import outbox
from kiosk.central.outbox import CHANNEL, DOMAIN, WAIT_SECONDS, Told
from kiosk.central.proposals import Time
from kiosk.central.schema import event
from kiosk.central.waitlist import Entry, Kept, Target
from kiosk.texts import catalog

#: The channel of what the registry does by itself.
REGISTRY = "registry"


def _(words: str) -> str:
    """Marks words for the catalog."""
    return words


class Happened(Enum):
    """What happened to an entry; the value is the kind of the rows."""

    WAITLISTED = "waitlisted"
    OFFER = "offer"
    WITHDRAWN = "offer-withdrawn"
    LEFT = "waiting-left"
    OVER = "waiting-over"


_WORDS = {
    Happened.WAITLISTED: _(
        "You are on the waiting list: {what}. {facility}. Number {ticket}. "
        "We will tell you when a time becomes free. The wait ends on {until}."
    ),
    Happened.OFFER: _(
        "A time has become free: {when}, {doctor}, room {room}. {facility}. It is kept for you until {until}. "
        "Book it in your cabinet or at the reception desk."
    ),
    Happened.WITHDRAWN: _(
        "The time that was kept for you is no longer there, the doctor is absent: {when}, {doctor}. {facility}. "
        "You are still on the waiting list."
    ),
    Happened.LEFT: _("You are no longer on the waiting list: {what}. {facility}."),
    Happened.OVER: _(
        "Your wait is over, no time has become free: {what}. {facility}. You can join the waiting list again."
    ),
}


def tell_joined(connection: Connection, entry: Entry, terminal_id: str, now: int) -> None:
    """Somebody waits. The notice waits as that of a booking does, so that it can be taken back in silence."""
    told = _told(Happened.WAITLISTED, entry, now)
    outbox.put_in_cabinet(connection, told)
    outbox.send_notice(connection, told, WAIT_SECONDS)
    _count(connection, Happened.WAITLISTED, entry.target, now, CHANNEL, terminal_id)


def tell_left(
    connection: Connection, entry: Entry, terminal_id: str, now: int, *, silently: bool = False
) -> None:
    """The patient left the list, or a terminal took the entry back."""
    told = _told(Happened.LEFT, entry, now)
    outbox.put_in_cabinet(connection, told)
    if not silently:
        outbox.send_notice(connection, told)
    _count(connection, Happened.LEFT, entry.target, now, CHANNEL, terminal_id)


def tell_over(connection: Connection, entry: Entry, now: int) -> None:
    """The period is over: nobody should think that they still wait."""
    told = _told(Happened.OVER, entry, now)
    outbox.put_in_cabinet(connection, told)
    outbox.send_notice(connection, told)
    _count(connection, Happened.OVER, entry.target, now, REGISTRY)


def tell_offer(connection: Connection, entry: Entry, kept: Kept, now: int) -> None:
    """A time is kept for who waits; message and notice are about that time (api.md section 10)."""
    _tell_of_time(connection, Happened.OFFER, entry, kept, now)


def tell_withdrawn(connection: Connection, entry: Entry, kept: Kept, now: int) -> None:
    """The time that was kept is withdrawn by the clinic, and the wait goes on."""
    _tell_of_time(connection, Happened.WITHDRAWN, entry, kept, now)


def _tell_of_time(connection: Connection, happened: Happened, entry: Entry, kept: Kept, now: int) -> None:
    words = text_of_time(happened, kept, entry.language)
    told = Told(happened.value, entry.patient_id, kept.time.id, words, entry.language, now)
    outbox.put_in_cabinet(connection, told)
    outbox.send_notice(connection, told)
    _count(connection, happened, entry.target, now, REGISTRY, time=kept.time)


def text(happened: Happened, entry: Entry, language: str) -> str:
    """The words about an entry; a discreet specialty is not named, nor its doctor (R47)."""
    target, translations = entry.target, catalog(DOMAIN, language)
    named = ", ".join(part for part in (target.specialty_name, target.doctor_name) if part)
    return translations.gettext(_WORDS[happened]).format(
        what=translations.gettext("a visit") if target.discreet else named,
        facility=target.facility_name,
        ticket=entry.ticket,
        until=outbox.day(entry.end - 1, target.zone, language),
    )


def text_of_time(happened: Happened, kept: Kept, language: str) -> str:
    """The words about a time that is kept for who waits, or was."""
    until = outbox.moment(kept.until, kept.time.role.zone, language)
    words = catalog(DOMAIN, language).gettext(_WORDS[happened])
    return words.format(**outbox.of_visit(kept.time, language), until=until)


def _told(happened: Happened, entry: Entry, now: int) -> Told:
    words = text(happened, entry, entry.language)
    return Told(happened.value, entry.patient_id, entry.id, words, entry.language, now)


def _count(
    connection: Connection,
    happened: Happened,
    target: Target,
    now: int,
    channel: str,
    terminal_id: str = "",
    time: Time | None = None,
) -> None:
    """The statistics event, without a person."""
    row = {
        "id": secrets.token_hex(16),
        "kind": happened.value,
        "asked_at": now,
        "visit_at": time.start if time else None,
        "facility_id": target.facility_id,
        "specialty_code": target.specialty_code,
        "role_id": time.role.id if time else target.role_id or None,
        "channel": channel,
        "terminal_id": terminal_id or None,
    }
    connection.execute(insert(event).values(row))
