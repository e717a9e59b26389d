"""What a terminal offers in the state in which it stands, as a screen would: a pure enumeration.

The random patient touches from it; no state may be without a way out.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kiosk.flow import Step, is_over
from kiosk.modes import Modes
from kiosk.terminal import Terminal
from kiosk.views import BookingRow, Content, Failed, Printing, Ready, Waiting
from kiosk.visit import Detour, Fact, Intent

#: Steps without the frame's Back and Finish: nobody has begun, or nobody can.
BARE = (Step.WELCOME, Step.OUT_OF_SERVICE, Step.LOCKED)
#: Facts that stand in the trail and can be touched there.
TRAIL = (Fact.DISTRICT, Fact.FACILITY, Fact.SPECIALTY, Fact.DOCTOR, Fact.TIME)
#: What the fields of a step are called.
FIELDS = {
    Step.IDENTIFY: ("policy_number", "birth_day", "birth_month", "birth_year", "document_number"),
    Step.CONTACTS: ("phone", "email"),
    Step.CODE: ("code",),
    Step.TICKET_NUMBER: ("ticket",),
}


@dataclass(frozen=True)
class Action:
    """One thing to touch. `leads_out`: Back, Finish and their like; `aside`: always there, and no answer."""

    name: str
    do: Callable[[], object]
    leads_out: bool = False
    aside: bool = False


def offered(terminal: Terminal) -> tuple[Action, ...]:
    """Everything that can be touched now."""
    if terminal.step is Step.LOCKED:
        return ()
    if terminal.leaving:
        return (Action("stay", terminal.stay), Action("leave", terminal.leave, leads_out=True))
    if terminal.idle_left is not None:
        return (Action("stay", terminal.stay), Action("finish", terminal.finish, leads_out=True))
    if terminal.cancelling:
        return (Action("keep", terminal.keep, leads_out=True), Action("cancel", terminal.cancel))
    return (*_answers(terminal), *_notice(terminal), *_trail(terminal), *_frame(terminal))


def is_waiting(terminal: Terminal) -> bool:
    """Whether something comes by itself: the screen says what."""
    return (
        isinstance(terminal.content, Waiting)
        or terminal.busy is not None
        or terminal.printing is Printing.UNDER_WAY
        or terminal.step in (Step.LOCKED, Step.OUT_OF_SERVICE)
    )


def _frame(terminal: Terminal) -> Iterator[Action]:
    step = terminal.step
    for language in ("ru", "en"):
        yield Action(f"speak {language}", lambda said=language: terminal.set_language(said), aside=True)
    if step is Step.OUT_OF_SERVICE:
        return
    yield Action("access", lambda: terminal.look_aside(Detour.ACCESS), aside=True)
    if step in BARE:
        return
    yield Action("help", lambda: terminal.look_aside(Detour.HELP), aside=True)
    if not (terminal.visit.detour is None and is_over(terminal.visit)):
        yield Action("back", terminal.back, leads_out=True)
    yield Action("finish", terminal.finish, leads_out=True)


def _notice(terminal: Terminal) -> Iterator[Action]:
    retry = terminal.notice is not None and terminal.notice.retry
    if retry or isinstance(terminal.content, Failed):
        yield Action("retry", terminal.retry)
    if terminal.staff_offered and not terminal.busy:
        yield Action("call staff", terminal.call_staff, aside=True)


def _trail(terminal: Terminal) -> Iterator[Action]:
    if terminal.step in BARE or is_over(terminal.visit):
        return
    for fact in TRAIL:
        if terminal.visit.has(fact):
            yield Action(f"change {fact.value}", lambda touched=fact: terminal.change(touched))


def _answers(terminal: Terminal) -> Iterator[Action]:
    """What the screen of the step itself offers."""
    content: Content = terminal.content
    if isinstance(content, Ready):
        yield from _SCREENS.get(terminal.step, _nothing)(terminal, content.value)


def _nothing(terminal: Terminal, value: object) -> Iterator[Action]:
    yield from ()


def _welcome(terminal: Terminal, value: object) -> Iterator[Action]:
    yield Action("start", terminal.start)


def _home(terminal: Terminal, value: object) -> Iterator[Action]:
    yield Action("book here", lambda: terminal.begin(Intent.BOOK))
    yield Action("book elsewhere", lambda: terminal.begin(Intent.BOOK, here=False))
    yield Action("look", lambda: terminal.begin(Intent.LOOK))
    yield Action("mine", lambda: terminal.begin(Intent.MINE))
    yield Action("cabinet", lambda: terminal.begin(Intent.CABINET))
    yield from _searches(terminal, facilities=True)


def _searches(terminal: Terminal, *, facilities: bool = False, doctors: bool = True) -> Iterator[Action]:
    if facilities:
        yield Action("search facilities", lambda: terminal.look_aside(Detour.FACILITY_SEARCH))
    if doctors:
        yield Action("search doctors", lambda: terminal.look_aside(Detour.DOCTOR_SEARCH))


def _district(terminal: Terminal, value) -> Iterator[Action]:
    for facility in filter(None, dict.fromkeys((value.home, *value.own))):
        yield _choice(terminal, Fact.FACILITY, facility)
    for district, _count in value.districts:
        yield _choice(terminal, Fact.DISTRICT, district)
    yield Action("mine", terminal.show_mine)
    yield from _searches(terminal, facilities=True, doctors=False)


def _facility(terminal: Terminal, value) -> Iterator[Action]:
    for facility in value:
        yield _choice(terminal, Fact.FACILITY, facility)


def _specialty(terminal: Terminal, value) -> Iterator[Action]:
    for row in value:
        yield _choice(terminal, Fact.SPECIALTY, row.specialty)
    yield Action("areas", lambda: terminal.look_aside(Detour.AREA))
    yield Action("facility card", lambda: terminal.look_aside(Detour.FACILITY_CARD))
    yield from _searches(terminal)


def _doctor(terminal: Terminal, value) -> Iterator[Action]:
    if terminal.visit.intent is Intent.BOOK:
        yield Action("any doctor", terminal.choose_any)
    for row in value.rows:
        yield _choice(terminal, Fact.DOCTOR, row.doctor)
        yield _card(terminal, row.doctor)
    yield from _searches(terminal)


def _card(terminal: Terminal, doctor) -> Action:
    return Action("doctor card", lambda: terminal.look_aside(Detour.DOCTOR_CARD, doctor))


def _time(terminal: Terminal, value) -> Iterator[Action]:
    for load in value.days:
        if load.free:
            yield Action("day", lambda day=load.day: terminal.choose_day(day))
        for time in load.times:
            if time.free and load.day == value.chosen:
                yield Action("time", lambda chosen=time: terminal.choose_time(chosen))
    for nearest in terminal.taken.nearest if terminal.taken else ():
        yield Action("nearest time", lambda chosen=nearest: terminal.choose_time(chosen))
    if value.has_earlier:
        yield Action("week before", lambda: terminal.turn_week(-1))
    if value.has_later:
        yield Action("week after", lambda: terminal.turn_week(1))


def _no_times(terminal: Terminal, value) -> Iterator[Action]:
    for row in value.others:
        yield _choice(terminal, Fact.DOCTOR, row.doctor)
    yield from _elsewhere(terminal, value.elsewhere)
    yield Action("elsewhere", lambda: terminal.look_aside(Detour.ELSEWHERE))
    if value.can_wait:
        yield Action("wait", terminal.wait_here)


def _elsewhere(terminal: Terminal, value) -> Iterator[Action]:
    for load in value:
        yield Action("facility elsewhere", lambda chosen=load: terminal.choose_elsewhere(chosen))


def _identify(terminal: Terminal, value: object) -> Iterator[Action]:
    yield Action("identify", terminal.identify)
    yield Action("for me", lambda: terminal.for_child(False))
    yield Action("for my child", lambda: terminal.for_child(True))


def _contacts(terminal: Terminal, value: object) -> Iterator[Action]:
    yield Action("give contacts", terminal.give_contacts)
    yield Action("skip contacts", terminal.skip_contacts)


def _confirm(terminal: Terminal, value: object) -> Iterator[Action]:
    yield Action("confirm", terminal.confirm)


def _wait(terminal: Terminal, value: object) -> Iterator[Action]:
    yield Action("join", terminal.join)


def _result(terminal: Terminal, value: object) -> Iterator[Action]:
    yield Action("another", terminal.book_another)
    if terminal.printing in (Printing.NOT_PRINTED, Printing.UNSURE):
        yield Action("print again", terminal.print_again)


def _facility_card(terminal: Terminal, value) -> Iterator[Action]:
    if terminal.visit.detour is None:
        yield Action("read on", lambda: terminal.choose(Fact.CARD, True))
    yield Action("book there", terminal.book_here)


def _doctor_card(terminal: Terminal, value) -> Iterator[Action]:
    yield Action("book them", terminal.book_here)


def _mine(terminal: Terminal, value) -> Iterator[Action]:
    if value.area_doctor is not None:
        doctor = value.area_doctor.doctor
        yield Action("my doctor", lambda: terminal.choose_area_doctor(doctor))
    for facility in (value.attached, *value.cards):
        if facility is not None:
            yield Action("my facility", lambda chosen=facility: terminal.choose_mine(chosen))
    yield Action("my bookings", terminal.show_cabinet)


def _cabinet(terminal: Terminal, value) -> Iterator[Action]:
    ids = [one.booking.appointment.id for one in value.bookings] + [
        one.place.entry.id for one in value.places
    ]
    yield from _tickets(terminal, ids)
    yield Action("history", terminal.open_history)
    yield Action("messages", terminal.open_messages)
    yield Action("by number", terminal.open_number)
    yield Action("my contacts", terminal.change_contacts)
    yield Action("new booking", terminal.book_new)


def _history(terminal: Terminal, value) -> Iterator[Action]:
    yield from _tickets(terminal, [one.booking.appointment.id for one in value])


def _tickets(terminal: Terminal, ids: list[str]) -> Iterator[Action]:
    for id in ids:
        yield Action("ticket", lambda opened=id: terminal.open_ticket(opened))


def _messages(terminal: Terminal, value) -> Iterator[Action]:
    for message in value:
        yield Action("message", lambda opened=message: terminal.open_message(opened))


def _own_contacts(terminal: Terminal, value: object) -> Iterator[Action]:
    for system in ("phone", "email"):
        yield Action("edit contact", lambda typed=system: terminal.edit_contact(typed))
    for contact in terminal.visit.get(Fact.PATIENT).contacts:
        yield Action("remove contact", lambda touched=contact: terminal.remove_contact(touched))
        yield Action("notices", lambda touched=contact: terminal.set_notices(touched, not touched.notices))
        if contact.unconfirmed:
            yield Action("enter code", lambda touched=contact: terminal.enter_code(touched))


def _code(terminal: Terminal, value: object) -> Iterator[Action]:
    yield Action("give code", terminal.give_code)
    yield Action("send code again", terminal.send_code_again)
    yield Action("code later", terminal.code_later)


def _ticket_number(terminal: Terminal, value: object) -> Iterator[Action]:
    yield Action("find ticket", terminal.find_ticket)


def _ticket(terminal: Terminal, value) -> Iterator[Action]:
    row = value.row
    if row.stands:
        yield Action("copy", terminal.print_copy)
    else:
        yield Action("book again", terminal.book_again)
    if row.can_change:
        yield Action("ask to cancel", terminal.ask_cancel)
        if isinstance(row, BookingRow):
            yield Action("move", terminal.move_ticket)
        elif row.place.offer is not None:
            yield Action("take offer", terminal.take_offer)


def _search(terminal: Terminal, value) -> Iterator[Action]:
    for hit in value.hits:
        yield Action("hit", lambda found=hit: terminal.choose_found(found))
    if value.scope is not None:
        yield Action("everywhere", terminal.widen)


def _area(terminal: Terminal, value) -> Iterator[Action]:
    for row in value:
        for doctor_row in row.doctors:
            doctor = doctor_row.doctor
            yield Action("area doctor", lambda chosen=doctor: terminal.choose_area_doctor(chosen))


def _help(terminal: Terminal, value: object) -> Iterator[Action]:
    yield Action("call staff", terminal.call_staff, aside=True)
    yield Action("lock", terminal.lock_screen, aside=True)


def _access(terminal: Terminal, value: object) -> Iterator[Action]:
    for modes in (Modes(), Modes(large=True), Modes(contrast=True, low=True), Modes(steady=True)):
        yield Action("modes", lambda chosen=modes: terminal.set_modes(chosen), aside=True)


def _choice(terminal: Terminal, fact: Fact, value: object) -> Action:
    return Action(f"choose {fact.value}", lambda: terminal.choose(fact, value))


_SCREENS = {
    Step.WELCOME: _welcome,
    Step.HOME: _home,
    Step.DISTRICT: _district,
    Step.FACILITY: _facility,
    Step.SPECIALTY: _specialty,
    Step.DOCTOR: _doctor,
    Step.TIME: _time,
    Step.NO_TIMES: _no_times,
    Step.ELSEWHERE: _elsewhere,
    Step.IDENTIFY: _identify,
    Step.CONTACTS: _contacts,
    Step.CONFIRM: _confirm,
    Step.WAIT: _wait,
    Step.RESULT: _result,
    Step.WAITING: _result,
    Step.FACILITY_CARD: _facility_card,
    Step.DOCTOR_CARD: _doctor_card,
    Step.MINE: _mine,
    Step.CABINET: _cabinet,
    Step.HISTORY: _history,
    Step.OWN_CONTACTS: _own_contacts,
    Step.CODE: _code,
    Step.TICKET_NUMBER: _ticket_number,
    Step.TICKET: _ticket,
    Step.MESSAGES: _messages,
    Step.FACILITY_SEARCH: _search,
    Step.DOCTOR_SEARCH: _search,
    Step.AREA: _area,
    Step.HELP: _help,
    Step.ACCESS: _access,
}
