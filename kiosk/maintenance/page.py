"""What a page of maintenance is to the screen that draws it: rows to read, actions to touch."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from kiosk.formats import short_day_words
from kiosk.ports import Jobs
from kiosk.texts import catalog

DOMAIN = "maintenance"
Tone = Literal["plain", "ok", "attention", "fault"]
#: How a page is drawn: label and value in lines, running text, a field to touch, lines and a bar of 50 mm.
Kind = Literal["rows", "text", "grid", "ruler"]


def _(words: str) -> str:
    """Marks words for the catalog."""
    return words


@dataclass(frozen=True)
class Row:
    """One line: what it is, how it is, and whether that is well."""

    label: str
    value: str
    tone: Tone = "plain"


@dataclass(frozen=True)
class Action:
    """What can be done; `confirm` is the question that is asked before it, '' where none is."""

    key: str
    words: str
    run: Callable[[], None]
    confirm: str = ""


class Page(Protocol):
    """One page. `title` is its source text in the catalog; rows and actions are in the language of the terminal."""

    title: str
    kind: Kind

    @property
    def rows(self) -> Sequence[Row]: ...

    @property
    def actions(self) -> Sequence[Action]: ...

    def refresh(self) -> None:
        """The page is opened, or time has passed: finds out anew, in the background."""
        ...


@dataclass(frozen=True)
class Tools:
    """What every page works with. `changed` is called on the UI thread when there is something new to be drawn;
    `clock` is the facility's."""

    jobs: Jobs
    changed: Callable[[], None]
    language: Callable[[], str]
    clock: Callable[[], datetime]

    def say(self, words: str) -> str:
        """A source text in the language of the terminal."""
        return catalog(DOMAIN, self.language()).gettext(words)

    def moment(self, at: datetime) -> str:
        """An instant by the facility's clock: «ср 25 ноября, 12:45:03»."""
        here = at.astimezone(self.clock().tzinfo)
        return f"{short_day_words(here.date(), self.language())}, {here:%H:%M:%S}"

    def decimal(self, number: float, form: str = ".1f") -> str:
        """A number with the decimal sign of the language."""
        whole, point, part = f"{number:{form}}".partition(".")
        return self.say("{whole}.{part}").format(whole=whole, part=part) if point else whole
