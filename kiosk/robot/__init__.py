"""A scripted patient: finds what a patient sees, touches it through Kivy's input, waits for what should happen.

Used by tests, demo and benchmarks; refused in production.
"""

from kiosk.robot.booking import Person, book
from kiosk.robot.patient import Reaction, Robot, RobotError, RobotRefusedError

__all__ = ["Person", "Reaction", "Robot", "RobotError", "RobotRefusedError", "book"]
