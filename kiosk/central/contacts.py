"""A patient's phones and e-mail addresses: validity, masks, changes (api.md section 10, R23). Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from kiosk.central.call import Refusal
from kiosk.central.fhir import EXTENSION, Resource, extension

MOST_CONTACTS = 10

_NAME = "telecom"
_NOTICES = EXTENSION + "notices"
#: Shown by us, so accepted back; what they say is ours to decide.
_IGNORED = {EXTENSION + "unconfirmed"}
_KEYS = {"system", "value", "use", "extension"}
_PUNCTUATION = re.compile(r"[\s().\-]+")
_EMAIL = re.compile(
    r"[\w!#$%&'+/=?^`{|}~-]+(?:\.[\w!#$%&'+/=?^`{|}~-]+)*@(?:[\w-]{1,63}\.)+[^\W\d_][\w-]{1,62}"
)


@dataclass(frozen=True)
class Contact:
    """A phone (`+7...`) or an e-mail address; `notices` False where nothing is to be sent to it."""

    system: str
    value: str
    notices: bool = True
    unconfirmed: bool = False


def stored(text: str) -> list[Contact]:
    """The contacts of the column `patient.telecom`."""
    return [
        Contact(item["system"], item["value"], item.get("notices", True), item.get("unconfirmed", False))
        for item in orjson.loads(text)
    ]


def to_store(contacts: Sequence[Contact]) -> str:
    """The column `patient.telecom` of contacts."""
    return orjson.dumps([contact.__dict__ for contact in contacts]).decode()


def to_json(contact: Contact) -> str:
    """One contact, where a column holds it."""
    return orjson.dumps({"system": contact.system, "value": contact.value}).decode()


def mask(contact: Contact) -> str:
    """What is shown of a contact: `+7 *** ***-12-34`, `i***@example.ru`."""
    if contact.system == "email":
        local, _, domain = contact.value.partition("@")
        return f"{local[:1]}***@{domain}"
    digits = re.sub(r"[^0-9]", "", contact.value).rjust(4, "*")
    country = "+7 " if re.fullmatch(r"\+7[0-9]{10}", contact.value) else ""
    return f"{country}*** ***-{digits[-4:-2]}-{digits[-2:]}"


def shown(contact: Contact) -> Resource:
    """A contact as a FHIR ContactPoint, masked."""
    point: Resource = {"system": contact.system, "value": mask(contact)}
    marks = [] if contact.notices else [extension("notices", valueBoolean=False)]
    if contact.unconfirmed:
        marks.append(extension("unconfirmed", valueBoolean=True))
    return {**point, "extension": marks} if marks else point


def changed(present: Sequence[Contact], patch: Any) -> list[Contact]:
    """The contacts after a JSON Patch of `/telecom` as a whole; Refusal("invalid", ...) for anything else."""
    if not isinstance(patch, list) or not 1 <= len(patch) <= MOST_CONTACTS:
        raise Refusal("invalid", "patch")
    contacts = list(present)
    for step in patch:
        contacts = _step(contacts, step, present)
    return contacts


def unconfirmed(wanted: Sequence[Contact], present: Sequence[Contact], *, new: bool) -> list[Contact]:
    """The wanted contacts, each as unconfirmed as it is at present; those that are new as `new` says."""
    known = {(contact.system, contact.value): contact.unconfirmed for contact in present}
    return [
        replace(contact, unconfirmed=known.get((contact.system, contact.value), new)) for contact in wanted
    ]


def _step(contacts: list[Contact], step: Any, present: Sequence[Contact]) -> list[Contact]:
    if not isinstance(step, dict) or step.get("path") != "/telecom":
        raise Refusal("invalid", "path")
    if step.get("op") == "remove":
        return []
    if step.get("op") not in ("add", "replace"):
        raise Refusal("invalid", "op")
    return _entered(step.get("value"), present)


def _entered(value: Any, present: Sequence[Contact]) -> list[Contact]:
    if not isinstance(value, list) or len(value) > MOST_CONTACTS:
        raise Refusal("invalid", _NAME)
    masked = list(present)
    contacts: dict[tuple[str, str], Contact] = {}
    for point in value:
        contact = _contact(point, masked)
        contacts[contact.system, contact.value] = contact
    return list(contacts.values())


def _contact(point: Any, masked: list[Contact]) -> Contact:
    """A contact from a ContactPoint; one shown as a mask is taken out of `masked`, so each stands for one."""
    if not isinstance(point, dict) or set(point) - _KEYS or not isinstance(point.get("value"), str):
        raise Refusal("invalid", _NAME)
    system, text = point.get("system"), point["value"].strip()
    if system not in ("phone", "email"):
        raise Refusal("invalid", f"{_NAME}.system")
    notices = _notices(point.get("extension", []))
    if "*" in text:
        same = [contact for contact in masked if contact.system == system and mask(contact) == text]
        if not same:
            raise Refusal("invalid", f"{_NAME}.value")
        masked.remove(same[0])
        return same[0] if notices is None else replace(same[0], notices=notices)
    value = phone(text) if system == "phone" else email(text)
    return Contact(system, value, notices is not False)


def _notices(extensions: Any) -> bool | None:
    """What the extension `notices` says, None where it is not given."""
    notices: bool | None = None
    if not isinstance(extensions, list):
        raise Refusal("invalid", f"{_NAME}.extension")
    for item in extensions:
        url = item.get("url") if isinstance(item, dict) else None
        if url == _NOTICES and isinstance(item.get("valueBoolean"), bool):
            notices = item["valueBoolean"]
        elif url not in _IGNORED:
            raise Refusal("invalid", f"{_NAME}.extension")
    return notices


def phone(text: str) -> str:
    """A phone number as `+` and digits, a Russian one from `8...` too; else Refusal("invalid", ...)."""
    bare = _PUNCTUATION.sub("", text)
    if re.fullmatch(r"[78][0-9]{10}", bare):
        bare = "+7" + bare[1:]
    elif re.fullmatch(r"9[0-9]{9}", bare):
        bare = "+7" + bare
    if not re.fullmatch(r"\+7[0-9]{10}|\+(?!7)[1-9][0-9]{7,14}", bare):
        raise Refusal("invalid", f"{_NAME}.value")
    return bare


def email(text: str) -> str:
    """An e-mail address with its domain in lower case; else Refusal("invalid", ...)."""
    local, _, domain = text.rpartition("@")
    if len(text) > 254 or len(local) > 64 or not _EMAIL.fullmatch(text):
        raise Refusal("invalid", f"{_NAME}.value")
    return f"{local}@{domain.lower()}"
