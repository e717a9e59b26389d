"""Staff at work over HTTP."""

import uuid
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher
from running_registry import Registry
from sqlalchemy import Connection

from kiosk.central import audit
from kiosk.central.staff import accounts, passwords, tokens
from kiosk.central.staff.account import StaffRole

#: The real one takes longer than most tests; how it is used is tried in test_staff_sign_in.py.
_QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@dataclass(frozen=True)
class Desk:
    """Somebody of the staff before the registry."""

    registry: Registry
    token: str
    login: str

    def again(self) -> "Desk":
        """The same with a new token: the clock may have gone on."""

        def issue(connection: Connection) -> str:
            found = accounts.find(connection, self.login)
            assert found is not None
            return tokens.issue(connection, found.staff.account_id, self.registry.clock.now)

        return replace(self, token=self.registry.store.write(issue))

    def get(self, path: str, **query: Any) -> httpx.Response:
        return self.registry.get(f"/staff/{path}", token=self.token, params=query)

    def post(self, path: str, **body: Any) -> httpx.Response:
        return self.registry.post(f"/staff/{path}", token=self.token, json=body)

    def patch(self, path: str, **body: Any) -> httpx.Response:
        return self.registry.patch(f"/staff/{path}", token=self.token, json=body)

    def book(self, patient: Any, time: str, **more: Any) -> httpx.Response:
        """Book a time for a patient, under a new identifier if none is given."""
        body = {"identifier": f"urn:uuid:{uuid.uuid4()}", "patient": patient.id, "time": time} | more
        return self.post("bookings", **body)

    def day(self, doctor: str, date: str) -> dict[str, Any]:
        return done(self.get(f"doctors/{doctor}/days/{date}"))


def hired(registry: Registry, role: StaffRole, facility: str = "", login: str = "") -> Desk:
    """Somebody new with a token; how they come by it is tried elsewhere (test_staff_sign_in.py)."""
    login = login or f"{role.value}-{facility or 'region'}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", _QUICK)
        accounts.add(registry.store, audit.Done(registry.clock.now), login, role, "Иванова Мария", facility)
    return Desk(registry, "", login).again()


def done(answer: httpx.Response) -> dict[str, Any]:
    """The body of what was not refused."""
    assert answer.status_code == 200, answer.text
    return answer.json()
