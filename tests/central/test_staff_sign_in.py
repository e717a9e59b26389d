"""How staff come in and go, and the limits on it (api.md section 16, R39, R40)."""

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import staff_desk
import tiny_region
from registry_process import registry_process
from running_registry import Clock, Registry, running
from sqlalchemy import event, select, update
from sqlalchemy.engine import Engine
from staff_desk import PASSWORD, change_password, try_in

from kiosk.central import audit, identity, schema
from kiosk.central.staff import accounts, passwords
from kiosk.central.staff.account import StaffRole
from kiosk.central.store import Store

WRONG = "неверный пароль"
DAY = 24 * 3600


@pytest.fixture
def operator(registry: Registry) -> str:
    """The token of an operator who was hired."""
    return staff_desk.hire(registry, StaffRole.OPERATOR, login="operator")


def reads(registry: Registry, token: str) -> int:
    return registry.get("/fhir/Location", token=token).status_code


# --- tokens ------------------------------------------------------------------------------------------------------


def test_what_is_told_at_sign_in(registry: Registry) -> None:
    staff_desk.hire(registry, StaffRole.REGISTRAR, "f1", login="desk")
    answer = try_in(registry, " Desk ", PASSWORD)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    told = answer.json()
    assert reads(registry, told.pop("access_token")) == 200
    assert told == {
        "token_type": "Bearer",
        "expires_in": 900,
        "role": "registrar",
        "facility": "f1",
        "name": "Иванова Мария",
    }


def test_a_token_slides_and_ends(registry: Registry, clock: Clock, operator: str) -> None:
    clock.forward(899)
    assert reads(registry, operator) == 200
    clock.forward(899)
    assert reads(registry, operator) == 200
    clock.forward(900)
    assert reads(registry, operator) == 401


def test_a_token_ends_after_a_day_of_work_whatever_its_use(
    registry: Registry, clock: Clock, operator: str
) -> None:
    for _ in range(12 * 6 - 1):
        clock.forward(600)
        assert reads(registry, operator) == 200
    clock.forward(600)
    assert reads(registry, operator) == 401


def test_one_of_two_is_revoked(registry: Registry, operator: str) -> None:
    second = staff_desk.sign_in(registry, "operator")
    assert registry.post("/staff/revoke", token=None, data={"token": second}).status_code == 200
    assert (reads(registry, operator), reads(registry, second)) == (200, 401)
    assert registry.post("/staff/revoke", token=None, data={"token": "st.x"}).status_code == 200
    assert registry.post("/staff/revoke", token=None, data={"token": registry.credential}).status_code == 200
    assert reads(registry, registry.credential) == 200


def test_the_store_has_no_password_and_no_token(registry: Registry, operator: str) -> None:
    with registry.store.read() as connection:
        rows = [
            str(row)
            for table in (schema.account, schema.staff_token, schema.audit, schema.failure)
            for row in connection.execute(select(table))
        ]
    kept = " ".join(rows)
    assert PASSWORD not in kept
    assert operator not in kept
    assert "$argon2id$" in kept


# --- first and old passwords -------------------------------------------------------------------------------------


def test_a_first_password_opens_the_way_to_another_alone(registry: Registry, clock: Clock) -> None:
    first = accounts.add(registry.store, audit.Done(clock.now), "anna", StaffRole.ANALYST, "Анна")
    answer = try_in(registry, "anna", first)
    assert (answer.status_code, answer.json()) == (400, {"error": "password_change_required"})
    token = staff_desk.token(change_password(registry, "anna", first, PASSWORD))
    assert reads(registry, token) == 200
    assert try_in(registry, "anna", first).json() == {"error": "invalid_grant"}
    assert try_in(registry, "anna", PASSWORD).status_code == 200


@pytest.mark.usefixtures("operator")
def test_an_old_password_has_to_be_changed(registry: Registry, clock: Clock) -> None:
    clock.forward(90 * DAY - 1)
    assert try_in(registry, "operator", PASSWORD).status_code == 200
    clock.forward(1)
    assert try_in(registry, "operator", PASSWORD).json() == {"error": "password_change_required"}
    assert change_password(registry, "operator", PASSWORD, WRONG + "?").status_code == 200
    assert try_in(registry, "operator", WRONG + "?").status_code == 200


@pytest.mark.parametrize(
    ("days", "error"), [("0", None), ("1", "password_change_required")], ids=["never", "after a day"]
)
def test_the_region_says_for_how_long(registry: Registry, clock: Clock, days: str, error: str | None) -> None:
    registry.store.write(
        lambda connection: connection.execute(
            update(schema.setting).where(schema.setting.c.name == "password_days").values(value=days)
        )
    )
    staff_desk.hire(registry, StaffRole.OPERATOR, login="operator")
    clock.forward(1000 * DAY)
    assert try_in(registry, "operator", PASSWORD).json().get("error") == error


@pytest.mark.parametrize(
    "new",
    ["коротко", PASSWORD, "a" * 257, "my-Operator-password"],
    ids=["short", "the old one", "long", "login"],
)
def test_a_weak_password_is_none(registry: Registry, operator: str, new: str) -> None:
    answer = change_password(registry, "operator", PASSWORD, new)
    assert (answer.status_code, answer.json()) == (400, {"error": "weak_password"})
    assert reads(registry, operator) == 200


@pytest.mark.parametrize(
    "form", ["", "login=operator", "password=x", "login=&password=x", "login=a&login=b&password=x"]
)
def test_half_a_form_is_an_invalid_request(registry: Registry, form: str) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = registry.post("/staff/token", token=None, content=form, headers=headers)
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_request"})


@pytest.mark.parametrize("login", ["\0", "'", "operator\0", "опер", "x" * 5000])
def test_any_text_may_be_typed(registry: Registry, login: str) -> None:
    assert try_in(registry, login, "\0" + WRONG).json() == {"error": "invalid_grant"}


# --- wrong ones --------------------------------------------------------------------------------------------------


def test_every_failure_is_the_same_work_and_the_same_words(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody learns which logins there are: not by the answer, not by its time."""
    staff_desk.hire(registry, StaffRole.OPERATOR, login="operator")
    staff_desk.hire(registry, StaffRole.OPERATOR, login="gone")
    accounts.disable(registry.store, audit.Done(registry.clock.now), "gone")
    looked_at = []
    verify = type(passwords._HASHER).verify
    monkeypatch.setattr(
        type(passwords._HASHER),
        "verify",
        lambda self, *given: looked_at.append(given) or verify(self, *given),
    )
    works, answers = [], []
    for login, password in (("operator", WRONG), ("nobody", WRONG), ("gone", WRONG), ("gone", PASSWORD)):
        looked_at.clear()
        with statements() as run:
            answer = try_in(registry, login, password)
        works.append([*run, len(looked_at)])
        del answer.headers["date"]
        answers.append((answer.status_code, answer.content, answer.headers))
    assert all(work == works[0] for work in works)
    assert all(answer == answers[0] for answer in answers)
    assert works[0][-1] == 1
    assert answers[0][1] == b'{"error":"invalid_grant"}'


def test_who_is_disabled_while_their_password_is_looked_at_does_not_come_in(
    registry: Registry, operator: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fits = passwords.fits

    def meanwhile(*given: str) -> bool:
        accounts.disable(registry.store, audit.Done(registry.clock.now), "operator")
        return fits(*given)

    monkeypatch.setattr(passwords, "fits", meanwhile)
    assert try_in(registry, "operator", PASSWORD).json() == {"error": "invalid_grant"}
    with registry.store.read() as connection:
        assert connection.execute(select(schema.staff_token)).all() == []


@contextmanager
def statements() -> Iterator[list[str]]:
    """The SQL that runs meanwhile, in order."""
    run: list[str] = []

    def note(_connection, _cursor, statement: str, *_: object) -> None:
        run.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield run
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@pytest.mark.parametrize("login", ["operator", "nobody"])
def test_five_failures_lock_a_login_for_a_quarter_of_an_hour(
    registry: Registry, clock: Clock, operator: str, login: str
) -> None:
    for _ in range(5):
        assert try_in(registry, login, WRONG).status_code == 400
        clock.forward(1)
    locked = try_in(registry, login, PASSWORD)
    assert (locked.status_code, locked.json()) == (429, {"error": "too_many"})
    assert locked.headers["retry-after"] == "895"
    assert change_password(registry, login, PASSWORD, PASSWORD + "!").status_code == 429
    assert reads(registry, operator) == 200, "who is in stays in"
    assert try_in(registry, "another", WRONG).status_code == 400, "others are not locked"
    clock.forward(895)
    assert try_in(registry, login, PASSWORD).status_code == (200 if login == "operator" else 400)


@pytest.mark.usefixtures("operator")
def test_a_right_one_clears_the_failures_and_tells_of_them(registry: Registry) -> None:
    for _ in range(4):
        try_in(registry, "operator", WRONG)
    staff_desk.sign_in(registry, "operator")
    for _ in range(4):
        assert try_in(registry, "operator", WRONG).status_code == 400
    staff_desk.sign_in(registry, "operator")
    asked = audit.Asked(0, registry.clock.now + 1, account="operator")
    lines = audit.read(registry.store, audit.Done(registry.clock.now), asked)
    assert [(line.kind, line.reason) for line in lines] == [
        ("sign-in", "after 4 failures"),
        ("sign-in", "after 4 failures"),
        ("password", ""),
    ]


@pytest.mark.usefixtures("operator")
def test_at_once_five_are_five(registry: Registry) -> None:
    """A try is counted before the password is looked at."""
    with ThreadPoolExecutor(12) as crowd:
        statuses = list(crowd.map(lambda _: try_in(registry, "operator", WRONG).status_code, range(12)))
    assert sorted(statuses) == [400] * 5 + [429] * 7


def test_two_processes_count_together_and_over_a_restart(
    store: Store, tiny_copy: str, tmp_path: Path
) -> None:
    with running(
        store, Clock(int(time.time())), identity.enroll(store, "lobby", tiny_region.NOW)
    ) as registry:
        first = staff_desk.hire(registry, StaffRole.OPERATOR, login="operator")
        second = staff_desk.hire(registry, StaffRole.ANALYST, login="analyst")
    with (
        registry_process(tiny_copy, tmp_path / "one") as one,
        registry_process(tiny_copy, tmp_path / "two") as two,
    ):

        def try_at(base: str, login: str, password: str) -> int:
            form = {"login": login, "password": password}
            return httpx.post(f"{base}/staff/token", data=form, trust_env=False, timeout=20).status_code

        def read_at(base: str, token: str) -> int:
            headers = {"Authorization": f"Bearer {token}"}
            return httpx.get(f"{base}/fhir/Location", headers=headers, trust_env=False).status_code

        tried = [try_at(base, "operator", WRONG) for base in (one.base, two.base) * 3]
        assert tried == [400] * 5 + [429]
        two.kill()
        two.start()
        assert try_at(two.base, "operator", PASSWORD) == 429
        assert [read_at(base, first) for base in (one.base, two.base)] == [200, 200], "tokens outlive it"
        accounts.disable(store, audit.Done(tiny_region.NOW), "analyst")
        assert [read_at(base, second) for base in (one.base, two.base)] == [401, 401]


def test_nothing_of_anybody_is_logged(registry: Registry, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    token = staff_desk.hire(registry, StaffRole.OPERATOR, login="operator")
    try_in(registry, "operator", WRONG)
    registry.post("/staff/revoke", token=None, data={"token": token})
    text = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("http"))
    assert "POST /staff/token 400" in text
    for word in ("operator", WRONG, PASSWORD, token, "Иванова"):
        assert word not in text


def test_a_password_takes_its_time_and_no_more_memory_than_was_said() -> None:
    kept = passwords.hashed(PASSWORD)
    (memory,) = re.findall(r"\$m=(\d+),t=2,p=1\$", kept)
    assert int(memory) == 32 * 1024
    assert passwords.fits(PASSWORD, kept)
    assert not passwords.fits(PASSWORD, None)
    assert len({passwords.first() for _ in range(100)}) == 100
