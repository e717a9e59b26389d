"""The robot itself. It turns Kivy's loop, so a script reads like a visit."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from kivy.base import EventLoop, ExceptionManager
from kivy.core.window import Window

from kiosk.maintenance.gesture import HOLD_SECONDS
from kiosk.robot.finger import Finger
from kiosk.robot.sight import (
    Sought,
    distance,
    in_reading_order,
    matches,
    owner,
    screen_name,
    seen,
    takes_touch,
    texts,
)
from kiosk.screens.widgets.touch import Touchable
from kiosk.screens.widgets.typing import FieldBox, Keys

DEADLINE_SECONDS = 20.0
#: From the edges of the window to where the hidden gesture is made, in px.
CORNER = 4


class RobotError(AssertionError):
    """What should have been on the screen was not, in time."""


class RobotRefusedError(RuntimeError):
    """There is no robot at a terminal in production."""


@dataclass(frozen=True)
class Reaction:
    """How long one touch took, in ms: to the next frame after the finger came down (None: it showed nothing).

    `opened` is the name of the screen that this touch opened, '' where it opened none, and `opening` the time from
    the release to its first frame; `first` tells whether it was shown for the first time.
    """

    touched: str
    press: float | None
    opened: str = ""
    opening: float = 0.0
    first: bool = False


class Robot:
    """Acts on the window that is open in this process. `shots` is the folder of its pictures.

    Raises RobotRefusedError where the terminal is in production. `close` takes its finger away.
    """

    def __init__(
        self, *, production: bool, shots: Path | None = None, deadline: float = DEADLINE_SECONDS
    ) -> None:
        if production:
            raise RobotRefusedError("no robot in production")
        self.reactions: list[Reaction] = []
        self._shots = shots
        self._shot_number = 0
        self._deadline = deadline
        self._opened: set[str] = set()
        self._frames = 0
        self._finger = Finger()
        EventLoop.add_input_provider(self._finger)
        Window.bind(on_flip=self._count_frame)

    def close(self) -> None:
        """The window is as it was."""
        EventLoop.remove_input_provider(self._finger)
        Window.unbind(on_flip=self._count_frame)

    # --- seeing --------------------------------------------------------------------------------------------------

    def texts(self) -> list[str]:
        """All that can be read and is not under a dialog, from the top left."""
        return [text.text for text in in_reading_order(texts())]

    def sees(self, sought: Sought) -> bool:
        """Whether this text can be read now."""
        return any(matches(text, sought) for text in self.texts())

    def can_tap(self, sought: Sought) -> bool:
        """Whether something with this text would answer a touch now."""
        return self._touchable(sought) is not None

    def can_tap_icon(self, name: str) -> bool:
        """Whether the button that bears this icon and no words would answer a touch now."""
        return self._with_icon(name) is not None

    def wait_for(self, condition: Callable[[], bool], what: str, deadline: float | None = None) -> None:
        """Turns the loop until the condition holds; RobotError with what is on the screen when it does not."""
        end = time.monotonic() + (deadline or self._deadline)
        while not condition():
            if time.monotonic() > end:
                raise RobotError(f"waited in vain for {what}; on the screen: {self.texts()}")
            self.turn()

    def wait_for_text(self, *sought: Sought, deadline: float | None = None) -> None:
        """Until one of these can be read."""
        self.wait_for(lambda: any(map(self.sees, sought)), " or ".join(map(str, sought)), deadline)

    def shot(self, name: str) -> Path:
        """A picture of the window, numbered, in the folder of the pictures."""
        if self._shots is None:
            raise RobotError("no folder for pictures was given")
        self._shots.mkdir(parents=True, exist_ok=True)
        self._shot_number += 1
        self.turn()
        path = self._shots / f"{self._shot_number:02}-{name}.png"
        os.replace(Window.screenshot(str(path)), path)
        return path

    # --- acting --------------------------------------------------------------------------------------------------

    def tap(self, sought: Sought, deadline: float | None = None) -> None:
        """Touches what bears this text, as soon as it is there, on top, at rest, and answers a touch."""
        self.wait_for(at_rest(lambda: self._touchable(sought)), f"{sought} to be touchable", deadline)
        self._touch(self._touchable(sought), str(getattr(sought, "pattern", sought)))

    def tap_icon(self, name: str) -> None:
        """Touches the button that bears this icon and no words."""
        self.wait_for(at_rest(lambda: self._with_icon(name)), f"a button with the icon {name}")
        self._touch(self._with_icon(name), name)

    def tap_field(self, label: str) -> None:
        """Touches the field nearest to this label."""
        self.wait_for(lambda: self.sees(label), label)
        text = next(text for text in texts() if text.text == label)
        boxes = [widget for widget in seen() if isinstance(widget, FieldBox)]
        self._touch(min(boxes, key=lambda box: distance(box, text)), label)

    def touchables(self) -> list[Any]:
        """Everything that would answer a touch now, whatever it says."""
        return [widget for widget in seen() if isinstance(widget, Touchable) and takes_touch(widget)]

    def touch(self, widget: Any) -> None:
        """Touches one of `touchables`."""
        self._touch(widget, type(widget).__name__)

    def type(self, text: str) -> None:
        """Presses the keys on the screen one after the other, as soon as each answers: they stand still meanwhile."""
        for sign in text[:1]:
            self.press(sign)
        for sign in text[1:]:
            self.wait_for(partial(self._has_key, sign), f"a key {sign}")
            self._touch(self._key(sign), "key")

    def press(self, key: str) -> None:
        """Presses one key by what it stands for: its sign, `erase`, `clear`, `@mail.ru`."""
        self.wait_for(at_rest(lambda: self._key(key)), f"a key {key}")
        self._touch(self._key(key), "key")

    def hold(self, sought: Sought) -> None:
        """Puts the finger down on what bears this text, and leaves it there until `let_go`."""
        self.wait_for(at_rest(lambda: self._touchable(sought)), f"{sought} to be touchable")
        self._finger.put_down(self._touchable(sought).center)
        self.turn()

    def slide_away(self) -> None:
        """Moves the finger that is down to a corner of the window, where nothing is."""
        self._finger.slide((1, 1))
        self.turn()

    def let_go(self) -> None:
        """Lifts the finger."""
        self._finger.lift()
        self.turn()

    def knock(self) -> None:
        """The hidden gesture of the staff: the upper left corner held, then the upper right one touched."""
        top = Window.height - CORNER
        self._finger.put_down((CORNER, top))
        held = time.monotonic() + HOLD_SECONDS
        self.turn()
        # The finger is down from that turn on, and so much longer than it has to be.
        self.wait_for(lambda: time.monotonic() > held + 1, "the corner to be held")
        self.let_go()
        self._finger.put_down((Window.width - CORNER, top))
        self.turn()
        self.let_go()

    def turn(self) -> None:
        """One turn of the loop, as Kivy's own; what it raises goes Kivy's way."""
        if EventLoop.quit:
            raise RobotError("the program has ended")
        try:
            EventLoop.idle()
            Window.mainloop()
        except BaseException as error:
            if ExceptionManager.handle_exception(error) == ExceptionManager.RAISE:
                raise

    # --- how -----------------------------------------------------------------------------------------------------

    def _touchable(self, sought: Sought) -> Any:
        found = (text for text in in_reading_order(texts()) if matches(text.text, sought))
        touchables = (owner(text) for text in found)
        return next((one for one in touchables if one is not None and takes_touch(one)), None)

    def _with_icon(self, name: str) -> Any:
        touchables = (widget for widget in seen() if getattr(widget, "icon", "") == name)
        return next((one for one in touchables if isinstance(one, Touchable) and takes_touch(one)), None)

    def _key(self, sign: str) -> Any:
        keys = (key for widget in seen() if isinstance(widget, Keys) for key in widget.parts)
        return next((key for key in keys if key.value == sign and takes_touch(key)), None)

    def _has_key(self, sign: str) -> bool:
        return self._key(sign) is not None

    def _touch(self, widget: Any, name: str) -> None:
        position = widget.center
        screen = screen_name()
        press = self._measure(lambda: self._finger.put_down(position))
        release = self._measure(self._finger.lift)
        opened = screen_name()
        opening = (release or 0.0) if opened != screen else 0.0
        first = opened != screen and opened not in self._opened
        self._opened.update((screen, opened))
        self.reactions.append(Reaction(name, press, opened if opened != screen else "", opening, first))

    def _measure(self, act: Callable[[], None]) -> float | None:
        """ms from the act to the end of the next frame; None where no frame followed."""
        frames, start = self._frames, time.perf_counter()
        act()
        self.turn()
        self._finger.check()
        return (time.perf_counter() - start) * 1000 if self._frames > frames else None

    def _count_frame(self, *_args: object) -> None:
        self._frames += 1


def at_rest(find: Callable[[], Any]) -> Callable[[], bool]:
    """Whether what is found stands where it stood a turn ago: a layout takes some frames to settle."""
    last: list[tuple[Any, ...]] = [()]

    def is_at_rest() -> bool:
        widget = find()
        place = () if widget is None else (widget, *widget.center)
        before, last[0] = last[0], place
        return bool(place) and place == before

    return is_at_rest
