"""What administrators and technicians do over HTTP: accounts, terminals, the audit (api.md section 16, R36, R39, R40)."""

from typing import Any

from kiosk.central import audit, identity
from kiosk.central.call import Call, Refusal, Reply
from kiosk.central.fhir import instant, instant_text
from kiosk.central.pages import MOST_COUNT
from kiosk.central.staff import accounts
from kiosk.central.staff.account import StaffRole
from kiosk.central.staff.accounts import Account, NoAccount
from kiosk.central.staff.asked import Asked, asked
from kiosk.central.staff.permissions import Action
from kiosk.central.staff.plain import reply, route

MOST_NAME = 100
ROLES = {role.value: role for role in StaffRole}


# --- accounts ----------------------------------------------------------------------------------------------------


def list_accounts(call: Call) -> Reply:
    """Every account there ever was."""
    zone = call.store.setting("zone")
    return reply({"accounts": [_account(one, zone) for one in accounts.everybody(call.store)]})


def add_account(call: Call) -> Reply:
    """Make an account; its first password is in this answer, and nowhere else."""
    given = asked(call.body, "login", "name", "role", "facility").required("login", "name", "role")
    login, name = given.text("login", MOST_NAME), given.text("name", MOST_NAME)
    role, facility = _role(given), given.text("facility")
    try:
        password = accounts.add(call.store, call, login, role, name, facility)
    except ValueError as error:
        raise Refusal("invalid", str(error)) from error
    return reply({"login": accounts.folded(login), "password": password}, 201)


def change_account(call: Call) -> Reply:
    """Another role, or disabled, or not any more; every token of the account ends."""
    given = asked(call.body, "role", "facility", "disabled")
    login, wanted = call.path["login"], given.values.keys()
    role = _role(given) if wanted & {"role", "facility"} else None
    facility, disabled = given.text("facility"), given.flag("disabled")
    try:
        if role is not None:
            accounts.give_role(call.store, call, login, role, facility)
        if "disabled" in wanted:
            (accounts.disable if disabled else accounts.enable)(call.store, call, login)
    except NoAccount as error:
        raise Refusal("not-found") from error
    except ValueError as error:
        raise Refusal("invalid", str(error)) from error
    return _told(call, login)


def reset_password(call: Call) -> Reply:
    """A new first password for who lost theirs."""
    asked(call.body)
    try:
        password = accounts.reset(call.store, call, call.path["login"])
    except NoAccount as error:
        raise Refusal("not-found") from error
    return reply({"login": accounts.folded(call.path["login"]), "password": password})


def _role(given: Asked) -> StaffRole:
    role = given.text("role")
    if role not in ROLES:
        raise Refusal("invalid", "role")
    return ROLES[role]


def _told(call: Call, login: str) -> Reply:
    with call.store.read() as connection:
        found = accounts.find(connection, accounts.folded(login))
    if found is None:
        raise Refusal("not-found")
    return reply(_account(found, call.store.setting("zone")))


def _account(one: Account, zone: str) -> dict[str, Any]:
    return {
        "id": one.staff.account_id,
        "login": one.staff.login,
        "name": one.staff.name,
        "role": one.staff.role.value,
        "facility": one.staff.facility_id,
        "created": instant_text(one.created, zone),
        "disabled": None if one.disabled is None else instant_text(one.disabled, zone),
    }


# --- terminals ---------------------------------------------------------------------------------------------------


def list_terminals(call: Call) -> Reply:
    """Every terminal ever let in."""
    zone = call.store.setting("zone")
    return reply({"terminals": [_terminal(one, zone) for one in identity.terminals(call.store)]})


def enroll(call: Call) -> Reply:
    """Let a terminal in; its credential is in this answer, and nowhere else."""
    name = asked(call.body, "name").required("name").text("name", MOST_NAME)
    try:
        credential = identity.enroll(call.store, name, call.now, by=call)
    except ValueError as error:
        raise Refusal("invalid", "name") from error
    return reply({"name": name, "credential": credential}, 201)


def end_terminal(call: Call) -> Reply:
    """End a terminal's credential, its token and its hold at once; repeatable."""
    asked(call.body)
    id = call.path["id"]
    found = next((one for one in identity.terminals(call.store) if one.id == id), None)
    if found is None:
        raise Refusal("not-found")
    identity.revoke(call.store, found.name, call.now, by=call)
    return list_terminals(call)


def _terminal(one: identity.Terminal, zone: str) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "enrolled": instant_text(one.enrolled, zone),
        "revoked": None if one.revoked is None else instant_text(one.revoked, zone),
    }


# --- the audit ---------------------------------------------------------------------------------------------------


def read_audit(call: Call) -> Reply:
    """Who touched what of whom, the newest first; that it was read is written down as well."""
    given = dict(call.query)
    if len(given) != len(call.query):
        raise Refusal("invalid", "query")
    asked = audit.Asked(
        since=instant(given["since"], "since") if "since" in given else 0,
        until=instant(given["until"], "until") if "until" in given else call.now + 1,
        account=given.get("account", ""),
        patient_id=given.get("patient", ""),
        before=given.get("before", ""),
        most=MOST_COUNT,
    )
    lines = audit.read(call.store, call, asked)
    zone = call.store.setting("zone")
    body: dict[str, Any] = {"lines": [_line(one, zone) for one in lines]}
    if len(lines) == MOST_COUNT:
        body["next"] = lines[-1].id
    return reply(body)


def _line(line: audit.Line, zone: str) -> dict[str, Any]:
    return {
        "id": line.id,
        "at": instant_text(line.at, zone),
        "who": line.who,
        "login": line.login,
        "kind": line.kind,
        "record": line.record,
        "patient": line.patient_id,
        "reason": line.reason,
    }


_ACCOUNT = "/staff/accounts/{login}"
ROUTES = (
    route("GET", "/staff/accounts", list_accounts, Action.ACCOUNTS),
    route("POST", "/staff/accounts", add_account, Action.ACCOUNTS),
    route("PATCH", _ACCOUNT, change_account, Action.ACCOUNTS),
    route("POST", f"{_ACCOUNT}/reset", reset_password, Action.ACCOUNTS),
    route("GET", "/staff/terminals", list_terminals, Action.TERMINALS),
    route("POST", "/staff/terminals", enroll, Action.TERMINALS),
    route("POST", "/staff/terminals/{id}/revoke", end_terminal, Action.TERMINALS),
    route("GET", "/staff/audit", read_audit, Action.AUDIT, "since", "until", "account", "patient", "before"),
)
