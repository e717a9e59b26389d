"""Program: the real `kiosk run`, until its welcome screen has reacted to a touch. Its argument: the settings file."""

import sys
from typing import Any

import kiosk.run
from kiosk.__main__ import main as kiosk_command


def main() -> int:
    """Says when it reacted (first_touch.py)."""
    touches = []
    configure = kiosk.run.configure_kivy

    def configure_and_watch(*arguments: Any, **options: Any) -> None:
        """The first moment at which the watch may import Kivy: the terminal sets it up before."""
        configure(*arguments, **options)
        from benchmarks.first_touch import FirstTouch

        touches.append(FirstTouch(_button))

    kiosk.run.configure_kivy = configure_and_watch
    status = kiosk_command(["run", "--config", sys.argv[1]])
    touches[0].report()
    return status


def _button() -> Any:
    """«Начать», once it would answer."""
    from kivy.base import EventLoop

    widgets = (one for root in EventLoop.window.children for one in root.walk())
    buttons = (one for one in widgets if getattr(one, "kind", "") == "primary" and one.text)
    return next((one for one in buttons if one.answers and one.get_root_window()), None)


if __name__ == "__main__":
    sys.exit(main())
