"""What the technician has open: the menu, a page, or a question before something is done (R36)."""

import logging
from collections.abc import Callable, Sequence
from typing import TypeAlias

from kiosk.devices.card_reader import CardEvent
from kiosk.devices.code_scanner import ScannerEvent
from kiosk.maintenance.page import Action, Page

_log = logging.getLogger(__name__)

Shown: TypeAlias = "CardEvent | ScannerEvent"


class Maintenance:
    """Lives on the UI thread from the right PIN until `close`. What is opened and done is logged, with nobody's data.

    `hear` takes the cards and codes that are shown meanwhile; `changed` is called after each change.
    """

    def __init__(
        self, pages: Sequence[Page], hear: Callable[[Shown], None], changed: Callable[[], None]
    ) -> None:
        self.pages = pages
        self.page: Page | None = None
        self.asking: Action | None = None
        self.hear = hear
        self._changed = changed
        _log.info("maintenance: opened")

    def open(self, page: Page) -> None:
        """A page of the menu."""
        _log.info("maintenance: page %s", page.title)
        self.page, self.asking = page, None
        page.refresh()
        self._changed()

    def to_menu(self) -> None:
        """Back from a page, or from a question to its page."""
        if self.asking is None:
            self.page = None
        self.asking = None
        self._changed()

    def act(self, action: Action) -> None:
        """An action of the page; where it asks first, it waits for `agree`."""
        if action.confirm:
            self.asking = action
        else:
            self._do(action)
        self._changed()

    def agree(self) -> None:
        """Yes to what was asked."""
        action, self.asking = self.asking, None
        if action is not None:
            self._do(action)
        self._changed()

    def close(self) -> None:
        """Back to the patients."""
        _log.info("maintenance: closed")
        self.page = self.asking = None

    def _do(self, action: Action) -> None:
        _log.info("maintenance: %s: %s", self.page.title if self.page else "menu", action.key)
        action.run()
