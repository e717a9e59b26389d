"""A page as headless Chromium makes it: its words, its language, and what the browser complained of."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: The browser's own time in which scripts and their requests have to be done.
SCRIPT_MS = 5000
SECONDS = 60


@dataclass(frozen=True)
class Page:
    """What is to be read on it, its language, and the lines of the console."""

    text: str
    language: str
    complaints: list[str]


def page(address: str) -> Page:
    """Open it and let its scripts run. Skips the test where there is no Chromium."""
    done = _chromium("--dump-dom", "--enable-logging=stderr", address)
    reader = _Reader()
    reader.feed(done.stdout)
    complaints = [line for line in done.stderr.splitlines() if re.search(r":CONSOLE", line)]
    return Page(" ".join(" ".join(reader.words).split()), reader.language, complaints)


def picture(address: str, file: Path, width: int, height: int) -> None:
    """A picture of it in a window of this size."""
    _chromium(f"--screenshot={file}", f"--window-size={width},{height}", "--hide-scrollbars", address)


def _chromium(*arguments: str) -> "subprocess.CompletedProcess[str]":
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        pytest.skip("no Chromium here: the page of free and busy times was not looked at")
    with TemporaryDirectory() as profile:
        command = [
            browser,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-proxy-server",
            f"--user-data-dir={profile}",
            f"--virtual-time-budget={SCRIPT_MS}",
            *arguments,
        ]
        return subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=True)


class _Reader(HTMLParser):
    """Collects what can be read, nothing of what is hidden."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.language = ""
        self._hidden: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "html":
            self.language = given.get("lang") or ""
        if tag not in ("link", "meta", "br", "input") and (
            "hidden" in given or tag == "noscript" or self._hidden
        ):
            self._hidden.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._hidden:
            self._hidden.pop()

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)
