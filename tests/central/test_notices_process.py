"""The worker as a process, before a real mail server and a real gateway: all of them killed in the middle (issue 4, R26).

Nothing is lost; what came twice says so.
"""

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from databases import Databases
from notice_post import Hold, PostOffice, SmsGateway
from registry_process import command
from sqlalchemy import insert, select
from tiny_region import ANNA

from kiosk.central import cli, outbox, records, schema
from kiosk.central.notices import letter as letters
from kiosk.central.outbox import Told
from kiosk.central.store import Store

SECONDS_TO_TELL = 10  # R26
PATIENCE = 60
DAY = 24 * 3600
PERSON = ("anna@", "79161234567", "Петрова", "Анна", "Соколова")


def wait_for(what: Callable[[], Any], words: str) -> Any:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if value := what():
            return value
        time.sleep(0.02)
    raise AssertionError(f"waited in vain for {words}")


class Scene:
    """A registry's database, the worker on it, and where its notices arrive."""

    def __init__(self, database: str, folder: Path) -> None:
        self.store = Store(database)
        self.post, self.gateway = PostOffice(), SmsGateway()
        self.log = folder / "log"
        self._settings = folder / "registry.toml"
        self._settings.write_text(
            f"""[registry]
            database = "{database}"
            [notices]
            attempt_seconds = 6
            [notices.email]
            host = "127.0.0.1"
            port = {self.post.port}
            sender = "desk@example.ru"
            security = "none"
            [notices.sms]
            url = "{self.gateway.url}"
            body = {{ to = "{{phone}}", text = "{{text}}", id = "{{id}}" }}
            """
        )
        self.process: subprocess.Popen[bytes] | None = None
        self._bookings = 0

    def start(self) -> None:
        with self.log.open("ab") as log:
            arguments = command("notices", "--config", str(self._settings))
            self.process = subprocess.Popen(arguments, stdout=log, stderr=log)

    def end(self, how: signal.Signals) -> int:
        assert self.process is not None
        self.process.send_signal(how)
        return self.process.wait(PATIENCE)

    def book(self) -> str:
        """A booking of Anna's, in some days, and the notice that the clinic has it; its id."""
        self._bookings += 1
        id, now = f"b{self._bookings}", int(time.time())
        start = now - now % 300 + 3 * DAY + self._bookings * 900

        def work(connection: Any) -> None:
            connection.execute(insert(schema.appointment).values(_booking(id, start, now)))
            booking = records.by_id(connection, id)
            words = outbox.text(outbox.Happened.BOOKED, booking, "ru")
            outbox.send_notice(connection, Told("booked", ANNA.id, id, words, "ru", now))

        self.store.write(work)
        return id

    def states(self) -> list[str]:
        with self.store.read() as connection:
            return list(connection.scalars(select(schema.delivery.c.state)))

    def command(self, name: str, *arguments: str) -> int:
        """One command of `kiosk central`; its exit status."""
        return cli.main([name, "--config", str(self._settings), *arguments])


def _booking(id: str, start: int, now: int) -> dict[str, Any]:
    return {
        "id": id,
        "version": 1,
        "status": "booked",
        "role_id": "r-therapist",
        "facility_id": "f1",
        "service_id": "s-therapist",
        "specialty_code": "therapist",
        "profile_code": "therapist",
        "patient_id": ANNA.id,
        "start": start,
        "end": start + 900,
        "visit_day": start // DAY + 719_163,
        "asked_day": now // DAY + 719_163,
        "ticket": id,
        "code": id,
        "created": now,
        "changed": now,
        "seen": False,
    }


@pytest.fixture(scope="module")
def scene(
    databases: Databases, booking_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("notices")
    scene = Scene(databases.copy(booking_database, folder), folder)
    scene.post.start()
    scene.gateway.start()
    scene.start()
    yield scene
    if scene.process is not None and scene.process.poll() is None:
        scene.end(signal.SIGKILL)
    scene.post.stop()
    scene.gateway.stop()
    scene.store.close()


def test_what_the_clinic_cancels_is_told_within_ten_seconds(scene: Scene) -> None:
    """R26, by both ways, from the moment at which the staff's command is done."""
    wait_for(lambda: "sending to: email, phone" in scene.log.read_text(), "the worker")
    id = scene.book()
    wait_for(lambda: scene.post.letters and scene.gateway.taken, "that there is a visit")
    assert scene.command("cancel", id, "--reason", "Отключили воду") == 0
    written = time.monotonic()
    wait_for(lambda: len(scene.post.letters) == len(scene.gateway.taken) == 2, "letter and SMS")
    assert time.monotonic() - written < SECONDS_TO_TELL
    letter, (_, sms) = scene.post.letters[1], scene.gateway.taken[1]
    assert letter["Subject"] == "Поликлиника отменила ваш приём"
    assert "Причина: Отключили воду." in _words(letter)
    assert sms["text"] in _words(letter)
    assert [part.get_content_type() for part in letter.iter_attachments()] == ["text/calendar"]


def test_killed_in_the_middle_nothing_is_lost_and_repeats_are_marked(scene: Scene) -> None:
    held = [Hold(), Hold()]
    scene.post.hold, scene.gateway.hold = held
    booked = [scene.book() for _ in range(12)]
    for hold in held:
        assert hold.reached.wait(PATIENCE), "one on each way was taken, and the worker does not know it yet"
    scene.end(signal.SIGKILL)
    for hold in held:
        hold.go_on.set()
    scene.post.stop()
    scene.gateway.stop()
    scene.start()
    wait_for(lambda: scene.log.read_text().count("at the door") >= 2, "ways that are closed")
    scene.post.start()
    scene.gateway.start()
    wait_for(lambda: set(scene.states()) == {"sent"}, "all to be sent")
    _look_at(booked, [(one["Message-ID"], one[letters.REPEATED], _words(one)) for one in scene.post.letters])
    texts = [
        (fields["id"], "повторно" in fields["text"], fields["text"]) for _, fields in scene.gateway.taken
    ]
    _look_at(booked, texts)


def _look_at(booked: list[str], arrived: list[tuple[str, Any, str]]) -> None:
    """Each booking was told, at least one of them twice, and what came twice has one id and a mark from then on."""
    for id in booked:
        assert any(f"Талон № {id}." in text for _, _, text in arrived), id
    marks: dict[str, list[bool]] = {}
    for id, marked, _ in arrived:
        marks.setdefault(id, []).append(bool(marked))
    twice = [these for these in marks.values() if len(these) > 1]
    assert twice
    assert all(not these[0] and all(these[1:]) for these in twice)


def _words(letter: Any) -> str:
    return str(letter.get_body().get_content())


def test_what_is_dead_is_listed_without_a_person_and_sent_when_asked(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    scene.post.at_rcpt = ["550 5.1.1 <anna@example.ru>: no such user"]
    count = len(scene.post.letters)
    scene.book()
    wait_for(lambda: "dead" in scene.states(), "a dead letter")
    assert scene.command("dead-letters") == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert "booked" in line
    assert "a***@example.ru" in line
    assert "smtp 550 for the address" in line
    assert not any(part in line for part in PERSON)
    assert scene.command("dead-letters", "--retry", "unknown") == cli.EXIT_ERROR
    assert scene.command("dead-letters", "--retry", "all") == 0
    wait_for(lambda: len(scene.post.letters) > count, "the letter that was dead")
    assert scene.command("dead-letters") == 0


def test_it_stops_when_asked_and_its_log_names_nobody(scene: Scene) -> None:
    """R39."""
    assert scene.end(signal.SIGTERM) == 0
    log = scene.log.read_text()
    assert "booked" in log
    assert not [part for part in PERSON if part in log]
