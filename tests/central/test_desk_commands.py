"""What staff do at the registry's own keyboard, while it serves (api.md section 13, R26 to R34)."""

import argparse
import uuid
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
NAME = ("Петрова", "Анна", "Ильинична")


def by_cli(store: Store, kind: str) -> list[Any]:
    audit = schema.audit
    with store.read() as connection:
        return list(connection.execute(select(audit).where(audit.c.who == "cli", audit.c.kind == kind)))


def test_a_patient_is_found_and_booked(lobby: Lobby, clinic: Command) -> None:
    """R34."""
    (line,) = clinic("find", typed=(*NAME, "7700 0000 0000 0017"))
    assert line.split()[0] == ANNA.id
    assert clinic("find", typed=("Петрова", "Анна", "", ANNA.policy_number)) == []
    assert clinic("find", "--by", "document", typed=(*NAME, ANNA.document_number)) == [line]
    (line,) = clinic("book", ANNA.id, "r-therapist", WHEN, "--phone", typed=("8 916 000-11-22",))
    assert line.endswith("booked")
    id = line.split()[-2]
    before = everything(lobby)
    (line,) = clinic("book", ANNA.id, "r-therapist", WHEN)
    assert line.endswith("is booked already")
    assert everything(lobby) == before
    assert lobby.of(ANNA).get(f"Appointment/{id}").json()["status"] == "booked"
    assert [row.record for row in by_cli(lobby.store, "book")] == [f"Appointment/{id}"]
    assert kinds(lobby.store, schema.event, schema.event.c.channel == "staff") == ["booked"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ((), "the surname"),
        (("",), "the surname"),
        (("Петрова", "Анна"), "the patronymic"),
        (("Петрова", "Анна", ""), "the number of the policy"),
        (("Пет\trova", "Анна", "", "1"), "the surname"),
        (("П" * 201, "Анна", "", "1"), "the surname"),
        (("Петрова", "Анна", "", "-"), "policy_number: The request was not understood. Please try again."),
    ],
)
def test_what_is_missing_on_standard_input_is_named(
    clinic: Command, typed: tuple[str, ...], said: str
) -> None:
    (line,) = clinic("find", typed=typed, status=cli.EXIT_ERROR)
    assert line.endswith(said)


def test_no_argument_has_anything_of_a_patient() -> None:
    """R39: everybody on the machine can read those; names, numbers and phones come by standard input."""
    parser = argparse.ArgumentParser()
    cli._add_commands(parser)
    (commands,) = (one for one in parser._actions if isinstance(one, argparse._SubParsersAction))
    told = {name: {one.dest for one in sub._actions} for name, sub in commands.choices.items()}
    for name in ("find", "bookings", "book", "paper", "move", "day", "cancel-day", "move-day", "schedule"):
        assert not told[name] & {"name", "policy", "snils", "document", "number", "birth_date"}
    (phone,) = (one for one in commands.choices["book"]._actions if one.dest == "phone")
    assert phone.nargs == 0


def test_a_patients_bookings_and_a_doctors_day_are_told_and_noted(lobby: Lobby, clinic: Command) -> None:
    """R40; what was told stands (api.md section 8)."""
    anna, identifier = lobby.of(ANNA), f"urn:uuid:{uuid.uuid4()}"
    only(anna.book(BOOKED, identifier))
    (line,) = clinic("bookings", ANNA.id)
    assert "booked  Терапевт" in line
    assert [(row.record, row.patient_id) for row in by_cli(lobby.store, "read")] == [("Appointment", ANNA.id)]
    assert refused(anna.take_back(identifier)) == (412, "already-known")
    first, second, *_ = clinic("day", "r-therapist", THURSDAY)
    assert first.startswith("10:00-10:15  booked  ticket ")
    assert "Петрова Анна Ильинична" in first
    assert second == "10:15-10:30  free"
    assert by_cli(lobby.store, "read")[-1].record == f"Appointment/{BOOKED}"
    clinic("cancel-day", "r-therapist", THURSDAY)
    head, first, *_ = clinic("day", "r-therapist", THURSDAY)
    assert head.endswith(f"is absent on {THURSDAY}")
    assert first == "10:00-10:15  withdrawn"


def test_whose_requests_were_listed_is_noted(lobby: Lobby, clinic: Command) -> None:
    only(lobby.of(ANNA).book(free_id("r-approved", 4)))
    (line,) = clinic("pending")
    assert line.endswith("Петрова Анна Ильинична")
    assert [row.patient_id for row in by_cli(lobby.store, "read")] == [ANNA.id]


def test_a_rule_is_told_and_passed_over(lobby: Lobby, clinic: Command) -> None:
    only(lobby.of(ANNA).book(BOOKED))
    arguments = ("book", ANNA.id, "r-second", f"{THURSDAY}T11:00")
    (line,) = clinic(*arguments, status=cli.EXIT_ERROR)
    assert line == "error: one-per-day: --override R27 --reason TEXT passes over R27"
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
        (("settings", "f9"), "there is no facility f9"),
        (("settings", "f1", "--specialty", "nothing", "--approval", "yes"), "no specialty nothing: it has"),
        (("bookings", "nobody"), "see `kiosk central find`"),
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
