"""Times are made of working hours, and follow them; no booking is orphaned silently (R21, R26, R32, R45)."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from queue import Queue
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from booking_region import MOSCOW, Terminal, at, only, refused
from import_office import DAYS, Office
from running_registry import Clock, running
from sqlalchemy import insert
from sqlalchemy.exc import OperationalError
from tiny_region import MONDAY, NOW, Person

from kiosk.central import absences, day_returns, identity, rules, schema, shapes
from kiosk.central.clinic import Hand
from kiosk.central.proposals import proposal_id
from kiosk.central.schedule import daily, shifts, timetable
from kiosk.central.schedule.shifts import Shift
from kiosk.central.staff import desk

HOURS = "Врач;Дни;Начало;Конец;Приём, минут;С;По\n"
WEDNESDAY = MONDAY + timedelta(days=2)
THURSDAY = WEDNESDAY + timedelta(days=1)
DAY = 24 * 3600
ANNA = Person("", "7787599768000015", "1980-05-17", "123456")
PAVEL = Person("", "980000002", "1955-11-02", "012345")


def clock(row: Any) -> str:
    return datetime.fromtimestamp(row.start, ZoneInfo(MOSCOW)).strftime("%H:%M")


def booking(office: Office, number: str) -> Any:
    (row,) = office.rows(schema.appointment, schema.appointment.c.id == office.id("bookings", number))
    return row


def doctor_claims(office: Office, row: Any) -> set[int]:
    claim = schema.claim
    rows = office.rows(claim, claim.c.appointment == row.id, claim.c.resource == f"doctor:{row.role_id}#0")
    return {row.tick for row in rows}


def told(office: Office, id: str) -> list[str]:
    """The kinds of the notices and the messages about a booking."""
    tables = (schema.notice, schema.message)
    return sorted(row.kind for table in tables for row in office.rows(table, table.c.appointment == id))


# --- times -------------------------------------------------------------------------------------------------------


def test_times_are_those_of_the_hours(office: Office) -> None:
    """From now until today + 14, in whole ticks (api.md section 12)."""
    wednesday = [clock(row) for row in office.slots("gp5-101", WEDNESDAY)]
    assert (wednesday[0], wednesday[-1], len(wednesday)) == ("08:00", "11:15", 14)
    today = [clock(row) for row in office.slots("gp5-101", MONDAY)]
    assert today[0] == "09:15", "it is nine already"
    rows = office.rows(schema.slot)
    assert {row.day for row in rows} <= set(range(MONDAY.toordinal(), MONDAY.toordinal() + DAYS + 1))
    assert max(row.day for row in rows) == MONDAY.toordinal() + DAYS
    assert all(row.start % rules.TICK_SECONDS == row.end % rules.TICK_SECONDS == 0 for row in rows)


def test_the_next_day_comes_at_midnight_and_once(office: Office) -> None:
    before = len(office.rows(schema.slot))
    assert office.made() == 0
    office.now += DAY
    new = office.made()
    assert new > 0
    rows = office.rows(schema.slot)
    assert len(rows) == before + new
    assert sum(row.day == MONDAY.toordinal() + DAYS + 1 for row in rows) == new


def test_a_serving_registry_makes_them_by_itself(office: Office) -> None:
    """At once, and again when a midnight has passed; a database that is away does not end it."""
    midnight, made = at(MONDAY + timedelta(days=3), 0), Queue[int]()
    clock = iter([NOW + DAY, midnight - 1, midnight])
    away = iter([OperationalError("", None, Exception())])

    def extend(now: int) -> Iterator[int]:
        yield from timetable.extend(office.store, DAYS, now)
        made.put(now)
        for error in away:
            raise error

    with daily.kept_ahead(extend, lambda: next(clock, midnight), ZoneInfo(MOSCOW)):
        assert made.get(timeout=60) == NOW + DAY
        assert made.get(timeout=60) == midnight
    assert max(row.day for row in office.rows(schema.slot)) == MONDAY.toordinal() + DAYS + 3


def test_absent_doctors_have_no_times(office: Office) -> None:
    days = {row.day for row in office.slots("gp5-102")}
    assert days
    assert max(days) < date(2026, 3, 16).toordinal()


def test_hours_of_some_days_only(office: Office) -> None:
    text = (
        HOURS
        + "gp5-101;пн-вс;08:00;09:00;20;04.03.2026;05.03.2026\ngp5-101;пн-пт;10:00;11:00;30;06.03.2026;\n"
    )
    office.put("hours", text)
    assert [clock(row) for row in office.slots("gp5-101", WEDNESDAY)] == ["08:00", "08:20", "08:40"]
    assert [clock(row) for row in office.slots("gp5-101", THURSDAY + timedelta(days=1))] == ["10:00", "10:30"]
    (role,) = office.rows(schema.role, schema.role.c.id == office.id("doctors", "gp5-101"))
    assert role.working_time == "[]", "no week is in force today"
    office.now += 7 * DAY
    office.made()
    (role,) = office.rows(schema.role, schema.role.c.id == role.id)
    assert '"availableStartTime":"10:00:00"' in role.working_time


def test_a_day_of_summer_time_has_its_local_hours() -> None:
    shift = Shift(("sun",), shifts.time(1, 0), shifts.time(4, 0), 30)
    times = list(shifts.of_day([shift], date(2026, 3, 29), ZoneInfo("Europe/Berlin")))
    assert len(times) == 4
    assert times[-1].end == at(date(2026, 3, 29), 4, zone="Europe/Berlin")


@pytest.mark.parametrize(
    ("first", "last", "other", "collide"),
    [
        (None, None, (None, None), True),
        (None, 5, (6, None), False),
        (None, 6, (6, None), True),
        (7, 9, (1, 6), False),
    ],
)
def test_shifts_collide_only_while_both_are_in_force(
    first: int | None, last: int | None, other: tuple[int | None, int | None], collide: bool
) -> None:
    bounds = shifts.time(8), shifts.time(12)
    one, two = Shift(("mon", "tue"), *bounds, 15, first, last), Shift(("tue",), *bounds, 20, *other)
    assert one.collides(two) is two.collides(one) is collide


# --- hours change ------------------------------------------------------------------------------------------------


def test_a_booking_outside_is_told_of_and_kept(office: Office) -> None:
    """Its time stays claimed: whoever is booked then is the only one."""
    row = booking(office, "A-1")
    ticks = doctor_claims(office, row)
    assert len(ticks) == 3
    report = office.put("hours", HOURS + "gp5-101;вт, чт;15:00;19:00;15;;\n")
    (lost,) = report.lost
    assert (lost.outside.booking.id, lost.outcome) == (row.id, "kept")
    (line,) = [line for line in report.told("hours", dry_run=False) if line.startswith("outside (hours)")]
    assert row.ticket in line
    assert "Соколова" in line
    assert "Петрова" not in line
    assert booking(office, "A-1") == row
    assert doctor_claims(office, row) == ticks
    assert office.slots("gp5-101", WEDNESDAY) == []
    assert told(office, row.id) == []


def test_a_booking_that_was_kept_is_still_its_patients(office: Office) -> None:
    """It is seen, and moved to one of the new times; its old one is nobody's."""
    credential = identity.enroll(office.store, "lobby", NOW)
    row = booking(office, "A-1")
    office.put("hours", HOURS + "gp5-101;вт, чт;15:00;19:00;15;;\n")
    with running(office.store, Clock(NOW), credential) as registry:
        terminal = Terminal(registry, credential).identified(ANNA)
        kept = terminal.get(f"Appointment/{row.id}").json()
        assert (kept["status"], kept["start"]) == ("booked", "2026-03-04T09:00:00+03:00")
        target = proposal_id(row.role_id, at(THURSDAY, 15), 0)
        assert only(terminal.move(kept, target))["start"] == "2026-03-05T15:00:00+03:00"
        assert office.slots("gp5-101", WEDNESDAY) == []
    assert doctor_claims(office, row) == set(range(at(THURSDAY, 15) // 300, at(THURSDAY, 15, 15) // 300))


def test_a_booking_outside_is_cancelled_where_that_is_asked_for_and_its_patient_told(office: Office) -> None:
    """R26: at once."""
    row = booking(office, "A-1")
    text = HOURS + "gp5-101;вт, чт;15:00;19:00;15;;\n"
    (lost,) = office.put("hours", text, cancel_outside=True, reason="новое расписание").lost
    assert lost.outcome == "cancelled"
    now = booking(office, "A-1")
    assert (now.status, now.version) == (shapes.CANCELLED, row.version + 1)
    assert "новое расписание" in now.cancelation_reason
    assert office.rows(schema.claim, schema.claim.c.appointment == row.id) == []
    assert told(office, row.id) == ["cancelled-by-clinic"] * 2
    assert office.slots("gp5-101", WEDNESDAY) == [], "what was freed is no time of anybody's"


def test_a_booking_within_another_grid_stands(office: Office) -> None:
    """Its ticks are claimed: the new times that touch them are busy."""
    row = booking(office, "A-1")
    report = office.put("hours", HOURS + "gp5-101;пн-пт;08:10;12:00;20;;\n")
    assert report.lost == []
    assert booking(office, "A-1") == row
    assert [clock(slot) for slot in office.slots("gp5-101", WEDNESDAY)][:4] == [
        "08:10",
        "08:30",
        "08:50",
        "09:10",
    ]
    assert doctor_claims(office, row) == set(range(row.start // 300, row.end // 300))


def test_a_dry_run_tells_the_same_and_changes_nothing(office: Office) -> None:
    before = office.everything()
    text = HOURS + "gp5-101;вт, чт;15:00;19:00;15;;\n"
    (lost,) = office.put("hours", text, cancel_outside=True, dry_run=True).lost
    assert lost.outcome == "cancelled"
    assert office.everything() == before


def test_who_has_no_hours_any_more_has_no_times(office: Office) -> None:
    text = "".join(
        line for line in office.sample("hours").splitlines(keepends=True) if not line.startswith("gp5-101")
    )
    report = office.put("hours", text, full=True, withdraw=True)
    assert report.withdrawn == ["gp5-101"]
    assert [lost.outside.booking.id for lost in report.lost] == [booking(office, "A-1").id]
    assert office.slots("gp5-101") == []
    office.put("hours", office.sample("hours"))
    assert next(clock(row) for row in office.slots("gp5-101", WEDNESDAY)) == "08:00"


def test_a_doctor_who_left_has_bookings_that_are_told_of(office: Office) -> None:
    text = "".join(
        line for line in office.sample("doctors").splitlines(keepends=True) if not line.startswith("gp5-101")
    )
    report = office.put("doctors", text, full=True, withdraw=True)
    assert [lost.outside.booking.id for lost in report.lost] == [booking(office, "A-1").id]


def test_a_clinic_in_another_zone_has_its_hours_there(office: Office) -> None:
    office.put("facilities", office.sample("facilities").replace("Europe/Moscow", "Asia/Yekaterinburg"))
    first = office.slots("gp5-101", WEDNESDAY)[0]
    assert first.start == at(WEDNESDAY, 8, zone="Asia/Yekaterinburg")


# --- absences ----------------------------------------------------------------------------------------------------


def test_an_absence_takes_the_times_and_gives_them_back(office: Office) -> None:
    row = booking(office, "A-1")
    times = len(office.slots("gp5-101", WEDNESDAY))
    away = "Врач;С;По;Замещает\ngp5-101;04.03.2026;{};gp5-102\n"
    report = office.put("absences", away.format("06.03.2026"))
    assert office.slots("gp5-101", WEDNESDAY) == office.slots("gp5-101", THURSDAY) == []
    assert [lost.outcome for lost in report.lost] == ["kept"]
    (line,) = [
        line for line in report.told("absences", dry_run=False) if line.startswith("outside (absence)")
    ]
    assert row.ticket in line
    assert office.put("absences", away.format("04.03.2026")).changed == 1
    assert office.slots("gp5-101", THURSDAY)
    gone = office.put("absences", "Врач;С;По\ngp5-102;16.03.2026;29.03.2026\n", full=True, withdraw=True)
    assert gone.withdrawn == ["gp5-101/2026-03-04"]
    assert len(office.slots("gp5-101", WEDNESDAY)) == times


def test_an_absence_that_ends_gives_back_what_was_called_off_too(office: Office) -> None:
    """A day that was called off first, and stands in the files of absences since."""
    times = len(office.slots("gp5-101", WEDNESDAY))
    doctor = absences.doctor(office.store, office.id("doctors", "gp5-101"))
    assert absences.call_off(office.store, absences.DayOff(doctor, WEDNESDAY), Hand(NOW)).times
    office.put("absences", "Врач;С;По\ngp5-101;04.03.2026;04.03.2026\n")
    assert office.slots("gp5-101", WEDNESDAY) == []
    office.put("absences", "Врач;С;По\ngp5-102;16.03.2026;29.03.2026\n", full=True, withdraw=True)
    assert len(office.slots("gp5-101", WEDNESDAY)) == times
    ticks = [row.start // 300 for row in office.slots("gp5-101", WEDNESDAY)]
    this = schema.claim.c.resource == f"doctor:{doctor.id}#0"
    assert office.rows(schema.claim, this, schema.claim.c.tick.in_(ticks)) == []


def test_a_day_taken_back_has_the_times_that_an_import_took_out_meanwhile(office: Office) -> None:
    """Hours that come while a day is called off leave out its times; taken back, it has those of the new hours."""
    with office.store.read() as connection:
        doctor = desk.role_of(connection, office.id("doctors", "gp5-101"))
    absences.call_off(office.store, absences.DayOff(doctor, THURSDAY), Hand(office.now))
    office.put("hours", HOURS + "gp5-101;чт;10:00;12:00;20;;\n")
    assert office.slots("gp5-101", THURSDAY) == []
    assert day_returns.take_back(office.store, doctor, THURSDAY, Hand(office.now)) == 6
    assert [clock(row) for row in office.slots("gp5-101", THURSDAY)][:2] == ["10:00", "10:20"]
    assert [row for row in office.rows(schema.claim) if row.holder == absences.ABSENCE] == []


def test_the_substitute_gets_the_bookings_where_that_is_asked_for(office: Office) -> None:
    """R45: as by `cancel-day`."""
    row = booking(office, "A-1")
    text = "Врач;С;По;Замещает\ngp5-101;04.03.2026;04.03.2026;gp5-102\n"
    (lost,) = office.put("absences", text, cancel_outside=True).lost
    assert lost.outcome == "moved"
    now = booking(office, "A-1")
    assert (now.role_id, now.start, now.status) == (office.id("doctors", "gp5-102"), row.start, shapes.BOOKED)
    assert told(office, row.id) == ["moved-by-clinic"] * 2


# --- what terminals have of it -----------------------------------------------------------------------------------


def test_a_time_that_was_taken_out_is_taken_for_whoever_has_its_id(office: Office) -> None:
    """Also under way: a hold of it ends. It comes back under another id (api.md section 4)."""
    start = at(WEDNESDAY, 10, 0)
    old = proposal_id(office.id("doctors", "gp5-101"), start, 0)
    credential = identity.enroll(office.store, "lobby", NOW)
    with running(office.store, Clock(NOW), credential) as registry:
        terminal = Terminal(registry, credential).identified(PAVEL)
        only(terminal.hold(old))
        office.put("hours", HOURS + "gp5-101;вт, чт;15:00;19:00;15;;\n")
        assert office.rows(schema.claim, schema.claim.c.appointment == old) == []
        assert refused(terminal.book(old)) == (409, "slot-taken")
        office.put("hours", office.sample("hours"))
        assert refused(terminal.hold(old)) == (409, "slot-taken")
        new = proposal_id(office.id("doctors", "gp5-101"), start, 1)
        assert only(terminal.book(new))["status"] == "booked"
        never = proposal_id(office.id("doctors", "gp5-101"), start, 2)
        assert refused(terminal.hold(never)) == (404, "not-found")


def test_an_offer_of_a_time_that_goes_ends_and_is_told(office: Office) -> None:
    """Section 10: its patient waits on."""
    role_id, start = office.id("doctors", "gp5-301"), at(WEDNESDAY, 14, 0)
    free, entry = proposal_id(role_id, start, 0), _waiting(office, role_id)

    def offered(connection: Any) -> None:
        connection.execute(insert(schema.waiting).values(entry))
        row = {"appointment": free, "waiting_id": entry["id"], "state": "open", "expires": NOW + 3600}
        connection.execute(insert(schema.offer).values(row))

    office.store.write(offered)
    office.put("hours", HOURS + "gp5-301;пн;14:00;18:00;20;;\n")
    (offer,) = office.rows(schema.offer)
    assert offer.state == "withdrawn"
    (present,) = office.rows(schema.waiting)
    assert (present.status, present.version) == ("waitlist", 2)
    assert told(office, free) == ["offer-withdrawn"] * 2


def _waiting(office: Office, role_id: str) -> dict[str, Any]:
    (role,) = office.rows(schema.role, schema.role.c.id == role_id)
    return {
        "id": "w-1",
        "version": 1,
        "status": "waitlist",
        "patient_id": office.id("patients", "10001"),
        "facility_id": role.facility_id,
        "service_id": role.service_id,
        "role_id": role_id,
        "number": 1,
        "period_start": NOW,
        "period_end": NOW + 14 * DAY,
        "ticket": "77",
        "code": "77",
        "created": NOW,
        "changed": NOW,
        "seen": False,
        "language": "ru",
        "identifier": "urn:uuid:7",
    }


# --- bookings from files -----------------------------------------------------------------------------------------


def test_a_booking_that_its_source_has_moved_is_moved_and_told(office: Office) -> None:
    """R26."""
    row = booking(office, "A-1")
    assert office.put("bookings", office.sample("bookings").replace("09:00", "09:30")).changed == 1
    now = booking(office, "A-1")
    assert (now.start, now.version, now.ticket) == (row.start + 1800, 2, row.ticket)
    assert doctor_claims(office, now) == set(range(now.start // 300, now.end // 300))
    assert told(office, row.id) == ["moved"] * 2


def test_a_booking_that_its_source_has_cancelled_is_cancelled_where_that_is_asked_for(office: Office) -> None:
    text = "".join(office.sample("bookings").splitlines(keepends=True)[:2])
    id = office.id("bookings", "A-2")
    assert office.put("bookings", text, full=True).missing == ["A-2"]
    report = office.put("bookings", text, full=True, withdraw=True)
    assert report.withdrawn == ["A-2"]
    (row,) = office.rows(schema.appointment, schema.appointment.c.id == id)
    assert row.status == shapes.CANCELLED
    assert told(office, id) == ["cancelled-by-clinic"] * 2


def test_what_was_cancelled_here_is_not_booked_by_a_file(office: Office) -> None:
    """Though somebody else has the time since."""
    credential = identity.enroll(office.store, "lobby", NOW)
    row = booking(office, "A-1")
    with running(office.store, Clock(NOW), credential) as registry:
        terminal = Terminal(registry, credential)
        only(terminal.identified(ANNA).cancel(row.id))
        only(terminal.identified(PAVEL).book(proposal_id(row.role_id, row.start, 1)))
    before = office.everything()
    report = office.put("bookings", office.sample("bookings").replace("25.02.2026", "26.02.2026"))
    assert [finding.words for finding in report.warnings.kept] == [
        "is cancelled in the registry: left as it is"
    ]
    assert report.nothing
    assert office.everything() == before


@pytest.mark.parametrize(
    "visit", ["09:00;15", "09:00;", "03:00;"], ids=["minutes", "hours", "no hours any more"]
)
def test_a_booking_that_is_over_is_passed_over(office: Office, visit: str) -> None:
    text = f"Номер;Пациент;Врач;Дата;Время;Минут\nB;10003;gp5-101;27.02.2026;{visit}\n"
    report = office.put("bookings", text)
    assert (report.over, report.new) == (1, 0)
    assert report.nothing
