"""What the rows of lists say of doctors and facilities: items for widgets.rows.Rows, in the present language."""

from datetime import timedelta

from kiosk.formats import near_moment_words, places_words
from kiosk.screens.words import _

#: Later than tomorrow is far for somebody who is ill now (R46).
NEAR = timedelta(days=1)


def is_far(nearest, today):
    """Whether the day of the nearest free time (None: there is none) is no help to somebody who is ill now."""
    return nearest is None or nearest > today + NEAR


def doctor_item(row, today):
    """A DoctorRow: room and area, nearest free time and how many there are."""
    return {
        "names": doctor_names(row.doctor),
        "detail": _whereabouts(row),
        "pill": _("your doctor") if row.own else "",
        "look": "recommended" if row.own else "normal",
        "value": row.doctor,
        **load_item(row.load, today),
    }


def doctor_names(doctor):
    """From the longest way of saying the name to the shortest."""
    return [
        doctor.full_name,
        f"{doctor.last_name}\n{doctor.first_name} {doctor.patronymic}".rstrip(),
        doctor.short_name,
    ]


def load_item(load, today):
    """The right column of a row: the nearest free time and how many there are."""
    if load.nearest is None:
        return {"nearest": _("no times"), "nearest_colour": "ink", "nearest_detail": ""}
    return {
        "nearest": near_moment_words(load.nearest, today, _.language),
        "nearest_colour": "primary",
        "nearest_detail": _("{slots} free").format(slots=places_words(load.free, _.language)),
    }


def facility_item(facility, home, **more):
    """A facility with its address; that in which the terminal stands is told apart (R41)."""
    here = home is not None and home.id == facility.id
    return {
        "names": [facility.name],
        "detail": facility.address,
        "pill": _("you are here") if here else "",
        "look": "recommended" if here else "normal",
        "value": facility,
        **more,
    }


def elsewhere_item(load, home, today):
    """A FacilityLoad: the facility and its nearest free time."""
    nearest = near_moment_words(load.nearest, today, _.language) if load.nearest else _("no times")
    return facility_item(
        load.facility,
        home,
        value=load,
        nearest=nearest,
        nearest_colour="primary" if load.nearest else "ink",
    )


def absence_words(absence):
    """«сегодня не принимает, замещает Соколова Е. А.» (R45)."""
    if not absence.substitute_name:
        return _("absent today")
    return _("absent today, {name} stands in").format(name=absence.substitute_name)


def place_words(doctor):
    """«Каб. 214 · участок № 12»."""
    room = _("room {room}").format(room=doctor.room) if doctor.room else ""
    return " · ".join(part for part in (room, area_words(doctor.areas)) if part)


def area_words(areas):
    """«участок № 12»: the names that the registry gives to areas, as they stand inside a line."""
    return ", ".join(name[0].lower() + name[1:] for name in areas if name)


def _whereabouts(row):
    return absence_words(row.absence) if row.absence is not None else place_words(row.doctor)
