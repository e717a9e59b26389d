"""The ways on which notices are sent, as the settings have them."""

from collections.abc import Callable

from kiosk.central.notices.mail import Mail
from kiosk.central.notices.settings import Notices, secret
from kiosk.central.notices.sms import Gateway
from kiosk.central.notices.worker import Way


def ways_of(settings: Notices, clock: Callable[[], int]) -> list[Way]:
    """Those that are set; raises SettingsError where a password or token cannot be read."""
    ways: list[Way] = []
    if settings.email is not None:
        ways.append(Mail(settings.email, secret(settings.email.password_file), clock))
    if settings.sms is not None:
        ways.append(Gateway(settings.sms, secret(settings.sms.token_file)))
    return ways
