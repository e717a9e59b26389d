"""`$book` (api.md sections 6 to 8, ITI-117): what is asked for, and the new booking."""

from dataclasses import dataclass

from sqlalchemy import Connection

from kiosk.central import (
    changes,
    claims,
    holds,
    judging,
    offers,
    outbox,
    records,
    recovery,
    rules,
    shapes,
    slots,
    waiting,
    wish,
)
from kiosk.central.call import Call, Refusal, Reply, Route, Who
from kiosk.central.fhir import Resource, parse_parameters
from kiosk.central.holds import Hold
from kiosk.central.proposals import Time


def book(call: Call) -> Reply:
    """Carry out the one Appointment of a `$book`: book, move, cancel or release, after its status."""
    asked = parse_parameters(call.body).only("appointment-resource")
    resource = asked.resource("appointment-resource", "Appointment")
    if resource is None:
        raise Refusal("invalid", "appointment-resource")
    match resource.get("status"):
        case "pending":
            return new(_with_patient(call), resource)
        case "booked":
            return changes.move(_with_patient(call), resource)
        case "cancelled" if "id" not in resource:
            return recovery.cancel(call, wish.identifier(resource))
        case "cancelled" if waiting.knows(call, wish.id(resource)):
            return waiting.leave(call, resource)
        case "cancelled":
            return changes.cancel_or_release(call, resource)
    raise Refusal("invalid", "status")


ROUTES = (
    Route(
        "POST",
        "/Appointment/$book",
        book,
        Who.TERMINAL,
        "operation",
        "https://profiles.ihe.net/ITI/Scheduling/OperationDefinition/appointment-book",
        batched=True,
    ),
)


def _with_patient(call: Call) -> Call:
    if call.caller.who is not Who.PATIENT:
        raise Refusal("forbidden")
    return call


@dataclass(frozen=True)
class Asked:
    """A new booking as asked for: the id of the time, the terminal's identifier, whose token, for whom."""

    id: str
    identifier: str
    patient_id: str
    patients: frozenset[str]
    resource: Resource


def new(call: Call, resource: Resource) -> Reply:
    """Book a held or free time for the token's patient (api.md section 6)."""
    identifier = wish.identifier(resource)
    patients = frozenset(wish.patients(resource) or {call.caller.patient_id})
    asked = Asked(wish.id(resource), identifier, call.caller.patient_id, patients, resource)
    booking = call.store.write(lambda connection: _once(connection, call, asked))
    return Reply(shapes.bundle(call.base, shapes.booked(booking)))


def _once(connection: Connection, call: Call, asked: Asked) -> shapes.Booking:
    """The identifier first: a request that was accepted before is answered with the present state."""
    earlier = recovery.accepted(connection, call, asked.identifier)
    if earlier is None:
        return _new(connection, call, asked)
    if earlier.appointment is None:
        raise Refusal("void")
    if (
        earlier.proposal != asked.id
        or asked.patients != {earlier.patient_id}
        or asked.patient_id not in asked.patients
    ):
        raise Refusal("identifier-reused")
    return records.by_id(connection, earlier.appointment)


def _new(connection: Connection, call: Call, asked: Asked) -> shapes.Booking:
    if asked.patients != {asked.patient_id}:
        raise Refusal("not-found")
    time = slots.proposed(connection, asked.id)
    wish.check_period(asked.resource, time, required=False)
    hold = holds.remembered(connection, call.caller.terminal_id, call.now).get(asked.id)
    if hold is None or not hold.stands(call.now) or hold.patient_id != asked.patient_id:
        judging.judge(connection, asked.patient_id, time, holds.measured_at(hold, call.now))
    asked_day = _take(connection, call, asked, time, hold)
    new = records.New(asked.id, changes.status_at(time), time, asked.patient_id, asked_day, outbox.CHANNEL)
    booking = records.add(connection, new, call.now, identifier=asked.identifier)
    recovery.accept(connection, call, asked.identifier, asked.id, asked.id)
    outbox.tell(connection, call, outbox.booked_kind(booking), booking)
    return booking


def _take(connection: Connection, call: Call, asked: Asked, time: Time, hold: Hold | None) -> int:
    """Take every claim for good, and end the hold; the day of asking is that of the hold (R27)."""
    terminal_id, profile = call.caller.terminal_id, time.role.profile_code
    owner = claims.Owner(asked.id, terminal_id)
    held_day = holds.asked_day(connection, hold, asked.patient_id, profile, call.now)
    asked_day = held_day or time.role.local_day(call.now).toordinal()
    offers.accept(connection, time, asked.patient_id, call.now)
    is_same = time.id == asked.id
    of_doctor = rules.claims_on_doctor(time, holds.refusal(hold)) if is_same else []
    of_patient = rules.claims_of_booking(asked.patient_id, time, asked_day)
    claims.take(connection, [*of_patient, *of_doctor], owner, call.now)
    if not is_same:
        raise Refusal("slot-taken")
    # Last: what this terminal held became the booking's, and only what it did not need is left to be freed.
    holds.release(connection, terminal_id, asked.id)
    return asked_day
