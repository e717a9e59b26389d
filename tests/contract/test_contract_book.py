"""api.md section 6: `$book` of something new, its identifier, its ticket, its claims (12); R21, R24, R25, R31."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from contract_people import Person, Region, Service, target
from contract_process import Server
from contract_store import claims_of, day_ticks, doctor_resource, ticks
from contract_wire import (
    CODE,
    TICKET,
    URI,
    Terminal,
    Visitor,
    actor,
    day_of,
    hold_end,
    identifier,
    identifiers,
    instant,
    new_identifier,
    parameters,
    part,
    reference,
)

Json = Any


def test_a_booking_tells_ticket_and_code(visitor: Visitor, times: Iterator[Json], region: Region) -> None:
    proposal, made = next(times), new_identifier()
    visitor.hold(proposal["id"]).appointment()
    booked = visitor.book(proposal["id"], made).appointment()
    assert booked["id"] == proposal["id"]
    assert booked["status"] == "booked"
    assert (booked["start"], booked["end"]) == (proposal["start"], proposal["end"])
    assert booked["meta"]["versionId"]
    assert hold_end(booked) is None
    found = identifiers(booked)
    assert len(booked["identifier"]) == 3
    assert found[URI] == made
    assert 1 <= len(found[TICKET]) <= 8
    assert len(found[CODE]) >= 10
    assert actor(booked, "Patient")["actor"]["reference"] == f"Patient/{visitor.patient}"
    role = actor(booked, "PractitionerRole")
    assert role["actor"]["reference"] == actor(proposal, "PractitionerRole")["actor"]["reference"]
    assert role["status"] == "accepted"
    assert booked["specialty"][0]["coding"][0]["code"]
    assert booked["slot"] == proposal["slot"]
    assert region.today <= day_of(booked)


def test_needs_no_hold_before(visitor: Visitor, times: Iterator[Json]) -> None:
    """The held (or proposed) id."""
    assert visitor.book(next(times)["id"]).appointment()["status"] == "booked"


def test_the_patient_may_be_named(visitor: Visitor, times: Iterator[Json]) -> None:
    participant = [{"actor": reference("Patient", visitor.patient), "status": "accepted"}]
    booked = visitor.book(next(times)["id"], participant=participant).appointment()
    assert actor(booked, "Patient")["actor"]["reference"] == f"Patient/{visitor.patient}"


def test_the_whole_proposal_may_be_sent_back(visitor: Visitor, times: Iterator[Json]) -> None:
    """As a FHIR client would: the Appointment found, made pending."""
    proposal = next(times)
    whole = {key: value for key, value in proposal.items() if key != "resourceType"}
    made = {**whole, "status": "pending", "identifier": [identifier(new_identifier())]}
    assert visitor.book_resource(made).appointment()["status"] == "booked"


def wrong_requests(proposal: Json) -> dict[str, Json]:
    good = {"id": proposal["id"], "status": "pending", "identifier": [identifier(new_identifier())]}
    return {
        "no identifier": {key: value for key, value in good.items() if key != "identifier"},
        "empty identifier": {**good, "identifier": []},
        "two identifiers": {
            **good,
            "identifier": [identifier(new_identifier()), identifier(new_identifier())],
        },
        "another system": {**good, "identifier": [identifier(new_identifier(), "urn:other")]},
        "no uuid": {**good, "identifier": [identifier("urn:oid:1.2.3")]},
        "a broken uuid": {**good, "identifier": [identifier("urn:uuid:not-one")]},
        "proposed": {**good, "status": "proposed"},
        "an unknown status": {**good, "status": "nonsense"},
        "no status": {key: value for key, value in good.items() if key != "status"},
        "another start": {**good, "start": "2031-01-01T08:00:00+03:00"},
        "another end": {**good, "start": proposal["start"], "end": "2031-01-01T08:00:00+03:00"},
        "a start without offset": {**good, "start": proposal["start"][:19]},
        "no id": {key: value for key, value in good.items() if key != "id"},
    }


@pytest.mark.parametrize("name", sorted(wrong_requests({"id": "x", "start": "y" * 19})))
def test_a_wrong_request_is_400_and_takes_nothing(anybody: Visitor, times: Iterator[Json], name: str) -> None:
    proposal = next(times)
    anybody.book_resource(wrong_requests(proposal)[name]).refused(400, "invalid")
    assert anybody.mine().total == 0


def test_without_a_resource_it_is_400(visitor: Visitor, times: Iterator[Json]) -> None:
    only = parameters(part("appointment-reference", reference("Appointment", next(times)["id"])))
    visitor.post("Appointment/$book", only).refused(400, "invalid")


def test_start_and_end_may_be_given_in_another_offset(visitor: Visitor, times: Iterator[Json]) -> None:
    proposal = next(times)
    start, end = (instant(proposal[name]).astimezone(UTC).isoformat() for name in ("start", "end"))
    assert visitor.book(proposal["id"], start=start, end=end).appointment()["start"] == proposal["start"]


class TestTheSameIdentifierAgain:
    """Keyed by (terminal, identifier); compared with the request first accepted, not with the present state."""

    def test_is_the_same_booking(self, visitor: Visitor, times: Iterator[Json]) -> None:
        proposal, made = next(times), new_identifier()
        first = visitor.book(proposal["id"], made).appointment()
        assert visitor.book(proposal["id"], made).appointment() == first
        assert visitor.mine().total == 1

    def test_after_a_cancel_gives_the_present_state(self, visitor: Visitor, times: Iterator[Json]) -> None:
        proposal, made = next(times), new_identifier()
        visitor.book(proposal["id"], made).appointment()
        visitor.cancel(proposal["id"]).appointment()
        again = visitor.book(proposal["id"], made).appointment()
        assert (again["id"], again["status"]) == (proposal["id"], "cancelled")

    def test_after_a_move_gives_the_present_state(self, visitor: Visitor, times: Iterator[Json]) -> None:
        proposal, later, made = next(times), next(times), new_identifier()
        booked = visitor.book(proposal["id"], made).appointment()
        visitor.move(booked, later).appointment()
        again = visitor.book(proposal["id"], made).appointment()
        assert (again["id"], again["start"], again["status"]) == (proposal["id"], later["start"], "booked")

    def test_with_another_id_is_refused(self, visitor: Visitor, times: Iterator[Json]) -> None:
        proposal, later, made = next(times), next(times), new_identifier()
        visitor.book(proposal["id"], made).appointment()
        answer = visitor.book(later["id"], made).refused(422, "identifier-reused")
        assert proposal["id"] not in str(answer.body)

    def test_by_another_patient_is_refused(
        self, visitor: Visitor, another: Person, times: Iterator[Json]
    ) -> None:
        proposal, made = next(times), new_identifier()
        visitor.book(proposal["id"], made).appointment()
        next_patient = visitor.terminal.sign_in(another)
        answer = next_patient.book(proposal["id"], made).refused(422, "identifier-reused")
        assert visitor.patient not in str(answer.body)
        assert next_patient.mine().total == 0

    def test_at_another_terminal_is_another_booking(
        self, visitor: Visitor, stranger: Visitor, times: Iterator[Json]
    ) -> None:
        made = new_identifier()
        visitor.book(next(times)["id"], made).appointment()
        assert stranger.book(next(times)["id"], made).appointment()["status"] == "booked"

    def test_comes_before_all_other_checks(self, visitor: Visitor, times: Iterator[Json]) -> None:
        """A used identifier with an id that was never issued: not 404."""
        made = new_identifier()
        visitor.book(next(times)["id"], made).appointment()
        visitor.book("nobody", made).refused(422, "identifier-reused")

    def test_a_refused_request_leaves_it_free(
        self, visitor: Visitor, stranger: Visitor, times: Iterator[Json]
    ) -> None:
        """Compared with the request first *accepted*."""
        theirs, mine, made = next(times)["id"], next(times)["id"], new_identifier()
        stranger.book(theirs).appointment()
        visitor.book(theirs, made).refused(409, "slot-taken")
        assert visitor.book(mine, made).appointment()["status"] == "booked"


def test_claims_of_a_booking(
    visitor: Visitor, service: Service, server: Server, times: Iterator[Json]
) -> None:
    """Section 12: the doctor's and the patient's ticks (R21, R44), the day asked and the day of the visit (R27); for ever."""
    proposal = next(times)
    booked = visitor.book(proposal["id"]).appointment()
    taken = claims_of(server.database.url, booked["id"])
    assert all(claim.expires is None for claim in taken)
    assert [claim.tick for claim in taken if claim.resource == doctor_resource(booked)] == ticks(booked)
    assert [claim.tick for claim in taken if claim.resource == f"patient:{visitor.patient}"] == ticks(booked)
    asked, visit = (day_ticks(server.database.url, booked["id"], kind) for kind in ("asked", "visit"))
    assert set(asked) == {f"asked:{visitor.patient}:{service.profile}"}
    assert set(visit) == {f"visit:{visitor.patient}:{service.profile}"}
    today = datetime.now(instant(booked["start"]).tzinfo).date()
    assert visit.popitem()[1] - asked.popitem()[1] == (day_of(booked) - today).days
    assert len(taken) == 2 * len(ticks(booked)) + 2


def test_ticket_numbers_are_unique_in_a_facility(
    terminal: Terminal, fresh_adults: Iterator[Person], times: Iterator[Json]
) -> None:
    bookings = [terminal.sign_in(next(fresh_adults)).book(next(times)["id"]).appointment() for _ in range(6)]
    tickets = [identifiers(booked)[TICKET] for booked in bookings]
    secrets = [identifiers(booked)[CODE] for booked in bookings]
    assert len(set(tickets)) == len(tickets)
    assert len(set(secrets)) == len(secrets)


def test_a_message_lies_in_the_cabinet(visitor: Visitor, times: Iterator[Json]) -> None:
    """R25: in the same transaction a Communication about the booking."""
    booked = visitor.book(next(times)["id"]).appointment()
    (message,) = visitor.get("Communication", recipient=f"Patient/{visitor.patient}", _sort="-sent").matches()
    assert message["about"][0]["reference"] == f"Appointment/{booked['id']}"
    assert message["recipient"][0]["reference"] == f"Patient/{visitor.patient}"
    assert message["payload"][0]["contentString"].strip()
    assert "received" not in message


def approving(region: Region) -> tuple[Person, Service]:
    """R31: a specialty of a facility that approves, and an adult who has no visit yet: the others come from the front."""
    for service in region.services:
        for person in reversed(region.adults):
            if service.approval and service.may(person, region.today):
                return person, service
    raise AssertionError("nobody may book where the facility approves")


def test_where_the_facility_approves_it_is_pending(
    terminal: Terminal, region: Region, server: Server
) -> None:
    """R31: pending without hold-end, the practitioner needs-action, claims permanent; a success."""
    person, service = approving(region)
    wish = {"organization": reference("Organization", service.facility), "specialty": service.specialty}
    visitor = terminal.sign_in(person)
    found = terminal.find(**wish).matches()[0]["id"]
    assert hold_end(visitor.hold(found).appointment()) is not None
    booked = visitor.book(found).appointment()
    assert booked["status"] == "pending"
    assert hold_end(booked) is None
    assert actor(booked, "PractitionerRole")["status"] == "needs-action"
    assert set(identifiers(booked)) == {URI, TICKET, CODE}
    assert all(claim.expires is None for claim in claims_of(server.database.url, found))
    assert (found, "pending") in [(one["id"], one["status"]) for one in visitor.mine().matches()]
    visitor.terminal.release(found).refused(403, "forbidden")
    assert visitor.cancel(found).appointment()["status"] == "cancelled"


def test_ticket_codes_say_nothing(visitor: Visitor, times: Iterator[Json]) -> None:
    """The opaque random code: neither patient nor time nor ticket can be read from it."""
    booked = visitor.book(next(times)["id"]).appointment()
    code, ticket = identifiers(booked)[CODE], identifiers(booked)[TICKET]
    assert visitor.patient not in code
    assert target(actor(booked, "PractitionerRole")["actor"]) not in code
    assert not re.search(rf"(?<!\w){re.escape(ticket)}(?!\w)", code)


def test_appointment_reads_are_bare(visitor: Visitor, times: Iterator[Json]) -> None:
    """Answers: reads give the bare resource."""
    booked = visitor.book(next(times)["id"]).appointment()
    assert visitor.get(f"Appointment/{booked['id']}").ok().body == booked
