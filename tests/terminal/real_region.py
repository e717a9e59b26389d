"""The demo region served over HTTP by the real registry, and a wire to it that breaks on demand."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from sqlalchemy import ColumnElement, func, insert, select

from kiosk.central import schema, serve
from kiosk.central.demo import DEMO_CREDENTIAL, region
from kiosk.central.store import Store, create_schema

READY_SECONDS = 30


@dataclass(frozen=True)
class Adult:
    """What a patient of the demo region knows of themselves."""

    id: str
    policy_number: str
    birth_date: date
    document_number: str


class RealRegion:
    """The running registry; `adults` may all book the therapist."""

    def __init__(self, base: str, store: Store) -> None:
        self.base = base
        self.credential = DEMO_CREDENTIAL
        self._store = store
        self.adults = self._situation("adult")

    def _situation(self, situation: str) -> list[Adult]:
        return self._those(schema.patient.c.situation == situation)

    def _those(self, condition: ColumnElement[bool]) -> list[Adult]:
        patient = schema.patient.c
        columns = (patient.id, patient.policy_number, patient.birth_date, patient.document_number)
        with self._store.read() as connection:
            rows = connection.execute(select(*columns).where(condition).order_by(patient.id)).all()
        return [
            Adult(row.id, row.policy_number, date.fromisoformat(row.birth_date), row.document_number)
            for row in rows
        ]

    def anybody(self) -> list[Adult]:
        """Those who are there for no situation: of every age, attached anywhere."""
        return self._those(schema.patient.c.situation.is_(None))

    def standing(self, adult: Adult) -> list[str]:
        """The ticket numbers of this patient's bookings that stand."""
        booked = schema.appointment.c
        found = select(booked.ticket).where(
            booked.patient_id == adult.id, booked.status.in_(("booked", "pending"))
        )
        with self._store.read() as connection:
            return list(connection.execute(found).scalars())

    def starts(self) -> dict[str, datetime]:
        """When the visits of the bookings that stand begin."""
        booked = schema.appointment.c
        found = select(booked.id, booked.start).where(booked.status.in_(("booked", "pending")))
        with self._store.read() as connection:
            return {id: datetime.fromtimestamp(start, UTC) for id, start in connection.execute(found)}

    def events(self, id: str) -> list[tuple[str, str, str, str]]:
        """What terminals reported under this id: kind, facility, specialty, detail."""
        event = schema.terminal_event.c
        columns = (event.kind, event.organization, event.specialty, event.detail)
        with self._store.read() as connection:
            return [tuple(row) for row in connection.execute(select(*columns).where(event.id == id))]

    def waiting(self, adult: Adult) -> list[str]:
        """The numbers of this patient's places on the waiting list that stand."""
        wait = schema.waiting.c
        found = select(wait.ticket).where(wait.patient_id == adult.id, wait.status == "waitlist")
        with self._store.read() as connection:
            return list(connection.execute(found).scalars())

    def remember(self, adult: Adult, count: int, ticket: str) -> list[str]:
        """So many visits of this patient that are over, a day apart, all of one ticket number; their ids, latest first."""
        made, now = [], serve.system_clock()
        with self._store.read() as connection:
            like = connection.execute(select(schema.appointment).limit(1)).one()._asdict()
        for number in range(1, count + 1):
            start = (now // 300) * 300 - number * 24 * 3600
            made.append(
                like
                | {"id": f"past-{number}", "code": f"PAST{number}", "ticket": ticket, "patient_id": adult.id}
                | {
                    "status": "booked",
                    "start": start,
                    "end": start + 900,
                    "visit_day": start // 86400 + 719163,
                }
            )
        self._store.write(lambda connection: connection.execute(insert(schema.appointment), made))
        return [str(row["id"]) for row in made]

    def holds(self) -> int:
        """How many times the terminal holds now."""
        hold, now = schema.hold.c, serve.system_clock()
        with self._store.read() as connection:
            return connection.execute(
                select(func.count()).where(hold.expires > now, ~hold.released)
            ).scalar_one()

    def double_booked(self) -> int:
        """How many times of a doctor stand in more than one booking."""
        booked = schema.appointment.c
        twice = (
            select(booked.role_id, booked.start)
            .where(booked.status.in_(("booked", "pending")))
            .group_by(booked.role_id, booked.start)
            .having(func.count() > 1)
        )
        with self._store.read() as connection:
            return len(connection.execute(twice).all())


@contextmanager
def real_region(folder: Path) -> Iterator[RealRegion]:
    """The demo region of today in its own database file."""
    store = Store(f"sqlite:///{folder / 'registry.sqlite'}")
    create_schema(store)
    region.create(store, serve.system_clock())
    listening: list[int] = []
    ready = threading.Event()

    def on_ready(port: int) -> None:
        listening.append(port)
        ready.set()

    server = serve.server(store, serve.system_clock, "127.0.0.1", 0, on_ready)
    thread = threading.Thread(target=server.run, name="registry")
    thread.start()
    try:
        assert ready.wait(READY_SECONDS), "the registry did not start"
        yield RealRegion(f"http://127.0.0.1:{listening[0]}", store)
    finally:
        server.stop()
        thread.join(READY_SECONDS)
        store.close()


class BreakingWire(HTTPAdapter):
    """Requests that break: never sent, sent with the answer lost, or answered by something else in between.

    `share` of all requests break, each in one of the ways; 0 heals the wire.
    """

    def __init__(self, random: Random) -> None:
        super().__init__()
        self.share = 0.0
        self._random = random

    def send(self, request: requests.PreparedRequest, *arguments: Any, **options: Any) -> requests.Response:
        if self._random.random() >= self.share:
            return super().send(request, *arguments, **options)
        way = self._random.choice(("unsent", "lost", "lost", "500", "html", "503 unsent"))
        if way == "unsent":
            raise requests.ConnectTimeout
        if way == "503 unsent":
            return _answer(request, 503, b"<html>busy</html>")
        response = super().send(request, *arguments, **options)
        response.content  # noqa: B018 - carried out to the end
        response.close()
        if way == "lost":
            raise requests.ReadTimeout
        return _answer(request, 500 if way == "500" else 200, b"<html>gateway</html>")


def _answer(request: requests.PreparedRequest, status: int, content: bytes) -> requests.Response:
    from io import BytesIO

    from urllib3 import HTTPResponse

    response = requests.Response()
    response.status_code = status
    response.request = request
    response.raw = HTTPResponse(BytesIO(content), status=status, preload_content=False)
    return response
