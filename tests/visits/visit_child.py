"""The terminal's program without its window, as a process to be killed: `python visit_child.py SETTINGS`.

Reads one line of JSON from its input: a person who books, or null. Then it goes on like a terminal that nobody
touches, and prints what it shows, line by line: `ready`, `confirmed`, `told NUMBER`, `paper STATE`, `settled`.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from visit_jobs import DrivenJobs

from kiosk.bootstrap import Services, build, build_terminal
from kiosk.flow import Step
from kiosk.settings import load
from kiosk.terminal import Terminal
from kiosk.views import Ready, Waiting
from kiosk.visit import Fact, Intent

TICK_SECONDS = 0.02


class Child:
    """One run: what is to be said, once each."""

    def __init__(self, settings: Path, person: dict[str, str] | None) -> None:
        given = load(settings)
        self.jobs = DrivenJobs()
        self.services: Services = build(given)
        self.terminal: Terminal = build_terminal(given, self.services, self.jobs)
        self._person = person
        self._said: set[str] = set()

    def run(self) -> None:
        """Until it is killed."""
        while True:
            self.jobs.deliver(TICK_SECONDS)
            self.terminal.tick()
            if self._person is not None:
                self._act()
            for line in self._news():
                self._say(line)

    def _news(self) -> Iterator[str]:
        terminal = self.terminal
        if terminal.home is not None:
            yield "ready"
        if terminal.ticket is not None:
            yield f"told {terminal.ticket.number}"
        if terminal.printing is not None:
            yield f"paper {terminal.printing.value}"
        if not terminal.visit.started and not self.jobs.under_way and not self.services.journal.unsettled():
            yield "settled"

    def _say(self, line: str) -> None:
        if line not in self._said:
            self._said.add(line)
            print(line, flush=True)

    def _act(self) -> None:
        terminal, content = self.terminal, self.terminal.content
        if terminal.home is None or terminal.busy is not None or isinstance(content, Waiting):
            return
        assert isinstance(content, Ready)
        steps = {
            Step.WELCOME: terminal.start,
            Step.HOME: lambda: terminal.begin(Intent.BOOK),
            Step.SPECIALTY: lambda: terminal.choose(Fact.SPECIALTY, content.value[0].specialty),
            Step.DOCTOR: lambda: terminal.choose(Fact.DOCTOR, self._doctor(content.value.rows)),
            Step.TIME: lambda: terminal.choose_time(self._time(content.value)),
            Step.IDENTIFY: self._identify,
            Step.CONTACTS: terminal.skip_contacts,
            Step.CONFIRM: self._confirm,
        }
        steps.get(terminal.step, lambda: None)()

    def _doctor(self, rows: Any) -> Any:
        return next(row.doctor for row in rows if row.load.free)

    def _time(self, week: Any) -> Any:
        day = next(load for load in week.days if load.day == week.chosen)
        return next(time for time in day.times if time.free)

    def _identify(self) -> None:
        assert self._person is not None
        year, month, day = self._person["birth_date"].split("-")
        fields = {"policy_number": self._person["policy_number"], "birth_year": year, "birth_month": month}
        for field, text in {**fields, "birth_day": day}.items():
            self.terminal.type(field, text)
        self.terminal.identify()

    def _confirm(self) -> None:
        self._say("confirmed")
        self.terminal.confirm()


if __name__ == "__main__":
    Child(Path(sys.argv[1]), json.loads(sys.stdin.readline())).run()
