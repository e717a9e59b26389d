"""The cues: kiosk/devices/sound.py and script/sounds (issue 5, item 6)."""

import runpy
import time
import wave
from array import array
from collections.abc import Iterator
from datetime import datetime
from datetime import time as clock_time
from pathlib import Path
from typing import Any

import pytest

from kiosk.devices import sound as module
from kiosk.devices.sound import FOLDER, AplaySounds, Cue, Loudness, SoundState, sound

ALWAYS = Loudness(100, 100, clock_time(0), clock_time(0))
PLAYER = """#!/bin/sh
echo "$@" >> {folder}/called
cat > {folder}/$$.part
{then}
mv {folder}/$$.part {folder}/$$.wav
"""


class Lobby:
    """A folder of what a stand-in for aplay was given, and how it goes on."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.player(then="true")

    def player(self, *, then: str) -> None:
        program = self._folder / "aplay"
        program.write_text(PLAYER.format(folder=self._folder, then=then))
        program.chmod(0o755)

    @property
    def called(self) -> list[str]:
        log = self._folder / "called"
        return log.read_text().splitlines() if log.exists() else []

    @property
    def heard(self) -> list[bytes]:
        return [file.read_bytes() for file in self._folder.glob("*.wav")]

    def hear(self, count: int) -> list[bytes]:
        end = time.monotonic() + 10
        while len(self.heard) < count:
            assert time.monotonic() < end, "nothing to be heard"
            time.sleep(0.01)
        return self.heard


@pytest.fixture
def lobby(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lobby:
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return Lobby(tmp_path)


@pytest.fixture
def sounds(lobby: Lobby) -> Iterator[AplaySounds]:
    playing = AplaySounds(ALWAYS, datetime.now)
    yield playing
    playing.close()


@pytest.fixture(scope="module")
def script() -> dict[str, Any]:
    return runpy.run_path(str(Path(__file__).parents[2] / "script" / "sounds"))


@pytest.mark.parametrize("cue", Cue)
def test_the_files_are_what_the_script_makes_short_and_soft(cue: Cue, script: dict[str, Any]) -> None:
    with wave.open(str(FOLDER / f"{cue.value}.wav"), "rb") as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 22050)
        frames = array("h", file.readframes(file.getnframes()))
    made = script["samples"](script["CUES"][cue.value])
    assert len(made) == len(frames)
    assert all(abs(a - b) <= 1 for a, b in zip(made, frames, strict=True))
    assert max(map(abs, frames)) <= 0.51 * 32767
    assert max(map(abs, (*frames[:3], *frames[-3:]))) < 600, "no click at its ends"
    assert len(frames) < 22050
    assert set(script["CUES"]) == {one.value for one in Cue}


def test_a_cue_is_played_at_once_and_whole(sounds: AplaySounds, lobby: Lobby) -> None:
    sounds.play(Cue.TICKET)
    assert lobby.hear(1) == [sound(Cue.TICKET, 100)]
    assert lobby.called == ["-q -"]


def test_volume_makes_it_quieter() -> None:
    loud, soft = (array("h", sound(Cue.CARD, percent)[44:]) for percent in (100, 50))
    assert len(loud) == len(soft)
    assert max(soft) == pytest.approx(max(loud) / 4, abs=1)


def test_every_cue_fits_into_a_pipe_so_that_a_player_that_hangs_holds_up_nobody() -> None:
    for cue in Cue:
        assert len(sound(cue, 100)) < 65536


def test_one_cue_at_a_time_and_a_touch_gives_way(sounds: AplaySounds, lobby: Lobby) -> None:
    lobby.player(then="exec sleep 30")
    sounds.play(Cue.TICKET)
    first = sounds._players[0]
    sounds.play(Cue.TOUCH)
    assert sounds._players == [first]
    sounds.play(Cue.ERROR)
    assert first.wait(10) != 0, "ended for the error"
    sounds.close()
    assert not sounds._players


def test_without_player_or_card_there_is_silence_and_it_is_said(
    lobby: Lobby, sounds: AplaySounds, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    cards = tmp_path / "cards"
    monkeypatch.setattr(module, "CARDS", cards)
    assert sounds.state() is SoundState.NO_CARD
    cards.write_text("--- no soundcards ---\n")
    assert sounds.state() is SoundState.NO_CARD
    cards.write_text(" 0 [PCH            ]: HDA-Intel - HDA Intel PCH\n")
    assert sounds.state() is SoundState.READY
    lobby.player(then="exit 1")
    sounds.play(Cue.CARD)
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    assert sounds.state() is SoundState.NO_PLAYER
    sounds.play(Cue.ERROR)
    silent = AplaySounds(Loudness(0, 0, clock_time(22), clock_time(7)), datetime.now)
    assert silent.state() is SoundState.NONE


def test_silent_at_night(lobby: Lobby) -> None:
    night = Loudness(60, 0, clock_time(22), clock_time(7))
    sounds = AplaySounds(night, lambda: datetime(2026, 3, 2, 23, 30), "plughw:1")  # noqa: DTZ001
    sounds.play(Cue.TICKET)
    assert lobby.called == []
    by_day = AplaySounds(night, lambda: datetime(2026, 3, 2, 8, 0), "plughw:1")  # noqa: DTZ001
    by_day.play(Cue.TICKET)
    assert lobby.hear(1) == [sound(Cue.TICKET, 60)]
    assert lobby.called == ["-q -D plughw:1 -"]
    by_day.close()


@pytest.mark.parametrize(
    ("night_from", "night_until", "nights"),
    [(22, 7, {22, 23, 0, 1, 4, 5, 6}), (1, 5, {1, 4}), (0, 0, set()), (7, 7, set())],
)
def test_the_night_may_pass_midnight(night_from: int, night_until: int, nights: set[int]) -> None:
    loudness = Loudness(60, 10, clock_time(night_from), clock_time(night_until))
    for hour in (0, 1, 4, 5, 6, 7, 12, 21, 22, 23):
        assert loudness.at(clock_time(hour)) == (10 if hour in nights else 60)
