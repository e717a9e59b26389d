"""The text index (api.md section 2): any case, Ё=Е, hyphens part words, every word given begins some word."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, create_engine, func, insert, select

from kiosk.central import schema, words
from kiosk.central.call import Refusal
from kiosk.central.matching import Text, Things, matches
from kiosk.central.reading import LONGEST_WORD, MOST_WORDS, Reading, Wanted
from kiosk.central.searching import Asked
from kiosk.central.store import Store
from kiosk.central.vocabulary import Vocabulary, vocabulary
from kiosk.central.words import Kind

TEXTS = {
    "rimskaya": "Римская-Полевая Светлана Ярославовна",
    "yolkin": "Ёлкин Пётр Семёнович",
    "clinic5": "Городская поликлиника № 5",
    "clinic57": "Городская поликлиника № 57",
    "garden": "ул. Садовая, 14",
}
#: In the order of their lines.
IN_ORDER = ["clinic5", "clinic57", "yolkin", "rimskaya", "garden"]


@pytest.fixture(scope="module")
def connection() -> Iterator[Connection]:
    """Each text as the name of a facility, which has an index, and of a practitioner, which has none."""
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        schema.metadata.create_all(connection)
        for id, text in TEXTS.items():
            connection.execute(insert(schema.practitioner).values(_practitioner(id, text)))
            connection.execute(insert(schema.facility).values(_facility(id, text)))
        words.index(connection, Kind.PRACTITIONER_NAME, TEXTS)
        words.index(connection, Kind.FACILITY_NAME, TEXTS)
        yield connection
    engine.dispose()


def _practitioner(id: str, text: str) -> dict[str, str]:
    return {"id": id, "last_name": text, "first_name": "", "patronymic": ""}


def _facility(id: str, text: str) -> dict[str, object]:
    texts = dict.fromkeys(("district_id", "address", "phones", "hours", "directions", "zone"), "")
    return {**texts, "id": id, "location_id": id, "name": text, "newcomers": False, "notice_minutes": 0}


def found(
    connection: Connection, kind: Kind, reading: Reading, asked: str, *, narrowed: bool = False
) -> list[str]:
    """The ids in their order; `narrowed`: by a condition that everything fulfils, so that no index leads."""
    rows = connection.execute(select(schema.vocabulary.c.kind, schema.vocabulary.c.text))
    vocabulary = Vocabulary((kind, text) for kind, text in rows)
    wanted = reading.wanted(asked, kind, vocabulary)
    texts = [Text(kind, wanted, vocabulary)] if wanted else []
    key, line = words.PLACES[kind]
    conditions = [key != ""] if narrowed else []
    several = list(matches(connection, Things(key.table, key, [line]), texts, conditions))
    for one in several:
        ids, total = one.part(connection, 0, 100)
        assert total == len(ids)
        assert one.part(connection, 1, 1) == (ids[1:2], total)
        assert one.part(connection, 0, 0) == one.part(connection, 1000, 1) == ([], total)
    return [id for one in several for id in one.part(connection, 0, 100)[0]]


# --- lines -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Ёлкин-ПЕТРОВ", " елкин петров "),
        ("ул. Садовая, 14/2а", " ул садовая #214 #12а "),
        ("№5 № 5", " #15 "),
        ("и\u0306 Е\u0308ж", " й еж "),
        ("  — ", "  "),
        ("a_b", " a b "),
    ],
)
def test_a_line_is_the_folded_words(text: str, line: str) -> None:
    assert words.line(text) == line


def test_lines_set_numbers_in_their_order() -> None:
    names = [f"Поликлиника № {number}" for number in (1, 2, 9, 10, 11, 100, 2000)]
    assert sorted(sorted(names), key=words.line) == names


# --- what is found -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("narrowed", [False, True], ids=["all", "narrowed"])
@pytest.mark.parametrize("kind", [Kind.FACILITY_NAME, Kind.PRACTITIONER_NAME])
@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("полев", ["rimskaya"]),
        ("СВЕТЛАНА римская", ["rimskaya"]),
        ("римская-пол", ["rimskaya"]),
        ("лев", []),
        ("елкин", ["yolkin"]),
        ("ПЁТР ЁЛ", ["yolkin"]),
        ("петр ёлкин иванович", []),
        ("поликлиника 5", ["clinic5", "clinic57"]),
        ("поликлиника № 57", ["clinic57"]),
        ("Садовая,14", ["garden"]),
        ("14", ["garden"]),
        ("4", []),
        ("с", ["yolkin", "rimskaya", "garden"]),
        ("%", IN_ORDER),
        ("", IN_ORDER),
    ],
)
def test_every_word_given_must_begin_some_word(
    connection: Connection, kind: Kind, asked: str, expected: list[str], narrowed: bool
) -> None:
    assert found(connection, kind, Reading(), asked, narrowed=narrowed) == expected


@pytest.mark.parametrize("narrowed", [False, True], ids=["all", "narrowed"])
@pytest.mark.parametrize("kind", [Kind.FACILITY_NAME, Kind.PRACTITIONER_NAME])
@pytest.mark.parametrize(
    ("reading", "asked", "expected"),
    [
        (Reading(layout=1), "cfljd", ["garden"]),
        (Reading(layout=1), "`krby gtnh", ["yolkin"]),
        (Reading(layout=1), "gjkbrkbybrf 5", ["clinic5", "clinic57"]),
        (Reading(layout=1), "cfljdjq", []),
        (Reading(slips=True), "слдовая", ["garden"]),
        (Reading(slips=True), "поликлинка гордская", ["clinic5", "clinic57"]),
        (Reading(slips=True), "поликлинка гордская 57", ["clinic57"]),
        (Reading(slips=True), "поликлинка 75", []),
        (Reading(slips=True), "ветлана олевая", ["rimskaya"]),
        (Reading(slips=True), "семен", ["yolkin"]),
        (Reading(layout=1, slips=True), "cdtnkfyf hbvcrf", ["rimskaya"]),
    ],
)
def test_forgiving_readings(
    connection: Connection, kind: Kind, reading: Reading, asked: str, expected: list[str], narrowed: bool
) -> None:
    assert found(connection, kind, reading, asked, narrowed=narrowed) == expected


def test_a_word_longer_than_any_finds_nothing(connection: Connection) -> None:
    assert found(connection, Kind.FACILITY_NAME, Reading(), "а" * (LONGEST_WORD + 1)) == []


def test_too_many_words_are_refused_by_the_parameters_name() -> None:
    many = [str(number) for number in range(MOST_WORDS + 1)]
    for query in ([("name:contains", " ".join(many))], [("name", word) for word in many]):
        with pytest.raises(Refusal) as refused:
            Asked(query).text("name", Kind.FACILITY_NAME)
        assert (refused.value.code, refused.value.detail) == ("invalid", "name")


def test_too_many_words_in_another_layout_are_nothing_meant(connection: Connection) -> None:
    """«хъ» are «[]» there: one long word is many short ones."""
    typed = "".join(f"ф{letter}х" for letter in "йцукенгшщзфывапролдячсмить" * 2) * 2
    assert found(connection, Kind.FACILITY_NAME, Reading(layout=1), typed) == []


def test_each_word_is_learned_once(connection: Connection) -> None:
    words.index(connection, Kind.FACILITY_NAME, {})
    of_names = schema.vocabulary.c.kind == Kind.FACILITY_NAME.value
    size = select(func.count()).select_from(schema.vocabulary).where(of_names)
    assert connection.scalar(size) == len({word for text in TEXTS.values() for word in words.words(text)})


# --- readings ----------------------------------------------------------------------------------------------------


def test_the_cover_is_what_the_other_beginnings_begin_with() -> None:
    assert Wanted("сокл", ("сокл", "соколов", "соколова", "соклан")).cover == ("сокл", "соколов")


def test_the_vocabulary_is_read_again_when_words_were_added(store: Store) -> None:
    def begins(word: str) -> bool:
        with store.read() as connection:
            return vocabulary(store, connection).begins(Kind.DISTRICT_NAME, word)

    assert not begins("север")
    store.write(lambda connection: words.index(connection, Kind.DISTRICT_NAME, {"d1": "Северный район"}))
    assert begins("север")
