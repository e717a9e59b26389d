"""`POST /auth/token` and `/auth/revoke`: a patient identifies (api.md section 9, R9 to R11).

One write transaction whatever was wrong, the same work and the same bodies: an answer tells nothing but what
section 9 says.
"""

import hmac
import logging
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from kiosk.central import audit, identity, tries
from kiosk.central.call import Call, Refusal, Reply, Route, Who
from kiosk.central.frame import TOKEN, bearer
from kiosk.central.schema import patient, terminal_event

#: The kind of the event that tells staff of many failures at one terminal.
ALARM = "identification-failures"

_SEPARATORS = re.compile(r"[\s\-‐‑‒–—−]+")
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Claimed:
    """Who somebody says they are: policy number folded, birth date as given, document number without spaces."""

    policy_number: str
    birth_date: str
    document_number: str

    def __repr__(self) -> str:
        return "Claimed(***)"


@dataclass(frozen=True)
class Verdict:
    """What a try came to: a token and its patient; or an error; with seconds to wait, where it is to wait."""

    token: str = ""
    patient_id: str = ""
    error: str = ""
    pause: int = 0


def folded(text: str) -> str:
    """A policy or document number as it is compared: no spaces, no hyphens, upper case (api.md section 9)."""
    return _SEPARATORS.sub("", text).upper().replace("\0", "\ufffd")


def token(call: Call) -> Reply:
    """Identify a patient and answer with a token, or with an error of RFC 6749."""
    form = fields(call)
    grant = form.get("grant_type")
    if grant is not None and grant != "policy":
        return error("unsupported_grant_type")
    if not (grant and form.get("policy_number") and form.get("birth_date")):
        raise Refusal("invalid")
    claimed = Claimed(
        folded(form["policy_number"]),
        form["birth_date"].replace("\0", "\ufffd"),
        folded(form.get("document_number", "")),
    )
    given = bool(form.get("document_number"))
    secret = call.store.setting("secret")
    verdict = call.store.write(lambda connection: _judge(connection, call, claimed, given, secret))
    return _answer(verdict)


def revoke(call: Call) -> Reply:
    """End a token (RFC 7009): 200 whatever it was. A caller who shows nothing but the token shows enough."""
    given = dict(call.query).get("token", "")
    authority = bearer(call.headers) if "authorization" in call.headers else given
    if given:
        identity.revoke_token(call.store, given, authority)
    return Reply()


def fields(call: Call, *required: str) -> Mapping[str, str]:
    """The fields of the form by name; one given twice, or a missing one, is an invalid request (RFC 6749, 3.2)."""
    given = dict(call.query)
    if len(given) < len(call.query) or not all(given.get(name) for name in required):
        raise Refusal("invalid")
    return given


def _judge(
    connection: Connection, call: Call, claimed: Claimed, document_given: bool, secret: str
) -> Verdict:
    terminal_id, now = call.caller.terminal_id, call.now
    policy = tries.policy_subject(secret, claimed.policy_number)
    terminal = tries.terminal_subject(terminal_id)
    pause = max(
        tries.policy_pause(tries.failures(connection, policy, now), now),
        tries.terminal_pause(tries.failures(connection, terminal, now), now),
    )
    if pause:
        return Verdict(error="too_many", pause=pause)
    found = _matching(connection, claimed, document_given)
    if len(found) == 1:
        tries.clear(connection, (policy, terminal))
        audit.note(connection, call, "sign-in", f"Patient/{found[0]}", found[0])
        return Verdict(identity.issue_token(connection, terminal_id, found[0], now), found[0])
    tries.record(connection, (policy, terminal), now)
    times = tries.failures(connection, terminal, now)
    if len(times) == tries.TERMINAL_FAILURES:
        _alarm(connection, terminal_id, now)
    error = "invalid_grant" if document_given else "document_required"
    return Verdict(error=error, pause=tries.terminal_pause(times, now))


def _matching(connection: Connection, claimed: Claimed, document_given: bool) -> list[str]:
    """Ids of the patients whom all that was given fits. No early end: equal work for every answer."""
    known = (patient.c.policy_number == claimed.policy_number) & (patient.c.birth_date == claimed.birth_date)
    rows = connection.execute(select(patient.c.id, patient.c.document_number).where(known)).all()
    document = claimed.document_number.encode("utf-8", "replace")
    fits = [hmac.compare_digest(row.document_number.encode(), document) for row in rows]
    return [row.id for row, fit in zip(rows, fits, strict=True) if fit or not document_given]


def _alarm(connection: Connection, terminal_id: str, now: int) -> None:
    row = {"terminal_id": terminal_id, "id": str(uuid.uuid4()), "at": now, "kind": ALARM}
    connection.execute(insert(terminal_event).values(row))
    _log.warning("terminal %s: %s failed identifications", terminal_id, tries.TERMINAL_FAILURES)


def _answer(verdict: Verdict) -> Reply:
    if verdict.error:
        return error(verdict.error, verdict.pause)
    body = {
        "access_token": verdict.token,
        "token_type": "Bearer",
        "expires_in": identity.TOKEN_SECONDS,
        "patient": verdict.patient_id,
    }
    return Reply(body, headers={"Content-Type": "application/json"})


def error(code: str, pause: int = 0) -> Reply:
    """An error of RFC 6749, with seconds to wait where it is to wait."""
    status = 429 if code == "too_many" else 400
    headers = {"Content-Type": "application/json", **({"Retry-After": str(pause)} if pause else {})}
    return Reply({"error": code}, status, headers)


ROUTES = (
    Route("POST", "/auth/token", token, Who.TERMINAL, TOKEN),
    Route("POST", "/auth/revoke", revoke, Who.ANYBODY, TOKEN),
)
