"""A patient who moves a booking from time to time, whatever becomes of the server meanwhile (api.md sections 7 and 8)."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from contract_racer import LOST, Racer
from contract_wire import Answer, instant

Json = Any
#: The two ways to find out what became of a move whose answer was lost.
WAYS = ("look up", "ask again")


@dataclass
class Mover:
    """One client and the booking that it moves; `won` are the ids of the times that it got."""

    racer: Racer
    booked: Json
    won: list[str] = field(default_factory=list)
    resolved: Counter[str] = field(default_factory=Counter)

    def move(self, target: Json) -> bool:
        """Moves there, or learns that somebody else has the time and the old one stays; True when it is won."""
        try:
            answer = self.racer.visitor.move(self.booked, target)
        except LOST:
            return self.resolve(target)
        self.racer.progress.add()
        return self.judge(target, answer)

    def judge(self, target: Json, answer: Answer) -> bool:
        if answer.status != 200:
            answer.refused(409, "slot-taken")
            return False
        moved = answer.appointment()
        assert (moved["id"], moved["status"]) == (self.booked["id"], "booked")
        assert instant(moved["start"]) == instant(target["start"])
        self.booked = moved
        self.won.append(target["id"])
        return True

    def resolve(self, target: Json) -> bool:
        """A lost answer: the same again, or what the terminal may know of it without its patient."""
        way = WAYS[(self.racer.number + self.resolved.total()) % len(WAYS)]
        self.resolved[way] += 1
        if way == "ask again":
            again = self.racer.insist(lambda: self.racer.visitor.move(self.booked, target))
            return self.judge(target, again)
        terminal, id = self.racer.visitor.terminal, self.booked["id"]
        known = self.racer.insist(lambda: terminal.get("Appointment", _id=id))
        if known.total == 0 or version(known.appointment()) == version(self.booked):
            return False
        present = self.racer.insist(lambda: self.racer.visitor.get(f"Appointment/{id}")).ok().body
        assert instant(present["start"]) == instant(target["start"]) == instant(known.appointment()["start"])
        self.booked = present
        self.won.append(target["id"])
        return True


def version(appointment: Json) -> str:
    return str(appointment["meta"]["versionId"])
