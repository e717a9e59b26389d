"""The ticket on paper: kiosk/devices/ticket_layout.py."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_tickets import LONGEST, TICKET

from kiosk.devices.ticket_layout import PaperCode, PaperLine, arrange, printable, wrap
from kiosk.ticket import ticket_lines

COLUMNS = [48, 42, 32]


def test_ticket_of_the_mockup_on_80_mm() -> None:
    """mockups/19-ticket-576.png, without the policy's digits."""
    paper = arrange(ticket_lines(TICKET), 48)
    rule = "-" * 48
    assert [(item.text, item.scale) for item in paper if isinstance(item, PaperLine)] == [
        ("ГОРОДСКАЯ ПОЛИКЛИНИКА № 5", 1),
        ("ул. Садовая, 14, тел. 122", 1),
        (rule, 1),
        ("25 ноября, вторник", 2),
        ("15:40", 5),
        ("КАБИНЕТ 214", 2),
        (rule, 1),
        ("Талон       Т-214-07", 1),
        ("Врач        Соколова Елена Андреевна", 1),
        ("            терапевт, участок 12", 1),
        ("Пациент     И. М. П.", 1),
        (rule, 1),
        ("Придите за 10 минут до приёма.", 1),
        ("С собой: паспорт и полис.", 1),
        ("Не сможете прийти? Отмените запись на любом", 1),
        ('инфомате, "Мои записи", или по телефону 122.', 1),
        ("", 1),
        ("", 1),
        ("7K2M-94QD", 2),
        (rule, 1),
        ("Напечатано 24.11.2025 14:33        терминал Т-05", 1),
    ]
    assert [item.payload for item in paper if isinstance(item, PaperCode)] == ["TALON:7K2M94QD"]


def test_without_large_characters_all_that_is_large_is_double() -> None:
    """look.md section 9."""
    sizes = {
        item.text: item.scale for item in arrange(ticket_lines(TICKET), 42, 2) if isinstance(item, PaperLine)
    }
    assert sizes["15:40"] == sizes["КАБИНЕТ 214"] == sizes["7K2M-94QD"] == 2


@pytest.mark.parametrize("columns", COLUMNS)
def test_the_longest_ticket_fits_and_loses_nothing(columns: int) -> None:
    paper = [item for item in arrange(ticket_lines(LONGEST), columns) if isinstance(item, PaperLine)]
    assert all(len(line.text) * line.scale <= columns for line in paper)
    printed = "".join(line.text for line in paper).replace(" ", "").upper()
    for line in ticket_lines(LONGEST):
        if line.role.name not in ("QR", "CODE"):
            assert printable(line.text).replace("\xa0", "").replace(" ", "").upper() in printed


WORDS = st.text(st.sampled_from("абвЯё№-–«»é₽ \xa0\n123қ中\x1b\x1d?"), max_size=200)


@given(WORDS, WORDS, WORDS, st.sampled_from(COLUMNS))
def test_whatever_is_said_stays_on_the_paper(name: str, room: str, doctor: str, columns: int) -> None:
    ticket = replace(TICKET, facility_name=name, room=room, doctor_name=doctor)
    for item in arrange(ticket_lines(ticket), columns):
        if isinstance(item, PaperLine):
            assert len(item.text) * item.scale <= columns
            assert item.text.isprintable()
            item.text.encode("cp866")


@given(st.text())
def test_only_signs_of_the_page_and_never_a_question_mark_that_was_not_there(text: str) -> None:
    """client-facts.md section 5: '?' in the place of a sign is the silent failure of the library."""
    shown = printable(text).replace("\xa0", " ")
    shown.encode("cp866")
    assert shown.isprintable()
    assert shown.count("?") <= sum(text.count(sign) for sign in "?？﹖︖;⁇⁈⁉⁇") * 2


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Приём 8–12 — «Здоровье»…", 'Приём 8-12 - "Здоровье"...'),
        ("№ 5, ёлка Ёж", "№ 5, ёлка Ёж"),
        ("и\u0306од", "йод"),
        ("Қожа Ғани Ұлы Әлия", "Кожа Гани Улы Элия"),
        ("Іван Їжак", "Iван Їжак"),
        ("José ½ ₽", "Jose 1/2 руб."),
        ("帽子 Ли 😀", " Ли "),
        ("а\x1b@б\tв\x00", "а@б в"),
    ],
)
def test_what_becomes_of_signs_that_the_page_lacks(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_wrap_keeps_together_what_belongs_together() -> None:
    assert wrap("Поликлиника № 5", 13) == ["Поликлиника", "№ 5"]
    assert wrap("тел.\xa0312-45-67 доб.", 16) == ["тел. 312-45-67", "доб."]
    assert wrap("звоните 312-45-67", 12) == ["звоните", "312-45-67"]
    assert wrap("Рождественская-Константинопольская", 20) == ["Рождественская-", "Константинопольская"]
    assert wrap("слишкомдлинноеслово", 8) == ["слишкомд", "линноесл", "ово"]


@pytest.mark.parametrize(
    ("columns", "rows"),
    [(48, ["QZ4M-7K2M-3ABC-X7QD"]), (32, ["QZ4M-7K2M", "3ABC-X7QD"])],
)
def test_a_long_code_is_parted_between_its_fours(columns: int, rows: list[str]) -> None:
    paper = [item for item in arrange(ticket_lines(LONGEST), columns) if isinstance(item, PaperLine)]
    assert [line.text for line in paper if line.scale == 2][-len(rows) :] == rows
