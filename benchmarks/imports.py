"""How long files of a large region take: 20,000 doctors with their hours and times, 10,000 patients (R32)."""

import csv
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from benchmarks.figures import table
from benchmarks.house import House
from kiosk.central.demo.names import draw
from kiosk.models import Sex

DOCTORS, PATIENTS, FACILITIES, SPECIALTIES, AREAS = 20_000, 10_000, 200, 20, 10

Cells = Sequence[str | int]

#: The command, and then its processor seconds and its own peak of memory, kB.
_PROGRAM = """
import sys, time
from kiosk.central import cli
status = cli.main(sys.argv[1:])
lines = open("/proc/self/status").read().splitlines()
print(time.process_time(), next(line.split()[1] for line in lines if line.startswith("VmHWM")))
sys.exit(status)
"""

_HEADS = {
    "facilities": "Код;Район;Название;Адрес",
    "specialties": "Код;Название;Код профиля;Профиль",
    "services": "МО;Специальность;Запись",
    "areas": "МО;Код;Название",
    "doctors": "Код;Фамилия;Имя;Отчество;Пол;МО;Специальность;Кабинет;Участки",
    "hours": "Врач;Дни;Начало;Конец;Приём, минут",
    "patients": "Номер;Фамилия;Имя;Отчество;Дата рождения;Пол;Полис;Номер документа;Прикрепление;Участок;Участковый врач;Карты",
}


@dataclass(frozen=True)
class Taken:
    """What one command took: seconds, seconds of the processor, and memory at most, MB."""

    seconds: float
    processor: float
    memory: float


def measure(_house: House) -> str:
    """The section of the report. The house's own registry is not used: files go into an empty one."""
    with tempfile.TemporaryDirectory() as folder:
        files = dict(_files(Path(folder)))
        database = ("--database", f"sqlite:///{folder}/registry.sqlite")
        _run("init", *database)
        again = ("doctors", "hours", "patients")
        rows = [
            (f"{kind}{note}", lines, _run("import", kind, str(path), *database))
            for note, kinds in (("", files), (", once more", again))
            for kind in kinds
            for path, lines in (files[kind],)
        ]
    return "\n\n".join(
        (
            "## Import",
            "`kiosk central import` of CSV files into an empty registry on SQLite, each a process of its own, once. That of the "
            f"hours makes the times of all {DOCTORS:,} doctors for 14 days, one shift on each of five days a week.",
            table(
                ["file", "lines", "s", "processor s", "memory MB"],
                [
                    [
                        name,
                        f"{lines:,}",
                        f"{taken.seconds:.1f}",
                        f"{taken.processor:.1f}",
                        f"{taken.memory:.0f}",
                    ]
                    for name, lines, taken in rows
                ],
            ),
        )
    )


def _run(*arguments: str) -> Taken:
    """Carry out a command of the registry, which must end well. What it took of the machine it says itself."""
    started = time.monotonic()
    done = subprocess.run([sys.executable, "-c", _PROGRAM, *arguments], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(arguments[:2])} has failed: {done.stderr[-2000:]}")
    processor, memory = map(float, done.stdout.split()[-2:])
    return Taken(time.monotonic() - started, processor, memory / 1024)


# --- files -------------------------------------------------------------------------------------------------------


def _files(folder: Path) -> Iterator[tuple[str, tuple[Path, int]]]:
    random = Random("files of a region")
    contents: dict[str, Iterable[Cells]] = {
        "facilities": (
            (f"f{n}", f"Район {n % 40}", f"Поликлиника № {n}", f"ул. Лесная, {n}") for n in range(FACILITIES)
        ),
        "specialties": ((f"s{n}", f"Специальность {n}", f"s{n}", f"С{n}") for n in range(SPECIALTIES)),
        "services": ((f"f{n}", f"s{m}", "да") for n in range(FACILITIES) for m in range(SPECIALTIES)),
        "areas": ((f"f{n}", m, f"Участок № {m}") for n in range(FACILITIES) for m in range(AREAS)),
        "doctors": (_doctor(n, random) for n in range(DOCTORS)),
        "hours": (
            (f"d{n}", *shift, 15)
            for n in range(DOCTORS)
            for shift in (("пн, ср, пт", "08:00", "11:30"), ("вт, чт", "15:00", "19:00"))
        ),
        "patients": (_patient(n, random) for n in range(PATIENTS)),
    }
    for kind, rows in contents.items():
        yield kind, _write(folder / f"{kind}.csv", _HEADS[kind], rows)


def _doctor(number: int, random: Random) -> Cells:
    name, place = draw(random, Sex.FEMALE), number % FACILITIES
    specialty = number // FACILITIES % SPECIALTIES
    person = (name.last, name.first, name.patronymic, "ж")
    return (f"d{number}", *person, f"f{place}", f"s{specialty}", number % 400, number % AREAS)


def _patient(number: int, random: Random) -> Cells:
    name, place = draw(random, Sex.MALE), number % FACILITIES
    person = (
        name.last,
        name.first,
        name.patronymic,
        f"{1 + number % 28}.{1 + number % 12}.{1940 + number % 60}",
    )
    papers = ("м", f"98{number:07d}", f"{number:06d}")
    return (f"p{number}", *person, *papers, f"f{place}", number % AREAS, f"d{place}", f"f{place}")


def _write(path: Path, head: str, rows: Iterable[Cells]) -> tuple[Path, int]:
    """The file and how many lines it has."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(head.split(";"))
        lines = list(rows)
        writer.writerows(lines)
    return path, len(lines)
