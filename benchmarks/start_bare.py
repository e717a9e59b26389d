"""Program: the bare window, until it has reacted to a touch. Its argument: Kivy's settings as JSON."""

import sys
from typing import Any

from benchmarks.bare_window import open_bare_window


def main() -> None:
    """Says when it reacted (first_touch.py)."""
    app = open_bare_window(sys.argv[1])
    from benchmarks.first_touch import FirstTouch

    touch = FirstTouch(lambda: _button(app))
    app.run()
    touch.report()


def _button(app: Any) -> Any:
    return app.root.children[-1] if app.root is not None else None


if __name__ == "__main__":
    main()
