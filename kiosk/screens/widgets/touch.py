"""What can be touched: pressed at once on touch-down, done on release inside (look.md section 5)."""

from kivy.properties import (
    AliasProperty,
    BooleanProperty,
    ColorProperty,
    NumericProperty,
    ObjectProperty,
    StringProperty,
)

from kiosk.screens.widgets.layout import Bar, Container


class Box(Container):
    """A rounded rectangle with a border under its parts; a border of 0 px draws the fill alone."""

    fill = ColorProperty([0, 0, 0, 0])
    line = ColorProperty([0, 0, 0, 0])
    border = NumericProperty(0)
    radius = NumericProperty(0)


class Touchable(Box):
    """Base of everything touchable. Events: `on_press` at touch-down, `on_let_go`, and `on_tap` on release inside.

    `kind` and `state` choose the paint (theme.PAINTS); `look` is the state at rest. Where `value`, that for which
    it stands, changes under the finger, the touch counts for nothing.
    """

    kind = StringProperty("secondary")
    look = StringProperty("normal")
    enabled = BooleanProperty(True)
    busy = BooleanProperty(False)
    pressed = BooleanProperty(False)
    value = ObjectProperty(None, allownone=True)
    paint = ObjectProperty(None, allownone=True, rebind=True)
    ink = ColorProperty([0, 0, 0, 1])

    def _state(self):
        if self.pressed:
            return "pressed"
        return self.look if self.enabled else "disabled"

    state = AliasProperty(_state, bind=("pressed", "enabled", "look"), cache=True)

    def __init__(self, **options):
        self._touch = None
        self.register_event_type("on_press")
        self.register_event_type("on_let_go")
        self.register_event_type("on_tap")
        super().__init__(**options)

    def on_touch_down(self, touch):
        if not self.collide_point(*touch.pos) or touch.is_mouse_scrolling:
            return False
        is_finger = "button" not in touch.profile or touch.button == "left"
        if is_finger and self.answers:
            touch.grab(self)
            self._touch = touch
            self.pressed = True
            self.dispatch("on_press")
        return True

    @property
    def answers(self):
        """Whether a touch would do something now."""
        return self.enabled and not self.busy and self.look != "none"

    def on_touch_move(self, touch):
        if touch.grab_current is self and touch is self._touch:
            self.pressed = self.collide_point(*touch.pos)
        return touch.grab_current is self

    def on_touch_up(self, touch):
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        meant = self.pressed and touch is self._touch and self.get_root_window() is not None
        self._forget()
        if meant:
            self.dispatch("on_tap")
        return True

    def on_value(self, *_args):
        self._forget()

    def _forget(self):
        if self._touch is not None:
            self._touch = None
            self.pressed = False
            self.dispatch("on_let_go")

    def on_parent(self, _widget, parent):
        if parent is None:
            self._forget()

    def on_press(self):
        pass

    def on_let_go(self):
        pass

    def on_tap(self):
        pass


class PushButton(Touchable):
    """Icon, words, arrow in the middle. While `busy` it says `waiting` and keeps its width; `tight` fits its words.

    A `bare` one is a key: its sign may fill it.
    """

    alone = True
    text = StringProperty("")
    icon = StringProperty("")
    arrow = StringProperty("")
    waiting = StringProperty("")
    style = StringProperty("body")
    icon_side = NumericProperty(0)
    tight = BooleanProperty(False)
    bare = BooleanProperty(False)

    def place(self, parts, x, y, width, height):
        used = sum(part.width for part in parts) + sum(part.gap for part in parts[1:])
        if self.tight and not self.busy:
            self.width = used + self.padding[0] + self.padding[2]
            width = used
        self.lacking = 0 if self.tight else max(0, used - width)
        left = x + (width - used) // 2
        for number, part in enumerate(parts):
            left += part.gap if number else 0
            part.pos = (left, y + (height - part.height) // 2)
            left += part.width


class Pill(Bar, Box):
    """A small fact that sorts («ваш участок 12»); never a button."""

    text = StringProperty("")
