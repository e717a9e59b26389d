"""What a ticket («талон») says, as plain lines: pure, and the same for printer, screen and e-mail.

How the lines look is decided elsewhere (devices/ticket_layout.py for paper, the screens for glass).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, auto
from gettext import NullTranslations

from kiosk import formats
from kiosk.models import (
    Appointment,
    AppointmentStatus,
    Contacts,
    Doctor,
    Facility,
    Patient,
    Sought,
    Specialty,
    WaitingEntry,
)
from kiosk.texts import DEFAULT_LANGUAGE, catalog

#: The fixed beginning of every ticket's QR, by which a scanner knows it for a ticket (issue 2, item 6).
QR_PREFIX = "TALON:"

#: The longest number of a ticket, and a code as the registry makes them, in signs (api.md section 6).
NUMBER_SIGNS, CODE_SIGNS = 9, 16

_CODE = re.compile(r"[!-~]{1,64}")
_NO_BREAK = "\N{NO-BREAK SPACE}"

# One message per month, because a Russian date needs the month's genitive.
_DATES = (
    "{day} January, {weekday}",
    "{day} February, {weekday}",
    "{day} March, {weekday}",
    "{day} April, {weekday}",
    "{day} May, {weekday}",
    "{day} June, {weekday}",
    "{day} July, {weekday}",
    "{day} August, {weekday}",
    "{day} September, {weekday}",
    "{day} October, {weekday}",
    "{day} November, {weekday}",
    "{day} December, {weekday}",
)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Role(Enum):
    """What a line is for; who shows it chooses the size by this."""

    FACILITY = auto()
    ADDRESS = auto()
    TITLE = auto()
    DATE = auto()
    TIME = auto()
    ROOM = auto()
    NOTICE = auto()
    NUMBER = auto()
    FACT = auto()
    NOTE = auto()
    QR = auto()
    CODE = auto()
    PRINTED = auto()


@dataclass(frozen=True)
class Line:
    """One line of a ticket. `label` names a fact («Врач»); on PRINTED it is the left part, `text` the right.

    A no-break space holds together what must not be parted at the end of a line. QR holds the payload.
    """

    role: Role
    text: str
    label: str = ""


@dataclass(frozen=True)
class Ticket:
    """A booked visit as it is handed out: initials only, never a policy number (R47, look.md section 9). A copy says so.

    `starts_at` and `printed_at` are aware and in the facility's zone; `areas` are names («Участок 12»);
    `code` is the registry's random code. `moved_from` is the start of before a move, which no longer counts.
    """

    facility_name: str
    facility_address: str
    facility_phone: str
    starts_at: datetime
    room: str
    doctor_name: str
    specialty_name: str
    areas: tuple[str, ...]
    discreet: bool
    initials: str
    number: str
    code: str
    bring: str
    awaiting_approval: bool
    terminal_name: str
    printed_at: datetime
    language: str = DEFAULT_LANGUAGE
    moved_from: datetime | None = None
    is_copy: bool = False


@dataclass(frozen=True)
class Stub:
    """A place on the waiting list as it is handed out: initials only, like a ticket.

    `doctor_name` is '' where any doctor of the specialty will do; `contacts` are masked; `until` is the last day of
    waiting.
    """

    facility_name: str
    facility_address: str
    facility_phone: str
    doctor_name: str
    specialty_name: str
    discreet: bool
    initials: str
    number: str
    code: str
    contacts: tuple[str, ...]
    until: date
    terminal_name: str
    printed_at: datetime
    language: str = DEFAULT_LANGUAGE
    is_copy: bool = False


#: What the printer is given.
Slip = Ticket | Stub


def make_ticket(
    appointment: Appointment,
    doctor: Doctor,
    specialty: Specialty,
    facility: Facility,
    patient: Patient,
    *,
    terminal_name: str,
    printed_at: datetime,
    language: str = DEFAULT_LANGUAGE,
    moved_from: datetime | None = None,
) -> Ticket:
    """The ticket of a booked appointment (R24); one that awaits approval says so (R31), one that was moved too."""
    return Ticket(
        facility_name=facility.name,
        facility_address=facility.address,
        facility_phone=facility.phones[0] if facility.phones else "",
        starts_at=appointment.start,
        room=doctor.room,
        doctor_name=doctor.full_name,
        specialty_name=specialty.name,
        areas=doctor.areas,
        discreet=specialty.discreet,
        initials=patient.initials,
        number=appointment.ticket_number,
        code=appointment.code,
        bring=specialty.bring,
        awaiting_approval=appointment.status is AppointmentStatus.AWAITING,
        terminal_name=terminal_name,
        printed_at=printed_at,
        language=language,
        moved_from=moved_from,
    )


def make_stub(
    entry: WaitingEntry,
    specialty: Specialty,
    doctor: Doctor | None,
    facility: Facility,
    patient: Patient,
    contacts: Contacts,
    until: date,
    *,
    terminal_name: str,
    printed_at: datetime,
    language: str = DEFAULT_LANGUAGE,
) -> Stub:
    """The stub of a place on the waiting list: how one will be told, and how to leave it."""
    return Stub(
        facility_name=facility.name,
        facility_address=facility.address,
        facility_phone=facility.phones[0] if facility.phones else "",
        doctor_name=doctor.full_name if doctor else "",
        specialty_name=specialty.name,
        discreet=specialty.discreet,
        initials=patient.initials,
        number=entry.number,
        code=entry.code,
        contacts=tuple(filter(None, (contacts.phone, contacts.email))),
        until=until,
        terminal_name=terminal_name,
        printed_at=printed_at,
        language=language,
    )


def slip_lines(slip: Slip) -> tuple[Line, ...]:
    """All that a ticket or a stub says."""
    return stub_lines(slip) if isinstance(slip, Stub) else ticket_lines(slip)


def ticket_lines(ticket: Ticket) -> tuple[Line, ...]:
    """All that the ticket says, in the order in which a person needs it.

    A discreet ticket names no doctor, no specialty, and nothing to bring that would tell of it (R47).
    """
    texts = catalog("ticket", ticket.language)
    return (
        *_facility(ticket, texts),
        *_visit(ticket, texts),
        *_facts(ticket, texts),
        *_notes(ticket, texts),
        *_code(ticket),
        _printed(ticket, texts),
    )


def stub_lines(stub: Stub) -> tuple[Line, ...]:
    """All that the stub says; a discreet one does not tell for whom one waits (R47)."""
    texts = catalog("ticket", stub.language)
    title = Line(Role.TITLE, texts.gettext("Waiting list"))
    copy = [Line(Role.NOTICE, texts.gettext("Copy"))] if stub.is_copy else []
    notes = (Line(Role.NOTE, note) for note in stub_notes(stub))
    return (
        *_facility(stub, texts),
        title,
        *copy,
        *_waited_for(stub, texts),
        *notes,
        *_code(stub),
        _printed(stub, texts),
    )


def stub_notes(stub: Stub) -> tuple[str, ...]:
    """How one will be told of a time, until when, and how to leave the list; the same on paper and glass."""
    texts = catalog("ticket", stub.language)
    until = texts.gettext("You are waiting for a free time until {day}.")
    return (
        until.format(day=_together(formats.date_words(stub.until, stub.language))),
        _telling(stub, texts),
        texts.gettext("This is not a booking yet. An offered time is kept for a short while only."),
        _leaving(stub, texts),
    )


def qr_payload(code: str) -> str:
    """The text in the QR of a ticket with this code."""
    return QR_PREFIX + code


def parse_qr(text: str) -> str | None:
    """The code in a scanned QR, None where it is not a ticket's; the inverse of `qr_payload`."""
    prefix, code = text.strip()[: len(QR_PREFIX)], text.strip()[len(QR_PREFIX) :]
    return code if prefix == QR_PREFIX and _CODE.fullmatch(code) else None


def sought(typed: str) -> Sought:
    """What a patient means who typed this off a ticket: its number, or, where that is longer than any number, its code."""
    code = typed.replace("-", "").upper()
    return Sought(code=code) if len(code) > NUMBER_SIGNS else Sought(number=typed)


def grouped_code(code: str) -> str:
    """The code for the eye, in fours: 7K2M-94QD."""
    if not code.isalnum():
        return code
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def date_words(day: date, language: str = DEFAULT_LANGUAGE) -> str:
    """«25 ноября, вторник»."""
    texts = catalog("ticket", language)
    weekday = texts.gettext(_WEEKDAYS[day.weekday()])
    return texts.gettext(_DATES[day.month - 1]).format(day=day.day, weekday=weekday)


def _waited_for(stub: Stub, texts: NullTranslations) -> tuple[Line, ...]:
    lines = [Line(Role.NUMBER, stub.number, texts.gettext("Number"))]
    if not stub.discreet:
        if stub.doctor_name:
            lines.append(Line(Role.FACT, stub.doctor_name, texts.gettext("Doctor")))
        any_doctor = "" if stub.doctor_name else texts.gettext("any doctor")
        lines.append(Line(Role.FACT, ", ".join(filter(None, (stub.specialty_name, any_doctor)))))
    lines.append(Line(Role.FACT, stub.initials, texts.gettext("Patient")))
    return tuple(line for line in lines if line.text)


def _telling(stub: Stub, texts: NullTranslations) -> str:
    if not stub.contacts:
        return texts.gettext(
            "You left neither phone nor e-mail: ask here or at the reception desk for a time."
        )
    words = texts.gettext("When a time becomes free we tell you: {contacts}.")
    return words.format(contacts=", ".join(map(_together, stub.contacts)))


def _leaving(stub: Stub, texts: NullTranslations) -> str:
    if not stub.facility_phone:
        return texts.gettext("To leave the list: at any terminal, “My bookings”, or at the reception desk.")
    words = texts.gettext("To leave the list: at any terminal, “My bookings”, or by phone, {phone}.")
    return words.format(phone=_together(stub.facility_phone))


def _facility(ticket: Slip, texts: NullTranslations) -> tuple[Line, ...]:
    where = [ticket.facility_address]
    if ticket.facility_phone:
        where.append(_together(texts.gettext("tel. {phone}").format(phone=ticket.facility_phone)))
    address = ", ".join(part for part in where if part)
    lines = (Line(Role.FACILITY, ticket.facility_name), Line(Role.ADDRESS, address))
    return tuple(line for line in lines if line.text)


def _visit(ticket: Ticket, texts: NullTranslations) -> tuple[Line, ...]:
    starts = ticket.starts_at
    room = (
        texts.gettext("Room {room}").format(room=ticket.room)
        if ticket.room
        else texts.gettext("Ask for the room at the reception desk")
    )
    lines = (
        Line(Role.DATE, date_words(starts.date(), ticket.language)),
        Line(Role.TIME, f"{starts.hour}:{starts.minute:02}"),
        Line(Role.ROOM, room),
    )
    return (*_moved(ticket, texts), *lines, *_notices(ticket, texts))


def _moved(ticket: Ticket, texts: NullTranslations) -> tuple[Line, ...]:
    return (Line(Role.TITLE, texts.gettext("Visit moved")),) if ticket.moved_from else ()


def _notices(ticket: Ticket, texts: NullTranslations) -> Iterator[Line]:
    """What counts no longer, and what does not count yet."""
    if ticket.awaiting_approval:
        yield Line(Role.NOTICE, texts.gettext("Not approved by the clinic yet"))
    if ticket.moved_from:
        before = ticket.moved_from
        when = f"{date_words(before.date(), ticket.language)}, {before.hour}:{before.minute:02}"
        yield Line(Role.NOTICE, texts.gettext("The old ticket is no longer valid: {when}").format(when=when))
    if ticket.is_copy:
        yield Line(Role.NOTICE, texts.gettext("Copy"))


def _facts(ticket: Ticket, texts: NullTranslations) -> tuple[Line, ...]:
    lines = [Line(Role.NUMBER, ticket.number, texts.gettext("Ticket"))]
    if not ticket.discreet:
        lines.append(Line(Role.FACT, ticket.doctor_name, texts.gettext("Doctor")))
        profession = (ticket.specialty_name, *ticket.areas)
        lines.append(Line(Role.FACT, ", ".join(part for part in profession if part)))
    lines.append(Line(Role.FACT, ticket.initials, texts.gettext("Patient")))
    return tuple(line for line in lines if line.text)


def _notes(ticket: Ticket, texts: NullTranslations) -> tuple[Line, ...]:
    bring = "" if ticket.discreet else ticket.bring
    things = bring or texts.gettext("identity document and policy.")
    notes = [
        texts.gettext("Come 10 minutes before the visit."),
        texts.gettext("Bring with you: {things}").format(things=things),
        _cancelling(ticket, texts),
    ]
    if ticket.awaiting_approval:
        notes.insert(
            0, texts.gettext("Before you come, ask at a terminal or at the reception desk if it is approved.")
        )
    return tuple(Line(Role.NOTE, note) for note in notes)


def _cancelling(ticket: Ticket, texts: NullTranslations) -> str:
    if not ticket.facility_phone:
        return texts.gettext(
            "Cannot come? Please cancel the visit: at any terminal, “My bookings”, or at the reception desk."
        )
    words = texts.gettext(
        "Cannot come? Please cancel the visit: at any terminal, “My bookings”, or by phone, {phone}."
    )
    return words.format(phone=_together(ticket.facility_phone))


def _code(ticket: Slip) -> tuple[Line, ...]:
    if not ticket.code:
        return ()
    return (Line(Role.QR, qr_payload(ticket.code)), Line(Role.CODE, grouped_code(ticket.code)))


def _printed(ticket: Slip, texts: NullTranslations) -> Line:
    when = texts.gettext("Printed {when}").format(when=ticket.printed_at.strftime("%d.%m.%Y %H:%M"))
    terminal = texts.gettext("terminal {name}").format(name=_together(ticket.terminal_name))
    return Line(Role.PRINTED, terminal if ticket.terminal_name else "", when)


def _together(text: str) -> str:
    return text.replace(" ", _NO_BREAK)
