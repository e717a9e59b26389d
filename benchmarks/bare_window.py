"""The least that a Kivy program can be: one window with twelve buttons, set up as the terminal's window."""

import json
from typing import Any


def open_bare_window(settings: str) -> Any:
    """An app with the window; `settings` is JSON of Kivy's sections. Run it with `run`, or turn its loop."""
    from kivy.config import Config

    for section, values in json.loads(settings).items():
        for key, value in values.items():
            Config.set(section, key, str(value))
    Config.remove_option("input", "%(name)s")
    from kivy.app import App
    from kivy.uix.button import Button
    from kivy.uix.gridlayout import GridLayout

    class BareApp(App):  # type: ignore[misc]
        def build(self) -> GridLayout:
            grid = GridLayout(cols=3, padding=20, spacing=20)
            for number in range(12):
                grid.add_widget(Button(text=f"Button {number + 1}", font_size=40))
            return grid

    return BareApp()
