"""Settings: every mistake in one report with file, key and reason (issue 2, faults)."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from kiosk.central.demo import DEMO_CREDENTIAL as of_the_registry
from kiosk.errors import SettingsError
from kiosk.settings import DEMO_CREDENTIAL, SECTIONS, Settings, credential, is_loopback, load

CONFIG = Path(__file__).parents[2] / "config"

GOOD = """
[terminal]
name = "T-01"
home_facility = "f1"
[registry]
url = "https://registry.example.org"
credential = "secret"
[printer]
host = "printer.local"
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "kiosk.toml"
    path.write_text(text, "utf-8")
    path.chmod(0o600)
    return path


def problems_of(folder: Path, text: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        load(write(folder, text))
    return caught.value.problems


def test_a_short_file_is_enough_and_the_rest_are_defaults(tmp_path: Path) -> None:
    settings = load(write(tmp_path, GOOD))
    assert settings.production
    assert (settings.terminal.idle_seconds, settings.display.width, settings.printer.port) == (60, 1080, 9100)
    assert credential(settings.registry) == "secret"


def test_every_mistake_is_reported_at_once_with_file_key_and_reason(tmp_path: Path) -> None:
    text = """
    [terminal]
    name = ""
    idle_seconds = 5
    zone = "Mars/Olympus"
    mode = "test"
    [registry]
    url = "ftp://x"
    credential = 7
    [display]
    width = "wide"
    colour = "blue"
    [printer]
    driver = "fax"
    width_mm = 70
    [card_reader]
    driver = "usb"
    [scanner]
    driver = "camera"
    baud = 300
    [music]
    """
    problems = problems_of(tmp_path, text)
    path = tmp_path / "kiosk.toml"
    assert set(problems) == {
        f"{path}: [music]: unknown section",
        f"{path}: [terminal] name: must not be empty",
        f"{path}: [terminal] home_facility: is missing",
        f"{path}: [terminal] zone: must be a time zone such as Europe/Moscow",
        f"{path}: [terminal] mode: must be one of production, demo",
        f"{path}: [terminal] idle_seconds: must be between 20 and 600",
        f"{path}: [registry] url: must be an http or https address",
        f"{path}: [registry] credential: must be a text",
        f"{path}: [display] colour: unknown key",
        f"{path}: [display] width: must be a whole number",
        f"{path}: [printer] driver: must be one of network, serial, usb, cups, file, none",
        f"{path}: [printer] width_mm: must be 58 or 80",
        f"{path}: [card_reader] driver: must be one of pcsc, none",
        f"{path}: [scanner] driver: must be one of serial, keyboard, none",
        f"{path}: [scanner] baud: must be between 1200 and 4e+06",
    }


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('host = "printer.local"', "", "[printer] host: is missing"),
        ('host = "printer.local"', 'driver = "file"', "[printer] path: is missing"),
        ('host = "printer.local"', 'driver = "serial"', "[printer] path: is missing"),
        ('host = "printer.local"', 'driver = "usb"', "[printer] usb: is missing"),
        ('host = "printer.local"', 'driver = "cups"', "[printer] queue: is missing"),
        ('host = "printer.local"', 'usb = "4b8:e28"', "[printer] usb: must be vendor:product"),
        ('host = "printer.local"', 'queue = "http://cups"', "[printer] queue: must be an address"),
        ('host = "printer.local"', 'code_page = "CP866"', "[printer] code_page: must be"),
        ("[printer]", '[scanner]\ndriver = "serial"\n[printer]', "[scanner] path: is missing"),
        ('host = "printer.local"', '[sound]\nnight_from = "24:00"', "[sound] night_from: must be a time"),
        ('host = "printer.local"', "[sound]\nvolume = 200", "[sound] volume: must be between"),
        ('credential = "secret"', "", "either credential or credential_file"),
        ("https://registry", "http://registry", "allow_plain_http"),
        ('credential = "secret"', 'credential_file = "nothing-here"', "No such file"),
        ('credential = "secret"', 'credential = "secret"\nca_file = "no-ca"', "[registry] ca_file: "),
        ('credential = "secret"', 'credential = "secret"\nclient_key = "no-key"', "[registry] client_key: "),
        (
            'credential = "secret"',
            'credential = "secret"\nclient_certificate = "x"',
            "[registry] client_certificate: needs",
        ),
    ],
)
def test_keys_that_need_each_other(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert any(expected in problem for problem in problems_of(tmp_path, GOOD.replace(old, new)))


def test_a_credential_in_the_settings_is_their_owners_alone(tmp_path: Path) -> None:
    """R39; in production the demo's is none."""
    path = write(tmp_path, GOOD)
    path.chmod(0o640)
    with pytest.raises(SettingsError, match="chmod 600"):
        load(path)
    assert "everybody knows" in problems_of(tmp_path, GOOD.replace('"secret"', f'"{DEMO_CREDENTIAL}"'))[0]
    demo = GOOD.replace('"secret"', f'"{DEMO_CREDENTIAL}"').replace("[registry]", 'mode = "demo"\n[registry]')
    path.write_text(demo, "utf-8")
    path.chmod(0o644)
    assert credential(load(path).registry) == DEMO_CREDENTIAL == of_the_registry


def test_a_credential_file_belongs_to_its_owner_alone(tmp_path: Path) -> None:
    secret = tmp_path / "credential"
    secret.write_text("from-the-file\n")
    text = GOOD.replace('credential = "secret"', 'credential_file = "credential"')
    secret.chmod(0o644)
    assert "chmod 600" in problems_of(tmp_path, text)[0]
    secret.chmod(0o600)
    assert credential(load(write(tmp_path, text)).registry) == "from-the-file"


def test_a_client_key_belongs_to_its_owner_alone(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("terminal.pem", "terminal.key")]
    for file in files:
        file.touch(mode=0o644)
    own = 'client_certificate = "terminal.pem"\nclient_key = "terminal.key"\ncredential = "secret"'
    text = GOOD.replace('credential = "secret"', own)
    [problem] = problems_of(tmp_path, text)
    assert problem.endswith("terminal.key: must be readable by its owner alone (chmod 600)")
    files[1].chmod(0o600)
    assert load(write(tmp_path, text)).registry.client_key == files[1]


@pytest.mark.parametrize("content", ["", "two words", "пароль", "two\nlines"])
def test_a_credential_file_with_no_credential_in_it_says_so(tmp_path: Path, content: str) -> None:
    """In a header it would break the first request instead."""
    secret = tmp_path / "credential"
    secret.touch(mode=0o600)
    secret.write_text(content, "utf-8")
    text = GOOD.replace('credential = "secret"', 'credential_file = "credential"')
    with pytest.raises(SettingsError) as caught:
        credential(load(write(tmp_path, text)).registry)
    assert "credential_file: must" in caught.value.problems[0]
    assert not content or content not in caught.value.problems[0]


@pytest.mark.parametrize("value", ["пароль", "two words", "two\\nlines"])
def test_a_credential_fits_into_a_header(tmp_path: Path, value: str) -> None:
    [problem] = problems_of(tmp_path, GOOD.replace('"secret"', f'"{value}"'))
    assert "[registry] credential: must be letters" in problem
    assert value not in problem


@pytest.mark.parametrize(
    "url", ["https://[::1", "https://registry:99999/", "https://registry:port/", "https://"]
)
def test_an_address_that_is_none_is_one_of_the_problems(tmp_path: Path, url: str) -> None:
    [problem] = problems_of(tmp_path, GOOD.replace("https://registry.example.org", url))
    assert "[registry] url: must be an http or https address" in problem


@pytest.mark.parametrize("content", [b"[terminal", b"\xff\xfe", None])
def test_a_file_that_is_no_settings_file_is_one_problem(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "kiosk.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SettingsError) as caught:
        load(path)
    assert str(path) in caught.value.problems[0]


def test_a_credential_never_shows_in_a_repr(tmp_path: Path) -> None:
    assert "secret" not in repr(load(write(tmp_path, GOOD)))


def test_only_addresses_of_this_machine_are_loopback() -> None:
    assert all(map(is_loopback, ("localhost", "127.0.0.1", "127.9.9.9", "::1")))
    assert not any(map(is_loopback, ("127.example.org", "10.0.0.1", "registry", "")))


def test_the_documented_file_shows_every_key_with_its_default() -> None:
    """config/kiosk.toml names each key once, and a commented-out one shows the real default."""
    text = (CONFIG / "kiosk.toml").read_text("utf-8")
    for section, kind in SECTIONS.items():
        body = re.split(rf"^\[{section}\]$", text, flags=re.MULTILINE)[1].split("\n[")[0]
        shown = dict(re.findall(r"^(?:# )?(\w+) = (.*)$", body, flags=re.MULTILINE))
        assert set(shown) == {one.name for one in fields(kind)}
        commented = dict(re.findall(r"^# (\w+) = (.*)$", body, flags=re.MULTILINE))
        for one in fields(kind):
            if one.name in commented and isinstance(one.default, int | float | str) and one.default != "":
                assert commented[one.name] in (str(one.default).lower(), f'"{one.default}"')


def test_the_demo_settings_are_good() -> None:
    settings: Settings = load(CONFIG / "demo.toml")
    assert not settings.production


def test_the_keys_of_the_file_are_told_from_the_defaults(tmp_path: Path) -> None:
    """Maintenance shows where each value comes from (issue 5, item 7)."""
    settings = load(write(tmp_path, GOOD))
    assert settings.file == tmp_path / "kiosk.toml"
    assert settings.given == {
        *("terminal.name", "terminal.home_facility", "registry.url", "registry.credential", "printer.host"),
    }
