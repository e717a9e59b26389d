"""Upgrades: what is in the tables stays, a backup is written first, one process does it (R38, R39)."""

import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
import rows
from alembic.script import ScriptDirectory
from databases import Databases
from registry_process import command, registry_process
from sqlalchemy import insert, text
from test_booking_store import differences

from kiosk.central import backup, cli, schema
from kiosk.central import store as stores
from kiosk.central.store import Store, StoreUnfit

REVISIONS = sorted(
    script.revision for script in ScriptDirectory(str(stores.MIGRATIONS)).walk_revisions() if script.revision
)
#: Tables and columns that a later revision makes anew from others.
MADE_ANEW = {"word", "vocabulary"}


def old(url: str, revision: str) -> Store:
    """A registry of an earlier program, with rows in every table."""
    store = Store(url)
    store.upgrade(to=revision)
    rows.fill(store)
    return store


@pytest.mark.parametrize("revision", REVISIONS)
def test_what_is_in_the_tables_stays(new_database: str, revision: str) -> None:
    """From each revision that there ever was; only columns are added, renamed or given a value."""
    store = old(new_database, revision)
    before = rows.everything(store)
    store.upgrade()
    after = rows.everything(store)
    assert differences(store) == []
    for name in before.keys() - MADE_ANEW:
        assert [without(row, after[name][0]) for row in before[name]] == [
            without(row, before[name][0]) for row in kept(after[name])
        ], name
    store.close()


def kept(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without the rows that a revision adds: settings."""
    return [row for row in found if "Ёлка" in str(row)]


def without(row: dict[str, Any], columns: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name in columns}


# --- the backup before -------------------------------------------------------------------------------------------


def settings(folder: Path, url: str) -> str:
    file = folder / "registry.toml"
    file.write_text(f'[registry]\ndatabase = "{url}"\nbackups = "{folder}"\n')
    return str(file)


def backups(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.backup"))


def test_a_backup_of_what_there_was_is_written_first(
    new_database: str, tmp_path: Path, databases: Databases
) -> None:
    store = old(new_database, "0003")
    before = rows.everything(store)
    config = settings(tmp_path, new_database)
    assert cli.main(["upgrade", "--config", config]) == 0
    assert cli.main(["upgrade", "--config", config]) == 0
    (file,) = backups(tmp_path)
    assert file.name.startswith("registry-0003-")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert {name: content.rows for name, content in backup.read(file).items()} == dict.fromkeys(before, 2)
    restored = Store(databases.new(tmp_path))
    backup.restore(file, restored)
    assert rows.everything(restored) == rows.everything(store)
    restored.close()
    store.close()


#: As the first program wrote them.
SETTINGS = [
    {"name": "zone", "value": "Europe/Moscow"},
    {"name": "demo", "value": ""},
    {"name": "secret", "value": "0" * 64},
]


def test_a_start_upgrades_as_well(new_database: str, tmp_path: Path) -> None:
    store = Store(new_database)
    store.upgrade(to="0004")
    store.write(lambda connection: connection.execute(insert(schema.setting), SETTINGS) and None)
    store.close()
    with registry_process(new_database, tmp_path / "log", "--config", settings(tmp_path, new_database)):
        (file,) = backups(tmp_path)
    assert file.name.startswith("registry-0004-")
    assert backup.read(file)["setting"].rows > 0


def test_without_a_place_for_the_backup_nothing_is_done(
    new_database: str, databases: Databases, capsys: pytest.CaptureFixture[str]
) -> None:
    """SQLite has a folder of its own; on PostgreSQL somebody has to say one, or that none is wanted."""
    if databases.engine == "sqlite":
        pytest.skip("a SQLite file stands in a folder")
    store = old(new_database, "0006")
    assert cli.main(["upgrade", "--database", new_database]) == cli.EXIT_ERROR
    assert "--no-backup" in capsys.readouterr().err
    assert store.revision() == "0006"
    assert cli.main(["upgrade", "--no-backup", "--database", new_database]) == 0
    assert store.revision() == REVISIONS[-1]
    store.close()


def test_where_the_backup_fails_nothing_is_done(new_database: str, tmp_path: Path) -> None:
    store = old(new_database, "0006")
    before = rows.everything(store)
    with pytest.raises(FileNotFoundError):
        backup.upgrade(store, tmp_path / "missing", 0)
    assert store.revision() == "0006"
    assert rows.everything(store) == before
    store.close()


def test_of_two_at_once_one_does_it(new_database: str, tmp_path: Path) -> None:
    """Two processes: both end well, one has written the backup."""
    old(new_database, "0001").close()
    call = command("upgrade", "--config", settings(tmp_path, new_database))
    both = [subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]
    ends = [(process.communicate(timeout=120), process.returncode) for process in both]
    assert [status for _, status in ends] == [0, 0], ends
    assert len(backups(tmp_path)) == 1
    store = Store(new_database)
    assert differences(store) == []
    store.close()


def test_data_of_a_newer_program_are_left_alone(
    tiny_copy: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = Store(tiny_copy)
    store.write(
        lambda connection: connection.execute(text("UPDATE alembic_version SET version_num = '9000'"))
    )
    before = rows.everything(store)
    for arguments in (["upgrade"], ["serve", "--port", "0"]):
        assert cli.main([*arguments, "--database", tiny_copy]) == cli.EXIT_ERROR
        assert "newer program" in capsys.readouterr().err
    assert rows.everything(store) == before
    store.close()


def test_a_database_that_sorts_otherwise_is_refused(databases: Databases, tmp_path: Path) -> None:
    """Lists have the same order on both engines: texts are UTF-8 and sorted by code point."""
    if databases.engine == "sqlite":
        pytest.skip("SQLite has one order")
    databases.run("CREATE DATABASE narrow TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'")
    url = databases.url("narrow")
    store = Store(url)
    with pytest.raises(StoreUnfit, match="createdb"):
        store.upgrade()
    store.close()
    databases.drop(url)
