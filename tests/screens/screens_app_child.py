"""The real app over a stand-in terminal, in a process of its own: prints what it saw.

It breaks as often as it is told, or is told `waits`: then somebody waits for an answer while screens are built ahead.
"""

import logging
import sys

from screens_displays import DISPLAYS
from screens_stand_in import StandIn

from kiosk.flow import Step
from kiosk.views import Busy
from kiosk.window import configure_kivy

SECRET = "7700000000004821"


def main(breaks: int) -> int:
    logging.basicConfig(stream=sys.stdout, format="log: %(message)s")
    configure_kivy(DISPLAYS["23.8"], offscreen=True)
    from kiosk.app import KioskApp
    from kiosk.robot import Robot, RobotError

    terminal = StandIn(Step.HOME)

    def leave() -> None:
        terminal.show(Step.WELCOME)

    def break_down(*_args: object, **_options: object) -> None:
        raise ValueError(SECRET)

    terminal.leave, terminal.begin = leave, break_down
    app = KioskApp(terminal, DISPLAYS["23.8"])  # type: ignore[arg-type]
    with app.running():
        robot = Robot(production=False)
        try:
            for _ in range(breaks):
                terminal.show(Step.HOME)
                robot.tap("Записаться к врачу")
                robot.wait_for_text("Запись к врачу")
                print("shows welcome", flush=True)
        except RobotError:
            print("ended", flush=True)
        finally:
            robot.close()
    return app.exit_status


def wait() -> int:
    """Says how many screens were built while an answer was awaited, and which come first after it."""
    configure_kivy(DISPLAYS["23.8"], offscreen=True)
    from kivy.clock import Clock

    from kiosk.app import BUILD_PAUSE, KioskApp
    from kiosk.robot import Robot

    terminal = StandIn(Step.HOME)
    app = KioskApp(terminal, DISPLAYS["23.8"])  # type: ignore[arg-type]
    chances: list[float] = []
    chance = Clock.create_trigger(chances.append, BUILD_PAUSE, interval=True)
    with app.running():
        robot = Robot(production=False)
        robot.wait_for_text("Записаться к врачу")
        terminal.busy = Busy.IDENTIFY
        before = len(app.root._screens)
        chance()
        robot.wait_for(lambda: len(chances) == 10, "ten chances")
        print(len(app.root._screens) - before, "built")
        terminal.busy = None
        robot.wait_for(lambda: len(app.root._screens) >= before + 2, "the next screens")
        print(*(step.value for step in [*app.root._screens][before : before + 2]), flush=True)
        chance.cancel()
        robot.close()
    return app.exit_status


if __name__ == "__main__":
    sys.exit(wait() if sys.argv[1] == "waits" else main(int(sys.argv[1])))
