"""Somebody of the staff: an account, its role, and where it holds (R34, R40). Pure."""

from dataclasses import dataclass
from enum import Enum


class StaffRole(Enum):
    """What somebody is here for."""

    REGISTRAR = "registrar"  # The desk of one facility.
    OPERATOR = "operator"  # The telephone centre: books in all facilities.
    TECHNICIAN = "technician"
    ANALYST = "analyst"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True)
class Staff:
    """One account; `facility_id` is '' for the whole region. A registrar always has one facility, nobody else has."""

    account_id: str
    login: str
    name: str
    role: StaffRole
    facility_id: str = ""
