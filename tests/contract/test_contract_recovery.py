"""api.md section 8: what a terminal finds out of its own bookings by identifier, and the void of an unknown one."""

from collections.abc import Iterator
from typing import Any

from contract_people import Person
from contract_process import Server
from contract_store import claims_of
from contract_wire import (
    CODE,
    TICKET,
    URI,
    Answer,
    Terminal,
    Visitor,
    identifier,
    identifiers,
    new_identifier,
)

Json = Any


def void(answer: Answer) -> bool:
    """200 with a searchset of total 0 and one OperationOutcome entry (information, code `void`)."""
    (outcome,) = answer.outcomes()
    issue = outcome["issue"][0]
    assert answer.total == 0
    assert answer.matches() == []
    assert issue["severity"] == "information"
    return "void" in [coding["code"] for coding in issue["details"]["coding"]]


class TestLookingUp:
    def test_tells_the_booking_and_nobody(self, visitor: Visitor, times: Iterator[Json]) -> None:
        """id, version, status, identifiers; no patient, no doctor."""
        made = new_identifier()
        booked = visitor.book(next(times)["id"], made).appointment()
        found = visitor.terminal.recover(made).appointment()
        assert found["id"] == booked["id"]
        assert found["meta"]["versionId"] == booked["meta"]["versionId"]
        assert found["status"] == "booked"
        assert identifiers(found) == identifiers(booked)
        assert set(identifiers(found)) == {URI, TICKET, CODE}
        text = str(found)
        assert visitor.patient not in text
        assert "Patient/" not in text
        assert "Practitioner" not in text

    def test_tells_the_present_state(self, visitor: Visitor, times: Iterator[Json]) -> None:
        made = new_identifier()
        booked = visitor.book(next(times)["id"], made).appointment()
        moved = visitor.move(booked, next(times)).appointment()
        assert visitor.terminal.recover(made).appointment()["meta"]["versionId"] == moved["meta"]["versionId"]
        visitor.cancel(booked["id"]).appointment()
        assert visitor.terminal.recover(made).appointment()["status"] == "cancelled"

    def test_of_an_unknown_identifier_is_empty(self, terminal: Terminal) -> None:
        answer = terminal.recover(new_identifier())
        assert answer.total == 0
        assert answer.matches() == []

    def test_of_another_terminals_is_simply_unknown(
        self, visitor: Visitor, other: Terminal, times: Iterator[Json]
    ) -> None:
        made = new_identifier()
        visitor.book(next(times)["id"], made).appointment()
        assert other.recover(made).total == 0

    def test_with_the_token_of_the_next_patient_tells_no_more(
        self, visitor: Visitor, another: Person, times: Iterator[Json]
    ) -> None:
        made = new_identifier()
        visitor.book(next(times)["id"], made).appointment()
        answer = visitor.terminal.sign_in(another).recover(made)
        assert answer.status >= 400 or visitor.patient not in str(answer.body)

    def test_outlives_the_token_and_a_restart(
        self, visitor: Visitor, server: Server, times: Iterator[Json]
    ) -> None:
        made = new_identifier()
        visitor.book(next(times)["id"], made).appointment()
        visitor.terminal.revoke(visitor.credential)
        server.restart()
        assert visitor.terminal.recover(made).appointment()["status"] == "booked"

    def test_does_not_make_it_known(self, visitor: Visitor, times: Iterator[Json]) -> None:
        """Only a search with `patient=` does."""
        made = new_identifier()
        visitor.book(next(times)["id"], made).appointment()
        visitor.terminal.recover(made).appointment()
        assert visitor.terminal.cancel_by_identifier(made).appointment()["status"] == "cancelled"


class TestCancelByIdentifier:
    def test_of_a_known_booking(self, visitor: Visitor, server: Server, times: Iterator[Json]) -> None:
        made = new_identifier()
        booked = visitor.book(next(times)["id"], made).appointment()
        cancelled = visitor.terminal.cancel_by_identifier(made).appointment()
        assert (cancelled["id"], cancelled["status"]) == (booked["id"], "cancelled")
        assert claims_of(server.database.url, booked["id"]) == []
        assert visitor.terminal.recover(made).appointment()["status"] == "cancelled"

    def test_twice_is_200_twice(self, visitor: Visitor, times: Iterator[Json]) -> None:
        """Its own answer may be lost too."""
        made = new_identifier()
        visitor.book(next(times)["id"], made).appointment()
        for _ in range(3):
            assert visitor.terminal.cancel_by_identifier(made).appointment()["status"] == "cancelled"

    def test_frees_the_patient(self, visitor: Visitor, times: Iterator[Json]) -> None:
        """R27: they may book again at once."""
        made = new_identifier()
        visitor.book(next(times)["id"], made).appointment()
        visitor.terminal.cancel_by_identifier(made).appointment()
        assert visitor.book(next(times)["id"]).appointment()["status"] == "booked"

    def test_of_an_unknown_one_is_void(self, visitor: Visitor, times: Iterator[Json]) -> None:
        """A cancel that overtakes its booking: `$book` is then 409 `void`."""
        made = new_identifier()
        assert void(visitor.terminal.cancel_by_identifier(made))
        assert void(visitor.terminal.cancel_by_identifier(made))
        visitor.book(next(times)["id"], made).refused(409, "void")
        assert visitor.mine().total == 0

    def test_void_comes_before_existence(self, visitor: Visitor) -> None:
        made = new_identifier()
        assert void(visitor.terminal.cancel_by_identifier(made))
        visitor.book("nobody", made).refused(409, "void")

    def test_void_counts_at_its_own_terminal_only(
        self, visitor: Visitor, other: Terminal, times: Iterator[Json]
    ) -> None:
        made = new_identifier()
        assert void(other.cancel_by_identifier(made))
        assert visitor.book(next(times)["id"], made).appointment()["status"] == "booked"

    def test_another_terminals_booking_stands(
        self, visitor: Visitor, other: Terminal, times: Iterator[Json]
    ) -> None:
        made = new_identifier()
        visitor.book(next(times)["id"], made).appointment()
        assert void(other.cancel_by_identifier(made))
        assert [one["status"] for one in visitor.mine().matches()] == ["booked"]

    def test_void_survives_a_restart(self, visitor: Visitor, server: Server, times: Iterator[Json]) -> None:
        made = new_identifier()
        assert void(visitor.terminal.cancel_by_identifier(made))
        server.restart()
        visitor.book(next(times)["id"], made).refused(409, "void")

    def test_of_what_the_patient_has_seen_is_412(self, visitor: Visitor, times: Iterator[Json]) -> None:
        """Meanwhile returned by a search with `patient=`: then the booking stands."""
        made = new_identifier()
        visitor.book(next(times)["id"], made).appointment()
        assert visitor.mine().total == 1
        visitor.terminal.cancel_by_identifier(made).refused(412, "already-known")
        assert visitor.terminal.recover(made).appointment()["status"] == "booked"

    def test_of_what_was_moved_is_412(self, visitor: Visitor, times: Iterator[Json]) -> None:
        made = new_identifier()
        booked = visitor.book(next(times)["id"], made).appointment()
        visitor.move(booked, next(times)).appointment()
        visitor.terminal.cancel_by_identifier(made).refused(412, "already-known")
        assert visitor.terminal.recover(made).appointment()["status"] == "booked"

    def test_of_what_was_only_asked_again_is_200(self, visitor: Visitor, times: Iterator[Json]) -> None:
        """A repeated `$book` is no view of the patient's list."""
        proposal, made = next(times), new_identifier()
        visitor.book(proposal["id"], made).appointment()
        visitor.book(proposal["id"], made).appointment()
        assert visitor.terminal.cancel_by_identifier(made).appointment()["status"] == "cancelled"

    def test_after_it_the_same_request_gives_the_present_state(
        self, visitor: Visitor, times: Iterator[Json]
    ) -> None:
        """409 `void` only if the cancel came before any `$book`."""
        proposal, made = next(times), new_identifier()
        visitor.book(proposal["id"], made).appointment()
        visitor.terminal.cancel_by_identifier(made).appointment()
        assert visitor.book(proposal["id"], made).appointment()["status"] == "cancelled"

    def test_needs_one_identifier_of_a_terminal(self, terminal: Terminal) -> None:
        for wrong in ([], [identifier("urn:oid:1.2")], [identifier(new_identifier(), "urn:other")]):
            terminal.book_resource({"identifier": wrong, "status": "cancelled"}).refused(400, "invalid")


class TestALostAnswerToAChange:
    """`GET Appointment?_id=ID` for one that a token of this terminal tried to move or cancel."""

    def check(self, terminal: Terminal, expected: Json) -> None:
        found = terminal.get("Appointment", _id=expected["id"]).appointment()
        assert found["status"] == expected["status"]
        assert found["start"] == expected["start"]
        assert found["meta"]["versionId"] == expected["meta"]["versionId"]
        assert "Patient/" not in str(found)
        assert "Practitioner" not in str(found)

    def test_of_a_move(self, visitor: Visitor, times: Iterator[Json]) -> None:
        booked = visitor.book(next(times)["id"]).appointment()
        moved = visitor.move(booked, next(times)).appointment()
        self.check(visitor.terminal, moved)

    def test_of_a_move_that_was_refused(
        self, visitor: Visitor, other: Terminal, times: Iterator[Json]
    ) -> None:
        booked, theirs = visitor.book(next(times)["id"]).appointment(), next(times)
        other.hold(theirs["id"]).appointment()
        visitor.move(booked, theirs).refused(409, "slot-taken")
        self.check(visitor.terminal, booked)

    def test_of_a_cancel(self, visitor: Visitor, times: Iterator[Json]) -> None:
        booked = visitor.book(next(times)["id"]).appointment()
        self.check(visitor.terminal, visitor.cancel(booked["id"]).appointment())

    def test_of_a_cancel_at_another_terminal(
        self, visitor: Visitor, other: Terminal, times: Iterator[Json]
    ) -> None:
        booked = visitor.book(next(times)["id"]).appointment()
        elsewhere = other.sign_in(visitor.person)
        self.check(other, elsewhere.cancel(booked["id"]).appointment())
        self.hidden(visitor.terminal, booked)

    def hidden(self, terminal: Terminal, booked: Json) -> None:
        answer = terminal.get("Appointment", _id=booked["id"])
        assert answer.status in (400, 403, 404) or answer.total == 0

    def test_of_nothing_tried_is_hidden(
        self, visitor: Visitor, other: Terminal, times: Iterator[Json]
    ) -> None:
        booked = visitor.book(next(times)["id"]).appointment()
        self.hidden(visitor.terminal, booked)
        self.hidden(other, booked)

    def test_a_strangers_try_opens_nothing(
        self, visitor: Visitor, stranger: Visitor, times: Iterator[Json]
    ) -> None:
        """Everything of another patient is 404, so trying in vain reveals nothing either."""
        booked = visitor.book(next(times)["id"]).appointment()
        stranger.cancel(booked["id"]).refused(404, "not-found")
        self.hidden(stranger.terminal, booked)
