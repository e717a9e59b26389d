"""Searches and reads over one resource type: parameters in, pages of a searchset out (api.md section 2)."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import BindParameter, ColumnElement, Connection, bindparam

from kiosk.central import pages
from kiosk.central.call import Call, Handler, Refusal, Reply, Route, Who
from kiosk.central.fhir import Resource, entry, reference_id, searchset, token_code
from kiosk.central.matching import Matches, Text
from kiosk.central.reading import MOST_WORDS, STRICT, Reading, forgiving
from kiosk.central.staff.permissions import Action
from kiosk.central.vocabulary import Vocabulary, vocabulary
from kiosk.central.words import Kind as TextKind
from kiosk.lettering import words

#: More alternatives than this in one search are no question of a terminal.
MOST_VALUES = 200

#: The ids of what is loaded, in statements that are made once: making one takes as long as carrying it out.
IDS: BindParameter[Any] = bindparam("ids", expanding=True)

#: Whether a text may be read forgivingly.
FUZZY = "fuzzy"
#: How the name of a thing is searched: `name` means `name:contains`.
TEXT_SEARCH = {"name": "string", "name:contains": "string", FUZZY: "token"}


class Asked:
    """The parameters of one search. Repeats of a parameter must all hold; commas part alternatives (FHIR).

    The methods give SQL conditions, or the texts asked for as they are read this time; what cannot be understood
    raises Refusal("invalid", name). Every `reading` but the strict one needs the vocabulary; with it nothing is
    looked for that nobody says.
    """

    def __init__(
        self,
        query: Sequence[tuple[str, str]],
        reading: Reading = STRICT,
        vocabulary: Vocabulary | None = None,
    ) -> None:
        self._query = query
        self._reading = reading
        self._vocabulary = vocabulary

    def alternatives(self, name: str) -> list[list[str]]:
        """One list of alternatives for each time the parameter was given."""
        given = [value.split(",") for key, value in self._query if key == name]
        if sum(map(len, given)) > MOST_VALUES:
            raise Refusal("invalid", name)
        return given

    def single(self, name: str) -> str | None:
        """The value of a parameter that may be given once."""
        given = [value for key, value in self._query if key == name]
        if len(given) > 1:
            raise Refusal("invalid", name)
        return given[0] if given else None

    def has(self, *names: str) -> bool:
        """Whether one of these parameters was given."""
        return any(key in names for key, _ in self._query)

    def tokens(self, name: str, system: str, column: ColumnElement[str]) -> Iterator[ColumnElement[bool]]:
        """The column holds one of the codes."""
        for values in self.alternatives(name):
            yield column.in_([token_code(value, name, system) for value in values])

    def references(self, name: str, kind: str, column: ColumnElement[str]) -> Iterator[ColumnElement[bool]]:
        """The column holds one of the ids of references to `kind`."""
        for values in self.alternatives(name):
            yield column.in_([reference_id(value, kind, name) for value in values])

    def flags(self, name: str, column: ColumnElement[bool]) -> Iterator[ColumnElement[bool]]:
        """The boolean column is one of the values."""
        for values in self.alternatives(name):
            if not set(values) <= {"true", "false"}:
                raise Refusal("invalid", name)
            yield column.in_([value == "true" for value in values])

    def text(self, name: str, kind: TextKind) -> Text | None:
        """The text asked for by `name` and `name:contains`, None where no word was."""
        given = [value for key, value in self._query if key in (name, f"{name}:contains")]
        if len(words(" ".join(given))) > MOST_WORDS:
            raise Refusal("invalid", name)
        read = [self._reading.wanted(value, kind, self._vocabulary) for value in given]
        wanted = tuple(dict.fromkeys(one for several in read for one in several))
        return Text(kind, wanted, self._vocabulary) if wanted else None

    @property
    def fuzzy(self) -> bool:
        """Whether what is not found as typed may have been meant otherwise."""
        given = self.single(FUZZY)
        if given not in (None, "true", "false"):
            raise Refusal("invalid", FUZZY)
        return given == "true"


@dataclass(frozen=True)
class Kind:
    """A resource type of the directory.

    `find` gives the matches, table after table, `load` the resources of ids (those that exist). `includes` maps what
    `_include` may name to the element whose references it follows.
    """

    name: str
    searches: Mapping[str, str]
    find: Callable[[Connection, Asked], Iterable[Matches]]
    load: Callable[[Connection, Sequence[str], Call], dict[str, Resource]]
    includes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """The ids of one page, how many there are in all, and how texts were read for it."""

    ids: Sequence[str]
    total: int
    reading: Reading


def routes(kinds: Sequence[Kind]) -> tuple[Route, ...]:
    """Read, search by GET and search by POST of every kind, for terminals."""
    by_name = {kind.name: kind for kind in kinds}
    return tuple(route for kind in kinds for route in _routes(kind, by_name))


def _routes(kind: Kind, kinds: Mapping[str, Kind]) -> Iterator[Route]:
    search = _searcher(kind, kinds)
    for method, path in (("GET", f"/{kind.name}"), ("POST", f"/{kind.name}/_search")):
        yield Route(
            method,
            path,
            search,
            Who.TERMINAL,
            interaction="search-type",
            searches=kind.searches,
            includes=tuple(kind.includes),
            action=Action.DIRECTORY,
        )
    yield Route(
        "GET",
        f"/{kind.name}/{{id}}",
        _reader(kind),
        Who.TERMINAL,
        interaction="read",
        action=Action.DIRECTORY,
    )


def _reader(kind: Kind) -> Handler:
    def read(call: Call) -> Reply:
        with call.store.read() as connection:
            found = kind.load(connection, [call.path["id"]], call)
        if call.path["id"] not in found:
            raise Refusal("not-found")
        return Reply(found[call.path["id"]])

    return read


def _searcher(kind: Kind, kinds: Mapping[str, Kind]) -> Handler:
    def search(call: Call) -> Reply:
        query, offset, reading = _position(call, kind)
        asked = Asked(query)
        count, fuzzy = pages.count(asked.single("_count")), asked.fuzzy
        elements = [_element(kind, name) for key, name in query if key == "_include"]
        with call.store.read() as connection:
            search = _Search(call, connection, kind, query, offset, count)
            known = vocabulary(call.store, connection) if fuzzy else None
            others = _forgiving(kind, query) if fuzzy and reading == STRICT else ()
            found = search.read(chain([reading], others), known)
            loaded = kind.load(connection, found.ids, call)
            matches = [loaded[id] for id in found.ids]
            included = list(_included(connection, matches, elements, kinds, call))
        score = found.reading.score if fuzzy else None
        entries = [_entry(call, resource, "match", score) for resource in matches]
        entries += [_entry(call, resource, "include") for resource in included]
        following = offset + count if 0 < count < found.total - offset else None
        return Reply(searchset(entries, found.total, _links(call, kind, query, found.reading, following)))

    return search


@dataclass(frozen=True)
class _Search:
    """One page of a search, to be found under one reading of its texts or another."""

    call: Call
    connection: Connection
    kind: Kind
    query: Sequence[tuple[str, str]]
    offset: int
    count: int

    def read(self, readings: Iterable[Reading], known: Vocabulary | None) -> Found:
        """What is found by the first of these readings that finds something, or nothing by the last."""
        found = Found((), 0, STRICT)
        for reading in readings:
            found = self._read(reading, known)
            if found.total:
                break
        return found

    def _read(self, reading: Reading, known: Vocabulary | None) -> Found:
        ids: list[str] = []
        total = 0
        for matches in self.kind.find(self.connection, Asked(self.query, reading, known)):
            page, size = matches.part(self.connection, max(0, self.offset - total), self.count - len(ids))
            ids += page
            total += size
        return Found(ids, total, reading)


def _forgiving(kind: Kind, query: Sequence[tuple[str, str]]) -> Iterator[Reading]:
    """How the texts of a query may be read besides as typed."""
    names = {name for name, type in kind.searches.items() if type == "string"}
    return forgiving([value for name, value in query if name in names])


def _position(call: Call, kind: Kind) -> tuple[Sequence[tuple[str, str]], int, Reading]:
    """The query, where to go on and how texts are read, from the call itself or from the `next` link that it followed."""
    state = pages.resumed(call, kind.name)
    if state is None:
        return call.query, 0, STRICT
    return [(name, value) for name, value in state["query"]], state["offset"], Reading(*state["reading"])


def _links(
    call: Call, kind: Kind, query: Sequence[tuple[str, str]], reading: Reading, following: int | None
) -> dict[str, str]:
    links = {"self": f"{call.base}/{kind.name}" + (f"?{urlencode(query)}" if query else "")}
    if following is not None:
        state = {"query": list(query), "offset": following, "reading": [reading.layout, reading.slips]}
        links["next"] = pages.link(call, kind.name, state)
    return links


def _element(kind: Kind, name: str) -> str:
    if name not in kind.includes:
        raise Refusal("invalid", "_include")
    return kind.includes[name]


def _included(
    connection: Connection,
    matches: Sequence[Resource],
    elements: Sequence[str],
    kinds: Mapping[str, Kind],
    call: Call,
) -> Iterator[Resource]:
    """Each resource that the elements refer to, once."""
    wanted: dict[str, dict[str, None]] = {}
    for resource in matches:
        for element in elements:
            references = resource.get(element, [])
            for reference in references if isinstance(references, list) else [references]:
                name, _, id = reference["reference"].partition("/")
                wanted.setdefault(name, {})[id] = None
    for name, ids in wanted.items():
        yield from kinds[name].load(connection, list(ids), call).values()


def _entry(call: Call, resource: Resource, mode: str, score: float | None = None) -> Resource:
    return entry(f"{call.base}/{resource['resourceType']}/{resource['id']}", resource, mode, score=score)
