"""One-time codes that confirm a new contact, where the region asks for them (api.md section 10, R23).

A code is an HMAC of its notice's id under the registry's secret: nothing that could be read is stored, and whoever sends
the notice works it out once more. It is good for as long as its notice is young.
"""

import hashlib
import hmac
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, select

from kiosk.central import outbox, tries
from kiosk.central.call import Call, Refusal
from kiosk.central.contacts import Contact, to_json
from kiosk.central.outbox import Told
from kiosk.central.regional import SECRET
from kiosk.central.schema import notice, setting
from kiosk.texts import catalog

KIND = "code"
#: The region's setting: not empty where a new contact has to be confirmed.
SETTING = "contact_codes"
LIFE_SECONDS = 900
DIGITS = 6
#: So many codes are sent for a patient, and to an address, in the life of a code; and one to an address in a minute.
MOST_SENT, PAUSE_SECONDS = 5, 60
#: Where the code stands in the words of its notice.
PLACE = "{code}"


def _(words: str) -> str:
    """Marks words for the catalog."""
    return words


_WORDS = _(
    "The code that confirms this contact at the clinic: {code}. It is good for 15 minutes. Tell it to nobody."
)


def send(connection: Connection, call: Call, contact: Contact) -> None:
    """Have a new code sent to the caller's contact, and to no other; Refusal("too-many") where too many were."""
    _check(connection, call, contact)
    words = catalog(outbox.DOMAIN, call.language).gettext(_WORDS)
    told = Told(KIND, call.caller.patient_id, "", words, call.language, call.now)
    outbox.send_notice(connection, told, only_to=contact)


def worded(connection: Connection, notice_id: str, text: str) -> str:
    """The words of a notice with its code."""
    return text.replace(PLACE, _code(_secret(connection), notice_id))


def find(connection: Connection, call: Call, present: Sequence[Contact], code: str) -> Contact | None:
    """The contact of these that this code, sent to it and still good, confirms. A wrong one counts.

    Refusal("too-many") after five wrong ones, for a right one too, until the first of them is old.
    """
    subject = f"{KIND}:{call.caller.patient_id}"
    pause = tries.policy_pause(tries.failures(connection, subject, call.now), call.now)
    if pause:
        raise Refusal("too-many", retry_after=pause)
    secret = _secret(connection)
    contacts = {to_json(contact): contact for contact in present}
    sent = select(notice.c.id, notice.c.address).where(
        _sent(call), notice.c.patient_id == call.caller.patient_id
    )
    fitting = [
        contacts[row.address]
        for row in connection.execute(sent)
        if row.address in contacts and hmac.compare_digest(_code(secret, row.id).encode(), code.encode())
    ]
    if fitting:
        tries.clear(connection, [subject])
        return fitting[0]
    tries.record(connection, [subject], call.now)
    return None


def _check(connection: Connection, call: Call, contact: Contact) -> None:
    address = notice.c.address == to_json(contact)
    for whose, most, seconds in (
        (address, 1, PAUSE_SECONDS),
        (address, MOST_SENT, LIFE_SECONDS),
        (notice.c.patient_id == call.caller.patient_id, MOST_SENT, LIFE_SECONDS),
    ):
        query = select(notice.c.not_before).where(_sent(call), whose).order_by(notice.c.not_before.desc())
        sent = connection.scalars(query.limit(most)).all()
        if len(sent) == most and sent[-1] + seconds > call.now:
            raise Refusal("too-many", retry_after=sent[-1] + seconds - call.now)


def _sent(call: Call) -> ColumnElement[bool]:
    return (notice.c.kind == KIND) & (notice.c.not_before > call.now - LIFE_SECONDS)


def _secret(connection: Connection) -> str:
    found: str = connection.execute(select(setting.c.value).where(setting.c.name == SECRET)).scalar_one()
    return found


def _code(secret: str, notice_id: str) -> str:
    digest = hmac.new(secret.encode(), f"{KIND}:{notice_id}".encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(digest) % 10**DIGITS:0{DIGITS}d}"
