"""How Kivy is started: a locked-down window without multisampling. To be called before anything imports Kivy."""

import logging
import os
import sys
from pathlib import Path

from kiosk.settings import DisplaySettings

#: Kivy's own arguments, files and logs are not for a kiosk; only its warnings are kept.
ENVIRONMENT = {
    "KIVY_NO_ARGS": "1",
    "KIVY_NO_CONFIG": "1",
    "KIVY_NO_FILELOG": "1",
    "KIVY_NO_ENV_CONFIG": "1",
    "KIVY_LOG_MODE": "PYTHON",
    "KIVY_WINDOW": "sdl2",
    "KIVY_TEXT": "sdl2",
    "KIVY_IMAGE": "sdl2",
    "KIVY_CLIPBOARD": "dummy",
    "KIVY_SPELLING": "dummy",
}


#: Where Kivy looks for its style.kv; ours is empty.
STYLES = Path(__file__).parent.parent / "assets" / "kivy"


def configure_kivy(display: DisplaySettings, *, offscreen: bool = False) -> None:
    """Sets Kivy up for this display; `offscreen` needs no screen at all.

    Nothing a patient does may leave the program: no Escape, no settings panel, no second mouse button. Raises
    RuntimeError where Kivy's window module is loaded already, because the settings would come too late.
    """
    if "kivy.core.window" in sys.modules:
        raise RuntimeError("Kivy was imported before it was configured")
    os.environ.update(ENVIRONMENT)
    if offscreen:
        os.environ["SDL_VIDEODRIVER"] = "offscreen"
    logging.getLogger("kivy").setLevel(logging.WARNING)
    import kivy
    from kivy.config import Config

    # Once more: Kivy's import sets its own level anew.
    logging.getLogger("kivy").setLevel(logging.WARNING)
    kivy.kivy_data_dir = str(STYLES)

    for section, values in kivy_settings(display).items():
        for key, value in values.items():
            Config.set(section, key, str(value))
    Config.remove_option("input", "%(name)s")


def kivy_settings(display: DisplaySettings) -> dict[str, dict[str, object]]:
    """What the terminal sets in each section of Kivy's configuration."""
    place = {"position": "custom", "left": 0, "top": 0} if display.fullscreen else {}
    return {
        "kivy": {
            "exit_on_escape": 0,
            "log_level": "warning",
            "keyboard_mode": "system",
            "desktop": 0,
        },
        "graphics": {
            "multisamples": 0,
            "maxfps": 60,
            "borderless": int(display.fullscreen),
            "width": display.width,
            "height": display.height,
            "resizable": 0,
            "show_cursor": int(not display.fullscreen),
            "allow_screensaver": 0,
            **place,
        },
        "input": {"mouse": "mouse,disable_multitouch"},
        "widgets": {"scroll_timeout": 80, "scroll_distance": 20},
    }
