"""The text index (api.md section 2): any case, Ё=Е, hyphens part words, every word given begins some word."""

import pytest
from sqlalchemy import create_engine, insert, select

from kiosk.central import schema, words
from kiosk.central.call import Refusal

TEXTS = {
    "rimskaya": "Римская-Полевая Светлана Ярославовна",
    "yolkin": "Ёлкин Пётр Семёнович",
    "clinic5": "Городская поликлиника № 5",
    "clinic57": "Городская поликлиника № 57",
    "garden": "ул. Садовая, 14",
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ёлкин-ПЕТРОВ", ["елкин", "петров"]),
        ("ул. Садовая, 14/2а", ["ул", "садовая", "14", "2а"]),
        ("№5 № 5", ["5"]),
        ("и\u0306 Е\u0308ж", ["й", "еж"]),
        ("  — ", []),
        ("a_b", ["a", "b"]),
    ],
)
def test_words_are_folded_and_parted(text: str, expected: list[str]) -> None:
    assert words.words(text) == expected


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("полев", {"rimskaya"}),
        ("СВЕТЛАНА римская", {"rimskaya"}),
        ("римская-пол", {"rimskaya"}),
        ("лев", set()),
        ("елкин", {"yolkin"}),
        ("ПЁТР ЁЛ", {"yolkin"}),
        ("петр ёлкин иванович", set()),
        ("поликлиника 5", {"clinic5", "clinic57"}),
        ("поликлиника № 57", {"clinic57"}),
        ("Садовая,14", {"garden"}),
        ("14", {"garden"}),
        ("%", set(TEXTS)),
        ("", set(TEXTS)),
    ],
)
def test_every_word_given_must_begin_some_word(asked: str, found: set[str]) -> None:
    engine = create_engine("sqlite://")
    try:
        with engine.begin() as connection:
            schema.metadata.create_all(connection)
            _index(connection)
            things = schema.practitioner
            conditions = words.matches(things.c.id, words.Kind.PRACTITIONER_NAME, asked, "name")
            assert set(connection.execute(select(things.c.id).where(*conditions)).scalars()) == found
    finally:
        engine.dispose()


def _index(connection) -> None:  # type: ignore[no-untyped-def]
    for id, text in TEXTS.items():
        thing = {"id": id, "last_name": text, "first_name": "", "patronymic": ""}
        connection.execute(insert(schema.practitioner).values(thing))
        connection.execute(insert(schema.word), list(words.rows(words.Kind.PRACTITIONER_NAME, id, text)))


def test_too_many_words_are_refused_by_the_parameters_name() -> None:
    many = " ".join(str(number) for number in range(words.MOST_WORDS + 1))
    with pytest.raises(Refusal) as refused:
        words.matches(schema.facility.c.id, words.Kind.FACILITY_NAME, many, "name")
    assert (refused.value.code, refused.value.detail) == ("invalid", "name")
