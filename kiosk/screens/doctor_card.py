"""DOCTOR_CARD: who the doctor is, where and when; two weeks of free and busy (R7, R45)."""

from kivy.properties import ListProperty, StringProperty

from kiosk.flow import Step
from kiosk.formats import date_words, places_words, time_words, weekday_words
from kiosk.screens.hours import working_words
from kiosk.screens.listing import area_words
from kiosk.screens.step_screen import StepScreen
from kiosk.screens.words import _
from kiosk.visit import Fact


class DoctorCardScreen(StepScreen):
    """Information without a person; booking begins here and comes back to the same doctor."""

    step = Step.DOCTOR_CARD
    name = StringProperty("")
    specialty = StringProperty("")
    room = StringProperty("")
    area = StringProperty("")
    hours = StringProperty("")
    away = StringProperty("")
    as_of = StringProperty("")
    days = ListProperty([])

    def show(self, value):
        doctor = value.doctor
        self.name, self.specialty = doctor.full_name, value.specialty.name
        self.room = _("room {room}").format(room=doctor.room) if doctor.room else ""
        self.area = area_words(doctor.areas)
        self.away = away_words(value.absence, self.now().date()) if value.absence else ""
        self.as_of = _("Times as of {time}").format(time=time_words(value.as_of))
        self.hours = working_words(value.working)
        self.days = [day_cell(load) for load in value.load.days]

    def book(self):
        """«Записаться»."""
        self.terminal.book_here()

    def choose_another(self):
        """«Другой врач»."""
        self.terminal.change(Fact.DOCTOR)


def away_words(absence, today):
    """«Не принимает до 30 ноября, замещает Соколова Е. А.»."""
    until = date_words(absence.last_day, _.language)
    if absence.first_day > today:
        first = date_words(absence.first_day, _.language)
        words = _("Absent from {first} to {last}").format(first=first, last=until)
    else:
        words = _("Absent until {last}").format(last=until)
    if not absence.substitute_name:
        return words
    return _("{absence}, {name} stands in").format(absence=words, name=absence.substitute_name)


def day_cell(load):
    """One day of the strip: how many of its times are free."""
    times = load.free + load.busy
    return {
        "weekday": weekday_words(load.day, _.language),
        "number": str(load.day.day),
        "free": places_words(load.free, _.language) if load.free else _("full") if times else "",
        "times": _("of {count}").format(count=times) if times else "",
        "share": load.free / times if times else 0,
        "works": bool(times),
    }
