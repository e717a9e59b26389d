"""Every failure has words: total over the tree of errors.py and the codes of api.md section 11, in Russian."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk import errors, explanations
from kiosk.central.refusals import CODES
from kiosk.devices.printer_status import PrinterState
from kiosk.errors import KioskError, Refused, ServerFault, SettingsError, TooManyTries, Unreachable
from kiosk.explanations import (
    DOMAIN,
    Explanation,
    explain,
    not_printed,
    perhaps_printed,
    printer_care,
    printer_words,
)
from kiosk.texts import catalog


def tree(kind: type[KioskError] = KioskError) -> Iterator[type[KioskError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from tree(child)


def example(kind: type[KioskError]) -> KioskError:
    arguments = {
        SettingsError: ((),),
        ServerFault: (500,),
        Refused: (422, "overlap"),
        TooManyTries: (60,),
    }
    return Unreachable("x", sent=True) if kind is Unreachable else kind(*arguments.get(kind, ()))


@pytest.mark.parametrize("kind", [kind for kind in tree() if kind.__module__ == errors.__name__])
@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_error_of_the_tree_has_words(kind: type[KioskError], language: str) -> None:
    told = explain(example(kind), language)
    assert told.title
    assert told.text
    assert bool(re.search("[а-я]", told.title + told.text)) == (language == "ru")


@pytest.mark.parametrize("code", CODES)
def test_every_refusal_has_words_of_its_own(code: str) -> None:
    told = explain(Refused(422, code, "words of the registry"))
    assert told != explain(Refused(422, "unheard-of"))
    assert ("words of the registry" in told.text) == (code == "one-per-day")
    assert re.search("[а-я]", told.title)


#: The rules that a booking can fail by, and what the patient may do then: each names at least one of these.
RULES = {
    "R10": "not-known-here",
    "R27": "one-per-day",
    "R28": "too-late",
    "R30": "not-bookable-online",
    "R30, observation": "dispensary-only",
    "R42": "not-for-this-patient",
    "R44": "overlap",
}
NEXT = re.compile("[Вв]ыберите|обратитесь|подойдите|запишитесь|спросите|[Уу]знайте")


def test_each_rule_says_why_and_what_now() -> None:
    """Issue 3, 5: no two say the same; R31 is no refusal, its words stand on the result screen."""
    told = {rule: explain(Refused(422, code)) for rule, code in RULES.items()}
    assert len({one.title for one in told.values()}) == len(RULES)
    assert len({one.text for one in told.values()}) == len(RULES)
    for rule, one in told.items():
        assert NEXT.search(one.text), rule
        assert not one.retry, "the same again would be refused again"
    pending = "The clinic still has to approve it. Ask here or at the reception desk before you come."
    assert NEXT.search(catalog("screens").gettext(pending)), "R31"


def test_which_day_is_meant_only_the_registry_knows() -> None:
    """R27: of the two claims the registry tells which; without its words both are named."""
    assert "сегодня" in explain(Refused(422, "one-per-day", "Вы записаны сегодня.")).text
    assert "завтра" in explain(Refused(422, "one-per-day")).text


def test_an_unknown_refusal_speaks_with_the_registrys_words() -> None:
    assert explain(Refused(422, "unheard-of", "Приходите завтра.")).text == "Приходите завтра."
    assert explain(Refused(422, "")).text


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "1 секунду"),
        (4, "4 секунды"),
        (30, "30 секунд"),
        (60, "1 минуту"),
        (61, "2 минуты"),
        (900, "15 минут"),
    ],
)
def test_too_many_tries_says_how_long(seconds: int, words: str) -> None:
    assert words in explain(TooManyTries(seconds)).text


def test_every_printer_state_has_words_where_it_cannot_print() -> None:
    for state in PrinterState:
        assert state.can_print or printer_words(state).title
        assert printer_care(state).text not in ("", printer_care(state, "en").text), "for staff"
        assert "T-7" in not_printed(state, "T-7").text
    assert "T-7" in perhaps_printed("T-7").text
    assert "листе ожидания" in not_printed(PrinterState.OFFLINE, "W-7", waiting=True).text
    assert "листе ожидания" in perhaps_printed("W-7", waiting=True).text


def sources() -> Iterator[str]:
    """Every text that explanations.py marks for the catalog."""
    module = ast.parse(Path(explanations.__file__).read_text("utf-8"))
    for node in ast.walk(module):
        named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute)
        if not named:
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
        if name in ("_", "gettext", "ngettext") and node.args and isinstance(node.args[0], ast.Constant):
            yield node.args[0].value


def test_every_text_is_translated_and_its_places_kept() -> None:
    texts = catalog(DOMAIN)
    for source in sources():
        if "{count}" in source:
            continue
        told = texts.gettext(source)
        assert told != source, source
        assert re.findall(r"\{\w+\}", told) == re.findall(r"\{\w+\}", source)


def test_words_are_short() -> None:
    """Plain words for somebody in a hurry: a title of one line or two, a text of three sentences at most."""
    for source in (*explanations.ERRORS.values(), *explanations.REFUSALS.values()):
        told: Explanation = explanations.translated(source)
        assert len(told.title) <= 55, told.title
        assert len(told.text) <= 170, told.text
