"""What administrators and technicians do over HTTP: accounts, terminals, the audit (api.md section 16, R36, R39, R40)."""

from collections.abc import Mapping
from typing import Any

import orjson

from kiosk.central import audit, identity
from kiosk.central.call import Call, Refusal, Reply, Route, Who
from kiosk.central.fhir import instant, instant_text
from kiosk.central.frame import PLAIN
from kiosk.central.pages import MOST_COUNT
from kiosk.central.staff import accounts
from kiosk.central.staff.account import StaffRole
from kiosk.central.staff.accounts import Account, NoAccount
from kiosk.central.staff.permissions import Action

MOST_NAME = 100
ROLES = {role.value: role for role in StaffRole}


# --- accounts ----------------------------------------------------------------------------------------------------


def list_accounts(call: Call) -> Reply:
    """Every account there ever was."""
    zone = call.store.setting("zone")
    return _json({"accounts": [_account(one, zone) for one in accounts.everybody(call.store)]})


def add_account(call: Call) -> Reply:
    """Make an account; its first password is in this answer, and nowhere else."""
    given = _body(call, {"login", "name", "role", "facility"})
    login, name = _text(given, "login"), _text(given, "name")
    role, facility = _role(given), _text(given, "facility", needed=False)
    try:
        password = accounts.add(call.store, call, login, role, name, facility)
    except ValueError as error:
        raise Refusal("invalid", str(error)) from error
    return _json({"login": accounts.folded(login), "password": password}, 201)


def change_account(call: Call) -> Reply:
    """Another role, or disabled, or not any more; every token of the account ends."""
    given = _body(call, {"role", "facility", "disabled"})
    login, disabled = call.path["login"], given.get("disabled")
    if not isinstance(disabled, bool | None):
        raise Refusal("invalid", "disabled")
    role = _role(given) if given.keys() & {"role", "facility"} else None
    try:
        if role is not None:
            accounts.give_role(call.store, call, login, role, _text(given, "facility", needed=False))
        if disabled is not None:
            (accounts.disable if disabled else accounts.enable)(call.store, call, login)
    except NoAccount as error:
        raise Refusal("not-found") from error
    except ValueError as error:
        raise Refusal("invalid", str(error)) from error
    return _told(call, login)


def reset_password(call: Call) -> Reply:
    """A new first password for who lost theirs."""
    _body(call, set())
    try:
        password = accounts.reset(call.store, call, call.path["login"])
    except NoAccount as error:
        raise Refusal("not-found") from error
    return _json({"login": accounts.folded(call.path["login"]), "password": password})


def _told(call: Call, login: str) -> Reply:
    with call.store.read() as connection:
        found = accounts.find(connection, accounts.folded(login))
    if found is None:
        raise Refusal("not-found")
    return _json(_account(found, call.store.setting("zone")))


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
    return _json({"terminals": [_terminal(one, zone) for one in identity.terminals(call.store)]})


def enroll(call: Call) -> Reply:
    """Let a terminal in; its credential is in this answer, and nowhere else."""
    name = _text(_body(call, {"name"}), "name")
    try:
        credential = identity.enroll(call.store, name, call.now, by=call)
    except ValueError as error:
        raise Refusal("invalid", "name") from error
    return _json({"name": name, "credential": credential}, 201)


def end_terminal(call: Call) -> Reply:
    """End a terminal's credential, its token and its hold at once; repeatable."""
    _body(call, set())
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
    return _json(body)


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


# --- bodies ------------------------------------------------------------------------------------------------------


def _json(body: Any, status: int = 200) -> Reply:
    return Reply(orjson.dumps(body), status, {"Content-Type": "application/json"})


def _body(call: Call, known: set[str]) -> Mapping[str, Any]:
    if not isinstance(call.body, dict):
        raise Refusal("invalid", "body")
    if unknown := set(call.body) - known:
        raise Refusal("invalid", min(unknown))
    return call.body


def _text(given: Mapping[str, Any], name: str, *, needed: bool = True) -> str:
    value = given.get(name, "")
    if not isinstance(value, str) or not value.isprintable() or len(value) > MOST_NAME:
        raise Refusal("invalid", name)
    if needed and not value.strip():
        raise Refusal("invalid", name)
    return value.strip()


def _role(given: Mapping[str, Any]) -> StaffRole:
    role = given.get("role")
    if not isinstance(role, str) or role not in ROLES:
        raise Refusal("invalid", "role")
    return ROLES[role]


_AUDIT = dict.fromkeys(("since", "until", "account", "patient", "before"), "")
ROUTES = (
    Route("GET", "/staff/accounts", list_accounts, Who.STAFF, PLAIN, action=Action.ACCOUNTS),
    Route("POST", "/staff/accounts", add_account, Who.STAFF, PLAIN, action=Action.ACCOUNTS),
    Route("PATCH", "/staff/accounts/{login}", change_account, Who.STAFF, PLAIN, action=Action.ACCOUNTS),
    Route("POST", "/staff/accounts/{login}/reset", reset_password, Who.STAFF, PLAIN, action=Action.ACCOUNTS),
    Route("GET", "/staff/terminals", list_terminals, Who.STAFF, PLAIN, action=Action.TERMINALS),
    Route("POST", "/staff/terminals", enroll, Who.STAFF, PLAIN, action=Action.TERMINALS),
    Route("POST", "/staff/terminals/{id}/revoke", end_terminal, Who.STAFF, PLAIN, action=Action.TERMINALS),
    Route("GET", "/staff/audit", read_audit, Who.STAFF, PLAIN, searches=_AUDIT, action=Action.AUDIT),
)
