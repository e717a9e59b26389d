"""How much paper a ticket takes, from its layout: pure. Within some percent of what a printer feeds."""

from collections.abc import Sequence

from kiosk.devices.sample_sheet import PageRow, SampleSheet, arrange_sample
from kiosk.devices.ticket_layout import COLUMNS, Paper, PaperCode, arrange
from kiosk.ticket import Slip, slip_lines

#: A line of the usual font with the space under it (30 dots of 1/8 mm), a sign of it (24 dots), the QR of a ticket, and
#: the feed before the cut.
LINE_MM, SIGN_MM, CODE_MM, CUT_MM = 3.75, 3.0, 25.0, 22.5


def length_mm(slip: Slip | SampleSheet, width_mm: int) -> float:
    """The length of this ticket, stub or test print on paper of that width."""
    columns = COLUMNS[width_mm]
    paper: Sequence[Paper | PageRow] = (
        arrange_sample(slip, columns) if isinstance(slip, SampleSheet) else arrange(slip_lines(slip), columns)
    )
    return sum(map(_height, paper)) + CUT_MM


def _height(item: Paper | PageRow) -> float:
    if isinstance(item, PaperCode):
        return CODE_MM
    return LINE_MM if isinstance(item, PageRow) else max(LINE_MM, SIGN_MM * item.scale)
