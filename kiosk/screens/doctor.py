"""DOCTOR: the doctors of the specialty with their nearest free time and how many there are."""

from datetime import timedelta

from kivy.properties import BooleanProperty, ListProperty, StringProperty

from kiosk.flow import Step
from kiosk.formats import near_moment_words, places_words
from kiosk.screens.step_screen import StepScreen
from kiosk.screens.words import _
from kiosk.visit import Fact

#: Later than tomorrow is far for somebody who is ill now (R46).
NEAR = timedelta(days=1)


class DoctorScreen(StepScreen):
    """Which doctor; the patient's own first, then by nearest free time."""

    step = Step.DOCTOR
    items = ListProperty([])
    order = StringProperty("")
    far = BooleanProperty(False)

    def open(self):
        self.ids.rows.page = 0

    def forget(self):
        super().forget()
        self.items = []

    def show(self, value):
        today = self.now().date()
        self.items = [doctor_row(row, today) for row in value.rows]
        own = any(row.own for row in value.rows)
        self.order = (
            _("Your area doctor first, then by the nearest time") if own else _("By the nearest free time")
        )
        self.far = value.any_nearest is None or value.any_nearest.date() > today + NEAR

    def choose(self, doctor):
        """A doctor."""
        self.terminal.choose(Fact.DOCTOR, doctor)


def doctor_row(row, today):
    """The list row of a DoctorRow."""
    doctor, load = row.doctor, row.load
    return {
        "names": [
            doctor.full_name,
            f"{doctor.last_name}\n{doctor.first_name} {doctor.patronymic}",
            doctor.short_name,
        ],
        "detail": _detail(row),
        "pill": _("your doctor") if row.own else "",
        "look": "recommended" if row.own else "normal",
        "nearest": near_moment_words(load.nearest, today, _.language) if load.nearest else _("no times"),
        "nearest_colour": "primary" if load.nearest else "ink",
        "nearest_detail": _free(load.free) if load.nearest else "",
        "value": doctor,
    }


def _free(count):
    return _("{places} free").format(places=places_words(count, _.language))


def _detail(row):
    """Room and area; of a doctor who is away, that and who stands in (R45)."""
    if row.absence is not None:
        substitute = row.absence.substitute_name
        return (
            _("absent today, {name} stands in").format(name=substitute) if substitute else _("absent today")
        )
    room = _("room {room}").format(room=row.doctor.room) if row.doctor.room else ""
    return " · ".join(part for part in (room, area_words(row.doctor.areas)) if part)


def area_words(areas):
    """«участок № 12»: the names that the registry gives to areas, as they stand inside a line."""
    return ", ".join(name[0].lower() + name[1:] for name in areas if name)
