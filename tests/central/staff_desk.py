"""Staff of a running registry: accounts as the command makes them, signed in as people do."""

from running_registry import Registry

from kiosk.central import audit
from kiosk.central.staff import accounts
from kiosk.central.staff.account import StaffRole

PASSWORD = "длинный пароль для проверок"


def hire(registry: Registry, role: StaffRole, facility_id: str = "", login: str = "") -> str:
    """A token of a new account of this role, with its password changed."""
    login = login or f"{role.value}-{facility_id or 'region'}"
    by = audit.Done(registry.clock.now)
    first = accounts.add(registry.store, by, login, role, "Иванова Мария", facility_id)
    answer = registry.post(
        "/staff/password",
        token=None,
        data={"login": login, "password": first, "new_password": PASSWORD},
    )
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])
