"""The coordinator: one visit, the flow, the services. What a screen talks to; no Kivy."""

from kiosk.terminal.coordinator import Terminal

__all__ = ["Terminal"]
