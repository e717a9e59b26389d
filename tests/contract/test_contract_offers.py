"""api.md section 10, 12: what becomes free is offered to who waits; one by one, once, whatever happens to the server."""

import signal
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from contract_people import Person, Service
from contract_process import Server, serving, wait_for
from contract_racer import LOST
from contract_store import change, claims_of, doctor_resource, doubles, rows, ticks, whole
from contract_wire import Answer, Terminal, Visitor, Wire, actor, identifiers, instant, reference

Json = Any
#: How many free times of the doctor a test may use.
TIMES = 4

# Servers are killed and started again here, on a machine that others use too.
pytestmark = pytest.mark.timeout(300)


@dataclass
class Room:
    """A doctor with free times, somebody who has one of them and gives it back, and two who wait."""

    server: Server
    role: Json
    proposals: list[Json]
    giver: Visitor
    first: Visitor
    second: Visitor

    @property
    def url(self) -> str:
        return self.server.database.url

    def join(self) -> None:
        """Both wait for the doctor, one after the other."""
        for visitor in (self.first, self.second):
            assert visitor.wait(self.role).status == 201

    def take(self, number: int = 0) -> Json:
        """The giver books one of the doctor's times."""
        return self.giver.book(self.proposals[number]["id"]).appointment()

    def free(self, number: int = 0) -> None:
        """One of the times is booked and given back."""
        self.giver.cancel(self.take(number)["id"]).appointment()

    def offered(self, visitor: Visitor) -> str:
        """The id of the time that is kept for who waits; '' where none is."""
        shown = [one for one in visitor.waits().matches() if "slot" in one]
        return shown[0]["slot"][0]["reference"].removeprefix("Slot/") if shown else ""

    def messages(self, visitor: Visitor, about: str) -> list[Json]:
        found = visitor.get("Communication", recipient=visitor.patient).matches()
        return [one for one in found if one["about"][0]["reference"] == f"Appointment/{about}"]

    def shown(self, start: str) -> bool:
        """Whether `$find` shows a time of the doctor that starts then."""
        found = self.giver.terminal.find(practitioner=self.role, _count=200).matches()
        return start in [one["start"] for one in found]


@pytest.fixture
def room(
    server: Server, terminals: list[Terminal], service: Service, fresh_adults: Iterator[Person]
) -> Iterator[Room]:
    """Three at terminals of their own, and the doctor of the service who has most free times."""
    visitors = [terminal.sign_in(next(fresh_adults)) for terminal in terminals[:3]]
    wish = {"organization": reference("Organization", service.facility), "specialty": service.specialty}
    start = (datetime.now(UTC) + timedelta(days=2)).replace(microsecond=0)
    span = (start.isoformat(), (start + timedelta(days=10)).isoformat())
    found = terminals[3].find(*span, **wish, _count=200).matches()
    role = Counter(map(role_of, found)).most_common(1)[0][0]
    own = [one for one in found if role_of(one) == role]
    room = Room(server, {"reference": role}, own[:TIMES], *visitors)
    yield room
    for visitor in (room.first, room.second):
        for one in visitor.waits().matches():
            visitor.cancel(one["id"]).appointment()


def role_of(proposal: Json) -> str:
    return str(actor(proposal, "PractitionerRole")["actor"]["reference"])


def set_minutes(url: str, minutes: str) -> None:
    """The setting row `offer_minutes`."""
    change(url, "UPDATE setting SET value = ? WHERE name = 'offer_minutes'", minutes)


def test_the_first_has_it_and_nobody_else(room: Room) -> None:
    """Held for `waitlist:<id>` with an end; told; busy for all; booking it ends the wait."""
    room.join()
    time = room.proposals[0]
    room.free()
    (waiting,) = room.first.waits().matches()
    id = room.offered(room.first)
    assert id not in ("", time["id"]), "a freed time has a new id"
    assert (waiting["start"], waiting["end"]) == (time["start"], time["end"])
    assert room.offered(room.second) == ""
    assert len(room.messages(room.first, id)) == 1
    assert room.messages(room.second, id) == []
    check_claim(room, waiting, id, time)
    assert not room.shown(time["start"])
    for other in (room.second, room.giver, room.giver.terminal, room.first.terminal):
        other.hold(id).refused(409, "slot-taken")
    room.second.book(id).refused(409, "slot-taken")
    assert room.first.hold(id).appointment()["status"] == "pending"
    booked = room.first.book(id).appointment()
    assert (booked["id"], booked["status"]) == (id, "booked")
    assert room.first.waits().total == 0
    ended = room.first.get(f"Appointment/{waiting['id']}").ok().body
    assert ended["status"] == "cancelled"
    assert ended["cancelationReason"]["coding"][0]["code"] == "booked"
    assert identifiers(ended) == identifiers(waiting)


def check_claim(room: Room, waiting: Json, id: str, time: Json) -> None:
    held = claims_of(room.url, id)
    assert [claim.tick for claim in held] == ticks(time)
    assert {claim.resource for claim in held} == {doctor_resource(time)}
    assert {claim.holder for claim in held} == {f"waitlist:{waiting['id']}"}
    ends = {claim.expires for claim in held}
    assert len(ends) == 1
    end = ends.pop() or 0
    assert 0 < end - datetime.now(UTC).timestamp() <= 3610
    shown = next(item for item in waiting["extension"] if item["url"].endswith(":hold-end"))
    assert int(instant(shown["valueDateTime"]).timestamp()) == end - 10


def test_a_released_hold_leaves_the_offer(room: Room) -> None:
    room.join()
    room.free()
    id = room.offered(room.first)
    room.first.hold(id).appointment()
    room.first.terminal.release(id).ok()
    room.second.hold(id).refused(409, "slot-taken")
    assert room.offered(room.first) == id


def test_who_leaves_lets_the_next_have_it(room: Room) -> None:
    room.join()
    room.free()
    id = room.offered(room.first)
    (waiting,) = room.first.waits().matches()
    room.first.cancel(waiting["id"]).appointment()
    assert room.offered(room.second) == id
    room.first.book(id).refused(409, "slot-taken")
    room.second.book(id).appointment()


def test_a_moved_and_a_taken_back_booking_are_offered_too(room: Room) -> None:
    room.join()
    booked = room.take(0)
    room.giver.move(booked, room.proposals[1]).appointment()
    assert room.offered(room.first)
    again = room.giver.terminal.sign_in(room.giver.person)
    again.cancel(booked["id"]).appointment()
    assert room.offered(room.second)


def test_it_goes_from_one_to_the_next_by_itself(room: Room) -> None:
    """The watch of `serve`; each is asked once, then the time is free for all; both wait on."""
    before = offers_made(room.url)
    time = room.proposals[0]
    set_minutes(room.url, "0.05")
    room.join()
    room.free()
    wait_for(lambda: room.shown(time["start"]), "the time to be free for all")
    set_minutes(room.url, "60")
    assert offers_made(room.url) - before == 2
    for visitor in (room.first, room.second):
        (waiting,) = visitor.waits().matches()
        assert "slot" not in waiting
        told = visitor.get("Communication", recipient=visitor.patient).matches()
        about = {one["about"][0]["reference"] for one in told} - {f"Appointment/{waiting['id']}"}
        assert len(about) == 1


def offers_made(url: str) -> int:
    return int(rows(url, "SELECT count(*) FROM notice WHERE kind = 'offer'")[0][0])


def test_two_servers_pass_it_on_once_also_after_a_restart(room: Room, tmp_path: Path) -> None:
    """The offer runs out while no server is there; then two of them look at one database."""
    before = offers_made(room.url)
    room.join()
    booked = room.take()
    room.giver.cancel(booked["id"]).appointment()
    id = room.offered(room.first)
    room.server.stop(signal.SIGKILL)
    run_out(room.url, id)
    room.server.start()
    with serving(room.server.database, tmp_path / "second.log"):
        wait_for(lambda: offers_made(room.url) > before + 1, "the next offer")
    assert offers_made(room.url) == before + 2
    assert room.offered(room.second) == id
    assert room.offered(room.first) == ""
    assert len(room.messages(room.second, id)) == 1
    assert [claim.tick for claim in claims_of(room.url, id)] == ticks(booked)


def run_out(url: str, id: str) -> None:
    """As if an hour had gone by: there is no other way to turn a server's clock."""
    for table in ("offer", "claim"):
        change(url, f"UPDATE {table} SET expires = expires - 3600 WHERE appointment = ?", id)


@pytest.mark.parametrize("delay", [0.0, 0.004, 0.012])
def test_a_kill_between_cancel_and_offer_loses_nothing(room: Room, delay: float) -> None:
    """Either the booking stands, or it is cancelled and the first has the offer: nothing in between."""
    room.join()
    booked = room.take()
    answers: list[Answer] = []

    def cancel() -> None:
        try:
            answers.append(room.giver.cancel(booked["id"]))
        except LOST:
            return

    asking = threading.Thread(target=cancel)
    asking.start()
    threading.Event().wait(delay)
    room.server.restart(signal.SIGKILL)
    asking.join()
    state = room.giver.get(f"Appointment/{booked['id']}").ok().body["status"]
    assert state in ("booked", "cancelled")
    assert not answers or state == "cancelled", "what was answered is so"
    assert bool(room.offered(room.first)) == (state == "cancelled")
    assert whole(room.url)
    if state == "booked":
        room.giver.cancel(booked["id"]).appointment()
    room.first.book(room.offered(room.first)).appointment()


def test_the_freed_time_has_one_winner(
    room: Room, terminals: list[Terminal], fresh_adults: Iterator[Person], tmp_path: Path
) -> None:
    """Two on the list, others beside them, two servers over one database, all at once: who was offered it has it."""
    room.join()
    room.free()
    id = room.offered(room.first)
    with serving(room.server.database, tmp_path / "second.log") as second:
        wire = Wire(second.base)
        others = [
            Terminal(wire, terminal.credential).sign_in(next(fresh_adults)) for terminal in terminals[3:7]
        ]
        won = race([room.first, room.second, *others], id)
        wire.close()
    assert won == [room.first.patient]
    assert doubles(room.url) == []
    assert rows(room.url, "SELECT patient_id FROM appointment WHERE id = ?", id) == [(room.first.patient,)]


def race(visitors: list[Visitor], id: str) -> list[str]:
    """Who all book the same time at once; the patients who were told that they have it."""
    start = threading.Barrier(len(visitors))
    told: list[tuple[str, Answer]] = []

    def run(visitor: Visitor) -> None:
        start.wait()
        told.append((visitor.patient, visitor.book(id)))

    threads = [threading.Thread(target=run, args=(visitor,)) for visitor in visitors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for _, answer in told:
        if answer.status != 200:
            answer.refused(409, "slot-taken")
    return [patient for patient, answer in told if answer.status == 200]
