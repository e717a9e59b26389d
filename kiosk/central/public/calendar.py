"""A doctor's free and busy times as iCalendar (RFC 5545). Pure; imported when one is asked for: its library is a heavy one."""

from collections.abc import Sequence
from datetime import UTC, datetime

from icalendar import Calendar, FreeBusy, vPeriod

from kiosk.central.proposals import Role
from kiosk.central.public.free_busy import Day

_PRODUCT = "-//clinic-kiosk//free and busy//RU"


def as_calendar(doctor: Role, days: Sequence[Day], first: int, after: int, now: int) -> bytes:
    """As an iCalendar VFREEBUSY (RFC 5545) from instant to instant: one FREE or BUSY period for each time."""
    told = FreeBusy()
    told.add("uid", f"{doctor.id}@electronic-registry")
    told.add("dtstamp", _utc(now))
    told.add("dtstart", _utc(first))
    told.add("dtend", _utc(after))
    told.add("contact", ", ".join((doctor.doctor_name, doctor.specialty_name, doctor.facility_name)))
    for start, end, is_free in (time for day in days for time in day.times):
        kind = "FREE" if is_free else "BUSY"
        told.add("freebusy", vPeriod((_utc(start), _utc(end))), parameters={"FBTYPE": kind})
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(told)
    written: bytes = calendar.to_ical()
    return written


def _utc(instant: int) -> datetime:
    return datetime.fromtimestamp(instant, UTC)
