"""The journal: durable, without persons, alive whatever becomes of its file (issue 2, item 7)."""

import logging
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk import journal as journal_module
from kiosk.errors import JournalFault
from kiosk.journal import Journal, Paper, State

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def test_what_is_written_is_there_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "state" / "journal.sqlite"
    first = Journal(path)
    first.asked("urn:uuid:1")
    first.booked("urn:uuid:1", "app-1", "T-1")
    first.close()
    second = Journal(path)
    entry = second.get("urn:uuid:1")
    second.close()
    assert entry is not None
    assert (entry.state, entry.appointment_id, entry.ticket_number, entry.paper) == (
        State.BOOKED,
        "app-1",
        "T-1",
        Paper.NONE,
    )


def test_every_commit_waits_for_the_disk(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    journal.asked("urn:uuid:1")
    connection = journal._connection
    assert connection is not None
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    journal.close()


def test_an_answer_after_the_patient_left_changes_nothing(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    journal.asked("urn:uuid:1")
    assert journal.move("urn:uuid:1", State.ABANDONED, only_from=(State.ASKED, State.BOOKED))
    journal.booked("urn:uuid:1", "app-1", "T-1")
    assert not journal.move("urn:uuid:1", State.SHOWN, only_from=(State.ASKED, State.BOOKED))
    assert [entry.state for entry in journal.unsettled()] == [State.ABANDONED]
    journal.close()


def test_what_was_being_printed_at_a_restart_is_unsure_and_listed(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    for number, paper in enumerate((Paper.PRINTED, Paper.UNDER_WAY, Paper.NOT_PRINTED)):
        journal.asked(f"urn:uuid:{number}")
        journal.move(f"urn:uuid:{number}", State.SHOWN, only_from=(State.ASKED,))
        journal.paper(f"urn:uuid:{number}", paper)
    journal.restarted()
    assert [entry.paper for entry in journal.unprinted()] == [Paper.UNSURE, Paper.NOT_PRINTED]
    journal.close()


def test_settled_bookings_are_dropped_after_a_month_and_others_never(tmp_path: Path) -> None:
    now = [NOW]
    journal = Journal(tmp_path / "journal.sqlite", lambda: now[0])
    journal.asked("urn:uuid:open")
    journal.asked("urn:uuid:settled")
    journal.move("urn:uuid:settled", State.CANCELLED, only_from=(State.ASKED,))
    now[0] += timedelta(days=31)
    journal.tidy()
    assert journal.get("urn:uuid:settled") is None
    assert journal.get("urn:uuid:open") is not None
    journal.close()


def _garbage(path: Path) -> None:
    path.write_bytes(b"this is no database at all" * 50)


def _cut(path: Path) -> None:
    _filled(path)
    with path.open("r+b") as file:
        file.seek(1024)
        file.write(b"\xff" * 3072)


def _other_table(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE booking (something TEXT)")
    connection.commit()
    connection.close()


def _other_state(path: Path) -> None:
    _filled(path)
    connection = sqlite3.connect(path)
    connection.execute("UPDATE booking SET asked_at = 'yesterday'")
    connection.commit()
    connection.close()


def _filled(path: Path) -> None:
    journal = Journal(path)
    for number in range(50):
        journal.asked(f"urn:uuid:{number}")
    journal.close()


@pytest.mark.parametrize("spoil", [_garbage, _cut, _other_table, _other_state])
def test_a_broken_file_is_moved_aside_and_the_terminal_goes_on(
    spoil: object, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "journal.sqlite"
    assert callable(spoil)
    spoil(path)
    journal = Journal(path)
    with caplog.at_level(logging.ERROR):
        assert journal.unsettled() == ()
    journal.asked("urn:uuid:new")
    assert [entry.identifier for entry in journal.unsettled()] == ["urn:uuid:new"]
    journal.close()
    assert list(tmp_path.glob("journal.sqlite.broken-*"))
    assert "moved aside" in caplog.text


def test_a_broken_file_that_cannot_be_moved_aside_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that has become read-only books nothing, and breaks nothing else."""
    path = tmp_path / "journal.sqlite"
    _garbage(path)

    def refuse(self: Path, target: Path) -> Path:
        raise PermissionError

    monkeypatch.setattr(Path, "rename", refuse)
    journal = Journal(path)
    with pytest.raises(JournalFault):
        journal.asked("urn:uuid:new")


def test_a_locked_file_is_a_fault_and_is_used_again_when_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "LOCK_SECONDS", 0.05)
    path = tmp_path / "journal.sqlite"
    journal = Journal(path)
    journal.asked("urn:uuid:1")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(JournalFault):
        journal.asked("urn:uuid:2")
    other.execute("ROLLBACK")
    other.close()
    journal.asked("urn:uuid:2")
    assert len(journal.unsettled()) == 2
    journal.close()


def test_a_folder_that_cannot_be_made_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(JournalFault):
        Journal(tmp_path / "file" / "journal.sqlite").asked("urn:uuid:1")


@pytest.mark.parametrize(
    ("papers", "left"),
    [
        ((), False),
        ((Paper.UNDER_WAY,), True),
        ((Paper.UNSURE,), True),
        ((Paper.NOT_PRINTED,), False),
        ((Paper.UNSURE, Paper.PRINTED), False),
        ((Paper.UNSURE, Paper.NOT_PRINTED), True),
        ((Paper.PRINTED, Paper.UNDER_WAY), True),
    ],
)
def test_what_may_be_left_in_the_printer_after_a_restart(
    papers: tuple[Paper, ...], left: bool, tmp_path: Path
) -> None:
    """A ticket that was surely printed came out behind everything that was held before it."""
    minutes = iter(range(60))
    journal = Journal(tmp_path / "journal.sqlite", lambda: NOW + timedelta(minutes=next(minutes)))
    for number, paper in enumerate(papers):
        journal.asked(f"urn:uuid:{number}")
        journal.paper(f"urn:uuid:{number}", paper)
    assert journal.left_in_printer() is left
    journal.restarted()
    assert journal.left_in_printer() is left
    journal.close()


@pytest.mark.parametrize(
    ("notes", "known"),
    [
        ((Paper.UNDER_WAY, Paper.NOT_PRINTED, Paper.UNDER_WAY, Paper.PRINTED), Paper.PRINTED),
        ((Paper.UNDER_WAY, Paper.UNSURE, Paper.UNDER_WAY), Paper.UNSURE),
        ((Paper.UNDER_WAY, Paper.UNSURE, Paper.UNDER_WAY, Paper.NOT_PRINTED), Paper.UNSURE),
        ((Paper.UNDER_WAY, Paper.UNSURE, Paper.UNDER_WAY, Paper.PRINTED), Paper.PRINTED),
        ((Paper.UNDER_WAY, Paper.NOT_PRINTED), Paper.NOT_PRINTED),
    ],
)
def test_a_doubt_about_the_paper_stays_until_it_is_surely_printed(
    notes: tuple[Paper, ...], known: Paper, tmp_path: Path
) -> None:
    """Printed in part, then tried again in vain: after a restart the printer must still be cleared."""
    journal = Journal(tmp_path / "journal.sqlite")
    journal.asked("urn:uuid:1")
    for paper in notes:
        journal.paper("urn:uuid:1", paper)
    entry = journal.get("urn:uuid:1")
    journal.close()
    assert entry is not None
    assert entry.paper is known
