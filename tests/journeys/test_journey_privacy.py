"""Nothing that a patient types is written anywhere but into the registry's database (R39; issue 2). Every journey ends with
this search; here everything is typed, and everything goes wrong."""

import re
import shutil
from pathlib import Path

import journey_steps as steps
from journey_kiosk import Kiosk
from journey_lobby import Lobby
from journey_region import Region

EVER = 99


def test_nothing_typed_is_found_in_any_file(lobby: Lobby, kiosk: Kiosk, region: Region) -> None:
    """Logs of terminal and registry, journal with its write-ahead log, state folder, names of files."""
    patient = lobby.comes(region.adult(with_contacts=False))
    phone, wrong, address = lobby.enters("9035554411", "77123405", "petrov77")
    steps.choose_time(kiosk, "Хирург")
    steps.type_identity(kiosk, patient)
    kiosk.tap_field("год")
    kiosk.tap("Сброс")
    kiosk.type(str(patient.birth_date.year + 1))
    for fault in ("500", "half-json", "wrong-shape", "close"):
        lobby.proxy.next(fault, path="/auth/token")
        kiosk.tap("Дальше")
        kiosk.wait("Ещё раз")
    kiosk.tap("Дальше")
    kiosk.wait("Нужен номер документа")
    kiosk.type(wrong)
    kiosk.tap("Дальше")
    kiosk.wait("Не удалось вас найти")
    kiosk.tap_field("год")
    kiosk.tap("Сброс")
    kiosk.type(str(patient.birth_date.year))
    kiosk.tap_field("Номер документа")
    kiosk.tap("Сброс")
    kiosk.type(patient.document_number)
    kiosk.tap("Дальше")
    kiosk.wait("Куда сообщить об изменениях?")
    kiosk.type(phone)
    kiosk.tap_field("Электронная почта")
    kiosk.type(address)
    kiosk.tap("@mail.ru")
    lobby.proxy.next("500", path="/fhir/Patient")
    kiosk.tap("Дальше")
    kiosk.wait("Ещё раз")
    kiosk.tap("Ещё раз")
    kiosk.wait(steps.CONFIRM)
    lobby.proxy.next("lost-answer", path="$book")
    lobby.proxy.next("html", times=EVER)
    kiosk.tap("Записаться")
    kiosk.wait("Ещё не записаны, ждём ответа")
    kiosk.break_method(
        "kiosk.screens.confirm", "ConfirmScreen", "paint", message=patient.policy_number, times=1
    )
    kiosk.wait("Начать", "Запись здесь сейчас не работает")
    kiosk.kill()
    assert lobby.found() == []
    lobby.proxy.calm()
    lobby.start().wait("Начать")
    steps.wait_until(lambda: lobby.open_entries() == [], "the journal to be settled")
    assert lobby.found() == []


def test_the_search_finds_what_is_there(lobby: Lobby, region: Region, tmp_path: Path) -> None:
    """In the registry's own database, where people are, in a log, and in the name of a file."""
    patient = lobby.comes(region.adult())
    copy, state = tmp_path / "copy.sqlite", lobby.folder / "state"
    state.mkdir(exist_ok=True)
    shutil.copyfile(region.database, copy)
    planted = state / "planted.log"
    for content, name in (
        (copy.read_bytes(), planted),
        (patient.birth_date.strftime("born %d.%m.%Y").encode(), planted),
        (b"", state / f"{patient.document_number}.log"),
    ):
        name.write_bytes(content)
        assert lobby.found() == [name.name]
        name.unlink()


def test_the_journal_knows_bookings_and_no_person(lobby: Lobby, kiosk: Kiosk, region: Region) -> None:
    """architecture.md: identifiers, ticket numbers and states; nothing by which to find a patient without the registry."""
    patient = lobby.comes(region.adult())
    steps.book(kiosk, patient, "Хирург")
    kiosk.wait("Возьмите талон")
    [number] = region.booked(patient)
    written = b"".join(path.read_bytes() for path in (lobby.folder / "state").glob("journal.sqlite*"))
    assert number.encode() in written
    assert re.search(rb"urn:uuid:[0-9a-f-]{36}", written)
    assert patient.id.encode() not in written
