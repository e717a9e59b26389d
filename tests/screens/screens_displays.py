"""The displays of look.md section 1, by the inches of their diagonal: the first three are drawn, all are measured."""

from kiosk.settings import DisplaySettings

DISPLAYS = {
    "23.8": DisplaySettings(1080, 1920, 23.8),
    "17": DisplaySettings(1280, 1024, 17.0),
    "21.5": DisplaySettings(1920, 1080, 21.5),
    "32": DisplaySettings(1080, 1920, 32.0),
}
