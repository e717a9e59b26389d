"""From a policy card's putting in to its patient's own on the screen: the first after a start, and those that follow."""

import statistics
from collections.abc import Sequence

import pcsc_daemon
from pcsc_daemon import PcscDaemon

from benchmarks.figures import percentile, table
from benchmarks.house import House, answer, start
from benchmarks.people import adults, write_people
from kiosk.check_digits import is_valid_enp

STARTS, CARDS = 6, 4
TIMEOUT = 150.0
_SETTINGS = '\n[card_reader]\ndriver = "pcsc"\n'


def measure(house: House) -> str:
    """The section of the report."""
    if why := pcsc_daemon.missing():
        return f"## Cards\n\nNot measured: {why}."
    with house.settings.open("a", encoding="utf-8") as file:
        file.write(_SETTINGS)
    daemon = PcscDaemon()
    daemon.plug_in()
    daemon.start()
    try:
        said = [_once(house, daemon.port, number) for number in range(STARTS)]
    finally:
        daemon.close()
    rows = [
        _row(f"{cards}: {until}", [ms for one in said for ms in one[key][part]])
        for cards, part in (("first card", slice(1)), ("cards after it", slice(1, None)))
        for until, key in (
            ("read", "told"),
            ("on the screen", "shown"),
            ("processor time until then", "worked"),
        )
    ]
    return "\n\n".join(
        (
            "## Cards",
            "From a policy's putting in to its data in the terminal, and to the patient's own on the screen, s, over "
            f"the real PC/SC daemon, which looks for cards twice a second, and a virtual card, at {STARTS} starts of the "
            "terminal. The first card comes as soon as the terminal can take one, while it still builds its screens; the "
            "processor time is the terminal's own, which other work on the machine lengthens less.",
            table(("", "cards", "median", "p95", "max"), rows),
            "Target: at most 2 s (issue 5, 2).",
        )
    )


def _once(house: House, port: int, number: int) -> dict[str, list[float]]:
    with_card = [one for one in adults(house.database) if is_valid_enp(one.policy_number)]
    people = with_card[number * CARDS : (number + 1) * CARDS]
    said: dict[str, list[float]] = answer(
        start("cards_kiosk", str(house.settings), str(port), write_people(people)), TIMEOUT
    )
    return said


def _row(name: str, seconds: Sequence[float]) -> tuple[str, ...]:
    figures = (statistics.median(seconds), percentile(seconds, 0.95), max(seconds))
    return (name, str(len(seconds)), *(f"{one:.2f}" for one in figures))
