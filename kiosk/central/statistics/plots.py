"""Draws a chart as SVG: no script, no font or picture from elsewhere, told apart in grey as well."""

import sys
from html import escape
from typing import Any

import pygal
from pygal.style import Style

from kiosk.central.statistics.charts import Chart

# pygal leaves a finder for its plug-ins behind, of a kind that Python has given up: 3.11 warns at each import after it.
sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, pygal.PluginImportFixer)]

_WIDTH, _HEIGHT, _LINE, _MARGIN = 900, 320, 34, 110
#: Dark to light, so that they differ on a printer without colours.
_COLORS = ("#0b4f8a", "#e0a100", "#b3261e", "#7fb3d9", "#5f6368")
_FONT = "Roboto, 'DejaVu Sans', Arial, sans-serif"
_LONGEST_LABEL = 40


def plot(chart: Chart) -> str:
    """The `svg` element; its figures stand in the table beside it, so that it is one picture to a screen reader."""
    rows = chart.rows[::-1] if chart.lying else chart.rows
    drawn = chart.headers[: chart.drawn]
    kind = pygal.HorizontalStackedBar if chart.lying else pygal.StackedBar
    drawing = kind(
        style=_style(),
        width=_WIDTH,
        height=_MARGIN + _LINE * len(rows) if chart.lying else _HEIGHT,
        js=(),
        disable_xml_declaration=True,
        show_legend=len(drawn) > 1,
        legend_at_bottom=True,
        legend_at_bottom_columns=len(drawn),
        legend_box_size=14,
        truncate_legend=-1,
        truncate_label=_LONGEST_LABEL,
        x_label_rotation=0 if chart.lying or len(rows) < 12 else 60,
        spacing=12,
        margin=12,
        range=(0, 1) if chart.percent else None,
        min_scale=2,
        max_scale=6,
        value_formatter=_percent if chart.percent else _number,
    )
    drawing.x_labels = [label for label, _ in rows]
    for place, name in enumerate(drawn):
        drawing.add(name, [values[place] for _, values in rows])
    drawing.add_xml_filter(_without_scripts)
    return _as_picture(drawing.render(is_unicode=True), chart.title)


def is_empty(chart: Chart) -> bool:
    """Whether there is nothing to draw."""
    return not any(value for _, values in chart.rows for value in values)


def _style() -> Style:
    return Style(
        background="transparent",
        plot_background="transparent",
        foreground="#202124",
        foreground_strong="#202124",
        foreground_subtle="#5f6368",
        font_family=_FONT,
        label_font_size=13,
        major_label_font_size=13,
        legend_font_size=14,
        colors=_COLORS,
        opacity="1",
        opacity_hover="1",
        transition="0s",
    )


def _percent(value: Any) -> str:
    return "" if value is None else f"{value * 100:.0f} %"


def _number(value: Any) -> str:
    return "" if value is None else f"{value:.0f}"


def _without_scripts(root: Any) -> Any:
    for parent in list(root.iter()):
        for child in [one for one in parent if f"{one.tag}".endswith("script")]:
            parent.remove(child)
    return root


def _as_picture(svg: str, title: str) -> str:
    return svg.replace("<svg ", f'<svg role="img" aria-label="{escape(title)}" ', 1)
