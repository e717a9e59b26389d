"""What a letter says: words, ticket, calendar, opt-out (R25, R47, issue 4); the calendar read by another's parser."""

import io
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
import vobject
from booking_region import HOUR, MONDAY, at, free_id
from notice_bench import Bench
from PIL import Image
from running_registry import Clock
from sqlalchemy import update
from tiny_region import ANNA

from kiosk.central import schema
from kiosk.central.contacts import Contact
from kiosk.central.notices import letter as letters
from kiosk.central.notices import picture
from kiosk.central.notices.deliveries import Ending
from kiosk.central.store import Store
from kiosk.ticket import grouped_code

TUESDAY, WEDNESDAY = free_id("r-therapist", 1), free_id("r-therapist", 2)
SENDER = "Регистратура <desk@example.ru>"


@pytest.fixture
def bench(booking_store: Store, clock: Clock) -> Bench:
    bench = Bench(booking_store, clock)
    bench.has_contacts(ANNA, Contact("email", "anna@example.ru"))
    return bench


def letter(bench: Bench, number: int = -1) -> EmailMessage:
    """The letter of one of the attempts so far."""
    due = bench.mail.came[number]
    return letters.letter(due, due.address, bench.mail.tickets[number], SENDER, bench.clock.now)


def words(message: EmailMessage) -> str:
    body = message.get_body()
    assert body is not None
    return body.get_content()


def attached(message: EmailMessage) -> dict[str, EmailMessage]:
    return {part.get_content_type(): part for part in message.iter_attachments()}


def event(message: EmailMessage) -> tuple[str, object]:
    """Method and event of the calendar, as vobject reads them."""
    part = attached(message)["text/calendar"]
    calendar = vobject.readOne(part.get_content())
    assert part["Content-Type"].params["method"] == calendar.method.value
    return calendar.method.value, calendar.vevent


def test_a_booking_comes_with_its_ticket_as_text_and_picture(bench: Bench) -> None:
    bench.book(ANNA, TUESDAY)
    bench.later(60)
    message = letter(bench)
    assert message["From"] == "Регистратура <desk@example.ru>"
    assert (message["To"], message["Subject"]) == ("anna@example.ru", "Вы записаны на приём")
    assert message["Auto-Submitted"] == "auto-generated"
    assert letters.REPEATED not in message
    text = words(message)
    [booked] = bench.rows(schema.appointment)
    for said in (
        bench.mail.came[0].text,
        "10:00",
        "Кабинет 214",
        f"Талон: {booked.ticket}",
        f"Код талона: {grouped_code(booked.code)}",
        "Врач: Соколова Елена Андреевна",
        "Пациент: А. И. П.",
        "Отключить уведомления",
    ):
        assert said in text
    assert "Петрова" not in message.as_string(), "initials alone"
    picture_of_it = Image.open(io.BytesIO(attached(message)["image/png"].get_content()))
    assert picture_of_it.width == picture.WIDTH


def test_its_calendar_has_the_visit_in_its_own_time(bench: Bench) -> None:
    bench.book(ANNA, TUESDAY)
    bench.later(60)
    method, visit = event(letter(bench))
    assert method == "PUBLISH"
    start = datetime.fromtimestamp(at(MONDAY, 34), UTC)
    assert visit.dtstart.value == start
    assert (visit.dtend.value - start).total_seconds() == 900
    assert (visit.status.value, visit.sequence.value) == ("CONFIRMED", "1")
    assert visit.summary.value == "Приём: Терапевт"
    assert visit.location.value == "Поликлиника № 1, ул. Лесная, 1, кабинет 214"
    assert visit.organizer.value == "mailto:desk@example.ru"


def test_moved_and_cancelled_it_is_the_same_event_in_a_later_version(bench: Bench) -> None:
    booking = bench.book(ANNA, TUESDAY)
    bench.later(60)
    booking = bench.move(ANNA, booking, WEDNESDAY)
    bench.later(1)
    bench.cancel(ANNA, booking["id"])
    bench.later(1)
    (_, first), (_, moved), (method, cancelled) = (event(letter(bench, number)) for number in range(3))
    assert first.uid.value == moved.uid.value == cancelled.uid.value
    assert [one.sequence.value for one in (first, moved, cancelled)] == ["1", "2", "3"]
    assert moved.dtstart.value == datetime.fromtimestamp(at(MONDAY, 58), UTC)
    assert (method, cancelled.status.value) == ("CANCEL", "CANCELLED")
    assert set(attached(letter(bench))) == {"text/calendar"}, "no ticket of what is not any more"
    assert "Талон:" not in words(letter(bench))


def test_what_awaits_approval_says_so_in_the_calendar_too(bench: Bench) -> None:
    """R31."""
    bench.book(ANNA, free_id("r-approved", 1))
    bench.later(60)
    message = letter(bench)
    _, visit = event(message)
    assert visit.status.value == "TENTATIVE"
    assert message["Subject"] == "Заявка на приём принята"


def test_a_discreet_specialty_is_named_nowhere(bench: Bench) -> None:
    """R47: not in the subject, the text, the calendar."""
    bench.book(ANNA, free_id("r-discreet", 1))
    bench.later(60)
    message = letter(bench)
    said = words(message) + attached(message)["text/calendar"].get_content() + message["Subject"]
    for hidden in ("Venereologist", "venereologist", "Discreet"):
        assert hidden not in said
    assert event(message)[1].summary.value == "Приём в поликлинике"


def test_a_repeat_is_the_same_letter_and_says_that_it_is_one(bench: Bench) -> None:
    bench.book(ANNA, TUESDAY)
    bench.mail.will(Ending.UNKNOWN)
    bench.later(60)
    bench.later(10)
    first, again = letter(bench, 0), letter(bench, 1)
    assert first["Message-ID"] == again["Message-ID"]
    assert first["Message-ID"].endswith("@example.ru>")
    assert (first[letters.REPEATED], again[letters.REPEATED]) == (None, "yes")
    assert words(again).startswith("Это письмо отправлено повторно")
    assert "повторно" not in words(first)


def test_a_place_on_the_list_has_words_alone(bench: Bench) -> None:
    bench.wait(ANNA)
    bench.later(60)
    message = letter(bench)
    assert message["Subject"] == "Вы в листе ожидания"
    assert attached(message) == {}
    assert bench.mail.came[0].text in words(message)


def test_it_is_in_the_language_in_which_was_booked(bench: Bench) -> None:
    bench.book(ANNA, TUESDAY)
    english = update(schema.notice).values(language="en", text="You are booked: …")
    bench.store.write(lambda connection: connection.execute(english) and None)
    bench.later(HOUR)
    message = letter(bench)
    assert message["Subject"] == "You are booked"
    assert "Room 214" in words(message)
    assert event(message)[1].summary.value == "Visit: Терапевт"


def test_every_kind_has_a_subject_of_its_own() -> None:
    kinds = set(schema.notice.c.kind.comment.replace("; notices only:", ",").split(", "))
    assert kinds == set(letters._SUBJECTS)


def test_without_a_typeface_the_letter_goes_without_a_picture(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture, "_family", lambda: None)
    bench.book(ANNA, TUESDAY)
    bench.later(60)
    assert set(attached(letter(bench))) == {"text/calendar"}
