"""What the terminal reports of itself: steps reached and faults of its devices, without a person (api.md section 10)."""

from fake_registry import DISCREET
from kiosk_bench import Bench, Time

from kiosk.devices.card_reader import ReaderState
from kiosk.devices.health import Health
from kiosk.devices.printer_status import PrinterState
from kiosk.errors import Unreachable
from kiosk.terminal.faults import AGAIN_SECONDS, LASTS_SECONDS, Faults
from kiosk.terminal.reports import MOST_KEPT, PAUSE
from kiosk.visit import Detour, Fact

BOOKED = ["home", "specialty", "doctor", "time", "identify", "contacts", "confirm", "result"]


def steps(bench: Bench) -> list[str]:
    return [one.detail for one in bench.registry.reported("step")]


def test_the_steps_of_a_visit_go_in_one_lot_and_name_nobody(bench: Bench) -> None:
    bench.to_result()
    assert steps(bench) == [], "nothing was sent for them while somebody was served"
    bench.terminal.leave()
    bench.wait(int(PAUSE) + 1)
    assert steps(bench) == BOOKED
    assert bench.registry.calls.count("report") == 1
    for event in bench.registry.events.values():
        assert (event.facility_id, event.specialty_code) == ("", "")


def test_a_step_counts_once_a_visit_and_again_in_the_next(bench: Bench) -> None:
    bench.to_specialty()
    for _ in range(3):
        bench.terminal.look_aside(Detour.HELP)
        bench.terminal.back()
    bench.terminal.leave()
    bench.terminal.start()
    bench.wait(int(PAUSE) + 1)
    assert steps(bench) == ["home", "specialty", "help", "home"]


def test_steps_that_nobody_takes_crowd_out_nothing(bench: Bench) -> None:
    bench.registry.fail("report", Unreachable("x", sent=True), times=1000)
    bench.to_specialty()
    bench.terminal.choose(Fact.SPECIALTY, DISCREET)
    bench.terminal.choose_any()
    for _ in range(MOST_KEPT):
        bench.terminal.leave()
        bench.to_specialty()
    bench.registry.faults["report"].clear()
    bench.terminal.leave()
    bench.wait(int(PAUSE) + 1)
    assert len(steps(bench)) == MOST_KEPT
    assert len(bench.registry.reported("unmet-demand")) == 1


def test_faults_of_devices_are_reported(bench: Bench) -> None:
    bench.health.tell("printer", PrinterState.OUT_OF_PAPER)
    bench.health.tell("card reader", ReaderState.READY)
    bench.wait(int(LASTS_SECONDS) + 1)
    [fault] = bench.registry.reported("device-fault")
    assert (fault.detail, fault.facility_id, fault.specialty_code) == ("printer: out-of-paper", "", "")
    bench.wait(100)
    assert len(bench.registry.reported("device-fault")) == 1, "it still lasts"


class Watched:
    """A printer in the test's hand, and what of it is news."""

    def __init__(self) -> None:
        self.time = Time()
        self.health = Health(self.time.now)
        self.faults = Faults(self.health.devices, self.time.monotonic)

    def after(self, state: PrinterState, seconds: float) -> list[str]:
        """The news while the printer is so for so long, a look a second."""
        self.health.tell("printer", state)
        found = []
        for _ in range(int(seconds)):
            found += [device.state for device in self.faults.news()]
            self.time.seconds += 1
        return found


def test_a_fault_is_news_once_it_lasts_and_again_when_it_comes_back_later() -> None:
    watched = Watched()
    assert watched.after(PrinterState.READY, 100) == []
    assert watched.after(PrinterState.OFFLINE, LASTS_SECONDS) == [], "it went by"
    assert watched.after(PrinterState.READY, 100) == []
    assert watched.after(PrinterState.OFFLINE, 3 * AGAIN_SECONDS) == ["offline"]
    assert watched.after(PrinterState.READY, 60) == []
    assert watched.after(PrinterState.OFFLINE, 60) == [], "a loose cable is one fault"
    assert watched.after(PrinterState.UNKNOWN, 60) == ["unknown"], "silence is never fine"
    assert watched.after(PrinterState.READY, AGAIN_SECONDS) == []
    assert watched.after(PrinterState.OFFLINE, 60) == ["offline"]
