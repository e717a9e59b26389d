"""SPECIALTY: the mandatory six first (R29), then what the facility opened besides (R30)."""

from kivy.properties import BooleanProperty, ListProperty, StringProperty

from kiosk.flow import Step
from kiosk.models import MANDATORY_SPECIALTIES
from kiosk.screens.step_screen import StepScreen
from kiosk.screens.words import _
from kiosk.visit import Detour, Fact, Intent


class SpecialtyScreen(StepScreen):
    """To whom. What is not bookable here is shown with its reason."""

    step = Step.SPECIALTY
    items = ListProperty([])
    tile_style = StringProperty("body")
    asks = BooleanProperty(False)

    def open(self):
        self.ids.rows.page = 0

    def paint(self):
        super().paint()
        self.asks = self.terminal.visit.intent is not Intent.LOOK

    def forget(self):
        super().forget()
        self.items = []

    def show(self, value):
        first = [row for row in value if row.specialty.code in MANDATORY_SPECIALTIES]
        others = [row for row in value if row.specialty.code not in MANDATORY_SPECIALTIES]
        head = [_("Other specialties")] if first and others else []
        self.items = [
            *(tile(row, self.tile_style) for row in first),
            *head,
            *(tile(row, self.tile_style) for row in others),
        ]

    def choose(self, specialty):
        """A specialty."""
        self.terminal.choose(Fact.SPECIALTY, specialty)

    def show_facility(self):
        """«О поликлинике» (R7)."""
        self.terminal.look_aside(Detour.FACILITY_CARD)

    def show_areas(self):
        """«По участку» (R17)."""
        self.terminal.look_aside(Detour.AREA)

    def find_doctor(self):
        """«Найти врача по фамилии» (R19)."""
        self.terminal.look_aside(Detour.DOCTOR_SEARCH)


def tile(row, style):
    """The tile of a SpecialtyRow."""
    return {
        "style": style,
        "names": [row.specialty.name],
        "detail": row.reason,
        "look": "normal" if row.bookable else "locked",
        "sign": "right" if row.bookable else "lock",
        "value": row.specialty,
    }
