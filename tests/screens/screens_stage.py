"""A frame with all screens over a stand-in terminal, one for each display; screens are built once, as in the program."""

import gc
from functools import cache
from typing import Any

from kivy.base import EventLoop
from kivy.clock import Clock
from kivy.core.window import Window
from screens_displays import DISPLAYS
from screens_stand_in import Picture, StandIn

from kiosk import screens
from kiosk.flow import Step
from kiosk.screens.dress import Dress
from kiosk.screens.frame import Frame
from kiosk.settings import DisplaySettings


class Stage:
    """The stand-in, its frame, the theme; `show` puts a picture on and lets the layout settle."""

    def __init__(self, display: DisplaySettings) -> None:
        self.theme = Dress(display)
        self.terminal = StandIn()
        screens.install(self.theme)
        self.frame = Frame(
            self.terminal,
            self.theme,
            lambda step: screens.make_screen(step, self.terminal),
            size_hint=(None, None),
            size=(display.width, display.height),
        )
        for step in Step:
            self.frame.prepare(step)
        self.terminal.on_change = self.frame.paint
        self.frame.paint()
        gc.freeze()

    def show(self, picture: Picture) -> None:
        # Parts that are made from now on belong to this display.
        screens.install(self.theme)
        self.terminal.show(picture.step, **picture.shown)
        self.frame.screen.open()
        if picture.field:
            self.frame.screen.touch_field(picture.field)
        self.frame.paint()
        self.settle()

    def settle(self) -> None:
        """As many turns as texts and containers need at most."""
        for _ in range(3):
            turn()

    def enter(self) -> None:
        self.terminal.show(Step.WELCOME)
        self.terminal.done.clear()
        Window.add_widget(self.frame)
        self.settle()

    def exit(self) -> None:
        Window.remove_widget(self.frame)


# Nothing here is to be seen: no turn waits for the next frame's time.
Clock._max_fps = 0


def turn() -> None:
    """One turn of Kivy's loop."""
    EventLoop.ensure_window()
    if EventLoop.status != "started":
        EventLoop.start()
    EventLoop.idle()
    Window.mainloop()


@cache
def stage_of(name: str) -> Stage:
    """The stage of a display."""
    return Stage(DISPLAYS[name])


def told(done: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """What the terminal was told to do, without the touches as such."""
    return [one for one in done if one[0] not in ("touched", "pressed")]
