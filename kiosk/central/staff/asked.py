"""What the body of a staff's request asks for, element by element (docs/staff-api.yaml). Pure.

Every function raises Refusal("invalid", element) for what cannot be understood.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson

from kiosk.central import contacts, fhir
from kiosk.central.call import Refusal
from kiosk.central.rules import OVERRIDABLE, Rule, Rules

MOST_REASON = 200
LONGEST_TEXT = 200
_UUID = re.compile(r"urn:uuid:[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True)
class Asked:
    """The elements of a body; what is missing is ''  or None."""

    values: Mapping[str, Any]

    def __repr__(self) -> str:
        return "Asked(***)"

    @property
    def digest(self) -> str:
        """The same for bodies that ask for the same, but for their identifier."""
        said = {name: value for name, value in self.values.items() if name != "identifier"}
        return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()

    def required(self, *names: str) -> "Asked":
        """The same, if it has all of these."""
        for name in names:
            value = self.values.get(name, "")
            if isinstance(value, str) and not value.strip():
                raise Refusal("invalid", name)
        return self

    def text(self, name: str, most: int = LONGEST_TEXT) -> str:
        """A printable text without blanks around it."""
        value = self.values.get(name, "")
        if not isinstance(value, str) or len(value) > most or not value.isprintable():
            raise Refusal("invalid", name)
        return value.strip()

    def id(self, name: str) -> str:
        """The id of something; '' where there is none."""
        value = self.text(name)
        if name in self.values and not fhir.ID.fullmatch(value):
            raise Refusal("invalid", name)
        return value

    def identifier(self) -> str:
        """The `urn:uuid:...` that the client made."""
        value = self.text("identifier")
        if not _UUID.fullmatch(value):
            raise Refusal("invalid", "identifier")
        return value

    def flag(self, name: str) -> bool:
        """True or false; false where it is missing."""
        value = self.values.get(name, False)
        if not isinstance(value, bool):
            raise Refusal("invalid", name)
        return value

    def whole(self, name: str, least: int, most: int) -> int | None:
        """A whole number within these bounds; None where it is missing."""
        value = self.values.get(name)
        if isinstance(value, str):
            raise Refusal("invalid", name)
        return None if value is None else fhir.integer(value, name, least, most)

    def day(self, name: str) -> date | None:
        """A date; None where it is missing."""
        value = self.values.get(name)
        return None if value is None else fhir.day(value, name)

    def phone(self, name: str) -> str:
        """A phone number as `+` and digits; '' where it is missing."""
        value = self.text(name)
        try:
            return contacts.phone(value) if value else ""
        except Refusal as refusal:
            raise Refusal("invalid", name) from refusal

    def overridden(self) -> Rules:
        """The rules that staff pass over, by their numbers; with a reason, and of those that may be passed over."""
        numbers = self.values.get("override", [])
        if not isinstance(numbers, list):
            raise Refusal("invalid", "override")
        known = {rule.value: rule for rule in OVERRIDABLE}
        if not all(isinstance(number, str) and number in known for number in numbers):
            raise Refusal("invalid", "override")
        if numbers and not self.text("reason", MOST_REASON):
            raise Refusal("invalid", "reason")
        return frozenset[Rule](known[number] for number in numbers)


def asked(body: Any, *names: str) -> Asked:
    """The body, which is an object that has nothing but these elements, none of them null."""
    if not isinstance(body, dict):
        raise Refusal("invalid", "body")
    for name, value in body.items():
        if name not in names or value is None:
            raise Refusal("invalid", name)
    return Asked(body)
