"""Words in the reader's language: gettext catalogs under assets/locale, one domain per room.

The source strings in the code are English; Russian is the first translation and the default language.
"""

import gettext
from functools import cache
from pathlib import Path

LOCALES = Path(__file__).parent.parent / "assets" / "locale"
DEFAULT_LANGUAGE = "ru"


@cache
def catalog(domain: str, language: str = DEFAULT_LANGUAGE) -> gettext.NullTranslations:
    """The translations of one domain; English (the source language) needs no catalog and gets none.

    Reads the compiled `.mo` where it is up to date, else the `.po` beside it, so that an edited catalog is
    never silently ignored. A language without a catalog raises FileNotFoundError.
    """
    if language == "en":
        return gettext.NullTranslations()
    source = LOCALES / language / "LC_MESSAGES" / f"{domain}.po"
    compiled = source.with_suffix(".mo")
    if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
        with compiled.open("rb") as file:
            return gettext.GNUTranslations(file)
    return _from_source(source)


def _from_source(source: Path) -> gettext.NullTranslations:
    from io import BytesIO

    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with source.open("rb") as file:
        messages = read_po(file)
    buffer = BytesIO()
    write_mo(buffer, messages)
    buffer.seek(0)
    return gettext.GNUTranslations(buffer)
