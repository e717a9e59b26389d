"""What the cells of files mean, and what is told where they mean nothing."""

from datetime import date, time
from typing import Any

import pytest

from kiosk.central.imports import cells
from kiosk.central.imports.cells import Column, Reader

GOOD: list[tuple[Reader, str, Any]] = [
    (cells.text, " ул.  Лесная,\n1 ", "ул. Лесная, 1"),
    (cells.code, "gp5-101", "gp5-101"),
    (cells.codes, "gp5, dp2;gp5", ["gp5", "dp2"]),
    (cells.texts, "+7 1, +7 2", ["+7 1", "+7 2"]),
    (cells.tokens, "therapist, cardiologist", ["therapist", "cardiologist"]),
    (cells.flag, "Да", True),
    (cells.flag, "НЕТ", False),
    (cells.sex, "Жен", "female"),
    (cells.whole(0, 150), "018", 18),
    (cells.visit_minutes, "20", 20),
    (cells.day, "5.03.2026", date(2026, 3, 5)),
    (cells.day, "2026-03-05", date(2026, 3, 5)),
    (cells.clock, "8:30", time(8, 30)),
    (cells.clock, "08:30:00", time(8, 30)),
    (cells.weekdays, "ПН – ср, пт", ("mon", "tue", "wed", "fri")),
    (cells.weekdays, "sun mon", ("mon", "sun")),
    (cells.zone, "Asia/Yekaterinburg", "Asia/Yekaterinburg"),
    (cells.policy, "аб 1234-567890", "АБ1234567890"),
    (cells.document_number, "012 345", "012345"),
    (cells.snils, "112-233-445 95", "11223344595"),
    (cells.phone_number, "8 (916) 123-45-67", "+79161234567"),
    (cells.email_address, "a@Example.RU", "a@example.ru"),
    (
        cells.opening_hours,
        "пн-пт 7:30 - 20:00, сб, вс 09:00-15:00",
        [
            {
                "daysOfWeek": ["mon", "tue", "wed", "thu", "fri"],
                "openingTime": "07:30:00",
                "closingTime": "20:00:00",
            },
            {"daysOfWeek": ["sat", "sun"], "openingTime": "09:00:00", "closingTime": "15:00:00"},
        ],
    ),
]
BAD: list[tuple[Reader, str]] = [
    (cells.text, "a\0b"),
    (cells.text, "a" * 301),
    (cells.code, "gp5 101"),
    (cells.codes, "gp5, a/b"),
    (cells.token, "терапевт"),
    (cells.flag, "может быть"),
    (cells.sex, "x"),
    (cells.whole(0, 150), "151"),
    (cells.whole(0, 150), "-1"),
    (cells.visit_minutes, "12"),
    (cells.visit_minutes, "1445"),
    (cells.day, "31.02.2026"),
    (cells.day, "05.03.26"),
    (cells.day, "2026-03-05 08:30:00"),
    (cells.clock, "08:32"),
    (cells.clock, "24:00"),
    (cells.clock, "8 утра"),
    (cells.weekdays, "пт-пн"),
    (cells.weekdays, "завтра"),
    (cells.zone, "МСК"),
    (cells.zone, "../zone"),
    (cells.policy, "АБВ"),
    (cells.policy, "1" * 33),
    (cells.document_number, "4509 № 123456"),
    (cells.snils, "112-233-445 96"),
    (cells.phone_number, "12-34"),
    (cells.email_address, "a@b"),
    (cells.opening_hours, "пн-пт 08:05"),
    (cells.opening_hours, "пн-пт 20:00-08:00"),
    (cells.opening_hours, "круглосуточно"),
]


@pytest.mark.parametrize(("read", "cell", "meant"), GOOD)
def test_cells_that_mean_something(read: Reader, cell: str, meant: Any) -> None:
    assert read(cell) == meant


@pytest.mark.parametrize(("read", "cell"), BAD)
def test_cells_that_mean_nothing_are_not_repeated(read: Reader, cell: str) -> None:
    with pytest.raises(ValueError, match="must") as refused:
        read(cell)
    assert cell not in str(refused.value)


def test_an_empty_cell_is_the_default_or_missing() -> None:
    assert Column("a", "А", cells.text, default="none").value("") == "none"
    with pytest.raises(ValueError, match="missing"):
        Column("a", "А", cells.text, required=True).value("")


@pytest.mark.parametrize("cell", ["7,70000E+15", "7.7E+15", "7.787600E+15"])
def test_a_number_that_excel_has_cut_is_no_number(cell: str) -> None:
    with pytest.raises(ValueError, match="Excel"):
        Column("policy", "Полис", cells.policy).value(cell)
