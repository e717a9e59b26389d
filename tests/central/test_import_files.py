"""CSV and XLSX as Excel writes them in Russia, and files that are neither (docs/import.md)."""

from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from kiosk.central.imports.files import FileRefused, Line, folded, lines

HEADINGS = {
    folded(said): name
    for name, said in (("code", "Код"), ("name", "Название"), ("day", "Ёлка"))
    for said in (said, name)
}
SAID = 'Код;Название\r\n7;«Ёлочки»\r\n\r\n8;"a ""b""\nc"\r\n9;d\r\n'
READ = [
    Line(2, {"code": "7", "name": "«Ёлочки»"}),
    Line(4, {"code": "8", "name": 'a "b"\nc'}),
    Line(6, {"code": "9", "name": "d"}),
]


def read(path: Path) -> list[Line]:
    return list(lines(path, HEADINGS))


def csv(folder: Path, content: bytes) -> Path:
    path = folder / "file.csv"
    path.write_bytes(content)
    return path


def xlsx(folder: Path, *rows: tuple[Any, ...], first: int = 0) -> Path:
    path = folder / "file.xlsx"
    with xlsxwriter.Workbook(path, {"default_date_format": "dd.mm.yyyy"}) as book:
        sheet = book.add_worksheet()
        clock = book.add_format({"num_format": "hh:mm"})
        for number, row in enumerate(rows, first):
            for column, cell in enumerate(row):
                sheet.write(number, column, cell, *([clock] if isinstance(cell, time) else []))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_encodings_and_delimiters(tmp_path: Path, encoding: str, delimiter: str) -> None:
    assert read(csv(tmp_path, SAID.replace(";", delimiter).encode(encoding))) == READ


@pytest.mark.parametrize("encoding", ["cp866", "koi8-r", "utf-16"])
def test_an_encoding_that_cannot_be_told_is_refused(tmp_path: Path, encoding: str) -> None:
    with pytest.raises(FileRefused, match="UTF-8"):
        read(csv(tmp_path, "Код;Название\n7;Ёлочки\n".encode(encoding)))


def test_without_russian_headings_nothing_says_that_it_is_cp1251(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="UTF-8"):
        read(csv(tmp_path, "code;name\n7;Ёлочки\n".encode("cp1251")))


def test_headings_in_any_case_and_order(tmp_path: Path) -> None:
    said = " НАЗВАНИЕ * ; code ;елка\nb;7;c\n"
    assert read(csv(tmp_path, said.encode())) == [Line(2, {"name": "b", "code": "7", "day": "c"})]


@pytest.mark.parametrize(
    ("said", "line", "words"),
    [
        ("", 0, "is empty"),
        ("7;Петров Пётр\n", 1, "must begin with the headings"),
        ("Код;Фамилия\n", 1, "the heading of column 2 is not known"),
        ("Код;Название;code\n", 1, "columns 1 and 3"),
        ("Код;Название\n7;a\n8;b;c\n", 3, "more cells"),
        ('Код;Название\n7;a\n8;"b"c\n9;d\n', 3, "quotation mark"),
    ],
)
def test_files_that_are_refused(tmp_path: Path, said: str, line: int, words: str) -> None:
    """R39: nothing of what stands there is repeated, it may be a person's."""
    with pytest.raises(FileRefused) as refused:
        read(csv(tmp_path, said.encode()))
    assert refused.value.line == line
    assert words in str(refused.value)
    assert "Петров" not in str(refused.value)


def test_xlsx_says_what_csv_would(tmp_path: Path) -> None:
    path = xlsx(
        tmp_path,
        ("Код", "Название", "Ёлка"),
        (7, " a ", date(2026, 3, 5)),
        (),
        ("007", True, time(8, 30)),
        (7700000000000017, 12.5, None),
    )
    assert read(path) == [
        Line(2, {"code": "7", "name": "a", "day": "2026-03-05"}),
        Line(4, {"code": "007", "name": "yes", "day": "08:30:00"}),
        Line(5, {"code": "7.700000E+15", "name": "12.5", "day": ""}),
    ]


def test_xlsx_that_begins_farther_down_keeps_its_line_numbers(tmp_path: Path) -> None:
    assert [line.number for line in read(xlsx(tmp_path, ("Код",), (7,), first=3))] == [5]


@pytest.mark.parametrize("name", ["file.xlsx", "file.xls", "missing.csv"])
def test_what_is_no_such_file(tmp_path: Path, name: str) -> None:
    (tmp_path / "file.xlsx").write_bytes(b"PK\3\4 nothing")
    with pytest.raises(FileRefused):
        read(tmp_path / name)
