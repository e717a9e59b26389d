"""What a terminal asks a registry for, as bytes: the requests of kiosk/api_client that the load is made of."""

from urllib.parse import urlencode

from benchmarks import wire
from benchmarks.region_of_times import Visitor
from kiosk.central.fhir import URI, instant_text, parameters, part, reference_to

BOOK, HOLD, FIND = ("/fhir/Appointment/$" + name for name in ("book", "hold", "find"))


def sign_in(bearer: str, visitor: Visitor) -> bytes:
    """A patient at a terminal says who they are."""
    said = {"policy_number": visitor.policy_number, "birth_date": visitor.birth_date}
    form = urlencode({"grant_type": "policy", **said})
    return wire.post_form("/auth/token", bearer, form)


def hold(bearer: str, id: str) -> bytes:
    """`$hold` of a time."""
    asked = part("appointment-reference", valueReference=reference_to("Appointment", id))
    return wire.post(HOLD, bearer, parameters([asked]))


def book(bearer: str, id: str, identifier: str) -> bytes:
    """`$book` of a held time."""
    named = [{"system": URI, "value": f"urn:uuid:{identifier}"}]
    return _book(bearer, {"id": id, "status": "pending", "identifier": named})


def cancel(bearer: str, id: str) -> bytes:
    """`$book` that cancels a booking."""
    return _book(bearer, {"id": id, "status": "cancelled"})


def _book(bearer: str, wish: dict[str, object]) -> bytes:
    resource = {"resourceType": "Appointment", **wish}
    return wire.post(BOOK, bearer, parameters([part("appointment-resource", resource=resource)]))


def find(bearer: str, role: str, start: int, end: int, count: int, zone: str) -> bytes:
    """`$find` of a doctor's free times."""
    asked = [
        part("start", valueDateTime=instant_text(start, zone)),
        part("end", valueDateTime=instant_text(end, zone)),
        part("practitioner", valueReference=reference_to("PractitionerRole", role)),
        part("_count", valueInteger=count),
    ]
    return wire.post(FIND, bearer, parameters(asked))


def availability(bearer: str, **asked: str) -> bytes:
    """`$availability`; `from_` is `from`."""
    query = urlencode({name.rstrip("_"): value for name, value in asked.items()})
    return wire.get(f"/fhir/PractitionerRole/$availability?{query}", bearer)
