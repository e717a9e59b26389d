"""The demo region's times: fifteen days that move with the clock, some taken by the rules (api.md section 13)."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import tiny_region
from sqlalchemy import Row, insert, select

from kiosk.central import cli, records, schema, shapes
from kiosk.central.demo import HOME_FACILITY, days, region, staff
from kiosk.central.rules import TICK_SECONDS, Applicant, broken
from kiosk.central.schedule import daily
from kiosk.central.store import Store, create_schema

TODAY = tiny_region.MONDAY
DAY = 24 * 3600
STANDING = (shapes.BOOKED, shapes.AWAITING)


def all_rows(store: Store, table: Any) -> list[Row[Any]]:
    with store.read() as connection:
        return list(connection.execute(select(table)))


def slot_days(store: Store) -> set[date]:
    return {date.fromordinal(row.day) for row in all_rows(store, schema.slot)}


def first_days(count: int, first: date = TODAY) -> set[date]:
    return {first + timedelta(days=number) for number in range(count)}


def test_there_are_times_from_today_to_today_plus_14(demo_store: Store) -> None:
    assert slot_days(demo_store) == first_days(15)


def test_times_are_whole_ticks_and_do_not_overlap(demo_store: Store) -> None:
    """Section 12: start and end are multiples of a tick."""
    times = sorted((row.role_id, row.start, row.end) for row in all_rows(demo_store, schema.slot))
    assert all(start % TICK_SECONDS == end % TICK_SECONDS == 0 < end - start for _, start, end in times)
    for (role, _, end), (next_role, start, _) in pairwise(times):
        assert role != next_role or end <= start


def test_every_claim_is_of_a_booking_and_every_booking_has_its_claims(demo_store: Store) -> None:
    """Section 12, R21, R27, R44."""
    claims = Counter(row.appointment for row in all_rows(demo_store, schema.claim))
    bookings = [row for row in all_rows(demo_store, schema.appointment) if row.status in STANDING]
    assert len(bookings) > 5000
    assert claims == {row.id: 2 * (row.end - row.start) // TICK_SECONDS + 2 for row in bookings}
    owned = {(row.resource, row.tick): row.appointment for row in all_rows(demo_store, schema.claim)}
    for row in bookings:
        assert owned[f"asked:{row.patient_id}:{row.profile_code}", row.asked_day] == row.id
        assert owned[f"visit:{row.patient_id}:{row.profile_code}", row.visit_day] == row.id
        assert owned[f"doctor:{row.role_id}#0", row.start // TICK_SECONDS] == row.id
        assert owned[f"patient:{row.patient_id}", row.end // TICK_SECONDS - 1] == row.id
        assert row.asked_day < TODAY.toordinal()


def test_every_booking_keeps_the_rules(demo_store: Store) -> None:
    """R10, R28, R30, R42: nobody sees a doctor whom they could not have booked."""
    with demo_store.read() as connection:
        people = {row.id: row for row in connection.execute(select(schema.patient))}
        known = {(row.patient_id, row.facility_id) for row in connection.execute(select(schema.card))}
        known |= {(row.id, row.facility_id) for row in people.values()}
        observed = {tuple(row) for row in connection.execute(select(schema.observation))}
        for booking in map(records.booking_of, connection.execute(records.query())):
            role, person = booking.time.role, people[booking.patient_id]
            assert person.situation in (None, "cabinet")
            applicant = Applicant(
                date.fromisoformat(person.birth_date),
                person.sex,
                (person.id, role.facility_id) in known,
                (person.id, role.specialty_code) in observed,
            )
            assert broken(applicant, booking.time, booking.created) is None


def test_ticket_numbers_and_codes_are_unique(demo_store: Store) -> None:
    bookings = all_rows(demo_store, schema.appointment)
    assert len({row.code for row in bookings}) == len(bookings)
    assert len({(row.facility_id, row.ticket) for row in bookings}) == len(bookings)


def test_days_look_real(demo_store: Store) -> None:
    """Some days are full, near ones fuller than far ones, two doctors have no free time at all: one the only one of a specialty."""
    taken = {(row.role_id, row.start) for row in all_rows(demo_store, schema.appointment)}
    by_day: dict[tuple[str, int], list[bool]] = {}
    for row in all_rows(demo_store, schema.slot):
        by_day.setdefault((row.role_id, row.day), []).append((row.role_id, row.start) in taken)
    assert {role for role, _ in by_day} > staff.FULLY_BOOKED
    assert all(all(times) for (role, _), times in by_day.items() if role in staff.FULLY_BOOKED)
    full = [day for day, times in by_day.items() if all(times)]
    assert 0.02 < len(full) / len(by_day) < 0.3
    near, far = (share(by_day, TODAY.toordinal() + ahead) for ahead in (0, 14))
    assert near > 2 * far > 0


def share(by_day: dict[tuple[str, int], list[bool]], day: int) -> float:
    times = [taken for (_, on), listed in by_day.items() if on == day for taken in listed]
    return sum(times) / len(times)


def test_every_day_has_a_free_time_at_home_for_an_adult(demo_store: Store) -> None:
    taken = {(row.role_id, row.start) for row in all_rows(demo_store, schema.appointment)}
    therapists = {
        row.id
        for row in all_rows(demo_store, schema.role)
        if row.facility_id == HOME_FACILITY and row.specialty_code == "therapist"
    }
    free = Counter(
        row.day
        for row in all_rows(demo_store, schema.slot)
        if row.role_id in therapists and (row.role_id, row.start) not in taken
    )
    assert {date.fromordinal(day) for day in free} == first_days(15)
    assert sum(free.values()) > 300


def test_the_same_region_every_time(demo_store: Store, new_database: str) -> None:
    """Deterministic, but for the secret (issue 2, item 4)."""
    other = Store(new_database)
    try:
        create_schema(other)
        region.create(other, tiny_region.NOW)
        for table in (schema.role, schema.patient, schema.slot, schema.appointment, schema.word):
            assert all_rows(other, table) == all_rows(demo_store, table)
    finally:
        other.close()


# --- the days that follow ----------------------------------------------------------------------------------------


def test_extending_twice_on_a_day_changes_nothing(demo_store: Store) -> None:
    assert days.extend(demo_store, tiny_region.NOW + 14 * 3600) == 0


def test_a_day_is_added_after_midnight(demo_store: Store) -> None:
    before = {(row.resource, row.tick) for row in all_rows(demo_store, schema.claim)}
    assert days.extend(demo_store, tiny_region.NOW + 15 * 3600) == 1
    assert slot_days(demo_store) == first_days(16)
    assert before < {(row.resource, row.tick) for row in all_rows(demo_store, schema.claim)}


def test_after_weeks_off_all_days_are_there_again(demo_store: Store) -> None:
    later = TODAY + timedelta(days=40)
    assert days.extend(demo_store, tiny_region.NOW + 40 * DAY) == 15
    assert slot_days(demo_store) == first_days(15) | first_days(15, later)
    bookings = all_rows(demo_store, schema.appointment)
    assert any(row.visit_day >= later.toordinal() for row in bookings)
    absences = all_rows(demo_store, schema.absence)
    assert all(row.first_day < later.toordinal() < row.last_day - days.DAYS_AHEAD for row in absences)
    away = {row.role_id for row in absences}
    assert not away & {row.role_id for row in all_rows(demo_store, schema.slot)}


def test_a_running_demo_registry_has_all_days_from_the_start(demo_store: Store) -> None:
    """Section 13: what was missed while the server was off is there before it answers."""
    assert list(cli._extension(demo_store, 14)(tiny_region.NOW + 3 * DAY)) == [3]
    assert slot_days(demo_store) == first_days(18)


def test_what_patients_booked_themselves_is_respected(demo_store: Store) -> None:
    """R27: a day on which somebody goes already is not given to a second booking of the profile."""
    new_day = TODAY.toordinal() + days.DAYS_AHEAD + 1
    patients = [row.id for row in all_rows(demo_store, schema.patient) if row.situation is None]
    profiles = {row.profile_code for row in all_rows(demo_store, schema.specialty)}
    spared = patients[: len(patients) // 2]
    rows = [
        {"resource": f"visit:{patient}:{profile}", "tick": new_day, "appointment": "own", "holder": "t"}
        for patient in spared
        for profile in profiles
    ]
    demo_store.write(lambda connection: connection.execute(insert(schema.claim), rows))
    days.extend(demo_store, tiny_region.NOW + DAY)
    visitors = {
        row.patient_id for row in all_rows(demo_store, schema.appointment) if row.visit_day == new_day
    }
    assert visitors
    assert not visitors & set(spared)


def test_no_number_of_the_waiting_list_is_given_to_a_booking(demo_store: Store) -> None:
    """Section 10: numbers are of tickets and of entries; the first that were free are taken by those who wait."""
    with demo_store.read() as connection:
        numbers = days.free_numbers(connection, tiny_region.NOW + DAY)
        waiting = [next(numbers) for _ in range(20)]
    patient = all_rows(demo_store, schema.patient)[0].id
    service = all_rows(demo_store, schema.service)[0]
    rows = [
        {
            "id": f"e-{number}",
            "version": 1,
            "status": "waitlist",
            "patient_id": patient,
            "facility_id": service.facility_id,
            "service_id": service.id,
            "number": int(number),
            "period_start": tiny_region.NOW,
            "period_end": tiny_region.NOW + 30 * DAY,
            "ticket": number,
            "code": number,
            "created": tiny_region.NOW,
            "changed": tiny_region.NOW,
            "seen": False,
            "language": "ru",
            "identifier": number,
        }
        for number in waiting
    ]
    demo_store.write(lambda connection: connection.execute(insert(schema.waiting), rows))
    assert days.extend(demo_store, tiny_region.NOW + DAY) == 1
    new_day = TODAY.toordinal() + days.DAYS_AHEAD + 1
    given = {row.ticket for row in all_rows(demo_store, schema.appointment) if row.visit_day == new_day}
    assert given
    assert not given & set(waiting)


def test_midnight_is_the_regions() -> None:
    assert daily.seconds_to_midnight(tiny_region.NOW, days.ZONE) == 15 * 3600
    assert daily.seconds_to_midnight(tiny_region.NOW + 15 * 3600, days.ZONE) == DAY


def test_all_adults_may_book_one_specialty(demo_store: Store) -> None:
    """Section 13: known at home, of age, online booking without approval."""
    people = [row for row in all_rows(demo_store, schema.patient) if row.situation == "adult"]
    (service,) = (
        row
        for row in all_rows(demo_store, schema.service)
        if (row.facility_id, row.specialty_code) == (HOME_FACILITY, "therapist")
    )
    assert len(people) >= 40
    assert {row.facility_id for row in people} == {HOME_FACILITY}
    assert (service.online, service.approval, service.sex) == ("yes", False, None)
    assert all(date.fromisoformat(row.birth_date).year + service.age_min < TODAY.year for row in people)
