"""What the cabinets of three patients of the demo region have to show: visits to come and past ones, a request that
awaits approval, messages, a wait, a visit that the clinic called off (R15, R25, R26, R31)."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count, cycle, islice
from typing import Any

import orjson
from sqlalchemy import Connection, Select, insert, select

from kiosk.central import (
    clinic,
    entries,
    outbox,
    records,
    rules,
    schema,
    shapes,
    slots,
    waiting_outbox,
)
from kiosk.central.demo import HOME_FACILITY, opaque
from kiosk.central.demo.citizens import Situation, citizens
from kiosk.central.demo.days import ZONE, booking_row, claim_rows, free_numbers, times_of_role
from kiosk.central.demo.staff import ABSENCES
from kiosk.central.demo.visits import Visit
from kiosk.central.outbox import Happened
from kiosk.central.proposals import Role, Time
from kiosk.central.schedule import shifts
from kiosk.central.waitlist import WAITING, Entry
from kiosk.texts import DEFAULT_LANGUAGE

_DAY = 24 * 3600
#: How long ago the latest past visit was, and how far they are apart, in days.
_LATEST, _APART = 9, 23
_PAST = ("therapist", "dentist", "ophthalmologist", "therapist", "surgeon", "dermatovenerologist")
_ENDINGS = ("fulfilled", "fulfilled", "fulfilled", "cancelled", "fulfilled", "noshow", "fulfilled")


@dataclass(frozen=True)
class Cabinet:
    """What one patient has: specialties of visits to come with the days until then at least, how many past visits, for
    whose time they wait, and whose visit the clinic called off."""

    coming: tuple[tuple[str, int], ...]
    past: int = 0
    waits_for: str = ""
    called_off: str = ""


CABINETS = (
    Cabinet((("therapist", 2), ("dentist", 4), ("endocrinologist", 6)), 24, waits_for="general-practitioner"),
    Cabinet((("endocrinologist", 3),)),
    Cabinet((("surgeon", 5),), 3, called_off="neurologist"),
)


def fill(connection: Connection, now: int) -> None:
    """Give the patients who are there for it what their cabinets show. Their times are still free."""
    owners = [citizen.person.id for citizen in citizens() if citizen.situation is Situation.CABINET]
    writer = _Writer(connection, now)
    for patient_id, cabinet in zip(owners, CABINETS, strict=True):
        writer.write(patient_id, cabinet)


class _Writer:
    """Writes cabinets, each of them with the numbers that follow."""

    def __init__(self, connection: Connection, now: int) -> None:
        self._connection = connection
        self._now = now
        self._today = shifts.local_day(now, ZONE)
        self._numbers = free_numbers(connection, 0)

    def write(self, patient_id: str, cabinet: Cabinet) -> None:
        """All that one patient has, the oldest first: their messages are told in that order."""
        for ago, (code, ending) in _history(cabinet.past):
            self._past(patient_id, code, self._today - timedelta(days=ago), ending)
        if cabinet.called_off:
            self._called_off(patient_id, cabinet.called_off)
        if cabinet.waits_for:
            self._wait(patient_id, cabinet.waits_for)
        self._coming(patient_id, cabinet.coming)

    # --- visits to come ------------------------------------------------------------------------------------------

    def _coming(self, patient_id: str, wanted: tuple[tuple[str, int], ...]) -> None:
        """The latest of their messages is not read yet."""
        after = self._today
        for number, (code, days) in enumerate(wanted):
            time = self._free(code, max(after, self._today + timedelta(days=days - 1)))
            after = date.fromordinal(time.day)
            visit = self._visit(time, patient_id, ago=len(wanted) - number)
            self._connection.execute(insert(schema.claim), list(claim_rows(visit)))
            booking = self._book(visit)
            self._tell(outbox.booked_kind(booking), booking, booking.created, read=number < len(wanted) - 1)

    def _free(self, code: str, after: date) -> Time:
        """The first free time of a specialty at home after that day."""
        query = (
            select(*slots.ROLE_COLUMNS, *slots.SLOT_COLUMNS)
            .select_from(slots.SLOTS)
            .where(schema.facility.c.id == HOME_FACILITY, schema.specialty.c.code == code)
            .where(slots.free_at(self._now), schema.slot.c.day > after.toordinal())
            .order_by(schema.slot.c.start, schema.role.c.id)
        )
        return slots.time_of(self._connection.execute(query.limit(1)).one())

    def _visit(self, time: Time, patient_id: str, ago: int) -> Visit:
        """A booking of this time, asked for so many days ago, with its claims."""
        created = self._now - ago * _DAY
        asked_day = shifts.local_day(created, ZONE).toordinal()
        taken = (
            *rules.claims_on_doctor(time),
            *rules.claims_of_visit(patient_id, time),
            rules.claim_on_asking(patient_id, time.role.profile_code, asked_day),
        )
        return Visit(time, patient_id, asked_day, created, taken)

    # --- what is over --------------------------------------------------------------------------------------------

    def _past(self, patient_id: str, code: str, before: date, ending: str) -> None:
        time = next(self._worked(code, (before - timedelta(days=days) for days in count())))
        ago = (self._now - time.start) // _DAY + 5
        booking = self._book(self._visit(time, patient_id, ago), status=ending, version=2)
        self._tell(outbox.booked_kind(booking), booking, booking.created)
        if ending == shapes.CANCELLED:
            self._tell(Happened.CANCELLED, booking, booking.created + _DAY)

    def _called_off(self, patient_id: str, code: str) -> None:
        """A visit to a doctor who turned out to be away (R26, R45): its message is not read yet."""
        away = {absence.role_id for absence in ABSENCES}
        days = (self._today + timedelta(days=ahead) for ahead in count(1))
        time = next(self._worked(code, days, of=away))
        booking = self._book(
            self._visit(time, patient_id, ago=6),
            status=shapes.CANCELLED,
            version=2,
            cancelation_reason=clinic.reason_of(""),
        )
        self._tell(Happened.CANCELLED_BY_CLINIC, booking, self._now - _DAY // 2, read=False)

    def _worked(self, code: str, days: Iterator[date], of: AbstractSet[str] = frozenset()) -> Iterator[Time]:
        """One time a day, in this order of the days, of the doctors at home, or of those of `of` alone."""
        query: Select[Any] = (
            select(*slots.ROLE_COLUMNS, schema.role.c.working_time)
            .select_from(slots.ROLES)
            .where(schema.facility.c.id == HOME_FACILITY, schema.specialty.c.code == code)
            .order_by(schema.role.c.id)
        )
        doctors = [(Role(*columns), orjson.loads(week)) for *columns, week in self._connection.execute(query)]
        for day in days:
            for role, week in doctors:
                if not of or role.id in of:
                    yield from self._booked_by_nobody(list(times_of_role(role, week, [day]))[day.day % 7 :])

    def _booked_by_nobody(self, found: list[Time]) -> list[Time]:
        return [time for time in found if not records.exists(self._connection, time.id)][:1]

    # --- a wait --------------------------------------------------------------------------------------------------

    def _wait(self, patient_id: str, code: str) -> None:
        home = (schema.service.c.facility_id == HOME_FACILITY) & (schema.service.c.specialty_code == code)
        service_id = self._connection.execute(select(schema.service.c.id).where(home)).scalar_one()
        target = entries.of_service(self._connection, service_id)
        if target is None:
            raise LookupError(f"nobody can wait for {code} at home")
        id = opaque("wait", patient_id, code)
        entry = Entry(
            id,
            version=1,
            status=WAITING,
            target=target,
            patient_id=patient_id,
            start=shifts.midnight(self._today, ZONE),
            end=shifts.midnight(self._today + timedelta(days=30), ZONE),
            ticket=next(self._numbers),
            code=opaque("wait code", id),
            created=self._now - 4 * _DAY,
            changed=self._now - 4 * _DAY,
            cancelation_reason=None,
            seen=True,
            language=DEFAULT_LANGUAGE,
            identifier="",
        )
        entries.add(self._connection, entry)
        words = waiting_outbox.text(waiting_outbox.Happened.WAITLISTED, entry, DEFAULT_LANGUAGE)
        self._message(waiting_outbox.Happened.WAITLISTED.value, entry.patient_id, id, words, entry.created)

    # --- rows ----------------------------------------------------------------------------------------------------

    def _book(self, visit: Visit, **more: Any) -> shapes.Booking:
        row = booking_row(visit, next(self._numbers)) | more
        self._connection.execute(insert(schema.appointment).values(row))
        return records.by_id(self._connection, row["id"])

    def _tell(self, happened: Happened, booking: shapes.Booking, at: int, *, read: bool = True) -> None:
        words = outbox.text(happened, booking, DEFAULT_LANGUAGE)
        self._message(happened.value, booking.patient_id, booking.id, words, at, read=read)

    def _message(
        self, kind: str, patient_id: str, about: str, words: str, at: int, *, read: bool = True
    ) -> None:
        row = {
            "id": opaque("message", kind, about),
            "version": 2 if read else 1,
            "patient_id": patient_id,
            "appointment": about,
            "kind": kind,
            "text": words,
            "sent": at,
            "received": at + 3600 if read else None,
        }
        self._connection.execute(insert(schema.message).values(row))


def _history(visits: int) -> list[tuple[int, tuple[str, str]]]:
    """How many days ago, whose specialty and how it ended; the oldest first."""
    kinds = islice(zip(cycle(_PAST), cycle(_ENDINGS)), visits)
    return [(_LATEST + number * _APART, kind) for number, kind in enumerate(kinds)][::-1]
