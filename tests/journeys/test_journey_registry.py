"""The registry unreachable, slow, broken or talking nonsense at each step, and back again: plain words, a next step, and
nothing typed is lost (issue 2, "Faults")."""

import re

import journey_steps as steps
import pytest
from fault_proxy import FAULTS
from journey_kiosk import Kiosk
from journey_lobby import Lobby
from journey_region import OtherTerminal, Region

NO_CONNECTION = "Нет связи с электронной регистратурой"
NOT_WORKING = "Электронная регистратура сейчас не работает"
UNCLEAR = "Электронная регистратура ответила непонятно"
IN_DOUBT = "Ещё не записаны, ждём ответа"
#: What each fault is called; the others (slow, duplicate) are answers in time.
WORDS = {
    "outage": NO_CONNECTION,
    "close": NO_CONNECTION,
    "lost-answer": NO_CONNECTION,
    "late-answer": NO_CONNECTION,
    "truncated": NO_CONNECTION,
    "500": NOT_WORKING,
    "503": NOT_WORKING,
    "html": UNCLEAR,
    "half-json": UNCLEAR,
    "wrong-shape": UNCLEAR,
}
#: Faults of which one of each kind is enough where a step has been tried with all of them.
FEW = ("close", "503", "wrong-shape")
EVERY = tuple(WORDS)
#: To the patient an answer that is late and one that is lost are the same; where the wait has been tried, it is spared.
QUICK = tuple(fault for fault in WORDS if fault != "late-answer")
EVER = 99


def test_every_fault_has_its_words() -> None:
    """A fault that the proxy learns is looked at here too."""
    assert set(FAULTS) - set(WORDS) == {"slow", "duplicate", "late-request"}


def break_at(lobby: Lobby, kiosk: Kiosk, path: str, faults: tuple[str, ...], touch: steps.Sought) -> None:
    """Touches, and again after each fault; then all is well, and one more touch goes on."""
    for number, fault in enumerate(faults):
        lobby.proxy.calm()
        done = lobby.proxy.faults_done[fault]
        lobby.proxy.next(fault, path=path, times=EVER)
        kiosk.tap("Ещё раз" if number else touch)
        steps.wait_until(lambda fault=fault, done=done: lobby.proxy.faults_done[fault] > done, fault)
        kiosk.wait(WORDS[fault])
        if not number:
            kiosk.shot(f"{fault}-{path.strip('$/').replace('/', '-')}")
        assert kiosk.sees(re.compile("Всё, что вы ввели, сохранено"))
    lobby.proxy.calm()
    kiosk.tap("Ещё раз")


def test_specialty(lobby: Lobby) -> None:
    """All faults at the first question."""
    kiosk = lobby.start()
    steps.open_home(kiosk)
    break_at(lobby, kiosk, "/HealthcareService", EVERY, "Записаться к врачу")
    kiosk.wait("Хирург")


@pytest.mark.long
def test_district(lobby: Lobby) -> None:
    kiosk = lobby.start()
    steps.open_home(kiosk)
    break_at(lobby, kiosk, "/Location", FEW, "Найти врача или поликлинику")
    kiosk.wait("Привокзальный")


@pytest.mark.long
def test_facility(lobby: Lobby, kiosk: Kiosk) -> None:
    """The facilities are known from the districts' question, and need no registry; the next question says that it is gone."""
    steps.open_home(kiosk)
    kiosk.tap("Найти врача или поликлинику")
    kiosk.wait("Привокзальный")
    lobby.proxy.next("close", times=EVER)
    kiosk.tap("Привокзальный", "Узловая поликлиника")
    kiosk.wait(NO_CONNECTION)
    lobby.proxy.calm()
    kiosk.tap("Ещё раз")
    kiosk.wait("Хирург")


@pytest.mark.long
def test_doctor(lobby: Lobby) -> None:
    kiosk = lobby.start()
    steps.open_home(kiosk)
    kiosk.tap("Записаться к врачу")
    break_at(lobby, kiosk, "/PractitionerRole", FEW, "Хирург")
    kiosk.wait(re.compile("Лебедева"))


@pytest.mark.long
def test_time(lobby: Lobby, kiosk: Kiosk) -> None:
    steps.open_home(kiosk)
    kiosk.tap("Записаться к врачу", "Хирург")
    kiosk.wait(re.compile("Лебедева"))
    break_at(lobby, kiosk, "$availability", FEW, re.compile("Лебедева"))
    kiosk.wait_for_touchable(steps.CLOCK)


@pytest.mark.long
@pytest.mark.parametrize("path", ["$find", "$hold"])
def test_hold(lobby: Lobby, kiosk: Kiosk, region: Region, path: str) -> None:
    """All faults where a time is taken: the hold that was made and not told is the terminal's own, and is found."""
    steps.choose_doctor(kiosk, "Хирург")
    break_at(lobby, kiosk, path, EVERY if path == "$hold" else FEW, steps.CLOCK)
    kiosk.wait("Кто записывается?")
    assert len(region.held_by(lobby.name)) == 1


@pytest.mark.long
@pytest.mark.parametrize("path", ["/auth/token", "/fhir/Patient"])
def test_identify(lobby: Lobby, kiosk: Kiosk, region: Region, path: str) -> None:
    """What was typed stays through every fault, and is enough in the end."""
    patient = lobby.comes(region.adult())
    steps.choose_time(kiosk, "Хирург")
    steps.type_identity(kiosk, patient)
    break_at(lobby, kiosk, path, QUICK if path == "/auth/token" else FEW, "Дальше")
    kiosk.wait("Куда сообщить об изменениях?")


@pytest.mark.long
def test_judging_the_time(lobby: Lobby, kiosk: Kiosk, region: Region) -> None:
    """The patient is identified, and whether the time is for them is not known yet: the touch asks that again."""
    patient = lobby.comes(region.adult())
    steps.choose_time(kiosk, "Хирург")
    steps.type_identity(kiosk, patient)
    break_at(lobby, kiosk, "$hold", FEW, "Дальше")
    kiosk.wait("Куда сообщить об изменениях?")
    kiosk.wait_until_gone(UNCLEAR)
    kiosk.tap(steps.NO_MESSAGES, "Записаться")
    kiosk.wait("Вы записаны")


@pytest.mark.long
def test_contacts(lobby: Lobby, kiosk: Kiosk, region: Region) -> None:
    """A change that was carried out and not told is not made twice, and none is lost."""
    patient = lobby.comes(region.adult(with_contacts=False))
    [phone] = lobby.enters("9047654321")
    steps.choose_time(kiosk, "Хирург")
    steps.identify(kiosk, patient)
    kiosk.type(phone)
    break_at(lobby, kiosk, "/fhir/Patient", QUICK, "Дальше")
    kiosk.wait(steps.CONFIRM)
    [[telecom]] = region.rows("SELECT telecom FROM patient WHERE id = ?", (patient.id,))
    assert telecom.count(phone) == 1


@pytest.mark.long
def test_contacts_that_others_change_meanwhile(
    lobby: Lobby, kiosk: Kiosk, region: Region, other: OtherTerminal
) -> None:
    """412 `version-conflict` (api.md section 11): read and tried once more; again overtaken, the patient is told."""
    patient = lobby.comes(region.adult(with_contacts=False))
    phone, *others = lobby.enters("9047654321", "9047654322", "9047654323")
    steps.choose_time(kiosk, "Хирург")
    steps.identify(kiosk, patient)
    kiosk.type(phone)
    lobby.proxy.next("hold-request", method="PATCH", times=2)
    kiosk.tap("Дальше")
    for overtaking in others:
        assert lobby.proxy.wait_until_held(timeout=30)
        other.change_contacts(patient, overtaking)
        lobby.proxy.let_go()
    kiosk.wait("Данные только что изменились")
    kiosk.shot("version-conflict")
    kiosk.tap("Ещё раз")
    kiosk.wait(steps.CONFIRM)
    [[telecom]] = region.rows("SELECT telecom FROM patient WHERE id = ?", (patient.id,))
    assert telecom.count(phone) == 1


#: One booking after the other of one patient: what happens to `$book`, and whether the registry carried it out.
BOOKINGS = (
    ("Хирург", "close", False),
    (re.compile("Терапевт"), "lost-answer", False),
    ("Стоматолог", "500", True),
    ("Невролог", "503", False),
    ("Окулист", "html", True),
    ("Дерматовенеролог", "half-json", False),
    ("Эндокринолог", "late-answer", False),
)


def test_book(lobby: Lobby, kiosk: Kiosk, region: Region) -> None:
    """Whatever becomes of the answer, the patient is told to wait, then what the registry holds: no booking twice."""
    patient, before = lobby.comes(region.adult()), lobby.proxy.faults_done.total()
    told: set[str] = set()
    for number, (specialty, fault, carried_out) in enumerate(BOOKINGS):
        if number:
            steps.to_confirm_another(kiosk, specialty)
        else:
            steps.to_confirm(kiosk, patient, specialty)
        kiosk.wait_for_touchable("Записаться")
        lobby.proxy.next(fault, path="$book", carried_out=carried_out)
        kiosk.tap("Записаться")
        kiosk.wait(IN_DOUBT)
        kiosk.wait("Вы записаны", "Заявка принята")
        assert len(region.booked(patient)) == len(region.listed(patient)) == number + 1
        assert any(ticket in kiosk.texts() for ticket in set(region.booked(patient)) - told)
        told = set(region.booked(patient))
    assert lobby.proxy.faults_done.total() - before == len(BOOKINGS)


def test_book_while_the_registry_is_gone(lobby: Lobby, kiosk: Kiosk, region: Region) -> None:
    """Nobody leaves silently: Back and Finish ask; who waits is told in the end."""
    patient = lobby.comes(region.adult())
    steps.to_confirm(kiosk, patient, "Хирург")
    lobby.proxy.next("lost-answer", path="$book")
    lobby.proxy.next("500", times=EVER)
    kiosk.tap("Записаться")
    kiosk.wait(IN_DOUBT)
    kiosk.shot("in-doubt")
    for way_out in ("Назад", "Завершить"):
        kiosk.tap(way_out)
        kiosk.wait("Вы ещё не записаны")
        kiosk.shot(f"leaving-{way_out}")
        kiosk.tap("Подождать ответа")
    lobby.proxy.calm()
    kiosk.wait("Вы записаны")
    assert len(region.booked(patient)) == len(region.listed(patient)) == 1


def test_a_booking_cancelled_before_its_answer_is_known(
    lobby: Lobby, kiosk: Kiosk, region: Region, other: OtherTerminal
) -> None:
    """`void` (api.md section 11): what was booked is not any more, so the patient is told that, and chooses again."""
    patient = lobby.comes(region.adult())
    steps.to_confirm(kiosk, patient, "Хирург")
    lobby.proxy.next("lost-answer", path="$book")
    lobby.proxy.next("500", path="/Appointment", times=EVER)
    kiosk.tap("Записаться")
    kiosk.wait(IN_DOUBT)
    other.cancel_visits(patient)
    lobby.proxy.calm()
    kiosk.wait("Запись не состоялась")
    kiosk.shot("void")
    assert region.booked(patient) == []
    assert lobby.papers == []
    kiosk.tap(steps.CLOCK)
    kiosk.wait(steps.CONFIRM)
    kiosk.tap("Записаться")
    kiosk.wait("Вы записаны")
    assert len(region.booked(patient)) == 1


def test_leaving_in_doubt_cancels(lobby: Lobby, kiosk: Kiosk, region: Region) -> None:
    """«Уйти без записи»: what the registry had booked is cancelled by its identifier (api.md section 8)."""
    patient = lobby.comes(region.adult())
    steps.to_confirm(kiosk, patient, "Хирург")
    lobby.proxy.next("lost-answer", path="$book")
    lobby.proxy.next("500", times=EVER)
    kiosk.tap("Записаться")
    kiosk.wait(IN_DOUBT)
    kiosk.tap("Назад", "Уйти без записи")
    kiosk.wait("Начать", "Запись здесь сейчас не работает")
    assert len(region.booked(patient)) == 1
    lobby.proxy.calm()
    steps.wait_until(lambda: region.booked(patient) == [], "the booking to be cancelled")
    steps.wait_until(lambda: lobby.open_entries() == [], "the journal to be settled")
    assert lobby.papers == []


@pytest.mark.long
def test_slow_answers_are_waited_for(lobby: Lobby) -> None:
    """A wait is shown at once, said in words after two seconds with a way out, and over by itself (product.md)."""
    kiosk = lobby.start()
    steps.open_home(kiosk)
    lobby.proxy.next("slow", path="/HealthcareService")
    kiosk.tap("Записаться к врачу")
    kiosk.wait("Спрашиваем у поликлиники…")
    kiosk.wait(re.compile("Это дольше обычного"))
    kiosk.shot("slow")
    kiosk.wait("Хирург")


def test_out_of_service_at_start_and_back(lobby: Lobby) -> None:
    """A terminal without its registry says so, with where to book instead, and comes back by itself."""
    lobby.proxy.next("503", times=EVER)
    kiosk = lobby.start()
    kiosk.wait("Запись здесь сейчас не работает")
    assert kiosk.sees("В регистратуре")
    kiosk.shot("out-of-service")
    lobby.proxy.calm()
    kiosk.tap("Начать")
    kiosk.wait("Записаться к врачу")


def test_out_of_service_between_visits(lobby: Lobby, kiosk: Kiosk) -> None:
    """After a visit the terminal looks again: the next patient is not led into a broken booking."""
    steps.open_home(kiosk)
    lobby.proxy.next("close", times=EVER)
    kiosk.tap("Завершить")
    kiosk.wait("Запись здесь сейчас не работает")
    kiosk.shot("out-of-service-later")
    lobby.proxy.calm()
    kiosk.wait("Начать")


def test_a_terminal_that_is_not_admitted(lobby: Lobby, region: Region) -> None:
    """A revoked terminal (api.md section 1) says that it is not admitted, and nothing of connections."""
    region.change("UPDATE terminal SET revoked = 1 WHERE name = :name", {"name": lobby.name})
    try:
        kiosk = lobby.start()
        kiosk.wait(re.compile("Электронная регистратура не принимает этот терминал"))
        kiosk.shot("not-admitted")
    finally:
        region.change("UPDATE terminal SET revoked = NULL WHERE name = :name", {"name": lobby.name})
