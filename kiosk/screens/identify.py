"""IDENTIFY: policy number and birth date, and the document where it is asked for (R9). What is typed stays in the visit."""

from datetime import date

from kivy.properties import BooleanProperty, DictProperty, StringProperty

from kiosk.flow import Step
from kiosk.screens.hints import policy_words
from kiosk.screens.step_screen import StepScreen
from kiosk.screens.widgets.touch import PushButton
from kiosk.screens.widgets.typing import CLEAR, ERASE
from kiosk.screens.words import _
from kiosk.views import Busy
from kiosk.visit import Draft, Intent

#: The fields in the order in which they are typed, with the length at which the next one begins.
LENGTHS = {"policy_number": 16, "birth_day": 2, "birth_month": 2, "birth_year": 4, "document_number": 12}
#: Temporary policies have nine digits (policy-formats.md); nothing shorter is a policy or a document.
LEAST_POLICY, LEAST_DOCUMENT = 9, 4


class ChildSwitch(PushButton):
    """For whom: for oneself, or (chosen) for a child, with the child's policy."""


class IdentifyScreen(StepScreen):
    """Who is booking. Keys fill the active field; a full one hands over to the next."""

    step = Step.IDENTIFY
    active = StringProperty("policy_number")
    policy_number = StringProperty("")
    birth_day = StringProperty("")
    birth_month = StringProperty("")
    birth_year = StringProperty("")
    document_number = StringProperty("")
    asks_document = BooleanProperty(False)
    peeking = BooleanProperty(False)
    complete = BooleanProperty(False)
    identifying = BooleanProperty(False)
    hints = DictProperty({}, rebind=True)
    date_mistake = StringProperty("")
    question = StringProperty("")
    policy_label = StringProperty("")
    birth_label = StringProperty("")
    for_child = BooleanProperty(False)
    offers_staff = BooleanProperty(False)
    takes_card = BooleanProperty(False)
    takes_code = BooleanProperty(False)
    way = StringProperty("")
    has_room = BooleanProperty(True)

    def __init__(self, terminal, **options):
        self._holder = ""
        super().__init__(terminal, **options)

    def open(self):
        self.peeking = False
        self._go_to_the_first_empty()

    def _go_to_the_first_empty(self):
        self._holder = self.terminal.visit.holder
        draft = self.terminal.visit.draft
        empty = (name for name in self._names() if not getattr(draft, name))
        self.active = next(empty, self._names()[-1])

    def paint(self):
        super().paint()
        asked = self.terminal.visit.document_asked
        if self._holder != self.terminal.visit.holder:
            # A policy was shown: what is still to be typed comes after its number.
            self._go_to_the_first_empty()
        if asked and not self.asks_document:
            self.active = "document_number"
        self.asks_document = asked
        self.identifying = self.terminal.busy is Busy.IDENTIFY
        self.offers_staff = self.terminal.staff_offered
        self.takes_card, self.takes_code = self.terminal.takes_card, self.terminal.takes_code
        self.way = policy_words(self.takes_card, self.takes_code)
        self._paint_words()
        self._paint_draft(self.terminal.visit.draft)
        self.hints = {**self.terminal.hints, **self.terminal.mistakes}
        self.date_mistake = self._date_mistake()
        self.complete = self._is_complete()
        # What is said of what was typed goes before.
        said = self.notice is not None or self.hints or self.date_mistake
        self.has_room = not said and not asked

    def forget(self):
        super().forget()
        self._holder = ""
        self._paint_draft(Draft())
        self.hints = {}
        self.asks_document = False

    def switch_child(self):
        """«Для ребёнка» (R43), and back."""
        self.terminal.for_child(not self.for_child)

    def touch_field(self, name):
        """The patient wants to type in this field."""
        self._leave_field(name)
        self.active = name

    def press(self, key):
        """A key of the keypad."""
        text = getattr(self, self.active)
        if key == CLEAR:
            self.terminal.type(self.active, "")
        elif key == ERASE and not text:
            self._go(-1)
            self.terminal.type(self.active, getattr(self, self.active)[:-1])
        elif key == ERASE:
            self.terminal.type(self.active, text[:-1])
        elif len(text) < LENGTHS[self.active]:
            name = self.active
            self.terminal.type(name, text + key)
            if len(text) + 1 == LENGTHS[name] and name != "document_number":
                self._go(1)

    def next(self):
        """«Дальше»."""
        self._leave_field("")
        self.terminal.identify()

    def _paint_words(self):
        visit = self.terminal.visit
        self.for_child = visit.for_child
        if self.for_child:
            self.question = _("Who is the child?")
            self.policy_label, self.birth_label = (
                _("The child's policy number"),
                _("The child's date of birth"),
            )
        else:
            of_own = visit.intent in (Intent.MINE, Intent.CABINET)
            self.question = _("Who are you?") if of_own else _("Who is booking?")
            self.policy_label, self.birth_label = _("Policy number"), _("Date of birth")

    def _paint_draft(self, draft):
        for name in LENGTHS:
            setattr(self, name, getattr(draft, name))

    def _names(self):
        names = list(LENGTHS)
        return names if self.terminal.visit.document_asked else names[:-1]

    def _go(self, places):
        names = self._names()
        place = min(max(names.index(self.active) + places, 0), len(names) - 1)
        self.active = names[place]

    def _leave_field(self, name):
        """A day or month of one digit is completed when its field is left: 5 is 05."""
        text = getattr(self, self.active)
        if (
            self.active in ("birth_day", "birth_month")
            and name != self.active
            and len(text) == 1
            and text != "0"
        ):
            self.terminal.type(self.active, f"0{text}")

    def _date_mistake(self):
        if len(self.birth_year) < LENGTHS["birth_year"] or not (self.birth_day and self.birth_month):
            return ""
        try:
            born = date(int(self.birth_year), int(self.birth_month), int(self.birth_day))
        except ValueError:
            return _("There is no such date")
        return "" if born.year >= 1900 and born <= self.now().date() else _("Please check the year")

    def _is_complete(self):
        dated = self.birth_day and self.birth_month and len(self.birth_year) == LENGTHS["birth_year"]
        document = not self.asks_document or len(self.document_number) >= LEAST_DOCUMENT
        return len(self.policy_number) >= LEAST_POLICY and bool(dated) and not self.date_mistake and document
