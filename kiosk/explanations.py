"""What to tell the patient of a failure: what happened, what now. The words stand in the catalog "terminal".

`explain` is total over the tree of errors.py: a class without words of its own has those of its base.
"""

from dataclasses import dataclass, replace

from kiosk import errors
from kiosk.devices.card_reader import CardFault
from kiosk.devices.printer_status import PrinterState
from kiosk.devices.scanned import ScanFault
from kiosk.errors import KioskError, Refused, TooManyTries
from kiosk.texts import DEFAULT_LANGUAGE, catalog

DOMAIN = "terminal"


@dataclass(frozen=True)
class Explanation:
    """What to tell the patient: what happened, what now; `retry` where trying again makes sense."""

    title: str
    text: str
    retry: bool = False


def _(words: str) -> str:
    """Marks words for the catalog."""
    return words


#: Words by class, in English as in the code everywhere; the nearest base counts.
ERRORS: dict[type[KioskError], Explanation] = {
    KioskError: Explanation(
        _("Something went wrong"), _("Please try again, or ask at the reception desk."), True
    ),
    errors.SettingsError: Explanation(
        _("The terminal is not set up"), _("Please ask at the reception desk.")
    ),
    errors.RegistryError: Explanation(
        _("That did not work"), _("Please try again, or ask at the reception desk."), True
    ),
    errors.Unreachable: Explanation(
        _("No connection to the electronic registry"),
        _("What you entered is kept. Please try again, or ask at the reception desk."),
        True,
    ),
    errors.ServerFault: Explanation(
        _("The electronic registry is not working now"),
        _("What you entered is kept. Please try again in a minute, or ask at the reception desk."),
        True,
    ),
    errors.BadReply: Explanation(
        _("The electronic registry gave an unclear answer"),
        _("What you entered is kept. Please try again, or ask at the reception desk."),
        True,
    ),
    errors.DocumentRequired: Explanation(
        _("The number of your document is needed"),
        _("Enter the number of the passport or birth certificate: digits only, without the series."),
    ),
    errors.NotIdentified: Explanation(
        _("We could not find you"),
        _(
            "Check what you entered. If all is right, booking here is not possible: "
            "please see the reception desk. You can go on looking at schedules."
        ),
    ),
    errors.NotYours: Explanation(
        _("This ticket is not among yours"),
        _("Perhaps it is somebody else's, or too old. What you have booked stands under “My bookings”."),
    ),
    errors.InDoubt: Explanation(
        _("You are not booked yet, we wait for the answer"),
        _("We are asking the registry whether the booking was saved. Please wait a little."),
    ),
    errors.JournalFault: Explanation(
        _("The terminal cannot book now"), _("You are not booked. Please ask at the reception desk.")
    ),
    errors.DeviceError: Explanation(
        _("The printer is not working"), _("We will show the ticket on the screen.")
    ),
    errors.DeviceOffline: Explanation(
        _("The printer is not connected"), _("We will show the ticket on the screen.")
    ),
    errors.DeviceSilent: Explanation(
        _("The printer does not answer"), _("We will show the ticket on the screen.")
    ),
    errors.OutOfPaper: Explanation(
        _("The printer is out of paper"), _("We will show the ticket on the screen.")
    ),
    errors.CoverOpen: Explanation(
        _("The printer's cover is open"), _("We will show the ticket on the screen.")
    ),
}

#: Words by refusal code of api.md section 11.
REFUSALS: dict[str, Explanation] = {
    "void": Explanation(
        _("The booking did not come about"), _("You are not booked. Please choose a time again.")
    ),
    "identifier-reused": Explanation(
        _("The booking did not come about"), _("You are not booked. Please book once more."), True
    ),
    "version-conflict": Explanation(_("The data have just changed"), _("Please try again."), True),
    "already-known": Explanation(_("The booking stands"), _("It can be cancelled at the reception desk.")),
    "not-known-here": Explanation(
        _("This clinic does not know you yet"),
        _("Choose the clinic to which you are attached, or see the reception desk with passport and policy."),
    ),
    "not-for-this-patient": Explanation(
        _("This specialist sees other patients"),
        _("They are for another age or sex. Please choose another specialist."),
    ),
    "not-bookable-online": Explanation(
        _("Only the reception desk books this specialist"),
        _("Choose another specialist, or ask at the reception desk."),
    ),
    "dispensary-only": Explanation(
        _("This specialist is for patients under observation"),
        _("Please see your own therapist first, or ask at the reception desk."),
    ),
    "too-late": Explanation(
        _("It is too late to book this time"),
        _("Too little is left until the visit. Choose a later time, or ask at the reception desk."),
    ),
    "one-per-day": Explanation(
        _("One booking a day with this specialist"),
        _(
            "You have booked with this specialist today, or have a visit on that day. "
            "Choose another day, or come again tomorrow."
        ),
    ),
    "overlap": Explanation(_("You have another visit at this time"), _("Please choose another time.")),
    "slot-taken": Explanation(
        _("This time has just been taken"), _("Doctor and day are kept. Please choose another time.")
    ),
    "hold-expired": Explanation(
        _("This time was kept too long and is taken"),
        _("Doctor and day are kept. Please choose another time."),
    ),
    "login": Explanation(
        _("Please identify yourself once more"),
        _("A long time has passed. What you entered is kept: check it and go on."),
    ),
    "forbidden": Explanation(_("This is not possible here"), _("Please ask at the reception desk.")),
    "not-found": Explanation(_("This is no longer there"), _("Please go back and choose again.")),
    "invalid": Explanation(
        _("The registry did not accept this"), _("Check what you entered, or ask at the reception desk.")
    ),
    "too-many": Explanation(_("Too many requests"), _("Wait a little and try again."), True),
}

#: The same by class and by code where a booking was to be moved: the one that there is still counts.
MOVE_ERRORS: dict[type[KioskError], Explanation] = {
    errors.InDoubt: Explanation(
        _("It is not known yet whether your visit is moved"),
        _("We are asking the registry which time counts, the old or the new one. Please wait a little."),
    ),
    errors.JournalFault: Explanation(
        _("The terminal cannot move visits now"),
        _("Your old booking still counts. Please ask at the reception desk."),
    ),
}
_CHOOSE_ANOTHER = _("Please choose another time. Until then your old booking counts.")
MOVE_REFUSALS: dict[str, Explanation] = {
    "too-late": Explanation(
        _("It is too late to book this time"),
        _("Too little is left until then. Choose a later time: your old booking still counts."),
    ),
    "one-per-day": Explanation(
        _("You see this kind of specialist on that day already"),
        _("Please choose another day. Until then your old booking counts."),
    ),
    "overlap": Explanation(_("You have another visit at this time"), _CHOOSE_ANOTHER),
    "slot-taken": Explanation(_("This time has just been taken"), _CHOOSE_ANOTHER),
    "hold-expired": Explanation(_("This time was kept too long and is taken"), _CHOOSE_ANOTHER),
}

_REFUSED = Explanation(_("The registry did not allow this"), _("Please ask at the reception desk."))
_STATUS_CODES = {401: "login", 403: "forbidden", 404: "not-found", 429: "too-many"}

#: What the patient is told of the printer before they confirm.
PRINTER_NOTICES: dict[PrinterState, str] = {
    PrinterState.OUT_OF_PAPER: _("The printer is out of paper"),
    PrinterState.COVER_OPEN: _("The printer's cover is open"),
    PrinterState.OFFLINE: _("The printer is not working"),
    PrinterState.UNKNOWN: _("The printer does not answer"),
}
_ON_SCREEN = _("The ticket will be shown on the screen. Booking works as always.")

#: Why a ticket did not come out.
NOT_PRINTED: dict[PrinterState, str] = {
    PrinterState.OUT_OF_PAPER: _("The ticket is not printed: the paper has run out"),
    PrinterState.COVER_OPEN: _("The ticket is not printed: the printer's cover is open"),
    PrinterState.OFFLINE: _("The ticket is not printed: the printer is not working"),
    PrinterState.UNKNOWN: _("The ticket is not printed: the printer does not answer"),
}
_NOT_PRINTED = _("The ticket is not printed")
_BOOKING_STANDS = _(
    "The booking stands. Take a picture of the code, or name number {number} at the reception desk."
)
_PLACE_STANDS = _(
    "You are on the waiting list. Take a picture of the code, or name number {number} at the reception desk."
)
_UNSURE = _("Perhaps the ticket was not printed")
_LOOK = _(
    "The booking stands. If no ticket came out, take a picture of the code or name number {number} at the reception desk."
)
_LOOK_WAITING = _(
    "You are on the waiting list. If no ticket came out, take a picture of the code or name number {number} at the desk."
)

#: The printer's state in words for staff: what it is, and what to do (issue 5, item 1).
PRINTER_CARE: dict[PrinterState, Explanation] = {
    PrinterState.READY: Explanation(_("The printer is ready"), _("Nothing needs to be done.")),
    PrinterState.PAPER_LOW: Explanation(_("There is little paper left"), _("Have a new roll at hand.")),
    PrinterState.OUT_OF_PAPER: Explanation(
        _("The printer is out of paper"),
        _("Put in a new roll, the shiny side towards the print head, and close the cover."),
    ),
    PrinterState.COVER_OPEN: Explanation(
        _("The printer's cover is open"), _("Close the cover until it clicks.")
    ),
    PrinterState.OFFLINE: Explanation(
        _("The printer is not connected, or reports an error"),
        _("Check power, cable and the error lamp; then make a test print."),
    ),
    PrinterState.UNKNOWN: Explanation(
        _("The printer does not answer"),
        _("Check power, cable and the settings of the connection; then make a test print."),
    ),
}

#: Why a card was not read, and what to do instead (issue 5, item 2).
CARD_REFUSED: dict[CardFault, Explanation] = {
    CardFault.FOREIGN: Explanation(
        _("This card is not a health policy"),
        _("Take it out. Put in the card of the policy, or enter the policy number."),
    ),
    CardFault.MUTE: Explanation(
        _("The card does not answer"),
        _("Take it out and put it in to the end, the chip first, or enter the policy number."),
    ),
    CardFault.TAKEN_OUT: Explanation(
        _("The card was taken out too early"),
        _("Put it in once more and wait until the screen changes, or enter the policy number."),
    ),
    CardFault.TOO_SLOW: Explanation(
        _("The card answers too slowly"),
        _("Take it out and put it in once more, or enter the policy number."),
    ),
    CardFault.UNREADABLE: Explanation(
        _("The data on the card cannot be read"), _("Take it out and enter the policy number.")
    ),
}
#: Why a code is of no use here, and what to do instead (issue 5, item 3).
SCAN_REFUSED: dict[ScanFault, Explanation] = {
    ScanFault.UNKNOWN: Explanation(
        _("This code is not of a health policy"),
        _("Hold up the barcode of the policy, or enter the policy number."),
    ),
    ScanFault.TRUNCATED: Explanation(
        _("Only a part of the barcode was read"),
        _("Hold it up once more and keep it still, or enter the policy number."),
    ),
    ScanFault.DAMAGED: Explanation(
        _("The barcode cannot be read"),
        _("Smooth the paper and hold it up once more, or enter the policy number."),
    ),
    ScanFault.WRONG_CHECK: Explanation(
        _("The number in the code was misread"), _("Hold it up once more, or enter the policy number.")
    ),
}
TICKET_READ = Explanation(
    _("Your ticket has been read"),
    _("Please say who you are: then we show the booking, and it can be moved or cancelled."),
)
TICKET_LATER = Explanation(
    _("This is a ticket, it cannot be opened now"), _("Please hold it up once more a little later.")
)
CANCELLED = Explanation(
    _("Your visit is cancelled"), _("The time is free for others, and the ticket is no longer valid.")
)
LEFT_LIST = Explanation(
    _("You are no longer on the waiting list"), _("You can join it again whenever there is no free time.")
)
NOT_CANCELLED_YET = Explanation(
    _("It is not known yet whether your visit is cancelled"),
    _("We are asking the registry whether it was cancelled. Please wait a little."),
)
NOT_LEFT_YET = Explanation(
    _("It is not known yet whether you left the waiting list"),
    _("We are asking the registry whether you were taken off it. Please wait a little."),
)
#: Why something that the patient has is not cancelled, by refusal code.
CANCEL_REFUSED: dict[str, Explanation] = {
    "version-conflict": Explanation(
        _("The booking has just changed, nothing was cancelled"),
        _("This is how it stands now. If you want to cancel it, touch “Cancel” again."),
    ),
    "too-late": Explanation(
        _("The visit has begun and cannot be cancelled here"), _("Please ask at the reception desk.")
    ),
    "not-found": Explanation(
        _("The booking is no longer there"), _("Go back to see what you have booked now.")
    ),
}
POLICY_WAITS = Explanation(
    _("Your policy has been read, please wait a little"),
    _("We go on with it as soon as the booking before it is done."),
)
CARD_LEFT = Explanation(
    _("There is a card in the reader"),
    _("Please take it out. If it is not yours, hand it in at the reception desk."),
)
DOCUMENT_LATER = Explanation(
    _("The number of your document will be needed"),
    _("Go on choosing: it is asked for before the booking."),
)
HOLD_RAN_OUT = Explanation(
    _("The time is no longer kept for you"),
    _("It may still be free: one touch tries to take it again."),
    True,
)
NOT_BOOKED = Explanation(
    _("The booking did not come about"),
    _("You are not booked. Please try again, or ask at the reception desk."),
    True,
)
NOT_JOINED = Explanation(
    _("You are not on the waiting list"),
    _("That did not work. Please try again, or ask at the reception desk."),
    True,
)
NOT_JOINED_YET = Explanation(
    _("You are not on the waiting list yet"),
    _("We are asking the registry whether it has taken you down. Please wait a little."),
)
CONTACTS_CHANGED = Explanation(
    _("Your contacts have changed meanwhile"), _("Nothing was overwritten. This is how they are now.")
)
CODE_SENT = Explanation(_("A new code is on its way"), _("Type the newest one."))
CONTACT_CONFIRMED = Explanation(_("The contact is confirmed"), _("Word of changes goes there."))
#: Why the code of a contact is not taken, by refusal code; that it is wrong stands at the field.
CODE_REFUSED: dict[str, Explanation] = {
    "too-many": Explanation(
        _("Too many codes"), _("Wait a quarter of an hour, or confirm the contact another time.")
    ),
}
MOVE_BEGUN = Explanation(
    _("The visit has begun"), _("It can no longer be moved. Please ask at the reception desk.")
)
MOVE_GONE = Explanation(
    _("This booking is no longer there"), _("It was cancelled while you were choosing. Nothing was moved.")
)
MOVE_CHANGED = Explanation(
    _("Your booking has changed meanwhile"),
    _("It is now on {when}, {doctor}. Nothing was moved: look at it, and move it if you still wish to."),
)
OUT_OF_SERVICE = Explanation(
    _("Booking is not working here now"),
    _(
        "There is no connection to the electronic registry. Please see the reception desk. The terminal comes back by itself."
    ),
)
STAFF_CALLED = Explanation(
    _("We have sent word to the reception desk"),
    _("Please wait here a moment. If nobody comes, go to the reception desk."),
)
STAFF_NOT_CALLED = Explanation(
    _("We could not send word to the reception desk"), _("Please go to the reception desk yourself.")
)
NOT_ADMITTED = Explanation(
    _("Booking is not working here now"),
    _("The electronic registry does not admit this terminal. Please see the reception desk."),
)

#: Short words at rows and fields.
WORDS = {
    "desk-only": _("Booked at the reception desk only"),
    "dispensary": _("For patients under observation"),
    "policy-empty": _("Enter the policy number"),
    "policy-hint": _("Please check the number: there may be a slip. Old policies may have such a number."),
    "birth-date": _("There is no such date: day, month, year"),
    "birth-future": _("This date is in the future"),
    "document-empty": _("Enter the number of the document"),
    "phone": _("A mobile number has 10 digits after +7"),
    "phone-start": _("A mobile number begins with 9"),
    "phone-unknown": _("There is no such mobile number. Please check the digits"),
    "email": _("An e-mail address looks like ivan@mail.ru"),
    "email-at": _("An @ is still missing"),
    "email-domain": _("Behind the @ stands the service, such as mail.ru"),
    "code-short": _("The code has six digits"),
    "code-wrong": _("That is not the code. Please look once more"),
    "ticket-empty": _("The number stands on the ticket beside the word “Ticket”"),
    "ticket-unknown": _("You have no such ticket"),
    "contact-refused": _("The registry did not accept this. Please check it"),
}


def explain(error: KioskError, language: str = DEFAULT_LANGUAGE) -> Explanation:
    """Words for any error of the tree; a refusal of a code unknown here speaks with the registry's own words."""
    if isinstance(error, TooManyTries):
        return _too_many(error.retry_after, language)
    if isinstance(error, Refused):
        return _refused(error, language)
    nearest = next(kind for kind in type(error).__mro__ if kind in ERRORS)
    return translated(ERRORS[nearest], language)


def explain_move(error: KioskError, language: str = DEFAULT_LANGUAGE) -> Explanation:
    """The same for a move: whether the booking that there is still counts (issue 4, item 2)."""
    told = MOVE_REFUSALS.get(error.code) if isinstance(error, Refused) else MOVE_ERRORS.get(type(error))
    return explain(error, language) if told is None else translated(told, language)


def explain_terminal(error: KioskError, language: str = DEFAULT_LANGUAGE) -> Explanation:
    """The same for what the terminal asks in its own name: then 401 and 403 are not the patient's affair."""
    if isinstance(error, Refused) and error.status in (401, 403):
        return translated(NOT_ADMITTED, language)
    return explain(error, language)


def translated(explanation: Explanation, language: str = DEFAULT_LANGUAGE, **values: object) -> Explanation:
    """An explanation of this module in the reader's language, its places filled."""
    return Explanation(
        words(explanation.title, language), words(explanation.text, language, **values), explanation.retry
    )


def words(text: str, language: str = DEFAULT_LANGUAGE, **values: object) -> str:
    """One text of the catalog, its places filled."""
    return catalog(DOMAIN, language).gettext(text).format(**values)


def printer_words(state: PrinterState, language: str = DEFAULT_LANGUAGE) -> Explanation:
    """What to say before confirming of a printer that cannot print."""
    return translated(Explanation(PRINTER_NOTICES[state], _ON_SCREEN), language)


def printer_care(state: PrinterState, language: str = DEFAULT_LANGUAGE) -> Explanation:
    """What to tell staff of the printer."""
    return translated(PRINTER_CARE[state], language)


def not_printed(
    state: PrinterState, number: str, language: str = DEFAULT_LANGUAGE, *, waiting: bool = False
) -> Explanation:
    """The ticket (or the stub of a place on the waiting list) surely did not come out; how the printer was last."""
    title = NOT_PRINTED.get(state, _NOT_PRINTED)
    text = _PLACE_STANDS if waiting else _BOOKING_STANDS
    return translated(Explanation(title, text, retry=True), language, number=number)


def perhaps_printed(number: str, language: str = DEFAULT_LANGUAGE, *, waiting: bool = False) -> Explanation:
    """The ticket or stub may have come out, wholly or in part."""
    text = _LOOK_WAITING if waiting else _LOOK
    return translated(Explanation(_UNSURE, text, retry=True), language, number=number)


def _refused(error: Refused, language: str) -> Explanation:
    known = REFUSALS.get(error.code or _STATUS_CODES.get(error.status, ""))
    if known is not None:
        told = translated(known, language)
        # R27 has two claims, and only the registry knows which day is meant.
        return replace(told, text=error.text) if error.code == "one-per-day" and error.text else told
    told = translated(_REFUSED, language)
    return Explanation(told.title, error.text or told.text)


def _too_many(seconds: int, language: str) -> Explanation:
    texts = catalog(DOMAIN, language)
    if seconds < 60:
        wait = texts.ngettext("Wait {count} second", "Wait {count} seconds", seconds).format(count=seconds)
    else:
        minutes = -(-seconds // 60)
        wait = texts.ngettext("Wait {count} minute", "Wait {count} minutes", minutes).format(count=minutes)
    text = texts.gettext("{wait} and try again, or see the reception desk.").format(wait=wait)
    return Explanation(texts.gettext("Too many tries"), text)
