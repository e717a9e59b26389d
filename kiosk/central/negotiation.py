"""What the headers of a request ask for: format and language. Pure."""

from collections.abc import Iterator

from kiosk.texts import DEFAULT_LANGUAGE

JSON_TYPES = frozenset({"application/fhir+json", "application/json", "application/json-patch+json"})
FORM_TYPE = "application/x-www-form-urlencoded"
LANGUAGES = (DEFAULT_LANGUAGE, "en")
_ANSWERED = frozenset({"*/*", "application/*", "application/fhir+json", "application/json"})
_FORMATS = frozenset({"json", "application/json", "application/fhir+json", "application/fhir json"})


def answers_in_json(accept: str, format_parameter: str | None) -> bool:
    """Whether JSON is what is asked for; `_format` goes before the header, and no header takes anything."""
    if format_parameter is not None:
        return format_parameter.partition(";")[0].strip().lower() in _FORMATS
    return not accept.strip() or any(value in _ANSWERED and weight > 0 for value, weight in _items(accept))


def language(accept_language: str) -> str:
    """The language that is wanted most of those we speak; Russian where none is."""
    spoken = [(weight, value[:2]) for value, weight in _items(accept_language) if weight > 0]
    known = [(weight, tag) for weight, tag in spoken if tag in LANGUAGES]
    return max(known, key=lambda item: item[0])[1] if known else DEFAULT_LANGUAGE


def media_type(content_type: str) -> str:
    """`application/json` of `Application/JSON; charset=utf-8`."""
    return content_type.partition(";")[0].strip().lower()


def _items(header: str) -> Iterator[tuple[str, float]]:
    """The values of a header with their weights (RFC 9110), in its order."""
    for item in header.split(","):
        value, *options = (text.strip().lower() for text in item.split(";"))
        weights = [option[2:] for option in options if option.startswith("q=")]
        yield value, _weight(weights[0]) if weights else 1.0


def _weight(text: str) -> float:
    """A weight from 0 to 1; what cannot be read weighs nothing."""
    try:
        weight = float(text)
    except ValueError:
        return 0.0
    return weight if 0.0 <= weight <= 1.0 else 0.0
