"""Letters and words as people type them: how two texts are compared, and what of a text a query meant.

Pure, and the same on both sides: the registry finds by it (api.md section 2), the terminal marks what was found.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import product

#: A part of a text: its first character and the one behind its last.
Range = tuple[int, int]

#: A slip is forgiven where at least so many letters are meant: fewer stand for nearly anything.
SHORTEST_MEANT = 4
#: More words than these are read as typed, or all of them with the other layout.
_MOST_MIXED = 4

_WORD = re.compile(r"[^\W_]+")
_TOKEN = re.compile(r"\S+")

# The same keys, one by one, without and with Shift.
_LATIN_KEYS = "`qwertyuiop[]asdfghjkl;'zxcvbnm,." + '~QWERTYUIOP{}ASDFGHJKL:"ZXCVBNM<>'
_RUSSIAN_KEYS = "ёйцукенгшщзхъфывапролджэячсмитьбю" + "ЁЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ"
_TO_RUSSIAN = str.maketrans(_LATIN_KEYS, _RUSSIAN_KEYS)
_TO_LATIN = str.maketrans(_RUSSIAN_KEYS, _LATIN_KEYS)
_LATIN = re.compile(r"[A-Za-z]")
_RUSSIAN = re.compile(r"[А-Яа-яЁё]")


# --- words -------------------------------------------------------------------------------------------------------


def fold(text: str) -> str:
    """Without case, Ё as Е: what is compared instead of the text itself."""
    return unicodedata.normalize("NFC", text).casefold().replace("ё", "е")


def words(text: str) -> list[str]:
    """The distinct folded words in order; whatever is neither letter nor digit parts words, a hyphen too."""
    return list(dict.fromkeys(_WORD.findall(fold(text))))


# --- the other keyboard layout -----------------------------------------------------------------------------------


def layouts(token: str) -> tuple[str, ...]:
    """What the keys of one typed word may have meant: as it stands, with the Russian, with the Latin layout.

    «ghbdtn» is «привет», «[jl» is «ход», «сдштшс» is «clinic», and «ивfyjd», gone on with in the other, «иванов».
    """
    return tuple(dict.fromkeys((token, _russian(token), _latin(token))))


@lru_cache(64)
def readings(text: str) -> tuple[str, ...]:
    """What a typed text may have meant: as it stands, all of it in one layout, then word by word, fewest changes first."""
    tokens = _TOKEN.findall(text)
    mixed = product(*map(layouts, tokens)) if len(tokens) <= _MOST_MIXED else ()
    fewest_first = sorted(mixed, key=lambda chosen: sum(map(str.__ne__, chosen, tokens)))
    changed = (map(_russian, tokens), map(_latin, tokens), *fewest_first)
    meant = dict.fromkeys(" ".join(chosen) for chosen in changed)
    return (text, *(reading for reading in meant if reading != " ".join(tokens)))


def _russian(token: str) -> str:
    return token.translate(_TO_RUSSIAN) if _LATIN.search(token) or not _WORD.search(token) else token


def _latin(token: str) -> str:
    """The token itself where nothing but signs would be left of it."""
    latin = token.translate(_TO_LATIN) if _RUSSIAN.search(token) else token
    return latin if _WORD.search(latin) else token


# --- one slip ----------------------------------------------------------------------------------------------------


def forgivable(word: str) -> bool:
    """Whether a slip in this folded word is forgiven. Not in a number: № 17 is no slip of № 7."""
    return len(word) >= SHORTEST_MEANT - 1 and word.isalpha()


def one_slip(typed: str, meant: str) -> bool:
    """Whether at most one letter is missing, too many or another, or two neighbours changed places."""
    begin = _common(typed, meant)
    left, right = typed[begin:], meant[begin:]
    end = _common(left[::-1], right[::-1])
    left, right = left[: len(left) - end], right[: len(right) - end]
    return max(len(left), len(right)) <= 1 or (len(left) == 2 and left == right[::-1])


def begun(typed: str, word: str, *, slip: bool = False) -> int:
    """How many letters of `word` are begun by `typed`, both folded; with one slip forgiven where asked. 0: none."""
    if word.startswith(typed):
        return len(typed)
    if slip and forgivable(typed):
        for length in (len(typed), len(typed) + 1, len(typed) - 1):
            if SHORTEST_MEANT <= length <= len(word) and one_slip(typed, word[:length]):
                return length
    return 0


def _common(one: str, other: str) -> int:
    """The length of the beginning that both share."""
    return next(
        (at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]),
        min(len(one), len(other)),
    )


# --- what of a text was meant ------------------------------------------------------------------------------------


def marks(text: str, query: str) -> tuple[Range, ...]:
    """The parts of `text` that the words of `query` begin, in order and apart.

    Each word of the query is read as strictly as this text allows: as typed, with the other layout, with one slip.
    """
    found = sorted(mark for token in _TOKEN.findall(query) for mark in _meant(text, token)[1])
    joined: list[Range] = []
    for start, end in found:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def corrected(text: str, query: str) -> str:
    """The query as it was read to find `text`, or '' where it was read as typed."""
    read = [_meant(text, token)[0] for token in _TOKEN.findall(query)]
    return "" if read == _TOKEN.findall(query) else " ".join(read)


def _meant(text: str, token: str) -> tuple[str, list[Range]]:
    """One word of a query as it was read in this text, and the parts that it begins; as typed where it begins none."""
    places = list(_places(text))
    for slip in (False, True):
        for reading in layouts(token):
            typed = words(reading)
            hits = [[hit for place in places if (hit := _begun_at(place, one, slip=slip))] for one in typed]
            if typed and all(hits):
                found = [mark for several in hits for mark in several]
                return (" ".join(text[slice(*several[0])] for several in hits) if slip else reading), found
    return token, []


def _begun_at(place: tuple[str, list[Range]], typed: str, *, slip: bool) -> Range | None:
    word, letters = place
    length = begun(typed, word, slip=slip)
    return (letters[0][0], letters[length - 1][1]) if length else None


def _places(text: str) -> Iterator[tuple[str, list[Range]]]:
    """Each folded word of a text, and where in the text each of its letters stands."""
    letters = [(letter, place) for place in _letters(text) for letter in fold(text[slice(*place)])]
    folded = "".join(letter for letter, _ in letters)
    for match in _WORD.finditer(folded):
        yield match[0], [place for _, place in letters[match.start() : match.end()]]


def _letters(text: str) -> Iterator[Range]:
    """Each character of a text together with the accents that stand after it."""
    start = 0
    for end in range(1, len(text) + 1):
        if end == len(text) or not unicodedata.combining(text[end]):
            yield start, end
            start = end
