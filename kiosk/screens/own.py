"""What the rows and titles of the cabinet say: items for widgets.rows.Rows, in the present language."""

from itertools import accumulate

from kiosk.formats import date_words, day_words, relative_day_words, short_day_words, time_words
from kiosk.models import AppointmentStatus
from kiosk.screens.listing import doctor_names
from kiosk.screens.words import _
from kiosk.views import PlaceRow

#: So many letters of a message stand in its row, and of how it goes on; it is read in full by touching it.
HEADLINE, GIST = 40, 24


def booking_item(row, home, today):
    """A BookingRow to come: whose, where, when; what awaits approval says so (R31)."""
    awaits = row.booking.appointment.status is AppointmentStatus.AWAITING
    start = row.booking.appointment.start
    relative = relative_day_words(start.date(), today, _.language)
    return {
        "names": _names(row),
        "detail": _joined(_("waits for approval"), _what(row))
        if awaits
        else _joined(_what(row), _where(row, home)),
        "icon": "hourglass" if awaits else "ticket",
        "nearest": time_words(start),
        "nearest_detail": relative or short_day_words(start.date(), _.language),
        "value": row.booking.appointment.id,
    }


def place_item(row, home, today):
    """A PlaceRow: what is waited for, or until when an offered time is kept."""
    place, offer = row.place, row.place.offer
    item = {
        "names": _names(row),
        "detail": _joined(_what(row), _where(row, home)),
        "icon": "list",
        "nearest": _("waiting list"),
        "nearest_colour": "ink",
        "nearest_detail": _("until {day}").format(day=date_words(place.last_day, _.language)),
        "value": place.entry.id,
    }
    if offer is None:
        return item
    relative = relative_day_words(offer.start.date(), today, _.language)
    return {
        **item,
        "look": "recommended",
        "icon": "bell",
        "detail": _("A time for you, kept until {time}").format(time=time_words(offer.held_until)),
        "nearest": time_words(offer.start),
        "nearest_colour": "primary",
        "nearest_detail": relative or short_day_words(offer.start.date(), _.language),
    }


def past_item(row, home, today):
    """A BookingRow of HISTORY."""
    start = row.booking.appointment.start
    return {
        "names": _names(row),
        "detail": _joined(past_words(row), _what(row), _elsewhere(row, home)),
        "icon": "close" if is_cancelled(row) else "calendar",
        "nearest": past_day_words(start.date(), today),
        "nearest_colour": "ink",
        "nearest_detail": time_words(start),
        "value": row.booking.appointment.id,
    }


def message_item(message, zone, today):
    """A Message; one that was not read stands out."""
    sent = message.sent.astimezone(zone)
    return {
        "names": [headline(message.text)],
        "detail": _joined("" if message.read else _("new"), gist(message.text)),
        "icon": "mail",
        "look": "normal" if message.read else "recommended",
        "nearest": past_day_words(sent.date(), today),
        "nearest_colour": "ink",
        "nearest_detail": time_words(sent),
        "value": message,
    }


def headline(text):
    """«Вы записаны»: what a message says first, as much of it as a row holds."""
    first = text.strip().splitlines()[0].partition(":")[0].partition(".")[0] if text.strip() else ""
    if len(first) <= HEADLINE:
        return first
    return first[:HEADLINE].rpartition(" ")[0] + "…"


def gist(text):
    """«4 декабря, 08:00»: how a message goes on, as much of it as a row holds in whole parts."""
    parts = text.partition(":")[2].partition(".")[0].strip().split(", ")
    fitting = accumulate(parts, lambda said, part: f"{said}, {part}")
    return max((said for said in fitting if len(said) <= GIST), key=len, default="")


def past_day_words(day, today):
    """«вт 25 ноября», of another year «25.11.2024»."""
    return short_day_words(day, _.language) if day.year == today.year else f"{day:%d.%m.%Y}"


def past_words(row):
    """What became of a booking that is over: '' where the visit was expected."""
    if is_cancelled(row):
        return _("cancelled")
    return _("was not approved") if _awaits(row) else ""


def is_cancelled(row):
    """Whether a booking was cancelled, by whomever."""
    return row.booking.appointment.status is AppointmentStatus.CANCELLED


def ticket_title(row):
    """What TICKET shows, in a few words."""
    if isinstance(row, PlaceRow):
        if not row.stands:
            return _("The wait is over")
        return _("A time is kept for you") if row.place.offer else _("You are waiting for a free time")
    if is_cancelled(row):
        return _("This visit is cancelled")
    if not row.stands:
        return _("This visit is over")
    return _("Your visit waits for approval") if _awaits(row) else _("Your visit")


def cancel_words(row):
    """What will be cancelled, or which list is left."""
    if isinstance(row, PlaceRow):
        return _joined(_names(row)[-1], _what(row), row.facility.name)
    start = row.booking.appointment.start
    when = f"{day_words(start.date(), _.language)}, {time_words(start)}"
    return "\n".join((when, _joined(_names(row)[-1], _what(row))))


def _awaits(row):
    return row.booking.appointment.status is AppointmentStatus.AWAITING


def _names(row):
    """The doctor; where any will do the specialty; nothing that tells of a discreet one (R47)."""
    if row.specialty.discreet:
        return [_("A visit")]
    return doctor_names(row.doctor) if row.doctor is not None else [row.specialty.name]


def _what(row):
    """The specialty where the doctor is named."""
    return "" if row.specialty.discreet or row.doctor is None else row.specialty.name


def _where(row, home):
    """The room here, the clinic elsewhere."""
    words = (
        _("room {room}").format(room=row.doctor.room) if row.doctor is not None and row.doctor.room else ""
    )
    return _elsewhere(row, home) or words[:1].lower() + words[1:]


def _elsewhere(row, home):
    """The clinic, where it is not that of the terminal."""
    return row.facility.name if home is None or row.facility.id != home.id else ""


def _joined(*parts):
    return " · ".join(filter(None, parts))
