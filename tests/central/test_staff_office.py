"""What administrators and technicians do over HTTP (api.md section 16, R39, R40)."""

from typing import Any

import pytest
import staff_desk
import tiny_region
from running_registry import Clock, Registry
from staff_desk import PASSWORD

from kiosk.central.staff.account import StaffRole


@pytest.fixture
def chief(registry: Registry) -> str:
    """The token of an administrator."""
    return staff_desk.hire(registry, StaffRole.ADMINISTRATOR, login="chief")


def audited(registry: Registry, chief: str, **query: str) -> list[tuple[str, str]]:
    """(login or who, kind), the newest first."""
    answer = registry.get("/staff/audit", token=chief, params=query)
    assert answer.status_code == 200, answer.text
    return [(line["login"] or line["who"], line["kind"]) for line in answer.json()["lines"]]


def test_an_account_is_made_changed_and_closed(registry: Registry, chief: str) -> None:
    body = {"login": "Desk", "name": "Петрова Анна", "role": "registrar", "facility": "f1"}
    made = registry.post("/staff/accounts", token=chief, json=body)
    assert made.status_code == 201
    assert made.json().keys() == {"login", "password"}
    token = staff_desk.token(staff_desk.change_password(registry, "desk", made.json()["password"], PASSWORD))
    changed = registry.patch("/staff/accounts/desk", token=chief, json={"role": "operator"}).json()
    assert (changed["role"], changed["facility"]) == ("operator", "")
    assert registry.get("/fhir/Location", token=token).status_code == 401
    closed = registry.patch("/staff/accounts/desk", token=chief, json={"disabled": True}).json()
    assert closed["disabled"] == "2026-03-02T09:00:00+03:00"
    assert staff_desk.try_in(registry, "desk", PASSWORD).status_code == 400
    opened = registry.patch("/staff/accounts/desk", token=chief, json={"disabled": False}).json()
    assert opened["disabled"] is None
    reset = registry.post("/staff/accounts/desk/reset", token=chief, json={}).json()
    assert staff_desk.try_in(registry, "desk", PASSWORD).json() == {"error": "invalid_grant"}
    assert staff_desk.change_password(registry, "desk", reset["password"], PASSWORD).status_code == 200
    listed = registry.get("/staff/accounts", token=chief).json()["accounts"]
    assert [(one["login"], one["role"]) for one in listed] == [
        ("chief", "administrator"),
        ("desk", "operator"),
    ]
    assert not [one for one in listed if "password" in str(one)]
    told = audited(registry, chief, account="chief")
    assert [kind for _, kind in reversed(told)] == [
        "password",
        "create",
        "role",
        "disable",
        "enable",
        "reset",
    ]


def test_a_terminal_is_let_in_and_ended(registry: Registry, chief: str) -> None:
    technician = staff_desk.hire(registry, StaffRole.TECHNICIAN)
    made = registry.post("/staff/terminals", token=technician, json={"name": "второй этаж"})
    assert made.status_code == 201
    credential = made.json()["credential"]
    assert registry.get("/fhir/Location", token=credential).status_code == 200
    again = registry.post("/staff/terminals", token=technician, json={"name": "второй этаж"})
    assert again.status_code == 400
    listed = registry.get("/staff/terminals", token=technician).json()["terminals"]
    (id,) = [one["id"] for one in listed if one["name"] == "второй этаж"]
    for _ in range(2):
        ended = registry.post(f"/staff/terminals/{id}/revoke", token=technician, json={})
        assert [one["revoked"] is None for one in ended.json()["terminals"] if one["id"] == id] == [False]
    assert registry.get("/fhir/Location", token=credential).status_code == 401
    told = audited(registry, chief, account="technician-region")
    assert [kind for _, kind in reversed(told)] == ["password", "enroll", "revoke", "revoke"]


def test_the_audit_by_time_account_and_patient(registry: Registry, chief: str, clock: Clock) -> None:
    anna = registry.sign_in(tiny_region.ANNA)
    clock.forward(60)
    assert registry.get("/fhir/Patient/p-anna", token=anna).status_code == 200
    of_anna = registry.get("/staff/audit", token=chief, params={"patient": "p-anna"}).json()["lines"]
    assert [(line["kind"], line["record"], line["patient"]) for line in of_anna] == [
        ("read", "Patient/p-anna", "p-anna"),
        ("sign-in", "Patient/p-anna", "p-anna"),
    ]
    assert [line["at"] for line in of_anna] == ["2026-03-02T09:01:00+03:00", "2026-03-02T09:00:00+03:00"]
    later = {"patient": "p-anna", "since": "2026-03-02T09:00:30+03:00"}
    assert [kind for _, kind in audited(registry, chief, **later)] == ["read"] * 2, "its reading is one more"
    earlier = {"patient": "p-anna", "until": "2026-03-02T09:00:30+03:00"}
    assert [kind for _, kind in audited(registry, chief, **earlier)] == ["sign-in"]
    assert audited(registry, chief, account="cli")[-2:] == [("cli", "create"), ("cli", "enroll")]


def test_a_long_audit_goes_on(registry: Registry, chief: str, clock: Clock) -> None:
    anna = registry.sign_in(tiny_region.ANNA)
    for number in range(205):
        registry.get("/fhir/Patient/p-anna", token=anna)
        clock.forward(number % 2)
    first = registry.get("/staff/audit", token=chief, params={"patient": "p-anna"}).json()
    rest = registry.get(
        "/staff/audit", token=chief, params={"patient": "p-anna", "before": first["next"]}
    ).json()
    assert (len(first["lines"]), len(rest["lines"])) == (200, 6)
    assert "next" not in rest
    ids = [line["id"] for line in (*first["lines"], *rest["lines"])]
    assert len(set(ids)) == 206
    assert rest["lines"][-1]["kind"] == "sign-in"


BAD: list[tuple[str, str, Any]] = [
    ("POST", "/staff/accounts", []),
    ("POST", "/staff/accounts", {"login": "desk"}),
    ("POST", "/staff/accounts", {"login": 5, "name": "A", "role": "analyst"}),
    ("POST", "/staff/accounts", {"login": "desk", "name": "A", "role": ["analyst"]}),
    ("POST", "/staff/accounts", {"login": "desk", "name": "A", "role": "patient"}),
    ("POST", "/staff/accounts", {"login": "desk", "name": "A\n", "role": "analyst"}),
    ("POST", "/staff/accounts", {"login": "desk", "name": "A" * 101, "role": "analyst"}),
    ("POST", "/staff/accounts", {"login": "desk", "name": "A", "role": "analyst", "password": "x"}),
    ("POST", "/staff/accounts", {"login": "desk", "name": "A", "role": "analyst", "facility": "f1"}),
    ("POST", "/staff/accounts", {"login": "desk", "name": "A", "role": "registrar", "facility": "f9"}),
    ("POST", "/staff/accounts", {"login": "chief", "name": "A", "role": "analyst"}),
    ("PATCH", "/staff/accounts/chief", {"disabled": "yes"}),
    ("PATCH", "/staff/accounts/chief", {"facility": "f1"}),
    ("PATCH", "/staff/accounts/chief", {"role": "registrar"}),
    ("PATCH", "/staff/accounts/chief", {"name": "B"}),
    ("POST", "/staff/accounts/chief/reset", None),
    ("POST", "/staff/terminals", {"name": ""}),
    ("POST", "/staff/terminals", {"name": "lobby"}),
    ("GET", "/staff/audit?since=yesterday", None),
    ("GET", "/staff/audit?since=2026-03-02T09:00:00%2B03:00&since=2026-03-02T09:00:00%2B03:00", None),
    ("GET", "/staff/audit?colour=red", None),
]


@pytest.mark.parametrize(("method", "path", "body"), BAD)
def test_a_bad_request_changes_nothing(
    registry: Registry, chief: str, method: str, path: str, body: Any
) -> None:
    before = registry.get("/staff/accounts", token=chief).json()
    answer = registry.request(method, path, token=chief, json=body)
    assert (answer.status_code, answer.json()["resourceType"]) == (400, "OperationOutcome")
    assert registry.get("/staff/accounts", token=chief).json() == before


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "/staff/accounts/nobody", {"disabled": True}),
        ("PATCH", "/staff/accounts/nobody", {"role": "analyst"}),
        ("PATCH", "/staff/accounts/nobody", {}),
        ("POST", "/staff/accounts/nobody/reset", {}),
        ("POST", "/staff/terminals/nobody/revoke", {}),
    ],
)
def test_what_is_not_there_is_not_found(
    registry: Registry, chief: str, method: str, path: str, body: Any
) -> None:
    assert registry.request(method, path, token=chief, json=body).status_code == 404


def test_who_ends_their_own_account_is_out(registry: Registry, chief: str) -> None:
    answer = registry.patch("/staff/accounts/chief", token=chief, json={"disabled": True})
    assert answer.status_code == 200
    assert registry.get("/staff/accounts", token=chief).status_code == 401
