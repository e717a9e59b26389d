"""Visits as the robot makes them. Together they open every screen that a patient comes to, and touch what can be touched."""

import re

from benchmarks.people import Person
from kiosk.robot import Robot

BOOKED = ("Вы записаны", "Заявка принята")
SPECIALTY = re.compile("Терапевт")
NEAR = re.compile(r"(сегодня|завтра), \d|[а-я]{2} \d+ [а-я]+$")
DOCTOR = re.compile(r"[А-ЯЁ][а-яё-]+ [А-ЯЁ][а-яё]+ [А-ЯЁ][а-яё]+|[А-ЯЁ][а-яё-]+ [А-ЯЁ]\. ?[А-ЯЁ]\.$")
TIME = re.compile(r"\d+:\d\d$")
NO_CONTACTS = re.compile("Оставить как есть|Не сообщать")


def book(robot: Robot, person: Person) -> None:
    """At the own clinic, to the paper ticket, by the shortest way."""
    begin(robot)
    to_time(robot)
    robot.tap(TIME)
    identify(robot, person)
    robot.tap(NO_CONTACTS)
    robot.tap("Записаться")
    robot.wait_for_text(*BOOKED)
    robot.wait_for_text("Возьмите талон", re.compile("Талон не "))
    finish(robot)


def cancel(robot: Robot, person: Person) -> None:
    """In the cabinet, what was booked before."""
    robot.tap("Начать")
    robot.tap("Мои записи")
    type_identity(robot, "Кто вы?", person)
    robot.tap(SPECIALTY)
    robot.tap("Отменить запись")
    robot.tap("Да, отменить")
    robot.wait_for_text("Эта запись отменена")
    finish(robot)


def give_contacts(robot: Robot, person: Person) -> None:
    """Up to the confirmation, with contacts typed, then away without booking: the time is let go."""
    begin(robot)
    to_time(robot)
    robot.tap(TIME)
    identify(robot, person)
    robot.wait_for_text("Куда сообщить об изменениях?")
    robot.type("9161234567")
    robot.tap_field("Электронная почта")
    robot.type("ivanova.1958@mail.ru"[: -len("@mail.ru")])
    robot.tap("@mail.ru")
    robot.tap("Дальше")
    robot.wait_for_text("Проверьте запись")
    finish(robot)


def look_around(robot: Robot) -> None:
    """Another clinic, pages, weeks, days, help, back, the trail; no booking."""
    robot.tap("Начать")
    robot.tap("Найти врача или поликлинику")
    robot.tap("Центральный")
    robot.tap(re.compile(".*(поликлиника|Поликлиника|больница)"))
    robot.wait_for_text(SPECIALTY)
    there_and_back(robot, "Ниже", "Выше")
    robot.tap(SPECIALTY)
    robot.wait_for_text(NEAR)
    there_and_back(robot, "Ниже", "Выше")
    robot.tap(NEAR)
    robot.wait_for(lambda: robot.can_tap(TIME), "a free time")
    robot.tap("Помощь")
    robot.tap("Понятно")
    robot.tap_icon("right")
    robot.wait_for_text(re.compile("Следующая неделя|Данные на"))
    robot.tap_icon("left")
    robot.wait_for(lambda: robot.can_tap(TIME), "a free time")
    robot.tap("Назад")
    robot.wait_for_text("Выберите врача")
    robot.tap("Назад")
    robot.wait_for_text("К какому врачу?")
    finish(robot)


def search(robot: Robot) -> None:
    """A clinic by its street and a doctor by name, typed."""
    robot.tap("Начать")
    robot.tap("Найти врача или поликлинику")
    robot.tap("Найти поликлинику")
    robot.wait_for_text(re.compile("Наберите первые буквы"))
    robot.type("сад")
    robot.wait_for_text(re.compile("Городская поликлиника"))
    robot.tap("Назад")
    robot.tap("Найти врача")
    robot.wait_for_text(re.compile("Наберите первые буквы"))
    robot.type("собо")
    robot.wait_for_text(re.compile("Найдено|Возможно, вы искали|Ничего не нашлось"))
    finish(robot)


def read_up(robot: Robot) -> None:
    """The card of the clinic and that of a doctor."""
    robot.tap("Начать")
    robot.tap("Расписание и справки")
    robot.tap("Врачи и расписание")
    robot.tap(SPECIALTY)
    robot.tap(DOCTOR)
    robot.wait_for_text(re.compile("Две недели"))
    finish(robot)


def see_own(robot: Robot, person: Person) -> None:
    """What identification leads to, and the areas of the clinic."""
    robot.tap("Начать")
    robot.tap("Мой врач и поликлиника")
    type_identity(robot, "Кто вы?", person)
    robot.wait_for_text(NEAR, "нет мест")
    robot.tap("Городская поликлиника № 5")
    robot.tap("По участку")
    robot.wait_for_text("Какой участок?")
    robot.wait_for_text(NEAR, "нет мест")
    finish(robot)


def wait_in_line(robot: Robot, person: Person) -> None:
    """A specialty without a free time: the other clinics, then a place on the waiting list with its paper."""
    begin(robot)
    robot.tap(re.compile("Врач общей практики"))
    robot.tap(re.compile("Ближайшее время у любого врача|Любой врач"))
    robot.wait_for_text("Здесь мест нет")
    robot.tap("Все поликлиники района")
    robot.wait_for_text(NEAR)
    robot.tap("Назад")
    robot.tap("Встать в лист ожидания")
    type_identity(robot, "Кто записывается?", person)
    robot.tap(NO_CONTACTS)
    robot.tap("Встать в лист")
    robot.wait_for_text("Возьмите талон", re.compile("Талон не "))
    finish(robot)


def look_otherwise(robot: Robot) -> None:
    """In English, in large text, in high contrast and within reach, as far as the specialties."""
    robot.tap("Eng")
    robot.wait_for_text("Start")
    robot.tap("Accessibility")
    robot.wait_for_text("What makes it easier for you?")
    for words in ("Large text", "High contrast", "Lower screen", "Done"):
        robot.tap(words)
    robot.tap("Book a doctor")
    robot.wait_for_text(SPECIALTY)
    robot.tap("Finish")
    robot.wait_for_text("Начать")


def begin(robot: Robot) -> None:
    """To the specialties of the own clinic."""
    robot.tap("Начать")
    robot.tap("Записаться к врачу")


def to_time(robot: Robot) -> None:
    """To the times of the doctor who has the nearest."""
    robot.tap(SPECIALTY)
    robot.wait_for_text(NEAR)
    robot.tap(NEAR)
    robot.wait_for(lambda: robot.can_tap(TIME), "a free time")


def identify(robot: Robot, person: Person) -> None:
    """Types who the patient is, to the question for contacts."""
    type_identity(robot, "Кто записывается?", person)
    robot.wait_for_text("Куда сообщить об изменениях?")


def type_identity(robot: Robot, question: str, person: Person) -> None:
    """The answer to the question who is here."""
    robot.wait_for_text(question)
    robot.type(person.policy_number)
    robot.tap_field("день")
    robot.type(person.birth_date.strftime("%d%m%Y"))
    robot.tap("Дальше")


def finish(robot: Robot) -> None:
    """Away, back to the welcome screen."""
    robot.tap("Завершить")
    robot.wait_for_text("Начать")


def there_and_back(robot: Robot, forth: str, back: str) -> None:
    """A page further and back, where there is one."""
    if robot.can_tap(forth):
        robot.tap(forth)
        robot.tap(back)
