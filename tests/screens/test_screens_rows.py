"""What stands in a row is what the terminal shows now, whatever stood there before."""

from dataclasses import replace

from screens_stage import Stage
from screens_stand_in import PICTURES, Picture, doctor_list

from kiosk.robot import Robot
from kiosk.views import DoctorRow, Ready


def test_a_row_says_the_name_of_its_doctor(stage: Stage, robot: Robot) -> None:
    """Two doctors of whom all but the name is alike: nobody books the one and goes to the other."""
    picture = next(one for one in PICTURES if one.name == "doctor")
    [row, *_] = picture.shown["content"].value.rows
    for last_name in ("Соколова", "Комарова", "Соколова"):
        other: DoctorRow = replace(row, doctor=replace(row.doctor, last_name=last_name))
        stage.show(
            Picture("doctor", picture.step, {**picture.shown, "content": Ready(doctor_list((other,)))})
        )
        assert [text for text in robot.texts() if text.startswith(last_name)]
