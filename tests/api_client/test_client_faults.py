"""Every way in which a registry or the wire can fail, as an error of the tree: never anything else (issue 2, Faults)."""

import logging
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import requests
from wire_registry import Asked, Say, WireRegistry, wire_registry

from kiosk.api_client.client import RegistryClient
from kiosk.errors import (
    BadReply,
    DocumentRequired,
    NotIdentified,
    Refused,
    RegistryError,
    ServerFault,
    TooManyTries,
    Unreachable,
)
from kiosk.models import (
    Appointment,
    AppointmentStatus,
    Contact,
    Doctor,
    Move,
    Patient,
    PatientToken,
    Specialty,
    TerminalEvent,
    WaitingWish,
)

TOKEN = PatientToken("pt.secret-token", "patient-7", 300)
START = datetime(2026, 11, 25, 15, 40, tzinfo=UTC)
TIME = Appointment("app-1", AppointmentStatus.HELD, START, START + timedelta(minutes=20))
MOVE = Move(replace(TIME, version="2"), replace(TIME, slot="Slot/s-1"))
DOCTOR = Doctor("r-1", "p-1", "Соколова", "Елена", "", "org-5", "therapist")
PATIENT = Patient("patient-7", "И. М. П.", version="3")
DAY = date(2026, 11, 25)
WISH = WaitingWish(Specialty("s-1", "therapist", "Терапевт", "org-5"), DOCTOR, DAY, DAY)
EVENT = TerminalEvent("e-1", START, "unmet-demand", "org-5", "therapist", "doctor")
IDENTIFIER = "urn:uuid:7f1c0c2e-9f57-4b52-9a0b-0d5c5c0e7b11"

READS: dict[str, Callable[[RegistryClient], object]] = {
    "districts": lambda client: client.districts(),
    "facilities": lambda client: client.facilities(),
    "specialties": lambda client: client.specialties("org-5"),
    "availability": lambda client: client.availability("org-5", "therapist", DAY, DAY),
    "doctor_days": lambda client: client.doctor_days("r-1", DAY, DAY),
    "find": lambda client: client.find(DOCTOR, START, START + timedelta(hours=1), 1),
    "find_any": lambda client: client.find_any("org-5", "therapist", START, START + timedelta(hours=1), 1),
    "district_load": lambda client: client.district_load("d-1", "therapist", DAY, DAY),
    "facility_doctors": lambda client: client.facility_doctors("org-5"),
    "doctor": lambda client: client.doctor("r-1"),
    "search_facilities": lambda client: client.search_facilities("лес", "", 20),
    "search_doctors": lambda client: client.search_doctors("сок", "org-5", "therapist", 20),
    "lookup": lambda client: client.lookup(IDENTIFIER),
    "attempted": lambda client: client.attempted("app-1"),
    "patient": lambda client: client.patient(TOKEN),
}
COMMANDS: dict[str, Callable[[RegistryClient], object]] = {
    "hold": lambda client: client.hold("app-1", TOKEN),
    "release": lambda client: client.release("app-1"),
    "book": lambda client: client.book(TIME, IDENTIFIER, TOKEN),
    "join": lambda client: client.join(WISH, IDENTIFIER, TOKEN),
    "report": lambda client: client.report((EVENT,)),
    "cancel_booking": lambda client: client.cancel_booking(IDENTIFIER),
    "identify": lambda client: client.identify("7787599768000015", DAY, "123456"),
    "move": lambda client: client.move(MOVE, TOKEN),
    "confirm_contact": lambda client: client.confirm_contact(TOKEN, "123456"),
    "set_contacts": lambda client: client.set_contacts(PATIENT, TOKEN, (Contact("phone", "+79123456789"),)),
}
ALL = {**READS, **COMMANDS}


@pytest.fixture
def wire() -> Iterator[WireRegistry]:
    with wire_registry(lambda asked: Say(500)) as wire:
        yield wire


@pytest.fixture
def client(wire: WireRegistry) -> Iterator[RegistryClient]:
    session = requests.Session()
    yield RegistryClient(wire.base, "credential-of-this-terminal", session, (0.5, 0.5))
    session.close()


def outcome(
    code: str = "", text: str = "", system: str = "urn:electronic-registry:refusal"
) -> dict[str, object]:
    coding = [{"system": system, "code": code}] if code else []
    issue = {"severity": "error", "code": "conflict", "details": {"coding": coding, "text": text}}
    return {"resourceType": "OperationOutcome", "issue": [issue]}


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("status", [500, 502, 503])
def test_5xx_is_a_server_fault(wire: WireRegistry, client: RegistryClient, name: str, status: int) -> None:
    wire.handler = lambda asked: Say(status, b"<html>gateway</html>", {"Content-Type": "text/html"})
    with pytest.raises(ServerFault):
        ALL[name](client)
    assert len(wire.asked) == (2 if name in READS else 1), "reads are tried once more, commands never"


BAD = {
    "html": Say(200, b"<html>welcome to the hotel's wifi</html>"),
    "half a json": Say(200, b'{"resourceType": "Bun'),
    "empty": Say(200, b""),
    "a list": Say(200, []),
    "another resource": Say(200, {"resourceType": "Basic"}),
    "deep": Say(200, b"[" * 100_000),
    "a huge number": Say(200, b'{"resourceType": "Bundle", "entry": ' + b"9" * 5000 + b"}"),
    "not utf-8": Say(200, b'{"resourceType": "\xff"}'),
    "4xx without an outcome": Say(404, b"<html>not here</html>"),
    "4xx with another resource": Say(422, {"resourceType": "Bundle"}),
    "redirect": Say(302, b"", {"Location": "http://127.0.0.1:9/elsewhere"}),
    "too large": Say(200, b" " * 8_000_001),
}


@pytest.mark.parametrize("name", [name for name in ALL if name not in ("release", "report")])
@pytest.mark.parametrize("bad", BAD)
def test_what_is_not_promised_is_a_bad_reply(
    wire: WireRegistry, client: RegistryClient, name: str, bad: str
) -> None:
    wire.handler = lambda asked: BAD[bad]
    with pytest.raises(BadReply):
        ALL[name](client)


@pytest.mark.parametrize("name", ALL)
def test_an_answer_cut_in_the_middle_may_have_been_carried_out(
    wire: WireRegistry, client: RegistryClient, name: str
) -> None:
    wire.handler = lambda asked: Say(200, {"resourceType": "Bundle", "total": 0}, cut=10)
    with pytest.raises(Unreachable) as error:
        ALL[name](client)
    assert error.value.sent


@pytest.mark.parametrize("name", ALL)
def test_no_answer_in_time_may_have_been_carried_out(
    wire: WireRegistry, client: RegistryClient, name: str
) -> None:
    done = threading.Event()
    wire.handler = lambda asked: Say(silent=done)
    with pytest.raises(Unreachable) as error:
        ALL[name](client)
    done.set()
    assert error.value.sent
    assert len(wire.asked) == 1, "what may have been carried out is not repeated"


def test_a_dripping_answer_has_an_end(wire: WireRegistry, client: RegistryClient) -> None:
    wire.handler = lambda asked: Say(200, b" " * 1000, drip=0.05)
    with pytest.raises(Unreachable):
        client.districts()


@pytest.mark.parametrize("name", ALL)
def test_nobody_there_surely_did_not_see_the_request(name: str) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        session = requests.Session()
        client = RegistryClient(f"http://127.0.0.1:{unused.getsockname()[1]}", "c", session, (0.5, 0.5))
        with pytest.raises(Unreachable) as error:
            ALL[name](client)
        session.close()
    assert not error.value.sent


def test_a_name_that_does_not_resolve_surely_did_not_see_the_request() -> None:
    session = requests.Session()
    client = RegistryClient("http://registry.invalid", "c", session, (0.5, 0.5))
    with pytest.raises(Unreachable) as error:
        client.ready()
    session.close()
    assert not error.value.sent


def test_a_refusal_has_its_code_and_words(wire: WireRegistry, client: RegistryClient) -> None:
    wire.handler = lambda asked: Say(409, outcome("slot-taken", "Это время заняли."))
    with pytest.raises(Refused) as error:
        client.hold("app-1")
    assert (error.value.status, error.value.code, error.value.text) == (
        409,
        "slot-taken",
        "Это время заняли.",
    )


def test_a_refusal_inside_a_bundle_is_one_too(wire: WireRegistry, client: RegistryClient) -> None:
    """fhir-contract.md 1.4: other servers answer so."""
    bundle = {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": outcome("overlap")}]}
    wire.handler = lambda asked: Say(422, bundle)
    with pytest.raises(Refused) as error:
        client.book(TIME, IDENTIFIER, TOKEN)
    assert error.value.code == "overlap"


def test_a_hold_answered_by_a_cancelled_appointment_is_refused(
    wire: WireRegistry, client: RegistryClient
) -> None:
    """fhir-contract.md 1.4."""
    appointment = {
        "resourceType": "Appointment",
        "id": "app-1",
        "status": "cancelled",
        "start": START.isoformat(),
        "end": START.isoformat(),
    }
    wire.handler = lambda asked: Say(200, {"resourceType": "Bundle", "entry": [{"resource": appointment}]})
    with pytest.raises(Refused):
        client.hold("app-1")


def test_429_has_its_time(wire: WireRegistry, client: RegistryClient) -> None:
    wire.handler = lambda asked: Say(429, outcome("too-many"), {"Retry-After": "30"})
    with pytest.raises(Refused) as error:
        client.hold("app-1")
    assert error.value.retry_after == 30


@pytest.mark.parametrize(
    ("status", "name", "kind"),
    [
        (400, "document_required", DocumentRequired),
        (400, "invalid_grant", NotIdentified),
        (400, "invalid_request", BadReply),
        (401, "invalid_client", Refused),
        (429, "too_many", TooManyTries),
        (400, None, BadReply),
    ],
)
def test_identification_fails_in_its_own_words(
    wire: WireRegistry, client: RegistryClient, status: int, name: str | None, kind: type[RegistryError]
) -> None:
    """api.md section 9."""
    wire.handler = lambda asked: Say(status, {"error": name} if name else {}, {"Retry-After": "870"})
    with pytest.raises(kind) as error:
        client.identify("7787599768000015", DAY)
    if isinstance(error.value, TooManyTries):
        assert error.value.retry_after == 870


def test_links_lead_nowhere_else(wire: WireRegistry, client: RegistryClient) -> None:
    link = [{"relation": "next", "url": "http://127.0.0.1:9/fhir/Location?page=2"}]
    wire.handler = lambda asked: Say(200, {"resourceType": "Bundle", "link": link})
    with pytest.raises(BadReply):
        client.districts()
    assert len(wire.asked) == 1


def test_links_without_end_come_to_one(wire: WireRegistry, client: RegistryClient) -> None:
    link = [{"relation": "next", "url": f"{wire.base}/fhir/Location?page=again"}]
    wire.handler = lambda asked: Say(200, {"resourceType": "Bundle", "link": link})
    with pytest.raises(BadReply):
        client.districts()
    assert len(wire.asked) == 50


def test_pages_are_followed(wire: WireRegistry, client: RegistryClient) -> None:
    def handler(asked: Asked) -> Say:
        number = 2 if "page=2" in asked.path else 1
        resource = {"resourceType": "Location", "id": f"d-{number}", "name": f"Район {number}"}
        links = [{"relation": "next", "url": f"{wire.base}/fhir/Location?page=2"}] if number == 1 else []
        return Say(200, {"resourceType": "Bundle", "link": links, "entry": [{"resource": resource}]})

    wire.handler = handler
    assert [district.id for district in client.districts()] == ["d-1", "d-2"]
    assert len(client.districts()) == 2
    assert len(wire.asked) == 2, "the directory is kept for a while"


def test_cookies_are_not_kept(wire: WireRegistry, client: RegistryClient) -> None:
    wire.handler = lambda asked: Say(200, {"status": "ok"}, {"Set-Cookie": "tracking=1; Path=/"})
    client.ready()
    client.ready()
    assert not any("Cookie" in asked.headers for asked in wire.asked)


def test_a_proxy_of_the_environment_is_not_asked_for_a_registry_on_this_machine(
    wire: WireRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    wire.handler = lambda asked: Say(200, {"status": "ok"})
    with requests.Session() as session:
        RegistryClient(wire.base, "c", session, (0.5, 0.5)).ready()
    assert len(wire.asked) == 1


def test_the_right_bearer_for_each_right(wire: WireRegistry, client: RegistryClient) -> None:
    """api.md section 1; a .netrc of the machine changes nothing."""
    for name, ask in ALL.items():
        wire.asked.clear()
        with pytest.raises(RegistryError):
            ask(client)
        patients = name in ("hold", "book", "join", "move", "patient", "set_contacts", "confirm_contact")
        expected = TOKEN.value if patients else "credential-of-this-terminal"
        assert {asked.headers["Authorization"] for asked in wire.asked} == {f"Bearer {expected}"}, name


def test_nothing_of_requests_and_answers_is_logged(
    wire: WireRegistry, client: RegistryClient, caplog: pytest.LogCaptureFixture
) -> None:
    """R39: no identifier, number or token in a log, at any level, nor in the texts of errors."""
    secrets = (
        TOKEN.value,
        TOKEN.patient_id,
        IDENTIFIER,
        "7787599768000015",
        "123456",
        "9123456789",
        "credential-of",
    )
    texts = []
    with caplog.at_level(logging.DEBUG):
        for say in (Say(500), Say(200, b"<html>"), Say(422, outcome("overlap")), Say(hang_up=True)):
            wire.handler = lambda asked, say=say: say
            for ask in ALL.values():
                try:
                    ask(client)
                except RegistryError as error:
                    texts.append(
                        f"{error!r} {error.__cause__!r} {error.__context__!r}"
                        if error.__cause__
                        else repr(error)
                    )
    for secret in secrets:
        assert secret not in caplog.text
        assert not any(secret in text for text in texts)


@pytest.mark.parametrize(
    "date",
    [
        "",
        "yesterday",
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "Mon, 23 Nov 2026 10:00:00 +99999999999999999",
        "Mon, 23 Nov 99999999999999999999 10:00:00 GMT",
    ],
)
def test_a_date_that_is_none_leaves_the_clock_as_it_is(
    client: RegistryClient, wire: WireRegistry, date: str
) -> None:
    """api.md section 5: how long a hold lasts is counted by the registry's Date, but only by one that can be."""
    wire.handler = lambda asked: Say(200, b"{}", {"Date": date})
    client.ready()
    assert abs(client.now() - datetime.now(UTC)) < timedelta(seconds=5)
