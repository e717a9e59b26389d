"""The lines of CSV and XLSX files, as Excel writes them in Russia. Files are read where they are, and line by line."""

import codecs
import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

_CHUNK = 1 << 16
#: From here on a number of Excel's has lost digits, and neither it nor anybody else knows which.
_EXACT = 10**15
_CSV, _XLSX = ".csv", ".xlsx"

#: What a cell of such a file may be, before it is a text.
_Cell = int | float | str | bool | date | time | datetime | object


class FileRefused(ValueError):
    """The file as a whole cannot be read; the words are for who made it."""

    def __init__(self, words: str, line: int = 0) -> None:
        super().__init__(words)
        self.line = line


@dataclass(frozen=True)
class Line:
    """A line that says something: its number in the file, from 1, and its cells by the names of their columns."""

    number: int
    cells: dict[str, str]


def folded(heading: str) -> str:
    """A heading as it is compared."""
    return " ".join(heading.replace("*", " ").split()).casefold().replace("ё", "е")


def lines(path: Path, headings: Mapping[str, str]) -> Iterator[Line]:
    """The lines under the headings; `headings` gives the name of a column for each of its folded headings.

    Raises FileRefused where the file, or its first line, is none that can be understood.
    """
    if not path.is_file():
        raise FileRefused("is not there")
    suffix = path.suffix.lower()
    if suffix not in (_CSV, _XLSX):
        raise FileRefused("is neither .csv nor .xlsx")
    rows = _of_xlsx(path) if suffix == _XLSX else _of_csv(path, headings)
    names: list[str] = []
    for number, row in rows:
        if not any(row):
            continue
        if names:
            yield Line(number, _cells(number, row, names))
        else:
            names = _names(number, row, headings)
    if not names:
        raise FileRefused("is empty")


def _names(number: int, row: Sequence[str], headings: Mapping[str, str]) -> list[str]:
    """The name of each column. What an unknown heading says is not told: it may be no heading, but a person's data."""
    said = list(row)
    while said and not said[-1]:
        said.pop()
    known = [headings.get(folded(heading)) for heading in said]
    if not any(known):
        raise FileRefused("must begin with the headings of its columns (docs/import.md)", number)
    for place, name in enumerate(known, 1):
        if name is None:
            raise FileRefused(f"the heading of column {place} is not known (docs/import.md)", number)
        if known.index(name) + 1 < place:
            raise FileRefused(f"columns {known.index(name) + 1} and {place} have the same heading", number)
    return [name for name in known if name]


def _cells(number: int, row: Sequence[str], names: Sequence[str]) -> dict[str, str]:
    if any(row[len(names) :]):
        raise FileRefused("has more cells than there are headings", number)
    return dict(zip(names, row, strict=False))


# --- XLSX --------------------------------------------------------------------------------------------------------


def _of_xlsx(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows of the first sheet."""
    try:
        with CalamineWorkbook.from_path(path) as workbook:
            sheet = workbook.get_sheet_by_index(0)
            for number, row in enumerate(sheet.iter_rows(), 1):
                yield number, [_text(cell) for cell in row]
    except CalamineError as error:
        raise FileRefused("is no XLSX file that can be read") from error


def _text(cell: _Cell) -> str:
    """A cell as CSV would have it; a number that has lost digits as Excel shows it: 7,70000E+15."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and (abs(cell) >= _EXACT or cell != int(cell)):
        return f"{cell:E}" if abs(cell) >= _EXACT else repr(cell)
    if isinstance(cell, int | float):
        return str(int(cell)) if abs(cell) < _EXACT else f"{float(cell):E}"
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time.min else cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, time):
        return cell.isoformat()
    return str(cell).strip()


# --- CSV ---------------------------------------------------------------------------------------------------------


def _of_csv(path: Path, headings: Mapping[str, str]) -> Iterator[tuple[int, list[str]]]:
    encoding = _encoding(path, headings)
    delimiter = _delimiter(path, encoding, headings)
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        number = 1
        while True:
            try:
                row = next(reader, None)
            except csv.Error as error:
                raise FileRefused("is broken from here on: a quotation mark is wrong", number) from error
            if row is None:
                return
            yield number, [cell.strip() for cell in row]
            number = reader.line_num + 1


def _encoding(path: Path, headings: Mapping[str, str]) -> str:
    """UTF-8, or cp1251 where Russian headings can be read by it: in no other encoding have they the same bytes."""
    if _decodes(path, "utf-8"):
        return "utf-8-sig"
    with path.open("rb") as file:
        first = file.readline(_CHUNK)
    said = [
        folded(heading.strip(' "\r\n'))
        for delimiter in ";,\t"
        for heading in first.decode("cp1251", "replace").split(delimiter)
    ]
    if any(heading in headings and not heading.isascii() for heading in said) and _decodes(path, "cp1251"):
        return "cp1251"
    raise FileRefused("is in no encoding that can be told for sure: save it as «CSV UTF-8»")


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            for chunk in iter(lambda: file.read(_CHUNK), b""):
                if "\0" in decoder.decode(chunk):
                    return False
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _delimiter(path: Path, encoding: str, headings: Mapping[str, str]) -> str:
    """The one with which the first line has most headings that are known."""

    def known(delimiter: str) -> int:
        with path.open(encoding=encoding, newline="") as file:
            rows = csv.reader(islice(file, 1), delimiter=delimiter)
            return sum(folded(cell) in headings for row in rows for cell in row)

    return max(";,\t", key=known)
