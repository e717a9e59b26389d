"""What patients bring, as devices see it: a card in the virtual reader, a policy before a scanner on a pseudo-terminal."""

import os
import pty
import tty
from dataclasses import replace
from pathlib import Path

import journey_steps as steps
from card_applet import CardApplet, policy_card
from journey_lobby import Lobby
from journey_region import Person
from pcsc_daemon import PcscDaemon
from policy_samples import PERSON, barcode
from virtual_card import VirtualCard

from kiosk.devices.policy_data import PolicyData

_SETTINGS = """
[card_reader]
driver = "pcsc"

[scanner]
driver = "serial"
path = "{path}"
"""


class PaperDesk:
    """A reader and a scanner at a terminal; one card at a time."""

    def __init__(self, folder: Path) -> None:
        self.daemon = PcscDaemon()
        self.daemon.plug_in()
        self.daemon.start()
        self._path = folder / "scanner"
        self._end, end = pty.openpty()
        tty.setraw(end)
        self._path.symlink_to(os.ttyname(end))
        os.close(end)
        self._card: VirtualCard | None = None

    def close(self) -> None:
        self.take_out()
        self.daemon.close()
        os.close(self._end)

    def stand_in(self, lobby: Lobby) -> None:
        """The terminal of this lobby has them, from its next start on."""
        lobby.config.write_text(lobby.settings() + _SETTINGS.format(path=self._path), "utf-8")

    def put_in(self, person: Person) -> None:
        """Their policy."""
        self.put_in_card(policy_card(_policy(person)))

    def put_in_card(self, applet: CardApplet) -> None:
        """Whatever card, instead of the one that is in: the daemon looks at its virtual reader twice a second."""
        if self._card is not None:
            self.take_out()
            steps.pause(1.5)
        self._card = VirtualCard(self.daemon.port, applet)
        self._card.insert()

    def take_out(self) -> None:
        """The card, where there is one."""
        if self._card is not None:
            self._card.remove()
            self._card = None

    def scan(self, code: bytes) -> None:
        """A code is held up."""
        while code:
            code = code[os.write(self._end, code) :]

    def hold_up(self, person: Person) -> None:
        """Their policy on paper."""
        self.scan(barcode(_policy(person), 2))


def _policy(person: Person) -> PolicyData:
    """Their number and birth date; the names on it are nobody's."""
    names = {"last_name": "ПРИМЕРОВ", "first_name": "ПРИМЕР", "patronymic": "ПРИМЕРОВИЧ"}
    return replace(PERSON, number=person.policy_number, birth_date=person.birth_date, **names)
