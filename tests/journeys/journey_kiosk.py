"""The program as a test sees it: a process, and what a patient can do in front of it."""

import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

#: What one request may take: the robot's own deadline for each of the keys of a long number, should it come to that.
ANSWER_SECONDS = 200.0
EXIT_SECONDS = 60.0
_CHILD = Path(__file__).with_name("journey_child.py")
#: Mesa's software renderer does everything but fill the pixels, at which nobody looks but in pictures.
_NO_PIXELS = {"LP_PERF": "no_rast"}

Sought = str | re.Pattern[str]


class JourneyError(AssertionError):
    """What should have been on the screen was not; the words are the robot's."""


class Kiosk:
    """One run of the program. Everything it prints to stderr goes to `log`."""

    def __init__(self, arguments: Sequence[str], log: Path) -> None:
        self._said = log
        self._touches_before = 0
        self._log = log.open("a", encoding="utf-8")
        self._process = subprocess.Popen(
            [sys.executable, str(_CHILD), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            env={**({} if "--shots" in arguments else _NO_PIXELS), **os.environ, "PYTHONWARNINGS": "default"},
        )
        self._answers: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read, name="journey answers")
        self._reader.start()

    def __enter__(self) -> "Kiosk":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    # --- what a patient does and sees ----------------------------------------------------------------------------

    def tap(self, *texts: Sought) -> None:
        """Touches one after the other, each as soon as it answers a touch."""
        for text in texts:
            self._ask("tap", text)

    def tap_last(self, text: Sought) -> None:
        """A touch with which the program ends."""
        with suppress(JourneyError):
            self._ask("tap", text)

    def tap_icon(self, name: str) -> None:
        self._ask("icon", name)

    def tap_field(self, label: str) -> None:
        self._ask("field", label)

    def type(self, text: str) -> None:
        self._ask("type", text)

    def press(self, key: str) -> None:
        """A key that types nothing: `erase`, `clear`, `layer`."""
        self._ask("press", key)

    def knock(self) -> None:
        """The hidden gesture of the staff."""
        self._ask("knock")

    def wait(self, *sought: Sought) -> str:
        """Until one of these can be read; the text that was found first."""
        return str(self._ask("wait", *sought))

    def wait_until_gone(self, sought: Sought) -> None:
        self._ask("wait_until_gone", sought)

    def wait_for_touchable(self, sought: Sought) -> None:
        self._ask("wait_for_touchable", sought)

    def texts(self) -> list[str]:
        """All that can be read now."""
        return list(self._ask("texts"))

    def touchable(self, sought: Sought) -> list[str]:
        """What of this form would answer a touch, as soon as anything does."""
        self._ask("wait_for_touchable", sought)
        return list(self._ask("touchable", sought))

    def sees(self, sought: Sought) -> bool:
        """Whether this can be read now: a whole text, or a pattern from its beginning."""
        texts = self.texts()
        return sought in texts if isinstance(sought, str) else any(map(sought.match, texts))

    @property
    def touches(self) -> int:
        """How many there were so far, besides typing."""
        return int(self._ask("touches")) - self._touches_before

    def forget_touches(self) -> None:
        """Counts anew."""
        self._touches_before += self.touches

    def idle(self, seconds: float, warning: float) -> None:
        """From now on a visit is warned so long after its last touch, and ends so long after that.

        Said where a patient stops, not before: how long they took to get there is the machine's affair.
        """
        self._ask("idle", seconds, warning)

    def leave(self) -> bool:
        """Ends the visit there may be; whether the program stands at its welcome screen, ready for the next."""
        try:
            if self.sees("Продолжить"):
                self.tap("Продолжить")
            if self.sees("Завершить"):
                self.tap("Завершить")
            self.wait_for_touchable("Начать")
        except JourneyError:
            return False
        return True

    def wander(self, seed: int, people: Sequence[Sequence[str]], steps: int) -> list[str]:
        """So many more touches of the random patient (journey_wanderer.py), who may be any of these people."""
        return list(self._ask("wander", seed, people, steps))

    def shot(self, name: str) -> None:
        """A picture, where pictures are wanted."""
        if os.environ.get("KIOSK_JOURNEY_SHOTS"):
            self.picture(name)

    def picture(self, name: str) -> Path:
        """A picture of what stands there; the file that it is in."""
        return Path(self._ask("shot", name))

    def break_method(self, module: str, kind: str, method: str, *, message: str, times: int) -> None:
        """So many calls of this method raise an error that nobody foresaw."""
        self._ask("break", module, kind, method, message, times)

    # --- the process ---------------------------------------------------------------------------------------------

    def kill(self) -> None:
        """SIGKILL: nothing of it runs after this returns."""
        self._process.send_signal(signal.SIGKILL)
        self._wait()

    def end(self) -> int:
        """As the supervisor ends it; its exit status."""
        if self._process.stdin and not self._process.stdin.closed:
            self._process.stdin.close()
        return self._wait()

    def wait_for_exit(self) -> int:
        """The status with which it ends by itself."""
        return self._wait()

    def _wait(self) -> int:
        try:
            return self._process.wait(EXIT_SECONDS)
        finally:
            self._process.kill()
            self._process.wait()
            self._reader.join()
            self._log.close()
            for end in (self._process.stdin, self._process.stdout):
                if end is not None:
                    _close(end)

    def _ask(self, verb: str, *arguments: Any) -> Any:
        request = {"verb": verb, "arguments": [_as_data(one) for one in arguments]}
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            line = self._answers.get(timeout=ANSWER_SECONDS)
        except (OSError, ValueError):
            line = ""
        except BaseException:
            # The answer that is still to come would be taken for that of the next question.
            self.kill()
            raise
        if not line:
            raise JourneyError(f"{verb}: the program has ended: {self._said.read_text('utf-8')[-1000:]}")
        answer = json.loads(line)
        if "error" in answer:
            raise JourneyError(f"{verb}: {answer['error']}")
        return answer["result"]

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._answers.put(line)
        self._answers.put("")


def _as_data(argument: Any) -> Any:
    return {"pattern": argument.pattern} if isinstance(argument, re.Pattern) else argument


def _close(end: Any) -> None:
    try:
        end.close()
    except OSError:
        return  # what was not written has nobody to read it
