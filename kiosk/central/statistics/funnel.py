"""How far visits at the terminals get: steps that were reached, each counted once a visit, without a person (R35)."""

from sqlalchemy import select

from kiosk.central.schema import terminal, terminal_event
from kiosk.central.statistics.basis import Basis, count_if
from kiosk.central.statistics.table import Table, counted

KEYS = ("day", "terminal", "step")
STEP, STAFF_CALLED = "step", "staff-called"


def funnel(basis: Basis) -> Table:
    """How many visits reached each step, and in which one staff was called; by step at least."""
    days, own = basis.regional, terminal_event.c
    query = select(
        days.of(own.at).label("day"),
        own.terminal_id.label("terminal"),
        own.detail.label("step"),
        own.kind.label("kind"),
    ).where(own.kind.in_((STEP, STAFF_CALLED)), days.cover(own.at))
    if (name := basis.question.value("terminal")) is not None:
        this = select(terminal.c.id).where(terminal.c.name == name).scalar_subquery()
        query = query.where(own.terminal_id == this)
    if (step := basis.question.value("step")) is not None:
        query = query.where(own.detail == step)
    facts = query.subquery()
    by = basis.question.by
    keys = by if "step" in by else (*by, "step")
    counts = (
        count_if("reached", facts.c.kind == STEP),
        count_if("staff_called", facts.c.kind == STAFF_CALLED),
    )
    return counted(basis.connection, facts, keys, counts)
