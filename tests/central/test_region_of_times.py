"""The region that the benchmarks ask: written in bulk, and to the registry the same as one that grew (benchmarks/)."""

import time
from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest
from running_registry import Clock, running

from benchmarks import asked, region_of_times
from benchmarks.region_of_times import TIMES_OF_DOCTOR, ZONE, Region, Visitor, role_id
from kiosk.central.store import Store

DOCTORS, VISITORS = 20, 3


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Region, str]]:
    """A region and the address of the registry that serves it."""
    url = f"sqlite:///{tmp_path_factory.mktemp('region') / 'registry.sqlite'}"
    now = int(time.time())
    made = region_of_times.create(url, DOCTORS, VISITORS, now)
    store = Store(url)
    with running(store, Clock(now), made.visitors[0].credential) as registry:
        yield made, registry.base
    store.close()


def sent(base: str, request: bytes) -> httpx.Response:
    """The answer to a request that is made of bytes for the load."""
    head, _, body = request.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    method, path, _ = first.split(" ")
    headers = dict(line.split(": ", 1) for line in lines if not line.startswith("Host"))
    return httpx.request(method, base + path, headers=headers, content=body)


def free(base: str, region: Region, visitor: Visitor, doctor: int) -> int:
    """How many times of a doctor are free."""
    end = region.start(TIMES_OF_DOCTOR - 1) + 1
    found = sent(base, asked.find(visitor.credential, role_id(doctor), region.start(0), end, 1, ZONE))
    return int(found.json()["total"])


def test_every_doctor_has_the_same_times_and_all_are_free(region: tuple[Region, str]) -> None:
    made, base = region
    last = made.visitors[-1]
    assert [free(base, made, last, doctor) for doctor in (0, DOCTORS - 1)] == [TIMES_OF_DOCTOR] * 2
    assert made.times == DOCTORS * TIMES_OF_DOCTOR


def test_who_is_written_as_signed_in_holds_books_and_cancels(region: tuple[Region, str]) -> None:
    made, base = region
    visitor = made.visitors[0]
    doctor = made.doctor_of(visitor)
    id = made.free_id(doctor, 0)
    held = sent(base, asked.hold(visitor.token, id))
    booked = sent(base, asked.book(visitor.token, id, str(uuid4())))
    assert (held.status_code, booked.status_code) == (200, 200), booked.text
    assert free(base, made, visitor, doctor) == TIMES_OF_DOCTOR - 1
    assert sent(base, asked.cancel(visitor.token, id)).status_code == 200
    assert free(base, made, visitor, doctor) == TIMES_OF_DOCTOR


def test_who_stands_at_a_terminal_can_say_who_they_are(region: tuple[Region, str]) -> None:
    made, base = region
    visitor = made.visitors[1]
    answer = sent(base, asked.sign_in(visitor.credential, visitor))
    assert answer.json()["access_token"] != visitor.token
    # Their earlier token has ended with it, as at any terminal.
    assert sent(base, asked.hold(visitor.token, made.free_id(0, 1))).status_code == 401


def test_patients_are_spread_over_the_doctors(region: tuple[Region, str]) -> None:
    made, _ = region
    assert len({made.doctor_of(visitor) for visitor in made.visitors}) == VISITORS
