"""The kv files of this folder, each loaded once."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from types import ModuleType

from kivy.lang import Builder

FOLDER = Path(__file__).parent


@cache
def load_rules(name: str) -> None:
    """Loads one kv file of this folder; twice would double every child."""
    Builder.load_file(str(FOLDER / f"{name}.kv"))


def load_widget_rules(modules: Iterable[ModuleType]) -> None:
    """Loads the kv file that stands beside each of these components."""
    for module in modules:
        load_rules(f"widgets/{module.__name__.rpartition('.')[2]}")
