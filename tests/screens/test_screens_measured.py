"""The checks of look.md section 11 over the real widgets: every picture on four displays, in both languages and all modes.

`script/measure` takes the whole product of them; here stand the combinations in which anything can differ.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise, product

import pytest
from inline_jobs import InlineJobs
from screens_displays import DISPLAYS
from screens_maintenance import NOW
from screens_rulers import LEAST_CAPITAL_MM, least_style, problems
from screens_stage import Stage
from screens_stand_in import PICTURES, Picture

from kiosk.maintenance.page import Tools
from kiosk.maintenance.sizes_page import SizesPage
from kiosk.modes import USUAL, Modes
from kiosk.screens.measures import measures
from kiosk.screens.theme import CAPITALS, LARGE_CAPITALS, Theme
from kiosk.screens.widgets.text import Text

LARGE, CONTRAST, LOW = Modes(large=True), Modes(contrast=True), Modes(low=True)
ALL = Modes(large=True, contrast=True, low=True, steady=True)


@dataclass(frozen=True)
class View:
    """How a visitor sees the terminal."""

    display: str
    language: str = "ru"
    modes: Modes = USUAL

    def __str__(self) -> str:
        modes = [name for name, on in vars(self.modes).items() if on]
        return "-".join((self.display, self.language, *modes))


#: Colours are the same on every display, and where things stand is the same in every theme: each is turned on its own,
#: and all together. Long words and large ones are the tightest on 17"; on 23.8" they are measured with all the rest.
VIEWS = (
    *(View(display) for display in DISPLAYS),
    View("17", "en"),
    View("17", "ru", LARGE),
    View("23.8", "ru", CONTRAST),
    View("23.8", "ru", LOW),
    View("23.8", "en", ALL),
)
EVERY_VIEW = tuple(
    View(display, language, Modes(*modes))
    for display, language, *modes in product(DISPLAYS, ("ru", "en"), *[(False, True)] * 3)
)

#: What a picture may show besides, by (picture, the beginning of the problem), and why.
EXCEPTIONS: dict[tuple[str, str], str] = {
    ("maintenance-log", "'kiosk.terminal.watch: out of service"): "the log is in English",
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "view" in metafunc.fixturenames:
        everything = metafunc.config.getoption("--everything", False)
        metafunc.parametrize("view", EVERY_VIEW if everything else VIEWS, ids=str)
        metafunc.parametrize("picture", PICTURES, ids=lambda picture: picture.name)


def test_nothing_is_clipped_crowded_pale_too_small_or_in_the_other_language(
    view: View, picture: Picture, stages: Callable[[str], Stage]
) -> None:
    stage = stages(view.display)
    show(stage, picture, view)
    found = [problem for problem in problems(stage) if not is_known(picture, problem)]
    assert not found, "\n".join(found)


def show(stage: Stage, picture: Picture, view: View) -> None:
    stage.show(replace(picture, shown={**picture.shown, "modes": view.modes, "language": view.language}))


def test_a_screen_follows_when_its_visitor_switches(stages: Callable[[str], Stage]) -> None:
    """From one way of seeing a full page to the next and back, without opening it anew."""
    stage = stages("17")
    for picture in PICTURES:
        if picture.name in ("time", "result-not-printed", "confirm-doubt", "access", "identify-document"):
            for view in (
                View("17"),
                View("17", "en", ALL),
                View("17", "ru", CONTRAST),
                View("17", "ru", LARGE),
            ):
                show(stage, picture, view)
                assert not problems(stage)


def is_known(picture: Picture, problem: str) -> bool:
    return any(name == picture.name and problem.startswith(beginning) for name, beginning in EXCEPTIONS)


@pytest.mark.parametrize("display", DISPLAYS)
def test_the_technician_reads_that_sizes_are_as_they_must_be(display: str) -> None:
    """The page of maintenance: what the theme makes of the settings (issue 5, item 7)."""
    shown = DISPLAYS[display]
    tools = Tools(InlineJobs(), lambda: None, lambda: "en", lambda: NOW)
    rows = SizesPage(tools, shown, measures(Theme(shown))).rows
    assert [row.tone for row in rows] == ["plain", "ok", "ok", "ok", "ok", "plain"]


def test_no_style_is_smaller_than_the_least_capital() -> None:
    assert min(CAPITALS.values()) >= LEAST_CAPITAL_MM


#: Pages so full that most of their large text is a step smaller (kiosk/screens/fitting.py), by display: forms, cards and
#: outcomes with all they have to say, which are one page and have no other to go on to. On 17" most forms are.
FULL_PAGES = {
    "23.8": (
        *("doctor-card", "doctor-card-absent", "identify-staff", "contacts-notice", "confirm-notice"),
        *("result-not-printed", "result-cover-open", "result-unsure", "waiting-not-printed"),
        *("waiting-policy-waits", "move-confirm-changed", "move-result-not-printed"),
    ),
    "17": (
        *("home-notice", "facility-card", "doctor-card", "doctor-card-absent", "doctor-notice", "help"),
        *("no-times", "no-times-specialty", "time-taken", "time-none", "time-notice"),
        *("identify-staff", "identify-document", "identify-not-found", "identify-lost"),
        *(
            "confirm",
            "confirm-notice",
            "confirm-approval",
            "confirm-busy",
            "confirm-doubt",
            "confirm-leaving",
        ),
        *("result", "result-printing", "result-not-printed", "result-cover-open", "result-unsure"),
        *("result-awaiting", "wait", "wait-busy", "wait-notice", "waiting", "waiting-not-printed"),
        *("result-policy-waits", "waiting-policy-waits"),
        *("move-time-taken", "move-no-times", "move-confirm", "move-confirm-approval"),
        *("move-confirm-changed", "move-confirm-doubt", "move-confirm-leaving"),
        *("move-result", "move-result-awaiting", "move-result-not-printed"),
        *("ticket", "ticket-awaiting", "ticket-printed", "ticket-not-printed", "ticket-cancel"),
        *("ticket-cancelling", "ticket-leaving", "ticket-cancelled", "ticket-past"),
    ),
}


@pytest.mark.parametrize("display", FULL_PAGES)
def test_large_text_is_larger_wherever_a_page_bears_it(display: str, stages: Callable[[str], Stage]) -> None:
    stage = stages(display)
    full = set()
    for picture in PICTURES:
        show(stage, picture, View(display, "ru", LARGE))
        stage.frame.screen.fit_to(stage.theme.now, anew=True)
        stage.settle()
        assert least_style(stage) > LEAST_CAPITAL_MM + 0.5
        texts = list(shown_texts(stage))
        smaller = [text for text in texts if text.theme is not stage.theme.now]
        if len(smaller) > len(texts) / 2:
            full.add(picture.name)
    assert full <= set(FULL_PAGES[display])


def shown_texts(stage: Stage) -> Iterator[Text]:
    for widget in stage.frame.screen.walk(restrict=True):
        if isinstance(widget, Text) and widget.text:
            yield widget


def test_large_text_is_at_most_two_steps_from_the_usual_one() -> None:
    for larger, smaller in pairwise(LARGE_CAPITALS):
        assert all(larger[style] >= smaller[style] for style in CAPITALS)
    assert LARGE_CAPITALS[-1] == CAPITALS
