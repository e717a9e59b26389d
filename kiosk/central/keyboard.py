"""What a command asks of who sits at the registry's own keyboard, and what it tells them where a rule refuses."""

import sys

from kiosk.central.call import Impossible, Refusal
from kiosk.central.refusals import words

MOST_CHARACTERS = 200
_OVERRIDE = "--override {0} --reason TEXT passes over {0}"
#: What can be done, where staff can do something.
_ADVICE = {
    "not-known-here": "R10: open a card in the clinic's own system first",
    "not-for-this-patient": "R42: choose another specialist",
    "not-bookable-online": _OVERRIDE.format("R30"),
    "dispensary-only": _OVERRIDE.format("R30"),
    "too-late": _OVERRIDE.format("R28") + ", unless the visit has begun",
    "one-per-day": _OVERRIDE.format("R27"),
    "overlap": "R44: see `kiosk central bookings`, and cancel or move the other visit first",
    "slot-taken": "see `kiosk central day`; --overbook takes a further seat, where `kiosk central settings` allows any",
}


def asked(what: str, *, needed: bool = True) -> str:
    """A line of standard input; ValueError where there is none, or it is empty although it is needed.

    What is said of a patient is never an argument: everybody on the machine can read those.
    """
    if sys.stdin.isatty():
        sys.stderr.write(f"{what}: ")
        sys.stderr.flush()
    line = sys.stdin.readline()
    given = line.strip()
    if not (given or (line and not needed)) or not given.isprintable() or len(given) > MOST_CHARACTERS:
        raise ValueError(f"standard input must have a line with the {what}")
    return given


def told(refusal: Refusal) -> str:
    """One line: what refuses, and what can be done."""
    if isinstance(refusal, Impossible):
        return refusal.detail
    advice = _ADVICE.get(refusal.code) or words(refusal.code, "en", refusal.detail)
    detail = f" {refusal.detail}" if refusal.code == "invalid" else ""
    return f"{refusal.code}{detail}: {advice}"
