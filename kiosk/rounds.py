"""The rounds: asks the devices how they are, each on its own lane."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from kiosk.devices.health import Health, Silence
from kiosk.errors import KioskError
from kiosk.ports import Jobs

#: From one answer to the next question: with a tick a second, a device plugged in or out is noticed within two.
PAUSE_SECONDS = 0.5
#: A device at work (a slow printer with a picture) answers late; after so long it is called unknown.
SILENT_SECONDS = 60.0


@dataclass(frozen=True)
class Question:
    """How to ask a device, and in which lane of the jobs; it may block there, and nowhere else."""

    lane: str
    ask: Callable[[], Enum]


class Rounds:
    """One question at a time for each device; a device that hangs holds up its own lane and nothing else."""

    def __init__(
        self, questions: Mapping[str, Question], health: Health, jobs: Jobs, monotonic: Callable[[], float]
    ) -> None:
        self._questions = questions
        self._health = health
        self._jobs = jobs
        self._monotonic = monotonic
        self._asked_at: dict[str, float] = {}
        self._next_at = dict.fromkeys(questions, monotonic())

    def tick(self) -> None:
        """Once a second or so: asks whom it is time to ask, without waiting."""
        now = self._monotonic()
        for device, question in self._questions.items():
            if device in self._asked_at:
                if now - self._asked_at[device] > SILENT_SECONDS:
                    self._health.tell(device, Silence.UNKNOWN)
            elif now >= self._next_at[device]:
                self._asked_at[device] = now
                self._ask(device, question)

    def _ask(self, device: str, question: Question) -> None:
        def answered(state: Enum) -> None:
            del self._asked_at[device]
            self._next_at[device] = self._monotonic() + PAUSE_SECONDS
            self._health.tell(device, state)

        def failed(error: KioskError) -> None:
            answered(Silence.UNKNOWN)

        self._jobs.run(question.ask, answered, failed, lane=question.lane)
