"""A notice as a letter: the words, the ticket as text and picture, the visit for a calendar (R25). Pure."""

import uuid
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from gettext import NullTranslations

from kiosk.central.notices import calendar, picture
from kiosk.central.notices.deliveries import Due
from kiosk.texts import catalog
from kiosk.ticket import Line, Role, Ticket, ticket_lines

DOMAIN = "notices"
#: Says that the letter may have come before, to programs; its words say so to people.
REPEATED = "X-Registry-Repeated"
_SPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:electronic-registry:delivery")
#: What is for paper alone.
_ON_PAPER = (Role.QR, Role.PRINTED)


def _(words: str) -> str:
    """Marks words for the catalog."""
    return words


_SUBJECTS = {
    "booked": _("You are booked"),
    "awaiting": _("Your request is saved"),
    "approved": _("The clinic has approved your visit"),
    "refused": _("The clinic has not approved your visit"),
    "moved": _("Your visit is moved"),
    "moved-by-clinic": _("The clinic has changed your visit"),
    "cancelled": _("Your visit is cancelled"),
    "cancelled-by-clinic": _("The clinic has cancelled your visit"),
    "reminder": _("Reminder of your visit"),
    "waitlisted": _("You are on the waiting list"),
    "offer": _("A time has become free"),
    "offer-withdrawn": _("The time kept for you is gone"),
    "waiting-left": _("You have left the waiting list"),
    "waiting-over": _("Your wait is over"),
    "contacts-changed": _("Your contact details have been changed"),
    "code": _("Confirmation code"),
}
_OTHER = _("Message of the registry")
_REPEATED = _("This letter is sent again: you may have received it already.")
_OPT_OUT = _(
    "You get this letter because this address stands in your cabinet. You can switch notices off there: "
    "at a terminal, in the contacts of your cabinet, or ask at the reception desk. Please do not answer this letter."
)


def letter(due: Due, to: str, ticket: Ticket | None, sender: str, now: int) -> EmailMessage:
    """The letter of this attempt. `ticket` is that of the booking which it is about; `sender` an address, named or not.

    Its Message-ID is that of every attempt for this address, so that a mailbox can tell a repeat.
    """
    name, own = parseaddr(sender)
    message = EmailMessage()
    message["From"] = Address(name, addr_spec=own)
    message["To"] = to
    message["Subject"] = subject(due)
    message["Date"] = format_datetime(datetime.fromtimestamp(now, UTC))
    message["Message-ID"] = f"<{uuid.uuid5(_SPACE, due.id)}@{own.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    if due.repeated:
        message[REPEATED] = "yes"
    message.set_content(body(due, ticket), cte="base64")
    message["Content-Language"] = due.language
    if ticket is not None and due.booking is not None:
        _attach(message, due, ticket, own)
    return message


def subject(due: Due) -> str:
    """One line without a person, a doctor or a specialty (R47)."""
    return catalog(DOMAIN, due.language).gettext(_SUBJECTS.get(due.said.kind, _OTHER))


def body(due: Due, ticket: Ticket | None) -> str:
    """The words of the cabinet's message; the ticket of a visit that stands; how to opt out."""
    words = catalog(DOMAIN, due.language)
    parts = [due.text]
    if due.repeated:
        parts.insert(0, words.gettext(_REPEATED))
    if ticket is not None and due.booking is not None and due.booking.stands:
        parts.append(
            "\n".join(_said(line, words) for line in ticket_lines(ticket) if line.role not in _ON_PAPER)
        )
    return "\n\n".join((*parts, "-- \n" + words.gettext(_OPT_OUT))) + "\n"


def _said(line: Line, words: NullTranslations) -> str:
    label = words.gettext("Code of the ticket") if line.role is Role.CODE else line.label
    said = f"{label}: {line.text}" if label else line.text
    return said.replace("\N{NO-BREAK SPACE}", " ")


def _attach(message: EmailMessage, due: Due, ticket: Ticket, own: str) -> None:
    assert due.booking is not None
    drawn = picture.draw(ticket) if due.booking.stands else None
    if drawn is not None:
        message.add_attachment(drawn, "image", "png", filename="ticket.png")
    message.add_attachment(
        calendar.visit(due.booking, ticket, own),
        "text",
        "calendar",
        filename="visit.ics",
        params={"method": calendar.method(due.booking), "charset": "utf-8"},
    )
