"""The settings of notices: what is documented is what is read, and every mistake is told (issue 4)."""

from pathlib import Path

import pytest

from kiosk.central import cli, configuration
from kiosk.central.notices import settings as notice_settings
from kiosk.central.notices.settings import Email, Notices, Sms
from kiosk.central.notices.ways import ways_of
from kiosk.errors import SettingsError

DOCUMENTED = Path(__file__).parents[2] / "config" / "registry.toml"
EMAIL = {"host": "mail.example.ru", "sender": "desk@example.ru"}
SMS = {"url": "https://sms.example.ru/send", "body": {"to": "{phone}"}}


def test_what_is_documented_of_the_ways_is_read_with_every_key(tmp_path: Path) -> None:
    lines = DOCUMENTED.read_text("utf-8").splitlines()
    bare = [line.removeprefix("# ") if line.startswith("# [") or " = " in line else line for line in lines]
    file = tmp_path / "registry.toml"
    file.write_text("\n".join(bare), "utf-8")
    read = configuration.read(file).notices
    assert read.email is not None
    assert read.sms is not None
    for table, kind in ((read.email, Email), (read.sms, Sms)):
        documented = {line.partition(" = ")[0].removeprefix("# ") for line in lines}
        assert set(kind.__dataclass_fields__) <= documented, table


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (5, "must be a table"),
        ({"colour": "red"}, "[notices] colour: is not known"),
        ({"reminder_hour": 25}, "reminder_hour"),
        ({"reminder_hour": True}, "reminder_hour"),
        ({"give_up_hours": 0}, "give_up_hours"),
        ({"email": "desk@example.ru"}, "notices.email must be a table"),
        ({"email": {"host": "mail.example.ru"}}, "[notices.email] sender: is missing"),
        ({"email": {**EMAIL, "sender": "desk"}}, "[notices.email] sender"),
        ({"email": {**EMAIL, "sender": "Регистратура <регистратура@example.ru>"}}, "[notices.email] sender"),
        ({"email": {**EMAIL, "port": "25"}}, "[notices.email] port"),
        ({"email": {**EMAIL, "security": "ssl"}}, "starttls, tls or none"),
        ({"email": {**EMAIL, "security": "none"}}, "only for a mail server on this machine"),
        ({"email": {**EMAIL, "timeout": 0}}, "[notices.email] timeout"),
        ({"sms": {"url": SMS["url"]}}, "[notices.sms] body: is missing"),
        ({"sms": {**SMS, "url": "http://sms.example.ru/"}}, "only on this machine"),
        ({"sms": {**SMS, "url": "https://[/"}}, "[notices.sms] url"),
        ({"sms": {**SMS, "url": "https://sms.example.ru/отправить"}}, "[notices.sms] url"),
        ({"sms": {**SMS, "encoding": "form", "body": {"to": ["{phone}"]}}}, "JSON alone"),
        ({"sms": {**SMS, "headers": {"A": "b\r\nC: d"}}}, "[notices.sms] headers"),
        ({"sms": {**SMS, "success": "("}}, "regular expression"),
    ],
)
def test_every_mistake_is_told(table: object, words: str) -> None:
    told = list(notice_settings.problems(table))
    assert len(told) == 1
    assert words in told[0]


@pytest.mark.parametrize(
    "table",
    [
        {},
        {"email": {**EMAIL, "host": "127.0.0.1", "security": "none"}},
        {"sms": {**SMS, "url": "http://localhost:8000/send"}},
    ],
)
def test_what_is_right_is_read(table: dict[str, object]) -> None:
    assert list(notice_settings.problems(table)) == []
    notice_settings.parsed(table)


def test_a_secret_that_others_may_read_is_refused(tmp_path: Path) -> None:
    """R39."""
    file = tmp_path / "password"
    settings = Notices(email=Email(**EMAIL, password_file=str(file)))  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match="No such file"):
        ways_of(settings, int)
    file.write_text("sesame\n")
    file.chmod(0o640)
    with pytest.raises(SettingsError, match="chmod 600"):
        ways_of(settings, int)
    file.chmod(0o600)
    assert notice_settings.secret(str(file)) == "sesame"
    assert [way.way for way in ways_of(settings, int)] == ["email"]


def test_without_a_way_there_is_nothing_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "registry.toml"
    file.write_text("[notices]\nreminder_hour = 24\n")
    assert cli.main(["notices", "--config", str(file)]) == cli.EXIT_USAGE
    assert "neither [notices.email] nor [notices.sms]" in capsys.readouterr().err
