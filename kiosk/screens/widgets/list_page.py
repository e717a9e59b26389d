"""A page that is one list: its question, its rows, and what is said where there are none."""

from kivy.properties import BooleanProperty, ListProperty, ObjectProperty, StringProperty

from kiosk.screens.widgets.layout import Stack


class ListPage(Stack):
    """`items` are rows (rows.Rows); where there are none it says `empty` and `empty_text`. Sends `on_choose` with the value of
    a row, and `on_retry`.
    """

    title = StringProperty("")
    items = ListProperty([])
    empty = StringProperty("")
    empty_text = StringProperty("")
    notice = ObjectProperty(None, allownone=True)
    failure = ObjectProperty(None, allownone=True)
    waiting = BooleanProperty(False)
    slow = BooleanProperty(False)
    ready = BooleanProperty(False)

    def __init__(self, **options):
        self.register_event_type("on_choose")
        self.register_event_type("on_retry")
        super().__init__(fit=False, **options)

    def begin(self):
        """From the first page."""
        self.ids.rows.page = 0

    def on_choose(self, value):
        pass

    def on_retry(self):
        pass
