"""What the Appointment of a `$book` or of a wait asks for, element by element (api.md sections 6 to 8, 10). Pure.

Every function raises Refusal("invalid", element) for what cannot be understood.
"""

import re
from datetime import date
from typing import Any

import orjson

from kiosk.central.call import Refusal
from kiosk.central.fhir import ID, URI, Resource, day, instant, reference_id
from kiosk.central.proposals import Time

_UUID = re.compile(r"urn:uuid:[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_REASON = "cancelationReason"
_PERIOD = "requestedPeriod"
_LONGEST_TEXT = 1000
_WORDS = re.compile(r"(?s).*\S.*")
#: What FHIR takes as the texts of a CodeableConcept.
_FORMS = {
    "system": re.compile(r"\S+"),
    "code": re.compile(r"\S+( \S+)*"),
    "display": _WORDS,
    "text": _WORDS,
}


def id(wish: Resource) -> str:
    """The id of the free, held or booked Appointment."""
    value = wish.get("id")
    if not isinstance(value, str) or not ID.fullmatch(value):
        raise Refusal("invalid", "id")
    return value


def identifier(wish: Resource) -> str:
    """The one identifier, a UUID made by the terminal."""
    values = wish.get("identifier")
    if not isinstance(values, list) or len(values) != 1 or not isinstance(values[0], dict):
        raise Refusal("invalid", "identifier")
    system, value = values[0].get("system"), values[0].get("value")
    if system != URI or not isinstance(value, str) or not _UUID.fullmatch(value):
        raise Refusal("invalid", "identifier")
    return value


def version(wish: Resource) -> int | None:
    """The version that the caller saw, None where it names none; 0 is never one of ours."""
    meta = wish.get("meta", {})
    if not isinstance(meta, dict):
        raise Refusal("invalid", "meta")
    value = meta.get("versionId")
    if value is None:
        return None
    if not isinstance(value, str) or not ID.fullmatch(value):
        raise Refusal("invalid", "meta.versionId")
    return int(value) if re.fullmatch(r"[1-9][0-9]{0,8}", value) else 0


def check_period(wish: Resource, time: Time, *, required: bool) -> None:
    """Start and end, where given or required, are those of the time."""
    for name, expected in (("start", time.start), ("end", time.end)):
        value = wish.get(name)
        if (value is not None or required) and instant(value, name) != expected:
            raise Refusal("invalid", name)


def target(wish: Resource) -> str:
    """The id of the time that a move asks for: the one `slot`, as the free Appointment has it."""
    slots = wish.get("slot")
    if not isinstance(slots, list) or len(slots) != 1:
        raise Refusal("invalid", "slot")
    return reference_id(slots[0], "Slot", "slot")


def patients(wish: Resource) -> set[str]:
    """The ids of the patients among the participants."""
    participants = wish.get("participant", [])
    if not isinstance(participants, list):
        raise Refusal("invalid", "participant")
    references = [_actor(participant) for participant in participants]
    return {path[-1] for path in (text.split("/") for text in references) if path[-2:-1] == ["Patient"]}


def waited_for(wish: Resource) -> tuple[str, str]:
    """(`HealthcareService` or `PractitionerRole`, id) of the one participant for whom somebody waits."""
    participants = wish.get("participant")
    if not isinstance(participants, list):
        raise Refusal("invalid", "participant")
    paths = [_actor(participant).split("/")[-2:] for participant in participants]
    wanted = [path for path in paths if path[0] in ("HealthcareService", "PractitionerRole")]
    if len(wanted) != 1 or len(wanted[0]) != 2 or not ID.fullmatch(wanted[0][1]):
        raise Refusal("invalid", "participant")
    return wanted[0][0], wanted[0][1]


def requested_period(wish: Resource) -> tuple[int | date, int | date]:
    """Start and end of the one `requestedPeriod`: instants of UTC, or local days that are both included."""
    periods = wish.get("requestedPeriod")
    period = periods[0] if isinstance(periods, list) and len(periods) == 1 else None
    if not isinstance(period, dict):
        raise Refusal("invalid", _PERIOD)
    return _bound(period.get("start")), _bound(period.get("end"))


def _bound(text: Any) -> int | date:
    return day(text, _PERIOD) if isinstance(text, str) and len(text) == 10 else instant(text, _PERIOD)


def _actor(participant: Any) -> str:
    actor = participant.get("actor", {}) if isinstance(participant, dict) else None
    reference = actor.get("reference", "") if isinstance(actor, dict) else None
    if not isinstance(reference, str):
        raise Refusal("invalid", "participant")
    return reference


def reason(wish: Resource) -> str | None:
    """`cancelationReason` as the JSON that is kept: its codings and its text, nothing else; None where there is none."""
    value = wish.get("cancelationReason")
    if value is None:
        return None
    if not isinstance(value, dict):
        raise Refusal("invalid", _REASON)
    codings = value.get("coding", [])
    if not isinstance(codings, list) or not all(isinstance(coding, dict) for coding in codings):
        raise Refusal("invalid", _REASON)
    coded = [_texts(coding, ("system", "code", "display")) for coding in codings]
    kept = {"coding": [coding for coding in coded if coding], **_texts(value, ("text",))}
    told = {key: part for key, part in kept.items() if part}
    return orjson.dumps(told).decode() if told else None


def _texts(value: Resource, names: tuple[str, ...]) -> Resource:
    texts = {name: value[name] for name in names if name in value}
    for name, text in texts.items():
        if not isinstance(text, str) or len(text) > _LONGEST_TEXT or not _FORMS[name].fullmatch(text):
            raise Refusal("invalid", _REASON)
    return texts
