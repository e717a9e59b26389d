"""The ways on the wire: what a mail server and a gateway may do, and what that means for the attempt (issue 4)."""

import socket
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from notice_post import PostOffice, SmsGateway

from kiosk.central.notices.deliveries import Due, Ending
from kiosk.central.notices.mail import Mail
from kiosk.central.notices.settings import Email, Sms
from kiosk.central.notices.sms import Gateway
from kiosk.central.notices.truth import Said

NOW = 1_772_431_200
DUE = Due(
    id="d1",
    notice_id="n1",
    said=Said("waiting-over", "w1", None, "p1", NOW),
    language="ru",
    text='Ожидание закончилось: «Терапевт» & "ещё".\nСтрока.',
    address="anna@example.ru",
    attempts=1,
    since=NOW,
    repeated=False,
    booking=None,
)
SMS = replace(DUE, address="+79161234567")


@pytest.fixture
def post() -> Iterator[PostOffice]:
    post = PostOffice()
    post.start()
    yield post
    post.stop()


@pytest.fixture
def gateway() -> Iterator[SmsGateway]:
    gateway = SmsGateway()
    gateway.start()
    yield gateway
    gateway.stop()


def mail(post: PostOffice, password: str = "", **settings: object) -> Mail:
    given = {
        "host": "127.0.0.1",
        "sender": "desk@example.ru",
        "port": post.port,
        "security": "none",
        "timeout": 5,
    }
    return Mail(Email(**(given | settings)), password, lambda: NOW)  # type: ignore[arg-type]


def sms(gateway: SmsGateway, **settings: object) -> Gateway:
    given = {"url": gateway.url, "body": {"to": "{phone}", "text": "{text}"}, "timeout": 5}
    return Gateway(Sms(**(given | settings)), "s3cret")  # type: ignore[arg-type]


# --- e-mail ------------------------------------------------------------------------------------------------------


def test_a_letter_arrives_as_it_was_written(post: PostOffice) -> None:
    assert mail(post).send(DUE, None).ending is Ending.ACCEPTED
    [letter] = post.letters
    assert letter["To"] == "anna@example.ru"
    assert letter.get_content().replace("\r\n", "\n").startswith(DUE.text)


@pytest.mark.parametrize(
    ("at_rcpt", "at_data", "ending"),
    [
        ("550 5.1.1 <anna@example.ru>: no such user", "", Ending.NEVER),
        ("450 4.2.1 <anna@example.ru>: try later", "", Ending.LATER),
        ("421 closing", "", Ending.CLOSED),
        (None, "", Ending.CLOSED),
        ("250 OK", "554 spam", Ending.NEVER),
        ("250 OK", "452 full", Ending.LATER),
        ("250 OK", "421 closing", Ending.CLOSED),
        ("250 OK", None, Ending.UNKNOWN),
    ],
)
def test_what_the_mail_server_says_is_the_outcome(
    post: PostOffice, at_rcpt: str | None, at_data: str | None, ending: Ending
) -> None:
    post.at_rcpt, post.at_data = [at_rcpt], [at_data]
    outcome = mail(post).send(DUE, None)
    assert outcome.ending is ending
    assert "anna" not in outcome.words
    assert mail(post).send(DUE, None).ending is Ending.ACCEPTED, "the next finds the server as before"


def test_nobody_there_is_a_closed_way(post: PostOffice) -> None:
    post.stop()
    assert mail(post).send(DUE, None).ending is Ending.CLOSED


def test_a_server_that_never_answers_costs_the_timeout_alone() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings = Email("127.0.0.1", "desk@example.ru", silent.getsockname()[1], "none", timeout=0.2)
        assert Mail(settings, "", lambda: NOW).send(DUE, None).ending is Ending.CLOSED


def test_a_domain_in_russian_goes_in_ascii(post: PostOffice) -> None:
    assert mail(post).send(replace(DUE, address="anna@почта.рф"), None).ending is Ending.ACCEPTED
    assert post.letters[0]["To"] == "anna@xn--80a1acny.xn--p1ai"


def test_a_local_part_in_russian_goes_where_the_server_can(post: PostOffice) -> None:
    """aiosmtpd can: RFC 6531."""
    assert mail(post).send(replace(DUE, address="анна@example.ru"), None).ending is Ending.ACCEPTED
    assert post.letters[0]["To"] == "анна@example.ru"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and certificate of localhost in one file."""
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    request = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2"]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-noenc", *request]
    done = subprocess.run([*made, "-keyout", path, "-out", f"{path}.crt"], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    path.write_text(path.read_text() + Path(f"{path}.crt").read_text())
    return path


@pytest.fixture(params=["starttls", "tls"])
def security(request: pytest.FixtureRequest) -> str:
    """How the mail server encrypts: when it is asked to, or from the start (port 465)."""
    return str(request.param)


@pytest.fixture
def locked(certificate: Path, security: str) -> Iterator[PostOffice]:
    """A mail server that wants encryption and a login."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    post = PostOffice(context, "open sesame", from_the_start=security == "tls")
    post.start()
    yield post
    post.stop()


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # notice_post.py says why
def test_encrypted_and_logged_in(
    locked: PostOffice, certificate: Path, security: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {"host": "localhost", "security": security, "user": "desk", "timeout": 2}
    assert mail(locked, "open sesame", **given).send(DUE, None).ending is Ending.CLOSED, "of nobody we know"
    monkeypatch.setenv("SSL_CERT_FILE", f"{certificate}.crt")
    wrong = mail(locked, "sesame", **given).send(DUE, None)
    assert (wrong.ending, wrong.words) == (Ending.CLOSED, "smtp 535 at the door")
    assert mail(locked).send(DUE, None).ending is Ending.CLOSED, "in the clear"
    assert mail(locked, "open sesame", **given).send(DUE, None).ending is Ending.ACCEPTED
    assert len(locked.letters) == 1


# --- SMS ---------------------------------------------------------------------------------------------------------


def test_an_sms_is_asked_for_as_the_settings_say(gateway: SmsGateway) -> None:
    body = {"messages": [{"to": "{digits}", "text": "{text}"}], "key": "{token}", "id": "{id}", "ttl": 60}
    way = sms(gateway, body=body, headers={"Authorization": "Bearer {token}"}, success='"status": "ok"')
    assert way.send(SMS, None).ending is Ending.ACCEPTED
    [(headers, fields)] = gateway.taken
    assert headers["Authorization"] == "Bearer s3cret"
    assert fields == {
        "messages": [{"to": "79161234567", "text": SMS.text}],
        "key": "s3cret",
        "id": "d1",
        "ttl": 60,
    }


def test_a_repeated_sms_says_so_under_the_same_id(gateway: SmsGateway) -> None:
    way = sms(gateway, body={"text": "{text}", "id": "{id}"})
    way.send(SMS, None)
    way.send(replace(SMS, repeated=True), None)
    first, again = (fields for _, fields in gateway.taken)
    assert first["id"] == again["id"]
    assert again["text"] == f"{first['text']} (отправлено повторно)"


def test_what_a_patient_is_told_is_no_template(gateway: SmsGateway) -> None:
    sms(gateway).send(replace(SMS, text="{token} {phone}"), None)
    assert gateway.taken[0][1]["text"] == "{token} {phone}"


@pytest.mark.parametrize(("encoding", "method"), [("form", "POST"), ("query", "GET")])
def test_other_encodings(gateway: SmsGateway, encoding: str, method: str) -> None:
    sms(gateway, encoding=encoding, method=method).send(SMS, None)
    [(_, fields)] = gateway.taken
    sent = fields["raw"] if encoding == "form" else urlsplit(gateway.requests[0]).query
    assert parse_qs(sent) == {"to": ["+79161234567"], "text": [SMS.text]}


@pytest.mark.parametrize(
    ("answer", "ending"),
    [
        ((200, '{"status": "ok"}'), Ending.ACCEPTED),
        ((202, '{"status": "ok"}'), Ending.ACCEPTED),
        ((200, '{"status": "no money"}'), Ending.LATER),
        ((400, "no such number"), Ending.NEVER),
        ((401, ""), Ending.CLOSED),
        ((429, ""), Ending.LATER),
        ((302, ""), Ending.CLOSED),
        ((500, ""), Ending.UNKNOWN),
        ((503, ""), Ending.CLOSED),
        (None, Ending.UNKNOWN),
    ],
)
def test_what_the_gateway_says_is_the_outcome(
    gateway: SmsGateway, answer: tuple[int, str] | None, ending: Ending
) -> None:
    gateway.answers = [answer]
    outcome = sms(gateway, success='"status": "ok"').send(SMS, None)
    assert outcome.ending is ending
    assert "7916" not in outcome.words


def test_no_gateway_is_a_closed_way(gateway: SmsGateway) -> None:
    gateway.stop()
    assert sms(gateway).send(SMS, None).ending is Ending.CLOSED


def test_a_gateway_that_never_answers_leaves_it_unknown() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        way = Gateway(Sms(url, {"to": "{phone}"}, timeout=0.2), "")
        assert way.send(SMS, None).ending is Ending.UNKNOWN
