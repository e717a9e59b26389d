"""Every role is tried against every route there is, also those that are not its own (R40; api.md section 1).

The table is written out by hand: it says who is let in, whatever the code thinks. A new route without a line fails.
"""

from collections.abc import Iterator

import pytest
import staff_desk
import tiny_region
from databases import Databases, copied
from running_registry import Clock, Registry, running

from kiosk.central import audit, identity
from kiosk.central.app import create_app
from kiosk.central.call import Call, Caller, Refusal
from kiosk.central.frame import Endpoint
from kiosk.central.staff import accounts, permissions
from kiosk.central.staff.account import Staff, StaffRole
from kiosk.central.store import Store

TERMINAL, PATIENT = "terminal", "patient"
NOBODY, LOCAL = "nobody", "this machine"
STAFF = tuple(role.value for role in StaffRole)
CALLERS = (NOBODY, TERMINAL, PATIENT, *STAFF)

#: Who is let in; whoever is not named is refused.
TABLE: dict[tuple[str, ...], str] = {
    CALLERS: """
        GET /health
        GET /fhir/metadata
        POST /auth/revoke
        POST /staff/token
        POST /staff/password
        POST /staff/revoke
        GET /public/organizations
        GET /public/doctors
        GET /public/doctors/{id}
        GET /public/doctors/{id}/calendar.ics
        GET /public/page/{name}
    """,
    STAFF: """
        GET /staff/doctors/{id}/schedule
    """,
    (TERMINAL, PATIENT, *STAFF): """
        GET /fhir/Location
        GET /fhir/Location/{id}
        POST /fhir/Location/_search
        GET /fhir/Organization
        GET /fhir/Organization/{id}
        POST /fhir/Organization/_search
        GET /fhir/HealthcareService
        GET /fhir/HealthcareService/{id}
        POST /fhir/HealthcareService/_search
        GET /fhir/Practitioner
        GET /fhir/Practitioner/{id}
        POST /fhir/Practitioner/_search
        GET /fhir/PractitionerRole
        GET /fhir/PractitionerRole/{id}
        POST /fhir/PractitionerRole/_search
        GET /fhir/PractitionerRole/$availability
        POST /fhir/Appointment/$find
        GET /fhir/Appointment/$found
    """,
    ("registrar", "operator"): """
        POST /staff/patients/search
        GET /staff/patients/{id}/bookings
        POST /staff/bookings
        GET /staff/bookings/{id}
        POST /staff/bookings/{id}/move
        POST /staff/bookings/{id}/cancel
    """,
    ("registrar",): """
        POST /staff/paper-bookings
        GET /staff/requests
        POST /staff/bookings/{id}/approve
        POST /staff/bookings/{id}/refuse
        POST /staff/bookings/{id}/not-come
        POST /staff/bookings/{id}/came
        GET /staff/doctors/{id}/days/{date}
        POST /staff/doctors/{id}/days/{date}/cancel
        POST /staff/doctors/{id}/days/{date}/reopen
        POST /staff/doctors/{id}/days/{date}/move
    """,
    (TERMINAL, PATIENT): """
        GET /fhir/Appointment
        POST /fhir/Appointment/_search
        POST /fhir/Appointment/$hold
        POST /fhir/Appointment/$book
        POST /auth/token
        POST /terminal/events
    """,
    (PATIENT,): """
        POST /fhir/Appointment
        GET /fhir/Appointment/{id}
        GET /fhir/Patient/{id}
        PATCH /fhir/Patient/{id}
        POST /fhir/Patient/{id}/$confirm-contact
        GET /fhir/Communication
        POST /fhir/Communication/_search
        PATCH /fhir/Communication/{id}
    """,
    (): """
        GET /fhir/Patient
        POST /fhir/Patient/_search
        POST /fhir/Patient/$match
    """,
    ("analyst", "administrator"): """
        GET /statistics
        GET /statistics/bookings
        GET /statistics/bookings.csv
        GET /statistics/lead-time
        GET /statistics/lead-time.csv
        GET /statistics/load
        GET /statistics/load.csv
        GET /statistics/unmet-demand
        GET /statistics/unmet-demand.csv
        GET /statistics/waiting
        GET /statistics/waiting.csv
        GET /statistics/funnel
        GET /statistics/funnel.csv
    """,
    ("technician", "administrator"): """
        GET /metrics
        GET /staff/terminals
        POST /staff/terminals
        POST /staff/terminals/{id}/revoke
    """,
    ("administrator",): """
        GET /staff/accounts
        POST /staff/accounts
        PATCH /staff/accounts/{login}
        POST /staff/accounts/{login}/reset
        GET /staff/audit
        GET /staff/facilities/{id}/settings
        PATCH /staff/facilities/{id}/settings
        PATCH /staff/facilities/{id}/settings/{specialty}
    """,
}
#: Says that it comes by a proxy: this machine itself would need no credential for some.
ELSEWHERE = {"X-Forwarded-For": "203.0.113.7"}


def expected() -> dict[str, tuple[str, ...]]:
    lines = [(line.strip(), let_in) for let_in, text in TABLE.items() for line in text.splitlines()]
    assert len({line for line, _ in lines if line}) == len([line for line, _ in lines if line]), "named twice"
    return {line: let_in for line, let_in in lines if line}


@pytest.fixture(scope="module")
def house(
    databases: Databases, tiny_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Registry]:
    with copied(databases, tiny_database, tmp_path_factory.mktemp("house")) as url:
        store, clock = Store(url), Clock(tiny_region.NOW)
        with running(store, clock, identity.enroll(store, "lobby", clock.now)) as registry:
            yield registry
        store.close()


@pytest.fixture(scope="module")
def credentials(house: Registry) -> dict[str, str | None]:
    """One of each: nobody has none."""
    staff = {
        role.value: staff_desk.hire(house, role, "f1" if role is StaffRole.REGISTRAR else "")
        for role in StaffRole
    }
    patient = house.sign_in(tiny_region.ANNA)
    return {NOBODY: None, TERMINAL: house.credential, PATIENT: patient, **staff}


def routes(store: Store) -> list[str]:
    """Every route that the application answers, as it is registered."""
    endpoints = [(one.path, one.endpoint) for one in create_app(store, lambda: 0).routes]  # type: ignore[attr-defined]
    assert all(isinstance(endpoint, Endpoint) for _, endpoint in endpoints)
    return [f"{route.method} {path}" for path, endpoint in endpoints for route in endpoint.routes]


def test_every_route_has_a_line(house: Registry) -> None:
    assert sorted(routes(house.store)) == sorted(expected())


@pytest.mark.parametrize("caller", CALLERS)
def test_nobody_comes_in_but_who_may(
    house: Registry, credentials: dict[str, str | None], caller: str
) -> None:
    wrong = {}
    for line, let_in in expected().items():
        method, path = line.split()
        for name in ("{id}", "{login}", "{name}", "{date}", "{specialty}"):
            path = path.replace(name, "x")
        content = b"" if path.endswith("/_search") else b"{}"
        status = house.request(
            method, path, token=credentials[caller], headers=ELSEWHERE, content=content
        ).status_code
        refused = 401 if caller == NOBODY else 403
        if (status != refused) is not (caller in let_in) or status >= 500:
            wrong[line] = status
    assert wrong == {}


def test_a_token_of_staff_is_none_of_a_patient_or_a_terminal(house: Registry) -> None:
    """Also where it looks like one."""
    for token in ("st.", "st.wrong", "pt.wrong", "st." + "x" * 43):
        assert house.get("/staff/audit", token=token).status_code == 401
        assert house.get("/fhir/Location", token=token).status_code == 401


def test_nobody_may_do_everything_and_everything_may_be_done_by_somebody() -> None:
    assert set().union(*permissions.MAY.values()) == set(permissions.Action)
    assert all(allowed < set(permissions.Action) for allowed in permissions.MAY.values())
    assert permissions.MAY.keys() == set(StaffRole)
    patients = {
        permissions.Action.SEARCH_PATIENTS,
        permissions.Action.READ_BOOKINGS,
        permissions.Action.DOCTOR_DAY,
    }
    for role in (StaffRole.TECHNICIAN, StaffRole.ANALYST, StaffRole.ADMINISTRATOR):
        assert not permissions.MAY[role] & patients, "who looks after the machine sees no patient"


def call(store: Store, role: StaffRole | None, facility_id: str = "") -> Call:
    staff = None if role is None else Staff("a", "login", "Name", role, facility_id)
    return Call(store, Caller("t" if role is None else "", staff=staff), 0, "ru", "")


def test_what_is_of_another_facility_is_not_there(house: Registry) -> None:
    def verdict(one: Call, action: permissions.Action, facility_id: str) -> str:
        try:
            permissions.check(one, action, facility_id)
        except Refusal as refusal:
            return refusal.code
        return "let in"

    at_f1 = call(house.store, StaffRole.REGISTRAR, "f1")
    operator = call(house.store, StaffRole.OPERATOR)
    action = permissions.Action
    assert verdict(at_f1, action.APPROVE, "f1") == "let in"
    assert verdict(at_f1, action.APPROVE, "f2") == "not-found"
    assert verdict(at_f1, action.AUDIT, "f2") == "forbidden"
    assert [verdict(operator, action.BOOK, facility) for facility in ("f1", "f2")] == ["let in"] * 2
    assert verdict(operator, action.APPROVE, "f1") == "forbidden"
    assert verdict(call(house.store, None), action.DIRECTORY, "f1") == "forbidden", "a terminal is no staff"


@pytest.mark.parametrize("change", ["disabled", "demoted", "reset", "password"])
def test_what_was_allowed_ends_at_once(house: Registry, change: str) -> None:
    by, login = audit.Done(house.clock.now), f"chief-{change}"
    tokens = [staff_desk.hire(house, StaffRole.ADMINISTRATOR, login=login)]
    tokens.append(staff_desk.sign_in(house, login))
    assert [house.get("/staff/audit", token=token).status_code for token in tokens] == [200, 200]
    if change == "disabled":
        accounts.disable(house.store, by, login)
    elif change == "demoted":
        accounts.give_role(house.store, by, login, StaffRole.TECHNICIAN)
    elif change == "reset":
        accounts.reset(house.store, by, login)
    else:
        staff_desk.change_password(house, login, staff_desk.PASSWORD, "совсем другой пароль")
    assert [house.get("/staff/audit", token=token).status_code for token in tokens] == [401, 401]


def test_who_was_demoted_signs_in_as_what_they_are_now(house: Registry) -> None:
    staff_desk.hire(house, StaffRole.ADMINISTRATOR, login="was-chief")
    accounts.give_role(house.store, audit.Done(house.clock.now), "was-chief", StaffRole.TECHNICIAN)
    token = staff_desk.sign_in(house, "was-chief")
    assert house.get("/staff/audit", token=token).status_code == 403
    assert house.get("/staff/terminals", token=token).status_code == 200
