"""Every refusal has a status, an issue type and words in both languages (api.md section 11)."""

import re
from pathlib import Path

import pytest

from kiosk.central.call import Refusal
from kiosk.central.refusals import CODES, DOMAIN, MEANINGS, VARIANTS, note, refusal_outcome, words
from kiosk.texts import catalog

SECTION_11 = {
    "void": 409,
    "identifier-reused": 422,
    "version-conflict": 412,
    "already-known": 412,
    "not-known-here": 422,
    "not-for-this-patient": 422,
    "not-bookable-online": 422,
    "dispensary-only": 422,
    "too-late": 422,
    "one-per-day": 422,
    "overlap": 422,
    "slot-taken": 409,
    "hold-expired": 409,
    "login": 401,
    "forbidden": 403,
    "not-found": 404,
    "invalid": 400,
    "too-many": 429,
}
#: Of FHIR's value set issue-type.
ISSUE_TYPES = {
    "invalid",
    "structure",
    "required",
    "value",
    "invariant",
    "security",
    "login",
    "unknown",
    "expired",
    "forbidden",
    "suppressed",
    "processing",
    "not-supported",
    "duplicate",
    "multiple-matches",
    "not-found",
    "deleted",
    "too-long",
    "code-invalid",
    "extension",
    "too-costly",
    "business-rule",
    "conflict",
    "transient",
    "lock-error",
    "no-store",
    "exception",
    "timeout",
    "incomplete",
    "throttled",
    "informational",
}
CENTRAL = Path(__file__).parents[2] / "kiosk" / "central"


def test_the_codes_are_those_of_the_contract() -> None:
    assert {code: MEANINGS[code].status for code in CODES} == SECTION_11


@pytest.mark.parametrize("code", MEANINGS)
def test_every_code_has_words_in_both_languages(code: str) -> None:
    russian, english = words(code, "ru"), words(code, "en")
    assert re.search("[а-я]", russian)
    assert not re.search("[а-я]", english)
    assert russian.endswith(".")
    assert english.endswith(".")
    assert MEANINGS[code].issue in ISSUE_TYPES


@pytest.mark.parametrize(("code", "detail"), VARIANTS)
def test_variants_are_translated(code: str, detail: str) -> None:
    assert words(code, "ru", detail) not in (words(code, "ru"), words(code, "en", detail))


def test_one_per_day_says_when_to_come_again() -> None:
    assert words("one-per-day", "ru", "asked").endswith("Записаться снова можно завтра.")


def test_every_code_that_the_registry_raises_is_known() -> None:
    raised = {
        code
        for path in CENTRAL.rglob("*.py")
        for code in re.findall(r'Refusal\(\s*"([a-z-]+)"', path.read_text("utf-8"))
    }
    assert raised <= set(MEANINGS)


def test_the_catalog_has_no_words_that_nobody_says() -> None:
    sources = "".join(path.read_text("utf-8") for path in CENTRAL.rglob("*.py"))
    plain = re.sub(r'"\s*\n?\s*"', "", sources)
    unused = [text for text in catalog(DOMAIN, "ru")._catalog if text and text not in plain]  # type: ignore[attr-defined]
    assert unused == []


def test_an_outcome_names_what_was_wrong_and_not_at_length() -> None:
    outcome = refusal_outcome(Refusal("invalid", "x" * 1000), "en")
    assert outcome["issue"][0]["diagnostics"] == "x" * 200
    assert "diagnostics" not in refusal_outcome(Refusal("slot-taken"), "ru")["issue"][0]


def test_a_note_is_information() -> None:
    issue = note("void", "ru")["issue"][0]
    assert (issue["severity"], issue["details"]["coding"][0]["code"]) == ("information", "void")
