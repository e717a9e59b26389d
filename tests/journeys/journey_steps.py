"""What patients do, step by step, in the words that they see."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from time import monotonic, sleep
from zoneinfo import ZoneInfo

from journey_kiosk import Kiosk, Sought
from journey_region import Person

#: «сегодня, 9:20», «завтра, 8:00», «вт 25 ноября»: what stands at the right of a doctor with free times.
NEAR = re.compile(r"(сегодня|завтра), \d|[а-я]{2} \d+ [а-я]+$")
CLOCK = re.compile(r"\d+:\d\d$")
DAY = re.compile(r"\d{1,2}$")
NO_MESSAGES = re.compile("Оставить как есть|Не сообщать")
#: The last question, or its button: a notice on a small display takes the place of the words.
CONFIRM = re.compile("^Проверьте запись$|^Записаться$")
OVERLAP = "В это время вы записаны к другому врачу"
#: The first row over the doctors, short on a small display.
ANY_DOCTOR = re.compile("Ближайшее время у любого врача|Любой врач")
#: Of maintenance mode, as in every demo.
PIN = "2468"
#: The zone of the demo region.
MOSCOW = ZoneInfo("Europe/Moscow")


def enter_maintenance(kiosk: Kiosk) -> None:
    """The technician's way, from between two visits to the menu."""
    kiosk.knock()
    kiosk.wait("ПИН-код")
    kiosk.type(PIN)
    kiosk.tap("Войти")
    kiosk.wait_for_touchable("Устройства")


def open_home(kiosk: Kiosk) -> None:
    """From the welcome screen."""
    kiosk.tap("Начать")
    kiosk.wait("Записаться к врачу")


def tap_in_list(kiosk: Kiosk, sought: Sought) -> None:
    """A row on whichever page of a list of doctors it stands; beside a title the arrow to the next has no words."""
    kiosk.wait_for_touchable(NEAR)
    turn_to(kiosk, sought)
    kiosk.tap(sought)


def turn_to(kiosk: Kiosk, sought: Sought) -> None:
    """The page of a list on which this stands."""
    while not kiosk.sees(sought):
        before = kiosk.texts()
        if "Ниже" in before:
            kiosk.tap("Ниже")
        else:
            kiosk.tap_icon("down")
        wait_until(lambda shown=before: kiosk.texts() != shown, "the next page")


def open_search(kiosk: Kiosk, search: str) -> None:
    """To one of the two searches."""
    open_home(kiosk)
    kiosk.tap("Найти врача или поликлинику", search)
    kiosk.wait(re.compile("Наберите первые буквы"))


def choose_doctor(kiosk: Kiosk, specialty: Sought = re.compile("Терапевт"), doctor: Sought = NEAR) -> None:
    """To the times of a doctor at the terminal's own facility."""
    open_home(kiosk)
    kiosk.tap("Записаться к врачу", specialty)
    kiosk.tap(doctor)
    kiosk.wait(re.compile("Когда"))


def choose_time(kiosk: Kiosk, specialty: Sought = re.compile("Терапевт"), doctor: Sought = NEAR) -> None:
    """To the question who is booking, a time being held."""
    choose_doctor(kiosk, specialty, doctor)
    kiosk.tap(CLOCK)
    kiosk.wait("Кто записывается?")


def type_identity(kiosk: Kiosk, person: Person) -> None:
    """Policy number and birth date; the cursor goes on by itself behind sixteen digits, temporary policies have nine."""
    kiosk.type(person.policy_number)
    if len(person.policy_number) < 16:
        kiosk.tap_field("день")
    kiosk.type(person.birth_digits)


def identify(kiosk: Kiosk, person: Person) -> None:
    """To the question of contacts."""
    type_identity(kiosk, person)
    kiosk.tap("Дальше")
    kiosk.wait("Куда сообщить об изменениях?")


def open_cabinet(kiosk: Kiosk, person: Person) -> None:
    """From the welcome screen, by somebody who is not known yet."""
    open_home(kiosk)
    kiosk.tap("Мои записи")
    kiosk.wait("Кто вы?")
    type_identity(kiosk, person)
    kiosk.tap("Дальше")
    kiosk.wait("История")


def to_confirm(
    kiosk: Kiosk, person: Person, specialty: Sought = re.compile("Терапевт"), doctor: Sought = NEAR
) -> None:
    """From the welcome screen to the last question."""
    choose_time(kiosk, specialty, doctor)
    identify(kiosk, person)
    kiosk.tap(NO_MESSAGES)
    kiosk.wait(CONFIRM)


def book(
    kiosk: Kiosk, person: Person, specialty: Sought = re.compile("Терапевт"), doctor: Sought = NEAR
) -> None:
    """A whole booking, to the result screen."""
    to_confirm(kiosk, person, specialty, doctor)
    kiosk.tap("Записаться")
    kiosk.wait("Вы записаны", "Заявка принята")


def to_confirm_another(kiosk: Kiosk, specialty: Sought) -> None:
    """From the result screen: the same patient, another specialty, the first time at which they are free (R44)."""
    kiosk.tap("Записаться ещё", specialty, NEAR)
    kiosk.wait(re.compile("Когда"))
    take_free_time(kiosk, CONFIRM)


def take_free_time(kiosk: Kiosk, next_question: Sought) -> None:
    """From the times of a doctor: the first at which the patient, who is known already, has no other visit (R44)."""
    for time in free_times(kiosk):
        kiosk.tap(time)
        if kiosk.wait(next_question, OVERLAP) != OVERLAP:
            return
    raise AssertionError(f"no time of two weeks at which the patient is free; on the screen: {kiosk.texts()}")


def free_times(kiosk: Kiosk) -> Iterator[str]:
    """The free times of the doctor on show, each as its day is opened: of this week and, where there is one, the next."""
    for week in range(2):
        if week:
            kiosk.tap_icon("right")
            kiosk.wait_until_gone("Спрашиваем у поликлиники…")
        for day in kiosk.touchable(DAY):
            kiosk.tap(day)
            yield from kiosk.touchable(CLOCK)


def pause(seconds: float) -> None:
    """A patient who takes their time: the one place where time itself is what is tried."""
    end = monotonic() + seconds
    while monotonic() < end:
        sleep(0.05)


def wait_until(condition: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
    """Until something has happened that no screen tells."""
    end = monotonic() + seconds
    while not condition():
        assert monotonic() < end, f"waited in vain for {what}"
        sleep(0.05)


def clock(moment: datetime) -> str:
    """«8:20»: a time as its button says it."""
    local = moment.astimezone(MOSCOW)
    return f"{local.hour}:{local.minute:02}"


def choose_day(kiosk: Kiosk, shown: datetime, wanted: datetime) -> None:
    """The day of a moment, weeks after the one on show perhaps."""
    first, day = shown.astimezone(MOSCOW).date(), wanted.astimezone(MOSCOW).date()
    mondays = [one - timedelta(days=one.weekday()) for one in (first, day)]
    for _ in range((mondays[1] - mondays[0]).days // 7):
        kiosk.tap_icon("right")
    kiosk.tap(str(day.day))


def has_typed(kiosk: Kiosk, digits: str) -> bool:
    """Whether a field shows these digits, however they are grouped."""
    return any(digits == re.sub(r"\s", "", text) for text in kiosk.texts())


def choose_specialty(kiosk: Kiosk, specialty: Sought = "") -> None:
    """To the specialties of the terminal's own facility, or to the doctors of one."""
    open_home(kiosk)
    kiosk.tap("Записаться к врачу")
    kiosk.wait("Хирург")
    if specialty:
        kiosk.tap(specialty)
        kiosk.wait("Выберите врача")


def lasting(texts: list[str]) -> list[str]:
    """What does not change by itself: no clock, no countdown, no seconds."""
    return [
        text
        for text in texts
        if not re.match(r"\d+:\d\d$|.*держим за вами|.*Печатаем|.*Возьмите|Данные на|Он выйдет", text)
    ]
