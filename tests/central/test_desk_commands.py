"""What staff do at the registry's own keyboard, while it serves (api.md section 13, R26 to R34)."""

from typing import Any

import pytest
from booking_region import MONDAY, Hall, at, free_id, only, refused
from sqlalchemy import select
from test_clinic_changes import THURSDAY, Command, clinic, everything, lobby
from test_waiting_list import kinds
from test_waiting_offers import Lobby
from tiny_region import ANNA, PAVEL, TWIN

from kiosk.central import cli, schema
from kiosk.central.store import Store

__all__ = ["clinic", "lobby"]
BOOKED = free_id("r-therapist", 3)
WHEN = f"{THURSDAY}T10:00"


def by_cli(store: Store, kind: str) -> list[Any]:
    audit = schema.audit
    with store.read() as connection:
        return list(connection.execute(select(audit).where(audit.c.who == "cli", audit.c.kind == kind)))


def test_a_patient_is_found_and_booked(lobby: Lobby, clinic: Command) -> None:
    """R34."""
    (line,) = clinic("find", "Петрова", "Анна", "Ильинична", "--policy", "7700 0000 0000 0017")
    assert line.split()[0] == ANNA.id
    assert clinic("find", "Петрова Анна", "--policy", ANNA.policy_number) == []
    (line,) = clinic("book", ANNA.id, "r-therapist", WHEN, "--phone", "8 916 000-11-22")
    assert line.endswith("booked")
    id = line.split()[-2]
    before = everything(lobby)
    (line,) = clinic("book", ANNA.id, "r-therapist", WHEN)
    assert line.endswith("is booked already")
    assert everything(lobby) == before
    assert lobby.of(ANNA).get(f"Appointment/{id}").json()["status"] == "booked"
    assert [row.record for row in by_cli(lobby.store, "book")] == [f"Appointment/{id}"]
    assert kinds(lobby.store, schema.event, schema.event.c.channel == "staff") == ["booked"]


def test_a_rule_is_told_and_passed_over(lobby: Lobby, clinic: Command) -> None:
    only(lobby.of(ANNA).book(BOOKED))
    arguments = ("book", ANNA.id, "r-second", f"{THURSDAY}T11:00")
    (line,) = clinic(*arguments, status=cli.EXIT_ERROR)
    assert "one-per-day" in line
    assert "--reason" in clinic(*arguments, "--override", "R27", status=cli.EXIT_ERROR)[0]
    (line,) = clinic(*arguments, "--override", "R27", "--reason", "Осложнение")
    assert line.endswith("booked")


def test_overbooking_paper_and_moving(lobby: Lobby, clinic: Command) -> None:
    only(lobby.of(ANNA).book(BOOKED))
    taken = ("book", PAVEL.id, "r-therapist", WHEN, "--overbook")
    assert "slot-taken" in clinic(*taken, status=cli.EXIT_ERROR)[0]
    clinic("settings", "f1", "--extra-seats", "1")
    ticket = clinic(*taken)[0].split()[1]
    (line,) = clinic("move", ticket, "r-therapist", "2026-03-06T10:00")
    assert line.endswith("moved")
    assert clinic("move", ticket, "r-therapist", "2026-03-06T10:00")[0].endswith("is there already")
    paper = ("paper", TWIN.id, "r-therapist", "2026-03-02T07:00", "--minutes", "20")
    assert clinic(*paper)[0].endswith("entered")
    assert clinic(*paper)[0].endswith("is booked already")


def test_a_day_is_moved(lobby: Lobby, clinic: Command) -> None:
    """R26."""
    only(lobby.of(ANNA).book(BOOKED))
    only(lobby.of(PAVEL).book(free_id("r-therapist", 3, 1)))
    only(lobby.of(TWIN).book(free_id("r-therapist", 4, 1)))
    first, second, summary = clinic("move-day", "r-therapist", THURSDAY, "--to-date", "2026-03-06")
    assert first.endswith("moved")
    assert second.endswith("stays: slot-taken")
    assert "1 moved, 1 stay, 10 free times withdrawn" in summary
    before = everything(lobby)
    clinic("move-day", "r-therapist", THURSDAY, "--to-date", "2026-03-06")
    assert everything(lobby) == before
    assert "that day already" in clinic("move-day", "r-therapist", THURSDAY, status=cli.EXIT_ERROR)[0]


def test_a_facility_decides_but_not_about_r29(lobby: Lobby, clinic: Command) -> None:
    (first, *_) = clinic("settings", "f1", "--newcomers", "yes", "--notice-minutes", "60")
    assert "newcomers yes  notice 60 minutes" in first
    lines = clinic("settings", "f1", "--specialty", "gynaecologist", "--online", "no", "--approval", "yes")
    assert any(line.endswith("online no  approval yes") for line in lines)
    for online in ("no", "dispensary"):
        (line,) = clinic(
            "settings", "f1", "--specialty", "therapist", "--online", online, status=cli.EXIT_ERROR
        )
        assert "R29" in line
    assert refused(lobby.of(ANNA).hold(free_id("r-women", 3))) == (422, "not-bookable-online")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("book", "nobody", "r-therapist", WHEN), "there is no patient"),
        (("book", ANNA.id, "r-therapist", f"{THURSDAY}T03:00"), "has no time"),
        (("book", ANNA.id, "nobody", WHEN), "there is no doctor"),
        (("paper", ANNA.id, "r-therapist", f"{THURSDAY}T03:00"), "invalid"),
        (("settings", "f9"), "not-found"),
        (("settings", "f1", "--online", "no"), "--specialty"),
        (("schedule", "r-therapist", "--from", THURSDAY, "--to", "2026-04-20"), "1 to 31 days"),
    ],
)
def test_what_cannot_be_done_changes_nothing(
    lobby: Lobby, clinic: Command, arguments: tuple[str, ...], said: str
) -> None:
    before = everything(lobby)
    (line,) = clinic(*arguments, status=cli.EXIT_ERROR)
    assert said in line
    assert everything(lobby) == before


def test_a_schedule_is_printed(lobby: Lobby, clinic: Command) -> None:
    """R33: without names, unless they are asked for, and then it is noted whose."""
    only(lobby.of(ANNA).book(BOOKED))
    week = ("schedule", "r-therapist", "--from", "2026-03-02", "--to", "2026-03-08")
    page = "\n".join(clinic(*week))
    assert "Четверг, 5 марта" in page
    assert page.count("<section>") == 7
    assert page.count("занято") == 1
    assert "Петрова" not in page
    named = "\n".join(clinic(*week, "--names"))
    assert named.count("Петрова Анна Ильинична") == 1
    assert "свободно" not in named, "left for a pen"
    assert [row.patient_id for row in by_cli(lobby.store, "print")] == [ANNA.id]


def test_a_page_for_a_month_has_absences_and_further_patients(
    lobby: Lobby, clinic: Command, hall: Hall
) -> None:
    clinic("settings", "f1", "--extra-seats", "1")
    only(lobby.of(ANNA).book(BOOKED))
    clinic("book", PAVEL.id, "r-therapist", WHEN, "--overbook")
    clinic("cancel-day", "r-therapist", "2026-03-06")
    named = "\n".join(
        clinic("schedule", "r-therapist", "--from", "2026-03-02", "--to", "2026-04-01", "--names")
    )
    assert named.count("Петрова Анна Ильинична") == 2
    assert named.count("Врач отсутствует") == 1
    assert hall.registry.clock.now < at(MONDAY, 24)
