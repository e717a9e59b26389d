"""A visit as an iCalendar object (RFC 5545, RFC 5546), which a calendar adds, moves and takes out. Pure."""

import uuid
from datetime import UTC, datetime

import icalendar

from kiosk.central.shapes import AWAITING, Booking
from kiosk.texts import catalog
from kiosk.ticket import Ticket

DOMAIN = "notices"
_PRODUCT = "-//Electronic registry//Notices//EN"
_SPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:electronic-registry:visit")


def uid(booking: Booking) -> str:
    """The same for one booking as long as it lives, whatever doctor and time it is moved to; tells nothing of it."""
    return f"{uuid.uuid5(_SPACE, booking.id)}@electronic-registry"


def method(booking: Booking) -> str:
    """What a calendar does with it; no answer is asked for."""
    return "PUBLISH" if booking.stands else "CANCEL"


def visit(booking: Booking, ticket: Ticket, organizer: str) -> bytes:
    """The calendar of one visit; `organizer` is an e-mail address. A discreet specialty is not named (R47)."""
    words = catalog(DOMAIN, ticket.language)
    event = icalendar.Event()
    event.add("uid", uid(booking))
    event.add("sequence", booking.version)
    event.add("dtstamp", _instant(booking.changed))
    event.add("dtstart", _instant(booking.time.start))
    event.add("dtend", _instant(booking.time.end))
    event.add("organizer", f"mailto:{organizer}")
    event.add("status", _status(booking))
    event.add("summary", _summary(ticket))
    event.add("location", _place(ticket))
    number = words.gettext("Ticket {number}").format(number=ticket.number)
    event.add("description", number if ticket.discreet else f"{number}. {ticket.doctor_name}")
    calendar = icalendar.Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method(booking))
    calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _status(booking: Booking) -> str:
    if not booking.stands:
        return "CANCELLED"
    return "TENTATIVE" if booking.status == AWAITING else "CONFIRMED"


def _summary(ticket: Ticket) -> str:
    words = catalog(DOMAIN, ticket.language)
    if ticket.discreet:
        return words.gettext("Visit to the clinic")
    return words.gettext("Visit: {specialty}").format(specialty=ticket.specialty_name)


def _place(ticket: Ticket) -> str:
    room = catalog(DOMAIN, ticket.language).gettext("room {room}").format(room=ticket.room)
    return ", ".join(filter(None, (ticket.facility_name, ticket.facility_address, ticket.room and room)))
