"""A booking is moved (issue 4, item 2): to the times of its doctor, and what it means where it changed meanwhile."""

from functools import partial

from kiosk import formats
from kiosk.errors import Refused
from kiosk.explanations import MOVE_BEGUN, MOVE_CHANGED, MOVE_GONE, Explanation, explain, translated
from kiosk.ports import Registry
from kiosk.terminal import own
from kiosk.terminal.stage import Stage, Told
from kiosk.views import BookingRow, Busy
from kiosk.visit import Fact, Intent, Visit

#: Refusals that may be of the booking that is moved: it is read again, and shown as it is.
CHANGED = ("version-conflict", "invalid")
#: What a move leaves as it is: a refusal that makes these untrue ends it.
KEPT = (Fact.FACILITY, Fact.SPECIALTY, Fact.PATIENT)


class Moving:
    """Leads into a move, and out of it where the booking cannot be moved any more."""

    def __init__(self, stage: Stage, registry: Registry) -> None:
        self._stage = stage
        self._registry = registry

    def begin(self, row: BookingRow) -> None:
        """To the times of the doctor with whom the booking is; where they are no longer there, to the others. What the
        directory no longer knows is the desk's affair."""
        if not (row.facility.id and row.specialty.id):
            self._stage.say(partial(explain, Refused(422, "not-bookable-online")))
            return
        facts = (
            (Fact.MOVING, row),
            (Fact.FACILITY, row.facility),
            (Fact.CARD, True),
            (Fact.SPECIALTY, row.specialty),
            (Fact.DOCTOR, row.doctor),
        )
        visit = self._stage.visit.jump(Intent.MOVE).drop(Fact.DISTRICT)
        for fact, value in facts if row.doctor.practitioner_id else facts[:-1]:
            visit = visit.establish(fact, value, chosen=False)
        self._stage.show(visit)

    def refused(self, code: str, untrue: Fact | None, told: Told) -> bool:
        """Whether a refusal is of the booking that is moved, and not of the time to which it goes; then that is shown."""
        row = moved(self._stage.visit)
        if row is None:
            return False
        if code in CHANGED:
            self._look_again(row)
        elif code == "too-late" and row.booking.appointment.start <= self._stage.clock():
            self._leave(partial(translated, MOVE_BEGUN))
        elif untrue in KEPT:
            self._leave(told, untrue)
        else:
            return False
        return True

    def _leave(self, told: Told, untrue: Fact | None = None) -> None:
        """Back to where the move began."""
        visit = self._stage.visit.jump_back()
        self._stage.show(visit.drop(Fact.PATIENT) if untrue is Fact.PATIENT else visit, told)

    def _look_again(self, before: BookingRow) -> None:
        """What changed meanwhile is read and told; nothing of it is overwritten (api.md section 7)."""
        registry, token, now = self._registry, self._stage.visit.token, self._stage.clock()
        if token is None:
            return
        id = before.booking.appointment.id

        def done(row: BookingRow) -> None:
            if not row.stands:
                self._leave(partial(translated, MOVE_GONE))
            elif (row.facility.id, row.specialty.code) != (before.facility.id, before.specialty.code):
                self._leave(partial(changed_words, row))
            else:
                self._stage.show(self._stage.visit.renew(Fact.MOVING, row), partial(changed_words, row))

        self._stage.command(Busy.LOOK_UP, lambda: own.booking(registry, token, id, now), done)


def moved(visit: Visit) -> BookingRow | None:
    """The booking that this visit moves, None where it moves none."""
    row: BookingRow | None = visit.get(Fact.MOVING)
    return row if visit.intent is Intent.MOVE else None


def changed_words(row: BookingRow, language: str) -> Explanation:
    """That a booking changed while its patient chose a time, and how it is now."""
    start = row.booking.appointment.start
    when = f"{formats.day_words(start.date(), language)}, {formats.time_words(start)}"
    return translated(MOVE_CHANGED, language, when=when, doctor=row.doctor.full_name)
