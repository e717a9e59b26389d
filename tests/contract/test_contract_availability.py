"""api.md section 3, R7: `$availability` against `$find`, day by day and time by time."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from contract_people import Region, Service, target
from contract_wire import Answer, Terminal, Visitor, instant, reference

Json = Any
PATH = "PractitionerRole/$availability"


@dataclass
class Day:
    day: date
    free: int
    busy: int
    times: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass
class Load:
    role: str
    nearest: datetime | None
    free: int
    days: list[Day]


def parts(node: Json) -> Iterator[tuple[str, Json]]:
    """Name and value (or the part itself where it has parts) of each part."""
    for item in node.get("part", node.get("parameter", [])):
        values = [value for key, value in item.items() if key.startswith("value")]
        yield item["name"], values[0] if values else item


def one(node: Json, name: str) -> Json:
    found = [value for key, value in parts(node) if key == name]
    assert len(found) == 1, f"{len(found)} parts {name} in {node}"
    return found[0]


def maybe(node: Json, name: str) -> Json:
    return next((value for key, value in parts(node) if key == name), None)


def loads(answer: Answer) -> dict[str, Load]:
    """The `role` parameters, read to the letter of section 3."""
    body = answer.ok().body
    assert body["resourceType"] == "Parameters"
    found: dict[str, Load] = {}
    for name, role in parts(body):
        assert name == "role"
        load = read_load(role)
        assert load.role not in found, "one role parameter per doctor"
        found[load.role] = load
    return found


def read_load(role: Json) -> Load:
    nearest = maybe(role, "nearest")
    days = [read_day(value) for name, value in parts(role) if name == "day"]
    assert {name for name, _ in parts(role)} <= {"reference", "nearest", "free", "day"}
    kind, _, found = one(role, "reference")["reference"].partition("/")
    assert kind == "PractitionerRole"
    return Load(found, instant(nearest) if nearest else None, one(role, "free"), days)


def read_day(day: Json) -> Day:
    times = [
        (one(value, "start"), one(value, "end"), one(value, "state"))
        for name, value in parts(day)
        if name == "time"
    ]
    return Day(date.fromisoformat(one(day, "date")), one(day, "free"), one(day, "busy"), times)


def span(service_day: date, days: int) -> dict[str, str]:
    return {"from": service_day.isoformat(), "to": (service_day + timedelta(days=days - 1)).isoformat()}


@pytest.fixture
def tomorrow(region: Region) -> date:
    return region.today + timedelta(days=1)


@pytest.fixture
def role(region: Region, service: Service, terminal: Terminal, tomorrow: date) -> str:
    """A doctor of the service with free times in the next seven days."""
    answer = terminal.get(
        PATH, organization=service.facility, specialty=service.specialty, **span(tomorrow, 7)
    )
    return max(loads(answer).values(), key=lambda load: load.free).role


def found_by_find(terminal: Terminal, days: dict[str, str], **wish: Any) -> list[Json]:
    """The proposals whose local day lies in the days: asked for a day more on each side."""
    start = datetime.fromisoformat(days["from"] + "T00:00:00+00:00") - timedelta(days=1)
    end = datetime.fromisoformat(days["to"] + "T00:00:00+00:00") + timedelta(days=2)
    first = terminal.find(start.isoformat(), end.isoformat(), _count=200, **wish)
    proposals = [proposal for page in terminal.pages(first) for proposal in page.matches()]
    first_day, last_day = date.fromisoformat(days["from"]), date.fromisoformat(days["to"])
    return [proposal for proposal in proposals if first_day <= instant(proposal["start"]).date() <= last_day]


def role_of(proposal: Json) -> str:
    return next(
        target(item["actor"])
        for item in proposal["participant"]
        if item["actor"]["reference"].startswith("PractitionerRole/")
    )


def test_one_request_serves_a_whole_list(
    region: Region, service: Service, terminal: Terminal, tomorrow: date
) -> None:
    """One `role` per doctor of the facility's specialty, busy ones and absent ones too."""
    answer = terminal.get(
        PATH, organization=service.facility, specialty=service.specialty, **span(tomorrow, 14)
    )
    assert set(loads(answer)) == {role["id"] for role in region.roles_of(service)}


def test_every_load_is_consistent(service: Service, terminal: Terminal, tomorrow: date) -> None:
    days = span(tomorrow, 14)
    for load in loads(terminal.get(PATH, organization=service.facility, **days)).values():
        assert load.free == sum(day.free for day in load.days)
        assert [day.day for day in load.days] == [tomorrow + timedelta(days=number) for number in range(14)]
        assert (load.nearest is None) == (load.free == 0)
        if load.nearest:
            first = next(day.day for day in load.days if day.free)
            assert load.nearest.date() == first
        assert all(not day.times for day in load.days), "times only with `role`"


def test_free_times_are_those_that_find_shows(service: Service, terminal: Terminal, tomorrow: date) -> None:
    """Section 3: here and in `$find` the same times are shown; R21."""
    days = span(tomorrow, 10)
    told = loads(terminal.get(PATH, organization=service.facility, **days))
    proposals = found_by_find(terminal, days, organization=reference("Organization", service.facility))
    counted = Counter((role_of(one), instant(one["start"]).date()) for one in proposals)
    free = {(load.role, day.day): day.free for load in told.values() for day in load.days if day.free}
    assert free == dict(counted)


def test_nearest_is_the_first_that_find_shows(service: Service, terminal: Terminal, tomorrow: date) -> None:
    days = span(tomorrow, 10)
    told = loads(terminal.get(PATH, organization=service.facility, specialty=service.specialty, **days))
    wish = {"organization": reference("Organization", service.facility), "specialty": service.specialty}
    nearest: dict[str, datetime] = {}
    for proposal in found_by_find(terminal, days, **wish):
        nearest.setdefault(role_of(proposal), instant(proposal["start"]))
    assert {load.role: load.nearest for load in told.values() if load.nearest} == nearest


def test_a_role_with_at_most_7_dates_has_its_times(terminal: Terminal, role: str, tomorrow: date) -> None:
    """This draws the day picker: start, end, state of each time, in order."""
    days = span(tomorrow, 7)
    load = loads(terminal.get(PATH, role=role, **days))[role]
    proposals = found_by_find(terminal, days, practitioner=reference("PractitionerRole", role))
    free = sorted(instant(proposal["start"]) for proposal in proposals)
    drawn = [instant(start) for day in load.days for start, _, state in day.times if state == "free"]
    assert drawn == free
    for day in load.days:
        starts = [instant(start) for start, _, _ in day.times]
        assert starts == sorted(starts)
        assert all(start.date() == day.day for start in starts)
        assert all(instant(start) < instant(end) for start, end, _ in day.times)
        states = Counter(state for _, _, state in day.times)
        assert (states["free"], states["busy"]) == (day.free, day.busy)
        assert set(states) <= {"free", "busy"}


def test_a_role_with_8_dates_has_no_times(terminal: Terminal, role: str, tomorrow: date) -> None:
    load = loads(terminal.get(PATH, role=f"PractitionerRole/{role}", **span(tomorrow, 8)))[role]
    assert len(load.days) == 8
    assert all(not day.times for day in load.days)


def test_31_dates_are_answered_and_32_are_not(terminal: Terminal, role: str, tomorrow: date) -> None:
    assert len(loads(terminal.get(PATH, role=role, **span(tomorrow, 31)))[role].days) == 31
    terminal.get(PATH, role=role, **span(tomorrow, 32)).refused(400, "invalid")


def test_organization_or_role_is_required(terminal: Terminal, service: Service, tomorrow: date) -> None:
    terminal.get(PATH, **span(tomorrow, 2)).refused(400, "invalid")
    terminal.get(PATH, specialty=service.specialty, **span(tomorrow, 2)).refused(400, "invalid")


@pytest.mark.parametrize("wrong", ["2025-13-01", "x", "", "20250101"])
def test_a_date_that_is_none_is_400(terminal: Terminal, role: str, tomorrow: date, wrong: str) -> None:
    terminal.get(PATH, role=role, **{"from": wrong, "to": tomorrow.isoformat()}).refused(400, "invalid")


def test_an_unknown_parameter_is_400_with_its_name(terminal: Terminal, role: str, tomorrow: date) -> None:
    answer = terminal.get(PATH, role=role, flavour="x", **span(tomorrow, 2)).refused(400, "invalid")
    assert "flavour" in str(answer.body)


def test_by_location_only_its_doctors(region: Region, terminal: Terminal, tomorrow: date) -> None:
    """R17: by area."""
    role = next(role for role in region.roles if len(role["location"]) > 1)
    area = target(role["location"][-1])
    answer = terminal.get(PATH, organization=target(role["organization"]), location=area, **span(tomorrow, 2))
    expected = {one["id"] for one in region.roles if area in {target(item) for item in one["location"]}}
    assert set(loads(answer)) == expected


def test_of_a_district_one_facility_each(
    region: Region, service: Service, terminal: Terminal, tomorrow: date
) -> None:
    """`district` + `specialty`: one `facility` parameter per facility that has the specialty."""
    building = next(
        one
        for one in region.locations
        if one.get("managingOrganization", {}).get("reference", "").endswith(service.facility)
    )
    district = target(building["partOf"])
    days = span(tomorrow, 14)
    body = terminal.get(PATH, district=f"Location/{district}", specialty=service.specialty, **days).ok().body
    here = {
        target(one["managingOrganization"]): one["id"]
        for one in region.locations
        if "managingOrganization" in one and "partOf" in one and target(one["partOf"]) == district
    }
    having = {one.facility for one in region.services if one.specialty == service.specialty}
    told: dict[str, str] = {}
    for name, facility in parts(body):
        assert name == "facility"
        organization = target(one(facility, "organization"))
        told[organization] = target(one(facility, "reference"))
        check_facility(terminal, organization, service.specialty, days, facility)
    assert told == {organization: place for organization, place in here.items() if organization in having}


def check_facility(
    terminal: Terminal, organization: str, specialty: str, days: dict[str, str], told: Json
) -> None:
    """Nearest and free as its doctors have them."""
    doctors = loads(terminal.get(PATH, organization=organization, specialty=specialty, **days)).values()
    expected = min((load.nearest for load in doctors if load.nearest), default=None)
    nearest = maybe(told, "nearest")
    assert (instant(nearest) if nearest else None) == expected
    assert one(told, "free") == sum(load.free for load in doctors)


def test_a_specialty_without_any_free_time_that_others_have(
    region: Region, terminal: Terminal, tomorrow: date
) -> None:
    """Section 13: at the home facility, bookable online; other facilities of the district have times (issue 3, 4)."""
    home = region.adults[0].home
    district = next(
        target(place["partOf"])
        for place in region.locations
        if home in place.get("managingOrganization", {}).get("reference", "") and "hoursOfOperation" in place
    )
    days, full = span(tomorrow, 14), []
    for service in region.services:
        if service.facility == home and service.online == "yes":
            told = loads(terminal.get(PATH, organization=home, specialty=service.specialty, **days))
            if sum(load.free for load in told.values()) == 0:
                full.append(service.specialty)
    assert full
    body = terminal.get(PATH, district=district, specialty=full[0], **days).ok().body
    free = {target(one(place, "organization")): one(place, "free") for _, place in parts(body)}
    assert free.pop(home) == 0
    assert sum(free.values()) > 0


def test_free_times_lie_in_the_working_hours(region: Region, terminal: Terminal, tomorrow: date) -> None:
    """R7, R45: `availableTime` says when a doctor works, and in `notAvailable` there are no times."""
    facility = region.adults[0].home
    days = span(tomorrow, 14)
    roles = {role["id"]: role for role in region.roles if target(role["organization"]) == facility}
    proposals = found_by_find(terminal, days, organization=reference("Organization", facility))
    assert len(proposals) > 100
    for proposal in proposals:
        start, end = instant(proposal["start"]), instant(proposal["end"])
        role = roles[role_of(proposal)]
        assert any(works(shift, start, end) for shift in role["availableTime"])
        for absence in role.get("notAvailable", []):
            assert not absence["during"]["start"] <= start.date().isoformat() <= absence["during"]["end"]


def works(shift: Json, start: datetime, end: datetime) -> bool:
    hours = (shift["availableStartTime"], shift["availableEndTime"])
    day = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[start.weekday()]
    return day in shift["daysOfWeek"] and hours[0] <= f"{start:%H:%M:%S}" <= f"{end:%H:%M:%S}" <= hours[1]


def test_no_time_is_nearer_than_the_notice(terminal: Terminal, service: Service, region: Region) -> None:
    """R28: those nearer than three hours are left out; past ones are not free."""
    days = span(region.today, 3)
    now = datetime.now().astimezone()
    for proposal in found_by_find(terminal, days, organization=reference("Organization", service.facility)):
        assert instant(proposal["start"]) >= now + timedelta(hours=3) - timedelta(seconds=5)
    for load in loads(terminal.get(PATH, organization=service.facility, **days)).values():
        assert load.nearest is None or load.nearest >= now + timedelta(hours=3) - timedelta(seconds=5)


def state_of(terminal: Terminal, proposal: Json) -> str:
    role, day = role_of(proposal), instant(proposal["start"]).date()
    load = loads(terminal.get(PATH, role=role, **span(day, 1)))[role]
    return next(
        state for start, _, state in load.days[0].times if instant(start) == instant(proposal["start"])
    )


def test_held_booked_and_freed_times(visitor: Visitor, other: Terminal, times: Iterator[Json]) -> None:
    """A held time is busy, also one's own; a released or cancelled one is free again."""
    proposal = next(times)
    assert state_of(other, proposal) == "free"
    visitor.terminal.hold(proposal["id"]).appointment()
    assert state_of(other, proposal) == state_of(visitor.terminal, proposal) == "busy"
    visitor.terminal.release(proposal["id"]).ok()
    assert state_of(other, proposal) == "free"
    visitor.book(proposal["id"]).appointment()
    assert state_of(other, proposal) == "busy"
    visitor.cancel(proposal["id"]).appointment()
    assert state_of(other, proposal) == "free"


def test_services_that_cannot_be_booked_online_are_shown(
    region: Region, terminal: Terminal, tomorrow: date
) -> None:
    """Section 3: all future unclaimed times of every service; R30: shown but not bookable."""
    closed = [service for service in region.services if service.online == "no"]
    free = [
        load.free
        for service in closed
        for load in loads(
            terminal.get(
                PATH, organization=service.facility, specialty=service.specialty, **span(tomorrow, 14)
            )
        ).values()
    ]
    assert sum(free) > 0


def test_an_unknown_role_is_not_told_as_a_doctor(terminal: Terminal, tomorrow: date) -> None:
    answer = terminal.get(PATH, role="nobody", **span(tomorrow, 2))
    assert answer.status in (400, 404) or not loads(answer)
