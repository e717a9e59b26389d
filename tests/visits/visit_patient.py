"""A patient who does as people do: mostly what leads on, now and then anything else. Seeded."""

from random import Random

from visit_people import Person

from kiosk.flow import Step
from kiosk.models import Facility
from kiosk.terminal import Terminal
from kiosk.views import Busy, Failed, Printing, Ready, Waiting
from kiosk.visit import Detour, Fact, Intent

#: After so many decisions everybody goes home.
PATIENCE = 80


class Patient:
    """`act` makes one decision. `away`: they left the terminal as it stands; `outcome` is how it ended for them."""

    def __init__(self, person: Person, random: Random) -> None:
        self.person = person
        self.away = False
        self._random = random
        self._decisions = 0
        self._slips = random.choices((0, 1, 2), (90, 8, 2))[0]
        self._prints = 0

    def act(self, terminal: Terminal) -> None:
        """One thing, by what is on the screen; mostly nothing while there is nothing to do but wait."""
        terminal.touched()
        if isinstance(terminal.content, Waiting) and not terminal.leaving and not self._chance(0.02):
            return
        self._decisions += terminal.busy is None
        if terminal.leaving:
            self._answer_the_dialog(terminal)
        elif self._decisions > PATIENCE or terminal.step is Step.OUT_OF_SERVICE:
            terminal.finish()
        elif terminal.busy is not None:
            self._wait(terminal)
        elif not self._does_something_else(terminal):
            self._go_on(terminal)

    def _chance(self, share: float) -> bool:
        return self._random.random() < share

    def _answer_the_dialog(self, terminal: Terminal) -> None:
        if self._chance(0.5):
            terminal.leave()
        elif self._chance(0.3):
            self.away = True
        else:
            terminal.stay()

    def _wait(self, terminal: Terminal) -> None:
        share = 0.04 if terminal.busy is Busy.BOOK else 0.01
        if self._chance(share):
            self._random.choice((terminal.finish, terminal.back, self._walk_away, terminal.confirm))()

    def _walk_away(self) -> None:
        self.away = True

    def _does_something_else(self, terminal: Terminal) -> bool:
        if terminal.step in (Step.WELCOME, Step.RESULT):
            return False
        others = (
            (0.008, self._walk_away),
            (0.005, terminal.finish),
            (0.015, terminal.back),
            (0.010, lambda: terminal.look_aside(Detour.HELP)),
            (
                0.010,
                lambda: terminal.change(
                    self._random.choice(
                        (
                            Fact.DISTRICT,
                            Fact.FACILITY,
                            Fact.SPECIALTY,
                            Fact.DOCTOR,
                            Fact.TIME,
                            Fact.PATIENT,
                            Fact.CONTACTS,
                        )
                    )
                ),
            ),
        )
        for share, action in others:
            if self._chance(share):
                action()
                return True
        return False

    def _go_on(self, terminal: Terminal) -> None:
        content = terminal.content
        if isinstance(content, Waiting):
            return  # impatient, and nothing came of it
        if terminal.step in (Step.TICKET, Step.CABINET):
            # Somebody held up a ticket: it is none of theirs, and not what they came for.
            terminal.back()
            return
        if isinstance(content, Failed) or (terminal.notice and terminal.notice.retry and self._chance(0.7)):
            terminal.retry()
            return
        if terminal.notice and terminal.step in (Step.TIME, Step.CONFIRM) and self._chance(0.25):
            terminal.change(Fact.SPECIALTY)
            return
        steps = {
            Step.WELCOME: terminal.start,
            Step.HOME: lambda: self._begin(terminal),
            Step.DISTRICT: lambda: self._district(terminal, content),
            Step.FACILITY: lambda: self._facility(terminal, content),
            Step.SPECIALTY: lambda: self._specialty(terminal, content),
            Step.DOCTOR: lambda: self._doctor(terminal, content),
            Step.TIME: lambda: self._time(terminal, content),
            Step.NO_TIMES: terminal.back,
            Step.MINE: lambda: self._mine(terminal, content),
            Step.IDENTIFY: lambda: self._identify(terminal),
            Step.CONTACTS: lambda: self._contacts(terminal),
            Step.CONFIRM: terminal.confirm,
            Step.RESULT: lambda: self._result(terminal),
            Step.HELP: terminal.back,
        }
        steps[terminal.step]()

    # --- where, what, who, when ----------------------------------------------------------------------------------

    def _begin(self, terminal: Terminal) -> None:
        own = terminal.home is not None and terminal.home.id == self.person.facility_id
        terminal.begin(Intent.BOOK, here=own or self._chance(0.15))

    def _district(self, terminal: Terminal, content: Ready) -> None:
        districts = [district for district, _ in content.value.districts]
        terminal.choose(Fact.DISTRICT, self._random.choice(districts))

    def _facility(self, terminal: Terminal, content: Ready) -> None:
        facilities: tuple[Facility, ...] = content.value
        own = [one for one in facilities if one.id == self.person.facility_id]
        if own:
            terminal.choose(Fact.FACILITY, own[0])
        elif self._chance(0.8):
            terminal.change(Fact.DISTRICT)
        else:
            terminal.choose(Fact.FACILITY, self._random.choice(facilities))

    def _specialty(self, terminal: Terminal, content: Ready) -> None:
        fitting = [row for row in content.value if self._chance(0.05) or self._suits(row.specialty.code)]
        rows = fitting or content.value
        terminal.choose(
            Fact.SPECIALTY, (rows[0] if self._chance(0.4) else self._random.choice(rows)).specialty
        )

    def _suits(self, code: str) -> bool:
        if self.person.is_child:
            return code in ("paediatrician", "dentist", "ophthalmologist")
        return code != "paediatrician" and (code != "gynaecologist" or self.person.sex == "female")

    def _doctor(self, terminal: Terminal, content: Ready) -> None:
        rows = [row for row in content.value.rows if row.load.free]
        if not rows:
            terminal.back()
        else:
            terminal.choose(
                Fact.DOCTOR, (rows[0] if self._chance(0.75) else self._random.choice(rows)).doctor
            )

    def _time(self, terminal: Terminal, content: Ready) -> None:
        if terminal.taken is not None and terminal.taken.nearest and self._chance(0.8):
            terminal.choose_time(self._random.choice(terminal.taken.nearest))
            return
        week = content.value
        days = [load for load in week.days if load.free]
        if not days or self._chance(0.1):
            self._turn(terminal, week.has_later, week.has_earlier)
        elif self._chance(0.3):
            terminal.choose_day(self._random.choice(days).day)
        else:
            day = next(load for load in days if load.day == week.chosen)
            terminal.choose_time(self._random.choice([one for one in day.times if one.free][:2]))

    def _turn(self, terminal: Terminal, later: bool, earlier: bool) -> None:
        if later:
            terminal.turn_week(1)
        elif earlier:
            terminal.turn_week(-1)
        else:
            terminal.back()

    # --- who, confirm, result ------------------------------------------------------------------------------------

    def _mine(self, terminal: Terminal, content: Ready) -> None:
        """Where a policy leads that was shown."""
        view = content.value
        places = [place for place in (view.attached, *view.cards) if place is not None]
        if view.area_doctor is not None and self._chance(0.6):
            terminal.choose_area_doctor(view.area_doctor.doctor)
        elif places:
            terminal.choose_mine(self._random.choice(places))
        else:
            terminal.finish()

    def _identify(self, terminal: Terminal) -> None:
        person, number = self.person, self.person.policy_number
        if self._slips:
            self._slips -= 1
            number = number[:-1] + str((int(number[-1]) + 1) % 10)
        terminal.type("policy_number", number)
        terminal.type("birth_day", f"{person.birth_date.day:02}")
        terminal.type("birth_month", f"{person.birth_date.month:02}")
        terminal.type("birth_year", str(person.birth_date.year))
        if terminal.visit.document_asked:
            terminal.type("document_number", person.document_number)
        if terminal.visit.document_asked and not person.id and self._chance(0.5):
            terminal.finish()
        else:
            terminal.identify()

    def _contacts(self, terminal: Terminal) -> None:
        if self._chance(0.85):
            terminal.skip_contacts()
            return
        terminal.type("phone", f"8 912 {self._random.randrange(10**7):07}")
        if self._chance(0.5):
            terminal.type("email", f"somebody{self._random.randrange(10**6)}@example.ru")
        terminal.give_contacts()

    def _result(self, terminal: Terminal) -> None:
        if terminal.printing is Printing.UNDER_WAY and self._chance(0.95):
            return
        problem = terminal.printing in (Printing.NOT_PRINTED, Printing.UNSURE)
        if problem and self._prints < 2 and self._chance(0.5):
            self._prints += 1
            terminal.print_again()
        elif self._chance(0.08):
            terminal.book_another()
        elif self._chance(0.2):
            self.away = True
        else:
            terminal.finish()
