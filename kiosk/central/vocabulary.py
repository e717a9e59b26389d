"""The words of the registry's texts in memory: whether a typed word begins one of them, and which beginnings it nearly is."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA
from sqlalchemy import Connection, func, select

from kiosk.central import schema
from kiosk.central.store import Store
from kiosk.central.words import Kind
from kiosk.lettering import SHORTEST_MEANT, forgivable

_MOST_KNOWN = 4096


class Vocabulary:
    """The beginnings of words, by the kind of their texts. Does not change.

    `breadths` remembers, by kind and beginning, how many texts have a word that begins so. Texts that came later
    are not in it: it only says which way to a result is short.
    """

    def __init__(self, words: Iterable[tuple[str, str]]) -> None:
        beginnings: dict[str, set[str]] = defaultdict(set)
        for kind, word in words:
            beginnings[kind].update(word[:length] for length in range(1, len(word) + 1))
        self.breadths: dict[tuple[str, str], int] = {}
        self._beginnings = {kind: Beginnings(several) for kind, several in beginnings.items()}

    def begins(self, kind: Kind, word: str) -> bool:
        """Whether some word of such texts begins so."""
        return kind.value in self._beginnings and word in self._beginnings[kind.value].all

    def near(self, kind: Kind, word: str) -> tuple[str, ...]:
        """The beginnings that `word` is, or is but for one slip where one is forgiven in it."""
        return self._beginnings[kind.value].near(word) if kind.value in self._beginnings else ()


class Beginnings:
    """All beginnings of the words of one kind of text."""

    def __init__(self, beginnings: set[str]) -> None:
        self.all = beginnings
        self._firsts = sorted({beginning[0] for beginning in beginnings})
        self._alike: dict[tuple[str, int], list[str]] = defaultdict(list)
        for beginning in beginnings:
            if len(beginning) >= SHORTEST_MEANT:
                self._alike[beginning[0], len(beginning)].append(beginning)
        # The same is asked again with every letter typed behind it, and by every terminal.
        self.near = lru_cache(_MOST_KNOWN)(self._near)

    def _near(self, word: str) -> tuple[str, ...]:
        found = {word} & self.all
        if forgivable(word):
            found.update(self._slipped_later(word), self._slipped_at_once(word))
        return tuple(sorted(found))

    def _slipped_later(self, word: str) -> Iterator[str]:
        """Those with the first letter of `word`."""
        for length in (len(word) - 1, len(word), len(word) + 1):
            alike = self._alike.get((word[0], length), ())
            near = process.extract(word, alike, scorer=OSA.distance, score_cutoff=1, limit=None)
            yield from (beginning for beginning, _, _ in near)

    def _slipped_at_once(self, word: str) -> Iterator[str]:
        """Those with another first letter: all behind it is as typed, so that they can be looked up."""
        rest = word[1:]
        slips = {rest, rest[0] + word[0] + rest[1:]}
        slips.update(first + behind for first in self._firsts for behind in (rest, word))
        yield from (slip for slip in slips & self.all if len(slip) >= SHORTEST_MEANT)


def vocabulary(store: Store, connection: Connection) -> Vocabulary:
    """The registry's present vocabulary; read anew only when words were added to it."""
    table = schema.vocabulary
    size = connection.scalar(select(func.count()).select_from(table))
    rows = select(table.c.kind, table.c.text)
    return store.remembered(
        "vocabulary", size, lambda: Vocabulary((kind, text) for kind, text in connection.execute(rows))
    )
