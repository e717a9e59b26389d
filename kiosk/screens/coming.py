"""Steps that the flow knows and whose screens are still being drawn (issue 3): nothing on the screens leads there yet."""

from kiosk.flow import Step

COMING: tuple[Step, ...] = (
    Step.FACILITY_CARD,
    Step.DOCTOR_CARD,
    Step.MINE,
    Step.NO_TIMES,
    Step.WAIT,
    Step.WAITING,
    Step.FACILITY_SEARCH,
    Step.DOCTOR_SEARCH,
    Step.AREA,
    Step.ELSEWHERE,
    Step.LOCKED,
)
