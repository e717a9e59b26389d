"""What every report is made from: a snapshot, the days asked about, and which specialties are discreet (R47)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Label, Subquery, and_, case, false, func, null, select

from kiosk.central.schema import role, service
from kiosk.central.statistics.days import Days, days_in, days_of_facilities
from kiosk.central.statistics.question import DISCREET, Question
from kiosk.central.statistics.table import Share, Table, counted

Column = ColumnElement[Any]


@dataclass(frozen=True)
class Basis:
    """`days` are those of the facilities, `regional` those of the region's own zone: a terminal has no other."""

    connection: Connection
    question: Question
    days: Days
    regional: Days
    discreet: tuple[str, ...]
    now: int

    def specialty(self, code: Column) -> Column:
        """The code of a specialty as it is told: all discreet ones are one."""
        return case((code.in_(self.discreet), DISCREET), else_=code) if self.discreet else code

    def doctor(self, id: Column, code: Column) -> Column:
        """The id of a doctor as it is told: none of a discreet specialty."""
        return case((code.in_(self.discreet), null()), else_=id) if self.discreet else id

    def limits(self, facility_id: Column, code: Column, role_id: Column | None = None) -> Iterator[Column]:
        """The conditions of what alone is looked at. A doctor is looked for among those of the facility alone."""
        asked = self.question.value
        if (one := asked("facility")) is not None:
            yield facility_id == one
        if (one := asked("specialty")) is not None:
            yield self.specialty(code) == one
        if (one := asked("doctor")) is not None:
            if role_id is None:
                yield false()
                return
            home = select(role.c.facility_id).where(role.c.id == one).scalar_subquery()
            yield and_(role_id == one, facility_id == home, code.not_in(self.discreet))

    def table(self, facts: Subquery, *counts: Label[Any], shares: tuple[Share, ...] = ()) -> Table:
        """The facts by the keys that are asked for."""
        return counted(self.connection, facts, self.question.by, counts, shares)


def basis(connection: Connection, question: Question, zone: str, now: int) -> Basis:
    """What the reports on this question are made from; `zone` is the region's."""
    codes = select(service.c.specialty_code).where(service.c.discreet).distinct()
    period = (question.first, question.last)
    return Basis(
        connection,
        question,
        days_of_facilities(connection, *period, zone),
        days_in(*period, zone),
        tuple(sorted(connection.execute(codes).scalars())),
        now,
    )


def count_if(name: str, condition: Column) -> Label[Any]:
    """How many facts there are for which this is true."""
    return func.count(case((condition, 1))).label(name)
