"""The stub of a place on the waiting list (issue 3, 4): what it says, and that all of it gets onto the paper."""

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pytest
from sample_tickets import LONGEST

from kiosk.devices.escpos_writer import ticket_bytes
from kiosk.devices.ticket_layout import COLUMNS, PaperLine, arrange, printable
from kiosk.ticket import Role, Stub, stub_lines, stub_notes

STUB = Stub(
    facility_name="Городская поликлиника № 5",
    facility_address="ул. Садовая, 14",
    facility_phone="122",
    doctor_name="Жукова Надежда Ильинична",
    specialty_name="терапевт",
    discreet=False,
    initials="И. М. П.",
    number="Л-31",
    code="7K2M94QD",
    contacts=("+7 *** ***-12-34", "i***@example.ru"),
    until=date(2026, 1, 24),
    terminal_name="Т-05",
    printed_at=datetime(2025, 11, 25, 14, 33, tzinfo=timezone(timedelta(hours=3))),
)


def texts(stub: Stub) -> list[str]:
    return [line.text.replace("\N{NO-BREAK SPACE}", " ") for line in stub_lines(stub)]


def test_it_says_for_whom_how_one_is_told_and_how_to_leave() -> None:
    assert texts(STUB) == [
        "Городская поликлиника № 5",
        "ул. Садовая, 14, тел. 122",
        "Лист ожидания",
        "Л-31",
        "Жукова Надежда Ильинична",
        "терапевт",
        "И. М. П.",
        "Вы ждёте свободного времени до 24 января.",
        "Когда время освободится, сообщим: +7 *** ***-12-34, i***@example.ru.",
        "Это ещё не запись. Предложенное время держим за вами недолго.",
        "Больше не хотите ждать? Выйдите из списка на любом инфомате, «Мои записи», или по телефону 122.",
        "TALON:7K2M94QD",
        "7K2M-94QD",
        "терминал Т-05",
    ]


def test_any_doctor_and_nobody_to_tell() -> None:
    said = texts(replace(STUB, doctor_name="", contacts=(), facility_phone=""))
    assert "терапевт, любой врач" in said
    assert "Вы не оставили ни телефона, ни почты: спрашивайте о времени здесь или в регистратуре." in said
    assert (
        "Больше не хотите ждать? Выйдите из списка на любом инфомате, «Мои записи», или в регистратуре."
        in said
    )


def test_a_discreet_one_does_not_tell_for_whom() -> None:
    """R47."""
    said = " ".join(texts(replace(STUB, discreet=True)))
    assert "Жукова" not in said
    assert "терапевт" not in said


def test_what_the_registry_did_not_give_leaves_no_empty_line() -> None:
    bare = replace(
        STUB, number="", code="", specialty_name="", doctor_name="", initials="", facility_address=""
    )
    assert all(line.text for line in stub_lines(bare) if line.role is not Role.PRINTED)


def test_in_english() -> None:
    said = stub_notes(replace(STUB, language="en"))
    assert said[0].replace("\N{NO-BREAK SPACE}", " ") == "You are waiting for a free time until 24 January."


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("columns", COLUMNS.values())
def test_all_of_it_gets_onto_the_paper(columns: int, language: str) -> None:
    long = replace(
        STUB,
        facility_name=LONGEST.facility_name,
        facility_address=LONGEST.facility_address,
        doctor_name=LONGEST.doctor_name,
        specialty_name=LONGEST.specialty_name,
        language=language,
    )
    rows = [item for item in arrange(stub_lines(long), columns) if isinstance(item, PaperLine)]
    assert all(len(row.text) * row.scale <= columns for row in rows)
    printed = "".join("".join(row.text.split()) for row in rows).casefold()
    for note in stub_notes(long):
        assert "".join(printable(note).split()).casefold() in printed


def test_it_goes_the_way_of_a_ticket() -> None:
    sent = ticket_bytes(STUB, "TM-T20II", 80)
    assert "Лист ожидания".encode("cp866") in sent
    assert b"TALON:7K2M94QD" in sent
