"""How staff come in and go: `POST /staff/token`, `/staff/password`, `/staff/revoke` (api.md section 16, R39).

A try is written down as a failure before the password is looked at, and taken back when it was right: so five are five,
whatever goes on at the same time, in how many processes. The password is looked at between two transactions.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from kiosk.central import audit, tries
from kiosk.central.call import Call, Caller, Reply, Route, Who
from kiosk.central.frame import TOKEN
from kiosk.central.regional import SECRET
from kiosk.central.sign_in import error, fields
from kiosk.central.staff import accounts, passwords, tokens
from kiosk.central.staff.account import Staff
from kiosk.central.staff.accounts import Account

#: The region's setting: after so many days a password opens the way to another one only; 0: never.
SETTING = "password_days"
DAY_SECONDS = 24 * 3600
WRONG = "invalid_grant"
CHANGE = "password_change_required"
WEAK = "weak_password"
TOO_MANY = "too_many"


class NotSignedIn(Exception):
    """What was shown lets nobody in: an error of the answer, with seconds to wait where it is to wait."""

    def __init__(self, error: str, pause: int = 0) -> None:
        super().__init__(error)
        self.error = error
        self.pause = pause


def token(call: Call) -> Reply:
    """Sign in: a token of the account, or why not, in the words and the time of every other wrong try."""
    given = fields(call, "login", "password")

    def check(_connection: Connection, found: Account) -> None:
        days = int(call.store.setting(SETTING))
        if found.one_time or (days and found.password_set + days * DAY_SECONDS <= call.now):
            raise NotSignedIn(CHANGE)

    return _answered(call, given["login"], given["password"], "sign-in", check)


def password(call: Call) -> Reply:
    """Change one's own password: every token of the account ends, and a new one is given."""
    given = fields(call, "login", "password", "new_password")
    login, old, new = given["login"], given["password"], given["new_password"]
    if passwords.is_weak(new, accounts.folded(login), old):
        return error(WEAK)
    kept = passwords.hashed(new)

    def change(connection: Connection, found: Account) -> None:
        accounts.change_password(connection, found.staff, kept, call.now)

    return _answered(call, login, old, "password", change)


def revoke(call: Call) -> Reply:
    """End a token (RFC 7009): 200 whatever it was. Who shows it shows enough."""
    given = dict(call.query).get("token", "")
    if tokens.is_staffs(given):
        call.store.write(lambda connection: tokens.end(connection, given))
    return Reply()


#: What is done in the transaction in which a token is given; it may raise NotSignedIn.
Then = Callable[[Connection, Account], None]


@dataclass(frozen=True)
class _Try:
    """A try that may be made: of which account, if there is one, after how many failures."""

    account: Account | None
    failures: int


def _answered(call: Call, login: str, password: str, kind: str, then: Then) -> Reply:
    try:
        staff, value = _proved(call, accounts.folded(login), password, kind, then)
    except NotSignedIn as refused:
        return error(refused.error, refused.pause)
    body = {
        "access_token": value,
        "token_type": "Bearer",
        "expires_in": tokens.IDLE_SECONDS,
        "role": staff.role.value,
        "facility": staff.facility_id,
        "name": staff.name,
    }
    return Reply(body, headers={"Content-Type": "application/json"})


def _proved(call: Call, login: str, password: str, kind: str, then: Then) -> tuple[Staff, str]:
    """The account whose login and password these are, and a new token of it, after `then` was done with it."""
    subject = tries.login_subject(call.store.setting(SECRET), login)
    tried = call.store.write(lambda connection: _begun(connection, subject, login, call.now))
    if isinstance(tried, NotSignedIn):
        raise tried
    found = tried.account
    right = passwords.fits(password, None if found is None else found.password_hash)
    if found is None or not right or found.disabled is not None:
        raise NotSignedIn(WRONG)

    def work(connection: Connection) -> str | NotSignedIn:
        if accounts.find(connection, login) != found:
            return NotSignedIn(WRONG)  # Changed while the password was looked at.
        tries.clear(connection, (subject,))
        try:
            then(connection, found)
        except NotSignedIn as refused:
            return refused
        by = audit.Done(call.now, Caller(staff=found.staff))
        before = f"after {tried.failures} failures" if tried.failures else ""
        audit.note(connection, by, kind, f"Account/{found.staff.account_id}", reason=before)
        return tokens.issue(connection, found.staff.account_id, call.now)

    result = call.store.write(work)
    if isinstance(result, NotSignedIn):
        raise result
    return found.staff, result


def _begun(connection: Connection, subject: str, login: str, now: int) -> _Try | NotSignedIn:
    """A try, counted as a failure until it is none; or for how long none may be made."""
    times = tries.failures(connection, subject, now)
    if pause := tries.policy_pause(times, now):
        return NotSignedIn(TOO_MANY, pause)
    tries.record(connection, (subject,), now)
    return _Try(accounts.find(connection, login), len(times))


ROUTES = (
    Route("POST", "/staff/token", token, Who.ANYBODY, TOKEN),
    Route("POST", "/staff/password", password, Who.ANYBODY, TOKEN),
    Route("POST", "/staff/revoke", revoke, Who.ANYBODY, TOKEN),
)
