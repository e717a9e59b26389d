"""The terminal as screens see it: attributes to paint, methods for what the patient does.

Every method is called on the UI thread and returns at once; `on_change` is called after each change of what is
to be shown. The shapes stand in views.py; the parts that do the work stand beside this file.
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import Any

from kiosk.booking import Booking
from kiosk.devices.card_reader import CardReader
from kiosk.devices.code_scanner import CodeScanner
from kiosk.devices.health import DeviceHealth
from kiosk.devices.receipt_printer import ReceiptPrinter
from kiosk.devices.sound import Cue, Sounds
from kiosk.errors import Refused
from kiosk.explanations import STAFF_CALLED, STAFF_NOT_CALLED, Explanation, explain, translated
from kiosk.flow import FIXED, Step, is_over, next_step, step_back
from kiosk.idle import IdleTimer
from kiosk.maintenance.maintenance import Maintenance
from kiosk.maintenance.staff_room import StaffRoom
from kiosk.models import Appointment, Contact, Doctor, Facility, FacilityLoad, Message, Specialty, TimeState
from kiosk.modes import USUAL, Modes
from kiosk.ports import Jobs, Registry
from kiosk.terminal.cabinet import Cabinet
from kiosk.terminal.changing import Changing
from kiosk.terminal.contents import PLAIN, Contents
from kiosk.terminal.desk import BookingDesk
from kiosk.terminal.faults import Faults
from kiosk.terminal.holding import Holding
from kiosk.terminal.identity import Identity
from kiosk.terminal.moving import Moving
from kiosk.terminal.own_contacts import OwnContacts
from kiosk.terminal.papers import Papers
from kiosk.terminal.printout import Printout
from kiosk.terminal.reports import Reports
from kiosk.terminal.search import SEARCHES
from kiosk.terminal.staff_door import StaffDoor
from kiosk.terminal.stage import Stage
from kiosk.terminal.watch import ServiceWatch, Settling
from kiosk.terminal.ways import Ways
from kiosk.texts import DEFAULT_LANGUAGE
from kiosk.ticket import Stub, Ticket
from kiosk.views import BookingRow, Busy, Content, DoctorHit, FacilityHit, Failed, PinView, Printing, Ready
from kiosk.visit import Detour, Fact, Intent, Visit

#: How long the screen is locked for cleaning (R48), in seconds.
CLEANING_SECONDS = 30
#: After so many failures staff is offered without being asked for.
FAILURES = 2
#: How many times longer an idle visit lasts in an accessibility mode.
PATIENCE = 2


class Terminal(Stage):
    """One terminal and the visit at it.

    Shown besides the properties: `visit`, `notice` (banner on the present step), `taken` (TIME), `busy`, `leaving`
    (the patient wants to leave while a booking, or a change of one, is asked for: the dialog «ещё не записаны, ждём
    ответа» with `stay` and `leave`), `cancelling` (the dialog «отменить запись?» with `cancel` and `keep`), `hints` and
    `mistakes` (words by Draft field; a hint never blocks), `home`, `production`, `language` and `modes` (of the visit; as
    usual again when it ends).
    """

    def __init__(
        self,
        *,
        registry: Registry,
        booking: Booking,
        printer: ReceiptPrinter,
        card_reader: CardReader,
        scanner: CodeScanner,
        sounds: Sounds,
        jobs: Jobs,
        home_facility_id: str,
        terminal_name: str,
        clock: Callable[[], datetime],
        production: bool,
        idle_seconds: int = 60,
        warning_seconds: int = 20,
        monotonic: Callable[[], float] = time.monotonic,
        language: str = DEFAULT_LANGUAGE,
        on_change: Callable[[], None] = lambda: None,
        staff: StaffRoom | None = None,
        closed: Callable[[str], Explanation | None] = lambda language: None,
        devices: Callable[[], Sequence[DeviceHealth]] = tuple,
    ) -> None:
        """`staff` is what the hidden gesture leads to, `closed` why staff has taken the terminal out of service;
        `devices` how the devices are."""
        super().__init__(jobs, sounds, clock, on_change, language)
        self.on_restart: Callable[[], None] = lambda: None
        self.production = production
        self._idle = IdleTimer(idle_seconds, warning_seconds, monotonic)
        self._registry = registry
        self._monotonic = monotonic
        self._contents = Contents(self, registry, home_facility_id, monotonic)
        self._ways = Ways(self, registry)
        self._reports = Reports(jobs, registry, clock, monotonic, Faults(devices, monotonic))
        self._locked_until: float | None = None
        self._moving = Moving(self, registry)
        self._holding = Holding(
            self,
            registry,
            self._moving,
            monotonic,
            lambda: self._idle.last_touch,
            self._contents.steps.reload,
        )
        self._identity = Identity(self, registry, self._holding)
        self._own_contacts = OwnContacts(self, registry, self._identity)
        self._settling = Settling(self, booking, monotonic)
        self._printout = Printout(self, printer)
        self._desk = BookingDesk(
            self,
            booking,
            printer,
            self._printout,
            self._holding,
            monotonic,
            terminal_name,
            self._settling.soon,
        )
        self._changing = Changing(self, registry, monotonic)
        self._cabinet = Cabinet(
            self,
            registry,
            self._contents,
            self._holding,
            self._changing,
            booking,
            self._printout,
            terminal_name,
        )
        self._door = StaffDoor(self, staff, monotonic, lambda: self.on_restart())
        self._closed = closed
        self._papers = Papers(
            self,
            self._identity,
            card_reader,
            scanner,
            monotonic,
            step=lambda: self.step,
            printing=lambda: self.printing,
            touched=self.touched,
            leave=self.leave,
            to_staff=self._door.take,
            open_ticket=self._cabinet.open_scanned,
        )
        self._watch = ServiceWatch(self, registry, home_facility_id, monotonic)
        self._is_new = True
        self._is_warned = False

    # --- what is shown -------------------------------------------------------------------------------------------

    @property
    def step(self) -> Step:
        """The screen to be shown."""
        if self._door.step is not None:
            return self._door.step
        if self._locked_until is not None:
            return Step.LOCKED
        if self.out_of_service is not None and not self.visit.started:
            return Step.OUT_OF_SERVICE
        return next_step(self.visit)

    @property
    def content(self) -> Content:
        """The data of the step."""
        return self._contents.content

    @property
    def out_of_service(self) -> Explanation | None:
        """Why nobody can be served now; None while all is well."""
        return self._closed(self.language) or self._watch.out_of_service

    @property
    def is_closed(self) -> bool:
        """Whether staff has taken the terminal out of service: then it does not come back by itself."""
        return self._closed(self.language) is not None

    @property
    def pin(self) -> PinView:
        """How it stands with the PIN."""
        return self._door.pin

    @property
    def maintenance(self) -> Maintenance | None:
        """What staff has open, after the right PIN."""
        return self._door.maintenance

    @property
    def takes_knock(self) -> bool:
        """Whether the hidden gesture counts: between visits only, with nothing under way."""
        return not (self._door.is_locked or self.visit.started or self.busy is not None)

    @property
    def in_doubt(self) -> bool:
        """Whether a booking, or a change of one, was asked for whose answer is outstanding: «ждём ответа»."""
        return self._desk.in_doubt or self._changing.in_doubt

    @property
    def hold_left(self) -> int | None:
        """Seconds for which the chosen time is still held, 0 when it ran out; None where none is chosen."""
        return self._holding.left

    @property
    def hold_total(self) -> int:
        """The length of the hold in seconds."""
        return self._holding.total

    @property
    def idle_left(self) -> int | None:
        """Seconds left in the warning before the visit ends; None while there is no warning."""
        return self._idle.warning_left if self.visit.started else None

    @property
    def ticket(self) -> Ticket | None:
        """The ticket of this visit's booking."""
        return self._desk.ticket

    @property
    def stub(self) -> Stub | None:
        """The stub of this visit's place on the waiting list."""
        return self._desk.stub

    @property
    def lock_left(self) -> int | None:
        """Seconds for which the screen is still locked for cleaning (R48); None while it is not."""
        if self._locked_until is None:
            return None
        return max(0, math.ceil(self._locked_until - self._monotonic()))

    @property
    def staff_offered(self) -> bool:
        """Whether it did not work so often that «Позвать сотрудника» appears by itself."""
        return self.visit.failures >= FAILURES

    @property
    def printing(self) -> Printing | None:
        """What became of the paper ticket."""
        return self._printout.printing

    @property
    def print_problem(self) -> Explanation | None:
        """Why the ticket is not surely on paper, and what to do instead."""
        return self._printout.problem

    @property
    def takes_card(self) -> bool:
        """Whether the card of a policy can be put in instead of typing."""
        return self._papers.takes_card

    @property
    def takes_code(self) -> bool:
        """Whether the barcode of a policy can be held up instead of typing."""
        return self._papers.takes_code

    @property
    def policy_tail(self) -> str:
        """The last four signs of the policy number by which the patient identified themselves."""
        return self.visit.draft.policy_number.strip()[-4:] if self.visit.has(Fact.PATIENT) else ""

    # --- from step to step ---------------------------------------------------------------------------------------

    def start(self) -> None:
        """The first touch of the welcome screen."""
        if self.step is Step.WELCOME:
            self._idle.touched()
            self.show(replace(self.visit, started=True))

    def begin(self, intent: Intent, *, here: bool = True) -> None:
        """What the patient came for; `here` at the facility in which the terminal stands (R41)."""
        if self.step not in (Step.WELCOME, Step.HOME):
            return
        self._idle.touched()
        visit = replace(self.visit, started=True).jump(intent)
        own = here and self.home is not None and intent not in (Intent.MINE, Intent.CABINET)
        self.show(visit.establish(Fact.FACILITY, self.home, chosen=False) if own else visit)

    def choose(self, fact: Fact, value: Any) -> None:
        """A district, facility, specialty or doctor, or CARD (read on). What is not bookable explains why (R30)."""
        if not self._may_move():
            return
        books = self.visit.intent is not Intent.LOOK
        if books and isinstance(value, Specialty) and (reason := self._ways.not_bookable(value)):
            self.say(reason)
        else:
            self.show(replace(self.visit.establish(fact, value), asides=()))

    def change(self, fact: Fact) -> None:
        """A part of the trail was touched: to the step that asks for it; what is moved leads back to its ticket."""
        if fact in FIXED.get(self.visit.intent, ()) or not self._may_move():
            return
        visit = self.visit.jump_back() if fact is Fact.MOVING else self.visit.drop(fact)
        self.show(replace(visit, asides=()))

    def back(self) -> None:
        """One step back; from home to welcome; while a booking or a change of one is asked for `leaving` instead."""
        if self.visit.detour is not None:
            self._look(self.visit.look_back())
        elif self.step is Step.HOME:
            self.leave()
        elif self._may_move():
            self.show(step_back(self.visit))

    def look_aside(self, detour: Detour, subject: Any = None) -> None:
        """Help, search and the like, from any step; Back leaves it. A card may look at another than was chosen."""
        if self.step not in (Step.OUT_OF_SERVICE, Step.PIN, Step.MAINTENANCE) and self._is_there(
            detour, subject
        ):
            self._idle.touched()
            visit = replace(self.visit, started=True)
            if detour in SEARCHES:
                visit = replace(visit, draft=replace(visit.draft, search=""), wide=False)
            self._look(visit.look_aside(detour, subject))

    # --- the short ways ------------------------------------------------------------------------------------------

    def search(self, text: str) -> None:
        """What is typed into a search as it stands now (R18, R19); what it finds comes into `content`."""
        if self.step in (Step.FACILITY_SEARCH, Step.DOCTOR_SEARCH):
            self._contents.search.type(text)

    def widen(self) -> None:
        """Doctors of every facility are searched, not only of the chosen one."""
        if self.step is Step.DOCTOR_SEARCH:
            self._contents.search.widen()

    def choose_found(self, hit: FacilityHit | DoctorHit) -> None:
        """A facility or a doctor whom a search found."""
        if self._may_move():
            self._ways.to_found(hit)

    def choose_area_doctor(self, doctor: Doctor) -> None:
        """A doctor of AREA, or the patient's own of MINE (R14): to their times."""
        if self._may_move():
            self._ways.to_area_doctor(doctor)

    def choose_elsewhere(self, load: FacilityLoad) -> None:
        """Another facility of the district with the same specialty: to its doctors."""
        if self._may_move():
            self._ways.to_elsewhere(load)

    def choose_mine(self, facility: Facility) -> None:
        """The facility of attachment or one in which the patient has a card (R12, R13): to its specialties."""
        if self._may_move():
            self._ways.to_facility(facility, Intent.BOOK)

    def choose_any(self) -> None:
        """«Ближайшее время у любого врача»: held at once; where there is none, what else can be done."""
        asks = self.visit.intent in (Intent.BOOK, Intent.MOVE)
        if self.step is not Step.DOCTOR or not asks or not self._may_move():
            return
        content = self.content
        if isinstance(content, Ready) and content.value.any_nearest is None:
            self.show(self.visit.establish(Fact.NO_TIMES, True))
        else:
            self._holding.choose_any()

    def book_here(self) -> None:
        """«Записаться» on a card of a doctor or facility: everything else is kept (R7, R8)."""
        if self.step in (Step.DOCTOR_CARD, Step.FACILITY_CARD) and self._may_move():
            self._ways.book_here()

    def show_mine(self) -> None:
        """«Мой врач и поликлиника», from any step; asks first who it is where that is not known (R12 to R14)."""
        if self._may_move() and next_step(self.visit) is not Step.MINE:
            self._idle.touched()
            self._ways.to_mine()

    def wait_here(self) -> None:
        """To the waiting list for what NO_TIMES was shown for."""
        if self.step is Step.NO_TIMES and self._may_move():
            self._ways.to_waiting()

    # --- the cabinet (R15, R16) ----------------------------------------------------------------------------------

    def show_cabinet(self) -> None:
        """«Мои записи», from any step; asks first who it is where that is not known."""
        if self._may_move() and next_step(self.visit) is not Step.CABINET:
            self._idle.touched()
            self._cabinet.show()

    def open_history(self) -> None:
        """«История»."""
        if self.step is Step.CABINET and self._may_move():
            self._cabinet.open(Fact.HISTORY)

    def open_messages(self) -> None:
        """«Сообщения»."""
        if self.step is Step.CABINET and self._may_move():
            self._cabinet.open(Fact.MESSAGES)

    def open_number(self) -> None:
        """«По номеру»: it is typed."""
        if self.step is Step.CABINET and self._may_move():
            self._cabinet.open(Fact.NUMBER)

    def find_ticket(self) -> None:
        """The ticket of the typed number or code."""
        if self.step is Step.TICKET_NUMBER:
            self._cabinet.open_numbered()

    def open_ticket(self, id: str) -> None:
        """A booking of CABINET or HISTORY, or a place on the waiting list."""
        if self.step in (Step.CABINET, Step.HISTORY) and self._may_move():
            self._cabinet.open_ticket(id)

    def open_message(self, message: Message) -> None:
        """One of MESSAGES."""
        if self.step is Step.MESSAGES and self._may_move():
            self._cabinet.open_message(message)

    def ask_cancel(self) -> None:
        """«Отменить» or «Выйти из листа ожидания»: `cancelling`, it is asked whether that is really meant."""
        if self.step is Step.TICKET:
            self._cabinet.ask_cancel()

    def keep(self) -> None:
        """Out of `cancelling`, everything as it was."""
        self._idle.touched()
        self._cabinet.keep()

    def cancel(self) -> None:
        """Yes, it is meant (R16)."""
        if self.step is Step.TICKET:
            self._cabinet.cancel()

    def print_copy(self) -> None:
        """The paper of TICKET once more."""
        if self.step is Step.TICKET:
            self._cabinet.print_copy()

    def take_offer(self) -> None:
        """The time that is kept for a place on the waiting list: held, and on with its booking."""
        if self.step is Step.TICKET and self._may_move():
            self._cabinet.take_offer()

    def book_again(self) -> None:
        """A new booking with the doctor of TICKET where they are still there, else at its facility."""
        ticket = self._cabinet.ticket
        if ticket is None or not self._may_move():
            return
        if ticket.row.doctor is not None and ticket.row.doctor.practitioner_id:
            self._ways.to_doctor(ticket.row.doctor, Intent.BOOK)
        elif ticket.row.facility.id:
            self._ways.to_facility(ticket.row.facility, Intent.BOOK)
        else:
            self.say(partial(explain, Refused(422, "not-bookable-online")))

    def book_new(self) -> None:
        """«Записаться к врачу» in the cabinet: at the facility in which the terminal stands (R41)."""
        if self.step is Step.CABINET and self.home is not None and self._may_move():
            self._ways.to_facility(self.home, Intent.BOOK)

    def move_ticket(self) -> None:
        """«Перенести»: to another time of the same specialty here (api.md section 7)."""
        ticket = self._cabinet.ticket
        row = ticket.row if ticket else None
        if isinstance(row, BookingRow) and row.can_change and self._may_move():
            self._moving.begin(row)

    def change_contacts(self) -> None:
        """«Контакты»."""
        if self.step is Step.CABINET and self._may_move():
            self._own_contacts.show()

    def edit_contact(self, system: str) -> None:
        """A new `phone` or `email`."""
        if self.step is Step.OWN_CONTACTS and self._may_move():
            self._own_contacts.edit(system)

    def remove_contact(self, contact: Contact) -> None:
        """«Удалить»."""
        if self.step is Step.OWN_CONTACTS:
            self._own_contacts.remove(contact)

    def set_notices(self, contact: Contact, on: bool) -> None:
        """Whether word of changes goes there."""
        if self.step is Step.OWN_CONTACTS:
            self._own_contacts.set_notices(contact, on)

    def enter_code(self, contact: Contact) -> None:
        """«Ввести код», of a contact that is not confirmed yet."""
        if self.step is Step.OWN_CONTACTS and self._may_move():
            self._own_contacts.enter_code(contact)

    def give_code(self) -> None:
        """The typed code."""
        if self.step is Step.CODE:
            self._own_contacts.confirm()

    def send_code_again(self) -> None:
        """«Отправить новый код»."""
        if self.step is Step.CODE:
            self._own_contacts.send_again()

    def code_later(self) -> None:
        """Without the code."""
        if self.step is Step.CODE and self._may_move():
            self._own_contacts.later()

    # --- how it is shown -----------------------------------------------------------------------------------------

    def set_language(self, language: str) -> None:
        """Everything in this language, at once; the visit is kept."""
        self._idle.touched()
        self.language = language
        self._registry.speak(language)
        self._contents.follow()
        self.on_change()

    def set_modes(self, modes: Modes) -> None:
        """The accessibility modes; in them nobody is hurried."""
        self._idle.touched()
        self.modes = modes
        self._idle.patience = PATIENCE if modes.any else 1
        self.on_change()

    def for_child(self, yes: bool) -> None:
        """For me, or for my child: changes the words, not the rules (R43)."""
        self.visit = replace(self.visit, for_child=yes)
        self.on_change()

    def lock_screen(self) -> None:
        """Locks the screen for cleaning (R48); it comes back by itself."""
        if self.busy is None:
            self._locked_until = self._monotonic() + CLEANING_SECONDS
            self.on_change()

    def call_staff(self) -> None:
        """«Позвать сотрудника»: word goes to the reception desk, and it is said whether it got there."""
        event = self._reports.event(
            "staff-called",
            facility_id=self.home.id if self.home else "",
            detail=next_step(self.visit).value,
        )
        self.command(
            Busy.CALL,
            lambda: self._registry.report((event,)),
            lambda nothing: self.say(partial(translated, STAFF_CALLED)),
            lambda error: self.say(partial(translated, STAFF_NOT_CALLED)),
            lane="registry",
        )

    # --- the staff -----------------------------------------------------------------------------------------------

    def knock(self) -> None:
        """The hidden gesture: asks for the PIN. Of what patients showed before nothing is acted upon any more."""
        if self.takes_knock:
            self._papers.drop()
            self.modes = USUAL
            self._door.knock()

    def enter_pin(self, pin: str) -> None:
        """A PIN as it was typed; the right one leads to `maintenance`."""
        self._door.try_pin(pin)

    # --- the end -------------------------------------------------------------------------------------------------

    def finish(self) -> None:
        """«Завершить»: ends the visit; while a booking or a change of one is asked for it sets `leaving` instead."""
        if self._is_asking:
            self.leaving = True
            self.on_change()
        else:
            self.leave()

    def leave(self) -> None:
        """Ends the visit at once; a booking whose result was not shown is cancelled. Staff goes back to the patients."""
        self._door.close()
        self._papers.visit_ends()
        self._desk.leave()
        self._changing.leave()
        self.forget()
        self.leaving = False
        self.hint({})
        self._as_usual()
        self._watch.soon()
        self.show(Visit())

    def stay(self) -> None:
        """Out of the idle warning or the `leaving` dialog, everything as it was."""
        self.leaving = False
        self._idle.touched()
        self.on_change()

    def pressed(self) -> None:
        """A finger on the glass."""
        self.cue(Cue.TOUCH)
        self.touched()

    def touched(self) -> None:
        """Any touch, key, card or scan: the patient is there."""
        warned = self.idle_left is not None
        self._door.touched()
        self._idle.touched()
        if warned:
            self.on_change()

    def retry(self) -> None:
        """Again what failed last, where its explanation offers that."""
        if not self.again() and isinstance(self.content, Failed):
            self._contents.reload()
            self.on_change()

    def book_another(self) -> None:
        """A new booking of the same patient at the same facility."""
        if self.step not in (Step.RESULT, Step.WAITING):
            return
        old = self.visit
        kept = tuple(one for one in old.known if one.fact in (Fact.FACILITY, Fact.PATIENT, Fact.CONTACTS))
        self._desk.leave()
        draft = replace(old.draft, search="")
        begun = Visit(
            started=True, known=kept, draft=draft, for_child=old.for_child, token=old.token, holder=old.holder
        )
        self.show(begun.jump(Intent.BOOK))

    # --- time, patient, booking ----------------------------------------------------------------------------------

    def choose_day(self, day: date) -> None:
        """Another day of the week shown."""
        self._contents.steps.choose_day(day)
        self.on_change()

    def turn_week(self, weeks: int) -> None:
        """The week before (-1) or after (+1)."""
        self._contents.steps.turn_week(weeks)
        self.on_change()

    def choose_time(self, chosen: TimeState | Appointment) -> None:
        """A time of the week, or one of `taken.nearest`: it is held (R22)."""
        if self.step is Step.TIME:
            self._holding.choose(chosen)

    def type(self, field: str, text: str) -> None:
        """The text of one Draft field as it stands now; nothing typed gets into a visit that has not begun."""
        if self.visit.started:
            self._identity.type(field, text)

    def identify(self) -> None:
        """The typed policy number and birth date, and the document where it was asked for (R9)."""
        if self.step is Step.IDENTIFY:
            self._identity.identify()

    def give_contacts(self) -> None:
        """The typed phone and e-mail (R23); an empty one stays as it is."""
        if self.step is Step.CONTACTS:
            (self._own_contacts.save if self.visit.has(Fact.TYPING) else self._identity.give_contacts)()

    def skip_contacts(self) -> None:
        """Without new contacts."""
        if self.step is Step.CONTACTS and self.visit.has(Fact.TYPING):
            self.back()
        elif self.step is Step.CONTACTS:
            self._identity.skip_contacts()

    def confirm(self) -> None:
        """Books, or moves; then prints (R24)."""
        if self.step is Step.CONFIRM:
            self._desk.confirm()

    def join(self) -> None:
        """Takes a place on the waiting list; then prints its stub."""
        if self.step is Step.WAIT:
            self._desk.confirm()

    def print_again(self) -> None:
        """The ticket once more, where it was not surely printed."""
        self._desk.print_again()

    # --- clocks --------------------------------------------------------------------------------------------------

    def tick(self) -> None:
        """Once a second from the app: all clocks."""
        before = (self.hold_left, self.idle_left, self.lock_left)
        if self._is_new:
            # What the printer holds from before the start is cleared now, before anybody puts new paper in.
            self._is_new = False
            self._desk.look_at_printer()
            self._papers.listen()
        self._tick_lock()
        self._tick_idle()
        self._holding.tick()
        self._contents.tick()
        self._reports.tick()
        self._desk.tick()
        self._changing.tick()
        self._papers.tick()
        self._settling.tick()
        self._watch.tick()
        if before != (self.hold_left, self.idle_left, self.lock_left) or self.hold_left:
            self.on_change()

    def _tick_idle(self) -> None:
        """Nobody is sent away while something is done for them; in doubt somebody may have walked away.

        The warning is heard as well as seen.
        """
        if self._door.is_forgotten:
            self.leave()
        if self._door.step is not None:
            self._idle.touched()
        working = (self.busy is not None and not self.in_doubt) or self.printing is Printing.UNDER_WAY
        if working:
            self._idle.touched()
        elif self._idle.is_over and (self.visit.started or not self._is_usual):
            self.leave()
        before, self._is_warned = self._is_warned, self.idle_left is not None
        if self._is_warned and not before:
            self.cue(Cue.ERROR)

    def _tick_lock(self) -> None:
        """Who had the screen cleaned is there, and goes on where they were."""
        if self._locked_until is not None:
            self._idle.touched()
            if self.lock_left == 0:
                self._locked_until = None

    def moved(self, old: Visit) -> None:
        """Loads what the step needs, lets go of what the visit dropped, and looks ahead of a confirmation."""
        self._let_go(old)
        self._contents.follow()
        step, before = next_step(self.visit), next_step(old)
        if (step is Step.CONFIRM and before is not Step.CONFIRM) or self._is_back_at_a_time(old):
            self._holding.freshen()
        if step in (Step.IDENTIFY, Step.CONTACTS) and step is not before:
            self._identity.get_ready()
        if before is Step.TICKET and (step is not before or self._is_another_ticket(old)):
            self._printout.clear()
        if step in (Step.CONFIRM, Step.WAIT) and step is not before:
            self._desk.look_at_printer()
        self._reports.reached(self.visit)
        if step is Step.NO_TIMES:
            self._reports.unmet(self.visit)

    def _is_another_ticket(self, old: Visit) -> bool:
        return bool(self.visit.get(Fact.TICKET) != old.get(Fact.TICKET))

    def _is_back_at_a_time(self, old: Visit) -> bool:
        """A time of before a jump may not be held any more."""
        back = len(self.visit.jumps) < len(old.jumps)
        return back and self.visit.has(Fact.TIME) and self.visit.get(Fact.TIME) != old.get(Fact.TIME)

    def _let_go(self, old: Visit) -> None:
        """A new hold frees the old one, a new token ends the old one (api.md sections 5 and 9): only the last are let go."""
        time = old.get(Fact.TIME)
        if isinstance(time, Appointment) and not old.has(Fact.BOOKING) and not self.visit.has(Fact.TIME):
            self._holding.release(time.id)
        if old.key != self.visit.key:
            self._holding.release_unanswered()
        if old.token is not None and self.visit.token is None:
            self._identity.revoke(old.token)

    def _look(self, visit: Visit) -> None:
        """What was said on the step stands there after a look aside, and a command under way goes on."""
        self.visit = visit
        self._reports.reached(visit)
        self._contents.follow()
        self.on_change()

    def _is_there(self, detour: Detour, subject: Any) -> bool:
        """Whether there is what a look aside would look at."""
        needs = {
            Detour.AREA: Fact.FACILITY,
            Detour.ELSEWHERE: Fact.SPECIALTY,
            Detour.FACILITY_CARD: Fact.FACILITY,
            Detour.DOCTOR_CARD: Fact.DOCTOR,
        }
        if self.visit.intent is Intent.MOVE and detour not in PLAIN:
            return False
        return subject is not None or detour not in needs or self.visit.has(needs[detour])

    @property
    def _is_usual(self) -> bool:
        return self.language == self.usual_language and self.modes == USUAL

    def _as_usual(self) -> None:
        """The next patient finds the terminal as it always is."""
        self.modes, self._idle.patience = USUAL, 1
        if self.language != self.usual_language:
            self.language = self.usual_language
            self._registry.speak(self.language)

    @property
    def _is_asking(self) -> bool:
        """Whether something is asked for whose result the patient has to see."""
        return self._desk.is_asking or self._changing.is_asking

    def _may_move(self) -> bool:
        """Whether the patient may leave the step now; then they do not wait for a command under way."""
        if self._is_asking:
            self.leaving = True
            self.on_change()
            return False
        self.forget()
        return self.visit.started and not is_over(self.visit)
