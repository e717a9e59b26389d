"""Offers: a freed time goes to the first who waits for it, for a while, then to the next (api.md sections 10, 12)."""

import threading
from typing import Any

import pytest
from booking_region import (
    DAYS,
    HOUR,
    MINUTE,
    MONDAY,
    Hall,
    Terminal,
    at,
    free_id,
    ids,
    new_identifier,
    only,
    period,
    refused,
)
from running_registry import url_of
from sqlalchemy import select, update
from test_waiting_list import DOCTOR, SERVICE, joined, kinds, listed, told
from tiny_region import ANNA, OTHER_TWIN, PAVEL, TWIN, Person

from kiosk.central import identity, lapsing, offers, schema, tickets
from kiosk.central.store import Store

#: What Twin has booked and gives back: Wednesday, 10:00.
FREED_DAY = 2
TAKEN, FREED = (free_id("r-therapist", FREED_DAY, 0, generation) for generation in (0, 1))


@pytest.fixture
def lobby(hall: Hall) -> "Lobby":
    return Lobby(hall)


class Lobby:
    """Each patient at a terminal of their own; the token is new each time, since a test's clock outlives it."""

    def __init__(self, hall: Hall) -> None:
        self.hall = hall

    @property
    def store(self) -> Store:
        return self.hall.registry.store

    @property
    def now(self) -> int:
        return self.hall.registry.clock.now

    def of(self, person: Person) -> Terminal:
        return self.hall.terminal(person.id).identified(person)

    def free(self, *, number: int = 0) -> str:
        """Somebody books a time and gives it back; the id under which it is free then."""
        twin = self.of(TWIN)
        booking = only(twin.book(free_id("r-therapist", FREED_DAY, number)))
        only(twin.cancel(booking["id"]))
        return free_id("r-therapist", FREED_DAY, number, 1)

    def later(self, seconds: int) -> None:
        """Let time pass, and the watch look once."""
        self.hall.registry.clock.forward(seconds)
        lapsing.look(self.store, self.now)

    def holder(self, id: str = FREED) -> str:
        """For whom the time is claimed now; '' where nobody has it."""
        claim = schema.claim.c
        first = int(id.split(".")[-2], 16) // 300
        query = select(claim.holder, claim.expires).where(
            claim.resource == "doctor:r-therapist#0", claim.tick == first
        )
        with self.store.read() as connection:
            row = connection.execute(query).first()
        return "" if row is None or (row.expires or self.now + 1) <= self.now else row.holder

    def offered_to(self, id: str = FREED) -> str:
        """The id of the patient to whom the time is offered now."""
        entry = self.holder(id).partition("waitlist:")[2]
        with self.store.read() as connection:
            query = select(schema.waiting.c.patient_id).where(schema.waiting.c.id == entry)
            return connection.execute(query).scalar() or ""

    def is_free(self, id: str = FREED) -> bool:
        """Whether `$find` shows it."""
        day = at(MONDAY, 0) + FREED_DAY * 24 * HOUR
        return id in ids(self.hall.terminal().find(day, day + 24 * HOUR, _count=200))


# --- who gets it -------------------------------------------------------------------------------------------------


def test_the_first_is_offered_it(lobby: Lobby) -> None:
    first = joined(lobby.of(ANNA).wait(SERVICE))
    joined(lobby.of(PAVEL).wait(SERVICE))
    assert lobby.free() == FREED
    assert lobby.holder() == f"waitlist:{first['id']}"
    assert not lobby.is_free()
    anna, pavel = lobby.of(ANNA), lobby.of(PAVEL)
    about = [{"reference": f"Appointment/{FREED}"}]
    (message,) = (message for message in told(anna) if message["about"] == about)
    text = message["payload"][0]["contentString"]
    for said in ("4 марта, 10:00", "Соколова Елена Андреевна", "214", "Поликлиника № 1", "2 марта, 10:00"):
        assert said in text
    assert len(told(pavel, PAVEL.id)) == 1
    assert kinds(lobby.store, schema.notice, schema.notice.c.appointment == FREED) == ["offer"]
    assert kinds(lobby.store, schema.event, schema.event.c.channel == "registry") == ["offer"]


def test_the_entry_shows_the_time_that_is_kept_for_it(lobby: Lobby) -> None:
    before = joined(lobby.of(ANNA).wait(SERVICE))
    lobby.free()
    (entry,) = listed(lobby.of(ANNA))
    assert entry["slot"] == [{"reference": f"Slot/{FREED}"}]
    assert entry["start"] == "2026-03-04T10:00:00+03:00"
    assert entry["extension"] == [
        {"url": "urn:electronic-registry:hold-end", "valueDateTime": "2026-03-02T10:00:00+03:00"}
    ]
    assert entry["meta"]["versionId"] == "2"
    lobby.later(HOUR)
    (entry,) = listed(lobby.of(ANNA))
    assert {key: entry[key] for key in before if key != "meta"} == {
        key: before[key] for key in before if key != "meta"
    }
    assert "start" not in entry


@pytest.mark.parametrize("others", ["PractitionerRole/r-second", "HealthcareService/s-f1-family"])
def test_who_waits_for_something_else_is_not_asked(lobby: Lobby, others: str) -> None:
    joined(lobby.of(ANNA).wait(others))
    lobby.free()
    assert lobby.is_free()


def test_doctor_and_service_are_one_list(lobby: Lobby) -> None:
    joined(lobby.of(ANNA).wait(DOCTOR))
    joined(lobby.of(PAVEL).wait(SERVICE))
    lobby.free()
    assert lobby.offered_to() == ANNA.id
    lobby.later(HOUR)
    assert lobby.offered_to() == PAVEL.id


@pytest.mark.parametrize(
    ("first", "after"), [(0, FREED_DAY), (FREED_DAY + 1, DAYS)], ids=["too late", "too early"]
)
def test_the_period_has_to_cover_it(lobby: Lobby, first: int, after: int) -> None:
    joined(lobby.of(ANNA).wait(SERVICE, requestedPeriod=[period(first, after)]))
    joined(lobby.of(PAVEL).wait(SERVICE, requestedPeriod=[period(FREED_DAY, FREED_DAY + 1)]))
    lobby.free()
    assert lobby.offered_to() == PAVEL.id


@pytest.mark.parametrize(
    "booked",
    [
        pytest.param(("r-family", FREED_DAY, 8), id="R27: a visit of the profile on that day"),
        pytest.param(("r-second", 6, 3), id="R27: asked today"),
        pytest.param(("r-cardiologist", FREED_DAY, 0), id="R44: elsewhere at that time"),
    ],
)
def test_who_may_not_have_it_is_passed_over(lobby: Lobby, booked: tuple[str, int, int]) -> None:
    anna = lobby.of(ANNA)
    joined(anna.wait(SERVICE))
    only(anna.book(free_id(*booked)))
    joined(lobby.of(PAVEL).wait(SERVICE))
    lobby.free()
    assert lobby.offered_to() == PAVEL.id


def test_who_is_no_more_known_there_is_passed_over(lobby: Lobby) -> None:
    """R10 is judged again when there is a time."""
    joined(lobby.of(PAVEL).wait(SERVICE))
    away = update(schema.patient).where(schema.patient.c.id == PAVEL.id).values(facility_id=None)
    lobby.store.write(lambda connection: connection.execute(away))
    joined(lobby.of(ANNA).wait(SERVICE))
    lobby.free()
    assert lobby.offered_to() == ANNA.id


def test_nobody_is_offered_what_is_too_near(lobby: Lobby) -> None:
    """R28: the offer ends with the facility's limit, and there is none after it."""
    joined(lobby.of(ANNA).wait(SERVICE))
    twin = lobby.of(TWIN)
    near = only(twin.book(free_id("r-therapist", 0, 10)))
    far = only(lobby.of(PAVEL).book(free_id("r-second", 0, 11)))
    lobby.hall.registry.clock.now = at(MONDAY, 9, 20)
    only(lobby.of(PAVEL).cancel(far["id"]))
    claim = schema.claim.c
    with lobby.store.read() as connection:
        ends = connection.execute(
            select(claim.expires).where(claim.resource == "doctor:r-second#0").distinct()
        ).scalars()
        assert list(ends) == [at(MONDAY, 9, 45) + offers.GRACE_SECONDS], "12:45 less three hours, not an hour"
    lobby.later(26 * MINUTE)
    only(lobby.of(TWIN).cancel(near["id"]))
    assert lobby.holder(free_id("r-therapist", 0, 10, 1)) == ""


def test_what_one_gives_back_one_is_not_offered(lobby: Lobby) -> None:
    twin = lobby.of(TWIN)
    joined(twin.wait(SERVICE))
    joined(lobby.of(ANNA).wait(SERVICE))
    lobby.free()
    assert lobby.offered_to() == ANNA.id
    lobby.later(HOUR)
    assert lobby.holder() == ""


def test_a_moved_booking_leaves_a_time(lobby: Lobby) -> None:
    joined(lobby.of(ANNA).wait(SERVICE))
    twin = lobby.of(TWIN)
    booking = only(twin.book(TAKEN))
    only(twin.move(booking, free_id("r-second", 5)))
    assert lobby.offered_to() == ANNA.id


def test_a_booking_taken_back_leaves_a_time(lobby: Lobby) -> None:
    joined(lobby.of(ANNA).wait(SERVICE))
    identifier = new_identifier()
    twin = lobby.of(TWIN)
    only(twin.book(TAKEN, identifier))
    only(twin.anonymous().take_back(identifier))
    assert lobby.offered_to() == ANNA.id


def test_the_end_of_a_hold_leaves_it_as_it_was(lobby: Lobby) -> None:
    joined(lobby.of(ANNA).wait(SERVICE))
    twin = lobby.of(TWIN)
    only(twin.hold(TAKEN))
    only(twin.anonymous().cancel(TAKEN))
    assert lobby.is_free(TAKEN)


def test_one_offer_at_a_time(lobby: Lobby) -> None:
    """Two freed times go to two people, and each has the other's turn afterwards."""
    joined(lobby.of(ANNA).wait(SERVICE))
    joined(lobby.of(PAVEL).wait(SERVICE))
    freed = [lobby.free(number=number) for number in (0, 1)]
    assert [lobby.offered_to(id) for id in freed] == [ANNA.id, PAVEL.id]
    lobby.later(HOUR)
    assert [lobby.offered_to(id) for id in freed] == [PAVEL.id, ANNA.id]


def test_no_offers_where_the_region_wants_none(lobby: Lobby) -> None:
    none = update(schema.setting).where(schema.setting.c.name == "offer_minutes").values(value="0")
    lobby.store.write(lambda connection: connection.execute(none))
    joined(lobby.of(ANNA).wait(SERVICE))
    lobby.free()
    assert lobby.is_free()


# --- taking it ---------------------------------------------------------------------------------------------------


def test_only_who_has_the_offer_may_hold_or_book(lobby: Lobby) -> None:
    entry = joined(lobby.of(ANNA).wait(SERVICE))
    joined(lobby.of(PAVEL).wait(SERVICE))
    lobby.free()
    anna, pavel = lobby.of(ANNA), lobby.of(PAVEL)
    for other in (pavel, pavel.anonymous(), anna.anonymous(), lobby.hall.terminal()):
        assert refused(other.hold(FREED)) == (409, "slot-taken")
    pavel, anna = lobby.of(PAVEL), lobby.of(ANNA)
    assert refused(pavel.book(FREED)) == (409, "slot-taken")
    only(anna.hold(FREED))
    booking = only(anna.book(FREED))
    assert (booking["id"], booking["status"]) == (FREED, "booked")
    assert lobby.holder() == lobby_terminal(lobby, ANNA)
    closed = anna.get(f"Appointment/{entry['id']}").json()
    assert closed["status"] == "cancelled"
    assert closed["cancelationReason"]["coding"] == [
        {"system": "urn:electronic-registry:waiting-ended", "code": "booked"}
    ]
    lobby.later(2 * HOUR)
    assert lobby.offered_to() == "", "nobody else is asked any more"


def lobby_terminal(lobby: Lobby, person: Person) -> str:
    """The id of the terminal at which this patient is."""
    with lobby.store.read() as connection:
        query = select(schema.terminal.c.id).where(schema.terminal.c.name == person.id)
        return str(connection.execute(query).scalar())


def test_a_booking_needs_no_hold(lobby: Lobby) -> None:
    joined(lobby.of(ANNA).wait(SERVICE))
    lobby.free()
    assert only(lobby.of(ANNA).book(FREED))["status"] == "booked"
    assert listed(lobby.of(ANNA)) == []


def test_a_booking_may_be_moved_to_it(lobby: Lobby) -> None:
    """Who has a late time and waits for an earlier one; the old time goes to the next."""
    booking = only(lobby.of(ANNA).book(free_id("r-second", 9)))
    lobby.later(24 * HOUR)
    joined(lobby.of(ANNA).wait(SERVICE))
    joined(lobby.of(PAVEL).wait(SERVICE))
    lobby.free()
    anna = lobby.of(ANNA)
    only(anna.hold(FREED, replaces=booking["id"]))
    moved = only(anna.move(booking, FREED))
    assert moved["start"] == "2026-03-04T10:00:00+03:00"
    assert listed(anna) == []
    claim = schema.claim.c
    with lobby.store.read() as connection:
        holders = connection.execute(
            select(claim.holder).where(claim.resource == "doctor:r-second#0").distinct()
        ).scalars()
        assert [holder[:9] for holder in holders] == ["waitlist:"]


def test_a_released_or_lapsed_hold_leaves_the_offer(lobby: Lobby) -> None:
    joined(lobby.of(ANNA).wait(SERVICE))
    lobby.free()
    anna = lobby.of(ANNA)
    only(anna.hold(FREED))
    only(anna.anonymous().cancel(FREED))
    assert lobby.offered_to() == ANNA.id
    assert not lobby.is_free()
    only(lobby.of(ANNA).hold(FREED))
    lobby.later(4 * MINUTE)
    assert lobby.offered_to() == ANNA.id
    assert refused(lobby.of(PAVEL).hold(FREED)) == (409, "slot-taken")
    assert only(lobby.of(ANNA).book(FREED))["status"] == "booked"


def test_a_hold_outlives_the_offer(lobby: Lobby) -> None:
    joined(lobby.of(ANNA).wait(SERVICE))
    joined(lobby.of(PAVEL).wait(SERVICE))
    lobby.free()
    lobby.later(59 * MINUTE)
    only(lobby.of(ANNA).hold(FREED))
    lobby.later(2 * MINUTE)
    assert refused(lobby.of(PAVEL).hold(FREED)) == (409, "slot-taken")
    assert only(lobby.of(ANNA).hold(FREED))["status"] == "pending"
    lobby.later(4 * MINUTE)
    assert lobby.offered_to() == PAVEL.id


def test_a_booking_taken_back_gives_the_place_back(lobby: Lobby) -> None:
    """Its patient never knew that they were booked: they wait on, as the first."""
    entry = joined(lobby.of(ANNA).wait(SERVICE))
    joined(lobby.of(PAVEL).wait(SERVICE))
    lobby.free()
    identifier = new_identifier()
    anna = lobby.of(ANNA)
    only(anna.book(FREED, identifier))
    only(anna.anonymous().take_back(identifier))
    (again,) = listed(lobby.of(ANNA))
    assert again["id"] == entry["id"]
    assert "cancelationReason" not in again
    assert lobby.offered_to(free_id("r-therapist", FREED_DAY, 0, 2)) == ANNA.id


def test_the_number_of_a_place_that_may_come_back_is_not_given_away(
    lobby: Lobby, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Section 10: who took the place was booked with another number, and so was everybody since."""
    entry = joined(lobby.of(ANNA).wait(SERVICE))
    lobby.free()
    identifier = new_identifier()
    anna = lobby.of(ANNA)
    only(anna.book(FREED, identifier))
    number = ticket_number(entry)
    drawn = iter([int(number) - 1000, 1 + int(number) % 1000])
    monkeypatch.setattr(tickets.secrets, "randbelow", lambda _: next(drawn))
    other = only(lobby.of(PAVEL).book(free_id("r-second", FREED_DAY)))
    only(anna.anonymous().take_back(identifier))
    (again,) = listed(lobby.of(ANNA))
    assert ticket_number(again) == number != ticket_number(other)


def ticket_number(appointment: dict[str, Any]) -> str:
    return next(
        one["value"] for one in appointment["identifier"] if one["system"] == "urn:electronic-registry:ticket"
    )


# --- not taking it -----------------------------------------------------------------------------------------------


def test_each_is_asked_once_then_it_is_free_for_all(lobby: Lobby) -> None:
    for person in (ANNA, PAVEL, OTHER_TWIN):
        joined(lobby.of(person).wait(SERVICE))
    lobby.free()
    asked = []
    while offered := lobby.offered_to():
        asked.append(offered)
        lobby.later(HOUR - 1)
        assert lobby.offered_to() == offered
        lobby.later(1)
    assert asked == [ANNA.id, PAVEL.id, OTHER_TWIN.id]
    assert lobby.is_free()
    assert len(listed(lobby.of(ANNA))) == 1, "and goes on waiting"
    assert only(lobby.of(PAVEL).book(FREED))["status"] == "booked"
    assert listed(lobby.of(PAVEL), PAVEL.id) == [], "late, but it is what was offered"


@pytest.mark.parametrize("ask", ["hold", "book"])
def test_a_lapsed_offer_goes_on_before_anybody_else_comes(lobby: Lobby, ask: str) -> None:
    """The watch has not looked yet: who asks meanwhile does not jump the queue."""
    joined(lobby.of(ANNA).wait(SERVICE))
    joined(lobby.of(PAVEL).wait(SERVICE))
    lobby.free()
    lobby.hall.registry.clock.forward(HOUR)
    assert not lobby.is_free()
    assert refused(getattr(lobby.of(TWIN), ask)(FREED)) == (409, "slot-taken")
    assert refused(getattr(lobby.of(ANNA), ask)(FREED)) == (409, "slot-taken")
    assert only(getattr(lobby.of(PAVEL), ask)(FREED))["id"] == FREED


def test_who_leaves_the_list_leaves_the_offer(lobby: Lobby) -> None:
    entry = joined(lobby.of(ANNA).wait(SERVICE))
    joined(lobby.of(PAVEL).wait(SERVICE))
    lobby.free()
    only(lobby.of(ANNA).cancel(entry["id"]))
    assert lobby.offered_to() == PAVEL.id
    assert refused(lobby.of(ANNA).book(FREED)) == (409, "slot-taken")


def test_a_time_freed_again_is_a_new_offer(lobby: Lobby) -> None:
    joined(lobby.of(ANNA).wait(SERVICE))
    lobby.free()
    lobby.later(HOUR)
    twin = lobby.of(TWIN)
    only(twin.book(FREED))
    only(twin.cancel(FREED))
    assert lobby.offered_to(free_id("r-therapist", FREED_DAY, 0, 2)) == ANNA.id


def test_a_time_that_is_gone_from_the_schedule_is_offered_to_nobody(lobby: Lobby) -> None:
    joined(lobby.of(ANNA).wait(SERVICE))
    joined(lobby.of(PAVEL).wait(SERVICE))
    lobby.free()
    away = update(schema.role).where(schema.role.c.id == "r-therapist").values(active=False)
    lobby.store.write(lambda connection: connection.execute(away))
    assert "start" not in listed(lobby.of(ANNA))[0]
    lobby.later(HOUR)
    assert lobby.holder() == ""


def test_a_wait_that_is_over_is_told_once(lobby: Lobby) -> None:
    entry = joined(lobby.of(ANNA).wait(SERVICE, requestedPeriod=[period(0, 1)]))
    for _ in range(2):
        lobby.later(24 * HOUR)
    anna = lobby.of(ANNA)
    assert [message["about"][0]["reference"] for message in told(anna)] == [f"Appointment/{entry['id']}"] * 2
    assert "закончилось" in told(anna)[0]["payload"][0]["contentString"]
    reason = anna.get(f"Appointment/{entry['id']}").json()["cancelationReason"]
    assert reason["coding"][0]["code"] == "over"


# --- many at once ------------------------------------------------------------------------------------------------


def test_two_processes_pass_an_offer_on_once(lobby: Lobby) -> None:
    """Two stores over one file have no queue in common, as two servers."""
    for person in (ANNA, PAVEL, OTHER_TWIN):
        joined(lobby.of(person).wait(SERVICE))
    lobby.free()
    lobby.hall.registry.clock.forward(HOUR)
    url = url_of(lobby.store)
    stores = [Store(url) for _ in range(4)]
    together(*(lambda store=store: lapsing.look(store, lobby.now) for store in stores))
    for store in stores:
        store.close()
    offer = schema.offer.c
    with lobby.store.read() as connection:
        states = connection.execute(select(offer.state).order_by(offer.expires)).scalars().all()
    assert states == ["lapsed", "open"]
    assert lobby.offered_to() == PAVEL.id


def test_a_freed_time_has_one_winner(lobby: Lobby) -> None:
    """Two on the list, and others who all want what is given back: the first on the list has it."""
    twin = lobby.of(TWIN)
    booking = only(twin.book(TAKEN))
    waiting = [lobby.of(person) for person in (ANNA, PAVEL)]
    for terminal in waiting:
        joined(terminal.wait(SERVICE))
    others = [lobby.hall.terminal(f"other {number}") for number in range(4)]
    answers: dict[str, list[Any]] = {"waiting": [], "others": []}

    def ask(who: str, terminal: Terminal, how: str) -> None:
        for _ in range(15):
            answers[who].append(getattr(terminal, how)(FREED))

    together(
        lambda: only(twin.cancel(booking["id"])),
        *(lambda terminal=terminal: ask("waiting", terminal, "book") for terminal in waiting),
        *(lambda terminal=terminal: ask("others", terminal, "hold") for terminal in others),
    )
    codes = {refused(answer) for answer in answers["others"]}
    assert codes <= {(409, "slot-taken"), (404, "not-found")}, "not-found: before it was ever free"
    only(waiting[0].book(FREED)) if not won(answers["waiting"]) else None
    booked = schema.appointment.c
    with lobby.store.read() as connection:
        holders = connection.execute(select(booked.patient_id).where(booked.id == FREED)).scalars().all()
    assert holders == [ANNA.id]


def won(answers: list[Any]) -> list[Any]:
    return [answer for answer in answers if answer.status_code == 200]


def together(*works: Any) -> None:
    """All at once, each in a thread of its own; what fails in one fails here."""
    start, problems = threading.Barrier(len(works)), []

    def run(work: Any) -> None:
        start.wait()
        try:
            work()
        except Exception as error:  # noqa: BLE001 (told below)
            problems.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


# --- the watch ---------------------------------------------------------------------------------------------------


def test_the_watch_looks_by_itself(lobby: Lobby) -> None:
    """As `serve` has it: after a restart what lapsed meanwhile goes on at once."""
    joined(lobby.of(ANNA).wait(SERVICE))
    joined(lobby.of(PAVEL).wait(SERVICE))
    lobby.free()
    lobby.hall.registry.clock.forward(HOUR)
    looked = threading.Event()

    def clock() -> int:
        """Asked before and after each look."""
        if lobby.offered_to() == PAVEL.id:
            looked.set()
        return lobby.now

    with lapsing.watched(lobby.store, clock):
        assert looked.wait(20)


def test_a_revoked_terminal_leaves_the_offer(lobby: Lobby) -> None:
    joined(lobby.of(ANNA).wait(SERVICE))
    lobby.free()
    only(lobby.of(ANNA).hold(FREED))
    identity.revoke(lobby.store, ANNA.id, lobby.now)
    assert lobby.offered_to() == ANNA.id
    assert only(lobby.hall.terminal("another").identified(ANNA).book(FREED))["status"] == "booked"
