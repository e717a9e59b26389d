"""Messages of the cabinet as FHIR Communications: search and "received" (api.md section 10, R25, R26)."""

from typing import Any

from sqlalchemy import Connection, Row, Select, and_, func, or_, select, update

from kiosk.central import audit, pages
from kiosk.central.call import Call, Refusal, Reply, Route, Who
from kiosk.central.fhir import (
    Resource,
    entry,
    instant,
    instant_text,
    match_versions,
    reference_id,
    reference_to,
    searchset,
    version_tag,
)
from kiosk.central.schema import message

PATH = "Communication"
_SORTS = ("-sent", "sent")


def search(call: Call) -> Reply:
    """The caller's messages, latest first unless `_sort=sent`; `recipient` is required."""
    state = pages.resumed(call, PATH)
    recipient, sort, count, last = _asked(call) if state is None else state
    if recipient != call.caller.patient_id:
        raise Refusal("not-found")
    own = message.c.patient_id == recipient
    with call.store.read() as connection:
        total = connection.execute(select(func.count()).where(own)).scalar_one()
        rows = connection.execute(_page(recipient, sort, last).limit(count + 1)).all()
    entries = [
        entry(f"{call.base}/{PATH}/{row.id}", _resource(row, call.store.setting("zone")))
        for row in rows[:count]
    ]
    links = {}
    if count and len(rows) > count:
        final = rows[count - 1]
        links["next"] = pages.link(call, PATH, [recipient, sort, count, [final.sent, final.id]])
    return Reply(searchset(entries, total, links))


def patch(call: Call) -> Reply:
    """Mark a message of the caller as received; repeatable, the first time stands."""
    received = _received(call.body)
    header = call.headers.get("if-match", "").strip()
    versions = match_versions(header) if header not in ("", "*") else None

    def work(connection: Connection) -> Reply:
        row = _row(connection, call)
        if versions is not None and str(row.version) not in versions:
            raise Refusal("version-conflict")
        if row.received is None:
            # A terminal's clock may be wrong: a message is received after it was sent, and not in the future.
            at = max(row.sent, min(received, call.now))
            values = {"received": at, "version": row.version + 1}
            connection.execute(update(message).where(message.c.id == row.id).values(values))
            row = _row(connection, call)
            audit.note(connection, call, "received", f"{PATH}/{row.id}", row.patient_id)
        return Reply(_resource(row, call.store.setting("zone")), headers={"ETag": version_tag(row.version)})

    return call.store.write(work)


def _asked(call: Call) -> tuple[str, str, int, list[Any] | None]:
    """(recipient, sort, count, no place to go on from) of a first request."""
    given: dict[str, str] = {}
    for name, value in call.query:
        if name in given:
            raise Refusal("invalid", name)
        given[name] = value
    if "recipient" not in given:
        raise Refusal("invalid", "recipient")
    sort = given.get("_sort", _SORTS[0])
    if sort not in _SORTS:
        raise Refusal("invalid", "_sort")
    return (
        reference_id(given["recipient"], "Patient", "recipient"),
        sort,
        pages.count(given.get("_count")),
        None,
    )


def _page(recipient: str, sort: str, last: list[Any] | None) -> Select[Any]:
    """The messages in order, after the place where the last page ended."""
    query = select(message).where(message.c.patient_id == recipient)
    down = sort == "-sent"
    if last is not None:
        sent, id = last
        beyond = message.c.sent < sent if down else message.c.sent > sent
        rest = message.c.id < id if down else message.c.id > id
        query = query.where(or_(beyond, and_(message.c.sent == sent, rest)))
    columns = (message.c.sent, message.c.id)
    return query.order_by(*(column.desc() if down else column for column in columns))


def _row(connection: Connection, call: Call) -> Row[Any]:
    own = (message.c.id == call.path["id"]) & (message.c.patient_id == call.caller.patient_id)
    row = connection.execute(select(message).where(own)).first()
    if row is None:
        raise Refusal("not-found")
    return row


def _received(body: Any) -> int:
    """When the message was received, of a JSON Patch that adds `/received`; else Refusal("invalid", ...)."""
    step = body[0] if isinstance(body, list) and len(body) == 1 else None
    if not isinstance(step, dict):
        raise Refusal("invalid", "patch")
    if step.get("op") not in ("add", "replace"):
        raise Refusal("invalid", "op")
    if step.get("path") != "/received":
        raise Refusal("invalid", "path")
    return instant(step.get("value"), "received")


def _resource(row: Row[Any], zone: str) -> Resource:
    resource: Resource = {
        "resourceType": "Communication",
        "id": row.id,
        "meta": {"versionId": str(row.version)},
        "status": "completed",
        "recipient": [reference_to("Patient", row.patient_id)],
        "sent": instant_text(row.sent, zone),
        "payload": [{"contentString": row.text}],
    }
    if row.appointment is not None:
        resource["about"] = [reference_to("Appointment", row.appointment)]
    if row.received is not None:
        resource["received"] = instant_text(row.received, zone)
    return resource


_SEARCHES = {"recipient": "reference", "_sort": ""}
ROUTES = (
    Route("GET", "/Communication", search, Who.PATIENT, "search-type", searches=_SEARCHES, personal=True),
    Route(
        "POST",
        "/Communication/_search",
        search,
        Who.PATIENT,
        "search-type",
        searches=_SEARCHES,
        personal=True,
    ),
    Route("PATCH", "/Communication/{id}", patch, Who.PATIENT, "patch"),
)
