"""Imports are all or nothing, may be repeated, tell every bad line, and withdraw only where asked (R32, R39)."""

from pathlib import Path
from typing import Any

import pytest
from import_office import SAMPLES, Office

from kiosk.central import cli, contacts, schema, words
from kiosk.central.import_cli import KINDS
from kiosk.central.imports.load import BATCH

PATIENT = "Номер;Фамилия;Имя;Дата рождения;Пол;Полис;Номер документа;Прикрепление\n"


def doctor(code: str, last: str = "Орлова", facility: str = "gp5", more: str = "") -> str:
    return f"{code};{last};Анна;{facility};therapist;{more}\n"


DOCTORS = "Код;Фамилия;Имя;МО;Специальность;Кабинет\n"


def heard(office: Office, text: str) -> set[str]:
    """The ids of the doctors who are found by a word."""
    table = schema.word
    return {
        row.owner_id
        for row in office.rows(
            table, table.c.kind == words.Kind.DOCTOR_NAME.value, table.c.text == text, ~table.c.part
        )
    }


# --- again -------------------------------------------------------------------------------------------------------


def test_the_same_files_once_more_change_nothing_and_say_so(office: Office) -> None:
    before = office.everything()
    for kind in KINDS:
        report = office.put_file(kind, SAMPLES / f"{kind}.csv", full=True, withdraw=True)
        assert report.nothing
        assert report.unchanged > 0
        assert list(report.told(kind, dry_run=False))[-1] == "nothing was changed"
    assert office.everything() == before


def test_mistakes_and_files_that_change_nothing_keep_nobody_from_booking(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They take no lock."""

    def write(work: Any) -> Any:
        raise AssertionError("it writes")

    monkeypatch.setattr(office.store, "write", write)
    for kind in KINDS:
        assert office.put_file(kind, SAMPLES / f"{kind}.csv", full=True, withdraw=True).nothing
    assert office.mistakes("doctors", DOCTORS + doctor("n-1", facility="gp9"))


def test_a_line_that_means_the_same_is_not_changed(office: Office) -> None:
    text = (
        office.sample("patients")
        .replace("17.05.1980", "1980-05-17")
        .replace("7787 5997 6800", "778759976800")
    )
    assert office.put("patients", text).nothing


def test_a_changed_line_changes_what_it_says(office: Office) -> None:
    text = office.sample("doctors").replace("Соколова", "Соколова-Ёлкина").replace(";214;12", ";215;9")
    before, id = heard(office, "соколова"), office.id("doctors", "gp5-101")
    report = office.put("doctors", text)
    assert (report.new, report.changed, report.unchanged) == (0, 1, 4)
    (role,) = office.rows(schema.role, schema.role.c.id == id)
    assert role.room == "215"
    (served,) = office.rows(schema.role_area, schema.role_area.c.role_id == id)
    assert served.area_id == office.id("areas", "gp5/9")
    assert heard(office, "соколова") == heard(office, "елкина") == before == {id}
    lines = {row.line for row in office.rows(schema.word, schema.word.c.owner_id == id)}
    assert lines == {" соколова елкина елена андреевна "}


def test_patients_keep_their_own_contacts(office: Office) -> None:
    """R15: those of the file are for who is new."""
    id = office.id("patients", "10001")
    own = contacts.to_store([contacts.Contact("phone", "+70000000000", notices=False)])
    office.store.write(
        lambda connection: connection.execute(
            schema.patient.update().where(schema.patient.c.id == id).values(telecom=own)
        )
    )
    text = office.sample("patients").replace("Петрова;Анна", "Иванова;Анна").replace("+7 000", "+7 001")
    assert office.put("patients", text).changed == 2
    (row,) = office.rows(schema.patient, schema.patient.c.id == id)
    assert (row.last_name, row.telecom, row.version) == ("Иванова", own, 2)


def test_several_files_are_one_import(office: Office, tmp_path: Path) -> None:
    one, other = tmp_path / "one.csv", tmp_path / "other.csv"
    one.write_text(DOCTORS + doctor("n-1"), "utf-8")
    other.write_text(DOCTORS + doctor("n-2"), "cp1251")
    assert office.put_file("doctors", one, other).new == 2


def test_a_person_with_two_posts_is_one(office: Office) -> None:
    text = "Код;Код сотрудника;Фамилия;Имя;МО;Специальность\n"
    lines = "n-1;c-9;Орлова;Анна;gp5;therapist\nn-2;c-9;Орлова;Анна;dp2;paediatrician\n"
    office.put("doctors", text + lines)
    ids = {office.id("doctors", code) for code in ("n-1", "n-2")}
    people = {row.practitioner_id for row in office.rows(schema.role, schema.role.c.id.in_(ids))}
    assert len(people) == 1
    office.put("doctors", text + lines.splitlines(keepends=True)[0].replace("Орлова", "Соколова"))
    assert heard(office, "орлова") == set()
    assert heard(office, "соколова") == ids | {office.id("doctors", "gp5-101")}


def test_a_post_that_becomes_another_persons_is_found_by_the_new_name(office: Office) -> None:
    """While the person who had it is renamed elsewhere."""
    text = "Код;Код сотрудника;Фамилия;Имя;МО;Специальность\n"
    office.put("doctors", text + "n-1;c-1;Орлова;Анна;gp5;therapist\nn-2;c-1;Орлова;Анна;dp2;paediatrician\n")
    office.put(
        "doctors", text + "n-1;c-2;Галкина;Вера;gp5;therapist\nn-2;c-1;Чайкина;Анна;dp2;paediatrician\n"
    )
    assert heard(office, "орлова") == set()
    assert heard(office, "галкина") == {office.id("doctors", "n-1")}
    assert heard(office, "чайкина") == {office.id("doctors", "n-2")}
    (role,) = office.rows(schema.role, schema.role.c.id == office.id("doctors", "n-1"))
    assert role.name_words == " галкина вера "


# --- mistakes ----------------------------------------------------------------------------------------------------


def test_every_bad_line_is_told_and_nothing_is_imported(office: Office) -> None:
    """R39: where it is and what it must be, and nothing of the person."""
    text = office.sample("patients").splitlines()
    bad = [
        "10004;Сидоров;;;31.02.1980;м;7787599768000015;паспорт;12345;1;gp5;;;;;;",
        "10005;Сидоров;Яков;;01.02.1980;х;980000005;паспорт;345678;;gp9;;;;хирург;+7 12;x",
        "10001;Сидоров;Яков;;01.02.1980;м;980000006;паспорт;345678;;gp5;1;gp5-999;;astrologer;;",
        "980000007;Сидоров;Яков;;01.02.2030;м;980000007;паспорт;1;;;;;;;;",
        "10008;Сидоров;Яков;;01.02.1980;м;980000008;другой;1;;gp5;1;gp5-999;gp5,gp8;astrologer;;",
        "10009;Сидоров;Яков;;01.02.1980;м;980000009;другой;1;;;9;;;;;",
    ]
    told = office.mistakes("patients", "\n".join([*text, *bad]))
    where = [line.partition(": ")[0] for line in told]
    assert where == [
        "line 5, «Имя» (first_name)",
        "line 5, «Дата рождения» (birth_date)",
        "line 5, «СНИЛС» (snils)",
        "line 6, «Пол» (sex)",
        "line 6, «Диспансерный учёт» (dispensary)",
        "line 6, «Телефон» (phone)",
        "line 6, «Почта» (email)",
        "line 7",
        "line 8, «Дата рождения» (birth_date)",
        "line 8, «Номер» (number)",
        "line 8, «Номер документа» (document_number)",
        "line 9, «Участок» (area)",
        "line 9, «Участковый врач» (doctor)",
        "line 9, «Карты» (cards)",
        "line 9, «Диспансерный учёт» (dispensary)",
        "line 10, «Прикрепление» (facility)",
    ]
    assert not any(word in line for line in told for word in ("Сидоров", "Яков", "12345", "9800", "1980"))


@pytest.mark.parametrize(
    ("kind", "text", "told"),
    [
        (
            "services",
            "МО;Специальность;Запись\ngp5;therapist;нет\n",
            ["line 2, «Запись» (online): cannot be switched off"],
        ),
        (
            "services",
            "МО;Специальность\ngp9;surgeon\n",
            ["line 2, «МО» (facility): is not known", "line 2, «Специальность»"],
        ),
        (
            "areas",
            "МО;Код;Название\ngp5;12;a\ngp5;12;b\n",
            ["line 3: is about the same as areas.csv, line 2"],
        ),
        (
            "doctors",
            DOCTORS + doctor("n-1", facility="dp2"),
            ["line 2, «Специальность» (specialty): is not known"],
        ),
        (
            "doctors",
            DOCTORS + doctor("gp5-201"),
            ["line 2, «Специальность» (specialty): is another one than before"],
        ),
        (
            "hours",
            "Врач;Дни;Начало;Конец;Приём, минут\ngp5-101;пн;08:00;12:00;15\ngp5-101;пн-ср;11:00;13:00;15\n",
            ["line 3, «Начало» (start): is at the same time as hours.csv, line 2"],
        ),
        (
            "hours",
            "Врач;Дни;Начало;Конец;Приём, минут\ngp5-101;пн;08:00;08:10;15\n",
            ["line 2, «Конец» (end): leaves no"],
        ),
        (
            "hours",
            "Врач;Дни;Начало;Конец;Приём, минут\ngp5-101;пн;08:02;12:00;12\n",
            ["line 2, «Начало»", "line 2, «Приём"],
        ),
        (
            "absences",
            "Врач;С;По;Замещает\ngp5-101;05.03.2026;06.03.2026;gp5-201\n",
            ["line 2, «Замещает» (substitute): must be"],
        ),
        (
            "patients",
            PATIENT + "1;А;Б;01.01.1980;м;980000009;111111;gp5\n2;В;Г;01.01.1980;ж;980000009;111111;gp5\n",
            ["line 3, «Полис» (policy): policy, birth date and document are those of patients.csv, line 2"],
        ),
        (
            "patients",
            PATIENT + "1;А;Б;02.11.1955;м;980000002;012345;gp5\n",
            ["line 2, «Полис» (policy): policy, birth date and document are those of a patient"],
        ),
        (
            "patients",
            PATIENT + "1;А;Б;01.01.1980;м;9,8E+15;111111;gp5\n",
            ["line 2, «Полис» (policy): Excel has cut"],
        ),
        (
            "bookings",
            "Номер;Пациент;Врач;Дата;Время\nB;10002;gp5-101;04.03.2026;09:00\nC;1;2;04.03.2026;09:00\n",
            ["line 2, «Время» (time): the doctor's", "line 3, «Пациент»", "line 3, «Врач»"],
        ),
        (
            "bookings",
            "Номер;Пациент;Врач;Дата;Время;Минут\nB;10001;gp5-301;04.03.2026;09:10;10\n",
            ["line 2, «Время» (time): the patient has another booking"],
        ),
        (
            "bookings",
            "Номер;Пациент;Врач;Дата;Время\nB;10003;gp5-101;04.03.2026;09:05\n",
            ["line 2, «Минут» (minutes): is missing"],
        ),
        (
            "bookings",
            "Номер;Пациент;Врач;Дата;Время\nB;10003;gp5-101;06.03.2026;09:00\nC;10002;gp5-101;06.03.2026;09:00\n",
            ["line 3, «Время» (time): the time of the doctor or of the patient is that of another line"],
        ),
        ("facilities", "Города\n", ["line 1: must begin with the headings"]),
    ],
)
def test_mistakes_of_single_lines(office: Office, kind: str, text: str, told: list[str]) -> None:
    found = office.mistakes(kind, text)
    assert len(found) == len(told), found
    assert all(line.startswith(words) for line, words in zip(found, told, strict=True)), found


def test_a_mistake_in_the_last_of_many_lines_undoes_the_first(office: Office) -> None:
    lines = "".join(doctor(f"n-{number}") for number in range(BATCH + 1))
    (told,) = office.mistakes("doctors", DOCTORS + lines + doctor("n-x", facility="gp9"))
    assert told.startswith(f"line {BATCH + 3}, «МО»")


def test_an_old_policy_of_sixteen_digits_is_taken_and_told_of(office: Office) -> None:
    """A number is never refused for its check digit alone."""
    report = office.put("patients", PATIENT + "1;А;Б;01.01.1980;м;7787599768000016;111111;gp5\n")
    assert report.new == 1
    (warning, *_) = report.told("patients", dry_run=False)
    assert warning.startswith("warning: patients.csv, line 2, «Полис» (policy): is no unified number")


# --- what is missing ---------------------------------------------------------------------------------------------


def without(text: str, *beginnings: str) -> str:
    """The file without some of its lines."""
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith(beginnings))


def test_what_is_missing_is_told_in_a_full_file_only(office: Office) -> None:
    text = without(office.sample("doctors"), "gp5-102", "dp2")
    before = office.everything()
    assert office.put("doctors", text).missing == []
    report = office.put("doctors", text, full=True)
    assert report.missing == ["gp5-102"], "the other facility has no line: the file says nothing about it"
    assert office.everything() == before


def test_who_was_withdrawn_comes_back_with_their_times(office: Office) -> None:
    id, times = office.id("doctors", "gp5-301"), len(office.slots("gp5-301"))
    report = office.put("doctors", without(office.sample("doctors"), "gp5-301"), full=True, withdraw=True)
    assert (report.withdrawn, report.missing, report.times) == (["gp5-301"], [], times)
    assert office.slots("gp5-301") == []
    (role,) = office.rows(schema.role, schema.role.c.id == id)
    assert not role.active
    assert office.put("doctors", without(office.sample("doctors"), "gp5-301"), full=True).missing == []
    assert office.put("doctors", office.sample("doctors")).changed == 1
    assert len(office.slots("gp5-301")) == times


def test_withdrawn_patients_are_known_nowhere(office: Office) -> None:
    """R10; their bookings stand."""
    id = office.id("patients", "10001")
    office.put("patients", without(office.sample("patients"), "10001"), full=True, withdraw=True)
    (row,) = office.rows(schema.patient, schema.patient.c.id == id)
    assert (row.facility_id, row.area_id, row.area_doctor_id) == (None, None, None)
    assert office.rows(schema.card, schema.card.c.patient_id == id) == []
    (booking,) = office.rows(schema.appointment, schema.appointment.c.patient_id == id)
    assert booking.status == "booked"


def test_a_full_file_says_nothing_of_patients_who_are_attached_nowhere(office: Office) -> None:
    """They may be another source's: whose file has one of its own does not withdraw them."""
    line = "{};Иванов;Иван;;01.01.1970;м;{};паспорт;999999;;;;;gp5;;;\n"
    office.put("patients", office.sample("patients") + line.format("20001", "980000009"))
    ours = office.sample("patients") + line.format("20002", "980000010")
    report = office.put("patients", ours, full=True, withdraw=True)
    assert (report.new, report.withdrawn) == (1, [])
    assert office.rows(schema.card, schema.card.c.patient_id == office.id("patients", "20001"))


def test_an_area_in_use_stays_and_an_unused_one_goes(office: Office) -> None:
    office.put("areas", office.sample("areas") + "gp5;99;Участок № 99\n")
    report = office.put("areas", "МО;Код;Название\ngp5;9;Участок № 9\n", full=True, withdraw=True)
    assert (report.withdrawn, report.missing) == (["gp5/99"], ["gp5/12"])


def test_a_facility_that_is_withdrawn_books_nothing_until_its_services_return(office: Office) -> None:
    text = without(office.sample("facilities"), "dp2")
    report = office.put("facilities", text, full=True, withdraw=True)
    assert report.withdrawn == ["dp2"]
    assert office.slots("dp2-101") == []
    office.put("facilities", office.sample("facilities"))
    assert office.put("services", office.sample("services")).changed == 1
    assert office.slots("dp2-101")


# --- the command -------------------------------------------------------------------------------------------------


@pytest.fixture
def central(office: Office, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """`kiosk central ...` on the office's registry: what it prints, and its errors."""
    monkeypatch.setattr(cli, "system_clock", lambda: office.now)

    def run(*arguments: str, status: int = 0) -> tuple[list[str], list[str]]:
        capsys.readouterr()
        assert cli.main([*arguments, "--database", office.url]) == status
        printed = capsys.readouterr()
        return printed.out.splitlines(), printed.err.splitlines()

    return run


def test_the_command_tells_what_it_did(office: Office, central: Any) -> None:
    file = str(office.write("doctors", DOCTORS + doctor("n-1")))
    before = office.everything()
    out, _ = central("import", "doctors", file, "--dry-run")
    assert out == ["doctors: 1 new", "dry run: nothing was changed"]
    assert office.everything() == before
    assert central("import", "doctors", file)[0] == ["doctors: 1 new"]
    assert central("import", "doctors", file)[0] == ["doctors: 1 unchanged", "nothing was changed"]
    bad = str(office.write("doctors", DOCTORS + doctor("n-2", facility="gp9") + doctor("n-3", last="")))
    out, err = central("import", "doctors", bad, status=cli.EXIT_ERROR)
    assert [line.partition(":")[0] for line in out] == [
        "doctors.csv, line 2, «МО» (facility)",
        "doctors.csv, line 3, «Фамилия» (last_name)",
    ]
    assert err == ["error: 2 mistakes in the files: nothing was imported"]


def test_times_are_made_as_far_as_is_asked(office: Office, central: Any) -> None:
    assert central("times")[0] == ["there are times until 2026-03-16"]
    made, until = central("times", "--days", "21")[0]
    assert made.startswith("times made: ")
    assert until == "there are times until 2026-03-23"


@pytest.mark.parametrize(
    "usage", [["import", "cats", "a.csv"], ["import", "doctors"], ["times", "--days", "0"]]
)
def test_wrong_usage(usage: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(usage)
    assert ended.value.code == cli.EXIT_USAGE


def test_what_cannot_be_asked_for(office: Office, central: Any) -> None:
    file = str(SAMPLES / "doctors.csv")
    assert "--full" in central("import", "doctors", file, "--withdraw", status=cli.EXIT_ERROR)[1][0]
    setting = schema.setting
    change = setting.update().where(setting.c.name == "demo").values(value="yes")
    office.store.write(lambda connection: connection.execute(change))
    assert "demo" in central("import", "doctors", file, status=cli.EXIT_ERROR)[1][0]
