"""How staff come in and go, and the limits on it (api.md section 16, R39, R40)."""

import staff_desk
from running_registry import Registry
from staff_desk import PASSWORD

from kiosk.central.staff.account import StaffRole


def test_who_signs_in_reads_free_times_and_is_no_patient(registry: Registry) -> None:
    first = staff_desk.hire(registry, StaffRole.OPERATOR)
    answer = registry.post(
        "/staff/token", token=None, data={"login": "operator-region", "password": PASSWORD}
    )
    assert answer.status_code == 200, answer.text
    second = answer.json()["access_token"]
    for token in (first, second):
        assert registry.get("/fhir/Location", token=token).status_code == 200
        assert registry.get("/fhir/Patient/p-anna", token=token).status_code == 403
    registry.post("/staff/revoke", token=None, data={"token": second})
    assert registry.get("/fhir/Location", token=second).status_code == 401
    assert registry.get("/fhir/Location", token=first).status_code == 200
