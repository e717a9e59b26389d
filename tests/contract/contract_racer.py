"""A patient at a terminal who wants a time and is told whether they have it, whatever becomes of the server meanwhile."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests
from contract_process import wait_for
from contract_wire import Answer, Visitor, new_identifier

Json = Any
LOST = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)
#: The three ways to find out what became of a request whose answer was lost (api.md sections 6 and 8).
WAYS = ("look up", "ask again", "withdraw")


@dataclass
class Progress:
    """How many requests were answered; others wait for it instead of for time."""

    answered: int = 0
    changed: threading.Condition = field(default_factory=threading.Condition)

    def add(self) -> None:
        with self.changed:
            self.answered += 1
            self.changed.notify_all()

    def wait(self, answered: int, patience: float = 60) -> bool:
        with self.changed:
            return self.changed.wait_for(lambda: self.answered >= answered, patience)


@dataclass
class Racer:
    """One client: what it won, kept, gave back, and how lost answers were resolved."""

    visitor: Visitor
    number: int
    progress: Progress = field(default_factory=Progress)
    won: list[str] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)
    returned: dict[str, str] = field(default_factory=dict)
    resolved: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    def want(self, proposal: Json, keep: bool) -> bool:
        """Books the time or learns that somebody else has it; True when it is won."""
        made = new_identifier()
        try:
            answer = self.visitor.book(proposal["id"], made)
        except LOST:
            return self.resolve(proposal["id"], made, keep)
        self.progress.add()
        return self.judge(proposal["id"], made, answer, keep)

    def judge(self, found: str, made: str, answer: Answer, keep: bool) -> bool:
        if answer.status != 200:
            answer.refused(409, "slot-taken")
            return False
        assert answer.appointment()["id"] == found
        assert answer.appointment()["status"] == "booked"
        self.win(found, made, keep)
        return True

    def win(self, found: str, made: str, keep: bool) -> None:
        self.won.append(found)
        if keep:
            self.kept[found] = made
        else:
            cancelled = self.insist(lambda: self.visitor.cancel(found))
            assert cancelled.appointment()["status"] == "cancelled"
            self.returned[found] = made

    def insist(self, ask: Callable[[], Answer]) -> Answer:
        """The answer to a request that may be repeated, once there is a server to give it."""
        return wait_for(lambda: self.ask_once(ask), "an answer", pause=0.3)  # type: ignore[no-any-return]

    def ask_once(self, ask: Callable[[], Answer]) -> Answer | None:
        try:
            answer = ask()
        except LOST:
            return None
        self.progress.add()
        return answer

    def resolve(self, found: str, made: str, keep: bool) -> bool:
        """A lost answer: found out by identifier, each time in another way."""
        way = WAYS[(self.number + sum(self.resolved.values())) % len(WAYS)]
        self.resolved[way] += 1
        if way == "ask again":
            return self.judge(found, made, self.insist(lambda: self.visitor.book(found, made)), keep)
        if way == "withdraw":
            return self.withdraw(found, made)
        known = self.insist(lambda: self.visitor.terminal.recover(made))
        if known.total == 0:
            return self.withdraw(found, made)
        assert known.appointment()["id"] == found
        assert known.appointment()["status"] == "booked"
        self.win(found, made, keep)
        return True

    def withdraw(self, found: str, made: str) -> bool:
        """Cancelled by identifier: afterwards it is surely not booked, whether it was or not."""
        answer = self.insist(lambda: self.visitor.terminal.cancel_by_identifier(made))
        for appointment in answer.matches():
            assert (appointment["id"], appointment["status"]) == (found, "cancelled")
            self.won.append(found)
            self.returned[found] = made
        return False


def race(racers: list[Racer], run: Callable[[Racer], None]) -> None:
    """Every racer in a thread of its own; what went wrong in one is told by the caller's thread."""

    def guarded(racer: Racer) -> None:
        try:
            run(racer)
        except (AssertionError, KeyError, threading.BrokenBarrierError, *LOST) as error:
            racer.problems.append(f"{type(error).__name__}: {error}"[:600])

    threads = [threading.Thread(target=guarded, args=(racer,)) for racer in racers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [problem for racer in racers for problem in racer.problems] == []
