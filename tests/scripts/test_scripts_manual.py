"""The technician's manual shows pictures that exist and names what the screen says (docs/staff.ru.md; issue 5)."""

import re
from pathlib import Path

import pytest

from kiosk.maintenance.devices_page import STATES
from kiosk.texts import catalog

DOCS = Path(__file__).parents[2] / "docs"
MANUAL = (DOCS / "staff.ru.md").read_text("utf-8")
PICTURES = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", MANUAL)
#: In the manual by the name of the device, or never a fault.
UNTOLD = {"none"}


@pytest.mark.parametrize("picture", PICTURES)
def test_each_picture_is_there(picture: str) -> None:
    assert (DOCS / picture).is_file()


def test_each_link_within_leads_somewhere() -> None:
    headings = re.findall(r"^## (.+)$", MANUAL, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", MANUAL)) <= anchors


@pytest.mark.parametrize("state", sorted(STATES.keys() - UNTOLD))
def test_each_state_of_a_device_is_told(state: str) -> None:
    words = catalog("maintenance").gettext(STATES[state])
    assert words in MANUAL or words.split()[-1] in MANUAL


def test_what_is_to_be_touched_is_called_as_on_the_screen() -> None:
    """Words in «» that begin with a capital letter are those of the catalogs, up to a place that is filled."""
    known = {
        message.partition("{")[0].lower()
        for domain in ("maintenance", "screens", "terminal")
        for message in catalog(domain)._catalog.values()  # type: ignore[attr-defined]
        if isinstance(message, str)
    }
    said = {re.sub(r"\s+", " ", words) for words in re.findall(r"«([А-ЯЁ][^»]*)»", MANUAL)}
    assert {words for words in said if words.lower() not in known and "Ёж" not in words} <= {"В файле: …"}
