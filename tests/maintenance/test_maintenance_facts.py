"""What maintenance finds out: the registry's pace and clock, versions, the settings' sources, the log, a bundle, the
touched cells (issue 5, item 7; R36)."""

import os
import zipfile
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.errors import KioskError, Unreachable
from kiosk.maintenance import bundle, log_tail, program, settings_table
from kiosk.maintenance.probe import DRIFT_SECONDS, QUESTIONS, Probe, probe
from kiosk.maintenance.settings_table import Source, without_login
from kiosk.maintenance.touch_grid import TouchGrid
from kiosk.settings import SECTIONS, Settings, load

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)


class Registry:
    """Answers after so many seconds each, and then no more."""

    def __init__(self, seconds: tuple[float, ...], ahead: float = 0.0) -> None:
        self._seconds = list(seconds)
        self._ahead = ahead
        self.time = 0.0
        self.heard: datetime | None = None

    def ready(self) -> None:
        if not self._seconds:
            raise Unreachable("nobody", sent=False)
        self.time += self._seconds.pop(0)
        self.heard = NOW

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self._ahead)

    def heard_at(self) -> datetime | None:
        return self.heard

    def probe(self) -> Probe:
        return probe(self, lambda: self.time, lambda: NOW)


def test_the_registrys_pace() -> None:
    found = Registry((0.1, 0.5, 0.2, 0.1, 0.3)).probe()
    assert len(found.taken) == QUESTIONS
    assert found.median == pytest.approx(0.2)
    assert found.worst == pytest.approx(0.5)
    assert found.problem is None
    assert found.heard_at == NOW


def test_a_registry_that_stops_answering() -> None:
    found = Registry((0.1, 0.1)).probe()
    assert len(found.taken) == 2
    assert isinstance(found.problem, KioskError)
    assert found.heard_at == NOW


def test_of_a_registry_that_never_answered_nothing_is_known() -> None:
    found = Registry(()).probe()
    assert (found.median, found.worst, found.drift, found.heard_at) == (None, None, None, None)
    assert not found.drifts


@pytest.mark.parametrize(("ahead", "drifts"), [(0, False), (4.9, False), (5.1, True), (-3600, True)])
def test_clocks_that_are_apart(ahead: float, drifts: bool) -> None:
    found = Registry((0.1,) * QUESTIONS, ahead).probe()
    assert found.drift == pytest.approx(-ahead)
    assert found.drifts is drifts
    assert DRIFT_SECONDS == 5


def test_what_runs_here(tmp_path: Path) -> None:
    found = program.look(tmp_path)
    assert found.program
    assert found.kivy.startswith("2.3.")
    assert found.python.startswith("3.")
    assert found.sqlite.startswith("3.")
    assert found.free > 0
    assert found.memory is not None
    assert 10_000_000 < found.memory < 10_000_000_000
    assert program.look(tmp_path / "nowhere").free == 0


def test_memory_where_the_system_does_not_say(tmp_path: Path) -> None:
    assert program.memory_of(tmp_path / "none") is None
    (tmp_path / "status").write_text("Name: kiosk\nVmRSS: many kB\n")
    assert program.memory_of(tmp_path / "status") is None


SETTINGS = """
[terminal]
name = "T-01"
home_facility = "f1"
state = "state"
[registry]
url = "https://clerk:hidden-word@registry.example.org/api"
credential = "secret-credential"
[printer]
driver = "cups"
queue = "ipp://clerk:hidden-word@localhost:631/printers/one"
[sound]
volume = 70
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "kiosk.toml").write_text(SETTINGS, "utf-8")
    (tmp_path / "kiosk.toml").chmod(0o600)
    return load(tmp_path / "kiosk.toml")


def test_each_key_with_its_source(settings: Settings) -> None:
    table = settings_table.look(settings)
    by_key = {f"{one.section}.{one.key}": one for one in table.settings}
    assert list(by_key) == [f"{name}.{one.name}" for name, kind in SECTIONS.items() for one in fields(kind)]
    assert (by_key["sound.volume"].value, by_key["sound.volume"].source) == ("70", Source.FILE)
    assert (by_key["sound.device"].value, by_key["sound.device"].source) == ("", Source.DEFAULT)
    assert by_key["display.diagonal_inches"].value == "23.8"
    assert by_key["display.fullscreen"].value == "true"
    assert table.problems == ()


def test_no_secret_is_shown(settings: Settings) -> None:
    text = "\n".join(settings_table.lines(settings_table.look(settings)))
    assert "secret-credential" not in text
    assert "hidden-word" not in text
    assert "https://***@registry.example.org/api" in text
    assert "ipp://***@localhost:631/printers/one" in text
    assert "[registry] credential = *** (file)" in text


def test_a_file_that_was_changed_since(settings: Settings, tmp_path: Path) -> None:
    changed = SETTINGS.replace("volume = 70", "volume = 20").replace("secret-credential", "other-credential")
    (tmp_path / "kiosk.toml").write_text(changed, "utf-8")
    table = settings_table.look(settings)
    other = {one.key: (one.value, one.in_file) for one in table.settings if one.source is Source.OTHER}
    assert other == {"volume": ("70", "20"), "credential": ("***", "***")}


def test_what_the_command_line_changed(settings: Settings) -> None:
    windowed = replace(settings, display=replace(settings.display, fullscreen=False))
    table = settings_table.look(windowed)
    other = {one.key: (one.value, one.in_file) for one in table.settings if one.source is Source.OTHER}
    assert other == {"fullscreen": ("false", "true")}


def test_a_file_that_would_not_be_taken_any_more(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "kiosk.toml").write_text(SETTINGS + "\nvolumes = 3\n", "utf-8")
    table = settings_table.look(settings)
    assert table.problems == (f"{tmp_path}/kiosk.toml: [sound] volumes: unknown key",)
    assert {one.value for one in table.settings if one.key == "volume"} == {"70"}


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://a:b@c.example:8443/x", "https://***@c.example:8443/x"),
        ("https://c.example/x", "https://c.example/x"),
        ("Ёлки@палки", "Ёлки@палки"),
        ("http://a@[b", "***"),
    ],
)
def test_an_address_without_its_login(address: str, shown: str) -> None:
    assert without_login(address) == shown


LOG = """2026-11-25 09:59:58,120 INFO kiosk.devices.health: printer is ready
2026-11-25 10:00:00,001 WARNING kiosk.terminal.watch: out of service: Unreachable
2026-11-25 10:00:03,999 ERROR kiosk.app: unforeseen ValueError at x.py:1 f
Traceback of a library
  with a line
2026-11-25 10:00:05,000 INFO kiosk.devices.health: printer is offline
"""


def test_the_log_newest_first_by_level(tmp_path: Path) -> None:
    (tmp_path / "kiosk.log").write_text(LOG, "utf-8")
    assert [entry.level for entry in log_tail.tail(tmp_path)] == ["INFO", "ERROR", "WARNING", "INFO"]
    grave = log_tail.tail(tmp_path, least="WARNING")
    assert [entry.at for entry in grave] == ["2026-11-25 10:00:03", "2026-11-25 10:00:00"]
    assert grave[0].text == "unforeseen ValueError at x.py:1 f\nTraceback of a library\n  with a line"
    assert [entry.name for entry in log_tail.tail(tmp_path, least="ERROR")] == ["kiosk.app"]


def test_the_log_reaches_into_the_file_before(tmp_path: Path) -> None:
    """A file that has just been begun is not all there is; garbage in it is stepped over."""
    (tmp_path / "kiosk.log.1").write_text(LOG, "utf-8")
    (tmp_path / "kiosk.log").write_bytes(b"\xff\xfe half a line\n2026-11-25 11:00:00,000 INFO a: b\n")
    entries = log_tail.tail(tmp_path, count=3)
    assert [entry.at[11:] for entry in entries] == ["11:00:00", "10:00:05", "10:00:03"]
    assert log_tail.tail(tmp_path / "nowhere") == ()


def test_a_bundle_is_whole_and_few_are_kept(tmp_path: Path) -> None:
    for number in range(bundle.KEPT + 2):
        path = bundle.write({"a.txt": f"число {number}"}, f"kiosk-{number}", tmp_path, None)
        os.utime(path, (number, number))
    kept = sorted(one.name for one in (tmp_path / bundle.FOLDER).iterdir())
    assert kept == [f"kiosk-{number}.zip" for number in range(2, bundle.KEPT + 2)]
    with zipfile.ZipFile(path) as last:
        assert last.read("a.txt").decode() == f"число {bundle.KEPT + 1}"


def test_a_bundle_goes_to_a_stick_where_there_is_one(tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    path = bundle.write({"a.txt": "a"}, "one", tmp_path / "state", stick)
    assert path == stick / "one.zip"
    assert not (tmp_path / "state").exists()


def test_a_stick_that_takes_nothing_is_no_reason_to_have_none(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_text("no folder")
    path = bundle.write({"a.txt": "a"}, "one", tmp_path / "state", broken)
    assert path == tmp_path / "state" / bundle.FOLDER / "one.zip"


def test_a_bundle_that_cannot_be_written_says_why(tmp_path: Path) -> None:
    (tmp_path / bundle.FOLDER).write_text("in the way")
    with pytest.raises(bundle.BundleFault, match="exists"):
        bundle.write({"a.txt": "a"}, "one", tmp_path, None)


@pytest.fixture
def mounts(tmp_path: Path) -> Path:
    return tmp_path / "mounts"


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("/dev/sdb1 /media/kiosk/MY\\040STICK vfat rw,nosuid 0 0", "/media/kiosk/MY STICK"),
        ("/dev/sdb1 /run/media/kiosk/STICK exfat rw 0 0", "/run/media/kiosk/STICK"),
        ("/dev/sdb1 /media/STICK vfat ro,nosuid 0 0", None),
        ("/dev/sda1 / ext4 rw 0 0", None),
        ("tmpfs /media/x tmpfs rw 0 0", None),
        ("broken", None),
    ],
)
def test_a_stick_among_what_is_mounted(mounts: Path, line: str, found: str | None) -> None:
    mounts.write_text(f"proc /proc proc rw 0 0\n{line}\n")
    assert bundle.find_stick(mounts) == (Path(found) if found else None)


def test_no_stick_where_nothing_says_what_is_mounted(mounts: Path) -> None:
    assert bundle.find_stick(mounts) is None


def test_cells_are_ticked_off() -> None:
    grid = TouchGrid(4, 6)
    assert grid.left == 24
    for x, y in ((0, 0), (99.9, 0), (399, 599), (400, 10), (-1, 10), (50, 600)):
        grid.touch(x, y, (400, 600), 4)
    assert grid.done == {(0, 0), (3, 5)}
    assert grid.left == 22
    assert grid.last is not None
    assert (grid.last.x_px, grid.last.y_px, grid.last.x_mm) == (399, 599, pytest.approx(99.75))
    grid.clear()
    assert (grid.left, grid.last) == (24, None)


def test_every_cell_can_be_reached() -> None:
    grid = TouchGrid(7, 9)
    for x in range(0, 1080, 8):
        for y in range(0, 1601, 8):
            grid.touch(x, y, (1080, 1601), 2.05)
    assert grid.left == 0
