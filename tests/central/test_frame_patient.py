"""A patient's own record and its contacts (api.md section 10, R10, R14, R15, R23)."""

from typing import Any

import pytest
from running_registry import Registry
from sqlalchemy import select
from tiny_region import ANNA, CHILD, PAVEL

from kiosk.central import schema

OWN = f"/fhir/Patient/{ANNA.id}"
PHONE = {"system": "phone", "value": "+7 *** ***-45-67"}
EMAIL = {"system": "email", "value": "a***@example.ru"}
PATCH = {"Content-Type": "application/json-patch+json"}


@pytest.fixture
def anna(registry: Registry) -> str:
    return registry.sign_in(ANNA)


@pytest.fixture(scope="module")
def steady_anna(steady: Registry) -> str:
    return steady.sign_in(ANNA)


def change(registry: Registry, token: str, value: Any, *, op: str = "replace", match: str = 'W/"1"'):
    headers = {**PATCH, **({"If-Match": match} if match else {})}
    return registry.patch(
        OWN, token=token, headers=headers, json=[{"op": op, "path": "/telecom", "value": value}]
    )


def rows(registry: Registry, table) -> list:
    with registry.store.read() as connection:
        return list(connection.execute(select(table)).mappings())


def telecom(registry: Registry, token: str) -> list:
    return registry.get(OWN, token=token).json().get("telecom", [])


def test_the_record_shows_what_section_10_says(registry: Registry, anna: str) -> None:
    answer = registry.get(OWN, token=anna)
    assert answer.headers["etag"] == 'W/"1"'
    extension = "urn:electronic-registry:"
    assert answer.json() == {
        "resourceType": "Patient",
        "id": ANNA.id,
        "meta": {"versionId": "1"},
        "name": [{"use": "official", "family": "Петрова", "given": ["Анна", "Ильинична"]}],
        "gender": "female",
        "birthDate": "1980",
        "telecom": [PHONE, EMAIL],
        "managingOrganization": {"reference": "Organization/f1", "display": "Поликлиника № 1"},
        "generalPractitioner": [
            {"reference": "PractitionerRole/r-therapist", "display": "Соколова Елена Андреевна"}
        ],
        "extension": [
            {
                "url": extension + "card",
                "valueReference": {"reference": "Organization/f1", "display": "Поликлиника № 1"},
            },
            {
                "url": extension + "dispensary",
                "valueCoding": {
                    "system": extension + "specialty",
                    "code": "cardiologist",
                    "display": "Кардиолог",
                },
            },
        ],
    }


def test_what_is_not_there_is_left_out(registry: Registry) -> None:
    record = registry.get(f"/fhir/Patient/{CHILD.id}", token=registry.sign_in(CHILD)).json()
    assert not {"telecom", "extension"} & set(record)


@pytest.mark.parametrize("id", [PAVEL.id, "p-unknown", "a%20b", "%00", "x" * 65, "%D0%B0"])
def test_everything_of_another_is_not_found(steady: Registry, steady_anna: str, id: str) -> None:
    headers = {**PATCH, "If-Match": 'W/"1"'}
    assert steady.get(f"/fhir/Patient/{id}", token=steady_anna).status_code == 404
    assert steady.patch(f"/fhir/Patient/{id}", token=steady_anna, json=[], headers=headers).status_code == 404


def test_a_mask_means_unchanged_and_the_rest_is_new(registry: Registry, anna: str) -> None:
    new = {"system": "email", "value": "Anna.New@Example.RU"}
    answer = change(registry, anna, [PHONE, new])
    assert answer.status_code == 200
    assert answer.headers["etag"] == 'W/"2"'
    assert answer.json()["telecom"] == [PHONE, {"system": "email", "value": "A***@example.ru"}]
    stored = rows(registry, schema.patient.c.telecom)
    assert '"value":"+79161234567"' in str(stored)
    assert '"value":"Anna.New@example.ru"' in str(stored)


def test_every_earlier_contact_is_told(registry: Registry, anna: str) -> None:
    """The old contact is told, at its old address, and so is the cabinet (R25)."""
    change(registry, anna, [{"system": "phone", "value": "8 (916) 765-43-21"}])
    notices = rows(registry, schema.notice)
    assert {notice["address"] for notice in notices} == {
        '{"system":"phone","value":"+79161234567"}',
        '{"system":"email","value":"anna@example.ru"}',
    }
    assert all(notice["kind"] == "contacts-changed" for notice in notices)
    assert all(notice["text"].startswith("Ваши контактные данные") for notice in notices)
    assert all(notice["not_before"] == registry.clock.now for notice in notices)
    found = registry.get(f"/fhir/Communication?recipient={ANNA.id}", token=anna).json()
    assert found["total"] == 1
    assert found["entry"][0]["resource"]["payload"][0]["contentString"].startswith("Ваши контактные данные")


@pytest.mark.parametrize("value", [[PHONE, EMAIL], [{"system": "phone", "value": "+7 916 123-45-67"}, EMAIL]])
def test_nothing_changed_is_no_new_version(registry: Registry, anna: str, value: list) -> None:
    assert change(registry, anna, value).headers["etag"] == 'W/"1"'
    assert rows(registry, schema.notice) == []


def test_notices_can_be_switched_off_and_stay_off(registry: Registry, anna: str) -> None:
    off = [{"url": "urn:electronic-registry:notices", "valueBoolean": False}]
    assert change(registry, anna, [{**PHONE, "extension": off}, EMAIL]).json()["telecom"][0] == {
        **PHONE,
        "extension": off,
    }
    assert rows(registry, schema.notice) == []
    assert change(registry, anna, [PHONE], match='W/"2"').json()["telecom"] == [{**PHONE, "extension": off}]


def test_all_contacts_can_be_removed_and_added(registry: Registry, anna: str) -> None:
    headers = {**PATCH, "If-Match": 'W/"1"'}
    answer = registry.patch(OWN, token=anna, headers=headers, json=[{"op": "remove", "path": "/telecom"}])
    assert (answer.status_code, telecom(registry, anna)) == (200, [])
    new = [{"system": "phone", "value": "9161112233", "use": "mobile"}]
    assert change(registry, anna, new, op="add", match='"2"').status_code == 200
    assert telecom(registry, anna) == [{"system": "phone", "value": "+7 *** ***-22-33"}]


@pytest.mark.parametrize(
    ("match", "status", "code"),
    [("", 428, None), ('W/"2"', 412, "version-conflict"), ("1", 400, "invalid"), ('W/"7", W/"1"', 200, None)],
)
def test_the_version_must_be_named_and_present(
    registry: Registry, anna: str, match: str, status: int, code: str | None
) -> None:
    answer = change(registry, anna, [EMAIL], match=match)
    assert answer.status_code == status
    if code:
        assert answer.json()["issue"][0]["details"]["coding"][0]["code"] == code


@pytest.mark.parametrize(
    "value",
    [
        None,
        {},
        "x",
        [None],
        [{}],
        [[PHONE]],
        [{"system": "phone"}],
        [{"system": "phone", "value": None}],
        [{"system": "phone", "value": 79161234567}],
        [{"system": "phone", "value": "+7 *** ***-00-00"}],
        [{"system": "phone", "value": "a***@example.ru"}],
        [PHONE, PHONE],
        [{"system": "phone", "value": "*"}],
        [{"system": "phone", "value": "123"}],
        [{"system": "phone", "value": "+7916123456"}],
        [{"system": "phone", "value": "+791612345678"}],
        [{"system": "phone", "value": "٨٩١٦١٢٣٤٥٦٧"}],
        [{"system": "email", "value": "anna"}],
        [{"system": "email", "value": "anna@"}],
        [{"system": "email", "value": "anna@example"}],
        [{"system": "email", "value": "an na@example.ru"}],
        [{"system": "email", "value": "a@b@example.ru"}],
        [{"system": "email", "value": "anna@example.ru\nBcc: x@y.ru"}],
        [{"system": "email", "value": "x" * 300 + "@example.ru"}],
        [{"system": "fax", "value": "+79161234567"}],
        [{"system": [], "value": "+79161234567"}],
        [{**EMAIL, "rank": 1}],
        [{**EMAIL, "extension": {}}],
        [{**EMAIL, "extension": [{"url": "urn:other", "valueBoolean": True}]}],
        [{**EMAIL, "extension": [{"url": "urn:electronic-registry:notices", "valueBoolean": "no"}]}],
        [{"system": "phone", "value": f"+791612345{number}"} for number in range(10, 21)],
    ],
)
def test_what_is_no_phone_and_no_e_mail_is_refused(steady: Registry, steady_anna: str, value: Any) -> None:
    answer = change(steady, steady_anna, value)
    assert answer.status_code == 400, answer.text
    assert telecom(steady, steady_anna) == [PHONE, EMAIL]


@pytest.mark.parametrize(
    "patch",
    [
        [],
        {},
        "x",
        [None],
        [{"op": "replace", "path": "/name", "value": []}],
        [{"op": "replace", "path": "/telecom/0", "value": PHONE}],
        [{"op": "add", "path": "/telecom/-", "value": PHONE}],
        [{"op": "test", "path": "/telecom", "value": []}],
        [{"op": "move", "from": "/name", "path": "/telecom"}],
        [{"op": [], "path": "/telecom"}],
        [{"op": "remove", "path": "/telecom"}] * 11,
    ],
)
def test_only_telecom_as_a_whole_is_patched(steady: Registry, steady_anna: str, patch: Any) -> None:
    headers = {**PATCH, "If-Match": 'W/"1"'}
    assert steady.patch(OWN, token=steady_anna, json=patch, headers=headers).status_code == 400
    assert telecom(steady, steady_anna) == [PHONE, EMAIL]
