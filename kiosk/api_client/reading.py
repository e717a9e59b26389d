"""FHIR resources of api.md as the nouns of models.py. Pure and total: a model, or BadReply."""

from collections.abc import Iterator, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from kiosk.api_client.node import Node
from kiosk.errors import BadReply
from kiosk.models import (
    Absence,
    Appointment,
    AppointmentStatus,
    BookingRecord,
    Contact,
    DayLoad,
    District,
    Doctor,
    DoctorLoad,
    Facility,
    Message,
    Online,
    OpeningHours,
    OwnBooking,
    OwnPlace,
    Patient,
    Sex,
    Specialty,
    TimeState,
    WaitingEntry,
    WorkingHours,
)

EXTENSION = "urn:electronic-registry:"
TICKET = EXTENSION + "ticket"
CODE = EXTENSION + "code"
REFUSAL = EXTENSION + "refusal"

_STATUSES = {
    "proposed": AppointmentStatus.PROPOSED,
    "booked": AppointmentStatus.BOOKED,
    "waitlist": AppointmentStatus.WAITING,
    "cancelled": AppointmentStatus.CANCELLED,
}


def resources(bundle: Node, kind: str) -> tuple[Node, ...]:
    """The resources of one type in a searchset, in its order; matches and included ones alike."""
    if bundle.kind != "Bundle":
        raise BadReply("not a Bundle")
    found = (entry.node("resource") for entry in bundle.nodes("entry"))
    return tuple(resource for resource in found if resource.kind == kind)


@dataclass(frozen=True)
class Match:
    """One match of a search and how well it fits: 1 as typed, less where a slip was forgiven."""

    node: Node
    score: float


def matches(bundle: Node, kind: str) -> Iterator[Match]:
    """The matches of a searchset in its order, without what was included."""
    if bundle.kind != "Bundle":
        raise BadReply("not a Bundle")
    for entry in bundle.nodes("entry"):
        search, resource = entry.child("search"), entry.node("resource")
        if resource.kind == kind and search.optional("mode", "match") == "match":
            yield Match(resource, search.number("score", 1.0))


def district(node: Node) -> District:
    return District(node.text("id"), node.text("name"))


def facility(node: Node) -> Facility:
    """A facility from its building, the Location with its Organization in `managingOrganization`."""
    phones = (one for one in node.nodes("telecom") if one.optional("system") == "phone")
    return Facility(
        id=_pointed(node, "managingOrganization", "Organization"),
        location_id=node.text("id"),
        name=node.text("name"),
        address=node.child("address").optional("text"),
        district_id=node.child("partOf").reference("Location"),
        phones=tuple(phone.text("value") for phone in phones),
        hours=tuple(_hours(one) for one in node.nodes("hoursOfOperation")),
        directions=node.optional("description"),
        newcomers=_extension(node, "newcomers").flag("valueBoolean"),
    )


def _hours(node: Node) -> OpeningHours:
    opens, closes = (
        node.clock(name) if name in node.values else None for name in ("openingTime", "closingTime")
    )
    return OpeningHours(node.texts("daysOfWeek"), opens, closes, node.flag("allDay"))


def specialty(node: Node) -> Specialty:
    """A specialty from the HealthcareService of one facility."""
    concept = _first(node, "specialty")
    coding = _first(concept, "coding")
    online = _extension(node, "online").optional("valueCode", Online.YES.value)
    return Specialty(
        id=node.text("id"),
        code=coding.text("code"),
        name=node.optional("name") or concept.optional("text") or coding.text("display"),
        facility_id=_pointed(node, "providedBy", "Organization"),
        online=_member(Online, online),
        approval=_extension(node, "approval").flag("valueBoolean"),
        discreet=_extension(node, "discreet").flag("valueBoolean"),
        bring=node.optional("extraDetails"),
    )


def doctor(node: Node, practitioners: dict[str, Node], buildings: Set[str]) -> Doctor:
    """A doctor from a PractitionerRole and the Practitioners by id; areas are the Locations but the buildings."""
    practitioner_id = _pointed(node, "practitioner", "Practitioner")
    if practitioner_id not in practitioners:
        raise BadReply("practitioner not included")
    name = _first(practitioners[practitioner_id], "name")
    given = name.texts("given")
    areas = (one for one in node.nodes("location") if one.reference("Location") not in buildings)
    concept = _first(node, "specialty")
    return Doctor(
        id=node.text("id"),
        practitioner_id=practitioner_id,
        last_name=name.text("family"),
        first_name=given[0] if given else "",
        patronymic=" ".join(given[1:]),
        facility_id=_pointed(node, "organization", "Organization"),
        specialty_code=_first(concept, "coding").text("code"),
        room=_extension(node, "room").optional("valueString"),
        areas=tuple(one.text("display") for one in areas),
        absences=tuple(_absence(one) for one in node.nodes("notAvailable")),
        working=tuple(_working(one) for one in node.nodes("availableTime") if not one.flag("allDay")),
        specialty_name=concept.optional("text") or _first(concept, "coding").optional("display"),
        facility_name=node.node("organization").optional("display"),
    )


def _working(node: Node) -> WorkingHours:
    return WorkingHours(
        node.texts("daysOfWeek"), node.clock("availableStartTime"), node.clock("availableEndTime")
    )


def _absence(node: Node) -> Absence:
    during, substitute = node.node("during"), _extension(node, "substitute").child("valueReference")
    return Absence(
        first_day=_day(during, "start"),
        last_day=_day(during, "end"),
        substitute_id=substitute.reference("PractitionerRole") or None,
        substitute_name=substitute.optional("display"),
    )


def loads(parameters: Node) -> tuple[DoctorLoad, ...]:
    """The doctors of `$availability` (api.md section 3)."""
    if parameters.kind != "Parameters":
        raise BadReply("not Parameters")
    roles = (one for one in parameters.nodes("parameter") if one.text("name") == "role")
    return tuple(_load(role) for role in roles)


@dataclass(frozen=True)
class FacilityTimes:
    """The times of a specialty at one facility; `free` is 0 where an older registry does not count them."""

    facility_id: str
    nearest: datetime | None
    free: int


def facility_times(parameters: Node) -> tuple[FacilityTimes, ...]:
    """The facilities of `$availability` of a district (api.md section 3)."""
    if parameters.kind != "Parameters":
        raise BadReply("not Parameters")
    told = (one for one in parameters.nodes("parameter") if one.text("name") == "facility")
    return tuple(_facility_times(one) for one in told)


def _facility_times(parameter: Node) -> FacilityTimes:
    free = _part(parameter, "free")
    return FacilityTimes(
        _pointed(_needed(parameter, "organization"), "valueReference", "Organization"),
        _nearest(parameter),
        free.whole("valueInteger") if free else 0,
    )


def _nearest(parameter: Node) -> datetime | None:
    nearest = _part(parameter, "nearest")
    return nearest.instant("valueDateTime") if nearest else None


def _load(role: Node) -> DoctorLoad:
    return DoctorLoad(
        doctor_id=_pointed(_needed(role, "reference"), "valueReference", "PractitionerRole"),
        nearest=_nearest(role),
        free=_needed(role, "free").whole("valueInteger"),
        days=tuple(_day_load(part) for part in role.nodes("part") if part.text("name") == "day"),
    )


def _day_load(part: Node) -> DayLoad:
    times = (one for one in part.nodes("part") if one.text("name") == "time")
    return DayLoad(
        day=_needed(part, "date").day("valueDate"),
        free=_needed(part, "free").whole("valueInteger"),
        busy=_needed(part, "busy").whole("valueInteger"),
        times=tuple(_time(one) for one in times),
    )


def _time(part: Node) -> TimeState:
    start, end = (_needed(part, name).instant("valueDateTime") for name in ("start", "end"))
    state = _needed(part, "state")
    free = (state.optional("valueCode") or state.text("valueString")) == "free"
    return TimeState(start, end, free)


def appointment(node: Node) -> Appointment:
    """A free, held or booked time; `pending` is HELD where it has an end, else AWAITING (R31)."""
    actors = [one.child("actor") for one in node.nodes("participant")]
    held_until = _extension(node, "hold-end")
    return Appointment(
        id=node.text("id"),
        status=_status(node),
        start=node.instant("start"),
        end=node.instant("end"),
        doctor_id=next(filter(None, (actor.reference("PractitionerRole") for actor in actors)), ""),
        version=node.child("meta").optional("versionId"),
        held_until=held_until.instant("valueDateTime") if held_until.values else None,
        ticket_number=_identifier(node, TICKET),
        code=_identifier(node, CODE),
        slot=next((one.optional("reference") for one in node.nodes("slot")), ""),
    )


def waiting_entry(node: Node) -> WaitingEntry | None:
    """A place on the waiting list; None where it does not stand (any more)."""
    if node.kind != "Appointment":
        raise BadReply("not an Appointment")
    if _status(node) is not AppointmentStatus.WAITING:
        return None
    return WaitingEntry(
        node.text("id"),
        _identifier(node, TICKET),
        _identifier(node, CODE),
        node.child("meta").optional("versionId"),
    )


def booking_record(node: Node) -> BookingRecord:
    """What recovery tells of a booking (api.md section 8); its start only where a change was looked up."""
    return BookingRecord(
        id=node.text("id"),
        status=_status(node),
        version=node.child("meta").optional("versionId"),
        ticket_number=_identifier(node, TICKET),
        code=_identifier(node, CODE),
        start=node.instant("start") if node.optional("start") else None,
    )


def own(node: Node) -> OwnBooking | OwnPlace:
    """What the patient has: a place on the waiting list is waited for since it has no slot, or waits still."""
    return own_place(node) if _is_place(node) else own_booking(node)


def own_booking(node: Node) -> OwnBooking:
    """A booking as its patient is told it (api.md section 10)."""
    specialty, place, doctor = (
        _specialty_named(node),
        _actor(node, "Location"),
        _actor(node, "PractitionerRole"),
    )
    return OwnBooking(
        appointment(node),
        specialty_code=specialty.text("code"),
        specialty_name=specialty.optional("display"),
        doctor_name=doctor.optional("display"),
        facility_name=place.optional("display"),
        location_id=place.reference("Location"),
    )


def own_place(node: Node) -> OwnPlace:
    """A place on the waiting list, with the time that is offered for it."""
    specialty, place, doctor = (
        _specialty_named(node),
        _actor(node, "Location"),
        _actor(node, "PractitionerRole"),
    )
    return OwnPlace(
        WaitingEntry(
            node.text("id"),
            _identifier(node, TICKET),
            _identifier(node, CODE),
            node.child("meta").optional("versionId"),
        ),
        _last_day(_first(node, "requestedPeriod")),
        _status(node) is AppointmentStatus.WAITING,
        specialty_code=specialty.text("code"),
        specialty_name=specialty.optional("display"),
        doctor_id=doctor.reference("PractitionerRole"),
        doctor_name=doctor.optional("display"),
        facility_name=place.optional("display"),
        location_id=place.reference("Location"),
        offer=_offer(node),
    )


def _is_place(node: Node) -> bool:
    """An entry of the waiting list has no start of its own, only that of a time offered for it."""
    return _status(node) is AppointmentStatus.WAITING or "start" not in node.values


def _offer(node: Node) -> Appointment | None:
    until = _extension(node, "hold-end")
    if not until.values or not node.nodes("slot"):
        return None
    return Appointment(
        _first(node, "slot").reference("Slot"),
        AppointmentStatus.HELD,
        node.instant("start"),
        node.instant("end"),
        held_until=until.instant("valueDateTime"),
    )


def _last_day(period: Node) -> date:
    """The day before its end, where that is a midnight."""
    return (period.instant("end") - timedelta(microseconds=1)).date()


def _specialty_named(node: Node) -> Node:
    return _first(_first(node, "specialty"), "coding")


def _actor(node: Node, kind: str) -> Node:
    """Who or what of this type takes part; nothing where there is none."""
    actors = (one.child("actor") for one in node.nodes("participant"))
    return next((one for one in actors if one.reference(kind)), Node({}))


def message(node: Node) -> Message:
    """A message of the cabinet: all its texts."""
    about = node.nodes("about")
    payload = (one.optional("contentString") for one in node.nodes("payload"))
    return Message(
        node.text("id"),
        node.instant("sent"),
        "\n".join(filter(None, payload)),
        bool(node.optional("received")),
        about[0].reference("Appointment") if about else "",
    )


def _status(node: Node) -> AppointmentStatus:
    status = node.text("status")
    if status == "pending":
        held = _extension(node, "hold-end").values
        return AppointmentStatus.HELD if held else AppointmentStatus.AWAITING
    return _STATUSES.get(status, AppointmentStatus.OTHER)


def _identifier(node: Node, system: str) -> str:
    found = (one for one in node.nodes("identifier") if one.optional("system") == system)
    return next((one.text("value") for one in found), "")


def patient(node: Node) -> Patient:
    """What the terminal may know of its patient: the name is left behind here, initials go on."""
    gender = node.optional("gender")
    cards = (one.child("valueReference") for one in _extensions(node, "card"))
    return Patient(
        id=node.text("id"),
        initials=_initials(_first(node, "name")),
        birth_year=_birth_year(node),
        sex=_member(Sex, gender) if gender in ("male", "female") else None,
        attached_facility_id=node.child("managingOrganization").reference("Organization") or None,
        area_doctor_id=_area_doctor(node),
        card_facility_ids=tuple(filter(None, (card.reference("Organization") for card in cards))),
        dispensary_codes=tuple(
            one.node("valueCoding").text("code") for one in _extensions(node, "dispensary")
        ),
        contacts=tuple(
            _contact(one) for one in node.nodes("telecom") if one.optional("system") in ("phone", "email")
        ),
        version=node.child("meta").optional("versionId"),
    )


def _initials(name: Node) -> str:
    """«И. М. П.»: first name, patronymic, surname."""
    words = [*name.texts("given"), *name.optional("family").split()[:1]]
    return " ".join(f"{word[0].upper()}." for word in words or name.text("text").split())


def _birth_year(node: Node) -> int | None:
    year = node.optional("birthDate")[:4]
    return int(year) if year.isascii() and year.isdigit() else None


def _area_doctor(node: Node) -> str | None:
    doctors = (one.reference("PractitionerRole") for one in node.nodes("generalPractitioner"))
    return next(filter(None, doctors), None)


def _contact(node: Node) -> Contact:
    return Contact(
        node.text("system"),
        node.text("value"),
        notices=_extension(node, "notices").flag("valueBoolean", True),
        unconfirmed=_extension(node, "unconfirmed").flag("valueBoolean", False),
    )


def refusal(body: Node) -> tuple[str, str] | None:
    """Code and words of an OperationOutcome, bare or as a Bundle's entry (fhir-contract.md 1.4); None without one."""
    outcomes = resources(body, "OperationOutcome") if body.kind == "Bundle" else (body,)
    if not outcomes or outcomes[0].kind != "OperationOutcome":
        return None
    details = _first(outcomes[0], "issue").child("details")
    codings = (one for one in details.nodes("coding") if one.optional("system") == REFUSAL)
    return next((one.optional("code") for one in codings), ""), details.optional("text")


# --- small steps -------------------------------------------------------------------------------------------------


def _first(node: Node, name: str) -> Node:
    found = node.nodes(name)
    if not found:
        raise BadReply(name)
    return found[0]


def _pointed(node: Node, name: str, kind: str) -> str:
    id = node.node(name).reference(kind)
    if not id:
        raise BadReply(name)
    return id


def _extensions(node: Node, name: str) -> tuple[Node, ...]:
    return tuple(one for one in node.nodes("extension") if one.optional("url") == EXTENSION + name)


def _extension(node: Node, name: str) -> Node:
    return next(iter(_extensions(node, name)), Node({}))


def _part(parameter: Node, name: str) -> Node | None:
    return next((part for part in parameter.nodes("part") if part.text("name") == name), None)


def _needed(parameter: Node, name: str) -> Node:
    part = _part(parameter, name)
    if part is None:
        raise BadReply(name)
    return part


def _day(during: Node, name: str) -> date:
    return Node({name: during.text(name)[:10]}).day(name)


def _member(kind: Any, value: str) -> Any:
    try:
        return kind(value)
    except ValueError:
        raise BadReply(kind.__name__) from None
