"""The demo's script: one whole booking, a picture of every step."""

import re
from dataclasses import dataclass
from datetime import date

from kiosk.robot.patient import Robot
from kiosk.robot.sight import Sought


@dataclass(frozen=True)
class Person:
    """Whom the robot plays: what they type."""

    policy_number: str
    birth_date: date
    document_number: str = ""


def book(robot: Robot, person: Person, *, specialty: Sought = re.compile("Терапевт")) -> None:
    """One whole booking at the terminal's own facility, a picture of every step (issue 2: at most 8 touches)."""
    robot.wait_for_text("Начать")
    robot.shot("welcome")
    robot.tap("Начать")
    robot.wait_for_text("Записаться к врачу")
    robot.shot("home")
    robot.tap("Записаться к врачу")
    _choose(robot, specialty)
    _identify(robot, person)
    robot.wait_for_text("Куда сообщить об изменениях?")
    robot.shot("contacts")
    robot.tap(re.compile("Оставить как есть|Не сообщать"))
    robot.wait_for_text("Проверьте запись")
    robot.shot("confirm")
    robot.tap("Записаться")
    robot.wait_for_text("Вы записаны", "Заявка принята")
    robot.wait_for_text("Возьмите талон", re.compile("Талон не "))
    robot.shot("result")


def _choose(robot: Robot, specialty: Sought) -> None:
    robot.wait_for_text(specialty)
    robot.shot("specialty")
    robot.tap(specialty)
    near = re.compile(r"(сегодня|завтра), \d|[а-я]{2} \d+ [а-я]+$")
    robot.wait_for_text(near)
    robot.shot("doctor")
    robot.tap(near)
    clock = re.compile(r"\d+:\d\d$")
    robot.wait_for(lambda: robot.can_tap(clock), "a free time")
    robot.shot("time")
    robot.tap(clock)


def _identify(robot: Robot, person: Person) -> None:
    robot.wait_for_text("Кто записывается?")
    robot.type(person.policy_number)
    robot.tap_field("день")
    robot.type(person.birth_date.strftime("%d%m%Y"))
    robot.shot("identify")
    robot.tap("Дальше")
