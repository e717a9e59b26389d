"""Whom to try: patients of a demo registry by situation (`kiosk central patients`, api.md section 13)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Row, select

from kiosk.central.demo.citizens import Situation, stranger
from kiosk.central.mcsd import full_name
from kiosk.central.schema import patient
from kiosk.central.store import Store

_MEANINGS = {
    Situation.ADULT: "attached, with a card: books everything that adults may",
    Situation.CHILD: "attached, with a card: the paediatrician, not the therapist",
    Situation.PAIR: "two people: the document number tells them apart",
    Situation.DISPENSARY: "under observation of the cardiologist: may book there",
    Situation.NO_ATTACHMENT: "has a card at the home facility, attached to none",
    Situation.NO_CARD: "attached to the home facility, has no card",
    Situation.NEWCOMER: "neither: only where newcomers are welcome",
    Situation.CABINET: "has visits, messages and waits already: something to look at",
    Situation.UNKNOWN: "known nowhere: is told to go to the desk",
}


@dataclass(frozen=True)
class Example:
    """Somebody to identify as; `document_number` is asked for where the other two are not enough."""

    situation: str
    name: str
    policy_number: str
    birth_date: str
    document_number: str


def examples(store: Store) -> list[Example]:
    """Everybody who is there to show a situation, in the order of Situation, and one who is in no database."""
    order = [situation.value for situation in Situation]
    query = select(patient).where(patient.c.situation.in_(order))
    with store.read() as connection:
        known = [_example(row) for row in connection.execute(query)]
    someone = stranger()
    unknown = Example(
        Situation.UNKNOWN.value,
        str(someone.name),
        someone.policy_number,
        someone.birth_date.isoformat(),
        someone.document_number,
    )
    return sorted([*known, unknown], key=lambda example: (order.index(example.situation), example.name))


def as_data(listed: Sequence[Example]) -> list[dict[str, str]]:
    """The examples as `patients --json` prints them."""
    return [asdict(example) for example in listed]


def table(listed: Sequence[Example]) -> list[str]:
    """Lines for people: one example of each situation (both of the pair), and how many more there are."""
    heading = ("situation", "name", "policy number", "birth date", "document")
    shown = list(_first_of_each(listed))
    rows = [heading, *((*asdict(example).values(),) for example in shown)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(heading))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    meanings = ["", heading[0], *(line for line in _explained(shown))]
    more = f"{len(listed) - len(shown)} more with --json."
    return [line.rstrip() for line in [*lines, *meanings, "", more]]


def _first_of_each(listed: Sequence[Example]) -> Sequence[Example]:
    seen: set[str] = set()
    shown = []
    for example in listed:
        if example.situation not in seen or example.situation == Situation.PAIR.value:
            shown.append(example)
        seen.add(example.situation)
    return shown


def _explained(shown: Sequence[Example]) -> list[str]:
    width = max(len(situation.value) for situation in Situation)
    situations = dict.fromkeys(example.situation for example in shown)
    return [f"{value.ljust(width)}  {_MEANINGS[Situation(value)]}" for value in situations]


def _example(row: Row[tuple[str, ...]]) -> Example:
    columns = row._mapping
    return Example(
        columns["situation"],
        full_name(columns),
        columns["policy_number"],
        columns["birth_date"],
        columns["document_number"],
    )
