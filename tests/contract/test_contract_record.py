"""api.md section 10, R10, R23, R39: the patient's record and contacts."""

import re
from typing import Any

import pytest
from contract_people import Region, extensions, target
from contract_wire import Answer, Visitor

Json = Any
PATCH = "application/json-patch+json"


class TestRecord:
    def test_tells_name_attachment_and_area_doctor(self, anybody: Visitor, region: Region) -> None:
        record = anybody.get(f"Patient/{anybody.patient}").ok().body
        assert record["id"] == anybody.patient
        name = record["name"][0]
        assert anybody.person.name.split() == [name["family"], *name["given"]]
        assert target(record["managingOrganization"]) in {one["id"] for one in region.organizations}
        doctor = record["generalPractitioner"][0]["reference"]
        assert doctor.startswith("PractitionerRole/")
        assert target({"reference": doctor}) in {role["id"] for role in region.roles}
        assert record["gender"] in ("male", "female")

    def test_tells_the_birth_year_only(self, anybody: Visitor) -> None:
        record = anybody.get(f"Patient/{anybody.patient}").ok().body
        assert record["birthDate"] == anybody.person.birth_date[:4]

    def test_tells_neither_policy_nor_document(self, anybody: Visitor) -> None:
        """R39: only what section 10 lists."""
        text = str(anybody.get(f"Patient/{anybody.patient}").ok().body)
        assert anybody.person.policy_number not in text
        assert anybody.person.document_number not in text
        assert anybody.person.birth_date not in text

    def test_cards_and_observation_of_all_people(self, region: Region) -> None:
        """R10, section 13: as their situations say."""
        organizations = {one["id"] for one in region.organizations}
        for person in region.people:
            cards = {target(card) for card in extensions(person.record, "card")}
            assert cards <= organizations
            if person.situation in ("adult", "child", "no-card"):
                assert person.home
            if person.situation == "no-attachment":
                assert cards
                assert not person.home
            if person.situation == "no-card":
                assert not cards
            if person.situation == "newcomer":
                assert not person.known_at
            if person.situation == "dispensary":
                assert person.observed

    def test_some_adults_have_cards_in_several_facilities(self, region: Region) -> None:
        """R12, section 13."""
        counts = {len(extensions(person.record, "card")) for person in region.adults}
        assert counts > {1, 2}

    def test_adults_have_an_area_doctor_where_they_are_attached(self, region: Region) -> None:
        """R14."""
        facilities = {role["id"]: target(role["organization"]) for role in region.roles}
        for person in region.adults:
            (doctor,) = person.record["generalPractitioner"]
            assert facilities[target(doctor)] == person.home

    def test_contacts_are_masked(self, region: Region) -> None:
        """`+7 *** ***-12-34`, `i***@example.ru`."""
        contacts = [contact for person in region.people for contact in person.record.get("telecom", [])]
        assert contacts
        for contact in contacts:
            mask = {"phone": r"\+\d \*\*\* \*\*\*-\d\d-\d\d", "email": r"\w\*\*\*@[\w.-]+"}[contact["system"]]
            assert re.fullmatch(mask, contact["value"]), contact["value"]


def change(visitor: Visitor, patch: Json, version: str | None = "now", **headers: str) -> Answer:
    """`PATCH Patient/{id}` with the present version, another one, or none."""
    if version == "now":
        version = visitor.get(f"Patient/{visitor.patient}").ok().body["meta"]["versionId"]
    sent = {
        "Content-Type": PATCH,
        **({"If-Match": f'W/"{version}"'} if version is not None else {}),
        **headers,
    }
    return visitor.send("PATCH", f"/fhir/Patient/{visitor.patient}", json=patch, headers=sent)


def telecom(visitor: Visitor) -> list[Json]:
    found: list[Json] = visitor.get(f"Patient/{visitor.patient}").ok().body.get("telecom", [])
    return found


def replace(*contacts: Json) -> Json:
    return [{"op": "add", "path": "/telecom", "value": list(contacts)}]


PHONE = {"system": "phone", "value": "+7 912 345-67-89"}
EMAIL = {"system": "email", "value": "ivanova@example.ru"}


class TestContacts:
    """R23: JSON Patch of `/telecom` as a whole."""

    def test_added_and_shown_masked(self, visitor: Visitor) -> None:
        changed = change(visitor, replace(PHONE, EMAIL)).ok().body
        assert changed["resourceType"] == "Patient"
        assert [one["value"] for one in telecom(visitor)] == ["+7 *** ***-67-89", "i***@example.ru"]
        assert changed["telecom"] == telecom(visitor)

    def test_the_version_changes(self, visitor: Visitor) -> None:
        before = visitor.get(f"Patient/{visitor.patient}").ok().body["meta"]["versionId"]
        after = change(visitor, replace(PHONE)).ok().body["meta"]["versionId"]
        assert after != before

    @pytest.mark.parametrize("operation", ["add", "replace"])
    def test_add_and_replace(self, visitor: Visitor, operation: str) -> None:
        change(visitor, replace(PHONE)).ok()
        change(visitor, [{"op": operation, "path": "/telecom", "value": [EMAIL]}]).ok()
        assert [one["system"] for one in telecom(visitor)] == ["email"]

    def test_remove(self, visitor: Visitor) -> None:
        change(visitor, replace(PHONE)).ok()
        change(visitor, [{"op": "remove", "path": "/telecom"}]).ok()
        assert telecom(visitor) == []

    def test_a_mask_shown_means_unchanged(self, visitor: Visitor) -> None:
        change(visitor, replace(PHONE, EMAIL)).ok()
        shown = telecom(visitor)
        change(visitor, replace(shown[0], {"system": "email", "value": "petrova@example.ru"})).ok()
        assert [one["value"] for one in telecom(visitor)] == ["+7 *** ***-67-89", "p***@example.ru"]

    @pytest.mark.parametrize("mask", ["+7 *** ***-00-00", "x***@example.ru", "*", "+7 912 *** 67 89"])
    def test_any_other_mask_is_400(self, visitor: Visitor, mask: str) -> None:
        change(visitor, replace(PHONE)).ok()
        before = telecom(visitor)
        system = "email" if "@" in mask else "phone"
        change(visitor, replace({"system": system, "value": mask})).refused(400, "invalid")
        assert telecom(visitor) == before

    @pytest.mark.parametrize(
        "contact",
        [
            {"system": "phone", "value": "call me"},
            {"system": "phone", "value": "12"},
            {"system": "phone", "value": ""},
            {"system": "email", "value": "ivanova"},
            {"system": "email", "value": "@example.ru"},
            {"system": "email", "value": "a b@example.ru"},
            {"system": "pager", "value": "+7 912 345-67-89"},
            {"value": "+7 912 345-67-89"},
            {"system": "phone"},
            {"system": "phone", "value": 79123456789},
            "text",
            None,
        ],
    )
    def test_neither_phone_nor_email_is_400(self, anybody: Visitor, contact: Json) -> None:
        change(anybody, replace(contact)).refused(400, "invalid")

    @pytest.mark.parametrize(
        "patch",
        [
            [{"op": "replace", "path": "/name", "value": []}],
            [{"op": "add", "path": "/telecom/0", "value": PHONE}],
            [{"op": "add", "path": "/telecom/-", "value": PHONE}],
            [{"op": "test", "path": "/telecom", "value": []}],
            [{"op": "move", "path": "/telecom", "from": "/name"}],
            [{"op": "add", "path": "/telecom"}],
            [{"op": "add", "path": "/telecom", "value": PHONE}],
            [{"op": "replace", "path": "/birthDate", "value": "1980"}],
            {"op": "add", "path": "/telecom", "value": [PHONE]},
            [],
            ["x"],
        ],
    )
    def test_only_telecom_as_a_whole(self, anybody: Visitor, patch: Json) -> None:
        before = anybody.get(f"Patient/{anybody.patient}").ok().body
        change(anybody, patch).refused(400, "invalid")
        assert anybody.get(f"Patient/{anybody.patient}").ok().body == before

    def test_without_if_match_is_428(self, anybody: Visitor) -> None:
        change(anybody, replace(PHONE), version=None).refused(428)

    def test_of_a_stale_version_is_412(self, visitor: Visitor) -> None:
        version = visitor.get(f"Patient/{visitor.patient}").ok().body["meta"]["versionId"]
        change(visitor, replace(PHONE), version=version).ok()
        change(visitor, replace(EMAIL), version=version).refused(412, "version-conflict")
        assert [one["system"] for one in telecom(visitor)] == ["phone"]

    def test_a_terminal_alone_changes_nothing(self, visitor: Visitor) -> None:
        path = f"/fhir/Patient/{visitor.patient}"
        headers = {"Content-Type": PATCH, "If-Match": 'W/"1"'}
        visitor.terminal.send("PATCH", path, json=replace(PHONE), headers=headers).refused(403, "forbidden")

    def test_notices_may_be_refused_for_a_contact(self, visitor: Visitor) -> None:
        """An entry may carry extension `notices` = false (true turns it on again)."""
        url = "urn:electronic-registry:notices"
        silent = {**PHONE, "extension": [{"url": url, "valueBoolean": False}]}
        change(visitor, replace(silent)).ok()
        [shown] = telecom(visitor)
        assert extensions(shown, "notices") == [False]
        change(visitor, replace({**shown, "extension": [{"url": url, "valueBoolean": True}]})).ok()
        assert False not in extensions(telecom(visitor)[0], "notices")
