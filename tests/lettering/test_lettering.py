"""Letters and words: folding, the other keyboard layout, one slip, and what of a text a query meant (R18, R19)."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk import lettering

WORDS = st.text("абвгдежзиклмнопрстуя", min_size=4, max_size=12)


def marked(text: str, query: str) -> list[str]:
    return [text[start:end] for start, end in lettering.marks(text, query)]


# --- the other layout --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("token", "meant"),
    [
        ("ghbdtn", "привет"),
        ("[jlfrjd", "ходаков"),
        ("j,e[jd", "обухов"),
        ("]t;'.`", "ъежэюё"),
        ("{JLFRJD", "ХОДАКОВ"),
        ("ивfyjd", "иванов"),
        ("сдштшс", "clinic"),
        ("ЬувДшту", "MedLine"),
        ("[", "х"),
    ],
)
def test_the_other_layout_of_a_word(token: str, meant: str) -> None:
    options = lettering.layouts(token)
    assert options[0] == token
    assert meant in options[1:]


@pytest.mark.parametrize("token", ["17", "14/2", "5,", "", "хъ"])
def test_numbers_are_on_the_same_keys_and_signs_are_no_words(token: str) -> None:
    assert lettering.layouts(token) == (token,)


def test_a_text_is_read_whole_before_word_by_word() -> None:
    assert lettering.readings("fyyf bdfyjdf") == (
        "fyyf bdfyjdf",
        "анна иванова",
        "fyyf иванова",
        "анна bdfyjdf",
    )
    assert "MedLine поликлиника" in lettering.readings("MedLine gjkbrkbybrf")
    assert lettering.readings("Иванова fyyf")[1] == "Иванова анна"
    assert lettering.readings("  ") == ("  ",)


def test_of_many_words_only_the_whole_is_switched() -> None:
    assert lettering.readings("a b c d e") == ("a b c d e", "ф и с в у")


@given(st.text(max_size=40))
def test_whatever_is_typed_is_its_own_first_reading(text: str) -> None:
    assert lettering.readings(text)[0] == text


# --- one slip ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "meant", "forgiven"),
    [
        ("соколова", "соколова", True),
        ("сокоова", "соколова", True),
        ("сокоолова", "соколова", True),
        ("сокалова", "соколова", True),
        ("сокоолва", "соколова", True),
        ("соколвоа", "соколова", True),
        ("околова", "соколова", True),
        ("оскалова", "соколова", False),
        ("", "а", True),
        ("", "ан", False),
    ],
)
def test_one_slip(typed: str, meant: str, forgiven: bool) -> None:
    assert lettering.one_slip(typed, meant) is forgiven
    assert lettering.one_slip(meant, typed) is forgiven


@given(WORDS, st.data())
def test_a_slip_in_a_long_word_is_forgiven_as_it_is_typed(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 2))
    letter = data.draw(st.sampled_from("абвя"))
    for typed in (
        word[:at] + word[at + 1 :],
        word[:at] + letter + word[at:],
        word[:at] + letter + word[at + 1 :],
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
    ):
        assert lettering.begun(typed, word, slip=True), typed
        for length in range(max(lettering.SHORTEST_MEANT + 1, at + 2), len(typed)):
            assert lettering.begun(typed[:length], word, slip=True), typed[:length]


def test_a_number_is_another_number() -> None:
    assert not lettering.begun("125", "152", slip=True)
    assert lettering.begun("12", "125", slip=True) == 2


def test_short_words_are_read_as_typed() -> None:
    assert not lettering.begun("кин", "ким", slip=True)
    assert lettering.begun("нна", "анна", slip=True) == 4


# --- marks -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("Соколова Елена Андреевна", "СОК ел", ["Сок", "Ел"]),
        ("Соколова Елена Андреевна", "cjr", ["Сок"]),
        ("Соколова Елена Андреевна", "соклова анд", ["Соколова", "Анд"]),
        ("Ёлкин Пётр Семёнович", "петр елк", ["Ёлк", "Пётр"]),
        ("Ёлкин Пётр", "`krby", ["Ёлкин"]),
        ("Белова-Оленина Светлана", "белова-ол", ["Белова", "Ол"]),
        ("Городская поликлиника № 17", "поликлиника 1", ["поликлиника", "1"]),
        ("Городская поликлиника № 17", "71", []),
        ("ул. Садовая, 14", "", []),
        ("Медицинский центр MedLine", "ьувдшту", ["MedLine"]),
        ("Анна Андреевна", "ан анн", ["Анн", "Ан"]),
    ],
)
def test_what_was_meant_is_marked(text: str, query: str, expected: list[str]) -> None:
    assert marked(text, query) == expected


def test_accents_that_stand_apart_are_marked_with_their_letters() -> None:
    text = unicodedata.normalize("NFD", "Йод Ёлкин")
    assert [unicodedata.normalize("NFC", part) for part in marked(text, "йо елк")] == ["Йо", "Ёлк"]


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("Соколова Елена", "сок ел", ""),
        ("Соколова Елена", "cjr ел", "сок ел"),
        ("Соколова Елена", "соклова ел", "Соколова ел"),
        ("Соколова Елена", "нет", ""),
    ],
)
def test_how_a_query_was_read(text: str, query: str, expected: str) -> None:
    assert lettering.corrected(text, query) == expected


@given(st.text(max_size=30), st.text(max_size=30))
def test_marks_are_in_order_and_inside_the_text(text: str, query: str) -> None:
    ends = [0]
    for start, end in lettering.marks(text, query):
        assert ends[-1] < start or ends == [0]
        assert start < end <= len(text)
        ends.append(end)
    lettering.corrected(text, query)
