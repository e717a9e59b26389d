"""The way of e-mail: one letter at a time to the mail server of the settings, over SMTP."""

import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import parseaddr

from kiosk.central.notices.deliveries import Due, Ending, Outcome
from kiosk.central.notices.letter import letter
from kiosk.central.notices.settings import Email
from kiosk.ticket import Ticket

SERVICE_CLOSING = 421


class Mail:
    """Sends letters. Never raises for what the network or the server does: that is the outcome."""

    way = "email"

    def __init__(self, settings: Email, password: str, clock: Callable[[], int]) -> None:
        self._settings = settings
        self._password = password
        self._clock = clock
        self._context = ssl.create_default_context()
        self._sender = parseaddr(settings.sender)[1]
        #: How we greet; left to itself, the library would ask the network for our own name.
        self._domain = self._sender.rpartition("@")[2]

    def send(self, due: Due, ticket: Ticket | None) -> Outcome:
        """Hand the letter of this attempt to the mail server."""
        try:
            address = on_the_wire(due.address)
        except UnicodeError:
            return Outcome(Ending.NEVER, "no such domain can be")
        written = letter(due, address, ticket, self._settings.sender, self._clock())
        try:
            server = self._connected()
        except smtplib.SMTPResponseException as error:
            return Outcome(Ending.CLOSED, f"smtp {error.smtp_code} at the door")
        except (OSError, smtplib.SMTPException) as error:
            return Outcome(Ending.CLOSED, f"smtp {type(error).__name__} at the door")
        with _closing(server):
            return self._handed_over(server, address, written)

    def _connected(self) -> smtplib.SMTP:
        """A connection that takes letters: encrypted and logged in as the settings say."""
        settings, context = self._settings, self._context
        if settings.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                settings.host, settings.port, self._domain, timeout=settings.timeout, context=context
            )
        else:
            server = smtplib.SMTP(settings.host, settings.port, self._domain, timeout=settings.timeout)
        try:
            if settings.security == "starttls":
                server.starttls(context=context)
            if settings.user:
                server.login(settings.user, self._password)
            server.ehlo_or_helo_if_needed()
        except BaseException:
            server.close()
            raise
        return server

    def _handed_over(self, server: smtplib.SMTP, address: str, written: EmailMessage) -> Outcome:
        options, policy = ([], SMTP) if address.isascii() else (["SMTPUTF8"], SMTPUTF8)
        if options and not server.has_extn("smtputf8"):
            return Outcome(Ending.NEVER, "the mail server takes no address outside ASCII")
        try:
            code, _words = server.mail(self._sender, options)
            if code >= 400:
                # That is about us, not about this address: nobody's letter would be taken.
                return Outcome(Ending.CLOSED, f"smtp {code} for the sender")
            code, _words = server.rcpt(address)
            if code >= 400:
                return _refused(code, "for the address")
        except (OSError, smtplib.SMTPException) as error:
            return Outcome(Ending.CLOSED, f"smtp {type(error).__name__} before the letter")
        try:
            code, _words = server.data(written.as_bytes(policy=policy))
        except smtplib.SMTPDataError as error:
            code = error.smtp_code
        except (OSError, smtplib.SMTPException) as error:
            return Outcome(Ending.UNKNOWN, f"smtp {type(error).__name__} after the letter")
        return Outcome(Ending.ACCEPTED, f"smtp {code}") if code < 400 else _refused(code, "for the letter")


def _refused(code: int, about: str) -> Outcome:
    if code == SERVICE_CLOSING:
        return Outcome(Ending.CLOSED, f"smtp {code}")
    return Outcome(Ending.NEVER if code >= 500 else Ending.LATER, f"smtp {code} {about}")


def on_the_wire(address: str) -> str:
    """The address with its domain in ASCII; UnicodeError where none can be made of it."""
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.encode('idna').decode('ascii')}"


@contextmanager
def _closing(server: smtplib.SMTP) -> Iterator[None]:
    """Take leave, and never let that change what came of the letter."""
    try:
        yield
    finally:
        with suppress(OSError, smtplib.SMTPException):
            server.quit()
        server.close()
