"""Judges a patient's wish for a time against the rules, with what the database knows of both."""

from datetime import date

from sqlalchemy import Connection, bindparam, exists, select

from kiosk.central import claims, rules
from kiosk.central.call import Refusal
from kiosk.central.prepared import Prepared
from kiosk.central.proposals import Time
from kiosk.central.schema import card, observation, patient
from kiosk.central.waitlist import Target

_CARDED = exists().where(card.c.patient_id == bindparam("id"), card.c.facility_id == bindparam("facility_id"))
_OBSERVED = exists().where(
    observation.c.patient_id == bindparam("id"), observation.c.specialty_code == bindparam("specialty_code")
)
_APPLICANT = Prepared(
    select(patient.c.birth_date, patient.c.sex, patient.c.facility_id, _CARDED, _OBSERVED).where(
        patient.c.id == bindparam("id")
    )
)


def judge(
    connection: Connection,
    patient_id: str,
    time: Time,
    measured_at: int,
    overridden: rules.Rules = rules.NONE,
) -> None:
    """Raise the Refusal of the first rule that this patient's booking of this time breaks (api.md section 11)."""
    code = rules.broken(_of_time(connection, patient_id, time), time, measured_at, overridden)
    if code is not None:
        raise Refusal(code)


def judge_wait(
    connection: Connection, patient_id: str, target: Target, first_day: int, last_day: int
) -> None:
    """Raise the Refusal of the first rule by which no time of these days would be for this patient (R10, R30, R42)."""
    applicant = _applicant(connection, patient_id, target.facility_id, target.specialty_code)
    code = rules.barred(applicant, target, first_day, last_day)
    if code is not None:
        raise Refusal(code)


def judge_past(connection: Connection, patient_id: str, time: Time, overridden: rules.Rules) -> None:
    """The same of a time that may have been already (R32)."""
    code = rules.barred(_of_time(connection, patient_id, time), time.role, time.day, time.day, overridden)
    if code is not None:
        raise Refusal(code)


def may_book(connection: Connection, patient_id: str, time: Time, now: int) -> bool:
    """Whether no rule and no other booking of the patient forbids this time (R10, R27, R28, R30, R42, R44)."""
    if rules.broken(_of_time(connection, patient_id, time), time, now) is not None:
        return False
    today = time.role.local_day(now).toordinal()
    asked = rules.claim_on_asking(patient_id, time.role.profile_code, today)
    return not claims.booked(connection, [asked, *rules.claims_of_visit(patient_id, time)])


def _of_time(connection: Connection, patient_id: str, time: Time) -> rules.Applicant:
    return _applicant(connection, patient_id, time.role.facility_id, time.role.specialty_code)


def _applicant(
    connection: Connection, patient_id: str, facility_id: str, specialty_code: str
) -> rules.Applicant:
    birth_date, sex, attached, carded, under_observation = _APPLICANT.first(
        connection, id=patient_id, facility_id=facility_id, specialty_code=specialty_code
    )
    return rules.Applicant(
        birth_date=date.fromisoformat(birth_date),
        sex=sex,
        known_here=attached == facility_id or bool(carded),
        observed=bool(under_observation),
    )
