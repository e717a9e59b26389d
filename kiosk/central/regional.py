"""What a region decides once: rows of `setting`, read through `Store.setting`.

What differs between facilities or specialties (zone, R28 limit, newcomers, approval) is a column there; `zone`
and `notice_minutes` here are only what a new facility starts with.
"""

import secrets

from sqlalchemy import Connection, insert

from kiosk.central import schema

DEFAULTS = {
    "zone": "Europe/Moscow",
    "notice_minutes": "180",
    "hold_seconds": "180",
    "hold_limit_seconds": "600",
    "offer_minutes": "60",
    "contact_codes": "",
    "public_free_busy": "",
    "password_days": "90",
    "demo": "",
}

#: Made at random for every new registry: keys the HMACs of policy numbers and the signatures of links.
SECRET = "secret"


def write_settings(connection: Connection, *, demo: bool = False, **chosen: str) -> None:
    """Fill the empty `setting` table of a new registry; `chosen` replaces defaults by name."""
    if unknown := set(chosen) - set(DEFAULTS):
        raise KeyError(f"no such regional setting: {', '.join(sorted(unknown))}")
    values = DEFAULTS | chosen | {"demo": "yes" if demo else "", SECRET: secrets.token_hex(32)}
    rows = [{"name": name, "value": value} for name, value in values.items()]
    connection.execute(insert(schema.setting), rows)
