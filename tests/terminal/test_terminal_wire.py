"""The client against the real registry, method by method (api.md sections 5 to 10), and a visit on real threads."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
import requests
from cranked_jobs import CrankedJobs
from fake_devices import FakeSounds
from kiosk_bench import FakePrinter
from real_region import Adult, BreakingWire, RealRegion, real_region

from kiosk.api_client.client import RegistryClient
from kiosk.booking import Booking
from kiosk.central.demo import HOME_FACILITY
from kiosk.devices.card_reader import NoCardReader
from kiosk.devices.code_scanner import NoScanner
from kiosk.errors import DocumentRequired, NotIdentified, NotYours, Refused, Unreachable
from kiosk.flow import Step
from kiosk.journal import Journal, State
from kiosk.lettering import layouts
from kiosk.models import (
    Appointment,
    AppointmentStatus,
    Contact,
    Doctor,
    Move,
    Online,
    OwnBooking,
    PatientToken,
    Sought,
    TerminalEvent,
    WaitingWish,
)
from kiosk.terminal import Terminal
from kiosk.views import Printing, Ready
from kiosk.visit import Fact, Intent


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealRegion]:
    with real_region(tmp_path_factory.mktemp("region")) as region:
        yield region


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        yield session


@pytest.fixture
def client(region: RealRegion, session: requests.Session) -> RegistryClient:
    return RegistryClient(region.base, region.credential, session)


def sign_in(client: RegistryClient, adult: Adult) -> PatientToken:
    return client.identify(adult.policy_number, adult.birth_date, adult.document_number)


def free(client: RegistryClient, number: int = 0) -> Appointment:
    """A free time of the first therapist who has some."""
    return free_of(client, therapist(client), number)


def therapist(client: RegistryClient) -> Doctor:
    today = datetime.now(UTC).date()
    loads = client.availability(HOME_FACILITY, "therapist", today, today + timedelta(days=10))
    best = max(loads, key=lambda load: load.free)
    return next(one for one in client.doctors(HOME_FACILITY, "therapist") if one.id == best.doctor_id)


def free_of(client: RegistryClient, doctor: Doctor, number: int) -> Appointment:
    now = datetime.now(UTC)
    return client.find(doctor, now, now + timedelta(days=14), 50)[number]


def identifier() -> str:
    return uuid.uuid4().urn


def test_the_directory(client: RegistryClient) -> None:
    client.ready()
    assert len(client.districts()) == 5
    facilities = client.facilities()
    assert len(facilities) == 20
    assert all(one.address and one.district_id and one.hours for one in facilities)
    specialties = client.specialties(HOME_FACILITY)
    assert {one.online for one in specialties} == set(Online)
    assert any(one.discreet for one in specialties)
    doctors = client.doctors(HOME_FACILITY, "therapist")
    assert all(one.last_name and one.room and one.areas for one in doctors)
    assert any(one.absences for one in doctors), "R45"


def test_a_week_with_times_and_its_counts_agree(client: RegistryClient) -> None:
    doctor = therapist(client)
    today = datetime.now(UTC).date()
    load = client.doctor_days(doctor.id, today, today + timedelta(days=6))
    assert len(load.days) == 7
    for day in load.days:
        assert day.free == sum(time.free for time in day.times)
        assert day.busy == sum(not time.free for time in day.times)
    assert load.free == sum(day.free for day in load.days)


def test_hold_prolong_release(client: RegistryClient) -> None:
    doctor = therapist(client)
    time = free_of(client, doctor, 0)
    held = client.hold(time.id)
    assert held.held_until is not None
    # The registry's Date is cut to the second, and as old as its last turn of the loop.
    assert 170 < (held.held_until - client.now()).total_seconds() < 183
    assert client.hold(time.id).id == time.id
    assert free_of(client, doctor, 0).id != time.id
    client.release(time.id)
    client.release(time.id)
    assert free_of(client, doctor, 0).id == time.id


def test_identification(client: RegistryClient, region: RealRegion) -> None:
    adult = region.adults[0]
    token = client.identify(adult.policy_number, adult.birth_date)
    patient = client.patient(token)
    assert patient.id == token.patient_id == adult.id
    assert patient.birth_year == adult.birth_date.year
    client.revoke(token)
    with pytest.raises(Refused) as refused:
        client.patient(token)
    assert refused.value.status == 401
    with pytest.raises(DocumentRequired):
        client.identify("9999999999999999", adult.birth_date)
    with pytest.raises(NotIdentified):
        client.identify("9999999999999999", adult.birth_date, "000000")
    client.revoke(sign_in(client, adult))


def test_contacts(client: RegistryClient, region: RealRegion) -> None:
    """R23, api.md section 10."""
    token = sign_in(client, region.adults[1])
    before = client.patient(token)
    phones = tuple(one for one in before.contacts if one.system == "phone")
    changed = client.set_contacts(before, token, (*phones, Contact("email", "somebody@example.ru")))
    assert (changed.phone, changed.email) == (before.phone, "s***@example.ru")
    with pytest.raises(Refused) as stale:
        client.set_contacts(before, token, (Contact("phone", "+79120000000"),))
    assert stale.value.code == "version-conflict"
    with pytest.raises(Refused) as wrong:
        client.set_contacts(changed, token, (Contact("phone", "+7"),))
    assert wrong.value.status == 400


def test_doctors_by_area_and_by_id(client: RegistryClient) -> None:
    """R14, R17: with the working hours of their schedule."""
    doctors = client.facility_doctors(HOME_FACILITY)
    therapists = client.doctors(HOME_FACILITY, "therapist")
    assert set(therapists) < set(doctors)
    assert all(one.working and one.specialty_name and one.facility_name for one in doctors)
    buildings = {facility.name for facility in client.facilities()}
    assert not buildings & {area for one in doctors for area in one.areas}
    assert client.doctor(therapists[0].id) == therapists[0]
    with pytest.raises(Refused) as refused:
        client.doctor("nobody")
    assert refused.value.status == 404


def test_how_full_a_whole_facility_and_a_district_are(client: RegistryClient) -> None:
    """api.md section 3."""
    today = datetime.now(UTC).date()
    last = today + timedelta(days=14)
    every = client.availability(HOME_FACILITY, "", today, last)
    assert {load.doctor_id for load in every} == {one.id for one in client.facility_doctors(HOME_FACILITY)}
    home = next(one for one in client.facilities() if one.id == HOME_FACILITY)
    there = client.district_load(home.district_id, "therapist", today, last)
    assert HOME_FACILITY in {load.facility.id for load in there}
    assert {load.facility.district_id for load in there} == {home.district_id}
    nearest = min(
        load.nearest for load in client.availability(HOME_FACILITY, "therapist", today, last) if load.nearest
    )
    assert next(load.nearest for load in there if load.facility.id == HOME_FACILITY) == nearest
    assert all(bool(load.free) == bool(load.nearest) for load in there)
    now = client.now()
    [first] = client.find_any(HOME_FACILITY, "therapist", now, now + timedelta(days=14), 1)
    assert first.start == nearest
    assert first.doctor_id in {one.id for one in client.doctors(HOME_FACILITY, "therapist")}


def test_search_while_typing(client: RegistryClient) -> None:
    """R18, R19; api.md section 2: any beginning of any name, the other layout and one slip forgiven."""
    doctor = client.facility_doctors(HOME_FACILITY)[0]
    typed = f"{doctor.first_name[:3]} {doctor.last_name}".lower()
    found = client.search_doctors(typed, HOME_FACILITY, doctor.specialty_code, 20)
    assert doctor in found.items
    assert found.exact
    assert found.total >= len(found.items)
    everywhere = client.search_doctors(doctor.last_name[:1], "", "", 20)
    assert len(everywhere.items) == 20 < everywhere.total
    other_layout = client.search_doctors(layouts(doctor.last_name.lower())[-1], HOME_FACILITY, "", 20)
    slip = doctor.last_name[:1] + doctor.last_name[2:]
    forgiven = client.search_doctors(slip, HOME_FACILITY, "", 20)
    for again in (other_layout, forgiven):
        assert doctor in again.items
        assert not again.exact
    home = next(one for one in client.facilities() if one.id == HOME_FACILITY)
    street = max(home.address.replace(",", " ").split(), key=len)
    assert home in client.search_facilities(street, "", 20).items
    assert home in client.search_facilities(home.name, home.district_id, 20).items
    assert client.search_facilities("ъъъъ", "", 20).items == ()


def test_events_are_taken_once(client: RegistryClient, region: RealRegion) -> None:
    """api.md section 10: without a person, repeatable."""
    event = TerminalEvent(
        uuid.uuid4().hex, datetime.now(UTC).astimezone(), "unmet-demand", HOME_FACILITY, "therapist", "doctor"
    )
    for _ in range(2):
        client.report((event,))
    assert region.events(event.id) == [("unmet-demand", HOME_FACILITY, "therapist", "doctor")]


def test_the_waiting_list(client: RegistryClient, region: RealRegion) -> None:
    """api.md sections 8 and 10: joined, told of by its identifier, joined again the same, left by its identifier."""
    adult = region.adults[7]
    token, doctor, name = sign_in(client, adult), therapist(client), identifier()
    specialty = next(one for one in client.specialties(HOME_FACILITY) if one.code == "therapist")
    today = datetime.now(UTC).date()
    wish = WaitingWish(specialty, doctor, today, today + timedelta(days=60))
    assert client.lookup(name) is None
    entry = client.join(wish, name, token)
    assert entry.code
    assert entry.number
    assert client.join(wish, name, token) == entry
    record = client.lookup(name)
    assert record is not None
    assert (record.status, record.ticket_number) == (AppointmentStatus.WAITING, entry.number)
    other = identifier()
    assert client.join(wish, other, token).id == entry.id, "who waits already is not taken down twice"
    with pytest.raises(Refused) as stands:
        client.cancel_booking(other)
    assert stands.value.code == "already-known", "only the request that made it takes it back"
    client.cancel_booking(name)
    left = client.lookup(name)
    assert left is not None
    assert left.status is AppointmentStatus.CANCELLED
    with pytest.raises(Refused) as gone:
        client.join(wish, name, token)
    assert gone.value.code == "void"
    anyone = client.join(WaitingWish(specialty, None, today, today + timedelta(days=60)), identifier(), token)
    assert anyone.id != entry.id
    client.revoke(token)


def test_a_void_identifier_never_joins(client: RegistryClient, region: RealRegion) -> None:
    token, name = sign_in(client, region.adults[8]), identifier()
    client.cancel_booking(name)
    today = datetime.now(UTC).date()
    specialty = client.specialties(HOME_FACILITY)[0]
    with pytest.raises(Refused) as refused:
        client.join(WaitingWish(specialty, None, today, today), name, token)
    assert refused.value.code == "void"
    client.revoke(token)


def test_a_booking_and_its_recovery(client: RegistryClient, region: RealRegion) -> None:
    """api.md sections 6 and 8."""
    token, key = sign_in(client, region.adults[2]), identifier()
    time = free(client)
    held = client.hold(time.id, token)
    assert client.lookup(key) is None
    booked = client.book(held, key, token)
    assert booked.status is AppointmentStatus.BOOKED
    assert booked.ticket_number
    assert booked.code
    assert client.book(held, key, token) == booked, "the same identifier again"
    record = client.lookup(key)
    assert record is not None
    assert (record.id, record.ticket_number, record.code) == (booked.id, booked.ticket_number, booked.code)
    client.cancel_booking(key)
    client.cancel_booking(key)
    record = client.lookup(key)
    assert record is not None
    assert record.status is AppointmentStatus.CANCELLED
    assert region.standing(region.adults[2]) == []


def test_a_move_and_what_became_of_it(client: RegistryClient, region: RealRegion) -> None:
    """api.md sections 5, 7 and 8: judged as if the old one were gone; the same again gives the same; a stale version no."""
    token = sign_in(client, region.adults[12])
    booked = client.book(client.hold(free(client).id, token), identifier(), token)
    assert client.attempted(booked.id) is None
    with pytest.raises(Refused) as one_a_day:
        client.hold(free(client, 3).id, token)
    assert one_a_day.value.code == "one-per-day"
    held = client.hold(free(client, 3).id, token, booked.id)
    moved = client.move(Move(booked, held), token)
    assert (moved.id, moved.start, moved.ticket_number, moved.code) == (
        booked.id,
        held.start,
        booked.ticket_number,
        booked.code,
    )
    assert client.move(Move(booked, held), token) == moved
    record = client.attempted(booked.id)
    assert record is not None
    assert (record.start, record.version) == (moved.start, moved.version)
    later = client.hold(free(client, 5).id, token, booked.id)
    with pytest.raises(Refused) as stale:
        client.move(Move(booked, later), token)
    assert stale.value.code == "version-conflict"
    client.release(later.id)
    client.revoke(token)


def test_a_booking_that_staff_gives_up(client: RegistryClient, region: RealRegion, tmp_path: Path) -> None:
    """It is gone at the registry, and the registry says when it last answered."""
    token, journal = sign_in(client, region.adults[9]), Journal(tmp_path / "journal.sqlite")
    before = Booking(client, journal)
    before.ask(before.begin(client.hold(free(client).id, token), token))
    after = Booking(client, journal)
    [entry] = after.unsettled()
    assert region.standing(region.adults[9]) == [entry.ticket_number]
    asked_at = datetime.now(UTC)
    after.discard(entry.identifier, "patient has left")
    assert region.standing(region.adults[9]) == []
    heard_at = client.heard_at()
    assert heard_at is not None
    assert asked_at <= heard_at <= datetime.now(UTC)
    journal.close()


def test_a_cancel_that_overtakes_its_booking(client: RegistryClient, region: RealRegion) -> None:
    token, key = sign_in(client, region.adults[3]), identifier()
    held = client.hold(free(client).id, token)
    client.cancel_booking(key)
    with pytest.raises(Refused) as refused:
        client.book(held, key, token)
    assert refused.value.code == "void"
    client.release(held.id)


def test_two_who_want_the_same_time(client: RegistryClient, region: RealRegion) -> None:
    token = sign_in(client, region.adults[4])
    time = free(client, 3)
    client.book(client.hold(time.id, token), identifier(), token)
    client.revoke(token)
    with pytest.raises(Refused) as refused:
        client.hold(time.id)
    assert refused.value.code == "slot-taken"


class Window:
    """A terminal on real threads, its loop cranked by the test."""

    def __init__(self, region: RealRegion, session: requests.Session, folder: Path) -> None:
        self.jobs = CrankedJobs()
        registry = RegistryClient(region.base, region.credential, session)
        self.journal = Journal(folder / "journal.sqlite")
        self.printer = FakePrinter()
        self.terminal = Terminal(
            registry=registry,
            booking=Booking(registry, self.journal),
            printer=self.printer,
            card_reader=NoCardReader(),
            scanner=NoScanner(),
            sounds=FakeSounds(),
            jobs=self.jobs,
            home_facility_id=HOME_FACILITY,
            terminal_name="T-05",
            clock=lambda: datetime.now(UTC).astimezone(),
            production=False,
        )

    def at(self, step: Step) -> Ready:
        """Waits for a step and its data."""
        self.jobs.crank_until(
            lambda: (
                self.terminal.step is step
                and isinstance(self.terminal.content, Ready)
                and not self.terminal.busy
            ),
            self.terminal.tick,
        )
        assert isinstance(self.terminal.content, Ready)
        return self.terminal.content

    def to_confirm(self, adult: Adult) -> None:
        terminal = self.terminal
        self.jobs.crank_until(lambda: terminal.home is not None, terminal.tick)
        terminal.start()
        terminal.begin(Intent.BOOK)
        rows = self.at(Step.SPECIALTY).value
        terminal.choose(Fact.SPECIALTY, rows[0].specialty)
        doctors = self.at(Step.DOCTOR).value.rows
        terminal.choose(Fact.DOCTOR, doctors[0].doctor)
        week = self.at(Step.TIME).value
        terminal.choose_time(next(time for load in week.days for time in load.times if time.free))
        self.at(Step.IDENTIFY)
        self.type(adult)
        terminal.identify()
        self.at(Step.CONTACTS)
        terminal.skip_contacts()
        self.at(Step.CONFIRM)

    def type(self, adult: Adult) -> None:
        born = adult.birth_date
        fields = {
            "policy_number": adult.policy_number,
            "birth_day": str(born.day),
            "birth_month": str(born.month),
            "birth_year": str(born.year),
        }
        for field, text in fields.items():
            self.terminal.type(field, text)

    def close(self) -> None:
        self.jobs.close()
        self.journal.close()


@pytest.fixture
def window(region: RealRegion, session: requests.Session, tmp_path: Path) -> Iterator[Window]:
    window = Window(region, session, tmp_path)
    yield window
    window.close()


def test_a_visit_on_real_threads(window: Window, region: RealRegion) -> None:
    adult = region.adults[5]
    window.to_confirm(adult)
    window.terminal.confirm()
    window.at(Step.RESULT)
    window.jobs.crank_until(lambda: window.terminal.printing is Printing.PRINTED, window.terminal.tick)
    assert window.terminal.ticket is not None
    assert region.standing(adult) == [window.terminal.ticket.number]


def test_all_that_was_is_found_again_page_by_page(client: RegistryClient, region: RealRegion) -> None:
    """R15: however long ago; what one number names of it is the latest."""
    adult = region.adults[10]
    past = region.remember(adult, 430, "40404")
    token = sign_in(client, adult)
    ids = [one.appointment.id for one in client.history(token)]
    assert [id for id in ids if id.startswith("past-")] == past
    latest = client.own(token, Sought(number="40404"))
    assert isinstance(latest, OwnBooking)
    assert latest.appointment.id == past[0]
    with pytest.raises(NotYours):
        client.own(sign_in(client, region.adults[11]), Sought(number="40404"))


class LosingAnswers(BreakingWire):
    """Loses the answer to the next `$book`s."""

    def __init__(self, times: int) -> None:
        super().__init__(Random(0))
        self._left = times

    def send(
        self, request: requests.PreparedRequest, *arguments: object, **options: object
    ) -> requests.Response:
        response = super().send(request, *arguments, **options)
        if self._left and "$book" in (request.url or "") and b'"pending"' in (request.body or b""):
            self._left -= 1
            response.close()
            raise requests.ReadTimeout
        return response


def test_a_lost_answer_on_real_threads(window: Window, region: RealRegion, session: requests.Session) -> None:
    adult = region.adults[6]
    window.to_confirm(adult)
    session.mount("http://", LosingAnswers(1))
    window.terminal.confirm()
    window.jobs.crank_until(lambda: window.terminal.in_doubt, window.terminal.tick)
    window.at(Step.RESULT)
    assert window.terminal.ticket is not None
    assert region.standing(adult) == [window.terminal.ticket.number]


def test_walking_away_from_a_lost_answer_on_real_threads(
    window: Window, region: RealRegion, session: requests.Session
) -> None:
    adult = region.adults[7]
    window.to_confirm(adult)
    session.mount("http://", LosingAnswers(1))
    window.terminal.confirm()
    window.jobs.crank_until(lambda: window.terminal.in_doubt, window.terminal.tick)
    window.terminal.leave()

    def settled() -> bool:
        connection = window.journal._connection
        return bool(connection) and [State.CANCELLED.value] == [
            state for (state,) in connection.execute("SELECT state FROM booking")
        ]

    window.jobs.crank_until(settled, window.terminal.tick)
    assert region.standing(adult) == []


def test_nobody_there(session: requests.Session) -> None:
    with pytest.raises(Unreachable):
        RegistryClient("http://127.0.0.1:9", "c", session, (0.5, 0.5)).ready()


def test_a_registry_that_never_answered_was_never_heard(session: requests.Session) -> None:
    nobody = RegistryClient("http://127.0.0.1:9", "c", session, (0.5, 0.5))
    with pytest.raises(Unreachable):
        nobody.ready()
    assert nobody.heard_at() is None
