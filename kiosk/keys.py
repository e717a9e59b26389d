"""What is typed into the window goes to the scanner that types like a keyboard; the screens have keys of their own."""

import time

from kivy.clock import Clock
from kivy.core.window import Window

from kiosk.devices.keyboard_scanner import KeyboardScanner

#: Kivy's numbers of the keys that end a code; they are no text.
ENTER, KEYPAD_ENTER, TAB = 13, 271, 9
#: After so long without a sign a code without an end has ended.
PAUSE_SECONDS = 0.4


class Keys:
    """Text comes by `on_textinput` alone: Kivy's key events lose capitals."""

    def __init__(self, scanner: KeyboardScanner) -> None:
        self._scanner = scanner
        self._pause = Clock.create_trigger(self._passed, PAUSE_SECONDS)

    def listen(self) -> None:
        """From now on until `stop`."""
        Window.bind(on_textinput=self._typed, on_key_down=self._pressed)

    def stop(self) -> None:
        """Nothing is handed on any more. May be called again, and before `listen`."""
        Window.unbind(on_textinput=self._typed, on_key_down=self._pressed)
        self._pause.cancel()

    def _typed(self, _window: object, text: str) -> None:
        self._scanner.typed(text, time.monotonic())
        self._pause.cancel()
        self._pause()

    def _pressed(self, _window: object, key: int, *_more: object) -> bool:
        if key in (ENTER, KEYPAD_ENTER, TAB):
            self._scanner.typed("\r", time.monotonic())
        return False

    def _passed(self, _dt: float) -> None:
        self._scanner.passed(time.monotonic())
