"""A doctor's schedule for a week or a month, to be printed on A4 (R33): HTML without a script, a table for each day."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from html import escape
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time

from kiosk.central.proposals import Role
from kiosk.central.staff.days import Day, Line, State
from kiosk.texts import catalog

DOMAIN = "staff"

_CSS = """
body { font: 11pt/1.35 Roboto, "DejaVu Sans", Arial, sans-serif; color: #000; background: #fff; max-width: 190mm;
  margin: 0 auto; padding: 5mm; }
h1 { font-size: 15pt; margin: 0; } h2 { font-size: 11.5pt; margin: 0 0 1mm; } p { margin: 0 0 2mm; }
section { margin-top: 4mm; break-inside: avoid; }
table { border-collapse: collapse; width: 100%; }
th, td { border: 0.3mm solid #555; padding: .6mm 2mm; text-align: left; vertical-align: top; }
th { width: 26mm; font-weight: 500; white-space: nowrap; } td:last-child { width: 22mm; }
@page { size: A4; margin: 10mm; }
@media print { body { max-width: none; padding: 0; font-size: 9.5pt; } }
"""


def _(words: str) -> str:
    """Marks words for the catalog."""
    return words


_STATES = {
    State.FREE: _("free"),
    State.BOOKED: _("taken"),
    State.HELD: _("taken"),
    State.WITHDRAWN: _("no visits"),
    State.PAST: "",
}


def page(role: Role, days: Sequence[Day], names: Mapping[str, str] | None, language: str) -> str:
    """The schedule on these days; `names` are those of the patients by id, None: only whether a time is free."""
    return "".join(_Writer(role, names, language).page(days))


class _Writer:
    """Writes HTML; every word and name is escaped."""

    def __init__(self, role: Role, names: Mapping[str, str] | None, language: str) -> None:
        self._role = role
        self._names = names
        self._language = language
        self._translated = catalog(DOMAIN, language).gettext

    def page(self, days: Sequence[Day]) -> Iterator[str]:
        role, title = self._role, escape(self._role.doctor_name)
        yield f'<!DOCTYPE html>\n<html lang="{self._language}">\n<head>\n<meta charset="utf-8">\n'
        yield f"<title>{title}</title>\n<style>{_CSS}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
        room = self.say("room {room}").format(room=role.room) if role.room else ""
        yield f"<p>{escape(', '.join(filter(None, (role.specialty_name, room))))}<br>{escape(role.facility_name)}</p>\n"
        period = self.say("Schedule from {first} to {last}")
        yield f"<p>{escape(period.format(first=self._date(days[0].day), last=self._date(days[-1].day)))}</p>\n"
        for day in days:
            if day.lines or day.absent:
                yield from self._day(day)
        if not any(day.lines or day.absent for day in days):
            nothing = self.say("The doctor has no times in these days.")
            yield f"<p>{escape(nothing)}</p>\n"
        yield "</body>\n</html>\n"

    def _day(self, day: Day) -> Iterator[str]:
        yield f"<section>\n<h2>{escape(self._date(day.day, 'EEEE, d MMMM'))}</h2>\n"
        if day.absent:
            absent = self.say("The doctor is absent.")
            yield f"<p>{escape(absent)}</p>\n"
        lines = [line for line in day.lines if line.bookings] if day.absent else day.lines
        if lines:
            yield "<table>\n"
            for line in lines:
                yield from self._line(line)
            yield "</table>\n"
        yield "</section>\n"

    def _line(self, line: Line) -> Iterator[str]:
        clock = f"{self._clock(line.time.start)}–{self._clock(line.time.end)}"
        people: list[tuple[str, str]] = []
        if self._names is not None:
            people = [(self._names[one.patient_id], one.ticket) for one in line.bookings]
        for who, ticket in people or [(self._state(line), "")]:
            yield f'<tr><th scope="row">{clock}</th><td>{escape(who)}</td><td>{escape(ticket)}</td></tr>\n'

    def _state(self, line: Line) -> str:
        """With names a free line is left for a pen."""
        if self._names is not None and line.state is State.FREE:
            return ""
        words = _STATES[State.BOOKED if line.bookings else line.state]
        return self.say(words) if words else ""

    def _clock(self, instant: int) -> str:
        zone = ZoneInfo(self._role.zone)
        return format_time(datetime.fromtimestamp(instant, zone), "HH:mm", zone, self._language)

    def _date(self, day: date, pattern: str = "long") -> str:
        text = format_date(day, pattern, locale=self._language)
        return text[:1].upper() + text[1:] if pattern != "long" else text

    def say(self, words: str) -> str:
        return self._translated(words)
