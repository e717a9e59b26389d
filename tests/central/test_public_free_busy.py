"""Free and busy times for everybody: who has time when, and nothing of any patient (R6, api.md section 14)."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import public_browser
import pytest
import vobject
from booking_region import MONDAY, Hall, Terminal, at, free_id, only
from running_registry import Clock, Registry, running
from sqlalchemy import select, update
from tiny_region import ANNA, PAVEL, TWIN

from kiosk.central import absences, identity, schema
from kiosk.central.absences import DayOff
from kiosk.central.clinic import Hand
from kiosk.central.public import routes
from kiosk.central.store import Store

DOCTOR = "/public/doctors/r-therapist"
CALENDAR = f"{DOCTOR}/calendar.ics"
BOOKED, HELD, OFFERED = (free_id("r-therapist", 2, number) for number in range(3))
EVERY_PATH = (
    "/public/organizations",
    "/public/doctors?organization=f1",
    DOCTOR,
    CALENDAR,
    "/public/page/free-busy.html",
)


@pytest.fixture
def site(booking_store: Store, clock: Clock) -> Iterator[Registry]:
    """A registry whose region shows its times to everybody."""
    opened = update(schema.setting).where(schema.setting.c.name == routes.SETTING).values(value="yes")
    booking_store.write(lambda connection: connection.execute(opened))
    credential = identity.enroll(booking_store, "lobby", clock.now)
    with running(booking_store, clock, credential) as registry:
        yield registry


@pytest.fixture
def hall(site: Registry) -> Hall:
    return Hall(site)


def ask(site: Registry, path: str, **headers: str) -> httpx.Response:
    """As anybody asks."""
    return site.get(path, token=None, headers=headers)


def states(site: Registry, path: str = DOCTOR) -> dict[str, str]:
    """Free or busy by the beginning of each time."""
    days = ask(site, path).json()["days"]
    return {time["start"]: time["state"] for day in days for time in day["times"]}


def test_it_is_closed_unless_the_region_opens_it(quiet_hall: Hall) -> None:
    for path in EVERY_PATH:
        assert quiet_hall.registry.get(path, token=None).status_code == 404


def test_what_is_booked_held_offered_near_or_past_is_busy(site: Registry, hall: Hall, clock: Clock) -> None:
    """The same as `$availability` shows (section 3)."""
    anna, pavel, twin = (hall.terminal(who.id).identified(who) for who in (ANNA, PAVEL, TWIN))
    only(anna.book(BOOKED))
    only(hall.terminal().hold(HELD))
    pavel.wait("HealthcareService/s-therapist")
    only(twin.book(OFFERED))
    only(twin.cancel(OFFERED))
    clock.now = at(MONDAY, 8)
    told = states(site)
    wednesday = [told[f"2026-03-04T10:{minute}:00+03:00"] for minute in ("00", "15", "30", "45")]
    assert wednesday == ["busy", "busy", "busy", "free"]
    assert (told["2026-03-02T10:45:00+03:00"], told["2026-03-02T11:00:00+03:00"]) == ("busy", "free"), "R28"
    assert told == shown_to_terminals(hall.terminal())


def shown_to_terminals(terminal: Terminal) -> dict[str, str]:
    told: dict[str, str] = {}
    for first, last in (("2026-03-02", "2026-03-08"), ("2026-03-09", "2026-03-15")):
        query = {"role": "r-therapist", "from": first, "to": last}
        answer = terminal.get("PractitionerRole/$availability", **query).json()
        days = [part["part"] for part in answer["parameter"][0]["part"] if part["name"] == "day"]
        for part in (part for day in days for part in day if part["name"] == "time"):
            start, _end, state = part["part"]
            told[start["valueDateTime"]] = state["valueCode"]
    return told


def test_an_absent_doctor_is_absent(site: Registry, clock: Clock) -> None:
    """R45."""
    day = MONDAY + timedelta(days=3)
    absences.call_off(site.store, DayOff(absences.doctor(site.store, "r-therapist"), day), Hand(clock.now))
    (thursday,) = (one for one in ask(site, DOCTOR).json()["days"] if one["date"] == day.isoformat())
    assert (thursday["absent"], thursday["times"], thursday["free"], thursday["busy"]) == (True, [], 0, 0)


def test_doctors_are_found_by_their_facility(site: Registry) -> None:
    (first, *_) = ask(site, "/public/organizations").json()["organizations"]
    assert first.keys() == {"id", "name"}
    listed = ask(site, "/public/doctors?organization=f1&specialty=therapist").json()["doctors"]
    assert [one["id"] for one in listed] == ["r-second", "r-therapist"]
    assert listed[1] == {
        "id": "r-therapist",
        "name": "Соколова Елена Андреевна",
        "specialty": "Терапевт",
        "facility": "Поликлиника № 1",
        "room": "214",
        "zone": "Europe/Moscow",
    }
    assert ask(site, "/public/doctors").status_code == 400
    assert ask(site, "/public/doctors/r-nobody").status_code == 404


def test_nothing_of_anybody_is_told(site: Registry, hall: Hall) -> None:
    """Neither who comes nor any id by which something of them could be asked for."""
    only(hall.terminal().identified(ANNA).book(BOOKED))
    only(hall.terminal("other").hold(HELD))
    with site.store.read() as connection:
        private = {str(value) for row in connection.execute(select(schema.appointment)) for value in row[:1]}
        private |= {row.code for row in connection.execute(select(schema.appointment))}
        for table in (schema.patient, schema.terminal):
            for row in connection.execute(select(table)).mappings():
                private |= {
                    str(row[name]) for name in row if name in ("id", "last_name", "policy_number", "name")
                }
    for path in EVERY_PATH:
        told = ask(site, path).text
        assert not [value for value in private if len(value) > 3 and value in told], path


@pytest.mark.parametrize("path", [DOCTOR, CALENDAR, "/public/page/free-busy.js"])
def test_caches_and_other_sites_may_have_it(site: Registry, hall: Hall, clock: Clock, path: str) -> None:
    clock.now = at(MONDAY, 5)
    answer = ask(site, path, Accept="text/calendar")
    assert answer.status_code == 200
    assert answer.headers["cache-control"].startswith("public, max-age=")
    assert answer.headers["access-control-allow-origin"] == "*"
    clock.forward(60)
    same = ask(site, path, **{"If-None-Match": f'"other", {answer.headers["etag"]}'})
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", answer.headers["etag"])
    assert "max-age" in same.headers["cache-control"]
    only(hall.terminal().identified(ANNA).book(BOOKED))
    changed = ask(site, path, **{"If-None-Match": answer.headers["etag"]})
    assert changed.status_code == (304 if path.endswith(".js") else 200)


def periods(site: Registry) -> tuple[Any, dict[str, str]]:
    """What an independent reader of iCalendar finds: the VFREEBUSY, and FREE or BUSY by local beginning."""
    answer = ask(site, CALENDAR)
    assert answer.headers["content-type"].startswith("text/calendar")
    told = vobject.readOne(answer.text).vfreebusy
    moscow = datetime.fromisoformat("2026-03-02T00:00:00+03:00").tzinfo
    found = {}
    for line in told.contents["freebusy"]:
        for start, _length in line.value:
            found[start.astimezone(moscow).isoformat()] = line.params["FBTYPE"][0].lower()
    return told, found


def test_the_calendar_says_the_same(site: Registry, hall: Hall, clock: Clock) -> None:
    """RFC 5545, read by vobject."""
    only(hall.terminal().identified(ANNA).book(BOOKED))
    told, found = periods(site)
    assert found == states(site)
    assert len(found) == 168
    assert told.dtstart.value == datetime(2026, 3, 1, 21, tzinfo=UTC)
    assert told.dtend.value == datetime(2026, 3, 16, 21, tzinfo=UTC)
    assert "Соколова Елена Андреевна" in told.contact.value
    assert told.dtstamp.value == datetime.fromtimestamp(clock.now, UTC)


def test_a_part_of_the_page_that_there_is_not(site: Registry) -> None:
    assert ask(site, "/public/page/..%2froutes.py").status_code == 404
    assert ask(site, "/public/page/other.html").status_code == 404


def test_json_is_json(site: Registry) -> None:
    answer = ask(site, DOCTOR)
    assert answer.headers["content-type"] == "application/json"
    assert json.loads(answer.content)["zone"] == "Europe/Moscow"


# --- the page in a browser ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "language", "said"),
    [
        ("doctor=r-therapist", "ru", ["среда, 4 марта", "свободно 11 из 12", "врач отсутствует"]),
        (
            "organization=f1&doctor=r-therapist",
            "en",
            ["Терапевт: Соколова Елена Андреевна", "Wednesday, March 4", "11 of 12 free"],
        ),
        ("doctor=r-nobody", "ru", ["Такого врача или поликлиники здесь нет."]),
    ],
)
def test_the_page_shows_it(
    site: Registry, hall: Hall, clock: Clock, query: str, language: str, said: list[str]
) -> None:
    """In a real browser, framed by nothing, with nothing from elsewhere."""
    only(hall.terminal().identified(ANNA).book(BOOKED))
    day = MONDAY + timedelta(days=3)
    absences.call_off(site.store, DayOff(absences.doctor(site.store, "r-therapist"), day), Hand(clock.now))
    page = public_browser.page(f"{site.base}/public/page/free-busy.html?{query}&lang={language}")
    for words in said:
        assert words in page.text
    assert page.language == language
    assert page.complaints == []
