"""The dialogs over a screen: «Вы ещё здесь?», «Ещё не записаны», «Отменить запись?» (look.md section 5)."""

from kivy.properties import BooleanProperty, NumericProperty, StringProperty

from kiosk.screens.widgets.layout import Part, Stack
from kiosk.screens.widgets.touch import Box


class Ring(Part):
    """The seconds left in a ring that empties."""

    left = NumericProperty(0)
    total = NumericProperty(1)


class Card(Stack, Box):
    """The white card of a dialog."""


class Dialog(Part):
    """Scrim and card; nothing under it can be touched. Sends `on_main` and `on_other` for its two buttons."""

    title = StringProperty("")
    text = StringProperty("")
    main_text = StringProperty("")
    other_text = StringProperty("")
    other_icon = StringProperty("close")
    other_kind = StringProperty("secondary")
    left = NumericProperty(0)
    total = NumericProperty(1)
    has_ring = BooleanProperty(False)

    def __init__(self, **options):
        self.register_event_type("on_main")
        self.register_event_type("on_other")
        super().__init__(**options)

    def on_touch_down(self, touch):
        super().on_touch_down(touch)
        return True

    def on_main(self):
        pass

    def on_other(self):
        pass


class LeavingDialog(Dialog):
    """The patient wants to leave while a booking is asked for, or `of` what else: `cancel`, `move`."""

    of = StringProperty("")


class CancelDialog(Dialog):
    """Whether the booking of which `text` tells shall be cancelled, or (`waits`) the waiting list left. Not to is the main answer."""

    waits = BooleanProperty(False)


class IdleDialog(Dialog):
    """Nobody has touched the screen for a while; `text` says in how many seconds the visit ends."""
