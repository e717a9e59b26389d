"""Clients (in full 32) who all want the same times (200), to book them or to move there: exactly one winner each, also while
the server is killed (R21, api.md 6, 7, 8, 12)."""

import os
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
import requests
from contract_mover import Mover
from contract_people import Region, Service
from contract_process import Database, Server, serving
from contract_racer import Progress, Racer, race
from contract_store import claims_of, doctor_resource, doubles, rows, standing, ticks, whole
from contract_wire import Terminal, Wire, actor, day_of, reference
from databases import Databases

Json = Any
#: `script/races` runs them at full size; the short form belongs to every run of the tests.
FULL = os.environ.get("CONTRACT_RACES") == "full"
CLIENTS, TIMES, KILLS = (32, 200, 4) if FULL else (12, 40, 2)
#: So many requests are answered at least before the last client has what it wants.
SURELY_ASKED = 3000 if FULL else 120
#: To so many times everybody moves; with those that they move from one search finds them.
MOVES = TIMES - CLIENTS if FULL else 13

# A race takes as long as it takes on a busy machine.
pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def arena(
    databases: Databases,
    template: Database,
    tmp_path_factory: pytest.TempPathFactory,
    credentials: list[str],
) -> tuple[Database, list[str]]:
    """The demo database with a terminal for each client."""
    database = template.copy(databases, tmp_path_factory.mktemp("arena"))
    names = [f"racer-{number}" for number in range(CLIENTS - len(credentials))]
    return database, credentials + database.enroll_many(names)


@pytest.fixture
def track(databases: Databases, arena: tuple[Database, list[str]], tmp_path: Path) -> Iterator[Server]:
    """A server of its own for each race."""
    with serving(arena[0].copy(databases, tmp_path)) as server:
        yield server


@pytest.fixture
def lane(track: Server) -> Iterator[Wire]:
    """Connections whose answers are not judged in full: thousands of refusals of one kind are."""
    wire = Wire(track.base, no_fault)
    yield wire
    wire.close()


def no_fault(answer: requests.Response) -> None:
    assert answer.status_code < 500, answer.text[:600]


@pytest.fixture
def before(track: Server) -> set[str]:
    """What the demo region had booked already."""
    return standing(track.database.url)


@pytest.fixture
def racers(lane: Wire, arena: tuple[Database, list[str]], region: Region, service: Service) -> list[Racer]:
    """Adults, each signed in at a terminal of their own."""
    progress = Progress()
    pairs = zip(arena[1], region.allowed(service), strict=False)
    visitors = [Terminal(lane, credential).sign_in(person) for credential, person in pairs]
    assert len(visitors) == CLIENTS
    return [Racer(visitor, number, progress) for number, visitor in enumerate(visitors)]


def offered(terminal: Terminal, service: Service, number: int) -> list[Json]:
    wish = {"organization": reference("Organization", service.facility), "specialty": service.specialty}
    found = terminal.find(_count=number, **wish).matches()
    assert len(found) == number
    return found


def test_exactly_one_winner_of_each_time(
    racers: list[Racer], service: Service, track: Server, before: set[str]
) -> None:
    """All ask for each time at the same moment; the winner gives it back under a new id, so that R27 lets it go on."""
    proposals = offered(racers[0].visitor, service, TIMES)
    together = threading.Barrier(CLIENTS, timeout=60)

    def run(racer: Racer) -> None:
        for proposal in proposals:
            together.wait()
            racer.want(proposal, keep=False)

    race(racers, run)
    won = Counter(found for racer in racers for found in racer.won)
    assert won == Counter(proposal["id"] for proposal in proposals)
    assert standing(track.database.url) == before
    keep_one_each(racers, service, track, before)


def keep_one_each(racers: list[Racer], service: Service, track: Server, before: set[str]) -> None:
    """Now every client wants one of the same few times and keeps it: all are given, none twice."""
    proposals = offered(racers[0].visitor, service, CLIENTS)

    def run(racer: Racer) -> None:
        assert any(racer.want(proposal, keep=True) for proposal in proposals)

    race(racers, run)
    check_kept(racers, track.database.url, before)
    assert {found for racer in racers for found in racer.kept} == {proposal["id"] for proposal in proposals}


def check_kept(racers: list[Racer], database: str, before: set[str]) -> None:
    """What the clients were told is what the API tells and what the file holds, claims included."""
    kept = [found for racer in racers for found in racer.kept]
    assert len(set(kept)) == len(kept)
    assert standing(database) - before == set(kept)
    assert before <= standing(database)
    assert doubles(database) == []
    assert whole(database)
    for racer in racers:
        for found, made in [*racer.kept.items(), *racer.returned.items()]:
            state = racer.visitor.terminal.recover(made).appointment()
            assert (state["id"], state["status"]) == (found, "booked" if found in racer.kept else "cancelled")
        booked = racer.visitor.mine(status="booked").matches()
        assert [one["id"] for one in booked] == list(racer.kept)
        for appointment in booked:
            taken = claims_of(database, appointment["id"])
            assert [claim.tick for claim in taken if claim.resource.startswith("doctor:")] == ticks(
                appointment
            )
            assert all(claim.expires is None for claim in taken)


def test_nothing_is_lost_when_the_server_is_killed(
    racers: list[Racer], service: Service, track: Server, before: set[str]
) -> None:
    """SIGKILL in the middle, again and again, on the same port: every acknowledged booking is there, every doubt resolved."""
    proposals = offered(racers[0].visitor, service, TIMES)
    killer = threading.Thread(target=kill_again_and_again, args=(track, racers[0].progress))

    def run(racer: Racer) -> None:
        """The first ones keep what they win first, the last ones their eleventh: so nearly all times are raced for."""
        for proposal in proposals:
            racer.want(proposal, keep=len(racer.won) >= racer.number // 3)
            if racer.kept:
                return

    killer.start()
    race(racers, run)
    killer.join()
    won = Counter(found for racer in racers for found in racer.won)
    assert max(won.values()) == 1, "no time is given twice"
    assert all(racer.kept for racer in racers)
    assert sum(racer.resolved.total() for racer in racers) >= KILLS
    check_kept(racers, track.database.url, before)


def kill_again_and_again(track: Server, progress: Progress) -> None:
    """A kill whenever another part of the race has been answered, so that each one falls into the middle of it."""
    share = SURELY_ASKED // (KILLS + 1)
    for number in range(KILLS):
        progress.wait(share * (number + 1), patience=120)
        track.restart(signal.SIGKILL)


# --- moves -------------------------------------------------------------------------------------------------------


def settled(racers: list[Racer], proposals: list[Json]) -> dict[int, Mover]:
    """Each with a booking of their own, by the racer's number."""
    movers = {}
    for racer, proposal in zip(racers, proposals, strict=True):
        assert racer.want(proposal, keep=True)
        booked = racer.visitor.get(f"Appointment/{proposal['id']}").ok().body
        movers[racer.number] = Mover(racer, booked)
    return movers


def check_moved(movers: list[Mover], database: str, before: set[str]) -> None:
    """Each has the one time that they were told last, with its claims and no others: the old one is free."""
    assert standing(database) - before == {mover.booked["id"] for mover in movers}
    assert doubles(database) == []
    assert whole(database)
    for mover in movers:
        present = mover.racer.visitor.get(f"Appointment/{mover.booked['id']}").ok().body
        assert present == mover.booked
        taken = claims_of(database, present["id"])
        assert all(claim.expires is None for claim in taken)
        of_doctor = [(claim.resource, claim.tick) for claim in taken if claim.resource.startswith("doctor:")]
        assert of_doctor == [(doctor_resource(present), tick) for tick in ticks(present)]
        kinds = Counter(claim.resource.partition(":")[0] for claim in taken)
        assert kinds == {"doctor": len(of_doctor), "patient": len(of_doctor), "asked": 1, "visit": 1}


def test_who_moves_to_the_same_time_gets_it_alone_and_the_others_stay(
    racers: list[Racer], service: Service, track: Server, before: set[str]
) -> None:
    """Section 7: all move to each time at the same moment; one has it then, and everybody else what they had."""
    proposals = offered(racers[0].visitor, service, CLIENTS + MOVES)
    movers = settled(racers, proposals[:CLIENTS])
    together = threading.Barrier(CLIENTS, timeout=60)

    def run(racer: Racer) -> None:
        for proposal in proposals[CLIENTS:]:
            together.wait()
            movers[racer.number].move(proposal)

    race(racers, run)
    won = Counter(found for mover in movers.values() for found in mover.won)
    assert won == Counter(proposal["id"] for proposal in proposals[CLIENTS:])
    check_moved(list(movers.values()), track.database.url, before)


def test_no_move_is_half_done_when_the_server_is_killed(
    racers: list[Racer], service: Service, track: Server, before: set[str]
) -> None:
    """SIGKILL in the middle of moves: old freed and new taken, or the old one stays, and the terminal finds out which."""
    proposals = offered(racers[0].visitor, service, CLIENTS + MOVES)
    movers = settled(racers, proposals[:CLIENTS])
    killer = threading.Thread(target=kill_again_and_again, args=(track, racers[0].progress))

    def run(racer: Racer) -> None:
        for proposal in proposals[CLIENTS:]:
            movers[racer.number].move(proposal)

    killer.start()
    race(racers, run)
    killer.join()
    won = Counter(found for mover in movers.values() for found in mover.won)
    assert max(won.values()) == 1, "no time is given twice"
    assert sum(mover.resolved.total() for mover in movers.values()) >= KILLS
    check_moved(list(movers.values()), track.database.url, before)


# --- a day called off --------------------------------------------------------------------------------------------


def two_on_a_day(proposals: list[Json]) -> tuple[str, str, list[Json]]:
    """Two doctors who see patients at the same times of a day, and these times of the first."""
    days: dict[Any, dict[str, dict[str, Json]]] = {}
    for one in proposals:
        doctor = actor(one, "PractitionerRole")["actor"]["reference"].rpartition("/")[2]
        days.setdefault(day_of(one), {}).setdefault(doctor, {})[one["start"]] = one
    pairs = [(first, second, of_day) for of_day in days.values() for first, second in permutations(of_day, 2)]
    first, second, of_day = max(
        pairs, key=lambda pair: len(pair[2][pair[0]].keys() & pair[2][pair[1]].keys())
    )
    common = sorted(of_day[first].keys() & of_day[second].keys())
    return first, second, [of_day[first][start] for start in common]


def test_a_day_called_off_while_all_want_it_leaves_nobody_there(
    racers: list[Racer], service: Service, track: Server
) -> None:
    """Section 13, R26, R45: by a process of its own; some have a time of that day, others book and give back all along."""
    visitor = racers[0].visitor
    doctor, substitute, proposals = two_on_a_day(offered(visitor, service, 200))
    day = day_of(proposals[0])
    keepers = racers[: min(len(proposals), CLIENTS) // 2]
    for racer, proposal in zip(keepers, proposals, strict=False):
        assert racer.want(proposal, keep=True)
    told: list[str] = []

    done = threading.Event()

    def call_off() -> None:
        try:
            racers[0].progress.wait(2 * CLIENTS)
            told.append(
                track.database.must("cancel-day", doctor, day.isoformat(), "--substitute", substitute)
            )
        finally:
            done.set()

    def run(racer: Racer) -> None:
        while racer not in keepers and not done.is_set():
            for proposal in free_on(racer.visitor, doctor, day):
                racer.want(proposal, keep=False)

    clinic = threading.Thread(target=call_off)
    clinic.start()
    race(racers, run)
    clinic.join()
    left = (
        "SELECT id FROM appointment WHERE role_id = ? AND visit_day = ? AND status IN ('booked', 'pending')"
    )
    assert rows(track.database.url, left, doctor, day.toordinal()) == []
    assert free_on(visitor, doctor, day) == []
    assert doubles(track.database.url) == []
    outcomes = [check_settled(racer, substitute, track.database.url) for racer in keepers]
    assert "booked" in outcomes, "at the substitute's same time, where it was free"
    assert told[0].count("moved") >= outcomes.count("booked")


def check_settled(racer: Racer, substitute: str, database: str) -> str:
    """The booking is at the substitute's, with its claims, or cancelled by the clinic, with none; its status."""
    (found,) = racer.kept
    present = racer.visitor.get(f"Appointment/{found}").ok().body
    taken = [claim.resource for claim in claims_of(database, found)]
    if present["status"] == "booked":
        assert doctor_resource(present) == f"doctor:{substitute}#0"
        assert taken.count(doctor_resource(present)) == len(ticks(present))
    else:
        assert (present["status"], taken) == ("cancelled", [])
        assert present["cancelationReason"]["coding"][0]["code"] == "prov"
    return str(present["status"])


def free_on(terminal: Terminal, doctor: str, day: date) -> list[Json]:
    """The doctor's free times of that day."""
    wish = {"practitioner": reference("PractitionerRole", doctor)}
    return [one for one in terminal.find(_count=200, **wish).matches() if day_of(one) == day]
