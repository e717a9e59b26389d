"""Staff of a running registry: accounts as the command makes them, signed in as people do."""

import httpx
from running_registry import Registry

from kiosk.central import audit
from kiosk.central.staff import accounts
from kiosk.central.staff.account import StaffRole

PASSWORD = "длинный пароль для проверок"


def hire(registry: Registry, role: StaffRole, facility_id: str = "", login: str = "") -> str:
    """A token of a new account of this role, with its password changed to PASSWORD."""
    login = login or f"{role.value}-{facility_id or 'region'}"
    by = audit.Done(registry.clock.now)
    first = accounts.add(registry.store, by, login, role, "Иванова Мария", facility_id)
    return token(change_password(registry, login, first, PASSWORD))


def sign_in(registry: Registry, login: str) -> str:
    """Another token of somebody who was hired."""
    return token(try_in(registry, login, PASSWORD))


def try_in(registry: Registry, login: str, password: str) -> httpx.Response:
    """`POST /staff/token`."""
    return registry.post("/staff/token", token=None, data={"login": login, "password": password})


def change_password(registry: Registry, login: str, old: str, new: str) -> httpx.Response:
    """`POST /staff/password`."""
    form = {"login": login, "password": old, "new_password": new}
    return registry.post("/staff/password", token=None, data=form)


def token(answer: httpx.Response) -> str:
    """That of a sign-in that went well."""
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])
