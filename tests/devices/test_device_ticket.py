"""What a ticket says: kiosk/ticket.py."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_tickets import TICKET

from kiosk import ticket as module
from kiosk.models import Appointment, AppointmentStatus, Contact, Doctor, Facility, Patient, Specialty
from kiosk.texts import catalog
from kiosk.ticket import (
    Role,
    Ticket,
    date_words,
    grouped_code,
    make_ticket,
    parse_qr,
    qr_payload,
    ticket_lines,
)


def said(ticket: Ticket) -> str:
    return "\n".join(f"{line.label} {line.text}" for line in ticket_lines(ticket)).replace("\xa0", " ")


def test_ticket_says_everything_that_a_person_needs_in_that_order() -> None:
    """look.md section 9."""
    assert [line.role for line in ticket_lines(TICKET)] == [
        Role.FACILITY,
        Role.ADDRESS,
        Role.DATE,
        Role.TIME,
        Role.ROOM,
        Role.NUMBER,
        Role.FACT,
        Role.FACT,
        Role.FACT,
        Role.NOTE,
        Role.NOTE,
        Role.NOTE,
        Role.QR,
        Role.CODE,
        Role.PRINTED,
    ]
    words = said(TICKET)
    for part in (
        "Городская поликлиника № 5",
        "ул. Садовая, 14, тел. 122",
        "25 ноября, вторник",
        "15:40",
        "Кабинет 214",
        "Талон Т-214-07",
        "Врач Соколова Елена Андреевна",
        "терапевт, участок 12",
        "Пациент И. М. П.",
        "С собой: паспорт и полис.",
        "Отмените запись на любом инфомате, «Мои записи», или по телефону 122.",
        "TALON:7K2M94QD",
        "7K2M-94QD",
        "Напечатано 24.11.2025 14:33 терминал Т-05",
    ):
        assert part in words


def test_r47_discreet_ticket_names_neither_specialty_nor_doctor_nor_what_to_bring() -> None:
    words = said(replace(TICKET, discreet=True, bring="результаты анализа на сифилис"))
    for secret in ("терапевт", "Соколова", "Врач", "сифилис", "участок"):
        assert secret not in words
    for part in ("25 ноября, вторник", "15:40", "Кабинет 214", "Т-214-07", "И. М. П.", "7K2M-94QD"):
        assert part in words


def test_r31_awaiting_approval_is_said() -> None:
    assert "не подтвердила" not in said(TICKET)
    words = said(replace(TICKET, awaiting_approval=True))
    assert "Поликлиника ещё не подтвердила запись" in words
    assert "узнайте на инфомате или в регистратуре" in words


def test_what_is_not_known_leaves_no_empty_line() -> None:
    bare = replace(
        TICKET, facility_address="", facility_phone="", room="", areas=(), bring="", terminal_name="", code=""
    )
    words = said(bare)
    assert all(line.text or line.role is Role.PRINTED for line in ticket_lines(bare))
    assert "Кабинет спросите в регистратуре" in words
    assert "на любом инфомате, «Мои записи», или в регистратуре" in words
    assert "С собой: документ и полис." in words
    assert "TALON" not in words


def test_several_areas() -> None:
    assert "терапевт, Участок 12, Участок 13" in said(replace(TICKET, areas=("Участок 12", "Участок 13")))


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2025, 11, 25), "25 ноября, вторник"),
        (date(2026, 5, 1), "1 мая, пятница"),
        (date(2026, 8, 31), "31 августа, понедельник"),
    ],
)
def test_date_words(day: date, words: str) -> None:
    assert date_words(day) == words


def test_ticket_in_english_needs_no_catalog() -> None:
    words = said(replace(TICKET, language="en"))
    assert "25 November, Tuesday" in words
    assert "Room 214" in words


def test_every_message_of_the_ticket_is_translated() -> None:
    source = Path(module.__file__).read_text("utf-8")
    asked = set(re.findall(r'gettext\(\s*"([^"]+)"\s*\)', source)) | set(module._DATES + module._WEEKDAYS)
    assert len(asked) > 30
    russian = catalog("ticket", "ru")
    for message in asked:
        translated = russian.gettext(message)
        assert re.search("[а-яё]", translated), message
        assert re.findall(r"{\w+}", translated) == re.findall(r"{\w+}", message)


def test_make_ticket_from_the_registry_s_nouns() -> None:
    facility = Facility("f", "l", "Поликлиника", "ул. Мира, 1", "d", phones=("122", "123"))
    doctor = Doctor(
        "r", "p", "Соколова", "Елена", "Андреевна", "f", "therapist", room="214", areas=("Участок 12",)
    )
    specialty = Specialty("h", "therapist", "терапевт", "f", discreet=True, bring="полис")
    appointment = Appointment(
        "a",
        AppointmentStatus.AWAITING,
        TICKET.starts_at,
        TICKET.starts_at,
        ticket_number="Т-1",
        code="7K2M94QD",
    )
    contacts = (Contact("phone", "+7 900 000-00-00"), Contact("email", "i@example.ru"))
    patient = Patient("x", "И. М. П.", contacts=contacts)
    ticket = make_ticket(
        appointment,
        doctor,
        specialty,
        facility,
        patient,
        terminal_name="Т-05",
        printed_at=TICKET.printed_at,
    )
    assert ticket.awaiting_approval
    assert ticket.discreet
    assert (ticket.facility_phone, ticket.room, ticket.number) == ("122", "214", "Т-1")
    assert (ticket.initials, ticket.doctor_name) == ("И. М. П.", "Соколова Елена Андреевна")
    assert "900" not in repr(ticket)


def test_grouped_code() -> None:
    assert grouped_code("7K2M94QD") == "7K2M-94QD"
    assert grouped_code("7K2M9") == "7K2M-9"
    assert grouped_code("7K2M-94") == "7K2M-94"


@given(st.text())
def test_parse_qr_is_total_and_takes_only_tickets(text: str) -> None:
    code = parse_qr(text)
    assert code is None or text.strip() == qr_payload(code)


@given(st.text(alphabet="ABCDEFGHJKMNPQRSTVWXYZ0123456789", min_size=1, max_size=32))
def test_a_printed_code_is_read_back(code: str) -> None:
    assert parse_qr(qr_payload(code) + "\r\n") == code


@pytest.mark.parametrize("text", ["", "TALON:", "7K2M94QD", "talon:7K2M94QD", "TALON:7K2M 94QD", "TALON:Я"])
def test_what_is_no_ticket_s_qr(text: str) -> None:
    assert parse_qr(text) is None
