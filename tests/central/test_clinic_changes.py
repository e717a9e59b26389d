"""What the clinic does with bookings, by its commands while the registry serves (api.md section 13, R26, R31, R45)."""

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from booking_region import MONDAY, Hall, at, free_id, ids, only, refused
from sqlalchemy import func, insert, select
from test_waiting_list import SERVICE, joined, kinds, listed, told
from test_waiting_offers import Lobby
from tiny_region import ANNA, OTHER_TWIN, PAVEL, TWIN

from kiosk.central import absences, cli, schema, words

Command = Callable[..., list[str]]
THURSDAY = "2026-03-05"
BOOKED = free_id("r-therapist", 3)
REQUESTED = free_id("r-approved", 4)


@pytest.fixture
def lobby(hall: Hall) -> Lobby:
    return Lobby(hall)


@pytest.fixture
def clinic(
    lobby: Lobby, booking_copy: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Command:
    """`kiosk central ...` on the database of the lobby's registry; the lines that it prints. `typed` is its standard input."""
    monkeypatch.setattr(cli, "system_clock", lambda: lobby.now)

    def run(*arguments: str, status: int = 0, typed: tuple[str, ...] = ()) -> list[str]:
        capsys.readouterr()
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in typed)))
        lobby.hall.registry.clock.forward(1)
        assert cli.main([*arguments, "--database", booking_copy]) == status
        printed = capsys.readouterr()
        return (printed.err if status else printed.out).splitlines()

    return run


def everything(lobby: Lobby) -> dict[str, list[Any]]:
    """All that a change may touch."""
    with lobby.store.read() as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(select(table))), key=str)
            for table in schema.metadata.sorted_tables
        }


def rows_about(lobby: Lobby, id: str) -> dict[str, list[str]]:
    """The kinds of messages and notices about a booking, in order."""
    return {
        table.name: kinds(lobby.store, table, table.c.appointment == id)
        for table in (schema.message, schema.notice)
    }


def last_words(lobby: Lobby, person: Any) -> str:
    return str(told(lobby.of(person), person.id)[0]["payload"][0]["contentString"])


# --- approve, refuse, cancel -------------------------------------------------------------------------------------


def test_a_request_is_listed_and_approved_once(lobby: Lobby, clinic: Command) -> None:
    """R31."""
    asked = only(lobby.of(ANNA).book(REQUESTED))
    assert asked["status"] == "pending"
    (line,) = clinic("pending")
    assert asked["identifier"][1]["value"] in line
    assert "Surgeon" in line
    (line,) = clinic("approve", asked["identifier"][1]["value"])
    assert line.endswith("approved")
    present = lobby.of(ANNA).get(f"Appointment/{REQUESTED}").json()
    assert (present["status"], present["meta"]["versionId"]) == ("booked", "2")
    assert present["participant"][0]["status"] == "accepted"
    assert rows_about(lobby, REQUESTED) == {k: ["awaiting", "approved"] for k in ("message", "notice")}
    assert kinds(lobby.store, schema.event, schema.event.c.channel == "staff") == ["approved"]
    assert "подтвердила" in last_words(lobby, ANNA)
    assert clinic("pending") == []
    before = everything(lobby)
    (line,) = clinic("approve", REQUESTED)
    assert line.endswith("is booked already")
    assert everything(lobby) == before


def test_a_refused_request_frees_its_claims_and_is_told_with_the_reason(
    lobby: Lobby, clinic: Command
) -> None:
    only(lobby.of(ANNA).book(REQUESTED))
    clinic("refuse", REQUESTED, "--reason", "Нужны результаты анализов.")
    present = lobby.of(ANNA).get(f"Appointment/{REQUESTED}").json()
    assert present["status"] == "cancelled"
    assert present["cancelationReason"]["coding"][0]["code"] == "prov"
    assert present["cancelationReason"]["text"] == "Нужны результаты анализов."
    assert last_words(lobby, ANNA).endswith("Причина: Нужны результаты анализов.")
    assert rows_about(lobby, REQUESTED)["notice"] == ["awaiting", "refused"]
    only(lobby.of(ANNA).book(free_id("r-approved", 4, generation=1)))  # R27: both days are free again.
    before = everything(lobby)
    clinic("refuse", REQUESTED)
    assert everything(lobby) == before


def test_a_cancelled_booking_goes_to_who_waits(lobby: Lobby, clinic: Command) -> None:
    """R26: as any freed time, but not back to whom it was taken from."""
    only(lobby.of(TWIN).book(BOOKED))
    joined(lobby.of(TWIN).wait(SERVICE))
    joined(lobby.of(ANNA).wait(SERVICE))
    clinic("cancel", BOOKED)
    assert rows_about(lobby, BOOKED)["message"] == ["booked", "cancelled-by-clinic"]
    assert lobby.offered_to(free_id("r-therapist", 3, generation=1)) == ANNA.id
    before = everything(lobby)
    clinic("cancel", BOOKED)
    assert everything(lobby) == before


def test_a_discreet_visit_is_not_named(lobby: Lobby, clinic: Command) -> None:
    """R47: nor what staff wrote about it."""
    discreet = free_id("r-discreet", 3)
    only(lobby.of(ANNA).book(discreet))
    clinic("cancel", discreet, "--reason", "Венеролог заболел")
    said = last_words(lobby, ANNA)
    assert "приём" in said
    assert "Discreet" not in said
    assert "Венеролог" not in said


def test_a_terminal_that_saw_the_old_version_changes_nothing(lobby: Lobby, clinic: Command) -> None:
    anna = lobby.of(ANNA)
    asked = only(anna.book(REQUESTED))
    clinic("approve", REQUESTED)
    assert refused(anna.move(asked, free_id("r-approved", 5))) == (412, "version-conflict")
    assert refused(anna.cancel(REQUESTED, meta={"versionId": "1"})) == (412, "version-conflict")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("approve", "nothing"), "no booking"),
        (("refuse", BOOKED), "kiosk central cancel"),
        (("approve", REQUESTED), "is cancelled"),
    ],
)
def test_what_cannot_be_done_is_said(
    lobby: Lobby, clinic: Command, arguments: tuple[str, ...], said: str
) -> None:
    anna = lobby.of(ANNA)
    only(anna.book(BOOKED))
    only(anna.book(REQUESTED))
    only(anna.cancel(REQUESTED))
    (line,) = clinic(*arguments, status=cli.EXIT_ERROR)
    assert said in line


def test_a_visit_that_has_begun_is_left_alone(lobby: Lobby, clinic: Command) -> None:
    only(lobby.of(ANNA).book(REQUESTED))
    lobby.hall.registry.clock.now = at(MONDAY, 4 * 24 + 10)
    for command in ("approve", "refuse", "cancel"):
        (line,) = clinic(command, REQUESTED, status=cli.EXIT_ERROR)
        assert "has begun" in line


# --- a day called off --------------------------------------------------------------------------------------------


def free_on_thursday(lobby: Lobby, role: str) -> list[str]:
    found = ids(lobby.hall.terminal().find(at(MONDAY, 72), at(MONDAY, 96), _count=200))
    return [id for id in found if id.startswith(f"{role}.")]


def shown(lobby: Lobby, role: str = "r-therapist") -> tuple[int, int]:
    """Free and busy on that Thursday (section 3)."""
    query = {"role": role, "from": THURSDAY, "to": THURSDAY}
    (part,) = lobby.hall.terminal().get("PractitionerRole/$availability", **query).json()["parameter"]
    (day,) = (one["part"] for one in part["part"] if one["name"] == "day")
    counts = {one["name"]: one.get("valueInteger") for one in day}
    return counts["free"], counts["busy"]


def test_without_a_substitute_the_day_is_cancelled(lobby: Lobby, clinic: Command) -> None:
    """R26, R27, R45."""
    only(lobby.of(ANNA).book(BOOKED))
    only(lobby.of(PAVEL).book(free_id("r-therapist", 3, 5)))
    elsewhere = only(lobby.of(TWIN).book(free_id("r-therapist", 4)))
    joined(lobby.of(OTHER_TWIN).wait(SERVICE))
    *lines, summary = clinic("cancel-day", "r-therapist", THURSDAY, "--reason", "Врач заболел")
    assert [line.split()[-1] for line in lines] == ["cancelled", "cancelled"]
    assert "2 bookings, 10 free times withdrawn, 0 offers ended" in summary
    for person, id in ((ANNA, BOOKED), (PAVEL, free_id("r-therapist", 3, 5))):
        assert lobby.of(person).get(f"Appointment/{id}").json()["status"] == "cancelled"
        assert rows_about(lobby, id) == {
            kind: ["booked", "cancelled-by-clinic"] for kind in ("message", "notice")
        }
        assert last_words(lobby, person).endswith("Причина: Врач заболел.")
    assert lobby.of(TWIN).get(f"Appointment/{elsewhere['id']}").json()["status"] == "booked"
    assert kinds(lobby.store, schema.message, schema.message.c.patient_id == OTHER_TWIN.id) == ["waitlisted"]
    assert free_on_thursday(lobby, "r-therapist") == []
    assert shown(lobby) == (0, 0)
    only(lobby.of(ANNA).book(free_id("r-second", 3)))  # R27: both days are free again.


def test_the_absence_is_shown(lobby: Lobby, clinic: Command) -> None:
    """R45, section 2."""
    clinic("cancel-day", "r-therapist", THURSDAY, "--substitute", "r-second")
    (away,) = lobby.hall.terminal().get("PractitionerRole/r-therapist").json()["notAvailable"]
    assert away["during"] == {"start": THURSDAY, "end": THURSDAY}
    assert away["extension"][0]["valueReference"]["reference"] == "PractitionerRole/r-second"


def test_the_substitute_sees_them_where_the_time_is_free(lobby: Lobby, clinic: Command) -> None:
    first, second, third = (free_id("r-therapist", 3, number) for number in range(3))
    booked = only(lobby.of(ANNA).book(first))
    only(lobby.of(PAVEL).book(second))
    only(lobby.of(TWIN).book(third))
    only(lobby.of(OTHER_TWIN).book(free_id("r-second", 3, 1)))
    only(lobby.hall.terminal("held").hold(free_id("r-second", 3, 2)))
    *lines, _summary = clinic("cancel-day", "r-therapist", THURSDAY, "--substitute", "r-second")
    assert [line.split()[-1] for line in lines] == ["moved", "cancelled", "cancelled"]
    moved = lobby.of(ANNA).get(f"Appointment/{first}").json()
    assert (moved["status"], moved["meta"]["versionId"]) == ("booked", "2")
    assert (moved["start"], moved["identifier"]) == (booked["start"], booked["identifier"])
    assert moved["participant"][0]["actor"]["reference"] == "PractitionerRole/r-second"
    assert rows_about(lobby, first)["notice"] == ["booked", "moved-by-clinic"]
    assert free_id("r-second", 3) not in free_on_thursday(lobby, "r-second")
    owned = select(func.count()).where(schema.claim.c.appointment == first)
    with lobby.store.read() as connection:
        assert connection.execute(owned).scalar() == 3 + 3 + 2
    only(lobby.of(ANNA).cancel(first))
    assert free_id("r-second", 3, generation=1) in free_on_thursday(lobby, "r-second")


def test_again_it_changes_nothing(lobby: Lobby, clinic: Command) -> None:
    only(lobby.of(ANNA).book(BOOKED))
    only(lobby.of(PAVEL).book(free_id("r-therapist", 3, 1)))
    only(lobby.of(TWIN).book(free_id("r-second", 3, 1)))
    command = ("cancel-day", "r-therapist", THURSDAY, "--substitute", "r-second")
    clinic(*command)
    before = everything(lobby)
    (summary,) = clinic(*command)
    assert "0 bookings, 0 free times withdrawn" in summary
    assert everything(lobby) == before


def test_what_was_begun_is_finished(lobby: Lobby, clinic: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed between two bookings: the first stays cancelled and told once, the second follows."""
    only(lobby.of(ANNA).book(BOOKED))
    only(lobby.of(PAVEL).book(free_id("r-therapist", 3, 1)))
    settle, calls = absences.settle, []

    def dying(*arguments: Any, **named: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return settle(*arguments, **named)

    with monkeypatch.context() as patch:
        patch.setattr(absences, "settle", dying)
        with pytest.raises(KeyboardInterrupt):
            clinic("cancel-day", "r-therapist", THURSDAY)
    assert lobby.of(PAVEL).get(f"Appointment/{free_id('r-therapist', 3, 1)}").json()["status"] == "booked"
    clinic("cancel-day", "r-therapist", THURSDAY)
    for id in (BOOKED, free_id("r-therapist", 3, 1)):
        assert rows_about(lobby, id)["notice"] == ["booked", "cancelled-by-clinic"]


def test_holds_end_and_tell_so_at_the_terminal(lobby: Lobby, clinic: Command) -> None:
    anna = lobby.of(ANNA)
    only(anna.hold(BOOKED))
    anonymous = lobby.hall.terminal("other")
    only(anonymous.hold(free_id("r-therapist", 3, 1)))
    clinic("cancel-day", "r-therapist", THURSDAY)
    assert refused(anna.book(BOOKED)) == (409, "hold-expired")
    assert refused(anonymous.hold(free_id("r-therapist", 3, 1))) == (409, "slot-taken")
    only(anna.book(free_id("r-second", 3)))


def test_who_was_offered_a_time_is_told_and_waits_on(lobby: Lobby, clinic: Command) -> None:
    joined(lobby.of(ANNA).wait(SERVICE))
    joined(lobby.of(PAVEL).wait(SERVICE))
    lobby.free()
    assert lobby.offered_to() == ANNA.id
    (summary,) = clinic("cancel-day", "r-therapist", "2026-03-04")
    assert "1 offers ended" in summary
    assert lobby.holder() == "absence"
    (entry,) = listed(lobby.of(ANNA))
    assert (entry["status"], entry["meta"]["versionId"]) == ("waitlist", "3")
    assert "start" not in entry
    assert "больше не" not in last_words(lobby, ANNA)
    assert "остаётесь в листе ожидания" in last_words(lobby, ANNA)
    assert refused(lobby.of(ANNA).book(free_id("r-therapist", 2, 0, 1))) == (409, "slot-taken")
    lobby.later(3600)
    assert kinds(lobby.store, schema.message, schema.message.c.patient_id == PAVEL.id) == ["waitlisted"]


def test_an_offer_that_has_run_out_is_not_told_of(lobby: Lobby, clinic: Command) -> None:
    joined(lobby.of(ANNA).wait(SERVICE))
    joined(lobby.of(PAVEL).wait(SERVICE))
    lobby.free()
    lobby.hall.registry.clock.forward(3600)
    clinic("cancel-day", "r-therapist", "2026-03-04")
    lobby.later(5)
    assert kinds(lobby.store, schema.message, schema.message.c.kind.startswith("offer")) == ["offer"]
    assert lobby.holder() == "absence"


def test_a_time_given_back_meanwhile_goes_to_nobody(
    lobby: Lobby, clinic: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anna cancels by herself while the day is being called off."""
    only(lobby.of(ANNA).book(BOOKED))
    only(lobby.of(PAVEL).book(free_id("r-therapist", 3, 1)))
    joined(lobby.of(TWIN).wait(SERVICE))
    standing, calls = absences.standing, []

    def late(*arguments: Any) -> list[str]:
        found = standing(*arguments)
        calls.append(found)
        if len(calls) == 1:
            only(lobby.of(ANNA).cancel(BOOKED))
        return found

    monkeypatch.setattr(absences, "standing", late)
    clinic("cancel-day", "r-therapist", THURSDAY)
    assert rows_about(lobby, BOOKED)["message"] == ["booked", "cancelled"]
    assert free_on_thursday(lobby, "r-therapist") == []
    assert lobby.offered_to(free_id("r-therapist", 3, generation=1)) == ""
    assert kinds(lobby.store, schema.message, schema.message.c.patient_id == TWIN.id) == [
        "waitlisted",
        "offer",
        "offer-withdrawn",
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("r-nobody", THURSDAY), "no doctor"),
        (("r-therapist", "2026-03-01"), "is over"),
        (("r-therapist", THURSDAY, "--substitute", "r-family"), "same facility and specialty"),
        (("r-therapist", THURSDAY, "--substitute", "r-therapist"), "themselves"),
    ],
)
def test_a_day_that_cannot_be_called_off(
    lobby: Lobby, clinic: Command, arguments: tuple[str, ...], said: str
) -> None:
    before = everything(lobby)
    (line,) = clinic("cancel-day", *arguments, status=cli.EXIT_ERROR)
    assert said in line
    assert everything(lobby) == before


def test_a_name_of_several_is_asked_again_with_their_ids(lobby: Lobby, clinic: Command) -> None:
    names = {"r-therapist": "Соколова Елена", "r-second": "Соколова Анна"}
    lobby.store.write(lambda connection: words.index(connection, words.Kind.DOCTOR_NAME, names))
    assert clinic("cancel-day", "анна соколова", "2026-03-06")
    (line,) = clinic("cancel-day", "соколова", THURSDAY, status=cli.EXIT_ERROR)
    assert "r-second" in line
    assert "r-therapist" in line


# --- and taken back ----------------------------------------------------------------------------------------------


def test_a_day_taken_back_can_be_booked_again(lobby: Lobby, clinic: Command) -> None:
    """R45: every time of it, under new ids; who was cancelled or moved stays so, and is told nothing more."""
    only(lobby.of(ANNA).book(BOOKED))
    only(lobby.of(PAVEL).book(free_id("r-therapist", 3, 5)))
    only(lobby.of(TWIN).book(free_id("r-second", 3, 5)))
    clinic("cancel-day", "r-therapist", THURSDAY, "--substitute", "r-second", "--reason", "Болен")
    told_of = [rows_about(lobby, id) for id in (BOOKED, free_id("r-therapist", 3, 5))]
    (line,) = clinic("cancel-day", "r-therapist", THURSDAY, "--undo")
    assert line.endswith("12 times are free again")
    # Of Anna's and Pavel's times the ids had changed once already, when they were taken from them.
    freed = [free_id("r-therapist", 3, number, 2 if number in (0, 5) else 1) for number in range(12)]
    assert free_on_thursday(lobby, "r-therapist") == freed
    assert shown(lobby) == (12, 0)
    assert "notAvailable" not in lobby.hall.terminal().get("PractitionerRole/r-therapist").json()
    moved, cancelled = (
        lobby.of(ANNA).get(f"Appointment/{BOOKED}"),
        lobby.of(PAVEL).get(f"Appointment/{free_id('r-therapist', 3, 5)}"),
    )
    assert moved.json()["participant"][0]["actor"]["reference"] == "PractitionerRole/r-second"
    assert cancelled.json()["status"] == "cancelled"
    assert [rows_about(lobby, id) for id in (BOOKED, free_id("r-therapist", 3, 5))] == told_of
    only(lobby.of(PAVEL).book(freed[5]))
    assert refused(lobby.of(OTHER_TWIN).book(BOOKED)) == (409, "slot-taken"), "an old id"
    before = everything(lobby)
    assert clinic("cancel-day", "r-therapist", THURSDAY, "--undo")[0].endswith(" 0 times are free again")
    assert everything(lobby) == before


def test_days_called_off_and_taken_back_are_noted(lobby: Lobby, clinic: Command) -> None:
    """R40, once for each change."""
    for arguments in (("--reason", "Болен"), (), ("--undo",), ("--undo",)):
        clinic("cancel-day", "r-therapist", THURSDAY, *arguments)
    of_day = schema.audit.c.record == "PractitionerRole/r-therapist"
    with lobby.store.read() as connection:
        lines = connection.execute(select(schema.audit).where(of_day).order_by(schema.audit.c.id)).all()
    assert [(line.who, line.kind, line.reason) for line in lines] == [
        ("cli", "day-off", f"{THURSDAY} Болен"),
        ("cli", "day-on", THURSDAY),
    ]


def test_who_waits_is_offered_a_time_of_a_day_taken_back(lobby: Lobby, clinic: Command) -> None:
    joined(lobby.of(ANNA).wait(SERVICE))
    clinic("cancel-day", "r-therapist", THURSDAY)
    clinic("cancel-day", "r-therapist", THURSDAY, "--undo")
    assert lobby.offered_to(free_id("r-therapist", 3, generation=1)) == ANNA.id
    assert kinds(lobby.store, schema.message, schema.message.c.patient_id == ANNA.id) == [
        "waitlisted",
        "offer",
    ]
    # Called off and taken back once more: an offer is withdrawn, and made anew under another id.
    clinic("cancel-day", "r-therapist", THURSDAY)
    clinic("cancel-day", "r-therapist", THURSDAY, "--undo")
    assert lobby.offered_to(free_id("r-therapist", 3, generation=2)) == ANNA.id


def test_only_what_is_left_of_today_is_given_back(lobby: Lobby, clinic: Command) -> None:
    clinic("cancel-day", "r-therapist", THURSDAY)
    lobby.hall.registry.clock.now = at(MONDAY, 3 * 24 + 11, 40)
    (line,) = clinic("cancel-day", "r-therapist", THURSDAY, "--undo")
    assert line.endswith(" 5 times are free again")
    lobby.hall.registry.clock.now = at(MONDAY, 4 * 24)
    (line,) = clinic("cancel-day", "r-therapist", THURSDAY, "--undo", status=cli.EXIT_ERROR)
    assert "is over" in line


def test_a_day_of_a_longer_absence_is_not_taken_back(lobby: Lobby, clinic: Command) -> None:
    """It ends where it was entered."""
    days = {"first_day": at_day("2026-03-04"), "last_day": at_day("2026-03-06"), "substitute_id": None}
    absence = insert(schema.absence).values(role_id="r-therapist", **days)
    lobby.store.write(lambda connection: connection.execute(absence))
    before = everything(lobby)
    (line,) = clinic("cancel-day", "r-therapist", THURSDAY, "--undo", status=cli.EXIT_ERROR)
    assert "2026-03-04 to 2026-03-06" in line
    assert everything(lobby) == before


def at_day(text: str) -> int:
    return date.fromisoformat(text).toordinal()
