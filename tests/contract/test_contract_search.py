"""api.md section 2, text with `fuzzy=true`: what is typed wrongly is found, what is typed rightly is found as ever."""

import re
from typing import Any

import pytest
from contract_people import Region, target
from contract_wire import Answer, Terminal
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

Json = Any

LATIN = "`qwertyuiop[]asdfghjkl;'zxcvbnm,."
RUSSIAN = "ёйцукенгшщзхъфывапролджэячсмитьбю"
WRONG = str.maketrans(RUSSIAN + RUSSIAN.upper(), LATIN + LATIN.upper())

PROFILE = settings(
    max_examples=40,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


def scores(answer: Answer) -> set[float]:
    entries = answer.ok().body.get("entry", [])
    return {entry["search"]["score"] for entry in entries if entry["search"]["mode"] == "match"}


def doctors(terminal: Terminal, typed: str, **more: Any) -> Answer:
    return terminal.get("PractitionerRole", practitioner__name=typed, fuzzy="true", _count=200, **more)


def found(terminal: Terminal, answer: Answer) -> set[str]:
    """The display names on all pages."""
    roles = [role for page in terminal.pages(answer) for role in page.matches()]
    return {role["practitioner"]["display"] for role in roles}


def full_names(region: Region) -> list[str]:
    return sorted({role["practitioner"]["display"] for role in region.roles})


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text)


@PROFILE
@given(data=st.data())
def test_each_beginning_of_each_word_finds_it(
    terminal: Terminal, region: Region, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(full_names(region)))
    word = data.draw(st.sampled_from(words(name)))
    beginning = word[: data.draw(st.integers(1, len(word)))]
    answer = doctors(terminal, data.draw(st.sampled_from([beginning, beginning.upper(), beginning.lower()])))
    assert name in found(terminal, answer)
    assert scores(answer) == {1}


@PROFILE
@given(data=st.data())
def test_one_slip_in_a_word_of_four_letters_finds_it(
    terminal: Terminal, region: Region, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(full_names(region)))
    typed = words(name)
    place = data.draw(st.sampled_from([at for at, word in enumerate(typed) if len(word) >= 4]))
    word = typed[place]
    at = data.draw(st.integers(0, len(word) - 2))
    letter = data.draw(st.sampled_from("абоежщ"))
    slips = [
        word[:at] + word[at + 1 :],
        word[:at] + letter + word[at:],
        word[:at] + letter + word[at + 1 :],
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
    ]
    typed[place] = data.draw(st.sampled_from(slips))
    answer = doctors(terminal, " ".join(typed))
    assume((answer.total and scores(answer) != {1}) or name in found(terminal, answer))
    assert answer.total, typed
    assert name in found(terminal, answer), typed
    assert scores(answer) <= {1, 0.8}


@PROFILE
@given(data=st.data())
def test_the_other_layout_finds_it(terminal: Terminal, region: Region, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(full_names(region)))
    typed = [word.lower() for word in words(name)]
    wrong = data.draw(st.sets(st.integers(0, len(typed) - 1), min_size=1))
    for place in wrong:
        typed[place] = typed[place].translate(WRONG)
    answer = doctors(terminal, " ".join(typed))
    assert name in found(terminal, answer), typed
    assert scores(answer) == {0.9}


@PROFILE
@given(data=st.data())
def test_a_slip_with_the_other_layout(terminal: Terminal, region: Region, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([one for one in full_names(region) if len(words(one)[0]) >= 7]))
    word = words(name)[0].lower()
    typed = (word[:3] + word[4:]).translate(WRONG)
    answer = doctors(terminal, typed)
    assume(scores(answer) != {0.9})
    assert name in found(terminal, answer), typed
    assert scores(answer) == {0.7}


@PROFILE
@given(typed=st.text(max_size=60))
def test_whatever_is_typed(terminal: Terminal, typed: str) -> None:
    assume("\0" not in typed)
    typed = typed.encode("utf-8", "replace").decode()
    for kind, name in (
        ("PractitionerRole", "practitioner.name"),
        ("Location", "address"),
        ("Location", "name"),
    ):
        answer = terminal.get(kind, **{name: typed, "fuzzy": "true"})
        assert answer.status in (200, 400)
        if answer.status == 200:
            assert scores(answer) <= {1, 0.9, 0.8, 0.7}
            assert (answer.total > 0) == bool(answer.matches())


@pytest.mark.parametrize("kind", ["Location", "Organization", "HealthcareService"])
def test_names_of_places_and_services(terminal: Terminal, kind: str) -> None:
    name = terminal.get(kind, _count=1).matches()[0]["name"]
    longest = max(words(name), key=len).lower()
    for typed, score in (
        (longest, 1),
        (longest.translate(WRONG), 0.9),
        (longest[:2] + longest[3:], 0.8),
        ((longest[:2] + longest[3:]).translate(WRONG), 0.7),
    ):
        answer = terminal.get(kind, name=typed, fuzzy="true", _count=200)
        names = {one["name"] for page in terminal.pages(answer) for one in page.matches()}
        assert name in names, typed
        assert scores(answer) == {score}, typed


def test_a_service_by_its_name(terminal: Terminal, region: Region) -> None:
    for service in region.services[::23]:
        name = service.resource["name"]
        by_name = terminal.everything(
            "HealthcareService", organization=service.facility, name=name[:5].upper()
        )
        said = [other.resource for other in region.services if other.facility == service.facility]
        wanted = name[:5].lower().split()
        expected = [
            one["id"]
            for one in said
            if all(any(word.lower().startswith(want) for word in words(one["name"])) for want in wanted)
        ]
        assert sorted(one["id"] for one in by_name) == sorted(expected)


def test_what_is_found_as_typed_is_the_same_with_and_without(terminal: Terminal) -> None:
    plain = terminal.get("PractitionerRole", practitioner__name="а", _count=200)
    fuzzy = doctors(terminal, "а")
    assert fuzzy.matches() == plain.matches()
    assert fuzzy.total == plain.total
    assert not any("score" in entry["search"] for entry in plain.body["entry"])
    assert terminal.get("Organization", name="ьщк", fuzzy="false").total == 0


def test_pages_go_on_in_the_same_reading(terminal: Terminal) -> None:
    right = terminal.everything("Organization", name="поликлиника")
    assert len(right) > 4
    for typed, score in (("gjkbrkbybrf", 0.9), ("поликлинка", 0.8), ("gjkbrkbyrf", 0.7)):
        pages = list(terminal.pages(terminal.get("Organization", name=typed, fuzzy="true", _count=3)))
        assert [one for page in pages for one in page.matches()] == right
        assert {page.total for page in pages} == {len(right)}
        assert set.union(*map(scores, pages)) == {score}


def test_other_conditions_stay_as_they_are(terminal: Terminal, region: Region) -> None:
    role = region.roles[5]
    name = role["practitioner"]["display"].split()[0].lower()
    answer = doctors(terminal, name.translate(WRONG), organization=role["organization"]["reference"])
    assert role["id"] in {one["id"] for one in answer.matches()}
    assert {target(one["organization"]) for one in answer.matches()} == {target(role["organization"])}


def test_included_resources_have_no_score(terminal: Terminal) -> None:
    answer = doctors(terminal, "fktrc", _include="PractitionerRole:practitioner")
    assert answer.matches()
    assert answer.included()
    assert not any(
        "score" in one["search"] for one in answer.body["entry"] if one["search"]["mode"] == "include"
    )


def test_whole_words_come_first(terminal: Terminal) -> None:
    """«№ 1» before «№ 10», and a name before those that only begin so."""
    names = [one["name"] for one in terminal.everything("Organization", name="поликлиника 1")]
    whole = ["1" in words(name) for name in names]
    assert whole == sorted(whole, reverse=True)
    assert {True, False} <= set(whole)


def test_numbers_are_read_as_typed(terminal: Terminal) -> None:
    assert terminal.get("Organization", name="поликлиника 999", fuzzy="true").total == 0


@pytest.mark.parametrize("value", ["", "yes", "TRUE", "1"])
def test_a_value_that_is_neither_is_400(terminal: Terminal, value: str) -> None:
    assert "fuzzy" in str(terminal.get("Organization", fuzzy=value).refused(400, "invalid").body)


def test_given_twice_is_400(terminal: Terminal) -> None:
    terminal.send("GET", "/fhir/Organization?fuzzy=true&fuzzy=true").refused(400, "invalid")
