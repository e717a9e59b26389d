"""A registry that is killed while it moves a day: every booking is moved in whole, or not at all (R26)."""

import threading
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
from booking_region import at
from registry_process import registry_process
from sqlalchemy import func, insert, select
from tiny_region import ANNA

from kiosk.central import audit, schema, slots
from kiosk.central.clinic import Hand
from kiosk.central.rules import Rule
from kiosk.central.serve import system_clock
from kiosk.central.staff import accounts, desk, tokens
from kiosk.central.staff.account import StaffRole
from kiosk.central.staff.desk import Wish
from kiosk.central.store import Store

BOOKINGS = 90
WAIT_SECONDS = 60


def full_day(store: Store, day: date, now: int) -> None:
    """A day of both doctors from 00:00, and all of the first one's booked."""

    def work(connection: Any) -> None:
        starts = [at(day, 0, number * 15) for number in range(BOOKINGS)]
        for role in ("r-therapist", "r-second"):
            rows = [
                {"role_id": role, "start": start, "end": start + 900, "day": day.toordinal(), "generation": 0}
                for start in starts
            ]
            connection.execute(insert(schema.slot), rows)
        for start in starts:
            time = slots.at(connection, "r-therapist", start)
            assert time is not None
            wish = Wish(time.id, ANNA.id, frozenset({Rule.ONCE_A_DAY}))
            desk.book(connection, wish, Hand(now, "Проверка"))

    store.write(work)


def registrars_token(store: Store, now: int) -> str:
    accounts.add(store, audit.Done(now), "desk", StaffRole.REGISTRAR, "Иванова", "f1")

    def issue(connection: Any) -> str:
        found = accounts.find(connection, "desk")
        assert found is not None
        return tokens.issue(connection, found.staff.account_id, now)

    return store.write(issue)


def moved(store: Store) -> int:
    of_second = select(func.count()).where(schema.appointment.c.role_id == "r-second")
    with store.read() as connection:
        return connection.execute(of_second).scalar_one()


def check_whole(store: Store) -> None:
    """Claims, version, messages, notices, counts and audit of each booking say the same."""
    with store.read() as connection:
        for row in connection.execute(select(schema.appointment)).all():
            gone = row.role_id == "r-second"
            own = connection.scalars(
                select(schema.claim.c.resource).where(schema.claim.c.appointment == row.id)
            ).all()
            assert own.count(f"doctor:{row.role_id}#0") == own.count(f"patient:{ANNA.id}") == 3
            assert row.version == (2 if gone else 1)
            for table in (schema.message, schema.notice):
                about = connection.scalars(select(table.c.kind).where(table.c.appointment == row.id)).all()
                assert sorted(about) == (["booked", "moved-by-clinic"] if gone else ["booked"])
            noted = connection.scalars(
                select(schema.audit.c.kind).where(schema.audit.c.record == f"Appointment/{row.id}")
            ).all()
            assert sorted(noted) == (["book", "move"] if gone else ["book"])
        counted = select(func.count()).where(schema.event.c.kind == "moved-by-clinic")
        assert connection.execute(counted).scalar_one() == moved(store)


def test_killed_in_the_middle_of_a_day_and_finished_by_the_next(booking_copy: str, tmp_path: Path) -> None:
    store, now = Store(booking_copy), system_clock()
    day = date.fromordinal(slots_day(now) + 3)
    full_day(store, day, now)
    headers = {"Authorization": f"Bearer {registrars_token(store, now)}"}

    def move(base: str) -> httpx.Response:
        url = f"{base}/staff/doctors/r-therapist/days/{day.isoformat()}/move"
        return httpx.post(
            url, json={"to_doctor": "r-second"}, headers=headers, timeout=WAIT_SECONDS, trust_env=False
        )

    def lose(base: str) -> None:
        try:
            move(base)
        except httpx.HTTPError:
            lost.append(True)

    lost: list[bool] = []
    with registry_process(booking_copy, tmp_path / "log") as registry:
        asking = threading.Thread(target=lose, args=(registry.base,))
        asking.start()
        while asking.is_alive() and moved(store) < 5:
            pass
        registry.kill()
        asking.join(WAIT_SECONDS)
        assert lost, "it was done before it was killed"
        begun = moved(store)
        assert 5 <= begun < BOOKINGS
        check_whole(store)
        answer = move(registry.start())
        assert answer.status_code == 200, answer.text
        assert (len(answer.json()["moved"]), answer.json()["stay"]) == (BOOKINGS - begun, [])
    assert moved(store) == BOOKINGS
    check_whole(store)
    store.close()


def slots_day(now: int) -> int:
    """Today in the facility's zone, as an ordinal."""
    return (date(1970, 1, 1) + timedelta(seconds=now + 3 * 3600)).toordinal()
