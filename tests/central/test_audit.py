"""Each access to personal data leaves a line in the audit, and nothing else does (R39, R40)."""

from collections.abc import Callable
from typing import Any

import pytest
import staff_desk
import tiny_region
from booking_region import Hall, Terminal, free_id, new_identifier, only
from import_office import Office
from running_registry import Clock, Registry, url_of
from sqlalchemy import select, update
from test_waiting_list import SERVICE, joined, told
from tiny_region import ANNA, PAVEL

from kiosk.central import audit, cli, codes, import_cli, schema
from kiosk.central.app import create_app
from kiosk.central.staff.account import StaffRole
from kiosk.central.store import Store

PATCH = {"Content-Type": "application/json-patch+json", "If-Match": "*"}
DATABASE = "--database"


def lines(registry: Registry) -> list[tuple[str, str, str]]:
    """Kind, record and patient of each, the oldest first."""
    with registry.store.read() as connection:
        columns = (schema.audit.c.kind, schema.audit.c.record, schema.audit.c.patient_id)
        ordered = select(*columns).order_by(schema.audit.c.at, schema.audit.c.id)
        return [tuple(row) for row in connection.execute(ordered)]


def new_lines(registry: Registry, act: Callable[[], Any]) -> list[tuple[str, str, str]]:
    before = len(lines(registry))
    act()
    return lines(registry)[before:]


@pytest.fixture
def anna(hall: Hall) -> Terminal:
    return hall.terminal().identified(ANNA)


def patch(terminal: Terminal, path: str, *steps: dict[str, Any]) -> None:
    answer = terminal.registry.patch(f"/fhir/{path}", token=terminal.token, json=list(steps), headers=PATCH)
    assert answer.status_code == 200, answer.text


# --- what patients do --------------------------------------------------------------------------------------------


def test_what_a_patient_reads_is_noted_before_it_is_told(anna: Terminal) -> None:
    booking = only(anna.book(free_id("r-therapist", 3)))
    (message,) = told(anna)
    registry = anna.registry
    of_anna = ANNA.id
    reads = [
        (f"Patient/{ANNA.id}", {}, ("read", f"Patient/{ANNA.id}", of_anna)),
        (f"Appointment/{booking['id']}", {}, ("read", f"Appointment/{booking['id']}", of_anna)),
        ("Appointment", {"patient": ANNA.id}, ("search", "Appointment", of_anna)),
        ("Communication", {"recipient": ANNA.id}, ("search", "Communication", of_anna)),
    ]
    for path, query, line in reads:
        assert new_lines(registry, lambda path=path, query=query: anna.get(path, **query)) == [line]
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for kind, query in (("Appointment", f"patient={ANNA.id}"), ("Communication", f"recipient={ANNA.id}")):
        asked = f"/fhir/{kind}/_search"
        assert new_lines(
            registry,
            lambda asked=asked, query=query: registry.post(
                asked, token=anna.token, content=query, headers=form
            ),
        ) == [("search", kind, of_anna)]
    received = {"op": "add", "path": "/received", "value": "2026-03-02T09:00:00+03:00"}
    id = message["id"]
    assert new_lines(registry, lambda: patch(anna, f"Communication/{id}", received)) == [
        ("received", f"Communication/{id}", of_anna)
    ]
    assert new_lines(registry, lambda: patch(anna, f"Communication/{id}", received)) == []


def test_what_a_patient_changes_is_noted(hall: Hall) -> None:
    registry, taken = hall.registry, new_identifier()
    assert new_lines(registry, lambda: hall.terminal().identified(ANNA)) == [
        ("sign-in", f"Patient/{ANNA.id}", ANNA.id)
    ]
    anna = hall.terminal().identified(ANNA)
    first, other = free_id("r-therapist", 3), free_id("r-therapist", 4)
    booking: dict[str, Any] = {}

    def line(kind: str) -> list[tuple[str, str, str]]:
        return [(kind, f"Appointment/{booking['id']}", ANNA.id)]

    assert new_lines(registry, lambda: anna.hold(first)) == [], "a hold ends by itself, and tells nothing"
    assert new_lines(registry, lambda: booking.update(only(anna.book(first)))) == line("booked")
    assert new_lines(registry, lambda: booking.update(only(anna.move(booking, other)))) == line("moved")
    assert new_lines(registry, lambda: only(anna.cancel(booking["id"]))) == line("cancelled")
    assert new_lines(registry, lambda: only(anna.cancel(booking["id"]))) == [], "nothing is changed twice"
    third = free_id("r-second", 5)
    assert new_lines(registry, lambda: booking.update(only(anna.book(third, taken)))) == line("booked")
    assert new_lines(registry, lambda: anna.anonymous().take_back(taken)) == line("cancelled")
    assert new_lines(registry, lambda: booking.update(joined(anna.wait(SERVICE)))) == line("waitlisted")
    assert new_lines(registry, lambda: only(anna.cancel(booking["id"]))) == line("waiting-left")


def test_contacts_and_their_codes_are_noted(hall: Hall) -> None:
    registry = hall.registry
    registry.store.write(
        lambda connection: connection.execute(
            update(schema.setting).where(schema.setting.c.name == codes.SETTING).values(value="yes")
        )
    )
    anna = hall.terminal().identified(ANNA)
    new = {"op": "replace", "path": "/telecom", "value": [{"system": "phone", "value": "+79165550011"}]}
    line = ("change", f"Patient/{ANNA.id}", ANNA.id)
    assert new_lines(registry, lambda: patch(anna, f"Patient/{ANNA.id}", new)) == [line]
    with registry.store.read() as connection:
        id = connection.scalars(select(schema.notice.c.id).where(schema.notice.c.kind == codes.KIND)).one()
        code = codes.worded(connection, id, codes.PLACE)

    def confirm(*parts: dict[str, Any]) -> None:
        body = {"resourceType": "Parameters", "parameter": list(parts)}
        path = f"/fhir/Patient/{ANNA.id}/$confirm-contact"
        assert registry.post(path, token=anna.token, json=body).status_code == 200

    hall.registry.clock.forward(61)  # type: ignore[attr-defined]
    assert new_lines(registry, confirm) == [("code", f"Patient/{ANNA.id}", ANNA.id)]
    assert new_lines(registry, lambda: confirm({"name": "code", "valueString": code})) == [line]


def test_what_is_refused_and_what_anybody_may_know_is_not_noted(anna: Terminal) -> None:
    registry = anna.registry
    registry_asks = [
        lambda: anna.get(f"Patient/{PAVEL.id}"),
        lambda: anna.get("Appointment", patient=PAVEL.id),
        lambda: anna.get("Location"),
        lambda: anna.get(
            "PractitionerRole/$availability", organization="f1", **{"from": "2026-03-03", "to": "2026-03-04"}
        ),
        lambda: anna.book("unknown"),
        lambda: registry.get("/health"),
    ]
    for ask in registry_asks:
        assert new_lines(registry, ask) == []


def test_a_line_names_who_and_no_more_than_ids(hall: Hall) -> None:
    """Nothing of a record: neither names nor numbers nor addresses."""
    anna = hall.terminal("second").identified(ANNA)
    anna.get(f"Patient/{ANNA.id}")
    only(anna.book(free_id("r-therapist", 3)))
    with hall.registry.store.read() as connection:
        terminal = connection.scalars(
            select(schema.terminal.c.id).where(schema.terminal.c.name == "second")
        ).one()
        rows = connection.execute(select(schema.audit).where(schema.audit.c.patient_id == ANNA.id)).all()
        row = connection.execute(select(schema.patient).where(schema.patient.c.id == ANNA.id)).one()
    assert {one.who for one in rows} == {f"terminal:{terminal}"}
    secrets = (
        row.last_name,
        row.first_name,
        row.policy_number,
        row.birth_date,
        row.document_number,
        "9161234567",
    )
    assert not [word for word in secrets if word and word in str(rows)]


@pytest.mark.parametrize("act", ["read", "book"])
def test_without_a_line_nothing_is_told_and_nothing_is_done(
    anna: Terminal, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("no line can be written")

    monkeypatch.setattr(audit, "note", fails)
    refused = anna.get(f"Patient/{ANNA.id}") if act == "read" else anna.book(free_id("r-therapist", 3))
    monkeypatch.undo()
    assert refused.status_code == 500
    assert refused.json()["resourceType"] == "OperationOutcome"
    assert anna.get("Appointment", patient=ANNA.id).json()["total"] == 0


def test_every_read_of_a_patient_is_personal(store: Store) -> None:
    """A new route that tells a patient of themselves cannot be forgotten."""
    routes = [route for one in create_app(store, lambda: 0).routes for route in one.endpoint.routes]  # type: ignore[attr-defined]
    personal = {f"{route.method} {route.path}" for route in routes if route.personal}
    kinds = ("Patient", "Appointment", "Communication")
    reads = {
        f"{route.method} {route.path}"
        for route in routes
        if route.path.split("/")[1] in kinds and route.interaction in ("read", "search-type")
    }
    assert personal == reads
    assert len(reads) == 6


# --- commands ----------------------------------------------------------------------------------------------------


@pytest.fixture
def run(
    registry: Registry, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., str]:
    """`kiosk central ...` on this registry: what it prints."""
    monkeypatch.setattr(cli, "system_clock", lambda: registry.clock.now)
    database = url_of(registry.store)

    def run_it(*arguments: str, status: int = 0) -> str:
        capsys.readouterr()
        assert cli.main([*arguments, DATABASE, database]) == status
        printed = capsys.readouterr()
        return printed.err if status else printed.out

    return run_it


def test_accounts_by_commands(registry: Registry, run: Callable[..., str], clock: Clock) -> None:
    made = run("staff", "add", "Desk", "--role", "registrar", "--facility", "f1", "--name", "Иванова Мария")
    first = made.removesuffix("\n")
    assert " " not in first
    assert "\n" not in first
    token = staff_desk.token(staff_desk.change_password(registry, "desk", first, staff_desk.PASSWORD))
    assert registry.get("/fhir/Location", token=token).status_code == 200
    assert run("staff", "list") == "desk  registrar f1  Иванова Мария  active\n"
    assert run("staff", "role", "desk", "--role", "operator") == "desk is operator\n"
    assert registry.get("/fhir/Location", token=token).status_code == 401
    second = run("staff", "reset", "desk").strip()
    assert second != first
    assert "has to choose a password" in run("staff", "list")
    assert staff_desk.try_in(registry, "desk", staff_desk.PASSWORD).status_code == 400
    run("staff", "disable", "desk")
    assert "disabled 2026-03-02" in run("staff", "list")
    assert staff_desk.change_password(registry, "desk", second, staff_desk.PASSWORD).status_code == 400
    run("staff", "disable", "desk", "--undo")
    assert staff_desk.change_password(registry, "desk", second, staff_desk.PASSWORD).status_code == 200
    told = [line.split("  ")[1:3] for line in run("audit").splitlines()]
    kinds = ("create", "role", "reset", "disable", "enable")
    assert [kind for who, kind in reversed(told) if who == "cli" and kind in kinds] == list(kinds)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("add", "x", "--role", "operator", "--name", "A"), "a login has"),
        (("add", "оператор", "--role", "operator", "--name", "A"), "a login has"),
        (("add", "desk", "--role", "registrar", "--name", "A"), "a registrar has a facility"),
        (
            ("add", "desk", "--role", "operator", "--facility", "f1", "--name", "A"),
            "a registrar has a facility",
        ),
        (("add", "desk", "--role", "registrar", "--facility", "f9", "--name", "A"), "no facility f9"),
        (("disable", "desk"), "no account desk"),
        (("reset", "desk"), "no account desk"),
        (("role", "desk", "--role", "analyst"), "no account desk"),
    ],
)
def test_what_cannot_be_done_is_said(run: Callable[..., str], arguments: tuple[str, ...], words: str) -> None:
    assert words in run("staff", *arguments, status=1)
    assert run("staff", "list") == ""


def test_imports_are_noted(office: Office) -> None:
    """What the sample registry was made of."""
    noted = {(line.who, line.kind, line.record) for line in everything(office.store)}
    assert noted == {("cli", "import", f"Import/{kind}") for kind in import_cli.KINDS}


def test_terminals_are_let_in_and_ended_by_commands(registry: Registry, run: Callable[..., str]) -> None:
    run("enroll", "hall")
    run("revoke", "hall")
    noted = [(line.who, line.kind) for line in everything(registry.store)]
    assert noted[:2] == [("cli", "revoke"), ("cli", "enroll")]


def everything(store: Store) -> list[audit.Line]:
    return audit.read(store, audit.Done(tiny_region.NOW), audit.Asked(0, 2**40))


def test_a_login_is_given_once(run: Callable[..., str]) -> None:
    run("staff", "add", "one", "--role", "analyst", "--name", "A")
    assert "an account one already" in run(
        "staff", "add", "ONE", "--role", "analyst", "--name", "B", status=1
    )


def test_the_audit_is_told_by_time_account_and_patient(
    registry: Registry, run: Callable[..., str], clock: Clock
) -> None:
    anna = registry.sign_in(tiny_region.ANNA)
    registry.get(f"/fhir/Patient/{ANNA.id}", token=anna)
    run("enroll", "hall")
    clock.forward(8 * 24 * 3600)
    run("revoke", "hall")
    staff_desk.hire(registry, StaffRole.ANALYST, login="analyst")

    def kinds(*arguments: str) -> list[str]:
        return [line.split("  ")[2] for line in run("audit", *arguments).splitlines()]

    assert kinds() == ["password", "create", "revoke"]
    assert kinds("--account", "analyst") == ["password"]
    assert kinds("--patient", ANNA.id, "--since", "2026-03-01") == ["read", "sign-in"]
    assert kinds("--since", "2026-03-02", "--until", "2026-03-03", "--account", "cli") == ["enroll", "enroll"]
    assert kinds("--account", "cli")[:3] == ["read", "read", "read"], "that it was read is noted, too"
    assert registry.clock.now == clock.now
