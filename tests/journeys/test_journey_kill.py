"""The whole program killed with SIGKILL in the middle of a booking, and started again: registry, journal and paper agree
(issue 2; architecture.md, "What may never happen", 2 and 3; api.md section 8)."""

import journey_steps as steps
import pytest
from journey_kiosk import Kiosk
from journey_lobby import Lobby
from journey_region import Region


@pytest.mark.parametrize("held", ["hold-answer", "hold-request"])
def test_between_request_and_answer(lobby: Lobby, kiosk: Kiosk, region: Region, held: str) -> None:
    """Nobody was shown a booking, so none stands: cancelled by its identifier, or made void before it arrives."""
    patient = lobby.comes(region.adult())
    steps.to_confirm(kiosk, patient, "Хирург")
    lobby.proxy.next(held, path="$book")
    kiosk.tap("Записаться")
    assert lobby.proxy.wait_until_held(60)
    kiosk.kill()
    assert len(region.booked(patient)) == (held == "hold-answer")
    assert lobby.journal() == [("asked", "none")]
    again = lobby.start()
    again.wait("Начать")
    steps.wait_until(lambda: lobby.journal() == [("cancelled", "none")], "the journal to be settled")
    lobby.proxy.let_go()
    lobby.proxy.wait_until_quiet()
    assert region.booked(patient) == []
    assert lobby.papers == []
    steps.book(again, patient, "Хирург")
    again.wait("Возьмите талон")
    assert len(region.booked(patient)) == 1


def test_between_answer_and_print(lobby: Lobby, kiosk: Kiosk, region: Region) -> None:
    """Shown, so it stands; what the printer holds of its ticket does not come out for the next patient."""
    patient, following = lobby.comes(region.adult()), lobby.comes(region.adult())
    lobby.printer.fault("slow", rate=60)
    steps.book(kiosk, patient, "Хирург")
    kiosk.wait("Печатаем талон…")
    steps.wait_until(lambda: lobby.printer.held != b"", "the printer to have the ticket")
    kiosk.kill()
    lobby.printer.fault("paper_out")
    assert lobby.journal() == [("shown", "under-way")]
    [theirs] = region.booked(patient)
    again = lobby.start()
    again.wait("Начать")
    steps.wait_until(lambda: len(lobby.printer.held) < 20, "the printer to be cleared")
    steps.wait_until(lambda: lobby.journal() == [("shown", "unsure")], "the ticket to be noted as unsure")
    lobby.printer.clear()
    steps.book(again, following, "Хирург")
    again.wait("Возьмите талон")
    [ours] = region.booked(following)
    assert region.booked(patient) == [theirs]
    came_out = lobby.papers
    assert [ours in paper.text for paper in came_out] == [True]


def test_between_two_patients(lobby: Lobby, kiosk: Kiosk, region: Region) -> None:
    """A finished visit is not touched by a later death."""
    patient = lobby.comes(region.adult())
    steps.book(kiosk, patient, "Хирург")
    kiosk.wait("Возьмите талон")
    kiosk.kill()
    again = lobby.start()
    again.wait("Начать")
    assert lobby.journal() == [("shown", "printed")]
    assert len(region.booked(patient)) == 1
