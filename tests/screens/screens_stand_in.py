"""A terminal that only stands where it is put: what it shows is set, what the patient does is recorded."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

from screens_maintenance import maintenance

from kiosk.devices.card_reader import CardFault
from kiosk.devices.receipt_printer import PrinterState
from kiosk.errors import DocumentRequired, NotIdentified, NotYours, Refused, Unreachable
from kiosk.explanations import (
    CANCELLED,
    CARD_LEFT,
    CARD_REFUSED,
    CODE_REFUSED,
    CONTACTS_CHANGED,
    NOT_CANCELLED_YET,
    OUT_OF_SERVICE,
    POLICY_WAITS,
    WORDS,
    explain,
    not_printed,
    perhaps_printed,
    translated,
    words,
)
from kiosk.flow import Step
from kiosk.models import (
    Absence,
    Appointment,
    AppointmentStatus,
    Contact,
    Contacts,
    DayLoad,
    District,
    Doctor,
    DoctorLoad,
    Facility,
    FacilityLoad,
    Message,
    Online,
    OpeningHours,
    OwnBooking,
    OwnPlace,
    Patient,
    Specialty,
    TimeState,
    WaitingEntry,
    WorkingHours,
)
from kiosk.modes import USUAL, Modes
from kiosk.terminal import Terminal
from kiosk.terminal.moving import changed_words
from kiosk.ticket import Stub, Ticket
from kiosk.views import (
    AreaRow,
    BookingRow,
    Busy,
    CabinetView,
    DistrictChoice,
    DoctorCard,
    DoctorHit,
    DoctorList,
    DoctorRow,
    FacilityCard,
    FacilityHit,
    Failed,
    MineView,
    NoTimesView,
    PinView,
    PlaceRow,
    Printing,
    Ready,
    SearchView,
    SpecialtyRow,
    Taken,
    TicketView,
    Waiting,
    WeekView,
)
from kiosk.visit import Aside, Detour, Draft, Fact, Intent, Visit

NOW = datetime(2025, 11, 24, 14, 32, tzinfo=UTC)
TODAY = NOW.date()


class StandIn:
    """Has the attributes of kiosk.terminal.Terminal; every method of it is recorded in `done` and does nothing."""

    ACTIONS = frozenset(
        name for name, value in vars(Terminal).items() if callable(value) and not name.startswith("_")
    )

    def __init__(self, step: Step = Step.WELCOME, **shown: Any) -> None:
        self.done: list[tuple[Any, ...]] = []
        self.on_change: Callable[[], None] = lambda: None
        self.production = False
        self.show(step, **shown)

    def show(self, step: Step, **shown: Any) -> None:
        """Stands at this step and shows this, and nothing of what was shown before."""
        self.__dict__.update(PLAIN)
        self.visit = Visit(started=step not in (Step.WELCOME, Step.PIN, Step.MAINTENANCE))
        self.step = step
        self._shown = shown
        self.__dict__.update(shown)
        self.set_language(self.language)

    def set_language(self, language: str) -> None:
        """Says everything in this language."""
        self.done.append(("set_language", language))
        self.language = language
        self.__dict__.update({name: told(value, language) for name, value in self._shown.items()})
        self.language = language
        self.on_change()

    def set_modes(self, modes: Modes) -> None:
        """Shows itself in these modes."""
        self.done.append(("set_modes", modes))
        self.modes = modes
        self.on_change()

    def clock(self) -> datetime:
        return NOW

    def type(self, name: str, text: str) -> None:
        """What is typed is kept, as everything that a screen shows of it comes from the visit."""
        self.done.append(("type", name, text))
        self.visit = replace(self.visit, draft=replace(self.visit.draft, **{name: text}))
        self.on_change()

    def search(self, text: str) -> None:
        self.type("search", text)

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name not in self.ACTIONS:
            raise AttributeError(name)
        return lambda *args, **options: self.done.append((name, *args, *options.items()))


def told(value: Any, language: str) -> Any:
    """What is shown, its words in this language."""
    if isinstance(value, partial):
        return value(language)
    if isinstance(value, Failed):
        return Failed(told(value.explanation, language))
    return {name: told(one, language) for name, one in value.items()} if isinstance(value, dict) else value


HOURS = (OpeningHours(("mon", "tue", "wed", "thu", "fri"), time(8), time(20)),)
HOME = Facility(
    "f5", "l5", "Городская поликлиника № 5", "ул. Садовая, 14", "d1", ("8 800 000-00-05",), HOURS, "", True
)
PLAIN = {
    "language": "ru",
    "modes": USUAL,
    "content": Ready(),
    "notice": None,
    "taken": None,
    "busy": None,
    "in_doubt": False,
    "leaving": False,
    "cancelling": False,
    "hints": {},
    "mistakes": {},
    "hold_left": None,
    "hold_total": 180,
    "idle_left": None,
    "home": HOME,
    "ticket": None,
    "stub": None,
    "lock_left": None,
    "staff_offered": False,
    "printing": None,
    "print_problem": None,
    "out_of_service": None,
    "is_closed": False,
    "takes_knock": False,
    "pin": PinView(),
    "maintenance": None,
    "policy_tail": "",
    "takes_card": False,
    "takes_code": False,
}

DISTRICTS = tuple(
    (District(f"d{number}", name), count)
    for number, (name, count) in enumerate(
        [("Центральный", 6), ("Заречный", 4), ("Привокзальный", 3), ("Северный", 5), ("Советский", 2)], 1
    )
)
FACILITIES = (
    HOME,
    replace(HOME, id="f2", name="Городская поликлиника № 2", address="ул. Лесная, 3"),
    replace(
        HOME,
        id="f8",
        name="Детская городская поликлиника № 8 имени Рауфа Иммануиловича Гейне",
        address="пр. Мира, 40",
    ),
    replace(HOME, id="f9", name="Женская консультация № 9", address="ул. Партизана Железняка, 138, корпус 2"),
)


def specialty(code: str, name: str, **more: Any) -> Specialty:
    return Specialty(f"s-{code}", code, name, "f5", **more)


THERAPIST = specialty("therapist", "Терапевт участковый")
SPECIALTIES = (
    SpecialtyRow(THERAPIST, True),
    SpecialtyRow(specialty("paediatrician", "Педиатр участковый"), True, "до 17 лет"),
    SpecialtyRow(specialty("general-practitioner", "Врач общей практики (семейный врач)"), True),
    SpecialtyRow(specialty("dentist", "Стоматолог"), True),
    SpecialtyRow(specialty("surgeon", "Хирург"), True),
    SpecialtyRow(specialty("gynaecologist", "Акушер-гинеколог"), True),
    SpecialtyRow(specialty("neurologist", "Невролог"), True),
    SpecialtyRow(specialty("ophthalmologist", "Офтальмолог"), True),
    SpecialtyRow(
        specialty("endocrinologist", "Эндокринолог", online=Online.DISPENSARY),
        False,
        "по диспансерному учёту",
    ),
    SpecialtyRow(specialty("cardiologist", "Кардиолог", online=Online.NO), False, "запись в регистратуре"),
    SpecialtyRow(specialty("otolaryngologist", "Оториноларинголог"), True),
    SpecialtyRow(specialty("dermatovenerologist", "Дерматовенеролог", discreet=True), True),
)


def moment(days: int, hour: int, minute: int) -> datetime:
    return datetime.combine(TODAY + timedelta(days=days), time(hour, minute), UTC)


def doctor_row(
    number: int,
    names: str,
    room: str,
    areas: tuple[str, ...],
    nearest: datetime | None,
    free: int,
    **more: Any,
) -> DoctorRow:
    last, first, patronymic = names.split()
    doctor = Doctor(f"r{number}", f"p{number}", last, first, patronymic, "f5", "therapist", room, areas)
    return DoctorRow(doctor, DoctorLoad(doctor.id, nearest, free), **more)


DOCTORS = (
    doctor_row(1, "Соколова Елена Андреевна", "214", ("Участок № 12",), moment(0, 17, 40), 8, own=True),
    doctor_row(2, "Ибрагимов Тимур Рашидович", "209", ("Участок № 9",), moment(0, 18, 20), 3),
    doctor_row(3, "Константинопольская Александра Владиславовна", "216", ("Участок № 14",), moment(1, 8, 20), 14),
    doctor_row(4, "Петренко Олег Викторович", "211", ("Участок № 10", "Участок № 11"), moment(1, 9, 40), 6),
    doctor_row(5, "Цой Марина Сергеевна", "218", ("Участок № 15",), moment(2, 9, 0), 11),
    doctor_row(6, "Лебедева Вера Павловна", "203", ("Участок № 7",), moment(4, 9, 0), 1),
    doctor_row(7, "Жукова Надежда Ильинична", "207", ("Участок № 8",), None, 0),
    doctor_row(8, "Оганесян Артур Левонович", "118", (), moment(6, 9, 0), 21),
    doctor_row(
        9, "Белова Инна Олеговна", "220", ("Участок № 3",), None, 0,
        absence=Absence(TODAY, TODAY + timedelta(days=5), "r1", "Соколова Е. А."),
    ),
)  # fmt: skip


def doctor_list(rows: tuple[DoctorRow, ...]) -> DoctorList:
    return DoctorList(rows, min((row.load.nearest for row in rows if row.load.nearest), default=None))


FREE = {"8:20", "9:40", "10:00", "11:20", "13:00", "14:40", "15:20", "15:40", "17:20", "18:00", "18:40"}


def day_times(
    day: date, step: int = 20, parts: tuple[tuple[int, int], ...] = ((8, 12), (12, 16), (17, 19))
) -> tuple[TimeState, ...]:
    starts = [
        datetime.combine(day, time(minute // 60, minute % 60), UTC)
        for first, last in parts
        for minute in range(first * 60, last * 60, step)
    ]
    return tuple(
        TimeState(start, start + timedelta(minutes=step), f"{start.hour}:{start.minute:02}" in FREE)
        for start in starts
    )


def week(step: int = 20, parts: tuple[tuple[int, int], ...] = ((8, 12), (12, 16), (17, 19))) -> WeekView:
    tuesday = TODAY + timedelta(days=1)
    counts = ((1, 9), (11, 19), (0, 30), (4, 26), (7, 23), (2, 8), (0, 0))
    days = tuple(
        DayLoad(
            TODAY + timedelta(days=number), free, busy, day_times(tuesday, step, parts) if number == 1 else ()
        )
        for number, (free, busy) in enumerate(counts)
    )
    return WeekView(days, tuesday, NOW, False, True)


EMPTY_WEEK = WeekView(
    tuple(DayLoad(TODAY + timedelta(days=number), 0, 12 if number < 5 else 0) for number in range(7)),
    None,
    NOW,
    False,
    True,
)


def appointment(
    days: int, hour: int, minute: int, status: AppointmentStatus = AppointmentStatus.PROPOSED
) -> Appointment:
    start = moment(days, hour, minute)
    return Appointment(f"a{days}{hour}{minute}", status, start, start + timedelta(minutes=20), "r1", "f5")


TAKEN = Taken(moment(1, 15, 40), (appointment(1, 15, 20), appointment(1, 17, 20), appointment(3, 15, 40)))
PHONE, EMAIL = Contact("phone", "+7 *** ***-12-34"), Contact("email", "i***@example.ru")
PATIENT = Patient("p", "И. М. П.", 1958, contacts=(PHONE, EMAIL))
DRAFT = Draft("7700000000004821", "12", "04", "1958", "", "", "")


def visit(*facts: Fact, draft: Draft = DRAFT, intent: Intent | None = Intent.BOOK, **more: Any) -> Visit:
    values = {
        Fact.DISTRICT: DISTRICTS[0][0],
        Fact.FACILITY: HOME,
        Fact.SPECIALTY: THERAPIST,
        Fact.DOCTOR: DOCTORS[0].doctor,
        Fact.TIME: appointment(1, 15, 40, AppointmentStatus.HELD),
        Fact.PATIENT: PATIENT,
        Fact.CONTACTS: Contacts(PATIENT.phone, PATIENT.email),
    }
    made = Visit(started=True, intent=intent, draft=draft, **more)
    for fact in facts:
        made = made.establish(fact, values[fact])
    return made


ALL = (Fact.DISTRICT, Fact.FACILITY, Fact.SPECIALTY, Fact.DOCTOR, Fact.TIME, Fact.PATIENT, Fact.CONTACTS)
TICKET = Ticket(
    facility_name=HOME.name,
    facility_address=HOME.address,
    facility_phone=HOME.phones[0],
    starts_at=moment(1, 15, 40),
    room="214, этаж 2",
    doctor_name="Соколова Елена Андреевна",
    specialty_name="Терапевт участковый",
    areas=("12",),
    discreet=False,
    initials="И. М. П.",
    number="T-214-07",
    code="7K2M94QDX3PW6HTA",
    bring="",
    awaiting_approval=False,
    terminal_name="T-05",
    printed_at=NOW,
)
STUB = Stub(
    facility_name=HOME.name,
    facility_address=HOME.address,
    facility_phone=HOME.phones[0],
    doctor_name="Жукова Надежда Ильинична",
    specialty_name="Терапевт участковый",
    discreet=False,
    initials="И. М. П.",
    number="Л-0042",
    code="9F3K71QDX3PW6HTA",
    contacts=("+7 *** ***-12-34",),
    until=TODAY + timedelta(days=60),
    terminal_name="T-05",
    printed_at=NOW,
)
FOUND_FACILITIES = SearchView(
    "Сад",
    (
        FacilityHit(HOME, (), ((4, 7),)),
        FacilityHit(
            replace(FACILITIES[1], name="Поликлиника «Садовая»", address="ул. Лесная, 3"), ((13, 16),), ()
        ),
        FacilityHit(replace(FACILITIES[2], address="Садовническая наб., 82"), (), ((0, 3),)),
        FacilityHit(replace(FACILITIES[3], address="Садовая площадь, 1, корпус 2"), (), ((0, 3),)),
        FacilityHit(
            replace(FACILITIES[1], id="f12", name="Поликлиника № 12", address="3-я Садовая ул., 7"),
            (),
            ((4, 7),),
        ),
        FacilityHit(
            replace(FACILITIES[1], id="f14", name="Поликлиника № 14", address="Садовый проезд, 2"),
            (),
            ((0, 3),),
        ),
    ),
    34,
)


def found(
    number: int, marks: tuple[tuple[int, int], ...], facility: str = "Городская поликлиника № 5"
) -> DoctorHit:
    row = DOCTORS[number]
    return DoctorHit(row.doctor, "Терапевт участковый", facility, marks, row.load)


FOUND_DOCTORS = SearchView(
    "Ол",
    (found(3, ((9, 11),)), found(8, ((12, 14),), "Узловая поликлиника"), found(7, (), "Поликлиника № 8")),
    3,
)
CORRECTED = SearchView(
    "Rjycn fk", (found(2, ((0, 5), (20, 22))),), 1, "Константинопольская Александра", scope=HOME
)
WORKING = (
    WorkingHours(("mon", "wed", "fri"), time(8), time(14)),
    WorkingHours(("tue", "thu"), time(14), time(20)),
)
TWO_WEEKS = tuple(
    DayLoad(TODAY + timedelta(days=number), free, busy)
    for number, (free, busy) in enumerate(
        (
            (1, 17),
            (0, 18),
            (4, 14),
            (7, 11),
            (2, 16),
            (0, 0),
            (0, 0),
            (9, 9),
            (12, 6),
            (18, 0),
            (15, 3),
            (16, 2),
            (0, 0),
            (0, 0),
        )
    )
)
CARD_HOME = replace(
    HOME,
    hours=(*HOURS, OpeningHours(("sat",), time(9), time(15))),
    directions="Остановка «Парк», автобусы 7 и 12, вход со двора, рядом с аптекой",
    phones=("8 800 000-00-05", "8 800 000-00-06"),
)
AWAY = Absence(TODAY, TODAY + timedelta(days=5), "r1", "Соколова Е. А.")


def card(number: int = 0, absence: Absence | None = None) -> DoctorCard:
    row = DOCTORS[number]
    load = replace(row.load, days=TWO_WEEKS)
    return DoctorCard(row.doctor, THERAPIST, HOME, load, WORKING, absence, NOW)


ELSEWHERE = (
    FacilityLoad(FACILITIES[1], moment(1, 10, 20)),
    FacilityLoad(FACILITIES[2], moment(2, 9, 0)),
    FacilityLoad(FACILITIES[3], None),
)
NO_TIMES = NoTimesView((DOCTORS[0], DOCTORS[2]), ELSEWHERE[:2], True, TODAY + timedelta(days=31))
AREAS = tuple(
    AreaRow(
        f"Участок № {number}",
        (replace(row, doctor=replace(row.doctor, specialty_name="Терапевт участковый")),),
    )
    for number, row in enumerate(DOCTORS, 7)
)
MINE = MineView(DOCTORS[0], THERAPIST, HOME, HOME, (HOME, FACILITIES[1]))


def own_row(
    number: int, days: int, hour: int, minute: int, status: AppointmentStatus, **more: Any
) -> BookingRow:
    doctor, at = DOCTORS[number].doctor, appointment(days, hour, minute, status)
    booking = OwnBooking(
        at, "therapist", "Терапевт участковый", doctor.full_name, HOME.name, HOME.location_id
    )
    stands = days > 0 and status is not AppointmentStatus.CANCELLED
    return replace(BookingRow(booking, HOME, THERAPIST, doctor, stands, stands), **more)


def own_place(offer: Appointment | None = None, doctor: Doctor | None = DOCTORS[6].doctor) -> PlaceRow:
    entry = WaitingEntry(f"w{offer is None}{doctor is None}", STUB.number, STUB.code, "1")
    place = OwnPlace(entry, STUB.until, offer=offer)
    return PlaceRow(place, HOME, THERAPIST, doctor)


OFFER = replace(appointment(1, 9, 20), held_until=moment(0, 15, 5))
BOOKED, AWAITING, OVER = AppointmentStatus.BOOKED, AppointmentStatus.AWAITING, AppointmentStatus.CANCELLED
OWN = own_row(0, 1, 15, 40, BOOKED)
OWN_AWAITING = own_row(
    7, 7, 9, 20, AWAITING, specialty=specialty("surgeon", "Хирург"), facility=FACILITIES[2]
)
OWN_CANCELLED = own_row(2, 2, 8, 20, OVER)
OWN_ROWS = (
    OWN,
    OWN_AWAITING,
    own_row(2, 9, 8, 20, BOOKED),
    own_row(
        3, 11, 11, 20, BOOKED, specialty=specialty("dermatovenerologist", "Дерматовенеролог", discreet=True)
    ),
)
CABINET = CabinetView(OWN_ROWS, (own_place(OFFER), own_place(doctor=None)), 2)
HISTORY = tuple(
    own_row(number % 8, -9 * number - 1, 9 + number % 5, 20, OVER if number % 3 == 1 else BOOKED)
    for number in range(23)
)
MESSAGES = tuple(
    Message(f"m{number}", moment(-number, 9, 5), text, number > 1)
    for number, text in enumerate(
        (
            "Появилось свободное время: 25 ноября, 09:20, Терапевт участковый, Жукова Надежда Ильинична, кабинет 207. "
            "Городская поликлиника № 5. Оно за вами до 24 ноября, 15:05. Запишитесь в личном кабинете или в регистратуре.",
            "Вы записаны: 25 ноября, 15:40, Терапевт участковый, Соколова Елена Андреевна, кабинет 214. "
            "Городская поликлиника № 5. Талон T-214-07.",
            "Ваша запись отменена: 26 ноября, 08:20, Терапевт участковый, Константинопольская Александра "
            "Владиславовна. Городская поликлиника № 5.",
            "Ваша запись перенесена на другое время по просьбе поликлиники, приносим извинения за неудобства",
        )
    )
)
MOVED = own_row(4, 3, 9, 20, BOOKED)
MOVED_TICKET = replace(TICKET, moved_from=moment(3, 9, 20))
TICKET_OVER = replace(
    TICKET, starts_at=moment(2, 8, 20), doctor_name=DOCTORS[2].doctor.full_name, room="216, этаж 2", areas=()
)
#: What is said, by language.
SAID_LOST = partial(explain, Unreachable("gone", sent=False))
SAID_DOCUMENT = partial(explain, DocumentRequired())
SAID_NOT_FOUND = partial(explain, NotIdentified())
SAID_ONE_PER_DAY = partial(explain, Refused(409, "one-per-day"))
SAID_NO_PAPER = partial(not_printed, PrinterState.OUT_OF_PAPER, "T-214-07")
SAID_UNSURE = partial(perhaps_printed, "T-214-07")
SAID_MOVED_ELSEWHERE = partial(changed_words, OWN_AWAITING)
SAID_CONTACTS_CHANGED = partial(translated, CONTACTS_CHANGED)
SAID_NO_AT = partial(words, WORDS["email-at"])
SAID_WRONG_CODE = partial(words, WORDS["code-wrong"])
SAID_UNKNOWN_TICKET = partial(words, WORDS["ticket-unknown"])
SAID_TOO_MANY_CODES = partial(translated, CODE_REFUSED["too-many"])
SAID_OUT = partial(translated, OUT_OF_SERVICE)
SAID_CARD_LEFT = partial(translated, CARD_LEFT)
SAID_FOREIGN = partial(translated, CARD_REFUSED[CardFault.FOREIGN])
SAID_WAITS = partial(translated, POLICY_WAITS)
SAID_HINT = partial(words, WORDS["policy-hint"])
SAID_CANCELLED = partial(translated, CANCELLED)
SAID_NOT_CANCELLED = partial(translated, NOT_CANCELLED_YET)
SAID_NOT_YOURS = partial(explain, NotYours())
LOST, OUT = SAID_LOST("ru"), SAID_OUT("ru")
DEVICES = {"takes_card": True, "takes_code": True}


def aside(detour: Detour, *facts: Fact, **more: Any) -> Visit:
    return visit(*facts, asides=(Aside(detour),), **more)


def opened(page: str, *keys_and_language: str, closed: str = "") -> Any:
    """Maintenance at a page; the language comes last."""
    *keys, language = keys_and_language
    return maintenance(language, page, *keys, closed=closed)


def searching(text: str, detour: Detour = Detour.DOCTOR_SEARCH) -> Visit:
    return aside(detour, Fact.FACILITY, draft=replace(DRAFT, search=text))


def moving(last: Fact = Fact.TIME) -> Visit:
    """The move of a booking, with the facts up to this one."""
    facts = (Fact.FACILITY, Fact.SPECIALTY, Fact.DOCTOR, Fact.TIME)
    made = visit(Fact.PATIENT, intent=Intent.MOVE).establish(Fact.MOVING, MOVED)
    for fact in facts[: facts.index(last) + 1]:
        made = made.establish(fact, visit(*ALL).get(fact))
    return made


def with_contacts(*contacts: Contact) -> Visit:
    return visit(Fact.PATIENT, intent=Intent.CABINET).renew(Fact.PATIENT, replace(PATIENT, contacts=contacts))


def at_code(typed: str = "") -> Visit:
    asked = replace(PHONE, unconfirmed=True)
    made = visit(Fact.PATIENT, intent=Intent.CABINET, draft=replace(DRAFT, phone="9123451234", code=typed))
    return made.establish(Fact.CODE, asked)


def with_number(typed: str) -> Visit:
    made = visit(Fact.PATIENT, intent=Intent.CABINET, draft=replace(DRAFT, ticket=typed))
    return made.establish(Fact.NUMBER, True)


@dataclass(frozen=True)
class Picture:
    """One state of one screen, by the name of its picture; `field` is touched in it."""

    name: str
    step: Step
    shown: dict[str, Any] = dataclasses.field(default_factory=dict)
    field: str = ""


def _pictures() -> tuple[Picture, ...]:
    upto = {fact: ALL[: number + 1] for number, fact in enumerate(ALL)}
    time_visit = visit(*upto[Fact.DOCTOR])
    asks = visit(*upto[Fact.TIME], draft=replace(DRAFT, birth_month="0", birth_year=""))
    waits = visit(*upto[Fact.DOCTOR], Fact.PATIENT, Fact.CONTACTS, intent=Intent.WAIT)
    hold = {"hold_left": 272, "hold_total": 300}
    known, tail = visit(Fact.PATIENT, intent=Intent.CABINET), {"policy_tail": "4821"}
    return (
        Picture("welcome", Step.WELCOME),
        Picture("welcome-card-left", Step.WELCOME, {"notice": SAID_CARD_LEFT}),
        Picture("home", Step.HOME),
        Picture("home-known", Step.HOME, {"visit": visit(Fact.PATIENT, intent=None)}),
        Picture("home-policy", Step.HOME, DEVICES),
        Picture("home-card", Step.HOME, {"takes_card": True}),
        Picture("home-card-left", Step.HOME, {"notice": SAID_CARD_LEFT, **DEVICES}),
        Picture("home-notice", Step.HOME, {"notice": SAID_LOST}),
        Picture("district", Step.DISTRICT, {"visit": visit(), "content": Ready(DistrictChoice(HOME, DISTRICTS))}),
        Picture("district-own", Step.DISTRICT, {
            "visit": visit(Fact.PATIENT), "content": Ready(DistrictChoice(HOME, DISTRICTS, (FACILITIES[1], FACILITIES[2]))),
        }),
        Picture("facility", Step.FACILITY, {"visit": visit(Fact.DISTRICT), "content": Ready(FACILITIES)}),
        Picture("facility-search", Step.FACILITY_SEARCH, {"visit": searching("", Detour.FACILITY_SEARCH), "content": Ready(SearchView(""))}),
        Picture("facility-search-found", Step.FACILITY_SEARCH, {
            "visit": searching("Сад", Detour.FACILITY_SEARCH), "content": Ready(FOUND_FACILITIES),
        }),
        Picture("facility-search-none", Step.FACILITY_SEARCH, {
            "visit": searching("Щзхъ", Detour.FACILITY_SEARCH), "content": Ready(SearchView("Щзхъ")),
        }),
        Picture("doctor-search-found", Step.DOCTOR_SEARCH, {
            "visit": searching("Ол"), "content": Ready(FOUND_DOCTORS),
        }),
        Picture("doctor-search-corrected", Step.DOCTOR_SEARCH, {
            "visit": searching("Rjycn fk"), "content": Ready(CORRECTED),
        }),
        Picture("doctor-search-searching", Step.DOCTOR_SEARCH, {
            "visit": searching("Со"), "content": Ready(SearchView("Со", searching=True)),
        }),
        Picture("doctor-search-none", Step.DOCTOR_SEARCH, {
            "visit": searching("Щзхъ"), "content": Ready(SearchView("Щзхъ", scope=HOME)),
        }),
        Picture("doctor-search-failed", Step.DOCTOR_SEARCH, {"visit": searching("Со"), "content": Failed(SAID_LOST)}),
        Picture("facility-card", Step.FACILITY_CARD, {
            "visit": visit(Fact.FACILITY, intent=Intent.LOOK), "content": Ready(FacilityCard(CARD_HOME, 12)),
        }),
        Picture("doctor-card", Step.DOCTOR_CARD, {
            "visit": visit(*upto[Fact.DOCTOR], intent=Intent.LOOK), "content": Ready(card()),
        }),
        Picture("doctor-card-absent", Step.DOCTOR_CARD, {
            "visit": visit(*upto[Fact.DOCTOR], intent=Intent.LOOK), "content": Ready(card(2, AWAY)),
        }),
        Picture("area", Step.AREA, {"visit": aside(Detour.AREA, Fact.FACILITY), "content": Ready(AREAS)}),
        Picture("area-none", Step.AREA, {"visit": aside(Detour.AREA, Fact.FACILITY), "content": Ready(())}),
        Picture("elsewhere", Step.ELSEWHERE, {
            "visit": aside(Detour.ELSEWHERE, Fact.FACILITY, Fact.SPECIALTY), "content": Ready(ELSEWHERE),
        }),
        Picture("elsewhere-busy", Step.ELSEWHERE, {
            "visit": aside(Detour.ELSEWHERE, Fact.FACILITY, Fact.SPECIALTY), "content": Ready(ELSEWHERE), "busy": Busy.LOOK_UP,
        }),
        Picture("mine", Step.MINE, {"visit": visit(Fact.PATIENT, intent=Intent.MINE), "content": Ready(MINE)}),
        Picture("mine-none", Step.MINE, {
            "visit": visit(Fact.PATIENT, intent=Intent.MINE), "content": Ready(MineView(None, None, None, None, ())),
        }),
        Picture("no-times", Step.NO_TIMES, {"visit": visit(*upto[Fact.SPECIALTY]).establish(Fact.DOCTOR, DOCTORS[6].doctor), "content": Ready(NO_TIMES)}),
        Picture("no-times-specialty", Step.NO_TIMES, {
            "visit": visit(*upto[Fact.SPECIALTY]), "content": Ready(replace(NO_TIMES, others=())),
        }),
        Picture("wait", Step.WAIT, {"visit": waits}),
        Picture("wait-busy", Step.WAIT, {"visit": waits, "busy": Busy.BOOK}),
        Picture("wait-notice", Step.WAIT, {"visit": waits, "notice": SAID_LOST}),
        Picture("waiting", Step.WAITING, {"visit": visit(*ALL), "stub": STUB, "printing": Printing.PRINTED}),
        Picture("waiting-not-printed", Step.WAITING, {
            "visit": visit(*ALL), "stub": STUB, "printing": Printing.NOT_PRINTED, "print_problem": SAID_NO_PAPER,
        }),
        Picture("waiting-policy-waits", Step.WAITING, {
            "visit": visit(*ALL), "stub": STUB, "printing": Printing.NOT_PRINTED, "print_problem": SAID_NO_PAPER,
            "notice": SAID_WAITS,
        }),
        Picture("cabinet", Step.CABINET, {"visit": known, "content": Ready(CABINET), **tail}),
        Picture("cabinet-none", Step.CABINET, {"visit": known, "content": Ready(CabinetView()), **tail}),
        Picture("cabinet-failed", Step.CABINET, {"visit": known, "content": Failed(SAID_LOST), **tail}),
        Picture("history", Step.HISTORY, {"visit": known, "content": Ready(HISTORY)}),
        Picture("history-none", Step.HISTORY, {"visit": known, "content": Ready(())}),
        Picture("messages", Step.MESSAGES, {"visit": known, "content": Ready(MESSAGES)}),
        Picture("messages-none", Step.MESSAGES, {"visit": known, "content": Ready(())}),
        Picture("message", Step.MESSAGE, {"visit": known, "content": Ready(MESSAGES[0])}),
        Picture("ticket", Step.TICKET, {"visit": known, "content": Ready(TicketView(OWN, TICKET))}),
        Picture("ticket-awaiting", Step.TICKET, {
            "visit": known, "content": Ready(TicketView(OWN_AWAITING, replace(TICKET, awaiting_approval=True))),
        }),
        Picture("ticket-printed", Step.TICKET, {
            "visit": known, "content": Ready(TicketView(OWN, TICKET)), "printing": Printing.PRINTED,
        }),
        Picture("ticket-not-printed", Step.TICKET, {
            "visit": known, "content": Ready(TicketView(OWN, TICKET)), "printing": Printing.NOT_PRINTED,
            "print_problem": SAID_NO_PAPER,
        }),
        Picture("ticket-cancel", Step.TICKET, {"visit": known, "content": Ready(TicketView(OWN, TICKET)), "cancelling": True}),
        Picture("ticket-cancelling", Step.TICKET, {
            "visit": known, "content": Ready(TicketView(OWN, TICKET)), "busy": Busy.CANCEL, "in_doubt": True,
            "notice": SAID_NOT_CANCELLED,
        }),
        Picture("ticket-leaving", Step.TICKET, {
            "visit": known, "content": Ready(TicketView(OWN, TICKET)), "busy": Busy.CANCEL, "in_doubt": True, "leaving": True,
        }),
        Picture("ticket-cancelled", Step.TICKET, {
            "visit": known, "content": Ready(TicketView(OWN_CANCELLED, TICKET_OVER)), "notice": SAID_CANCELLED,
        }),
        Picture("ticket-past", Step.TICKET, {"visit": known, "content": Ready(TicketView(HISTORY[2], TICKET_OVER))}),
        Picture("ticket-not-yours", Step.TICKET, {"visit": known, "content": Failed(SAID_NOT_YOURS)}),
        Picture("ticket-place", Step.TICKET, {"visit": known, "content": Ready(TicketView(own_place(), STUB))}),
        Picture("ticket-offer", Step.TICKET, {"visit": known, "content": Ready(TicketView(own_place(OFFER), STUB))}),
        Picture("ticket-leave-list", Step.TICKET, {
            "visit": known, "content": Ready(TicketView(own_place(OFFER), STUB)), "cancelling": True,
        }),
        Picture("pin", Step.PIN),
        Picture("pin-wrong", Step.PIN, {"pin": PinView(is_wrong=True)}),
        Picture("pin-locked", Step.PIN, {"pin": PinView(is_wrong=True, locked_left=118)}),
        Picture("maintenance", Step.MAINTENANCE, {"maintenance": partial(opened, "")}),
        Picture("maintenance-devices", Step.MAINTENANCE, {"maintenance": partial(opened, "Devices")}),
        Picture("maintenance-paper", Step.MAINTENANCE, {"maintenance": partial(opened, "Paper")}),
        Picture("maintenance-printed", Step.MAINTENANCE, {"maintenance": partial(opened, "Test print", "print")}),
        Picture("maintenance-papers", Step.MAINTENANCE, {"maintenance": partial(opened, "Card and scanner test")}),
        Picture("maintenance-closed", Step.MAINTENANCE, {"maintenance": partial(opened, "Out of service", closed="paper")}),
        Picture("maintenance-journal", Step.MAINTENANCE, {"maintenance": partial(opened, "Journal")}),
        Picture("maintenance-journal-reasons", Step.MAINTENANCE, {"maintenance": partial(opened, "Journal", "discard")}),
        Picture("maintenance-registry", Step.MAINTENANCE, {"maintenance": partial(opened, "Registry")}),
        Picture("maintenance-program", Step.MAINTENANCE, {"maintenance": partial(opened, "Program and disk")}),
        Picture("maintenance-settings", Step.MAINTENANCE, {"maintenance": partial(opened, "Settings")}),
        Picture("maintenance-log", Step.MAINTENANCE, {"maintenance": partial(opened, "Log")}),
        Picture("maintenance-bundle", Step.MAINTENANCE, {"maintenance": partial(opened, "Diagnostic bundle", "write")}),
        Picture("maintenance-touch", Step.MAINTENANCE, {"maintenance": partial(opened, "Touch")}),
        Picture("maintenance-sizes", Step.MAINTENANCE, {"maintenance": partial(opened, "Sizes")}),
        Picture("maintenance-restart", Step.MAINTENANCE, {"maintenance": partial(opened, "Restart", "restart")}),
        Picture("locked", Step.LOCKED, {"lock_left": 24}),
        Picture("specialty", Step.SPECIALTY, {"visit": visit(Fact.FACILITY), "content": Ready(SPECIALTIES)}),
        Picture("doctor", Step.DOCTOR, {"visit": visit(*upto[Fact.SPECIALTY]), "content": Ready(doctor_list(DOCTORS))}),
        Picture("doctor-far", Step.DOCTOR, {"visit": visit(*upto[Fact.SPECIALTY]), "content": Ready(doctor_list(DOCTORS[4:]))}),
        Picture("doctor-waiting", Step.DOCTOR, {"visit": visit(*upto[Fact.SPECIALTY]), "content": Waiting(slow=True)}),
        Picture("doctor-failed", Step.DOCTOR, {"visit": visit(*upto[Fact.SPECIALTY]), "content": Failed(SAID_LOST)}),
        Picture("doctor-notice", Step.DOCTOR, {"visit": visit(*upto[Fact.SPECIALTY]), "content": Ready(doctor_list(DOCTORS)), "notice": SAID_LOST}),
        Picture("time", Step.TIME, {"visit": time_visit, "content": Ready(week())}),
        Picture("time-dense", Step.TIME, {"visit": time_visit, "content": Ready(week(10, ((8, 20),)))}),
        Picture("time-taken", Step.TIME, {"visit": time_visit, "content": Ready(week()), "taken": TAKEN}),
        Picture("time-none", Step.TIME, {"visit": time_visit, "content": Ready(EMPTY_WEEK)}),
        Picture("time-notice", Step.TIME, {"visit": time_visit, "content": Ready(week()), "notice": SAID_ONE_PER_DAY}),
        Picture("identify", Step.IDENTIFY, {"visit": asks, **hold}),
        Picture("identify-policy", Step.IDENTIFY, {"visit": asks, **hold, **DEVICES}),
        Picture("identify-code", Step.IDENTIFY, {
            "visit": visit(draft=Draft(), intent=Intent.MINE), "takes_code": True,
        }),
        Picture("identify-policy-hint", Step.IDENTIFY, {
            "visit": visit(*upto[Fact.TIME], draft=replace(DRAFT, birth_day="31", birth_month="02")), **hold, **DEVICES,
            "hints": {"policy_number": SAID_HINT}, "staff_offered": True,
        }),
        Picture("identify-foreign-card", Step.IDENTIFY, {
            "visit": asks, "notice": SAID_FOREIGN, **hold, **DEVICES,
        }),
        Picture("identify-child", Step.IDENTIFY, {"visit": replace(asks, for_child=True), **hold}),
        Picture("identify-mine", Step.IDENTIFY, {"visit": visit(draft=Draft(), intent=Intent.MINE)}),
        Picture("identify-staff", Step.IDENTIFY, {
            "visit": visit(*upto[Fact.TIME], document_asked=True), "notice": SAID_NOT_FOUND, **hold,
            "hints": {"policy_number": SAID_HINT}, "staff_offered": True,
        }),
        Picture("identify-hint", Step.IDENTIFY, {
            "visit": visit(*upto[Fact.TIME], draft=replace(DRAFT, birth_day="31", birth_month="02")), **hold,
            "hints": {"policy_number": SAID_HINT},
        }),
        Picture("identify-document", Step.IDENTIFY, {
            "visit": visit(*upto[Fact.TIME], document_asked=True), "notice": SAID_DOCUMENT, **hold,
        }),
        Picture("identify-not-found", Step.IDENTIFY, {
            "visit": visit(*upto[Fact.TIME], document_asked=True), "notice": SAID_NOT_FOUND, **hold,
            "hints": {"policy_number": SAID_HINT},
        }),
        Picture("identify-lost", Step.IDENTIFY, {"visit": visit(*upto[Fact.TIME]), "notice": SAID_LOST, **hold}),
        Picture("identify-busy", Step.IDENTIFY, {"visit": visit(*upto[Fact.TIME]), "busy": Busy.IDENTIFY, **hold}),
        Picture("contacts", Step.CONTACTS, {
            "visit": visit(*upto[Fact.PATIENT], draft=replace(DRAFT, phone="912345")), **hold,
        }),
        Picture("contacts-notice", Step.CONTACTS, {"visit": visit(*upto[Fact.PATIENT]), "notice": SAID_LOST, **hold}),
        Picture("contacts-email", Step.CONTACTS, {
            "visit": visit(*upto[Fact.PATIENT], draft=replace(DRAFT, email="ivanova.mp@")), **hold,
            "mistakes": {"email": "Это не похоже на адрес почты"},
        }, "email"),
        Picture("confirm", Step.CONFIRM, {"visit": visit(*ALL), "policy_tail": "4821", **hold}),
        Picture("confirm-notice", Step.CONFIRM, {"visit": visit(*ALL), "policy_tail": "4821", "notice": SAID_LOST, **hold}),
        Picture("confirm-approval", Step.CONFIRM, {
            "visit": visit(*ALL).renew(Fact.SPECIALTY, replace(THERAPIST, approval=True)), "policy_tail": "4821", **hold,
        }),
        Picture("confirm-busy", Step.CONFIRM, {"visit": visit(*ALL), "policy_tail": "4821", "busy": Busy.BOOK, **hold}),
        Picture("confirm-doubt", Step.CONFIRM, {"visit": visit(*ALL), "policy_tail": "4821", "in_doubt": True, **hold}),
        Picture("confirm-leaving", Step.CONFIRM, {
            "visit": visit(*ALL), "policy_tail": "4821", "in_doubt": True, "leaving": True, **hold,
        }),
        Picture("result-printing", Step.RESULT, {"visit": visit(*ALL), "ticket": TICKET, "printing": Printing.UNDER_WAY}),
        Picture("result", Step.RESULT, {"visit": visit(*ALL), "ticket": TICKET, "printing": Printing.PRINTED}),
        Picture("result-not-printed", Step.RESULT, {
            "visit": visit(*ALL), "ticket": TICKET, "printing": Printing.NOT_PRINTED, "print_problem": SAID_NO_PAPER,
        }),
        Picture("result-policy-waits", Step.RESULT, {
            "visit": visit(*ALL), "ticket": TICKET, "printing": Printing.NOT_PRINTED, "print_problem": SAID_NO_PAPER,
            "notice": SAID_WAITS,
        }),
        Picture("result-cover-open", Step.RESULT, {
            "visit": visit(*ALL), "ticket": TICKET, "printing": Printing.NOT_PRINTED,
            "print_problem": partial(not_printed, PrinterState.COVER_OPEN, "T-214-07"),
        }),
        Picture("result-unsure", Step.RESULT, {
            "visit": visit(*ALL), "ticket": TICKET, "printing": Printing.UNSURE, "print_problem": SAID_UNSURE,
        }),
        Picture("result-awaiting", Step.RESULT, {
            "visit": visit(*ALL), "ticket": replace(TICKET, awaiting_approval=True), "printing": Printing.PRINTED,
        }),
        Picture("move-doctor", Step.DOCTOR, {
            "visit": moving(Fact.SPECIALTY), "content": Ready(doctor_list(DOCTORS)),
        }),
        Picture("move-time", Step.TIME, {"visit": moving(Fact.DOCTOR), "content": Ready(week())}),
        Picture("move-time-taken", Step.TIME, {"visit": moving(Fact.DOCTOR), "content": Ready(week()), "taken": TAKEN}),
        Picture("move-no-times", Step.NO_TIMES, {
            "visit": moving(Fact.DOCTOR), "content": Ready(replace(NO_TIMES, elsewhere=(), can_wait=False)),
        }),
        Picture("move-confirm", Step.CONFIRM, {"visit": moving(), **tail, **hold}),
        Picture("move-confirm-approval", Step.CONFIRM, {
            "visit": moving().renew(Fact.SPECIALTY, replace(THERAPIST, approval=True)), **tail, **hold,
        }),
        Picture("move-confirm-changed", Step.CONFIRM, {"visit": moving(), "notice": SAID_MOVED_ELSEWHERE, **tail, **hold}),
        Picture("move-confirm-doubt", Step.CONFIRM, {"visit": moving(), "busy": Busy.BOOK, "in_doubt": True, **tail, **hold}),
        Picture("move-confirm-leaving", Step.CONFIRM, {
            "visit": moving(), "busy": Busy.BOOK, "in_doubt": True, "leaving": True, **tail, **hold,
        }),
        Picture("move-result", Step.RESULT, {"visit": moving(), "ticket": MOVED_TICKET, "printing": Printing.PRINTED}),
        Picture("move-result-awaiting", Step.RESULT, {
            "visit": moving(), "ticket": replace(MOVED_TICKET, awaiting_approval=True), "printing": Printing.PRINTED,
        }),
        Picture("move-result-not-printed", Step.RESULT, {
            "visit": moving(), "ticket": MOVED_TICKET, "printing": Printing.NOT_PRINTED, "print_problem": SAID_NO_PAPER,
        }),
        Picture("ticket-number", Step.TICKET_NUMBER, {"visit": with_number("40")}),
        Picture("ticket-number-unknown", Step.TICKET_NUMBER, {
            "visit": with_number("4071"), "mistakes": {"ticket": SAID_UNKNOWN_TICKET},
        }),
        Picture("ticket-code", Step.TICKET_NUMBER, {"visit": with_number("TU63B2WDC3Y")}),
        Picture("ticket-code-unknown", Step.TICKET_NUMBER, {
            "visit": with_number("TU63B2WDC3YX3ARY"), "mistakes": {"ticket": SAID_UNKNOWN_TICKET},
        }),
        Picture("own-contacts", Step.OWN_CONTACTS, {"visit": known}),
        Picture("own-contacts-none", Step.OWN_CONTACTS, {"visit": with_contacts()}),
        Picture("own-contacts-unconfirmed", Step.OWN_CONTACTS, {
            "visit": with_contacts(replace(PHONE, unconfirmed=True), replace(EMAIL, notices=False)),
        }),
        Picture("own-contacts-changed", Step.OWN_CONTACTS, {"visit": known, "notice": SAID_CONTACTS_CHANGED}),
        Picture("own-contacts-typing", Step.CONTACTS, {
            "visit": replace(known, draft=replace(DRAFT, email="ivanova.mp")).establish(Fact.TYPING, "email"),
            "hints": {"email": SAID_NO_AT},
        }),
        Picture("code", Step.CODE, {"visit": at_code("24")}),
        Picture("code-wrong", Step.CODE, {"visit": at_code(), "mistakes": {"code": SAID_WRONG_CODE}}),
        Picture("code-too-many", Step.CODE, {"visit": at_code(), "notice": SAID_TOO_MANY_CODES}),
        Picture("help", Step.HELP, {"visit": visit(Fact.FACILITY)}),
        Picture("access", Step.ACCESS, {"visit": time_visit}),
        Picture("out-of-service", Step.OUT_OF_SERVICE, {"visit": Visit(), "out_of_service": SAID_OUT}),
        Picture("idle", Step.TIME, {"visit": time_visit, "content": Ready(week()), "idle_left": 18}),
    )  # fmt: skip


PICTURES = _pictures()
SHOWN = {picture.name: picture for picture in PICTURES}
