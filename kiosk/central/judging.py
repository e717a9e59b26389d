"""Judges a patient's wish for a time against the rules, with what the database knows of both."""

from datetime import date

from sqlalchemy import Connection, and_, exists, select

from kiosk.central import rules
from kiosk.central.call import Refusal
from kiosk.central.proposals import Role, Time
from kiosk.central.schema import card, observation, patient


def judge(connection: Connection, patient_id: str, time: Time, measured_at: int) -> None:
    """Raise the Refusal of the first rule that this patient's booking of this time breaks (api.md section 11)."""
    code = rules.broken(_applicant(connection, patient_id, time.role), time, measured_at)
    if code is not None:
        raise Refusal(code)


def _applicant(connection: Connection, patient_id: str, role: Role) -> rules.Applicant:
    has_card = exists().where(and_(card.c.patient_id == patient_id, card.c.facility_id == role.facility_id))
    observed = exists().where(
        and_(observation.c.patient_id == patient_id, observation.c.specialty_code == role.specialty_code)
    )
    columns = (patient.c.birth_date, patient.c.sex, patient.c.facility_id, has_card, observed)
    row = connection.execute(select(*columns).where(patient.c.id == patient_id)).one()
    birth_date, sex, attached, carded, under_observation = row
    return rules.Applicant(
        birth_date=date.fromisoformat(birth_date),
        sex=sex,
        known_here=attached == role.facility_id or bool(carded),
        observed=bool(under_observation),
    )
