"""The PIN of maintenance mode: what the settings keep of it, the lock after wrong ones, the command (issue 5, item 7; R36)."""

import io
import json
import os
import pty
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from kiosk.__main__ import main
from kiosk.errors import SettingsError
from kiosk.maintenance import pin
from kiosk.maintenance.pin import FREE_TRIES, LONGEST_LOCK, PinLock, fits, hash_pin, is_pin
from kiosk.settings import DEMO_PIN_HASH, load

ROOT = Path(__file__).parents[2]
HASH = hash_pin("2468")


class Clock:
    def __init__(self) -> None:
        self.seconds = 1_800_000_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "wrong-pins.json"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The judging itself is tested below; here it is about counting."""
    monkeypatch.setattr(pin, "fits", lambda typed, pin_hash: typed == "2468")


def wrong(lock: PinLock, times: int) -> None:
    for _ in range(times):
        assert not lock.opens("0000")


def test_the_settings_keep_no_pin_and_no_two_hashes_are_the_same() -> None:
    other = hash_pin("2468")
    assert other != HASH
    assert "2468" not in other.split("$")[0]
    assert fits("2468", HASH)
    assert fits("2468", other)
    assert not fits("2469", HASH)
    assert not fits("", HASH)


@pytest.mark.parametrize("text", ["1234", "123456789012", "0000"])
def test_what_a_pin_is(text: str) -> None:
    assert is_pin(text)


@pytest.mark.parametrize("text", ["", "123", "1234567890123", "12a4", "１２３４", "1234\n", "-123"])
def test_what_no_pin_is(text: str) -> None:
    assert not is_pin(text)


def test_five_wrong_ones_lock_for_a_minute_and_each_further_one_for_twice_as_long(
    file: Path, clock: Clock
) -> None:
    lock = PinLock(HASH, file, clock)
    wrong(lock, FREE_TRIES - 1)
    assert lock.left == 0
    locks = []
    for _ in range(9):
        wrong(lock, 1)
        locks.append(lock.left)
        assert not lock.opens("2468"), "not even the right one"
        clock.seconds += lock.left
        assert lock.left == 0
    assert locks == [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]
    assert lock.opens("2468")
    wrong(lock, FREE_TRIES - 1)
    assert lock.left == 0, "the right one begins the count anew"


def test_a_restart_changes_nothing(file: Path, clock: Clock) -> None:
    wrong(PinLock(HASH, file, clock), FREE_TRIES)
    again = PinLock(HASH, file, clock)
    assert again.left == 60
    clock.seconds += 59
    assert not again.opens("2468")
    assert PinLock(HASH, file, clock).left == 1
    clock.seconds += 1
    assert PinLock(HASH, file, clock).opens("2468")
    assert PinLock(HASH, file, clock).left == 0


def test_a_power_cut_while_a_pin_is_judged_saves_no_try(
    file: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(typed: str, pin_hash: str) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(pin, "fits", cut)
    for _ in range(FREE_TRIES):
        with pytest.raises(KeyboardInterrupt):
            PinLock(HASH, file, clock).opens("0000")
    assert PinLock(HASH, file, clock).left == 60


def test_a_clock_that_is_set_back_locks_for_no_longer(file: Path, clock: Clock) -> None:
    lock = PinLock(HASH, file, clock)
    wrong(lock, FREE_TRIES)
    clock.seconds -= 10_000_000
    assert lock.left == 60
    assert PinLock(HASH, file, clock).left == 60


@pytest.mark.parametrize("content", ["", "{", "[]", '{"wrong": "x"}', '{"wrong": 1, "until": []}', "\0"])
def test_a_spoiled_file_locks_and_opens_in_the_end(file: Path, clock: Clock, content: str) -> None:
    file.write_text(content)
    lock = PinLock(HASH, file, clock)
    assert lock.left == 60
    clock.seconds += 60
    assert lock.opens("2468")


def test_a_folder_that_cannot_be_written_takes_no_lock_away(
    tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    lock = PinLock(HASH, tmp_path / "not there" / "pins.json", clock)
    wrong(lock, FREE_TRIES)
    assert lock.left == 60
    assert "cannot be written" in caplog.text


def test_wrong_pins_are_logged_and_none_of_them_is_told(
    file: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    lock = PinLock(HASH, file, clock)
    for typed in ("13579", "97531"):
        lock.opens(typed)
    assert caplog.text.count("wrong PIN") == 2
    assert "2 in a row" in caplog.text
    assert not any(typed in caplog.text + file.read_text() for typed in ("13579", "97531"))
    assert json.loads(file.read_text())["wrong"] == 2


def test_no_lock_is_longer_than_an_hour(file: Path, clock: Clock) -> None:
    file.write_text(json.dumps({"wrong": 10**6, "until": clock.seconds + 10**9}))
    assert PinLock(HASH, file, clock).left == LONGEST_LOCK


# --- the command and the settings ------------------------------------------------------------------------------------


def test_the_command_prints_the_line_for_the_settings(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("13572468\n"))
    assert main(["pin"]) == 0
    told = tomllib.loads(f"[maintenance]\n{capsys.readouterr().out}")
    assert fits("13572468", told["maintenance"]["pin_hash"])


@pytest.mark.parametrize("typed", ["", "123\n", "passwort\n"])
def test_the_command_takes_pins_only(
    typed: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    assert main(["pin"]) == 1
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "A PIN has 4 to 12 digits.\n")


def test_on_a_terminal_it_asks_twice_and_shows_nothing() -> None:
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "kiosk", "pin"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=slave, stdout=subprocess.PIPE, stderr=slave, start_new_session=True
    ) as process:
        os.close(slave)
        for question in (b"New PIN: ", b"Once more: "):
            shown = b""
            while question not in shown:
                shown += os.read(master, 100)
            os.write(master, b"97531\n")
        told = process.communicate(timeout=60)[0].decode()
        os.close(master)
    assert process.returncode == 0
    assert fits("97531", told.partition('"')[2].rstrip('"\n'))


def test_the_demos_pin_is_known_and_refused_in_production(tmp_path: Path) -> None:
    demo = load(ROOT / "config" / "demo.toml")
    assert demo.maintenance.pin_hash == DEMO_PIN_HASH
    assert fits("2468", DEMO_PIN_HASH)
    config = tmp_path / "kiosk.toml"
    text = (ROOT / "config" / "demo.toml").read_text()
    config.write_text(text.replace('mode = "demo"', 'mode = "production"'))
    with pytest.raises(SettingsError) as refused:
        load(config)
    assert [one for one in refused.value.problems if "everybody knows the PIN" in one]


def test_a_hash_that_is_none_is_told_of(tmp_path: Path) -> None:
    config = tmp_path / "kiosk.toml"
    text = (ROOT / "config" / "demo.toml").read_text()
    config.write_text(text.replace(DEMO_PIN_HASH, "2468"))
    with pytest.raises(SettingsError) as refused:
        load(config)
    assert "kiosk pin" in refused.value.problems[0]
    assert "2468" not in refused.value.problems[0]
