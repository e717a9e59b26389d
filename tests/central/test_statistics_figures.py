"""Statistics against counts by hand in plain Python over the same rows (R35)."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import statistics_year
from booking_region import DAY, MOSCOW, URALS
from sqlalchemy import Connection, func, insert, select
from tiny_region import NOW

from kiosk.central import outbox, schema, waiting_outbox
from kiosk.central.statistics import bookings as bookings_report
from kiosk.central.statistics import days
from kiosk.central.statistics import unmet as unmet_report
from kiosk.central.statistics.question import BadQuestion, asked
from kiosk.central.statistics.reports import REPORTS, as_data
from kiosk.central.statistics.reports import answered as answered_on
from kiosk.central.statistics.table import as_csv
from kiosk.central.store import Store

Rows = dict[str, list[dict[str, Any]]]
Key = tuple[Any, ...]
FIRST, LAST = date(2026, 2, 10), date(2026, 3, 4)
PERIOD = {"from": FIRST.isoformat(), "to": LAST.isoformat()}
ZONES = {"f1": ZoneInfo(MOSCOW), "f2": ZoneInfo(URALS)}
DISCREET = "venereologist"


@dataclass(frozen=True)
class Year:
    """A registry with made-up rows, and the rows."""

    store: Store
    rows: Rows

    def answer(self, report: str, **given: str) -> list[dict[str, Any]]:
        question, table = answered_on(self.store, report, given, NOW)
        data: Any = as_data(report, question, table)
        assert all(tuple(row) == data["columns"] for row in data["rows"])
        return list(data["rows"])


@pytest.fixture(scope="module")
def year(module_booking_store: Store) -> Year:
    return Year(module_booking_store, module_booking_store.write(statistics_year.fill))


# --- by hand -----------------------------------------------------------------------------------------------------


def local_day(instant: int, facility: str) -> date:
    return datetime.fromtimestamp(instant, UTC).astimezone(ZONES.get(facility, ZONES["f1"])).date()


def keys_of(row: dict[str, Any], instant: int, zone_of: str = "") -> dict[str, Any]:
    code = row.get("specialty_code") or row.get("specialty")
    facility = row.get("facility_id") or row.get("organization")
    return {
        "day": local_day(instant, zone_of or str(facility)).isoformat(),
        "facility": facility,
        "specialty": "discreet" if code == DISCREET else code,
        "doctor": None if code == DISCREET else row.get("role_id"),
        "channel": row.get("channel"),
    }


def within(keys: dict[str, Any]) -> bool:
    return PERIOD["from"] <= keys["day"] <= PERIOD["to"]


def by_hand(
    facts: list[tuple[dict[str, Any], str]], by: tuple[str, ...], only: dict[str, str]
) -> dict[Key, Counter[str]]:
    """How many facts there are of each name, by the keys that are asked for."""
    counts: dict[Key, Counter[str]] = defaultdict(Counter)
    for keys, name in facts:
        if within(keys) and all(keys[key] == value for key, value in only.items()):
            counts[tuple(keys[key] for key in by)][name] += 1
    return counts


def bookings(rows: Rows) -> list[tuple[dict[str, Any], str]]:
    return [(keys_of(row, row["asked_at"]), row["kind"].replace("-", "_")) for row in rows["event"]]


def unmet(rows: Rows) -> list[tuple[dict[str, Any], str]]:
    told = {
        "waitlisted": "joined_list",
        "waiting-left": "left_list",
        "waiting-over": "waited_in_vain",
        "offer": "offers",
        "offer-withdrawn": "offers_withdrawn",
    }
    facts = [
        (keys_of(row, row["asked_at"]), told[row["kind"]]) for row in rows["event"] if row["kind"] in told
    ]
    details = {"specialty": "no_time_at_all", "doctor": "no_time_of_doctor"}
    facts += [
        (keys_of(row, row["at"], "f1"), details[row["detail"]])
        for row in rows["terminal_event"]
        if row["kind"] == "unmet-demand"
    ]
    entries = {row["id"]: row for row in rows["waiting"]}
    for offer in rows["offer"]:
        entry = entries[offer["waiting_id"]]
        code = DISCREET if "venereologist" in entry["service_id"] else "therapist"
        if offer["state"] in ("taken", "lapsed"):
            facts.append(
                (keys_of({**entry, "specialty": code}, offer["expires"]), f"offers_{offer['state']}")
            )
    return facts


QUESTIONS: list[tuple[tuple[str, ...], dict[str, str]]] = [
    ((), {}),
    (("day",), {}),
    (("facility",), {}),
    (("specialty", "day"), {}),
    (("doctor",), {}),
    (("day", "facility", "specialty", "doctor"), {}),
    (("day",), {"facility": "f2"}),
    (("specialty",), {"facility": "f1", "specialty": "therapist"}),
    (("day",), {"doctor": "r-second"}),
    ((), {"doctor": "r-discreet"}),
    ((), {"facility": "f9"}),
]


@pytest.mark.parametrize(("by", "only"), QUESTIONS)
@pytest.mark.parametrize(("report", "facts"), [("bookings", bookings), ("unmet-demand", unmet)])
def test_what_happened_is_counted_as_by_hand(
    year: Year,
    report: str,
    facts: Callable[[Rows], list[tuple[dict[str, Any], str]]],
    by: tuple[str, ...],
    only: dict[str, str],
) -> None:
    told = year.answer(report, by=",".join(by), **PERIOD, **only)
    expected = by_hand(facts(year.rows), by, only)
    names = [name for name in told[0] if not is_key(name)] if told else []
    counted = {tuple(row[key] for key in by): {name: row[name] for name in names} for row in told}
    wanted = {
        key: {name: kept_back(count[name], "discreet" in key) for name in names}
        for key, count in expected.items()
        if any(count[name] for name in names)
    }
    if not by and not wanted:
        wanted = {(): dict.fromkeys(names, 0)}
    assert counted == wanted
    assert len(counted) == len(told)


def is_key(name: str) -> bool:
    return name.removesuffix("_name") in ("day", "facility", "specialty", "doctor", "channel")


def kept_back(count: int, discreet: bool) -> int | None:
    return None if discreet and 0 < count < 5 else count


def test_channels_and_names(year: Year) -> None:
    told = year.answer("bookings", by="channel,facility", channel="staff", **PERIOD)
    expected = by_hand(bookings(year.rows), ("facility",), {"channel": "staff"})
    assert [(row["channel"], row["facility"], row["facility_name"], row["booked"]) for row in told] == [
        ("staff", "f1", "Поликлиника № 1", expected[("f1",)]["booked"]),
        ("staff", "f2", "Поликлиника № 2", expected[("f2",)]["booked"]),
    ]
    (doctor,) = year.answer("bookings", by="doctor", doctor="r-second", **PERIOD)
    assert doctor["doctor_name"] == "Second Елена Андреевна"


def test_the_lead_time_is_counted_in_local_days(year: Year) -> None:
    groups = {"days_0": range(1), "days_1": range(1, 2), "days_8_14": range(8, 15), "days_31": range(31, 99)}
    for facility in ("f1", "f2"):
        days_ahead = [
            (local_day(row["visit_at"], facility) - local_day(row["asked_at"], facility)).days
            for row in year.rows["event"]
            if row["kind"] == "booked" and row["facility_id"] == facility
            if FIRST <= local_day(row["asked_at"], facility) <= LAST
        ]
        (told,) = year.answer("lead-time", facility=facility, **PERIOD)
        assert told["booked"] == len(days_ahead)
        assert told["average_days"] == round(sum(days_ahead) / len(days_ahead), 1)
        for name, group in groups.items():
            assert told[name] == sum(ahead in group for ahead in days_ahead)
        assert sum(told[name] for name in told if name.startswith("days_")) == len(days_ahead)


def test_the_load_is_that_of_the_times_and_their_bookings(year: Year) -> None:
    with year.store.read() as connection:
        times = connection.execute(select(schema.slot)).all()
    status = {
        (row["role_id"], row["start"]): row["status"]
        for row in year.rows["appointment"]
        if row["status"] != "cancelled"
    }
    expected: dict[Key, Counter[str]] = defaultdict(Counter)
    for time in times:
        day = date.fromordinal(time.day)
        if FIRST <= day <= LAST:
            mine = expected[(time.role_id, day.isoformat())]
            mine["times"] += 1
            mine["taken"] += (time.role_id, time.start) in status
            mine["not_come"] += status.get((time.role_id, time.start)) == "noshow"
    told = year.answer("load", by="doctor,day", **PERIOD)
    names = ("times", "taken", "not_come")
    counted = {(row["doctor"], row["day"]): {name: row[name] for name in names} for row in told}
    open_to_all = {key: count for key, count in expected.items() if key[0] != "r-discreet"}
    assert {key: counted[key] for key in open_to_all} == {
        key: {name: count[name] for name in names} for key, count in open_to_all.items()
    }
    assert {row["day"]: row["times"] for row in told if row["doctor"] is None} == {
        key[1]: count["times"] for key, count in expected.items() if key[0] == "r-discreet"
    }
    for row in told:
        assert row["share_taken"] == round(row["taken"] / row["times"], 3)
    total = year.answer("load", facility="f2", **PERIOD)[0]
    assert total["taken"] == sum(count["taken"] for key, count in expected.items() if key[0] == "r-urals")


def test_days_of_absence_are_no_times(year: Year) -> None:
    absent = {"role_id": "r-family", "first_day": date(2026, 3, 3).toordinal()}

    def work(connection: Connection) -> None:
        connection.execute(insert(schema.absence).values(**absent, last_day=absent["first_day"]))

    (before,) = year.answer("load", doctor="r-family", **PERIOD)
    year.store.write(work)
    (after,) = year.answer("load", doctor="r-family", **PERIOD)
    assert (before["times"], after["times"]) == (36, 24)
    year.store.write(lambda connection: connection.execute(schema.absence.delete()))


def test_who_waits_now(year: Year) -> None:
    waiting = [
        row
        for row in year.rows["waiting"]
        if row["status"] == "waitlist" and row["period_end"] > NOW and row["facility_id"] == "f2"
    ]
    told = {row["facility"]: row for row in year.answer("waiting", by="facility")}
    assert told["f2"]["waiting"] == len(waiting)
    ages = [(NOW - row["created"]) // DAY for row in waiting]
    assert told["f2"]["average_days"] == round(sum(ages) / len(ages), 1)


def test_the_funnel_counts_steps_by_terminal(year: Year) -> None:
    expected: Counter[Key] = Counter(
        (f"{row['terminal_id'].removeprefix('t-')} of the year", row["detail"], row["kind"])
        for row in year.rows["terminal_event"]
        if FIRST <= local_day(row["at"], "f1") <= LAST
    )
    told = year.answer("funnel", by="terminal", **PERIOD)
    assert len(told) == 2 * len(statistics_year.STEPS)
    for row in told:
        assert row["reached"] == expected[(row["terminal"], row["step"], "step")]
        assert row["staff_called"] == expected[(row["terminal"], row["step"], "staff-called")]
    alone = year.answer("funnel", terminal="lobby of the year", **PERIOD)
    assert [row["reached"] for row in alone] == [
        row["reached"] for row in told if row["terminal"].startswith("lobby")
    ]


# --- what is not told --------------------------------------------------------------------------------------------


def test_a_discreet_specialty_is_never_told_by_its_name_or_its_doctor(year: Year) -> None:
    for report, kinds in ((name, report.keys) for name, report in REPORTS.items()):
        by = ",".join(key for key in kinds if key in ("specialty", "doctor"))
        told = year.answer(report, **({"by": by} if by else {}), **(PERIOD if report != "waiting" else {}))
        assert "r-discreet" not in str(told)
        assert DISCREET not in str(told).lower()
    assert year.answer("bookings", specialty=DISCREET, **PERIOD)[0]["booked"] == 0


def test_small_counts_can_be_kept_back(year: Year) -> None:
    exact = year.answer("bookings", by="day,doctor", **PERIOD)
    told = year.answer("bookings", by="day,doctor", fewest="4", **PERIOD)
    names = [name for name in exact[0] if not is_key(name)]
    for before, after in zip(exact, told, strict=True):
        if before["doctor"] is not None:
            assert [after[name] for name in names] == [
                None if 0 < before[name] < 4 else before[name] for name in names
            ]
    question, table = answered_on(year.store, "bookings", {"by": "day", "fewest": "4", **PERIOD}, NOW)
    header, *lines = as_csv(table, question).splitlines()
    assert header.startswith("day,booked,moved,")
    assert any("<4" in line for line in lines)
    assert not any(f",{few}," in f"{line}," for few in "123" for line in lines)


def test_a_share_of_what_is_kept_back_is_kept_back(year: Year) -> None:
    exact = year.answer("load", by="day,doctor", **PERIOD)
    told = year.answer("load", by="day,doctor", fewest="5", **PERIOD)
    for before, after in zip(exact, told, strict=True):
        assert (after["share_taken"] is None) == (0 < before["taken"] < 5)


def test_texts_are_no_formulas(year: Year) -> None:
    event = {"terminal_id": "t-lobby", "id": "formula", "at": NOW, "kind": "step", "detail": '=cmd("x")'}
    year.store.write(lambda connection: connection.execute(insert(schema.terminal_event).values(event)))
    question, table = answered_on(year.store, "funnel", {"step": '=cmd("x")'}, NOW)
    assert as_csv(table, question).splitlines()[1].startswith("\"'=cmd(")
    year.store.write(
        lambda connection: connection.execute(
            schema.terminal_event.delete().where(schema.terminal_event.c.id == "formula")
        )
    )


# --- questions and days ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"from": "2026-02-30"}, "from"),
        ({"to": "soon"}, "to"),
        ({"from": "2026-03-02", "to": "2026-03-01"}, "from"),
        ({"from": "2025-03-01", "to": "2026-03-02"}, "from"),
        ({"to": "1970-01-02"}, "to"),
        ({"by": "patient"}, "by"),
        ({"by": "day,day"}, "by"),
        ({"fewest": "-1"}, "fewest"),
        ({"fewest": "²"}, "fewest"),
        ({"fewest": "1001"}, "fewest"),
    ],
)
def test_bad_questions_are_refused_by_name(given: dict[str, str], name: str) -> None:
    with pytest.raises(BadQuestion) as refused:
        asked(given, LAST, ("day", "facility"))
    assert refused.value.name == name


def test_a_period_is_a_month_up_to_today_where_none_is_asked_for() -> None:
    question = asked({}, LAST, ("day",))
    assert (question.first, question.last) == (LAST - timedelta(days=29), LAST)


@pytest.mark.parametrize("zone", [MOSCOW, URALS, "Europe/Berlin", "America/New_York", "Asia/Kolkata"])
def test_the_database_finds_the_local_day_of_every_instant(year: Year, zone: str) -> None:
    """Over both changes of a zone with summer time, every quarter of an hour of their days."""
    period = days.days_in(date(2026, 3, 1), date(2026, 11, 30), zone)
    first = int(datetime(2026, 3, 1, tzinfo=UTC).timestamp())
    changes = [(date(2026, *day) - date(2026, 3, 1)).days for day in ((3, 8), (3, 29), (10, 25), (11, 1))]
    instants = {first + day * DAY + 13 * 3600 for day in range(275)}
    instants |= {first + day * DAY + quarter * 900 for day in changes for quarter in range(-48, 144)}

    def work(connection: Connection) -> None:
        connection.execute(
            insert(schema.terminal_event),
            [{"terminal_id": "t-lobby", "id": f"d{at}", "at": at, "kind": "local day"} for at in instants],
        )

    year.store.write(work)
    own = schema.terminal_event.c
    with year.store.read() as connection:
        query = select(own.at, period.of(own.at)).where(own.kind == "local day")
        found = dict(connection.execute(query).tuples().all())
        covered = set(
            connection.execute(select(own.at).where(own.kind == "local day", period.cover(own.at))).scalars()
        )
    year.store.write(
        lambda connection: connection.execute(schema.terminal_event.delete().where(own.kind == "local day"))
    )
    local = {at: datetime.fromtimestamp(at, ZoneInfo(zone)).date() for at in instants}
    assert {at: date.fromordinal(number) for at, number in found.items()} == local
    assert covered == {at for at, day in local.items() if period.first <= day <= period.last}


# --- nothing is left out -----------------------------------------------------------------------------------------


def test_every_kind_of_event_is_counted_somewhere() -> None:
    """What happens to bookings and on the waiting list, now and when something new can happen."""
    happens = {one.value for one in (*outbox.Happened, *waiting_outbox.Happened)} - {"awaiting"}
    counted = {*bookings_report.KINDS, outbox.NOT_COME, outbox.CAME, *unmet_report.KINDS}
    assert counted == happens | {outbox.NOT_COME, outbox.CAME}


def test_the_demo_region_has_something_to_show(demo_store: Store) -> None:
    """Its bookings were made, by patients and by staff; each of them is counted."""
    _, table = answered_on(
        demo_store, "bookings", {"by": "channel", "from": "2025-12-01", "to": "2026-03-02"}, NOW
    )
    counts = {row[0]: row[1] for row in table.rows}
    assert counts.keys() == {"kiosk", "staff"}
    with demo_store.read() as connection:
        usual = select(func.count()).select_from(schema.appointment.join(schema.patient))
        made = connection.execute(usual.where(schema.patient.c.situation.is_(None))).scalar_one()
    assert sum(counts.values()) == made > 1000
    assert 0.2 < counts["staff"] / made < 0.3
