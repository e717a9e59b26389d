"""The real app over a stand-in terminal, in a process of its own: breaks as often as it is told, prints what it saw."""

import logging
import sys

from screens_displays import DISPLAYS
from screens_stand_in import StandIn

from kiosk.flow import Step
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


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
