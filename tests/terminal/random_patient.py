"""Somebody who touches anything, types anything, turns language and modes, and walks away (issue 3). Seeded.

After each touch it is looked whether the terminal still offers a way, and shows nothing of anybody else.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from random import Random
from typing import Any, Protocol

from offered import FIELDS, Action, is_waiting, offered

from kiosk.flow import Step, is_over
from kiosk.models import Appointment, Message, WaitingEntry
from kiosk.modes import USUAL
from kiosk.terminal import Terminal
from kiosk.terminal.moving import moved
from kiosk.views import (
    BookingRow,
    CabinetView,
    DistrictChoice,
    DoctorCard,
    DoctorList,
    FacilityCard,
    MineView,
    NoTimesView,
    Ready,
    SearchView,
    TicketView,
    WeekView,
)
from kiosk.visit import Draft, Fact

#: What a screen takes for its step's data; every other takes a tuple of rows, or nothing.
SHAPES = {
    Step.DISTRICT: DistrictChoice,
    Step.FACILITY: tuple,
    Step.SPECIALTY: tuple,
    Step.DOCTOR: DoctorList,
    Step.TIME: WeekView,
    Step.NO_TIMES: NoTimesView,
    Step.MINE: MineView,
    Step.FACILITY_CARD: FacilityCard,
    Step.DOCTOR_CARD: DoctorCard,
    Step.AREA: tuple,
    Step.ELSEWHERE: tuple,
    Step.CABINET: CabinetView,
    Step.HISTORY: tuple,
    Step.TICKET: TicketView,
    Step.MESSAGES: tuple,
    Step.MESSAGE: Message,
    Step.FACILITY_SEARCH: SearchView,
    Step.DOCTOR_SEARCH: SearchView,
}
#: Signs of every kind: digits, both alphabets, what breaks queries, what no keyboard has.
SIGNS = "0123456789абвгдеёжзиклмнопрстуфхцчшщъыьэюяabcdefgijklmnopqrstuvwxyz -.,;'[]%_*()\"\\@\u0301№😀"
#: What somebody means to type.
SENSIBLE = {"phone": "9123456789", "email": "ivan@mail.ru", "code": "246810"}
WORDS = ("сок", "ghbdtn", "петренко о", "лесная 2", "поликлиника", "Ива", "5", "ул", "е")
#: What leads on is touched more often than what is always there, and this less often than the rest of it.
USUAL_SHARE = 0.9
RARE = ("change", "search", "facility card", "doctor card", "for", "areas", "mine", "book elsewhere")
RARELY = 0.04
#: The way to what one has, and what is done with it: few would find all of it by chance.
OWN = ("cabinet", "ticket", "move", "ask to cancel", "cancel", "time")
OFTEN = 5.0
#: By these a booking or a place may end: cancelled, or made a booking.
GIVE_UP = ("cancel", "take offer")


class Person(Protocol):
    """What somebody knows of themselves."""

    policy_number: str
    birth_date: date
    document_number: str


class RandomPatient:
    """`step` does one thing, `look` sees what came of it. `given` are the bookings and places that were shown,
    each to whom; `patient_id` is who stands there now. `ended` are those of which the screen said that they are cancelled,
    `perhaps` those that were given up and of which it said nothing any more. `starts` are when visits are, as the screen
    said last, but for those of which it said that it is not known (a move was left without its answer)."""

    def __init__(
        self,
        terminal: Callable[[], Terminal],
        people: Sequence[tuple[Person, str]],
        seed: int,
        wait: Callable[[int], None],
    ) -> None:
        self._terminal = terminal
        self._people = people
        self._wait = wait
        self._random = Random(seed)
        self._next_person()
        self.reached: Counter[Step] = Counter()
        self.touched: Counter[str] = Counter()
        self.given: list[tuple[str, Appointment | WaitingEntry]] = []
        self.ended: dict[str, str] = {}
        self.perhaps: dict[str, str] = {}
        self.starts: dict[str, datetime] = {}

    def step(self) -> None:
        """One decision."""
        terminal, chance = self._terminal(), self._random.random()
        if chance < 0.004:
            self._walk_away()
        elif chance < 0.1:
            self._wait(self._random.randint(1, 4))
        elif chance < 0.35 and terminal.step in (*FIELDS, Step.FACILITY_SEARCH, Step.DOCTOR_SEARCH):
            self._type(terminal)
        else:
            self._touch(terminal)
        self.look()

    # --- what they do ------------------------------------------------------------------------------------------------

    def _touch(self, terminal: Terminal) -> None:
        actions = offered(terminal)
        if not actions:
            self._wait(5)
            return
        onward = [one for one in actions if not one.aside and not one.leads_out]
        others = [one for one in actions if one not in onward]
        likely = onward if onward and (not others or self._random.random() < USUAL_SHARE) else others
        action = self._one_of(likely)
        self.touched[action.name] += 1
        if action.name in GIVE_UP:
            self.perhaps[_own_id(terminal)] = self.patient_id
        row = moved(terminal.visit)
        if action.name == "confirm" and row is not None:
            self.starts.pop(row.booking.appointment.id, None)
        terminal.touched()
        action.do()

    def _one_of(self, actions: list[Action]) -> Action:
        """Every kind of touch is as likely as any other, however many rows it stands on."""
        names = sorted({one.name for one in actions})
        weights = [RARELY if name.startswith(RARE) else OFTEN if name in OWN else 1.0 for name in names]
        [name] = self._random.choices(names, weights)
        return self._random.choice([one for one in actions if one.name == name])

    def _type(self, terminal: Terminal) -> None:
        if terminal.leaving or terminal.idle_left is not None:
            return
        terminal.touched()
        if terminal.step not in FIELDS:
            terminal.search(self._random.choice((*WORDS, self._anything(), "")))
        elif terminal.step is Step.IDENTIFY and self._random.random() < 0.9:
            self._type_oneself(terminal)
        else:
            field = self._random.choice(FIELDS[terminal.step])
            terminal.type(field, SENSIBLE.get(field, "") if self._random.random() < 0.5 else self._anything())

    def _type_oneself(self, terminal: Terminal) -> None:
        person, born = self._person, self._person.birth_date
        for field, text in {
            "policy_number": person.policy_number,
            "birth_day": f"{born.day:02}",
            "birth_month": f"{born.month:02}",
            "birth_year": str(born.year),
            "document_number": person.document_number,
        }.items():
            terminal.type(field, text)

    def _anything(self) -> str:
        return "".join(self._random.choices(SIGNS, k=self._random.randint(0, 20)))

    def _walk_away(self) -> None:
        """Long enough for every patience to end."""
        self._wait(170)

    def _next_person(self) -> None:
        self._person, self.patient_id = self._random.choice(list(self._people))
        self._key = ""

    # --- what they see -----------------------------------------------------------------------------------------------

    def look(self) -> None:
        """After every touch, and after every answer that came since."""
        terminal = self._terminal()
        self.reached[terminal.step] += 1
        if self._key and self._key != terminal.visit.key and not terminal.visit.started:
            self._look_at_what_is_left(terminal)
            self._next_person()
        if terminal.visit.started:
            self._key = terminal.visit.key
        self._look_for_a_way(terminal)
        self._look_for_others(terminal)
        self._look_at_the_end(terminal)
        self._look_at_a_ticket(terminal)

    def _look_for_a_way(self, terminal: Terminal) -> None:
        content, actions = terminal.content, offered(terminal)
        if isinstance(content, Ready):
            shape = SHAPES.get(terminal.step, type(None))
            assert isinstance(content.value, shape), (terminal.step, type(content.value))
        if terminal.step in (Step.WELCOME, Step.OUT_OF_SERVICE, Step.LOCKED):
            assert actions or is_waiting(terminal)
            return
        assert any(one.leads_out for one in actions), f"no way out of {terminal.step}"
        onward = [one for one in actions if not one.aside and one.name != "finish"]
        assert onward or is_waiting(terminal), f"a dead end: {terminal.step}"

    def _look_for_others(self, terminal: Terminal) -> None:
        visit = terminal.visit
        patient = visit.get(Fact.PATIENT)
        assert (patient is None) == (visit.token is None)
        if patient is not None and visit.token is not None:
            assert patient.id == visit.token.patient_id == self.patient_id, "somebody else"
        for slip in filter(None, (terminal.ticket, terminal.stub)):
            assert patient is not None
            assert slip.initials == patient.initials
        assert bool(terminal.ticket) == visit.has(Fact.BOOKING)
        assert bool(terminal.stub) == visit.has(Fact.WAITING)

    def _look_at_what_is_left(self, terminal: Terminal) -> None:
        visit = terminal.visit
        assert (visit.known, visit.asides, visit.jumps, visit.draft, visit.token) == (
            (),
            (),
            (),
            Draft(),
            None,
        )
        assert (visit.document_asked, visit.for_child, visit.failures) == (False, False, 0)
        assert (terminal.ticket, terminal.stub, terminal.printing, terminal.taken) == (None,) * 4
        assert not any((terminal.hints, terminal.mistakes, terminal.leaving, terminal.hold_left))
        assert (terminal.modes, terminal.policy_tail) == (USUAL, "")

    def _look_at_the_end(self, terminal: Terminal) -> None:
        """Notes what was shown as given, once each."""
        given: Any = terminal.visit.get(Fact.BOOKING) or terminal.visit.get(Fact.WAITING)
        if isinstance(given, Appointment) and terminal.step is Step.RESULT:
            self.starts[given.id] = given.start
        new = given is not None and moved(terminal.visit) is None
        if new and is_over(terminal.visit) and all(given.id != one.id for _, one in self.given):
            self.given.append((self.patient_id, given if isinstance(given, WaitingEntry) else replace(given)))

    def _look_at_a_ticket(self, terminal: Terminal) -> None:
        """What was given up stands on the screen as it stands with the registry."""
        id = _own_id(terminal)
        if id in self.perhaps and not terminal.content.value.row.stands:
            self.ended[id] = self.perhaps.pop(id)


def _own_id(terminal: Terminal) -> str:
    """Which booking or place is open; '' where none is."""
    value = terminal.content.value if isinstance(terminal.content, Ready) else None
    if not isinstance(value, TicketView):
        return ""
    row = value.row
    return row.booking.appointment.id if isinstance(row, BookingRow) else row.place.entry.id
