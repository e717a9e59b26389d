"""The page of plots for the head of the registry: HTML without a script, to be read, listened to and printed (R5, R35)."""

from collections.abc import Iterator, Mapping
from datetime import date
from html import escape

from babel.dates import format_date
from sqlalchemy import select

from kiosk.central.negotiation import LANGUAGES
from kiosk.central.schema import facility
from kiosk.central.statistics.basis import basis
from kiosk.central.statistics.charts import DOMAIN, Chart, Figure, overview
from kiosk.central.statistics.plots import is_empty, plot
from kiosk.central.statistics.question import PAGE_KEYS, BadQuestion, Question, asked
from kiosk.central.statistics.reports import today
from kiosk.central.statistics.table import Cell
from kiosk.central.store import Store
from kiosk.texts import DEFAULT_LANGUAGE, catalog

_CSS = """
:root { color-scheme: light; }
body { font: 16px/1.45 Roboto, "DejaVu Sans", Arial, sans-serif; color: #202124; background: #fff;
  max-width: 60rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.7rem; margin: 0 0 .25rem; } h2 { font-size: 1.25rem; margin: 0 0 .25rem; }
p { margin: 0 0 .75rem; } .note { color: #4a4d51; }
form { display: flex; flex-wrap: wrap; gap: .75rem; align-items: end; margin: 1rem 0; }
label { display: grid; gap: .25rem; } select { max-width: 22rem; }
input, select, button { font: inherit; min-height: 2.75rem; padding: .25rem .5rem; border: 1px solid #5f6368; border-radius: 4px; }
button { background: #0b4f8a; color: #fff; border-color: #0b4f8a; padding: .25rem 1rem; }
:focus-visible { outline: 3px solid #e0a100; outline-offset: 2px; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: .75rem; margin: 1rem 0 1.5rem; }
dl div { border: 1px solid #c4c7cc; border-radius: 6px; padding: .5rem .75rem; display: flex; flex-direction: column-reverse;
  justify-content: flex-end; }
dt { color: #4a4d51; } dd { margin: 0; font-size: 1.6rem; font-weight: 500; }
section { margin: 0 0 2rem; border-top: 1px solid #c4c7cc; padding-top: 1rem; }
figure { margin: 0; } figure svg { width: 100%; height: auto; }
details { margin-top: .5rem; } summary { cursor: pointer; min-height: 1.75rem; }
.table { overflow-x: auto; }
table { border-collapse: collapse; font-size: .9rem; } caption { position: absolute; left: -100vw; }
th, td { border-bottom: 1px solid #c4c7cc; padding: .2rem .6rem; text-align: right; }
th:first-child { text-align: left; font-weight: 400; } thead th { font-weight: 500; vertical-align: bottom; }
@media print {
  @page { size: A4; margin: 12mm; }
  body { max-width: none; padding: 0; font-size: 11pt; } form, summary { display: none; }
  section { break-inside: avoid; } details::details-content { content-visibility: visible; display: block; height: auto; }
  table { font-size: 8.5pt; } th, td { padding: .05rem .4rem; }
}
"""


def page(store: Store, given: Mapping[str, str], now: int, language: str = DEFAULT_LANGUAGE) -> str:
    """The page on the period and the facility in these parameters, in `lang` if that is among them. Raises BadQuestion."""
    language = given.get("lang") or language
    if language not in LANGUAGES:
        raise BadQuestion("lang")
    question = asked(given, today(store, now), PAGE_KEYS)
    with store.read() as connection:
        places = dict(
            connection.execute(select(facility.c.id, facility.c.name).order_by(facility.c.name_words))
            .tuples()
            .all()
        )
        shown = overview(basis(connection, question, store.setting("zone"), now), language)
    return "".join(_Writer(language).page(question, places, shown.figures, shown.charts))


class _Writer:
    """Writes HTML; every word and name is escaped."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._translated = catalog(DOMAIN, language).gettext

    def page(
        self,
        question: Question,
        places: Mapping[str, str],
        figures: tuple[Figure, ...],
        charts: tuple[Chart, ...],
    ) -> Iterator[str]:
        title = self.say("Statistics of the registry")
        yield f'<!DOCTYPE html>\n<html lang="{self._language}">\n<head>\n<meta charset="utf-8">\n'
        yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        yield f"<title>{title}</title>\n<style>{_CSS}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n"
        yield f"<p>{self._told(question, places)}</p>\n"
        yield from self._form(question, places)
        yield "<dl>\n"
        for figure in figures:
            yield f"<div><dt>{escape(figure.name)}</dt><dd>{escape(figure.value)}</dd></div>\n"
        yield "</dl>\n"
        for number, chart in enumerate(charts):
            yield from self._chart(f"chart-{number}", chart)
        yield "</main>\n</body>\n</html>\n"

    def _told(self, question: Question, places: Mapping[str, str]) -> str:
        period = self.say("from {first} to {last}").format(
            first=self._day(question.first), last=self._day(question.last)
        )
        id = question.value("facility")
        place = escape(places.get(id, id)) if id else self.say("all facilities")
        return f"{period}, {place}"

    def _form(self, question: Question, places: Mapping[str, str]) -> Iterator[str]:
        yield f'<form method="get">\n<input type="hidden" name="lang" value="{self._language}">\n'
        for name, words, day in (
            ("from", self.say("First day"), question.first),
            ("to", self.say("Last day"), question.last),
        ):
            yield f'<label>{words} <input type="date" name="{name}" value="{day.isoformat()}" required></label>\n'
        words, everywhere, show = self.say("Facility"), self.say("all facilities"), self.say("Show")
        yield f'<label>{words} <select name="facility">\n<option value="">{everywhere}</option>\n'
        for id, name in places.items():
            chosen = " selected" if id == question.value("facility") else ""
            yield f'<option value="{escape(id)}"{chosen}>{escape(name)}</option>\n'
        yield f"</select></label>\n<button>{show}</button>\n</form>\n"

    def _chart(self, id: str, chart: Chart) -> Iterator[str]:
        yield f'<section aria-labelledby="{id}">\n<h2 id="{id}">{escape(chart.title)}</h2>\n'
        yield f'<p class="note">{escape(chart.note)}</p>\n'
        if is_empty(chart):
            nothing = self.say("There is nothing of this period.")
            yield f"<p>{nothing}</p>\n</section>\n"
            return
        same = self.say("The same in figures")
        yield f"<figure>{plot(chart)}</figure>\n<details><summary>{same}</summary>\n"
        yield f'<div class="table"><table><caption>{escape(chart.title)}</caption>\n<thead><tr><td></td>'
        yield "".join(f'<th scope="col">{escape(name)}</th>' for name in chart.headers)
        yield "</tr></thead>\n<tbody>\n"
        for label, values in chart.rows:
            cells = "".join(f"<td>{self._cell(value, chart.percent)}</td>" for value in values)
            yield f'<tr><th scope="row">{escape(label)}</th>{cells}</tr>\n'
        yield "</tbody></table></div></details>\n</section>\n"

    def _cell(self, value: Cell, percent: bool) -> str:
        if value is None:
            return "—"
        return f"{float(value) * 100:.0f}\u00a0%" if percent else f"{value}"

    def _day(self, day: date) -> str:
        return escape(format_date(day, "long", locale=self._language))

    def say(self, words: str) -> str:
        return escape(self._translated(words))
