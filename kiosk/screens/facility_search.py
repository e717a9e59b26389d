"""FACILITY_SEARCH: a facility by its name or address, as one types (R18)."""

from kiosk.flow import Step
from kiosk.screens.listing import facility_item
from kiosk.screens.search_screen import SearchScreen


class FacilitySearchScreen(SearchScreen):
    """Letters of the name or the street lead to a facility anywhere in the region."""

    step = Step.FACILITY_SEARCH

    def choose(self, facility):
        """A facility."""
        self.terminal.choose_found(next(hit for hit in self.hits if hit.facility == facility))

    def item(self, hit):
        return facility_item(
            hit.facility,
            self.terminal.home,
            value=hit.facility,
            searched=True,
            marks=hit.name_marks,
            detail_marks=hit.address_marks,
        )
