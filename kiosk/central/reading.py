"""How a typed text is read: strictly, and where that finds nothing more and more forgivingly (api.md section 2)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from kiosk import lettering
from kiosk.central.vocabulary import Vocabulary
from kiosk.central.words import Kind

#: More distinct words than these are no name and no address.
MOST_WORDS = 32
#: No word of a name or an address is longer.
LONGEST_WORD = 100
#: Nobody types more: a longer text is read as it stands.
LONGEST_TYPED = 500


@dataclass(frozen=True)
class Wanted:
    """One word that was typed, and the beginnings of words that are taken for it: none where nothing can be meant."""

    typed: str
    beginnings: tuple[str, ...]

    @property
    def strict(self) -> bool:
        """Whether it is taken as typed."""
        return self.beginnings == (self.typed,)

    @cached_property
    def cover(self) -> tuple[str, ...]:
        """The beginnings with which no shorter one of them begins: what begins with one of all begins with one of these."""
        return tuple(
            one
            for one in self.beginnings
            if not any(one[:length] in self.beginnings for length in range(1, len(one)))
        )


@dataclass(frozen=True)
class Reading:
    """One way to read typed texts: which of `lettering.readings` of each, and whether one slip a word is forgiven."""

    layout: int = 0
    slips: bool = False

    @property
    def score(self) -> float:
        """FHIR's search.score of what is found so."""
        return {(False, False): 1.0, (True, False): 0.9, (False, True): 0.8, (True, True): 0.7}[
            self.layout > 0, self.slips
        ]

    def wanted(self, text: str, kind: Kind, vocabulary: Vocabulary | None) -> tuple[Wanted, ...]:
        """The words of a text, so read. Without the vocabulary, which slips need, any word may begin something."""
        meant = lettering.readings(text) if self.layout else (text,)
        typed = lettering.words(meant[self.layout if self.layout < len(meant) else 0])
        if len(typed) > MOST_WORDS:
            return (Wanted(text, ()),)
        return tuple(Wanted(word, self._beginnings(word, kind, vocabulary)) for word in typed)

    def _beginnings(self, word: str, kind: Kind, vocabulary: Vocabulary | None) -> tuple[str, ...]:
        if len(word) > LONGEST_WORD:
            return ()
        if self.slips and vocabulary is not None:
            return vocabulary.near(kind, word)
        return (word,) if vocabulary is None or vocabulary.begins(kind, word) else ()


STRICT = Reading()


def forgiving(texts: Iterable[str]) -> Iterator[Reading]:
    """The ways to read these texts that are left when the strict one found nothing, the likeliest first."""
    layouts = max((len(lettering.readings(text)) for text in texts if len(text) <= LONGEST_TYPED), default=0)
    for slips in (False, True):
        for layout in range(0 if slips else 1, layouts):
            yield Reading(layout, slips)
