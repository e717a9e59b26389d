"""Bookings that were made elsewhere: in the clinic's own system, or on paper (R32)."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, or_, select

from kiosk.central import claims, clinic, outbox, records, rules
from kiosk.central.call import Refusal
from kiosk.central.clinic import Hand
from kiosk.central.imports import cells, keys
from kiosk.central.imports.cells import Column
from kiosk.central.imports.keys import Known
from kiosk.central.imports.kind import Desk, Entry, Kind, Row
from kiosk.central.outbox import Happened
from kiosk.central.proposals import Role, Time
from kiosk.central.schedule import timetable
from kiosk.central.schema import claim
from kiosk.central.shapes import BOOKED


class Bookings(Kind):
    """A line is a booking to come; one that is over and not known is passed over. The rules for what is asked
    electronically do not bind it (R27, R28, R30), but nobody is in two rooms, and no doctor has two patients, at once.
    """

    name = "bookings"
    columns = (
        Column("number", "Номер", cells.code, required=True),
        Column("patient", "Пациент", cells.code, required=True),
        Column("doctor", "Врач", cells.code, required=True),
        Column("date", "Дата", cells.day, required=True),
        Column("time", "Время", cells.clock, required=True),
        Column("minutes", "Минут", cells.visit_minutes),
        Column("made", "Записан", cells.day),
    )
    forgets = True

    def key(self, values: Row) -> str:
        return str(values["number"])

    def resolve(self, desk: Desk, entries: Sequence[Entry]) -> None:
        people = keys.some(desk.connection, "patients", (entry.values["patient"] for entry in entries))
        doctors = {code: _doctor(desk, code) for code in {entry.values["doctor"] for entry in entries}}
        found = sorted(one.id for one in doctors.values() if one)
        plans = {plan.role.id: plan for plan in timetable.plans(desk.connection, found)}
        for entry in entries:
            person, doctor = people.get(entry.values["patient"]), doctors[entry.values["doctor"]]
            if person is None or not person.digest:
                desk.mistake(entry, self.column("patient"), "is not known: import it with the patients first")
            if doctor is None:
                desk.mistake(entry, self.column("doctor"), "is not known: import it with the doctors first")
            elif person is not None and not self._ended(desk, entry):
                entry.facility_id = doctor.facility_id
                entry.refs["patient"] = person.id
                self._place(desk, entry, plans[doctor.id])

    def _ended(self, desk: Desk, entry: Entry) -> bool:
        """Whether it is over or was cancelled here: such a booking stays ended, whatever its source says."""
        if entry.known is None:
            return False
        booking = records.by_id(desk.connection, entry.id)
        if booking.stands and booking.time.start > desk.now:
            return False
        state = "over" if booking.stands else booking.status
        desk.warn(entry, None, f"is {state} in the registry: left as it is")
        entry.refs["skipped"] = True
        return True

    def _place(self, desk: Desk, entry: Entry, plan: timetable.Plan) -> None:
        """When it is; and whether somebody has that time already."""
        start = _start(entry, plan.role)
        if start <= desk.now:
            entry.refs["skipped"] = True
            desk.report.over += 1
            return
        time = _time(entry, plan, start)
        if time is None:
            words = "is missing: the doctor has no time that begins then"
            desk.mistake(entry, self.column("minutes"), words)
            return
        entry.refs["time"] = time
        doctors, patients = rules.claims_on_doctor(time), rules.claims_on_patient(entry.refs["patient"], time)
        if _taken(desk, entry, doctors):
            desk.mistake(entry, self.column("time"), "the doctor's time is taken by another booking, or held")
        if _taken(desk, entry, patients):
            desk.mistake(entry, self.column("time"), "the patient has another booking then, or holds a time")

    def write(self, desk: Desk, new: Sequence[Entry], changed: Sequence[Entry]) -> None:
        for entry in new:
            self._book(desk, entry)
        for entry in changed:
            self._change(desk, entry)

    def _book(self, desk: Desk, entry: Entry) -> None:
        time: Time = entry.refs["time"]
        if not self._take(desk, entry, entry.refs["patient"]):
            return
        today = time.role.local_day(desk.now)
        made = entry.values["made"] or today
        asked_day = min(made, today).toordinal()
        patient_id = entry.refs["patient"]
        new = records.New(entry.id, BOOKED, time, patient_id, asked_day, outbox.STAFF, seen=True)
        records.add(desk.connection, new, desk.now)

    def _change(self, desk: Desk, entry: Entry) -> None:
        """A booking that is at another time now: its patient is told at once (R26)."""
        time: Time = entry.refs["time"]
        booking = records.by_id(desk.connection, entry.id)
        if booking.patient_id != entry.refs["patient"]:
            desk.mistake(entry, self.column("patient"), "is another one than before: it needs another number")
            return
        if (booking.time.role.id, booking.time.start, booking.time.end) == (
            time.role.id,
            time.start,
            time.end,
        ):
            return
        if booking.time.role.service_id != time.role.service_id:
            desk.mistake(entry, self.column("doctor"), "must be of the same facility and specialty as before")
            return
        claims.end_visit(desk.connection, booking.id)
        if self._take(desk, entry, booking.patient_id):
            place = records.place(time)
            moved = records.change(desk.connection, booking, desk.now, seat=rules.ORDINARY_SEAT, **place)
            occasion = clinic.occasion(desk.connection, booking, Hand(desk.now))
            outbox.tell_on(desk.connection, occasion, Happened.MOVED, moved)

    def _take(self, desk: Desk, entry: Entry, patient_id: str) -> bool:
        """The doctor's time, the patient's, and the day of the visit if nobody has it (R27 does not bind staff)."""
        time: Time = entry.refs["time"]
        owner = claims.Owner(entry.id, outbox.STAFF)
        wanted = [*rules.claims_on_doctor(time), *rules.claims_on_patient(patient_id, time)]
        try:
            claims.take(desk.connection, wanted, owner, desk.now)
        except Refusal:
            words = "the time of the doctor or of the patient is that of another line of the files"
            desk.mistake(entry, self.column("time"), words)
            return False
        visit = rules.claim_on_visit(patient_id, time.role.profile_code, time.day)
        if not claims.booked(desk.connection, [visit]):
            claims.take(desk.connection, [visit], owner, desk.now)
        return True

    def withdraw(self, desk: Desk, gone: Sequence[Known]) -> Sequence[Known]:
        """Cancelled by the clinic, and told at once (R26); what is over is forgotten."""
        for one in gone:
            booking = records.by_id(desk.connection, one.id)
            if booking.stands and booking.time.start > desk.now:
                clinic.cancelled(desk.connection, booking, Hand(desk.now))
        return gone


def _doctor(desk: Desk, code: str) -> Known | None:
    found = desk.known("doctors").get(code)
    return found if found and found.digest else None


def _start(entry: Entry, role: Role) -> int:
    at = datetime.combine(entry.values["date"], entry.values["time"], ZoneInfo(role.zone))
    return int(at.timestamp())


def _time(entry: Entry, plan: timetable.Plan, start: int) -> Time | None:
    """The time of the line: as long as it says, else as the doctor's working hours make it; None where they do not."""
    day, minutes = entry.values["date"].toordinal(), entry.values["minutes"]
    if minutes is None:
        return next((time for time in plan.times(day, day) if time.start == start), None)
    return Time(plan.role, start, start + minutes * 60, day, 0)


def _taken(desk: Desk, entry: Entry, wanted: Sequence[rules.Claim]) -> bool:
    """Whether anybody else has or holds one of these."""
    ticks = [one.tick for one in wanted]
    standing: ColumnElement[bool] = or_(claim.c.expires.is_(None), claim.c.expires > desk.now)
    this = and_(claim.c.resource == wanted[0].resource, claim.c.tick.in_(ticks))
    query = select(claim.c.tick).where(this, standing, claim.c.appointment != entry.id)
    return desk.connection.execute(query.limit(1)).first() is not None
