"""Where a word that is longer than its line is broken, by the plainest of the Russian rules: pure."""

import re
from collections.abc import Callable

WORD = re.compile(r"[^ \n]+")
VOWELS = frozenset("аеёиоуыэюяАЕЁИОУЫЭЮЯ")
#: Never the first letter of a line.
BOUND = frozenset("ьъй")


def hyphenated(text: str, fits: Callable[[str], bool]) -> str:
    """The text with a hyphen and a new line in each word that does not fit; a word that nothing helps stays."""
    return WORD.sub(lambda word: word[0] if fits(word[0]) else _broken(word[0], fits), text)


def _broken(word: str, fits: Callable[[str], bool]) -> str:
    """The most that fits before the hyphen, and the rest, broken again where it has to be."""
    for end in range(len(word) - 2, 1, -1):
        if _may_break(word, end) and fits(f"{word[:end]}-"):
            return f"{word[:end]}-\n{hyphenated(word[end:], fits)}"
    return word


def _may_break(word: str, end: int) -> bool:
    """A syllable on each side, no sign torn from its letter, no vowel from the consonant before it."""
    left, right = word[:end], word[end:]
    if not (VOWELS & set(left) and VOWELS & set(right)) or not (left[-1] + right[0]).isalpha():
        return False
    return right[0] not in BOUND and not (right[0] in VOWELS and left[-1] not in VOWELS | BOUND)
