"""The random patient at a terminal without a window (issue 3): no dead end, no exception, nobody else's data, and the
registry holds what the screen said. `script/wander` does it at length.
"""

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

from fake_registry import HOME, IVAN, NOW, SOKOLOVA, Booked, FakeRegistry, Person
from inline_jobs import HeldJobs
from kiosk_bench import Bench
from random_patient import RandomPatient

from kiosk.errors import BadReply, Refused, ServerFault, Unreachable
from kiosk.flow import Step
from kiosk.models import AppointmentStatus, Message, Patient
from kiosk.ports import BookingRegistry, CabinetRegistry, Registry

STEPS = int(os.environ.get("RANDOM_STEPS", "1200"))
SEED = int(os.environ.get("RANDOM_SEED", "12"))
#: How often something breaks on the way to the fake registry, by step.
FAULTS = 0.08
METHODS = sorted(
    name
    for name in {**vars(BookingRegistry), **vars(CabinetRegistry), **vars(Registry)}
    if not name.startswith("_") and name not in ("now", "speak")
)
PEOPLE = [
    Person(
        f"77875997680000{number}",
        IVAN.birth_date,
        f"{number}{number}",
        Patient(
            f"pat-{number}",
            f"И. {chr(ord('А') + number)}. П.",
            1960,
            attached_facility_id=HOME.id,
            area_doctor_id="r-2" if number % 2 else None,
            card_facility_ids=("org-9",) if number % 3 else (),
        ),
        refusal="not-known-here" if number % 7 == 6 else "",
    )
    for number in range(10, 40)
]


#: Errors after which the registry may have done what was asked, and those after which it surely has not.
PERHAPS_DONE = (Unreachable("x", sent=True), ServerFault(500), BadReply("HTML"))
NOT_DONE = (
    Unreachable("x", sent=False),
    *(Refused(*said) for said in ((409, "slot-taken"), (422, "overlap"), (401, "login"), (404, "not-found"))),
)


class World:
    """A bench whose registry fails now and then, whose answers come in any order, and time that passes."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.random = Random(seed)
        self.jobs = HeldJobs()
        self.bench = Bench(folder, self.jobs)
        self.bench.registry.people = list(PEOPLE)
        self.bench.registry.confirms = True
        self.patient = RandomPatient(
            lambda: self.bench.terminal, [(one, one.patient.id) for one in PEOPLE], seed, self.wait
        )
        self.book_for_some()

    @property
    def registry(self) -> FakeRegistry:
        return self.bench.registry

    def wait(self, seconds: int) -> None:
        for _ in range(seconds):
            self.bench.time.seconds += 1
            self.bench.terminal.tick()
            self.work()

    def step(self) -> None:
        if self.random.random() < FAULTS:
            method, error = self.random.choice(METHODS), self.random.choice((*PERHAPS_DONE, *NOT_DONE))
            after = error in PERHAPS_DONE and self.random.random() < 0.5
            self.registry.fail(method, error, after=after)
        self.patient.step()
        for _ in range(self.random.choice((0, 1, 2, 9))):
            self.work()
        self.look()

    def work(self) -> None:
        """One answer of each lane, where one is waited for."""
        for lane in ("registry", "commands", "booking", "printer"):
            if self.jobs.waiting(lane):
                self.jobs.work(lane)
        self.jobs.arrive()
        self.patient.look()

    def look(self) -> None:
        """The registry against the screen."""
        terminal, registry = self.bench.terminal, self.registry
        assert len([until for _first, until in registry.holds.values() if until > self.bench.time.now()]) <= 1
        assert len(registry.tokens) <= 1
        if terminal.step is Step.RESULT:
            assert terminal.ticket is not None
            assert terminal.ticket.number in {one.appointment.ticket_number for one in registry.standing()}
        if terminal.step is Step.WAITING:
            assert terminal.stub is not None
            assert terminal.stub.number in {one.entry.number for one in registry.waiting_for()}

    def next_day(self) -> None:
        """What people booked is over and they may come again; time on the bench begins anew."""
        for booked in self.registry.bookings.values():
            booked.patient_id = "somebody"
        self.bench.time.seconds = 0
        self.book_for_some()

    def book_for_some(self) -> None:
        """Half of them booked at the desk before they come."""
        free = self.registry.find(SOKOLOVA, NOW + timedelta(days=1), NOW + timedelta(days=14), len(PEOPLE))
        for person, time in zip(PEOPLE[::2], free, strict=False):
            booked = replace(time, status=AppointmentStatus.BOOKED, version="1", ticket_number=time.id)
            self.registry.bookings[f"desk {time.id}"] = Booked(booked, person.patient.id)
            self.patient.given.append((person.patient.id, booked))
            self.registry.messages_of[person.patient.id] = [Message("m-1", NOW, "Вы записаны")]

    def heal(self) -> None:
        """Nothing breaks any more, nobody is there, and all that was left open is put right."""
        self.registry.faults.clear()
        self.bench.terminal.leave()
        self.wait(700)
        self.bench.settle()
        assert self.bench.journal.unsettled() == ()


def test_nobody_gets_lost_at_the_fake_registry(tmp_path: Path) -> None:
    """10,000 steps at length: whatever is touched and whatever breaks, what was shown is what stands."""
    world = World(tmp_path, SEED)
    try:
        for number in range(1, STEPS + 1):
            world.step()
            if number % 700 == 0:
                world.heal()
                world.next_day()
        world.heal()
    finally:
        world.bench.journal.close()
    given = {one.id for _, one in world.patient.given}
    standing = {one.appointment.id for one in world.registry.standing()}
    waiting = {one.entry.id for one in world.registry.waiting_for()}
    ended, perhaps = set(world.patient.ended), set(world.patient.perhaps)
    assert given - ended - perhaps <= standing | waiting <= given - ended
    assert ended, "some of them gave something up"
    held = {one.appointment.id: one.appointment.start for one in world.registry.standing()}
    assert {id: start for id, start in world.patient.starts.items() if id in held}.items() <= held.items()
    assert any(one.appointment.version != "1" for one in world.registry.standing()), (
        "some of them moved a visit"
    )
    desk = sum(one.startswith("desk") for one in world.registry.bookings)
    assert len(given) - desk > STEPS / 1000, "some of them got what they came for"
    if STEPS >= 10_000:
        assert set(Step) - {Step.PIN, Step.MAINTENANCE} == set(world.patient.reached), (
            "every step is reached by chance"
        )
