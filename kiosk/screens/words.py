"""The words of the screens: catalog "screens"; in kv files `_` is this too, and rules follow its language."""

from kiosk.screens.live import Live
from kiosk.texts import DEFAULT_LANGUAGE, catalog

#: What the button says that changes to a language.
SHORT_NAMES = {"ru": "Рус", "en": "Eng"}


class Words(Live):
    """Called with a message it gives that in the present language."""

    def __init__(self) -> None:
        super().__init__()
        self.language = self.state = DEFAULT_LANGUAGE

    def __call__(self, message: str) -> str:
        return catalog("screens", self.language).gettext(message)

    def speak(self, language: str) -> None:
        """The language from now on; what is on show follows when its group is renewed."""
        self.language = self.state = language


def other(language: str) -> str:
    """The language after this one."""
    languages = list(SHORT_NAMES)
    return languages[(languages.index(language) + 1) % len(languages)]


_ = Words()
