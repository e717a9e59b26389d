"""`kiosk run`: the terminal in its window, from the settings to the exit status."""

import gc
import logging
import logging.handlers
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from kiosk.bootstrap import build, build_keys, build_rounds, build_terminal
from kiosk.jobs import LaneJobs
from kiosk.settings import Settings, load, make_folder
from kiosk.window import configure_kivy

LOG_BYTES, LOG_FILES = 1_000_000, 5


def run(config: Path, *, windowed: bool = False) -> int:
    """The terminal until it is stopped. Raises SettingsError before any window is opened."""
    settings = load(config)
    if windowed:
        settings = replace(settings, display=replace(settings.display, fullscreen=False))
    return run_terminal(settings)


def run_terminal(
    settings: Settings, *, offscreen: bool = False, attend: Callable[[], None] | None = None
) -> int:
    """One terminal; the exit status is 0 when it was stopped, else what the supervisor has to know.

    `attend` acts in the patient's place, turns Kivy's loop itself, and the terminal ends when it returns.
    """
    # Nothing that a start makes is garbage; the app looks for some again when its screens are built.
    gc.disable()
    log_to(settings.terminal.state)
    configure_kivy(settings.display, offscreen=offscreen)
    from kiosk.app import KioskApp, on_ui_thread

    services = build(settings)
    jobs = LaneJobs(on_ui_thread)
    rounds = build_rounds(settings, services, jobs)
    terminal = build_terminal(settings, services, jobs)
    app = KioskApp(terminal, settings.display, [rounds.tick], build_keys(services))
    signal.signal(signal.SIGTERM, lambda _number, _frame: app.stop())
    try:
        if attend is None:
            app.run()
        else:
            with app.running():
                attend()
    finally:
        jobs.close()
        services.close()
    return app.exit_status


def log_to(folder: Path) -> None:
    """The log of this program: warnings and what happened, never a person, in a few files of bounded size.

    Raises SettingsError where the folder cannot be made.
    """
    make_folder(folder)
    file = logging.handlers.RotatingFileHandler(
        folder / "kiosk.log", maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8"
    )
    handlers: tuple[logging.Handler, ...] = (file, logging.StreamHandler())
    for handler in handlers:
        handler.addFilter(_is_worth_keeping)
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", handlers=handlers
    )


def _is_worth_keeping(record: logging.LogRecord) -> bool:
    """Of Kivy's lines its warnings only; the first four come before its level can be set."""
    return record.levelno >= logging.WARNING or record.name.partition(".")[0] != "kivy"
