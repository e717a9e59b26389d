"""What a table of the settings may say: every mistake in it in one line. Pure."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

#: Whether a value is right, and the words for what it must be.
Check = tuple[Callable[[Any], bool], str]


def is_text(value: Any) -> bool:
    """Whether it is a text that says something."""
    return isinstance(value, str) and bool(value.strip())


def is_whole(value: Any, least: int, most: int) -> bool:
    """Whether it is a whole number within these bounds."""
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def one_of(*choices: str) -> Check:
    """The check of a key that says one of these words."""
    return (lambda value: value in choices, f"must be {', '.join(choices[:-1])} or {choices[-1]}")


def mistakes(
    name: str, table: Any, checks: Mapping[str, Check], required: tuple[str, ...] = ()
) -> Iterator[str]:
    """A line for each mistake in the table of this name."""
    if not isinstance(table, dict):
        yield f"{name} must be a table"
        return
    for key in table:
        if key not in checks:
            yield f"[{name}] {key}: is not known"
        elif not checks[key][0](table[key]):
            yield f"[{name}] {key}: {checks[key][1]}"
    yield from (f"[{name}] {key}: is missing" for key in required if key not in table)
