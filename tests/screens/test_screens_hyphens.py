"""Long words in narrow places: a hyphen between syllables (look.md section 3)."""

import pytest

from kiosk.screens.hyphens import hyphenated


@pytest.mark.parametrize(
    ("text", "most", "shown"),
    [
        ("Константинопольская А. В.", 16, "Константинополь-\nская А. В."),
        ("Константинопольская А. В.", 19, "Константинопольская А. В."),
        ("Константинопольская", 9, "Констан-\nтинополь-\nская"),
        ("Оториноларингология", 11, "Оторинола-\nрингология"),
        ("подъезд", 5, "подъ-\nезд"),
        ("район Майский", 5, "район Майс-\nкий"),
        ("№ 1234567890", 5, "№ 1234567890"),
        ("Вздрст", 3, "Вздрст"),
        ("две\nстроки", 5, "две\nстро-\nки"),
        ("", 3, ""),
    ],
)
def test_broken_between_syllables(text: str, most: int, shown: str) -> None:
    assert hyphenated(text, lambda words: len(words) <= most) == shown
