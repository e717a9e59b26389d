"""Out of service by the staff's will: kept over a restart until it is taken back, and said to the patients."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from kiosk.explanations import Explanation
from kiosk.maintenance import state_file
from kiosk.maintenance.page import DOMAIN, _
from kiosk.texts import catalog

TITLE = _("The terminal is out of service")
#: What the patients are told, by the key that the file keeps.
TEXTS: Mapping[str, str] = MappingProxyType(
    {
        "repair": _("It is being repaired. We are sorry for the trouble."),
        "paper": _("There is no paper for tickets at the moment."),
        "later": _("It will serve you again later today."),
        "desk": _("Please turn to the reception desk."),
    }
)
#: The text of the settings.
OWN = "own"
#: What staff chooses from.
CHOICES: Mapping[str, str] = MappingProxyType(
    {
        OWN: _("Text of the settings"),
        "repair": _("Repair"),
        "paper": _("No paper"),
        "later": _("Later today"),
        "desk": _("Reception desk"),
    }
)


class Closing:
    """`own` is the settings' text, '' where there is none. `file` holds the key of the text while it is closed."""

    def __init__(self, file: Path, own: str) -> None:
        self._file = file
        self._own = own
        told = state_file.read(file)
        # What cannot be understood was written when it was closed.
        self.text = str(told.get("text", "")) if told is not None else "desk"

    @property
    def choices(self) -> Mapping[str, str]:
        """What there is to choose from, by key: source texts."""
        return {key: words for key, words in CHOICES.items() if self._own or key != OWN}

    def explain(self, language: str) -> Explanation | None:
        """What patients read; None while the terminal is not closed."""
        if not self.text:
            return None
        say = catalog(DOMAIN, language).gettext
        own = self.text == OWN and self._own
        return Explanation(say(TITLE), self._own if own else say(TEXTS.get(self.text, TEXTS["desk"])))

    def close(self, text: str) -> None:
        """With this text, by its key; blocks for a moment, for the workers."""
        self.text = text
        state_file.write(self._file, {"text": text})

    def reopen(self) -> None:
        """Patients are served again; blocks for a moment, for the workers."""
        self.text = ""
        state_file.write(self._file, {"text": ""})
