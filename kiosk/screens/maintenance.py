"""MAINTENANCE: draws any page of kiosk/maintenance by its kind: lines, running text, a field to touch, a bar to measure."""

from kivy.properties import BooleanProperty, ListProperty, ObjectProperty, StringProperty

from kiosk.flow import Step
from kiosk.maintenance.page import DOMAIN
from kiosk.screens.step_screen import StepScreen
from kiosk.screens.words import _
from kiosk.texts import catalog

YES, NO, MENU, LEAVE = "yes", "no", "menu", "leave"


class MaintenanceScreen(StepScreen):
    """The menu, a page, or the question before something is done. What there is to see comes from `maintenance`."""

    step = Step.MAINTENANCE
    has_trail = has_back = has_finish = has_access = False
    title = StringProperty("")
    question = StringProperty("")
    kind = StringProperty("menu")
    items = ListProperty([])
    entries = ListProperty([])
    buttons = ListProperty([])
    grid = ObjectProperty(None, allownone=True)
    done = ListProperty([])
    asks = BooleanProperty(False)

    def __init__(self, terminal, **options):
        self._shown = None
        super().__init__(terminal, **options)

    def forget(self):
        super().forget()
        self._shown = self.grid = None
        self.items = self.entries = self.buttons = self.done = []
        self.title = self.question = ""

    def paint(self):
        super().paint()
        maintenance = self.terminal.maintenance
        if maintenance is None:
            return
        page, asking = maintenance.page, maintenance.asking
        if page is not self._shown:
            self._shown = page
            self.ids.menu.page = self.ids.facts.page = self.ids.few.page = 0
        say = catalog(DOMAIN, _.language).gettext
        self.title = say(page.title) if page else _("Maintenance")
        self.asks, self.question = asking is not None, asking.confirm if asking else ""
        self.kind = "question" if asking else page.kind if page else "menu"
        if page is None:
            self.items = [self._menu_item(say, one) for one in maintenance.pages]
        else:
            self._paint_page(page)
        self.buttons = self._buttons(page, asking)

    def choose(self, value):
        """A page of the menu."""
        if value is not None and self.kind == "menu":
            self.terminal.maintenance.open(value)

    def act(self, key):
        """A button under the page."""
        maintenance = self.terminal.maintenance
        if key == LEAVE:
            self.terminal.leave()
        elif key in (MENU, NO):
            maintenance.to_menu()
        elif key == YES:
            maintenance.agree()
        else:
            action = next((one for one in maintenance.page.actions if one.key == key), None)
            if action is not None:
                maintenance.act(action)

    def touch_grid(self, x, y, size):
        """A finger on the field, from its upper left corner."""
        self.terminal.maintenance.page.touch(x, y, size)

    def _paint_page(self, page):
        self.entries = [(row.label, row.value, row.tone) for row in page.rows]
        self.grid = getattr(page, "grid", None)
        self.done = sorted(self.grid.done) if self.grid is not None else []

    @staticmethod
    def _menu_item(say, page):
        return {"names": [say(page.title)], "value": page}

    def _buttons(self, page, asking):
        if asking is not None:
            return [(YES, _("Yes"), "primary"), (NO, _("No"), "secondary")]
        if page is None:
            return [(LEAVE, _("Back to patients"), "primary")]
        actions = [(action.key, action.words, "secondary") for action in page.actions]
        return [*actions, (MENU, _("To the menu"), "primary")]
