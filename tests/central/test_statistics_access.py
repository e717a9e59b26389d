"""Who may ask for statistics and metrics, in which shapes they come, and that nobody is in them (api.md sections 1 and 15)."""

import asyncio
import csv
import io
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import public_browser
import pytest
import statistics_year
import tiny_region
from booking_region import Hall, Terminal, free_id, only
from databases import Databases
from prometheus_client.parser import text_string_to_metric_families
from running_registry import Clock, Registry, running, url_of
from sqlalchemy import update

from kiosk.central import cli, configuration, identity, local, schema, serve
from kiosk.central.statistics.page import page
from kiosk.central.statistics.reports import REPORTS
from kiosk.central.statistics.routes import ROUTES
from kiosk.central.store import Store
from kiosk.errors import SettingsError

PATHS = ("/metrics", *(route.path for route in ROUTES))
PERIOD = {"from": "2026-02-10", "to": "2026-03-04"}


@pytest.fixture(scope="module")
def office(module_booking_store: Store) -> Iterator[Registry]:
    """A registry with a month of everything, and a booking that a patient made."""
    store, clock = module_booking_store, Clock(tiny_region.NOW)
    store.write(statistics_year.fill)
    with running(store, clock, identity.enroll(store, "lobby", clock.now)) as registry:
        terminal = Terminal(registry, registry.credential, registry.sign_in(tiny_region.ANNA))
        only(terminal.book(free_id("r-discreet", 6)))
        yield registry


# --- access ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PATHS)
def test_this_machine_needs_no_credential(office: Registry, path: str) -> None:
    answer = office.get(path, token=None)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "headers",
    [
        *({mark: "203.0.113.7"} for mark in local.MARKS),
        {"X-Forwarded-For": "127.0.0.1"},
        {"Host": "registry.example.ru"},
        {"Host": "rebound.example.ru:8080"},
    ],
    ids=lambda headers: "-".join(headers),
)
def test_what_a_proxy_passes_on_is_a_stranger(office: Registry, path: str, headers: dict[str, str]) -> None:
    refused = office.get(path, token=None, headers=headers)
    assert refused.status_code == 401, refused.text
    assert refused.json()["resourceType"] == "OperationOutcome"
    assert office.get(path, headers=headers).status_code == 403, "a terminal's credential is not enough"


@pytest.mark.parametrize(
    ("peer", "host", "expected"),
    [
        ("127.0.0.1", "127.0.0.1:8080", True),
        ("127.8.8.8", "localhost", True),
        ("::1", "[::1]:8080", True),
        ("10.0.0.5", "127.0.0.1:8080", False),
        ("203.0.113.7", "localhost", False),
        ("", "localhost", False),
        ("127.0.0.1", "10.0.0.1", False),
        ("127.0.0.1", "localhost.example.ru", False),
        ("127.0.0.1", "[::1", False),
        ("127.0.0.1", "", False),
    ],
)
def test_local_is_the_peer_and_the_name(peer: str, host: str, expected: bool) -> None:
    assert local.is_local(peer, {"host": host}) is expected


def test_a_region_can_close_them(booking_store: Store) -> None:
    """For a proxy on the same machine that leaves no mark on what it passes on."""
    listening: list[int] = []
    server = serve.server(
        booking_store, Clock(tiny_region.NOW), "127.0.0.1", 0, listening.append, local_pages=False
    )
    assert server.config.app is not None
    server.close()
    statuses = {path: _status(server.config.app, path) for path in PATHS}
    assert statuses == dict.fromkeys(PATHS, 401)


def _status(app: Any, path: str) -> int:
    """As an ASGI server asks for this machine."""
    sent: list[dict[str, Any]] = []
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"host", b"localhost")],
        "client": ("127.0.0.1", 5000),
        "server": ("127.0.0.1", 8080),
        "scheme": "http",
        "http_version": "1.1",
        "root_path": "",
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    return int(sent[0]["status"])


def test_the_setting_that_closes_them(tmp_path: Path) -> None:
    file = tmp_path / "registry.toml"
    file.write_text("[registry]\nlocal_pages = false\n")
    assert configuration.read(file).local_pages is False
    file.write_text('[registry]\nlocal_pages = "no"\n')
    with pytest.raises(SettingsError, match="local_pages"):
        configuration.read(file)


# --- shapes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", REPORTS)
def test_json_and_csv_say_the_same(office: Registry, name: str) -> None:
    report = REPORTS[name]
    query = {"by": ",".join(report.keys[:2]), **(PERIOD if report.of_period else {})}
    told = office.get(f"/statistics/{name}", token=None, params=query)
    listed = office.get(f"/statistics/{name}.csv", token=None, params=query)
    assert told.headers["Content-Type"] == "application/json"
    assert listed.headers["Content-Type"] == "text/csv; charset=utf-8"
    header, *lines = csv.reader(io.StringIO(listed.text))
    assert header == told.json()["columns"]
    rows = [list(row.values()) for row in told.json()["rows"]]
    assert len(rows) > 1

    def said(value: Any, cell: str) -> bool:
        return cell in ("", "<5") if value is None else cell == str(value)

    for row, line in zip(rows, lines, strict=True):
        assert all(said(value, cell) for value, cell in zip(row, line, strict=True)), line


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("/statistics/bookings?colour=red", "colour"),
        ("/statistics/bookings?by=patient", "by"),
        ("/statistics/bookings?from=yesterday", "from"),
        ("/statistics/bookings?by=day&by=doctor", "by"),
        ("/statistics/bookings.csv?fewest=x", "fewest"),
        ("/statistics/waiting?from=2026-03-01", "from"),
        ("/statistics?facility=f1&to=2026-13-01", "to"),
        ("/statistics?lang=tlh", "lang"),
    ],
)
def test_a_bad_question_is_refused_by_name(office: Registry, path: str, named: str) -> None:
    refused = office.get(path, token=None)
    assert refused.status_code == 400
    assert named in refused.text


def test_nothing_of_anybody_is_in_them(office: Registry) -> None:
    booked = free_id("r-discreet", 6)
    persons = [person for person in vars(tiny_region).values() if isinstance(person, tiny_region.Person)]
    secrets = [word for one in persons for word in (one.id, one.policy_number, one.birth_date) if word]
    for path in PATHS:
        name = path.removeprefix("/statistics/").removesuffix(".csv")
        query = {"by": ",".join(REPORTS[name].keys)} if name in REPORTS else {}
        text = office.get(path, token=None, params=query).text
        for word in (*secrets, booked, "Петрова", "Venereologist", "r-discreet", "79161234567"):
            assert word not in text, (path, word)


def test_the_command_says_the_same(
    office: Registry, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "system_clock", lambda: tiny_region.NOW)
    database = ["--database", url_of(office.store)]

    def run(*arguments: str, status: int = 0) -> str:
        capsys.readouterr()
        assert cli.main(["statistics", *arguments, *database]) == status
        printed = capsys.readouterr()
        return printed.err if status else printed.out

    listed = office.get("/statistics/bookings.csv", token=None, params={"by": "day", **PERIOD}).text
    asked = ("bookings", "--by", "day", "--from", PERIOD["from"], "--to", PERIOD["to"])
    assert run(*asked).splitlines() == listed.splitlines()
    assert '"report": "bookings"' in run(*asked, "--json")
    assert run("page").startswith("<!DOCTYPE html>")
    assert "doctor" in run("funnel", "--doctor", "r-second", status=1)
    assert "from" in run("load", "--from", "2026-99-99", status=1)


# --- the page ----------------------------------------------------------------------------------------------------


class Outline(HTMLParser):
    """The elements of a page, and what stands in each table."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.cells: list[list[str]] = []
        self._in_cell = False
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))
        if tag == "tr":
            self.cells.append([])
        if tag in ("th", "td"):
            self._in_cell = True
            self.cells[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("th", "td"):
            self._in_cell = False

    def handle_data(self, data: str) -> None:
        if self._in_cell:
            self.cells[-1][-1] += data


def test_the_page_has_the_figures_of_the_reports(office: Registry) -> None:
    text = office.get("/statistics", token=None, params={**PERIOD, "facility": "f2"}).text
    rows = office.get(
        "/statistics/bookings", token=None, params={**PERIOD, "facility": "f2", "by": "day"}
    ).json()["rows"]
    cells = Outline(text).cells
    for row in rows:
        label = f"{row['day'][8:]}.{row['day'][5:7]}"
        mine = [line[1:] for line in cells if line and line[0] == label]
        assert [str(row["booked"])] in mine
        assert [str(row[name]) for name in ("cancelled", "cancelled_by_clinic", "moved", "not_come")] in mine
    (total,) = office.get("/statistics/bookings", token=None, params={**PERIOD, "facility": "f2"}).json()[
        "rows"
    ]
    assert f"<dt>Записи</dt><dd>{total['booked']}</dd>" in text


def test_the_page_can_be_listened_to_and_loads_nothing(office: Registry) -> None:
    answer = office.get("/statistics", token=None)
    tags = Outline(answer.text).tags
    names = [tag for tag, _ in tags]
    assert ("html", {"lang": "ru"}) in tags
    assert names.count("h1") == 1
    pictures = [attributes for tag, attributes in tags if tag == "svg"]
    assert len(pictures) == names.count("table") == names.count("caption") > 6
    assert all(one["role"] == "img" and one["aria-label"] for one in pictures)
    headings = {attributes.get("id") for tag, attributes in tags if tag == "h2"}
    assert all(a["aria-labelledby"] in headings for tag, a in tags if tag == "section")
    assert not {"script", "link", "img", "iframe"} & set(names)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert not [a for _, a in tags if {"src", "href", "xlink:href"} & set(a)]
    assert not [word for word in ("url(", "@import") if word in answer.text]


def test_names_are_not_markup(booking_store: Store, clock: Clock) -> None:
    evil = '<script>"&'
    booking_store.write(
        lambda connection: connection.execute(update(schema.facility).values(name=evil, name_words=evil))
    )
    text = page(booking_store, {"to": "2026-03-15"}, clock.now)
    assert "<script" not in text
    assert text.count("&lt;script&gt;") >= 2


def test_the_page_of_a_registry_in_which_nothing_happened(quiet_hall: Hall) -> None:
    text = quiet_hall.registry.get(
        "/statistics", token=None, params={"from": "2025-01-01", "to": "2025-12-31"}
    ).text
    assert "За этот период данных нет." in text
    assert "<svg" not in text


def test_a_browser_shows_it(office: Registry) -> None:
    seen = public_browser.page(f"{office.base}/statistics?from=2026-02-01&to=2026-03-04&lang=ru")
    assert seen.complaints == []
    assert seen.language == "ru"
    assert "Статистика электронной регистратуры" in seen.text
    assert "Деликатные специальности" in seen.text


# --- metrics -----------------------------------------------------------------------------------------------------


def samples(registry: Registry) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Every sample of /metrics, read by Prometheus' own parser."""
    answer = registry.get("/metrics", token=None)
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_metrics_count_what_is_done(hall: Hall, clock: Clock) -> None:
    before = samples(hall.registry)
    terminal = hall.terminal().identified(tiny_region.ANNA)
    booked = free_id("r-therapist", 3)
    only(terminal.hold(booked))
    held = samples(hall.registry)
    only(terminal.book(booked))
    assert hall.terminal("second").identified(tiny_region.PAVEL).book(booked).status_code == 409
    hall.registry.request("PROPFIND", "/health")
    hall.registry.get("/no/such/path")
    clock.forward(31)
    now = samples(hall.registry)

    def more(name: str, **labels: str) -> float:
        key = (name, tuple(sorted(labels.items())))
        return now.get(key, 0) - before.get(key, 0)

    book = "/fhir/Appointment/$book"
    assert more("registry_requests_total", method="POST", route=book, status="200") == 1
    assert more("registry_requests_total", method="POST", route=book, status="409") == 1
    assert more("registry_requests_total", method="other", route="/health", status="405") == 1
    assert more("registry_requests_total", method="other", route="unknown", status="404") == 1
    assert more("registry_request_seconds_count", route=book) == 2
    assert 0 < more("registry_request_seconds_sum", route=book) < 20
    assert more("registry_refusals_total", code="slot-taken") == 1
    assert more("registry_events_total", kind="booked", channel="kiosk") == 1
    assert (held[("registry_holds", ())], now[("registry_holds", ())]) == (1, 0)
    assert (
        now[("registry_terminal_last_heard_timestamp_seconds", (("terminal", "second"),))] == clock.now - 31
    )
    assert now[("registry_notices_due", ())] == 0
    clock.forward(60)
    later = samples(hall.registry)
    assert later[("registry_notices_due", ())] == 1
    assert later[("registry_notices_oldest_seconds", ())] == 31
    assert later[("registry_deliveries", (("state", "dead"), ("system", "email")))] == 0
    assert later[("registry_database_up", ())] == 1
    assert later[("registry_database_bytes", ())] >= 100_000
    assert later[("registry_events_total", (("channel", "kiosk"), ("kind", "booked")))] == 1, "counted once"


def test_metrics_are_told_while_the_database_is_away(hall: Hall, databases: Databases) -> None:
    hall.registry.store.close()
    with databases.away(url_of(hall.registry.store)):
        told = samples(hall.registry)
    assert told[("registry_database_up", ())] == 0
    hall.registry.store.close()
    assert samples(hall.registry)[("registry_database_up", ())] == 1


def test_a_revoked_terminal_is_not_watched(hall: Hall, clock: Clock) -> None:
    hall.terminal("second").get("Location")
    identity.revoke(hall.registry.store, "second", clock.now)
    names = {dict(labels).get("terminal") for name, labels in samples(hall.registry) if "last_heard" in name}
    assert names == {"lobby"}
