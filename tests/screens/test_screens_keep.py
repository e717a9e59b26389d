"""What screens keep: nothing of a patient after the visit, and no more widgets than at first (R39)."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from screens_stage import Stage
from screens_stand_in import PICTURES, Picture

from kiosk.flow import Step
from kiosk.robot import Robot
from kiosk.screens.icons import names
from kiosk.screens.steps import SCREENS
from kiosk.screens.welcome import WelcomeScreen
from kiosk.visit import Draft

ROOT = Path(__file__).parents[2]
TYPED = ("7711222233334821", "12345678", "9871234567", "typed.address", "Typed name")


def test_every_step_has_one_screen() -> None:
    steps = [kind.step for kind in (WelcomeScreen, *SCREENS)]
    assert sorted(step.value for step in steps) == sorted(step.value for step in Step)


#: What stands in the pictures of one patient alone.
OF_A_PATIENT = (
    "И. М. П.",
    "T-214-07",
    "Л-0042",
    "Появилось",
    "ждёт подтверждения · Хирург",
    "вторник, 25 ноября, 15:40",
)


def test_nothing_typed_is_left_on_any_screen_after_the_visit(stage: Stage, robot: Robot) -> None:
    draft = Draft(TYPED[0], "12", "04", "1958", *TYPED[1:])
    personal = ("identify-document", "contacts", "confirm", "result", "mine", "wait", "waiting", "home-known")
    own = ("cabinet", "history", "messages", "message", "ticket-offer", "ticket-leave-list", "ticket-cancel")
    for name in (*personal, *own, "doctor-search-found", "facility-search-found"):
        picture = next(one for one in PICTURES if one.name == name)
        shown = {**picture.shown, "visit": replace(picture.shown["visit"], draft=draft)}
        stage.show(Picture(name, picture.step, shown))
    stage.show(Picture("welcome", Step.WELCOME))
    left = [value for value in texts_of(stage) for typed in TYPED if typed in value]
    assert not left
    stage.settle()
    words = " ".join(texts_of(stage))
    assert not [one for one in OF_A_PATIENT if one in words]


def texts_of(stage: Stage) -> list[str]:
    """Every text property of every widget of every screen, shown or not."""
    roots = [stage.frame, *stage.frame._screens.values()]
    widgets = {widget for root in roots for widget in whole(root)}
    return [
        value
        for widget in widgets
        for name in widget.properties()
        if isinstance(value := getattr(widget, name), str)
    ]


def whole(widget: Any) -> list[Any]:
    """A widget with all parts, those that are not shown included."""
    inside = {*widget.children, *getattr(widget, "parts", ())}
    return [widget, *(one for child in inside for one in whole(child))]


def test_screens_are_reused(stage: Stage) -> None:
    """client-facts.md, section 2: what is built once cannot leak."""

    def show_all() -> int:
        for picture in PICTURES:
            stage.show(picture)
        return sum(len(whole(root)) for root in [stage.frame, *stage.frame._screens.values()])

    before = show_all()
    assert show_all() == before


def test_the_atlas_has_every_icon_and_no_other() -> None:
    folder = ROOT / "assets" / "icons"
    assert list(names()) == sorted(path.stem for path in folder.glob("*.svg"))


def test_every_icon_that_a_screen_names_is_there() -> None:
    named = set()
    for path in [*ROOT.glob("kiosk/screens/**/*.kv"), *ROOT.glob("kiosk/screens/**/*.py")]:
        named |= set(re.findall(r"\b(?:icon|arrow|sign|name): '([a-z]+)'", path.read_text("utf-8")))
    assert named <= set(names())
