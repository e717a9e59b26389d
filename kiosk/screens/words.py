"""The words of the screens: catalog "screens"; in kv files `_` is this function."""

from kiosk.texts import catalog


def _(message: str) -> str:
    """The message in the language of the terminal."""
    return catalog("screens").gettext(message)
