"""A registry, a journal, and bookings between them, without a terminal."""

from pathlib import Path

import pytest
from fake_registry import IVAN, NOW, SOKOLOVA, FakeRegistry
from kiosk_bench import Time

from kiosk.booking import Booking, Request
from kiosk.errors import BadReply, ServerFault, Unreachable
from kiosk.journal import Journal, State
from kiosk.models import Appointment, Doctor

#: Answers that leave it open what became of a request.
UNKNOWN = [
    pytest.param(Unreachable("timeout", sent=True), id="no answer"),
    pytest.param(ServerFault(500), id="500"),
    pytest.param(ServerFault(503), id="503"),
    pytest.param(BadReply("HTML"), id="HTML"),
]


class Desk:
    """Somebody who is known, at a terminal that can be started anew."""

    def __init__(self, folder: Path) -> None:
        self.time = Time()
        self.registry = FakeRegistry(self.time.now)
        self.journal = Journal(folder / "journal.sqlite", self.time.now)
        self.restart()
        self.token = self.registry.identify(IVAN.policy_number, IVAN.birth_date)

    def restart(self) -> None:
        self.booking = Booking(self.registry, self.journal)

    def hold(self, doctor: Doctor = SOKOLOVA, number: int = 0, replaces: str = "") -> Appointment:
        """One of the next free times of a doctor."""
        found = self.registry.find(doctor, NOW, NOW.replace(day=28), number + 1)
        return self.registry.hold(found[number].id, self.token, replaces)

    def state(self, request: Request) -> State | None:
        entry = self.journal.get(request.identifier)
        return entry.state if entry else None
