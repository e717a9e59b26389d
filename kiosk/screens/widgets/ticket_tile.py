"""The ticket on the screen (look.md section 5): number, time, date, facts, QR."""

from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty

from kiosk.formats import day_words, time_words
from kiosk.screens.qr import qr_texture
from kiosk.screens.widgets.layout import Bar, Part, Stack
from kiosk.screens.widgets.touch import Box
from kiosk.ticket import qr_payload


class FactLine(Bar):
    """A quiet label beside its fact, or `above` it."""

    label = StringProperty("")
    text = StringProperty("")
    detail = StringProperty("")
    style = StringProperty("body")
    above = BooleanProperty(False)


class Divider(Part):
    """A thin line between facts."""


class TimeCard(Stack, Box):
    """The time and the day of the visit, large."""

    time = StringProperty("")
    day = StringProperty("")
    near = StringProperty("")


class QrCode(Part):
    """The code of a ticket, square."""

    texture = ObjectProperty(None, allownone=True)


class TicketTile(Stack, Box):
    """Everything the paper says, from a `ticket`; empty without one."""

    ticket = ObjectProperty(None, allownone=True)
    language = StringProperty("")
    number = StringProperty("")
    time = StringProperty("")
    day = StringProperty("")
    doctor = StringProperty("")
    specialty = StringProperty("")
    room = StringProperty("")
    facility = StringProperty("")
    address = StringProperty("")
    initials = StringProperty("")
    qr = ObjectProperty(None, allownone=True)
    fact_style = StringProperty("body")
    room_between = NumericProperty(0)

    def on_language(self, *_args):
        if self.ticket is not None:
            self.on_ticket(self, self.ticket)

    def on_ticket(self, _tile, ticket):
        if ticket is None:
            self.qr = None
            for name in (
                "number",
                "time",
                "day",
                "doctor",
                "specialty",
                "room",
                "facility",
                "address",
                "initials",
            ):
                setattr(self, name, "")
            return
        self.number = ticket.number
        self.time, self.day = time_words(ticket.starts_at), day_words(ticket.starts_at.date(), self.language)
        self.doctor = "" if ticket.discreet else ticket.doctor_name
        self.specialty = "" if ticket.discreet else ticket.specialty_name
        self.room = ticket.room
        self.facility, self.address = ticket.facility_name, ticket.facility_address
        self.initials = ticket.initials
        self.qr = qr_texture(qr_payload(ticket.code)) if ticket.code else None
