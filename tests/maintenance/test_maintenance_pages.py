"""The pages that tell of registry, journal, program, settings, log and glass (issue 5, item 7; R36): the real registry over
HTTP, a real journal, real files."""

import json
import logging
import time
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
import tiny_region
from inline_jobs import InlineJobs
from running_registry import Clock, Registry, running

from kiosk.api_client.client import RegistryClient
from kiosk.booking import Booking
from kiosk.central import identity, regional
from kiosk.central.store import Store, create_schema
from kiosk.devices.health import Health
from kiosk.devices.printer_status import PrinterState
from kiosk.errors import Refused
from kiosk.journal import Journal, Paper, State
from kiosk.maintenance.bundle_page import BundlePage
from kiosk.maintenance.journal_page import JournalPage
from kiosk.maintenance.log_page import LogPage
from kiosk.maintenance.page import Action, Page, Row, Tools
from kiosk.maintenance.program_page import ProgramPage
from kiosk.maintenance.registry_page import RegistryPage
from kiosk.maintenance.report import Report
from kiosk.maintenance.settings_page import SettingsPage
from kiosk.maintenance.sizes_page import Sizes, SizesPage
from kiosk.maintenance.touch_page import TouchPage
from kiosk.settings import DisplaySettings, Settings, load

NOW = datetime(2026, 11, 25, 10, 0, 7, tzinfo=UTC)


@pytest.fixture
def tools() -> Tools:
    return Tools(InlineJobs(), lambda: None, lambda: "en", lambda: NOW)


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """A region of two facilities, served."""
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('tiny') / 'registry.sqlite'}")
    create_schema(store)
    store.write(regional.write_settings)
    store.write(tiny_region.fill)
    clock = Clock(int(time.time()))
    with running(store, clock, identity.enroll(store, "lobby", clock.now)) as registry:
        yield registry
    store.close()


@pytest.fixture
def client(registry: Registry) -> Iterator[RegistryClient]:
    with requests.Session() as session:
        yield RegistryClient(registry.base, registry.credential, session)


def rows(page: Page) -> dict[str, Row]:
    return {row.label: row for row in page.rows}


def act(page: Page, key: str) -> Action:
    action = next(one for one in page.actions if one.key == key)
    action.run()
    return action


def keys(page: Page) -> list[str]:
    return [action.key for action in page.actions]


# --- the registry ----------------------------------------------------------------------------------------------------


def test_a_registry_that_answers(tools: Tools, client: RegistryClient) -> None:
    page = RegistryPage(tools, client, "https://a:hidden@registry.example.org/x")
    page.refresh()
    told = rows(page)
    assert told["Address"].value == "https://***@registry.example.org/x"
    assert told["Answers"].tone == "ok"
    assert told["Answers"].value.endswith("ms of 5")
    assert told["Clock"].value.endswith(" s from the registry's")
    assert told["Last answer"].value


def test_a_registry_whose_clock_is_elsewhere(tools: Tools, client: RegistryClient) -> None:
    """Both run on one machine here, so what the client says is moved."""

    class Late:
        ready, heard_at = client.ready, client.heard_at

        def now(self) -> datetime:
            return datetime.fromtimestamp(client.now().timestamp() - 6, UTC)

    page = RegistryPage(tools, Late(), "http://127.0.0.1")
    page.refresh()
    assert rows(page)["Clock"].tone == "attention"


def test_nobody_there(tools: Tools) -> None:
    with requests.Session() as session:
        page = RegistryPage(
            tools, RegistryClient("http://127.0.0.1:9", "c", session, (0.5, 0.5)), "http://127.0.0.1:9"
        )
        page.refresh()
        told = rows(page)
        act(page, "again")
    assert told["Answers"] == Row("Answers", "No connection to the electronic registry", "fault")
    assert told["Clock"].tone == "attention"
    assert told["Last answer"].tone == "fault"


# --- the journal -----------------------------------------------------------------------------------------------------


@dataclass
class Book:
    """A journal with two bookings that nobody was shown and two tickets not surely printed, and its page."""

    journal: Journal
    page: JournalPage

    def state(self, identifier: str) -> tuple[State, Paper]:
        entry = self.journal.get(identifier)
        assert entry is not None
        return entry.state, entry.paper


LOST, ABANDONED, UNSURE, FAILED = (
    f"urn:uuid:{number}0000000-0000-4000-8000-00000000000{number}" for number in "1234"
)


@pytest.fixture
def book(tools: Tools, client: RegistryClient, tmp_path: Path) -> Iterator[Book]:
    journal = Journal(tmp_path / "journal.sqlite", lambda: NOW)
    for identifier in (LOST, ABANDONED, UNSURE, FAILED):
        journal.asked(identifier)
    journal.move(ABANDONED, State.ABANDONED, only_from=(State.ASKED,))
    for identifier, paper in ((UNSURE, Paper.UNSURE), (FAILED, Paper.NOT_PRINTED)):
        journal.booked(identifier, f"appointment-{identifier}", f"Т-{identifier[-1]}")
        journal.move(identifier, State.SHOWN, only_from=(State.BOOKED,))
        journal.paper(identifier, paper)
    page = JournalPage(tools, Booking(client, journal))
    page.refresh()
    yield Book(journal, page)
    journal.close()


def test_what_is_open_in_the_journal(book: Book) -> None:
    assert [(row.label, row.value) for row in book.page.rows] == [
        ("Unfinished bookings", "2"),
        ("10000000: chosen", "Wed 25 November, 10:00:07: asked for, no answer yet"),
        ("20000000", "Wed 25 November, 10:00:07: left by the patient, to be cancelled"),
        ("Tickets not surely printed", "2"),
        ("Т-3", "Wed 25 November, 10:00:07: the ticket is perhaps not printed"),
        ("Т-4", "Wed 25 November, 10:00:07: the ticket is not printed"),
    ]
    assert keys(book.page) == ["settle", "next", "discard"]


def test_put_right_at_the_registry(book: Book) -> None:
    act(book.page, "settle")
    assert rows(book.page)["Put right now"] == Row("Put right now", "done", "ok")
    assert rows(book.page)["Unfinished bookings"].value == "0"
    assert book.state(LOST)[0] is State.CANCELLED
    assert book.state(ABANDONED)[0] is State.CANCELLED


def test_one_booking_is_given_up_after_its_reason_was_asked(book: Book) -> None:
    act(book.page, "next")
    act(book.page, "discard")
    assert keys(book.page) == ["desk", "told", "test", "keep"]
    assert all("cancelled at the registry" in action.confirm for action in book.page.actions[:3])
    assert rows(book.page)["Why?"].value == "20000000"
    act(book.page, "keep")
    assert book.state(ABANDONED)[0] is State.ABANDONED
    act(book.page, "discard")
    act(book.page, "test")
    assert rows(book.page)["Noted"].value == "It was a test"
    assert book.state(ABANDONED)[0] is State.CANCELLED
    assert book.state(LOST)[0] is State.ASKED, "the other is as it was"


def test_a_ticket_is_seen_to(book: Book) -> None:
    for _ in range(3):
        act(book.page, "next")
    act(book.page, "discard")
    assert all("stands" in action.confirm for action in book.page.actions[:3])
    act(book.page, "desk")
    assert book.state(FAILED) == (State.SHOWN, Paper.HANDLED)
    assert [(one.identifier, one.reason) for one in book.journal.discards()] == [(FAILED, "desk")]
    assert rows(book.page)["Tickets not surely printed"].value == "1"


def test_all_done(book: Book) -> None:
    act(book.page, "settle")
    for _ in range(2):
        act(book.page, "discard")
        act(book.page, "told")
    assert keys(book.page) == []
    assert [row.tone for row in book.page.rows if row.value == "0"] == ["ok", "ok"]


def test_nothing_is_given_up_without_the_registry(tools: Tools, book: Book) -> None:
    with requests.Session() as session:
        away = RegistryClient("http://127.0.0.1:9", "c", session, (0.5, 0.5))
        page = JournalPage(tools, Booking(away, book.journal))
        page.refresh()
        act(page, "discard")
        act(page, "told")
    assert rows(page)["That did not work"].tone == "fault"
    assert rows(page)["Unfinished bookings"].value == "2"
    assert book.journal.discards() == ()
    assert keys(page) == ["settle", "next", "discard"]


def test_what_stays_is_counted(
    tools: Tools, book: Book, client: RegistryClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(identifier: str) -> None:
        raise Refused(403, "forbidden")

    monkeypatch.setattr(client, "cancel_booking", refuse)
    page = JournalPage(tools, Booking(client, book.journal))
    page.refresh()
    act(page, "settle")
    assert rows(page)["Put right now"] == Row(
        "Put right now", "2 left, the registry did not take them", "attention"
    )


def test_a_journal_that_cannot_be_read(tools: Tools, client: RegistryClient, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    page = JournalPage(tools, Booking(client, Journal(tmp_path / "file" / "journal.sqlite")))
    page.refresh()
    assert rows(page)["That did not work"].tone == "fault"
    assert keys(page) == []


# --- the program, the settings, the log ------------------------------------------------------------------------------


def test_the_program(tools: Tools, tmp_path: Path) -> None:
    page = ProgramPage(tools, tmp_path, 100.0, lambda: 100.0 + 86400 + 2 * 3600 + 3 * 60 + 59)
    page.refresh()
    told = rows(page)
    assert told["Running for"].value == "1 d 2 h 3 min"
    assert told["Free disk"].value.endswith(" MB")
    assert told["Kivy"].value.startswith("2.3.")


SETTINGS = """
[terminal]
name = "T-01 / hall"
home_facility = "f1"
state = "state"
[registry]
url = "http://127.0.0.1:9"
credential = "secret-credential"
connect_seconds = 0.5
[printer]
host = "printer.local"
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "kiosk.toml").write_text(SETTINGS, "utf-8")
    (tmp_path / "kiosk.toml").chmod(0o600)
    return load(tmp_path / "kiosk.toml")


def test_the_settings(tools: Tools, settings: Settings, tmp_path: Path) -> None:
    page = SettingsPage(tools, settings)
    page.refresh()
    told = rows(page)
    assert told["terminal.name"].value == "T-01 / hall (file)"
    assert told["registry.credential"].value == "*** (file)"
    assert told["maintenance.pin_hash"].value == "– (default)"
    assert told["terminal.language"].value == "ru (default)"
    (tmp_path / "kiosk.toml").write_text(SETTINGS.replace('"f1"', '"f2"') + "[what]\n", "utf-8")
    page.refresh()
    assert rows(page)["Mistake in the file"].value.endswith("[what]: unknown section")
    (tmp_path / "kiosk.toml").write_text(SETTINGS.replace('"f1"', '"f2"'), "utf-8")
    page.refresh()
    assert rows(page)["terminal.home_facility"] == Row(
        "terminal.home_facility", "f1 (in the file: f2)", "attention"
    )


LOG = """2026-11-25 09:59:58,120 INFO kiosk.devices.health: printer is ready
2026-11-25 10:00:00,001 WARNING kiosk.terminal.watch: out of service: Unreachable
2026-11-25 10:00:03,999 ERROR kiosk.app: unforeseen ValueError at x.py:1 f
"""


def test_the_log_from_a_level_on(tools: Tools, tmp_path: Path) -> None:
    (tmp_path / "kiosk.log").write_text(LOG, "utf-8")
    page = LogPage(tools, tmp_path)
    page.refresh()
    assert [row.tone for row in page.rows] == ["fault", "attention", "plain"]
    assert keys(page) == ["warning", "error"]
    act(page, "error")
    assert [(row.label, row.value) for row in page.rows] == [
        ("2026-11-25 10:00:03 ERROR", "kiosk.app: unforeseen ValueError at x.py:1 f")
    ]
    assert keys(page) == ["info", "warning"]


def test_a_log_without_such_entries(tools: Tools, tmp_path: Path) -> None:
    page = LogPage(tools, tmp_path)
    page.refresh()
    assert [row.value for row in page.rows] == ["nothing of this kind"]


# --- the bundle ------------------------------------------------------------------------------------------------------


def bundle_page(tools: Tools, settings: Settings, client: RegistryClient, journal: Journal) -> BundlePage:
    health = Health(lambda: NOW)
    for state in (PrinterState.READY, PrinterState.OUT_OF_PAPER):
        health.tell("printer", state)
    report = Report(settings, client, journal, health)
    return BundlePage(tools, report, settings.terminal.state, settings.terminal.name, lambda: None)


def test_a_bundle(
    tools: Tools, settings: Settings, client: RegistryClient, book: Book, caplog: pytest.LogCaptureFixture
) -> None:
    settings.terminal.state.mkdir()
    (settings.terminal.state / "kiosk.log").write_text(LOG, "utf-8")
    page = bundle_page(tools, settings, client, book.journal)
    with caplog.at_level(logging.INFO):
        act(page, "write")
    assert "maintenance: diagnostic bundle" in caplog.messages
    path = Path(rows(page)["Bundle"].value)
    assert path == settings.terminal.state / "diagnostics" / "kiosk-T-01-hall-20261125-100007.zip"
    with zipfile.ZipFile(path) as bundle:
        held = {name: bundle.read(name).decode() for name in bundle.namelist()}
    assert held["kiosk.log"] == LOG
    assert "ok    registry   answers in " in held["check.txt"]
    assert "FAIL  printer    out-of-paper since 2026-11-25T10:00:07" in held["check.txt"]
    assert [one["state"] for one in json.loads(held["health.json"])["printer"]] == ["out-of-paper", "ready"]
    assert json.loads(held["journal.json"])["bookings"]["shown, unsure"] == 1
    assert "secret-credential" not in "".join(held.values())
    assert "[registry] credential = *** (file)" in held["settings.txt"]


def test_a_bundle_of_a_terminal_in_trouble(
    tools: Tools, settings: Settings, client: RegistryClient, tmp_path: Path
) -> None:
    """Above all then it is needed: no registry, no journal, no log."""
    (tmp_path / "file").write_text("no folder")
    with requests.Session() as session:
        away = RegistryClient("http://127.0.0.1:9", "c", session, (0.5, 0.5))
        page = bundle_page(tools, settings, away, Journal(tmp_path / "file" / "journal.sqlite"))
        act(page, "write")
    with zipfile.ZipFile(rows(page)["Bundle"].value) as bundle:
        held = {name: bundle.read(name).decode() for name in bundle.namelist()}
    assert "FAIL  registry   answers in  ms; Unreachable" in held["check.txt"]
    assert "problem" in json.loads(held["journal.json"])
    assert held["kiosk.log"] == "No such file or directory\n"


def test_a_bundle_that_finds_no_room(
    tools: Tools, settings: Settings, client: RegistryClient, book: Book
) -> None:
    settings.terminal.state.write_text("in the way")
    page = bundle_page(tools, settings, client, book.journal)
    act(page, "write")
    assert rows(page)["Bundle"].tone == "fault"


# --- the glass -------------------------------------------------------------------------------------------------------


def test_the_touched_cells(tools: Tools) -> None:
    page = TouchPage(tools, DisplaySettings(1080, 1920, 23.8))
    assert rows(page)["Not touched yet"].value == "48 of 48"
    page.touch(100, 50, (900, 1200))
    assert rows(page)["Not touched yet"] == Row("Not touched yet", "47 of 48", "attention")
    assert rows(page)["Last touch"].value == "100 × 50 px, 27 × 14 mm from the upper left corner"
    act(page, "clear")
    assert rows(page)["Not touched yet"].value == "48 of 48"


def test_sizes_against_what_they_must_be(tools: Tools) -> None:
    page = SizesPage(tools, DisplaySettings(1080, 1920, 23.8), Sizes(20.5, 13.5, 3.0, 4.8))
    assert [(row.label, row.value, row.tone) for row in page.rows][1:5] == [
        ("Smallest target", "20.5 mm, at least 20", "ok"),
        ("Letter keys", "13.5 mm, at least 14", "fault"),
        ("Gap between targets", "3.0 mm, at least 3", "ok"),
        ("Smallest capital letter", "4.8 mm, at least 4.8", "ok"),
    ]


def test_every_page_speaks_russian(
    tools: Tools, settings: Settings, client: RegistryClient, book: Book
) -> None:
    """Nothing but names of products, keys and figures is left in Latin letters."""
    russian = Tools(tools.jobs, tools.changed, lambda: "ru", tools.clock)
    pages: Sequence[Page] = (
        RegistryPage(russian, client, "…"),
        ProgramPage(russian, settings.terminal.state, 0.0),
        JournalPage(russian, Booking(client, book.journal)),
        TouchPage(russian, settings.display),
        SizesPage(russian, settings.display, Sizes(20, 14, 3, 4.8)),
    )
    for page in pages:
        page.refresh()
        words = [russian.say(page.title), *(action.words for action in page.actions)]
        words += [row.label for row in page.rows if row.label not in ("Python", "Kivy", "SQLite")]
        assert all(not any("a" <= sign.lower() <= "z" for sign in one) for one in words), words
