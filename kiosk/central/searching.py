"""Searches and reads over one resource type: parameters in, pages of a searchset out (api.md section 2)."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, Connection

from kiosk.central import pages, words
from kiosk.central.call import Call, Handler, Refusal, Reply, Route, Who
from kiosk.central.fhir import Resource, entry, reference_id, searchset, token_code

#: More alternatives than this in one search are no question of a terminal.
MOST_VALUES = 200

#: How the name of a thing is searched: `name` means `name:contains`.
TEXT_SEARCH = {"name": "string", "name:contains": "string"}

_DIGITS = re.compile(r"([0-9]+)")

#: What a match is sorted by, and its id.
Match = tuple[tuple[Any, ...], str]


class Asked:
    """The parameters of one search. Repeats of a parameter must all hold; commas part alternatives (FHIR).

    The methods give SQL conditions; what cannot be understood raises Refusal("invalid", name).
    """

    def __init__(self, query: Sequence[tuple[str, str]]) -> None:
        self._query = query

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

    def texts(self, name: str, kind: words.Kind, owner: ColumnElement[str]) -> Iterator[ColumnElement[bool]]:
        """Every word begins some word of the owner's text, for `name` as for `name:contains`."""
        for key, value in self._query:
            if key in (name, f"{name}:contains"):
                yield from words.matches(owner, kind, value, name)


@dataclass(frozen=True)
class Kind:
    """A resource type of the directory.

    `find` gives the matches in any order, `load` the resources of ids (those that exist). `includes` maps what
    `_include` may name to the element whose references it follows.
    """

    name: str
    searches: Mapping[str, str]
    find: Callable[[Connection, Asked], Iterable[Match]]
    load: Callable[[Connection, Sequence[str], Call], dict[str, Resource]]
    includes: Mapping[str, str] = field(default_factory=dict)


def natural(text: str) -> tuple[Any, ...]:
    """A sort key that puts № 2 before № 10 and sets Ё with Е."""
    parts = _DIGITS.split(words.fold(text))
    return tuple(int(part) if index % 2 else part for index, part in enumerate(parts))


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
        )
    yield Route("GET", f"/{kind.name}/{{id}}", _reader(kind), Who.TERMINAL, interaction="read")


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
        query, offset = _position(call, kind)
        asked = Asked(query)
        count = pages.count(asked.single("_count"))
        elements = [_element(kind, name) for key, name in query if key == "_include"]
        with call.store.read() as connection:
            found = sorted(kind.find(connection, asked))
            ids = [id for _, id in found[offset : offset + count]]
            loaded = kind.load(connection, ids, call)
            matches = [loaded[id] for id in ids]
            included = list(_included(connection, matches, elements, kinds, call))
        entries = [_entry(call, resource, "match") for resource in matches]
        entries += [_entry(call, resource, "include") for resource in included]
        following = offset + count if 0 < count < len(found) - offset else None
        return Reply(searchset(entries, len(found), _links(call, kind, query, following)))

    return search


def _position(call: Call, kind: Kind) -> tuple[Sequence[tuple[str, str]], int]:
    """The query and where to go on, from the call itself or from the `next` link that it followed."""
    state = pages.resumed(call, kind.name)
    if state is None:
        return call.query, 0
    return [(name, value) for name, value in state["query"]], state["offset"]


def _links(call: Call, kind: Kind, query: Sequence[tuple[str, str]], following: int | None) -> dict[str, str]:
    links = {"self": f"{call.base}/{kind.name}" + (f"?{urlencode(query)}" if query else "")}
    if following is not None:
        links["next"] = pages.link(call, kind.name, {"query": list(query), "offset": following})
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


def _entry(call: Call, resource: Resource, mode: str) -> Resource:
    return entry(f"{call.base}/{resource['resourceType']}/{resource['id']}", resource, mode)
