"""`GET /health`: whether requests can be served."""

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from kiosk.central import schema
from kiosk.central.call import Call, Refusal, Reply, Route, Who


def health(call: Call) -> Reply:
    """200 where the database answers, with the registry's tables in it; else Refusal("unavailable")."""
    try:
        with call.store.read() as connection:
            connection.execute(select(schema.setting.c.name).limit(1)).first()
    except SQLAlchemyError as error:
        raise Refusal("unavailable") from error
    return Reply({"status": "ok"}, headers={"Content-Type": "application/json"})


ROUTES = (Route("GET", "/health", health, Who.ANYBODY),)
