"""One-time codes for new contacts, where the region asks for them (api.md section 10, R23)."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import httpx
import pytest
import requests
from booking_region import parameters, refused, valid
from running_registry import Clock, Registry, running
from sqlalchemy import select, update
from test_frame_patient import EMAIL, OWN, PHONE, change, rows, telecom
from tiny_region import ANNA, PAVEL

from kiosk.api_client.client import RegistryClient
from kiosk.central import codes, identity, schema
from kiosk.central.store import Store
from kiosk.errors import Refused
from kiosk.models import Contact

NEW = {"system": "phone", "value": "+7 916 555-00-11"}
SHOWN = {"system": "phone", "value": "+7 *** ***-00-11"}
UNCONFIRMED = {"extension": [{"url": "urn:electronic-registry:unconfirmed", "valueBoolean": True}]}
MINUTE = 60


@pytest.fixture
def asking(store: Store, clock: Clock) -> Iterator[Registry]:
    """A registry of a region that asks for codes."""
    setting = schema.setting
    wanted = update(setting).where(setting.c.name == codes.SETTING).values(value="yes")
    store.write(lambda connection: connection.execute(wanted))
    with running(store, clock, identity.enroll(store, "lobby", clock.now)) as registry:
        yield registry


@pytest.fixture
def anna(asking: Registry) -> str:
    return asking.sign_in(ANNA)


def sent(registry: Registry) -> list[tuple[str, str]]:
    """Address and code of every notice of a code, as who sends it reads them."""
    notice = schema.notice
    query = select(notice).where(notice.c.kind == codes.KIND).order_by(notice.c.not_before)
    with registry.store.read() as connection:
        return [
            (row.address, re.findall("[0-9]{6}", codes.worded(connection, row.id, row.text))[0])
            for row in connection.execute(query).all()
        ]


def last_code(registry: Registry) -> str:
    return sent(registry)[-1][1]


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def confirm(registry: Registry, token: str, code: str = "", path: str = OWN) -> httpx.Response:
    parts = [{"name": "code", "valueString": code}] if code else []
    return registry.post(f"{path}/$confirm-contact", token=token, json=parameters(*parts))


def with_a_new_phone(registry: Registry, token: str) -> str:
    """Anna adds a telephone; the code that was sent there."""
    answer = change(registry, token, [PHONE, EMAIL, NEW])
    assert answer.status_code == 200, answer.text
    return last_code(registry)


def test_a_new_contact_is_confirmed_by_its_code(asking: Registry, anna: str) -> None:
    code = with_a_new_phone(asking, anna)
    assert telecom(asking, anna) == [PHONE, EMAIL, SHOWN | UNCONFIRMED]
    ((address, _code),) = sent(asking)
    assert "+79165550011" in address
    answer = confirm(asking, anna, code)
    assert valid(answer.json())["telecom"] == [PHONE, EMAIL, SHOWN]
    assert (answer.status_code, answer.headers["etag"]) == (200, 'W/"3"')
    repeated = confirm(asking, anna, code)
    assert (repeated.status_code, repeated.json()) == (200, answer.json()), "a lost answer"


def test_the_code_is_nowhere_to_be_read(
    asking: Registry, anna: str, caplog: pytest.LogCaptureFixture
) -> None:
    """R39: neither in the store, nor in the cabinet, nor in what is logged."""
    caplog.set_level("DEBUG")
    code = with_a_new_phone(asking, anna)
    confirm(asking, anna, code)
    with asking.store.read() as connection:
        stored = [
            str(row) for table in schema.metadata.sorted_tables for row in connection.execute(select(table))
        ]
    assert stored
    assert not [row for row in stored if re.search(rf"(?<![0-9a-f]){code}(?![0-9a-f])", row)]
    assert code not in caplog.text


def test_who_was_there_before_is_told_and_who_never_confirmed_is_not(asking: Registry, anna: str) -> None:
    with_a_new_phone(asking, anna)
    other = {"system": "phone", "value": "+79165550022"}
    assert change(asking, anna, [PHONE, EMAIL, other], match='W/"2"').status_code == 200
    told = [row["address"] for row in rows(asking, schema.notice) if row["kind"] == "contacts-changed"]
    assert len(told) == 4
    assert not [address for address in told if "+79165550011" in address]


def test_nothing_is_asked_where_the_region_does_not(registry: Registry) -> None:
    anna = registry.sign_in(ANNA)
    assert change(registry, anna, [PHONE, EMAIL, NEW]).status_code == 200
    assert telecom(registry, anna) == [PHONE, EMAIL, SHOWN]
    assert sent(registry) == []


def test_the_same_in_full_is_not_confirmed_by_that(asking: Registry, anna: str) -> None:
    with_a_new_phone(asking, anna)
    assert change(asking, anna, [PHONE, NEW], match='W/"2"').status_code == 200
    assert telecom(asking, anna) == [PHONE, SHOWN | UNCONFIRMED]
    assert len(sent(asking)) == 1


def test_five_wrong_codes_and_the_right_one_is_refused(asking: Registry, anna: str, clock: Clock) -> None:
    code = with_a_new_phone(asking, anna)
    for _ in range(5):
        assert refused(confirm(asking, anna, wrong(code))) == (400, "invalid")
    answer = confirm(asking, anna, code)
    assert refused(answer) == (429, "too-many")
    assert answer.headers["retry-after"] == str(15 * MINUTE)
    clock.forward(15 * MINUTE)
    anna = asking.sign_in(ANNA)
    assert refused(confirm(asking, anna, code)) == (400, "invalid"), "it is old by now"
    assert confirm(asking, anna).status_code == 200
    assert confirm(asking, anna, last_code(asking)).status_code == 200


def test_a_code_is_good_for_fifteen_minutes(asking: Registry, anna: str, clock: Clock) -> None:
    code = with_a_new_phone(asking, anna)
    clock.forward(15 * MINUTE - 1)
    assert confirm(asking, asking.sign_in(ANNA), code).status_code == 200


def test_it_is_sent_again_once_a_minute_and_not_too_often(asking: Registry, anna: str, clock: Clock) -> None:
    first = with_a_new_phone(asking, anna)
    answer = confirm(asking, anna)
    assert refused(answer) == (429, "too-many")
    assert answer.headers["retry-after"] == str(MINUTE)
    for _ in range(4):
        clock.forward(MINUTE)
        anna = asking.sign_in(ANNA)
        assert confirm(asking, anna).status_code == 200
    clock.forward(MINUTE)
    assert refused(confirm(asking, anna)) == (429, "too-many")
    assert len({code for _, code in sent(asking)}) > 1
    assert confirm(asking, anna, first).status_code == 200, "whichever message came first"


def test_too_many_new_contacts_change_nothing(asking: Registry, anna: str) -> None:
    many = [{"system": "email", "value": f"anna{number}@example.ru"} for number in range(6)]
    assert refused(change(asking, anna, many)) == (429, "too-many")
    assert telecom(asking, anna) == [PHONE, EMAIL]
    assert sent(asking) == []


def test_the_code_of_one_is_nothing_to_another(asking: Registry, anna: str) -> None:
    code = with_a_new_phone(asking, anna)
    pavel = asking.sign_in(PAVEL, token=asking.enroll("other"))
    assert refused(confirm(asking, pavel, code)) == (404, "not-found")
    assert refused(confirm(asking, pavel, code, f"/fhir/Patient/{PAVEL.id}")) == (400, "invalid")


def test_a_terminal_confirms_what_its_patient_entered(asking: Registry) -> None:
    """By the client that terminals have."""
    with requests.Session() as session:
        session.trust_env = False
        terminal = RegistryClient(asking.base, asking.credential, session)
        token = terminal.identify(
            ANNA.policy_number, date.fromisoformat(ANNA.birth_date), ANNA.document_number
        )
        before = terminal.patient(token)
        changed = terminal.set_contacts(before, token, (*before.contacts, Contact("phone", "+79165550011")))
        assert [one.unconfirmed for one in changed.contacts] == [False, False, True]
        code = last_code(asking)
        with pytest.raises(Refused, match="invalid"):
            terminal.confirm_contact(token, wrong(code))
        confirmed = terminal.confirm_contact(token, code)
        assert [one.unconfirmed for one in confirmed.contacts] == [False, False, False]


@pytest.mark.parametrize(
    "part",
    [
        {"name": "code", "valueString": 5},
        {"name": "code", "valueString": "ё"},
        {"name": "other", "valueString": "1"},
    ],
)
def test_what_is_no_code(asking: Registry, anna: str, part: dict[str, Any]) -> None:
    with_a_new_phone(asking, anna)
    answer = asking.post(f"{OWN}/$confirm-contact", token=anna, json=parameters(part))
    assert refused(answer) == (400, "invalid")
