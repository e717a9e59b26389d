"""What each refusal means over HTTP and in words (api.md section 11). Pure; words in the catalog `central`."""

from dataclasses import dataclass

from kiosk.central.call import Refusal
from kiosk.central.fhir import Resource, outcome
from kiosk.texts import catalog

DOMAIN = "central"


@dataclass(frozen=True)
class Meaning:
    """HTTP status, FHIR issue type and source words; `coded` where the code is one of api.md section 11."""

    status: int
    issue: str
    words: str
    coded: bool = True


def _(words: str) -> str:
    """Marks words for the catalog."""
    return words


MEANINGS = {
    "void": Meaning(409, "conflict", _("This booking was given up before it was made. Please book again.")),
    "identifier-reused": Meaning(
        422, "business-rule", _("The registry could not tell two requests apart. Please book once more.")
    ),
    "version-conflict": Meaning(412, "conflict", _("This has just been changed. Please look again.")),
    "already-known": Meaning(
        412, "conflict", _("This booking stands. You can cancel it in your cabinet or at the desk.")
    ),
    "not-known-here": Meaning(
        422,
        "business-rule",
        _(
            "This clinic has no record of you yet. Please ask at its reception desk, or choose your own clinic."
        ),
    ),
    "not-for-this-patient": Meaning(
        422,
        "business-rule",
        _(
            "This specialist sees patients of another age or sex. Please choose another, or ask at the reception desk."
        ),
    ),
    "not-bookable-online": Meaning(
        422, "business-rule", _("This specialist is booked at the reception desk only. Please ask there.")
    ),
    "dispensary-only": Meaning(
        422,
        "business-rule",
        _(
            "This specialist is for patients under observation. Please see your therapist for a referral, "
            "or ask at the reception desk."
        ),
    ),
    "too-late": Meaning(
        422,
        "business-rule",
        _("It is too late for this time. Please choose a later one, or ask at the reception desk."),
    ),
    "one-per-day": Meaning(
        422,
        "business-rule",
        _("You can see this specialist once a day, and book once a day. Please try another day."),
    ),
    "overlap": Meaning(
        422, "business-rule", _("You are already booked elsewhere at this time. Please choose another.")
    ),
    "slot-taken": Meaning(409, "conflict", _("This time has just been taken. Please choose another.")),
    "hold-expired": Meaning(
        409,
        "conflict",
        _("The time was kept for you and has now gone to somebody else. Please choose another."),
    ),
    "login": Meaning(401, "login", _("Please sign in again.")),
    "forbidden": Meaning(403, "forbidden", _("This is not allowed here. Please ask at the reception desk.")),
    "not-found": Meaning(404, "not-found", _("This was not found. Please go back and choose again.")),
    "invalid": Meaning(400, "invalid", _("The request was not understood. Please try again.")),
    "too-many": Meaning(429, "throttled", _("Too many tries. Please wait a little and try again.")),
    "method-not-allowed": Meaning(405, "not-supported", _("This cannot be done in this way."), coded=False),
    "not-acceptable": Meaning(406, "not-supported", _("The registry answers in JSON only."), coded=False),
    "too-slow": Meaning(
        408, "timeout", _("The request did not arrive in time. Please try again."), coded=False
    ),
    "too-large": Meaning(413, "too-long", _("The request is too large."), coded=False),
    "unsupported-media": Meaning(415, "not-supported", _("The registry takes JSON only."), coded=False),
    "version-required": Meaning(
        428, "required", _("The change must name the version that it changes (If-Match)."), coded=False
    ),
    "server-error": Meaning(
        500, "exception", _("Something went wrong in the registry. Please try again."), coded=False
    ),
    "unavailable": Meaning(
        503, "transient", _("The registry cannot answer now. Please try again in a minute."), coded=False
    ),
}

#: Words that say more where the refusal's detail names the reason.
VARIANTS = {
    ("one-per-day", "asked"): _(
        "You have already booked this kind of specialist today. You can book again tomorrow."
    ),
    ("one-per-day", "visit"): _(
        "You already see this kind of specialist on that day. Please choose another day."
    ),
}

#: The codes of api.md section 11, in its order.
CODES = tuple(code for code, meaning in MEANINGS.items() if meaning.coded)


def words(code: str, language: str, detail: str = "") -> str:
    """What a patient reads when this code refuses, in `ru` or `en`."""
    source = VARIANTS.get((code, detail), MEANINGS[code].words)
    return catalog(DOMAIN, language).gettext(source)


def refusal_outcome(refusal: Refusal, language: str) -> Resource:
    """The bare OperationOutcome of a refusal; what was wrong stands in `diagnostics`."""
    meaning = MEANINGS[refusal.code]
    code = refusal.code if meaning.coded else ""
    text = words(refusal.code, language, refusal.detail)
    return outcome("error", meaning.issue, text, code=code, diagnostics=refusal.detail[:200])


def note(code: str, language: str, issue: str = "informational") -> Resource:
    """An informational OperationOutcome with a code, for an entry of a searchset (api.md section 8: `void`)."""
    return outcome("information", issue, words(code, language), code=code)
