"""api.md section 5: `$hold` as in ITI-116, R22; and the release of section 7."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from contract_people import Person, Region
from contract_process import Database, Server, wait_for
from contract_store import claims_of, doctor_resource, ticks
from contract_wire import Terminal, Visitor, hold_end, parameters, part, reference

Json = Any
LENGTH = 180


def seconds_left(held: Json) -> float:
    end = hold_end(held)
    assert end is not None
    return (end - datetime.now(UTC)).total_seconds()


def test_a_hold_is_pending_with_the_same_id_and_an_end(terminal: Terminal, times: Iterator[Json]) -> None:
    proposal = next(times)
    held = terminal.hold(proposal["id"]).appointment()
    assert held["id"] == proposal["id"]
    assert held["status"] == "pending"
    assert (held["start"], held["end"]) == (proposal["start"], proposal["end"])
    assert LENGTH - 10 <= seconds_left(held) <= LENGTH + 2


def test_a_bare_id_is_taken_as_reference(terminal: Terminal, times: Iterator[Json]) -> None:
    """Head: a reference parameter takes `ID` or `Type/ID`."""
    found = next(times)["id"]
    body = parameters(part("appointment-reference", {"reference": found}))
    assert terminal.post("Appointment/$hold", body).appointment()["id"] == found


def test_the_reference_is_required(terminal: Terminal) -> None:
    terminal.post("Appointment/$hold", parameters()).refused(400, "invalid")
    wrong = parameters(part("appointment-reference", reference("Patient", "x")))
    assert terminal.post("Appointment/$hold", wrong).status in (400, 404)


def test_a_new_hold_frees_the_one_before(terminal: Terminal, other: Terminal, times: Iterator[Json]) -> None:
    first, second = next(times)["id"], next(times)["id"]
    terminal.hold(first).appointment()
    other.hold(first).refused(409, "slot-taken")
    terminal.hold(second).appointment()
    other.hold(first).appointment()
    other.hold(second).refused(409, "slot-taken")


def test_a_refused_hold_changes_nothing(terminal: Terminal, other: Terminal, times: Iterator[Json]) -> None:
    mine, theirs = next(times)["id"], next(times)["id"]
    other.hold(theirs).appointment()
    terminal.hold(mine).appointment()
    terminal.hold(theirs).refused(409, "slot-taken")
    terminal.hold("nobody").refused(404, "not-found")
    other.hold(mine).refused(409, "slot-taken")


def test_the_same_again_prolongs_it(terminal: Terminal, times: Iterator[Json]) -> None:
    """The end follows the second request, not the first."""
    found = next(times)["id"]
    first = hold_end(terminal.hold(found).appointment())
    assert first is not None
    wait_for(lambda: hold_end(terminal.hold(found).appointment()) > first, "a later end", 5)  # type: ignore[operator]


def test_a_refused_hold_of_a_patient_changes_nothing(
    visitor: Visitor, other: Terminal, region: Region, times: Iterator[Json]
) -> None:
    """Rules are judged before anything is freed."""
    mine = next(times)["id"]
    visitor.hold(mine).appointment()
    closed = next(service for service in region.services if service.online == "no")
    proposal = other.find(
        organization=reference("Organization", closed.facility), specialty=closed.specialty
    ).matches()[0]
    assert visitor.hold(proposal["id"]).status == 422
    other.hold(mine).refused(409, "slot-taken")


def test_a_hold_belongs_to_its_terminal(
    terminal: Terminal, other: Terminal, adult: Person, times: Iterator[Json]
) -> None:
    """The same patient at another terminal does not have it."""
    found = next(times)["id"]
    terminal.hold(found).appointment()
    elsewhere = other.sign_in(adult)
    elsewhere.hold(found).refused(409, "slot-taken")
    elsewhere.book(found).refused(409, "slot-taken")


def test_an_anonymous_hold_becomes_the_patients(
    visitor: Visitor, server: Server, times: Iterator[Json]
) -> None:
    """R22: held while anonymous; repeating it with the token adds the patient's claims."""
    proposal = next(times)
    visitor.terminal.hold(proposal["id"]).appointment()
    path = server.database.url
    assert {claim.resource for claim in claims_of(path, proposal["id"])} == {doctor_resource(proposal)}
    visitor.hold(proposal["id"]).appointment()
    taken = {claim.resource.split(":")[0] for claim in claims_of(path, proposal["id"])}
    assert taken == {"doctor", "patient", "asked", "visit"}
    assert visitor.book(proposal["id"]).appointment()["status"] == "booked"


def test_a_hold_has_every_claim_of_the_booking_with_an_end(
    visitor: Visitor, server: Server, times: Iterator[Json]
) -> None:
    """Section 12: the holder of a hold is its terminal; a hold has a finite end."""
    proposal = next(times)
    held = visitor.hold(proposal["id"]).appointment()
    end = hold_end(held)
    assert end is not None
    taken = claims_of(server.database.url, proposal["id"])
    assert [claim.tick for claim in taken if claim.resource.startswith("doctor:")] == ticks(proposal)
    assert [claim.tick for claim in taken if claim.resource.startswith("patient:")] == ticks(proposal)
    assert {claim.expires for claim in taken} == {int(end.timestamp())}
    holders = {claim.holder for claim in taken}
    assert len(holders) == 1
    assert holders != {None}


def test_released_by_its_terminal(terminal: Terminal, other: Terminal, times: Iterator[Json]) -> None:
    """Section 7: with the terminal credential; again is 200."""
    found = next(times)["id"]
    terminal.hold(found).appointment()
    assert terminal.release(found).appointment()["status"] == "cancelled"
    other.hold(found).appointment()
    other.release(found).ok()
    other.release(found).ok()


def test_release_frees_the_claims_of_the_patient(visitor: Visitor, times: Iterator[Json]) -> None:
    first, second = next(times)["id"], next(times)["id"]
    visitor.hold(first).appointment()
    visitor.terminal.release(first).ok()
    assert visitor.book(second).appointment()["status"] == "booked"


def test_release_of_what_is_booked_is_403_and_changes_nothing(
    visitor: Visitor, times: Iterator[Json]
) -> None:
    found = next(times)["id"]
    visitor.hold(found).appointment()
    visitor.book(found).appointment()
    visitor.terminal.release(found).refused(403, "forbidden")
    assert [one["status"] for one in visitor.mine().matches()] == ["booked"]


def test_release_of_what_another_terminal_holds_is_404(
    terminal: Terminal, other: Terminal, times: Iterator[Json]
) -> None:
    found = next(times)["id"]
    other.hold(found).appointment()
    terminal.release(found).refused(404, "not-found")
    terminal.hold(found).refused(409, "slot-taken")


def test_release_of_what_never_was_is_404(terminal: Terminal) -> None:
    terminal.release("nobody").refused(404, "not-found")


def test_booking_ends_the_hold(visitor: Visitor, server: Server, times: Iterator[Json]) -> None:
    """After a booking the next hold frees nothing of it."""
    first, second = next(times)["id"], next(times)["id"]
    visitor.hold(first).appointment()
    visitor.book(first).appointment()
    visitor.terminal.hold(second).appointment()
    assert [one["status"] for one in visitor.mine().matches()] == ["booked"]
    assert all(claim.expires is None for claim in claims_of(server.database.url, first))


def test_holds_are_not_bookings(visitor: Visitor, times: Iterator[Json]) -> None:
    """Section 10: holds are not in the patient's list."""
    visitor.hold(next(times)["id"]).appointment()
    assert visitor.mine().total == 0


def test_to_move_is_judged_as_if_the_old_were_gone(visitor: Visitor, times: Iterator[Json]) -> None:
    """`replaces`: without it one a day with one profile (R27), with it none."""
    booked = visitor.book(next(times)["id"]).appointment()
    target = next(times)
    visitor.hold(target["id"]).refused(422, "one-per-day")
    held = visitor.hold(target["id"], replaces=booked["id"]).appointment()
    assert held["status"] == "pending"
    assert hold_end(held) is not None
    moved = visitor.move(booked, target).appointment()
    assert (moved["status"], moved["start"]) == ("booked", target["start"])


def test_replaces_what_is_anothers_is_404(visitor: Visitor, stranger: Visitor, times: Iterator[Json]) -> None:
    theirs = stranger.book(next(times)["id"]).appointment()
    visitor.hold(next(times)["id"], replaces=theirs["id"]).refused(404, "not-found")


def test_a_hold_survives_a_restart(
    visitor: Visitor, other: Terminal, server: Server, times: Iterator[Json]
) -> None:
    found = next(times)["id"]
    visitor.hold(found).appointment()
    server.restart()
    other.hold(found).refused(409, "slot-taken")
    assert visitor.book(found).appointment()["status"] == "booked"


def test_revoking_a_terminal_frees_its_hold_at_once(
    server: Server, wire: Any, terminal: Terminal, times: Iterator[Json], adult: Person
) -> None:
    """Section 1: ends its tokens and holds within 1 s, without a restart."""
    database: Database = server.database
    doomed = Terminal(wire, database.enroll("doomed"))
    found = next(times)["id"]
    visitor = doomed.sign_in(adult)
    visitor.hold(found).appointment()
    terminal.hold(found).refused(409, "slot-taken")
    database.must("revoke", "doomed")
    wait_for(lambda: visitor.get("Organization").status == 401, "the token's end", 1)
    doomed.get("Organization").refused(401, "login")
    wait_for(lambda: terminal.hold(found).status == 200, "the hold's end", 1)
