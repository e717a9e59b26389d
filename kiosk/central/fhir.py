"""FHIR R4 shapes as plain data: outcomes, bundles, Parameters, references, instants. Pure.

Where it pays, a resource may be an `orjson.Fragment` (JSON as stored) instead of a dict: it is spliced in as it is.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from kiosk.central.call import Refusal

#: What every own system and extension URL begins with (api.md section 2).
EXTENSION = "urn:electronic-registry:"
REFUSAL = EXTENSION + "refusal"
TICKET = EXTENSION + "ticket"
CODE = EXTENSION + "code"
SPECIALTY = EXTENSION + "specialty"
PROFILE = EXTENSION + "profile"
#: The system of the identifiers that terminals make (`urn:uuid:...`).
URI = "urn:ietf:rfc:3986"

ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(r"([0-9-]{10}T[0-9:]{8})(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Resource = dict[str, Any]


# --- what goes out -----------------------------------------------------------------------------------------------


def outcome(severity: str, issue: str, text: str, *, code: str = "", diagnostics: str = "") -> Resource:
    """An OperationOutcome with one issue; `code` is of api.md section 11, or '' where none fits."""
    details: Resource = {"coding": [{"system": REFUSAL, "code": code}]} if code else {}
    details["text"] = text
    entry: Resource = {"severity": severity, "code": issue, "details": details}
    if diagnostics:
        entry["diagnostics"] = diagnostics
    return {"resourceType": "OperationOutcome", "issue": [entry]}


def entry(url: str, resource: Any, mode: str = "match", *, score: float | None = None) -> Resource:
    """An entry of a searchset; `url` is absolute ('' for an outcome), `mode` match, include or outcome."""
    search: Resource = {"mode": mode} if score is None else {"mode": mode, "score": score}
    return {**({"fullUrl": url} if url else {}), "resource": resource, "search": search}


def searchset(
    entries: Sequence[Resource], total: int, links: Mapping[str, str] | None = None, **extra: Any
) -> Resource:
    """A Bundle of type searchset; `links` maps `self` and `next` to absolute addresses."""
    bundle: Resource = {"resourceType": "Bundle", "type": "searchset", "total": total, **extra}
    if links:
        bundle["link"] = [{"relation": relation, "url": url} for relation, url in links.items()]
    if entries:
        bundle["entry"] = list(entries)
    return bundle


def parameters(parts: Iterable[Resource]) -> Resource:
    """A Parameters resource."""
    return {"resourceType": "Parameters", "parameter": list(parts)}


def part(name: str, parts: Iterable[Resource] | None = None, **value: Any) -> Resource:
    """One parameter: with parts of its own, or with one value: `part("free", valueInteger=3)`."""
    return {"name": name, **value} if parts is None else {"name": name, **value, "part": list(parts)}


def extension(name: str, **value: Any) -> Resource:
    """One of our extensions: `extension("room", valueString="214")`."""
    return {"url": EXTENSION + name, **value}


def reference_to(kind: str, id: str, display: str = "") -> Resource:
    """`{"reference": "Organization/7", "display": ...}`."""
    return {"reference": f"{kind}/{id}", **({"display": display} if display else {})}


@lru_cache(maxsize=8192)
def instant_text(seconds: int, zone: str | tzinfo) -> str:
    """Seconds of UTC as a FHIR dateTime with the zone's offset."""
    at = zone if isinstance(zone, tzinfo) else ZoneInfo(zone)
    return datetime.fromtimestamp(seconds, at).isoformat(timespec="seconds")


def version_tag(version: int) -> str:
    """The ETag of a version (FHIR: weak)."""
    return f'W/"{version}"'


# --- what comes in -----------------------------------------------------------------------------------------------


def instant(text: Any, name: str = "instant", *, up: bool = False) -> int:
    """Seconds of UTC of a FHIR dateTime; an offset is required (api.md), parts of a second are cut or rounded `up`.

    A space stands for the `+` that a form or an address turned into one. Else Refusal("invalid", name).
    """
    match = _INSTANT.fullmatch(text.replace(" ", "+")) if isinstance(text, str) else None
    if match is None:
        raise Refusal("invalid", name)
    try:
        moment = datetime.fromisoformat(match[1] + match[3].replace("Z", "+00:00"))
    except ValueError as error:
        raise Refusal("invalid", name) from error
    begun = up and bool((match[2] or "").strip(".0"))
    return int((moment - _EPOCH).total_seconds()) + begun


def day(text: Any, name: str = "date") -> date:
    """The day of `YYYY-MM-DD`; else Refusal("invalid", name)."""
    if not isinstance(text, str) or not _DATE.fullmatch(text):
        raise Refusal("invalid", name)
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refusal("invalid", name) from error


def integer(value: Any, name: str, least: int, most: int) -> int:
    """An int, or its decimal text, within least..most; else Refusal("invalid", name)."""
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,18}", value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise Refusal("invalid", name)
    return value


def typed_reference(value: Any, name: str, *kinds: str) -> tuple[str, str]:
    """(kind, id) of `ID` or `Type/ID` (kind is '' for a bare id); else Refusal("invalid", name).

    The value is a text or a FHIR Reference; a type that is none of `kinds` is refused.
    """
    if isinstance(value, dict):
        value = value.get("reference")
    if not isinstance(value, str):
        raise Refusal("invalid", name)
    kind, slash, id = value.rpartition("/")
    if not ID.fullmatch(id) or (slash and kind not in kinds):
        raise Refusal("invalid", name)
    return kind, id


def reference_id(value: Any, kind: str, name: str = "") -> str:
    """The id of `ID` or `Type/ID`, given as a text or a FHIR Reference; else Refusal("invalid", name or kind)."""
    return typed_reference(value, name or kind, kind)[1]


def token_code(value: Any, name: str, system: str = "") -> str:
    """The code of a token, `code` or `system|code`; another system gives '' (nothing matches it)."""
    if not isinstance(value, str):
        raise Refusal("invalid", name)
    given, bar, code = value.rpartition("|")
    return "" if bar and system and given != system else code


def match_versions(header: str, name: str = "If-Match") -> frozenset[str]:
    """The versions that an If-Match names (`W/"3"`, `"3"`, a list); else Refusal("invalid", name)."""
    tags = [re.fullmatch(r'(?:W/)?"([^"]{1,64})"', tag.strip()) for tag in header.split(",")]
    if not all(tags):
        raise Refusal("invalid", name)
    return frozenset(tag[1] for tag in tags if tag)


@dataclass(frozen=True)
class Params:
    """The parameters of an operation: name and part as sent. Every getter raises Refusal("invalid", name)."""

    parts: tuple[tuple[str, Resource], ...]

    def only(self, *names: str) -> "Params":
        """The same, if it holds nothing but these names."""
        for name, _ in self.parts:
            if name not in names:
                raise Refusal("invalid", name)
        return self

    def all(self, name: str, *kinds: str) -> list[Any]:
        """The values of every part of this name; `kinds` are the accepted elements (`valueString`, `resource`)."""
        return [self._value(name, part, kinds) for given, part in self.parts if given == name]

    def one(self, name: str, *kinds: str) -> Any:
        """The only value of this name, or None where there is none."""
        values = self.all(name, *kinds)
        if len(values) > 1:
            raise Refusal("invalid", name)
        return values[0] if values else None

    def bound(self, name: str) -> int:
        """A required dateTime as the first whole second of UTC that is not before it: the bound of a period."""
        return instant(self.one(name, "valueDateTime", "valueInstant"), name, up=True)

    def texts(self, name: str) -> list[str]:
        """Every text of this name (string, code, uri)."""
        values = self.all(name, "valueString", "valueCode", "valueUri")
        if not all(isinstance(value, str) for value in values):
            raise Refusal("invalid", name)
        return values

    def reference(self, name: str, kind: str) -> str | None:
        """The id that the only reference of this name points to, or None where there is none."""
        value = self.one(name, "valueReference")
        return None if value is None else reference_id(value, kind, name)

    def references(self, name: str, *kinds: str) -> list[tuple[str, str]]:
        """(kind, id) of every reference of this name."""
        return [typed_reference(value, name, *kinds) for value in self.all(name, "valueReference")]

    def resource(self, name: str, kind: str) -> Resource | None:
        """The only resource of this name, which is of this type, or None where there is none."""
        value = self.one(name, "resource")
        if value is not None and (not isinstance(value, dict) or value.get("resourceType") != kind):
            raise Refusal("invalid", name)
        return value

    @staticmethod
    def _value(name: str, part: Resource, kinds: tuple[str, ...]) -> Any:
        given = [key for key in part if key not in ("name", "id", "extension")]
        if len(given) != 1 or given[0] not in kinds or part[given[0]] is None:
            raise Refusal("invalid", name)
        return part[given[0]]


def parse_parameters(body: Any) -> Params:
    """The parameters of a Parameters resource; anything else is Refusal("invalid", ...)."""
    if not isinstance(body, dict) or body.get("resourceType") != "Parameters":
        raise Refusal("invalid", "resourceType")
    parts = body.get("parameter", [])
    if not isinstance(parts, list):
        raise Refusal("invalid", "parameter")
    if not all(isinstance(part, dict) and isinstance(part.get("name"), str) for part in parts):
        raise Refusal("invalid", "parameter")
    return Params(tuple((part["name"], part) for part in parts))
