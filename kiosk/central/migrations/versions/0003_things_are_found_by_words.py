"""Things are found by words: lines of names, beginnings in order, the vocabulary (issue 3)

What is written here from the texts is as words.py and lettering.py wrote it then, whatever they do today.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

#: Table, column of the line, kind, statement of id and text; the first of three kinds has its beginnings in `word`.
_NAME = "TRIM(last_name || ' ' || first_name || ' ' || patronymic)"
_TEXTS = (
    ("district", "id", "name_words", "district-name", "SELECT id, name FROM district"),
    ("facility", "id", "name_words", "facility-name", "SELECT id, name FROM facility"),
    ("facility", "id", "address_words", "facility-address", "SELECT id, address FROM facility"),
    ("area", "id", "name_words", "area-name", "SELECT id, name FROM area"),
    ("specialty", "code", "name_words", "specialty-name", "SELECT code, name FROM specialty"),
    ("practitioner", "id", "name_words", "practitioner-name", f"SELECT id, {_NAME} FROM practitioner"),
    (
        "role",
        "id",
        "name_words",
        "doctor-name",
        f"SELECT role.id, {_NAME} FROM role JOIN practitioner ON practitioner.id = role.practitioner_id",
    ),
)
_INDEXED = ("facility-name", "facility-address", "doctor-name")

_WORD = sa.table("word", *map(sa.column, ("kind", "text", "part", "line", "owner_id")))
_VOCABULARY = sa.table("vocabulary", *map(sa.column, ("kind", "text")))


def upgrade() -> None:
    op.drop_table("word")
    op.create_table(
        "word",
        sa.Column("kind", sa.Text(), nullable=False, comment="facility-name, facility-address, doctor-name"),
        sa.Column("text", sa.Text(), nullable=False, comment="the beginning, folded (lower case, Ё=Е)"),
        sa.Column("part", sa.Boolean(), nullable=False, comment="false: it is a whole word of the text"),
        sa.Column("line", sa.Text(), nullable=False, comment="words.line of the text"),
        sa.Column("owner_id", sa.Text(), nullable=False, comment="of the facility or role"),
        sa.PrimaryKeyConstraint("kind", "text", "part", "line", "owner_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "vocabulary",
        sa.Column(
            "kind",
            sa.Text(),
            nullable=False,
            comment="those of `word`, and of texts of which there are few",
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "text"),
        sqlite_with_rowid=False,
    )
    for table, _, column, _, _ in _TEXTS:
        comment = "of the practitioner's name" if table == "role" else None
        op.add_column(table, sa.Column(column, sa.Text(), nullable=False, server_default="", comment=comment))
    connection = op.get_bind()
    for table, key, column, kind, query in _TEXTS:
        _write(connection, table, key, column, kind, connection.execute(sa.text(query)).all())
    op.drop_index("ix_facility_district_id", "facility")
    op.create_index("facility_name", "facility", ["name_words", "id"])
    op.create_index("facility_district_name", "facility", ["district_id", "name_words", "id"])
    op.create_index("practitioner_name", "practitioner", ["name_words", "id"])
    op.create_index("role_specialty_name", "role", ["specialty_code", "name_words", "id"])


def downgrade() -> None:
    raise NotImplementedError("older programs do not write what this schema needs: restore a backup instead")


def _write(connection: sa.Connection, table: str, key: str, column: str, kind: str, texts: list[Any]) -> None:
    if not texts:
        return
    change = sa.text(f"UPDATE {table} SET {column} = :line WHERE {key} = :id")
    connection.execute(change, [{"id": id, "line": _line(text)} for id, text in texts])
    learned = sorted({word for _, text in texts for word in _words(text)})
    if learned:
        connection.execute(sa.insert(_VOCABULARY), [{"kind": kind, "text": word} for word in learned])
    beginnings = [row for id, text in texts for row in _beginnings(kind, id, text)]
    if kind in _INDEXED and beginnings:
        connection.execute(sa.insert(_WORD), beginnings)


def _beginnings(kind: str, id: str, text: str) -> Iterator[dict[str, Any]]:
    whole = set(_words(text))
    for beginning in {word[:length] for word in whole for length in range(1, len(word) + 1)}:
        part = beginning not in whole
        yield {"kind": kind, "text": beginning, "part": part, "line": _line(text), "owner_id": id}


def _words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFC", text).casefold().replace("ё", "е")
    return list(dict.fromkeys(re.findall(r"[^\W_]+", folded)))


def _line(text: str) -> str:
    return f" {' '.join(map(_sortable, _words(text)))} "


def _sortable(word: str) -> str:
    digits = re.match(r"[0-9]+", word)
    return f"#{chr(ord('0') + min(len(digits[0]), 40))}{word}" if digits else word
