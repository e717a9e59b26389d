"""Searching while somebody types: one question in flight, the newest text asked when it has come back (R18, R19)."""

from dataclasses import replace

from kiosk.errors import KioskError
from kiosk.explanations import explain_terminal
from kiosk.models import Facility, Specialty
from kiosk.ports import Registry
from kiosk.terminal import finds
from kiosk.terminal.finds import Question
from kiosk.terminal.stage import Stage
from kiosk.views import Content, Failed, Ready, SearchView
from kiosk.visit import Detour, Fact

#: The looks aside that search.
SEARCHES = (Detour.FACILITY_SEARCH, Detour.DOCTOR_SEARCH)


class Search:
    """The search on the screen. What is typed lives in the visit's draft; what was found goes with the search."""

    def __init__(self, stage: Stage, registry: Registry) -> None:
        self._stage = stage
        self._registry = registry
        self._wanted: Question | None = None
        self._asked: Question | None = None
        self._view = SearchView("")
        self._error: KioskError | None = None

    @property
    def content(self) -> Content:
        """A SearchView; Failed where the last answer was none."""
        if self._error is not None:
            return Failed(explain_terminal(self._error, self._stage.language))
        return Ready(self._view)

    def type(self, text: str) -> None:
        """The text as it stands now."""
        visit = self._stage.visit
        self._stage.visit = replace(visit, draft=replace(visit.draft, search=text))
        self.follow()
        self._stage.on_change()

    def widen(self) -> None:
        """Every facility, not only the chosen one."""
        self._stage.visit = replace(self._stage.visit, wide=True)
        self.follow()
        self._stage.on_change()

    def follow(self) -> None:
        """The visit or its text has changed: asks, unless that is what is on show or nobody searches."""
        wanted = self._question()
        if wanted == self._wanted:
            return
        before, self._wanted = self._wanted, wanted
        same = before and wanted and (before.visit_key, before.detour) == (wanted.visit_key, wanted.detour)
        self._error = None
        self._view = self._view if same else SearchView("")
        self._next()

    def reload(self) -> None:
        """Asks once more what could not be answered."""
        self._error = None
        self._next()

    def _question(self) -> Question | None:
        visit = self._stage.visit
        detour = next((one.detour for one in reversed(visit.asides) if one.detour in SEARCHES), None)
        if detour is None:
            return None
        doctors = detour is Detour.DOCTOR_SEARCH
        scope: Facility | None = None if visit.wide or not doctors else visit.get(Fact.FACILITY)
        specialty: Specialty | None = visit.get(Fact.SPECIALTY) if scope else None
        return Question(
            visit.key,
            detour,
            visit.draft.search.strip(),
            scope,
            specialty.code if specialty else "",
            self._stage.language,
        )

    def _next(self) -> None:
        """Asks the newest text, where nothing is in flight; an empty one is answered with a hint by the screen."""
        wanted = self._wanted
        if wanted is None:
            self._view = SearchView("")
            return
        if not wanted.text:
            self._view = SearchView("", scope=wanted.scope)
            return
        self._view = replace(self._view, text=wanted.text, scope=wanted.scope, searching=True)
        if self._asked is None:
            self._ask(wanted)

    def _ask(self, question: Question) -> None:
        self._asked = question
        registry = self._registry

        def done(view: SearchView) -> None:
            self._arrived(question, view, None)

        def failed(error: KioskError) -> None:
            self._arrived(question, replace(self._view, searching=False), error)

        self._stage.jobs.run(lambda: finds.search(registry, question), done, failed)

    def _arrived(self, question: Question, view: SearchView, error: KioskError | None) -> None:
        """An answer: shown if it is that to the newest text; else the newest is asked now."""
        self._asked = None
        if question == self._wanted:
            self._view, self._error = view, error
            self._load(question, view)
        else:
            self._next()
        self._stage.on_change()

    def _load(self, question: Question, view: SearchView) -> None:
        """How full the doctors on show are comes after them; the hits do not wait for it."""
        registry, today = self._registry, self._stage.clock().date()

        def done(loaded: SearchView) -> None:
            if question == self._wanted and self._view is view:
                self._view = loaded
                self._stage.on_change()

        if question.detour is Detour.DOCTOR_SEARCH and view.hits:
            self._stage.jobs.run(
                lambda: finds.loaded(registry, view, today), done, lambda error: None, exclusive="loads"
            )
