"""The printer's faults: the booking stands, the ticket is on the screen with its code, and is printed again only for its
patient (issue 2, "Faults"; architecture.md, "What may never happen", 3)."""

import re

import journey_steps as steps
import pytest
from journey_kiosk import Kiosk
from journey_lobby import Lobby
from journey_region import Region

pytestmark = pytest.mark.long

ON_SCREEN = re.compile("Запись действует. Снимите код телефоном")
MAYBE = re.compile("Запись действует. Если талона нет")


@pytest.mark.parametrize(
    ("fault", "before", "after"),
    [
        ("paper_out", "В принтере нет бумаги", "Талон не напечатан: кончилась бумага"),
        ("cover_open", "Крышка принтера открыта", "Талон не напечатан: открыта крышка принтера"),
        ("silent", "Принтер не отвечает", "Талон не напечатан: принтер не отвечает"),
        ("offline", "Принтер не работает", "Талон не напечатан: принтер не работает"),
    ],
)
def test_said_before_and_after(
    lobby: Lobby, kiosk: Kiosk, region: Region, fault: str, before: str, after: str
) -> None:
    """Read before confirming, so that nobody is surprised; printed again when the cause is gone, for this patient."""
    patient = lobby.comes(region.adult())
    lobby.printer.fault(fault)
    steps.to_confirm(kiosk, patient, "Хирург")
    kiosk.wait(before)
    kiosk.shot(f"{fault}-before")
    kiosk.tap("Записаться")
    kiosk.wait("Вы записаны")
    kiosk.wait(after)
    assert kiosk.sees(ON_SCREEN)
    assert kiosk.sees("Снимите код телефоном")
    assert not kiosk.sees("Ещё раз")
    kiosk.shot(f"{fault}-after")
    [number] = region.booked(patient)
    assert any(number in text for text in kiosk.texts())
    kiosk.tap("Напечатать ещё раз")
    kiosk.wait(after)
    assert lobby.papers == []
    lobby.printer.clear()
    kiosk.tap("Напечатать ещё раз")
    kiosk.wait("Возьмите талон")
    [paper] = lobby.papers
    assert number in paper.text
    assert not kiosk.sees("Напечатать ещё раз")


def test_nothing_is_there(lobby: Lobby, region: Region) -> None:
    """A printer that is switched off: nobody listens at its address."""
    patient = lobby.comes(region.adult())
    lobby.config.write_text(lobby.settings(printer_port=1), "utf-8")
    kiosk = lobby.start()
    steps.book(kiosk, patient, "Хирург")
    kiosk.wait("Талон не напечатан: принтер не работает")
    assert kiosk.sees(ON_SCREEN)
    assert len(region.booked(patient)) == 1


@pytest.mark.parametrize("fault", ["paper_out", "dead"])
def test_in_the_middle(lobby: Lobby, kiosk: Kiosk, region: Region, fault: str) -> None:
    """What may have come out is said to be unsure; nothing of it comes out for the next patient."""
    patient, following = lobby.comes(region.adult()), lobby.comes(region.adult())
    lobby.printer.fault(fault, after=300)
    steps.book(kiosk, patient, "Хирург")
    kiosk.wait("Возможно, талон не напечатался", "Возьмите талон")
    assert kiosk.sees(MAYBE)
    kiosk.shot(f"{fault}-in-the-middle")
    kiosk.tap("Завершить")
    kiosk.wait("Начать")
    before = len(lobby.papers)
    lobby.printer.clear()
    steps.book(kiosk, following, "Хирург")
    kiosk.wait("Возьмите талон")
    [theirs] = region.booked(patient)
    [ours] = region.booked(following)
    came_out = lobby.papers[before:]
    assert any(ours in paper.text for paper in came_out)
    assert not any(theirs in paper.text for paper in came_out)


def test_gone_before_the_paper_is_back(lobby: Lobby, kiosk: Kiosk, region: Region) -> None:
    """Who has left gets no paper: nothing is printed later, unasked (product.md)."""
    patient = lobby.comes(region.adult())
    lobby.printer.fault("paper_out")
    steps.book(kiosk, patient, "Хирург")
    kiosk.wait("Талон не напечатан: кончилась бумага")
    kiosk.tap("Завершить")
    kiosk.wait("Начать")
    lobby.printer.clear()
    steps.book(kiosk, lobby.comes(region.adult()), "Хирург")
    kiosk.wait("Возьмите талон")
    [theirs] = region.booked(patient)
    assert not any(theirs in paper.text for paper in lobby.papers)
    assert len(lobby.papers) == 1
