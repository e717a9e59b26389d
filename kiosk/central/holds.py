"""`$hold` (api.md section 5, ITI-116): a time kept for a terminal, and the memory of who held what for an hour."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, text, update

from kiosk.central import claims, judging, offers, records, rules, shapes, slots
from kiosk.central.call import Call, Refusal, Reply, Route, Who
from kiosk.central.fhir import parse_parameters
from kiosk.central.prepared import Prepared
from kiosk.central.proposals import Time
from kiosk.central.schema import hold, terminal

MEMORY_SECONDS = 3600
#: How many holds are forgotten in one transaction.
SWEPT = 100

_OF_TERMINAL = hold.c.terminal_id == bindparam("terminal")
_THIS = _OF_TERMINAL & (hold.c.appointment == bindparam("id"))
_REMEMBERED_STILL = ~hold.c.released & (hold.c.expires > bindparam("now"))
_REMEMBERED = Prepared(
    select(hold)
    .select_from(terminal.outerjoin(hold, (hold.c.terminal_id == terminal.c.id) & _REMEMBERED_STILL))
    .where(terminal.c.id == bindparam("terminal"), terminal.c.revoked.is_(None))
)
_KNOWN = Prepared(select(hold.c.expires).where(_THIS))
_RELEASE = Prepared(update(hold).where(_THIS).values(released=True))
_FORGET = Prepared(delete(hold).where(_THIS))
_REMEMBER = Prepared(
    text(
        "INSERT INTO hold (terminal_id, appointment, first_at, expires, patient_id, released)"
        " VALUES (:terminal_id, :appointment, :first_at, :expires, :patient_id, :released)"
        " ON CONFLICT (terminal_id, appointment) DO UPDATE SET first_at = excluded.first_at,"
        " expires = excluded.expires, patient_id = excluded.patient_id, released = excluded.released"
    )
)
_OLD = Prepared(
    select(hold.c.terminal_id, hold.c.appointment)
    .where(hold.c.expires < bindparam("before"))
    .limit(bindparam("most"))
)


@dataclass(frozen=True)
class Hold:
    """What a terminal holds: `first_at` is the start of the unbroken hold, from which R28 counts.

    `patient_id` is the patient whose rules were judged, '' for an anonymous hold.
    """

    appointment: str
    terminal_id: str
    first_at: int
    expires: int
    patient_id: str = ""

    @property
    def owner(self) -> claims.Owner:
        """In whose name its claims stand."""
        return claims.Owner(self.appointment, self.terminal_id, self.expires)

    def stands(self, now: int) -> bool:
        """Whether it has not ended."""
        return self.expires > now


#: A terminal's holds of the last hour, by the id that each is on.
Memory = dict[str, Hold]


def place_hold(call: Call) -> Reply:
    """Keep a time for the caller's terminal, or prolong that; a refusal changes nothing."""
    asked = parse_parameters(call.body).only("appointment-reference", "replaces")
    id = asked.reference("appointment-reference", "Appointment")
    if id is None:
        raise Refusal("invalid", "appointment-reference")
    replaced = asked.reference("replaces", "Appointment") or ""
    limits = (int(call.store.setting("hold_seconds")), int(call.store.setting("hold_limit_seconds")))

    def work(connection: Connection) -> dict[str, Any]:
        time = slots.proposed(connection, id)
        made = _place(connection, call, time, id, replaced, limits)
        return shapes.held(time, id, made.expires, call.caller.patient_id)

    return Reply(shapes.bundle(call.base, call.store.write(work)))


ROUTES = (
    Route(
        "POST",
        "/Appointment/$hold",
        place_hold,
        Who.TERMINAL,
        "operation",
        "https://profiles.ihe.net/ITI/Scheduling/OperationDefinition/appointment-hold",
        batched=True,
    ),
)


def _place(
    connection: Connection, call: Call, time: Time, id: str, replaced: str, limits: tuple[int, int]
) -> Hold:
    terminal_id, patient_id = call.caller.terminal_id, call.caller.patient_id
    memory = remembered(connection, terminal_id, call.now)
    known = memory.get(id)
    same = known if known and known.stands(call.now) else None
    made = _wanted(same, call, id, limits)
    if same and not patient_id:
        # Taken once more, not only prolonged: since this request came in, its hold may have ended and gone to another.
        _take_time(connection, time, made, call.now)
        claims.prolong(connection, made.owner)
    elif patient_id:
        _take_judged(connection, call, time, made, replaced, memory)
    else:
        _release_all(connection, memory, call.now)
        _take_anonymous(connection, call, time, made)
    _remember(connection, made)
    return made


def _wanted(same: Hold | None, call: Call, id: str, limits: tuple[int, int]) -> Hold:
    """The hold as asked for: it may be prolonged up to a limit after the first, then its end stays."""
    length, limit = limits
    first_at = same.first_at if same else call.now
    expires = min(call.now + length, first_at + limit)
    judged = call.caller.patient_id or (same.patient_id if same else "")
    return Hold(id, call.caller.terminal_id, first_at, max(expires, same.expires if same else 0), judged)


def _take_anonymous(connection: Connection, call: Call, time: Time, made: Hold) -> None:
    """Only the time is checked."""
    if time.id != made.appointment or time.start <= call.now:
        raise Refusal("slot-taken")
    _take_time(connection, time, made, call.now)


def _take_judged(
    connection: Connection, call: Call, time: Time, made: Hold, replaced: str, memory: Memory
) -> None:
    """All rules are judged, and every claim is taken that the booking will have."""
    spare = _replaced(connection, call, time, replaced) if replaced else ""
    profile = time.role.profile_code
    known = memory.get(made.appointment)
    held_day = asked_day(connection, known, made.patient_id, profile, call.now)
    _release_all(connection, memory, call.now)
    judging.judge(connection, made.patient_id, time, made.first_at)
    today = held_day or time.role.local_day(call.now).toordinal()
    asked = [] if spare else [rules.claim_on_asking(made.patient_id, profile, today)]
    wanted = [*asked, *rules.claims_of_visit(made.patient_id, time)]
    claims.take(connection, wanted, made.owner, call.now, spare=spare)
    if time.id != made.appointment:
        raise Refusal("slot-taken")
    _take_time(connection, time, made, call.now, refusal(known))


def _take_time(connection: Connection, time: Time, made: Hold, now: int, taken: str = "slot-taken") -> None:
    """Take the doctor's time; one that is offered to this patient stays with the offer, which lasts as long as the hold."""
    offer = offers.to_patient(connection, time, made.patient_id, now)
    if offer is None:
        claims.take(connection, rules.claims_on_doctor(time, taken), made.owner, now)
    else:
        offers.extend(connection, offer, made.expires)


def _replaced(connection: Connection, call: Call, time: Time, id: str) -> str:
    """The id of the booking that this time is to replace, checked as a move would."""
    booking = records.of_patient(connection, id, call.caller.patient_id)
    records.check_target(booking, time, "replaces")
    if not booking.stands:
        raise Refusal("version-conflict")
    if booking.time.start <= call.now:
        raise Refusal("too-late")
    return booking.id


# --- the memory --------------------------------------------------------------------------------------------------


def remembered(connection: Connection, terminal_id: str, now: int) -> Memory:
    """The terminal's holds that stand, or ended by themselves within the hour, by the id that each is on.

    Refusal("login") for one that is revoked: a request under way must not outlive that (api.md section 1).
    """
    rows = _REMEMBERED.all(connection, terminal=terminal_id, now=now - MEMORY_SECONDS)
    if not rows:
        raise Refusal("login")
    return {
        row.appointment: Hold(row.appointment, terminal_id, row.first_at, row.expires, row.patient_id or "")
        for row in rows
        if row.appointment is not None
    }


def measured_at(known: Hold | None, now: int) -> int:
    """The instant from which R28 counts (api.md section 5): a hold that stands keeps its own."""
    return known.first_at if known and known.stands(now) else now


def asked_day(
    connection: Connection, known: Hold | None, patient_id: str, profile: str, now: int
) -> int | None:
    """The day of asking that a hold which stands has claimed for this patient (R27); None where there is none."""
    if known is None or not known.stands(now):
        return None
    return claims.held_asked_day(connection, known.owner, patient_id, profile, now)


def refusal(known: Hold | None) -> str:
    """Which code refuses where somebody has the time: `hold-expired` to who held it within the hour."""
    return "slot-taken" if known is None else "hold-expired"


def known(connection: Connection, terminal_id: str, id: str) -> bool:
    """Whether the registry remembers that this terminal held this id."""
    return _KNOWN.first(connection, terminal=terminal_id, id=id) is not None


def release(connection: Connection, terminal_id: str, id: str) -> None:
    """End the terminal's hold on this id, if there is one."""
    claims.end_hold(connection, id, terminal_id)
    _RELEASE.run(connection, terminal=terminal_id, id=id)


def _release_all(connection: Connection, memory: Memory, now: int) -> None:
    """End whatever the terminal holds: one hold per terminal."""
    for one in memory.values():
        if one.stands(now):
            release(connection, one.terminal_id, one.appointment)


def _remember(connection: Connection, made: Hold) -> None:
    _REMEMBER.run(
        connection,
        terminal_id=made.terminal_id,
        appointment=made.appointment,
        first_at=made.first_at,
        expires=made.expires,
        patient_id=made.patient_id or None,
        released=False,
    )


def are_old(connection: Connection, now: int) -> bool:
    """Whether there are holds that ended over an hour ago."""
    return bool(_old(connection, now))


def sweep(connection: Connection, now: int) -> bool:
    """Forget some of these, and what is left of their claims. Whether there are more."""
    for terminal_id, id in _old(connection, now):
        claims.end_hold(connection, id, terminal_id)
        _FORGET.run(connection, terminal=terminal_id, id=id)
    return are_old(connection, now)


def _old(connection: Connection, now: int) -> list[Any]:
    return _OLD.all(connection, before=now - MEMORY_SECONDS, most=SWEPT)
