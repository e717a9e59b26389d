"""DOCTOR_SEARCH: a doctor by the beginning of any of the names, of a specialty where one is chosen (R19)."""

from kiosk.flow import Step
from kiosk.screens.listing import doctor_names, load_item
from kiosk.screens.search_screen import SearchScreen
from kiosk.screens.words import _


class DoctorSearchScreen(SearchScreen):
    """At the chosen facility first; one touch searches all of them."""

    step = Step.DOCTOR_SEARCH

    def show(self, value):
        super().show(value)
        if self.items and self.scoped:
            self.items = [*self.items, wider_item()]

    def item(self, hit):
        place = () if self.scoped else (hit.facility_name,)
        load = load_item(hit.load, self.now().date()) if hit.load else {}
        return {
            "names": doctor_names(hit.doctor),
            "detail": " · ".join((hit.specialty_name, *place)),
            "searched": True,
            "marks": hit.marks,
            "value": hit.doctor,
            **load,
        }

    def choose(self, doctor):
        """A doctor, or the way to all facilities."""
        if doctor is WIDER:
            self.terminal.widen()
        else:
            self.terminal.choose_found(next(hit for hit in self.hits if hit.doctor == doctor))


#: What the last row of a search in one facility stands for.
WIDER = object()


def wider_item():
    """Another facility may have whom one looks for."""
    return {
        "kind": "secondary",
        "names": [_("Search in all clinics")],
        "icon": "search",
        "sign": "",
        "value": WIDER,
    }
