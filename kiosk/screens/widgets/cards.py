"""What is only read: a white card of facts, and two weeks of a doctor (R7). Nothing here answers a touch."""

from dataclasses import replace

from kivy.properties import BooleanProperty, ListProperty, NumericProperty, ObjectProperty, StringProperty

from kiosk.screens.qr import qr_texture
from kiosk.screens.widgets.layout import Container, Stack
from kiosk.screens.widgets.touch import Box
from kiosk.ticket import qr_payload, stub_notes

DAYS_A_WEEK = 7


class InfoCard(Stack, Box):
    """The white card on which facts stand."""


class DayCell(Stack, Box):
    """One day of a schedule: weekday, number, how many of its times are free; without a box where the doctor does not work."""

    weekday = StringProperty("")
    number = StringProperty("")
    free = StringProperty("")
    times = StringProperty("")
    share = NumericProperty(0)
    works = BooleanProperty(False)


class ScheduleStrip(Container):
    """Days (dicts of DayCell's properties) in weeks under each other."""

    days = ListProperty([])
    spacing = NumericProperty(0)
    cell_height = NumericProperty(0)
    reserve = NumericProperty(0)

    def __init__(self, **options):
        self._cells = []
        super().__init__(fit=False, **options)
        self.bind(days=self._fill, spacing=self._arrange, cell_height=self._arrange)

    def on_reserve(self, *_args):
        self._make(self.reserve)

    def _make(self, count):
        while len(self._cells) < count:
            self._cells.append(DayCell(fit=False, shown=False))
            self.add_widget(self._cells[-1])

    def _fill(self, *_args):
        self._make(len(self.days))
        for number, cell in enumerate(self._cells):
            cell.shown = number < len(self.days)
            if cell.shown:
                for name, value in self.days[number].items():
                    setattr(cell, name, value)
        self._arrange()

    def place(self, parts, x, y, width, height):
        weeks = -(-len(parts) // DAYS_A_WEEK)
        self.height = max(0, weeks * (self.cell_height + self.spacing) - self.spacing)
        for number, cell in enumerate(parts):
            week, column = divmod(number, DAYS_A_WEEK)
            left = column * (width + self.spacing) // DAYS_A_WEEK
            right = (column + 1) * (width + self.spacing) // DAYS_A_WEEK - self.spacing
            cell.size = (right - left, self.cell_height)
            cell.pos = (x + left, self.top - (week + 1) * self.cell_height - week * self.spacing)


class StubNotes(Stack):
    """How one will be told, and how to leave the list; the first of the `notes` stands out."""

    notes = ListProperty([])


class StubTile(Stack, Box):
    """Everything that the paper of a place on the waiting list says, from a `stub`; empty without one."""

    stub = ObjectProperty(None, allownone=True)
    language = StringProperty("")
    number = StringProperty("")
    doctor = StringProperty("")
    specialty = StringProperty("")
    facility = StringProperty("")
    initials = StringProperty("")
    notes = ListProperty([])
    qr = ObjectProperty(None, allownone=True)

    def on_language(self, *_args):
        self.on_stub(self, self.stub)

    def on_stub(self, _tile, stub):
        if stub is None:
            self.number = self.doctor = self.specialty = self.facility = self.initials = ""
            self.notes, self.qr = [], None
            return
        self.number, self.facility, self.initials = stub.number, stub.facility_name, stub.initials
        self.doctor = "" if stub.discreet else stub.doctor_name
        self.specialty = "" if stub.discreet else stub.specialty_name
        self.notes = list(stub_notes(replace(stub, language=self.language)))
        self.qr = qr_texture(qr_payload(stub.code)) if stub.code else None


class PlaceTile(Stack, Box):
    """A place on the waiting list, from its `stub`; `until` is its last day in words."""

    stub = ObjectProperty(None, allownone=True)
    until = StringProperty("")
    number = StringProperty("")
    doctor = StringProperty("")
    specialty = StringProperty("")
    facility = StringProperty("")
    address = StringProperty("")

    def on_stub(self, _tile, stub):
        self.number, self.facility, self.address = (
            (stub.number, stub.facility_name, stub.facility_address) if stub else ("", "", "")
        )
        named = stub is not None and not stub.discreet
        self.doctor, self.specialty = (stub.doctor_name, stub.specialty_name) if named else ("", "")
