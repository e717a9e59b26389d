"""api.md section 7: move and cancel, R16, R26, R27: old freed and new taken together, or nothing."""

from collections.abc import Iterator
from typing import Any

import pytest
from contract_people import Region, Service, codes
from contract_process import Server
from contract_store import claims_of, day_ticks, doctor_resource, ticks
from contract_wire import (
    Terminal,
    Visitor,
    actor,
    day_of,
    hold_end,
    identifiers,
    instant,
    new_identifier,
    reference,
)

Json = Any


@pytest.fixture
def booked(visitor: Visitor, times: Iterator[Json]) -> Json:
    """What the visitor has booked."""
    return visitor.book(next(times)["id"]).appointment()


def free(terminal: Terminal, appointment: Json) -> bool:
    """Whether that doctor's time is offered."""
    first = appointment["start"]
    end = instant(first).replace(second=1).isoformat()
    role = actor(appointment, "PractitionerRole")["actor"]["reference"]
    return terminal.find(first, end, practitioner={"reference": role}).total == 1


def state(visitor: Visitor, found: str) -> Json:
    return visitor.get(f"Appointment/{found}").ok().body


class TestMove:
    def test_frees_the_old_and_takes_the_new(
        self, visitor: Visitor, other: Terminal, booked: Json, times: Iterator[Json]
    ) -> None:
        later = next(times)
        moved = visitor.move(booked, later).appointment()
        assert moved["status"] == "booked"
        assert moved["id"] == booked["id"]
        assert (moved["start"], moved["end"]) == (later["start"], later["end"])
        assert moved["slot"] == later["slot"]
        assert actor(moved, "PractitionerRole")["actor"] == actor(later, "PractitionerRole")["actor"]
        assert free(other, booked)
        assert not free(other, later)
        other.hold(later["id"]).refused(409, "slot-taken")

    def test_identifiers_stay_and_the_version_changes(
        self, visitor: Visitor, booked: Json, times: Iterator[Json]
    ) -> None:
        moved = visitor.move(booked, next(times)).appointment()
        assert identifiers(moved) == identifiers(booked)
        assert moved["meta"]["versionId"] != booked["meta"]["versionId"]

    def test_of_the_claims(
        self, visitor: Visitor, booked: Json, server: Server, times: Iterator[Json]
    ) -> None:
        """The `asked` claim stays on its first day and none is taken for today; `visit` goes to the new day."""
        path = server.database.url
        asked, visit = day_ticks(path, booked["id"], "asked"), day_ticks(path, booked["id"], "visit")
        later = next(one for one in times if day_of(one) != day_of(booked))
        moved = visitor.move(booked, later).appointment()
        assert day_ticks(path, booked["id"], "asked") == asked
        days = (day_of(moved) - day_of(booked)).days
        assert day_ticks(path, booked["id"], "visit") == {name: tick + days for name, tick in visit.items()}
        taken = claims_of(path, booked["id"])
        assert [claim.tick for claim in taken if claim.resource == doctor_resource(moved)] == ticks(moved)
        assert [claim.tick for claim in taken if claim.resource.startswith("doctor:")] == ticks(moved)
        assert [claim.tick for claim in taken if claim.resource.startswith("patient:")] == ticks(moved)
        assert all(claim.expires is None for claim in taken)

    def test_again_is_200(self, visitor: Visitor, booked: Json, times: Iterator[Json]) -> None:
        """Target is already its time: 200, looked at before the version."""
        later = next(times)
        moved = visitor.move(booked, later).appointment()
        assert visitor.move(booked, later).appointment() == moved

    def test_without_version_is_400(self, visitor: Visitor, booked: Json, times: Iterator[Json]) -> None:
        visitor.move(booked, next(times), meta={}).refused(400, "invalid")
        assert state(visitor, booked["id"]) == booked

    def test_of_a_stale_version_is_412(
        self, visitor: Visitor, other: Terminal, booked: Json, times: Iterator[Json]
    ) -> None:
        later, latest = next(times), next(times)
        moved = visitor.move(booked, later).appointment()
        visitor.move(booked, latest).refused(412, "version-conflict")
        assert state(visitor, booked["id"]) == moved
        assert free(other, latest)

    def test_to_a_taken_time_leaves_the_old(
        self, visitor: Visitor, stranger: Visitor, booked: Json, times: Iterator[Json]
    ) -> None:
        theirs = next(times)
        stranger.book(theirs["id"]).appointment()
        visitor.move(booked, theirs).refused(409, "slot-taken")
        assert state(visitor, booked["id"]) == booked
        assert not free(stranger, booked)

    def test_to_a_time_that_another_terminal_holds(
        self, visitor: Visitor, other: Terminal, booked: Json, times: Iterator[Json]
    ) -> None:
        theirs = next(times)
        other.hold(theirs["id"]).appointment()
        visitor.move(booked, theirs).refused(409, "slot-taken")
        assert state(visitor, booked["id"]) == booked

    def test_from_a_held_time(self, visitor: Visitor, booked: Json, times: Iterator[Json]) -> None:
        later = next(times)
        visitor.hold(later["id"], replaces=booked["id"]).appointment()
        moved = visitor.move(booked, later).appointment()
        assert moved["start"] == later["start"]
        assert hold_end(moved) is None

    def test_another_facility_or_specialty_is_400(
        self, visitor: Visitor, booked: Json, region: Region, service: Service
    ) -> None:
        """The target is in the same facility and of the same specialty, any doctor (else 400)."""
        same_place = next(
            one for one in region.services if one.facility == service.facility and one.id != service.id
        )
        same_art = next(
            one for one in region.services if one.specialty == service.specialty and one.id != service.id
        )
        for elsewhere in (same_place, same_art):
            wish = {
                "organization": reference("Organization", elsewhere.facility),
                "specialty": elsewhere.specialty,
            }
            visitor.move(booked, visitor.find(**wish).matches()[0]).refused(400, "invalid")
        assert state(visitor, booked["id"]) == booked

    def test_another_doctor_is_fine(self, visitor: Visitor, booked: Json, service: Service) -> None:
        mine = actor(booked, "PractitionerRole")["actor"]["reference"]
        wish = {"organization": reference("Organization", service.facility), "specialty": service.specialty}
        proposals = visitor.find(_count=200, **wish).matches()[::-1]
        target = next(
            one for one in proposals if actor(one, "PractitionerRole")["actor"]["reference"] != mine
        )
        moved = visitor.move(booked, target).appointment()
        assert actor(moved, "PractitionerRole")["actor"] == actor(target, "PractitionerRole")["actor"]

    @pytest.mark.parametrize("field", ["slot", "start", "end"])
    def test_start_and_end_are_those_of_the_slot(
        self, visitor: Visitor, booked: Json, times: Iterator[Json], field: str
    ) -> None:
        later, latest = next(times), next(times)
        visitor.move(booked, later, **{field: latest[field]}).refused(400, "invalid")
        assert state(visitor, booked["id"]) == booked

    def test_to_a_slot_never_issued(self, visitor: Visitor, booked: Json, times: Iterator[Json]) -> None:
        answer = visitor.move(booked, next(times), slot=[{"reference": "Slot/nobody"}])
        assert answer.status in (400, 404)
        assert state(visitor, booked["id"]) == booked

    def test_of_what_never_was_is_404(self, visitor: Visitor, booked: Json, times: Iterator[Json]) -> None:
        visitor.move({**booked, "id": "nobody"}, next(times)).refused(404, "not-found")

    def test_into_an_overlap_is_refused(
        self, visitor: Visitor, region: Region, service: Service, times: Iterator[Json]
    ) -> None:
        """R44: rules are judged as if the old one were gone, the others stay."""
        second, first_time, target = second_booking(visitor, region, service)
        booked = visitor.book(first_time["id"]).appointment()
        visitor.move(booked, target).refused(422, "overlap")
        assert state(visitor, booked["id"]) == booked
        assert state(visitor, second["id"]) == second

    def test_writes_a_message(self, visitor: Visitor, booked: Json, times: Iterator[Json]) -> None:
        """R25, issue 2: booking, move and cancel each write a cabinet message."""
        visitor.move(booked, next(times)).appointment()
        assert visitor.get("Communication", recipient=visitor.patient).total == 2

    def test_one_a_day_still_holds_after_it(
        self, visitor: Visitor, booked: Json, times: Iterator[Json]
    ) -> None:
        visitor.move(booked, next(times)).appointment()
        visitor.book(next(times)["id"]).refused(422, "one-per-day")


def second_booking(visitor: Visitor, region: Region, service: Service) -> tuple[Json, Json, Json]:
    """A booking of another profile, a time of `service` apart from it, and one that overlaps it.

    Of the last ones, for `times` gives the first to other tests.
    """
    mine = {"organization": reference("Organization", service.facility), "specialty": service.specialty}
    offered = visitor.find(_count=200, **mine).matches()[::-1]
    for sibling in region.services:
        if (
            sibling.profile != service.profile
            and sibling.may(visitor.person, region.today)
            and not sibling.approval
        ):
            theirs = {
                "organization": reference("Organization", sibling.facility),
                "specialty": sibling.specialty,
            }
            for proposal in visitor.find(_count=200, **theirs).matches()[::-1]:
                crossing = [one for one in offered if cross(one, proposal)]
                if crossing:
                    booked = visitor.book(proposal["id"]).appointment()
                    apart = next(one for one in offered if not cross(one, proposal))
                    return booked, apart, crossing[0]
    raise AssertionError("no two times of two profiles overlap")


def cross(one: Json, other: Json) -> bool:
    return instant(one["start"]) < instant(other["end"]) and instant(other["start"]) < instant(one["end"])


class TestCancel:
    def test_frees_the_time_and_every_claim(
        self, visitor: Visitor, other: Terminal, booked: Json, server: Server
    ) -> None:
        cancelled = visitor.cancel(booked["id"]).appointment()
        assert (cancelled["id"], cancelled["status"]) == (booked["id"], "cancelled")
        assert codes([cancelled["cancelationReason"]]) == {"pat"}
        assert free(other, booked)
        assert claims_of(server.database.url, booked["id"]) == []

    def test_frees_both_days(self, visitor: Visitor, booked: Json, times: Iterator[Json]) -> None:
        """R27: cancelling frees the day of asking and the day of the visit."""
        visitor.book(next(times)["id"]).refused(422, "one-per-day")
        visitor.cancel(booked["id"]).appointment()
        assert visitor.book(next(times)["id"]).appointment()["status"] == "booked"

    def test_again_is_200(self, visitor: Visitor, booked: Json) -> None:
        cancelled = visitor.cancel(booked["id"]).appointment()
        assert visitor.cancel(booked["id"]).appointment() == cancelled
        assert state(visitor, booked["id"]) == cancelled

    def test_with_its_version(self, visitor: Visitor, booked: Json) -> None:
        meta = {"versionId": booked["meta"]["versionId"]}
        assert visitor.cancel(booked["id"], meta=meta).appointment()["status"] == "cancelled"

    def test_of_a_stale_version_is_412(self, visitor: Visitor, booked: Json, times: Iterator[Json]) -> None:
        moved = visitor.move(booked, next(times)).appointment()
        visitor.cancel(booked["id"], meta={"versionId": booked["meta"]["versionId"]}).refused(
            412, "version-conflict"
        )
        assert state(visitor, booked["id"]) == moved

    def test_after_a_move_frees_the_new_time(
        self, visitor: Visitor, other: Terminal, booked: Json, times: Iterator[Json]
    ) -> None:
        moved = visitor.move(booked, next(times)).appointment()
        visitor.cancel(booked["id"]).appointment()
        assert free(other, moved)

    def test_of_what_never_was_is_404(self, visitor: Visitor) -> None:
        visitor.cancel("nobody").refused(404, "not-found")

    def test_writes_a_message(self, visitor: Visitor, booked: Json) -> None:
        visitor.cancel(booked["id"]).appointment()
        messages = visitor.get("Communication", recipient=visitor.patient).matches()
        assert len(messages) == 2
        assert {message["about"][0]["reference"] for message in messages} == {f"Appointment/{booked['id']}"}

    def test_at_another_terminal(self, visitor: Visitor, other: Terminal, booked: Json) -> None:
        """A booking belongs to the patient, not to the terminal."""
        elsewhere = other.sign_in(visitor.person)
        assert elsewhere.cancel(booked["id"]).appointment()["status"] == "cancelled"

    def test_a_cancelled_one_is_not_moved(
        self, visitor: Visitor, booked: Json, times: Iterator[Json]
    ) -> None:
        cancelled = visitor.cancel(booked["id"]).appointment()
        assert 400 <= visitor.move(cancelled, next(times)).status < 500
        assert state(visitor, booked["id"])["status"] == "cancelled"


def test_awaiting_moves_the_same_way(terminal: Terminal, region: Region) -> None:
    """Awaiting approval moves, and awaits again where approval applies (R31)."""
    person, approving = next(
        (person, service)
        for service in region.services
        for person in reversed(region.adults)
        if service.approval and service.may(person, region.today)
    )
    visitor = terminal.sign_in(person)
    wish = {"organization": reference("Organization", approving.facility), "specialty": approving.specialty}
    first, second = visitor.find(**wish).matches()[:2]
    booked = visitor.book(first["id"], new_identifier()).appointment()
    moved = visitor.move(booked, second).appointment()
    assert (moved["status"], moved["id"], moved["start"]) == ("pending", booked["id"], second["start"])
    assert hold_end(moved) is None
    assert actor(moved, "PractitionerRole")["status"] == "needs-action"
    assert visitor.cancel(booked["id"]).appointment()["status"] == "cancelled"
