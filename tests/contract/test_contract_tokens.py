"""api.md section 9: identification (R9 to R11), its limits, the token's life; R39."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from contract_people import Person, Region
from contract_process import Server, serving, wait_for
from contract_store import stored
from contract_wire import Answer, Terminal, Visitor, Wire

Json = Any
UNKNOWN_NUMBERS = count(1)


def unknown_number() -> str:
    """A policy number that nobody has; another each time, since failures are counted for each."""
    return f"1111{next(UNKNOWN_NUMBERS):012d}"


@pytest.fixture
def fresh(terminals: list[Terminal], region: Region) -> Terminal:
    """A terminal whose failures were cleared by a success."""
    terminals[4].sign_in(region.adults[-1])
    return terminals[4]


@pytest.fixture
def unspoilt(server: Server, wire: Wire) -> Terminal:
    """A terminal without any failure, and without the help of a success."""
    return Terminal(wire, server.database.enroll(f"unspoilt-{next(UNKNOWN_NUMBERS)}"))


def right(person: Person) -> dict[str, str]:
    return {"policy_number": person.policy_number, "birth_date": person.birth_date}


def denied(answer: Answer, status: int, error: str) -> None:
    assert (answer.status, answer.body.get("error")) == (status, error), repr(answer)


def test_a_token(terminal: Terminal, adult: Person) -> None:
    answer = terminal.identify(**right(adult))
    assert answer.status == 200
    assert set(answer.body) >= {"access_token", "token_type", "expires_in", "patient"}
    assert answer.body["token_type"] == "Bearer"
    assert answer.body["expires_in"] == 300
    assert answer.body["patient"] == adult.record["id"]
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Type"].startswith("application/json")


def test_spaces_and_hyphens_do_not_matter(terminal: Terminal, adult: Person) -> None:
    number = adult.policy_number
    for written in (f" {number[:4]} {number[4:]} ", f"{number[:4]}-{number[4:8]}-{number[8:]}"):
        assert terminal.identify(policy_number=written, birth_date=adult.birth_date).status == 200


def test_letters_without_case(terminal: Terminal, region: Region) -> None:
    """Series and number together: where a series has letters, any case."""
    for person in region.people:
        if person.record and not person.policy_number.isdigit():
            form = {"birth_date": person.birth_date, "document_number": person.document_number}
            for written in (person.policy_number.lower(), person.policy_number.upper()):
                assert terminal.identify(policy_number=written, **form).status == 200


def test_a_document_may_be_sent_at_once_and_must_match(fresh: Terminal, adult: Person) -> None:
    assert fresh.identify(document_number=adult.document_number, **right(adult)).status == 200
    denied(fresh.identify(document_number="000000001", **right(adult)), 400, "invalid_grant")


def test_every_failure_asks_for_the_document_first(fresh: Terminal, adult: Person) -> None:
    """R9: the first failure always asks for the document, the second refuses."""
    tries = [
        {"policy_number": unknown_number(), "birth_date": adult.birth_date},
        {"policy_number": adult.policy_number, "birth_date": "1901-01-01"},
        {"policy_number": "not a number", "birth_date": adult.birth_date},
        {"policy_number": unknown_number(), "birth_date": "31.12.1980"},
    ]
    first = [fresh.identify(**form) for form in tries]
    for answer in first:
        denied(answer, 400, "document_required")
    assert all(answer.body == first[0].body for answer in first)


def test_with_a_document_every_failure_refuses_alike(fresh: Terminal, adult: Person) -> None:
    tries = [
        {
            "policy_number": unknown_number(),
            "birth_date": adult.birth_date,
            "document_number": adult.document_number,
        },
        {
            "policy_number": adult.policy_number,
            "birth_date": "1901-01-01",
            "document_number": adult.document_number,
        },
        {**right(adult), "document_number": "1"},
        {"policy_number": unknown_number(), "birth_date": "nonsense", "document_number": "nonsense"},
    ]
    answers = [fresh.identify(**form) for form in tries]
    for answer in answers:
        denied(answer, 400, "invalid_grant")
    assert all(answer.body == answers[0].body for answer in answers)


def test_known_nowhere(fresh: Terminal, region: Region) -> None:
    """R11."""
    (person,) = region.in_situation("unknown")
    denied(fresh.identify(**right(person)), 400, "document_required")
    document = person.document_number or "123456"
    denied(fresh.identify(document_number=document, **right(person)), 400, "invalid_grant")


def test_two_citizens_are_told_apart_by_the_document(fresh: Terminal, region: Region) -> None:
    """R9: `document_required` when two citizens fit."""
    first, second = region.in_situation("same-policy-and-birth-date")
    assert right(first) == right(second)
    denied(fresh.identify(**right(first)), 400, "document_required")
    for person in (first, second):
        assert fresh.sign_in(person, document=True).patient == person.record["id"]
    assert first.record["id"] != second.record["id"]


@pytest.mark.parametrize("missing", ["policy_number", "birth_date"])
def test_a_missing_field_is_an_invalid_request(fresh: Terminal, adult: Person, missing: str) -> None:
    form = {name: value for name, value in right(adult).items() if name != missing}
    denied(fresh.identify(**form), 400, "invalid_request")


def test_without_a_grant_it_is_an_invalid_request(fresh: Terminal, adult: Person) -> None:
    denied(fresh.send("POST", "/auth/token", data=right(adult)), 400, "invalid_request")


@pytest.mark.parametrize("grant", ["password", "client_credentials", "POLICY"])
def test_another_grant_is_unsupported(fresh: Terminal, adult: Person, grant: str) -> None:
    denied(fresh.identify(grant_type=grant, **right(adult)), 400, "unsupported_grant_type")


@pytest.mark.parametrize("bearer", [None, "nonsense"])
def test_without_a_terminals_credential_it_is_401(wire: Wire, adult: Person, bearer: str | None) -> None:
    form = {"grant_type": "policy", **right(adult)}
    denied(wire.send("POST", "/auth/token", bearer, data=form), 401, "invalid_client")


def test_json_is_no_form(fresh: Terminal, adult: Person) -> None:
    answer = fresh.send("POST", "/auth/token", json={"grant_type": "policy", **right(adult)})
    assert answer.status in (400, 415)


class TestTheTokensLife:
    def test_ends_when_the_terminal_gets_another(self, visitor: Visitor, another: Person) -> None:
        visitor.terminal.sign_in(another)
        visitor.get("Organization").refused(401, "login")
        visitor.mine().refused(401, "login")

    def test_does_not_end_at_another_terminal(self, visitor: Visitor, other: Terminal) -> None:
        other.sign_in(visitor.person)
        assert visitor.mine().total == 0

    def test_survives_a_restart(self, visitor: Visitor, server: Server) -> None:
        server.restart()
        assert visitor.mine().total == 0

    def test_ends_by_itself(self, visitor: Visitor) -> None:
        """RFC 7009, authorised by itself."""
        assert visitor.revoke(visitor.credential).status == 200
        visitor.mine().refused(401, "login")

    def test_ends_by_its_terminal(self, visitor: Visitor) -> None:
        assert visitor.terminal.revoke(visitor.credential).status == 200
        visitor.mine().refused(401, "login")
        assert visitor.terminal.revoke(visitor.credential).status == 200

    def test_is_not_ended_by_another_terminal(self, visitor: Visitor, other: Terminal) -> None:
        assert other.revoke(visitor.credential).status == 200
        assert visitor.mine().total == 0

    def test_revoking_what_never_was_is_200(self, terminal: Terminal) -> None:
        assert terminal.revoke("nonsense").status == 200

    def test_a_terminals_credential_is_no_token_to_revoke(self, terminal: Terminal, other: Terminal) -> None:
        assert other.revoke(terminal.credential).status == 200
        assert terminal.revoke(terminal.credential).status == 200
        terminal.get("Organization", _count=1).ok()

    def test_a_failure_leaves_the_token(self, fresh: Terminal, adult: Person) -> None:
        visitor = fresh.sign_in(adult)
        denied(
            fresh.identify(policy_number=unknown_number(), birth_date="1980-01-01"), 400, "document_required"
        )
        assert visitor.mine().total == 0

    def test_its_hold_outlives_it(self, visitor: Visitor, other: Terminal, times: Iterator[Json]) -> None:
        """A hold belongs to its terminal (section 5)."""
        found = next(times)["id"]
        visitor.hold(found).appointment()
        visitor.revoke(visitor.credential)
        other.hold(found).refused(409, "slot-taken")


def too_many(answer: Answer) -> bool:
    if answer.status != 429:
        return False
    assert answer.body["error"] == "too_many"
    assert int(answer.headers["Retry-After"]) >= 1
    return True


class TestLimits:
    """Kept in the store: per policy number, and per terminal."""

    def test_five_failures_close_a_policy_number_on_every_terminal(
        self, fresh: Terminal, other: Terminal, adult: Person, server: Server
    ) -> None:
        """`document_required` counts too; afterwards right tries are 429 as well; a restart does not help."""
        wrong = {"policy_number": adult.policy_number, "birth_date": "1901-01-01"}
        answers = [fresh.identify(**wrong) for _ in range(3)]
        answers += [fresh.identify(document_number="1", **wrong) for _ in range(2)]
        assert [answer.status for answer in answers] == [400] * 5
        assert too_many(fresh.identify(**wrong))
        assert too_many(fresh.identify(**right(adult)))
        assert too_many(other.identify(**right(adult)))
        spaced = f"{adult.policy_number[:4]} {adult.policy_number[4:]}"
        assert too_many(other.identify(policy_number=spaced, birth_date=adult.birth_date))
        server.restart()
        assert too_many(other.identify(document_number=adult.document_number, **right(adult)))
        assert int(other.identify(**right(adult)).headers["Retry-After"]) <= 15 * 60

    def test_unknown_numbers_are_limited_alike(self, fresh: Terminal) -> None:
        """Nobody learns from the limit which numbers exist."""
        wrong = {"policy_number": unknown_number(), "birth_date": "1980-01-01"}
        assert [fresh.identify(**wrong).status for _ in range(5)] == [400] * 5
        assert too_many(fresh.identify(**wrong))

    def test_tries_at_one_moment_are_all_counted(
        self, fresh: Terminal, server: Server, tmp_path: Path
    ) -> None:
        """Kept in the store: also where two servers work on it, nobody gets more than five tries."""
        wrong = {"policy_number": unknown_number(), "birth_date": "1980-01-01"}
        with serving(server.database, tmp_path / "second.log") as second, closing(Wire(second.base)) as wire:
            places = [fresh, Terminal(wire, fresh.credential)] * 8
            with ThreadPoolExecutor(len(places)) as pool:
                answers = list(pool.map(lambda place: place.identify(**wrong), places))
        assert Counter(answer.status for answer in answers) == {400: 5, 429: len(places) - 5}

    def test_a_success_clears_the_number(self, fresh: Terminal, adult: Person) -> None:
        wrong = {"policy_number": adult.policy_number, "birth_date": "1901-01-01"}
        for _ in range(3):
            assert [fresh.identify(**wrong).status for _ in range(4)] == [400] * 4
            assert fresh.identify(**right(adult)).status == 200

    def test_missing_fields_do_not_count(self, fresh: Terminal, adult: Person) -> None:
        """Every 400 for an identity counts; a request without one is none."""
        for _ in range(12):
            denied(fresh.identify(policy_number=adult.policy_number), 400, "invalid_request")
        assert fresh.identify(**right(adult)).status == 200

    def test_a_terminal_slows_down_from_the_tenth_failure(
        self, unspoilt: Terminal, other: Terminal, adult: Person
    ) -> None:
        """A `Retry-After` of 1, 2, 4 ... s, never a lock: after it a right try succeeds, and clears the counter."""
        statuses = [self.fail(unspoilt).status for _ in range(10)]
        assert statuses[:9] == [400] * 9
        told = wait_for(
            lambda: next((a for a in [self.fail(unspoilt)] if a.status == 429), None), "a limit", 5
        )
        assert int(told.headers["Retry-After"]) <= 4
        assert other.identify(**right(adult)).status == 200
        wait_for(lambda: unspoilt.identify(**right(adult)).status == 200, "the end of the limit", 15)
        assert [self.fail(unspoilt).status for _ in range(9)] == [400] * 9

    def fail(self, terminal: Terminal) -> Answer:
        return terminal.identify(policy_number=unknown_number(), birth_date="1980-01-01")


def test_nothing_about_a_person_is_in_the_servers_log(server: Server, region: Region) -> None:
    """R39: nothing typed in this module stands in what the server printed."""
    log = server.log.read_text("utf-8", "replace")
    for person in region.people:
        for value in (person.policy_number, person.birth_date, person.name, person.record.get("id")):
            assert not value or value not in log


def test_credentials_and_tokens_are_not_in_the_store(server: Server, visitor: Visitor) -> None:
    """Section 1: stored hashed."""
    kept = stored(server.database.url)
    assert visitor.patient.encode() in kept
    assert visitor.terminal.credential.encode() not in kept
    assert visitor.credential.encode() not in kept
