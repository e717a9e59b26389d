"""A card reader and a scanner, and the hands at them: what is put in, held up, pulled out, restarted (issue 5)."""

import os
import pty
import tty
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from random import Random
from threading import Event

from card_applet import CardApplet, card_of, foreign_card, policy_card
from pcsc_daemon import PcscDaemon
from policy_samples import PERSON, barcode, insurer_file, owner_file
from virtual_card import VirtualCard
from visit_people import Person

from kiosk.check_digits import is_valid_enp
from kiosk.devices.policy_data import PolicyData

#: As many as may still be in a visit whose policies were shown.
RECENT = 12


class Hands:
    """One thing after the other, in a thread of their own: a reader that is not there holds up no patient.

    `recent` are the ids of those whose policy was shown last.
    """

    def __init__(self, folder: Path, random: Random, count: Callable[[str], None]) -> None:
        self.path = folder / "scanner"
        self.recent: deque[str] = deque(maxlen=RECENT)
        self._random = random
        self._count = count
        self._thread = ThreadPoolExecutor(1, "hands")
        self._doing: Future[None] | None = None
        self._daemon = PcscDaemon()
        self._card: VirtualCard | None = None
        self._is_up = self._is_plugged = False
        self._scanner = -1
        self.heal()

    @property
    def busy(self) -> bool:
        """Whether something is being done. Raises what went wrong with it."""
        if self._doing is None or not self._doing.done():
            return self._doing is not None
        self._doing.result()
        self._doing = None
        return False

    def finish(self) -> None:
        """Returns when nothing is being done any more. Raises what went wrong with it."""
        if self._doing is not None:
            self._doing.result()
            self._doing = None

    def close(self) -> None:
        """Everything is put away."""
        self._thread.shutdown()
        self._take_out()
        self._daemon.close()
        self._unplug()

    def heal(self) -> None:
        """Reader, daemon and scanner are there, and no card is in."""
        self.finish()
        self._take_out()
        if not (self._is_up and self._is_plugged):
            self._daemon.kill()
            self._daemon.plug_in()
            self._daemon.start()
            self._is_up = self._is_plugged = True
        if self._scanner < 0:
            self._plug_in()

    def show(self, person: Person, how: str) -> bool:
        """Their policy, by "card" or "code", as soon as the hands are free; False where it has no such thing."""
        if not is_valid_enp(person.policy_number):
            return False
        self.recent.append(person.id)
        self._do(lambda: self._put_in(policy_card(_policy(person))) if how == "card" else self._scan(person))
        return True

    def meddle(self, other: Person) -> None:
        """Something goes wrong, or `other` comes in between; nothing where the hands are full."""
        if self.busy:
            return
        names, weights = zip(*self._choices(other), strict=True)
        name, action = self._random.choices(names, weights)[0]
        self._count(name)
        self.recent.append(other.id)
        self._do(action)

    # --- what can happen -----------------------------------------------------------------------------------------

    def _choices(self, other: Person) -> list[tuple[tuple[str, Callable[[], None]], float]]:
        card = self._put_in
        data = _policy(other)
        found: list[tuple[tuple[str, Callable[[], None]], float]] = [
            (("card: foreign", lambda: card(foreign_card())), 1),
            (
                ("card: truncated", lambda: card(card_of(owner_file(data)[:60], insurer_file(data)))),
                1,
            ),
            (("card: the wrong way round", lambda: card(policy_card(data), atr=b"\xff")), 1),
            (("card: says nothing any more", lambda: card(policy_card(data), hangs_at=4)), 1),
            (("card: taken out at once", lambda: self._for_a_moment(policy_card(data))), 2),
            (("card: taken out", self._take_out), 3),
            (("scanner: garbage", lambda: self._send(self._random.randbytes(60) + b"\xfe")), 1),
            (("scanner: goods", lambda: self._send(b"4600051000057\r")), 1),
            (("scanner: a ticket", lambda: self._send(b"TALON:7K2M94QD\r")), 1),
        ]
        if is_valid_enp(other.policy_number):
            found += [
                (("card: another's", lambda: card(policy_card(data))), 1),
                (("scanner: another's", lambda: self._scan(other)), 1),
                (("scanner: half a code", lambda: self._send(barcode(data, 2)[:70])), 1),
            ]
        if self._is_up and self._is_plugged:
            found += [(("pcscd: killed", self._kill), 1), (("reader: pulled out", self._pull_out), 1)]
        else:
            found.append((("pcscd: started", self._start), 12))
        if self._scanner >= 0:
            found.append((("scanner: unplugged", self._unplug), 1))
        else:
            found.append((("scanner: plugged in", self._plug_in), 12))
        return found

    def _do(self, action: Callable[[], None]) -> None:
        """And a moment until the next: the daemon looks for cards twice a second."""
        pause = self._random.uniform(0.1, 1.0)

        def work() -> None:
            action()
            Event().wait(pause)

        self._doing = self._thread.submit(work)

    # --- card reader ---------------------------------------------------------------------------------------------

    def _put_in(self, applet: CardApplet, *, atr: bytes = b"", hangs_at: int | None = None) -> None:
        """Instead of the card that is in; nothing where there is no reader."""
        self._take_out()
        if self._is_up and self._is_plugged:
            more = {"atr": atr} if atr else {}
            self._card = VirtualCard(self._daemon.port, applet, hangs_at=hangs_at, **more)
            self._card.insert()

    def _for_a_moment(self, applet: CardApplet) -> None:
        self._put_in(applet)
        Event().wait(self._random.uniform(0.1, 0.9))
        self._take_out()

    def _take_out(self) -> None:
        if self._card is not None:
            self._card.remove()
            self._card = None

    def _kill(self) -> None:
        self._daemon.kill()
        self._is_up = False
        self._take_out()

    def _pull_out(self) -> None:
        """The virtual reader is one of the daemon's configuration: it starts again without."""
        self._kill()
        self._daemon.pull_out()
        self._daemon.start()
        self._is_plugged = False

    def _start(self) -> None:
        self._daemon.kill()
        self._daemon.plug_in()
        self._daemon.start()
        self._is_up = self._is_plugged = True

    # --- scanner -------------------------------------------------------------------------------------------------

    def _plug_in(self) -> None:
        self._scanner, end = pty.openpty()
        tty.setraw(end)
        self.path.symlink_to(os.ttyname(end))
        os.close(end)

    def _unplug(self) -> None:
        if self._scanner >= 0:
            self.path.unlink()
            os.close(self._scanner)
            self._scanner = -1

    def _scan(self, person: Person) -> None:
        self._send(barcode(_policy(person), 2))

    def _send(self, data: bytes) -> None:
        while data and self._scanner >= 0:
            data = data[os.write(self._scanner, data) :]


def _policy(person: Person) -> PolicyData:
    """Their number and birth date; the names on it are nobody's."""
    names = {"last_name": "ПРИМЕРОВ", "first_name": "ПРИМЕР", "patronymic": "ПРИМЕРОВИЧ"}
    return replace(PERSON, number=person.policy_number, birth_date=person.birth_date, **names)
