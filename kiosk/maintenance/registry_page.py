"""The registry: whether it answers, how fast, and how far the clocks are apart."""

from collections.abc import Callable, Sequence
from functools import partial
from time import monotonic

from kiosk.explanations import explain
from kiosk.maintenance.page import Action, Kind, Row, Tools, _
from kiosk.maintenance.probe import Answering, Probe, probe
from kiosk.maintenance.settings_table import without_login


class RegistryPage:
    """Asks when it is opened, and when it is told to."""

    title = _("Registry")
    kind: Kind = "rows"

    def __init__(
        self,
        tools: Tools,
        registry: Answering,
        address: str,
        monotonic: Callable[[], float] = monotonic,
    ) -> None:
        self._tools = tools
        self._address = without_login(address)
        self._probe = partial(probe, registry, monotonic)
        self._found: Probe | None = None

    @property
    def rows(self) -> Sequence[Row]:
        say, found = self._tools.say, self._found
        address = Row(say("Address"), self._address)
        if found is None:
            return (address, Row(say("Answers"), say("asking…")))
        return (address, self._answers(found), self._clock(found), self._last(found))

    @property
    def actions(self) -> Sequence[Action]:
        return (Action("again", self._tools.say("Ask again"), self.refresh),)

    def refresh(self) -> None:
        self._found = None
        self._tools.changed()
        self._tools.jobs.run(self._probe, self._keep, lambda error: None, exclusive="maintenance registry")

    def _keep(self, found: Probe) -> None:
        self._found = found
        self._tools.changed()

    def _answers(self, found: Probe) -> Row:
        say = self._tools.say
        if found.problem is not None:
            return Row(say("Answers"), explain(found.problem, self._tools.language()).title, "fault")
        words = say("median {median} ms, slowest {worst} ms of {count}")
        median, worst = (round((seconds or 0) * 1000) for seconds in (found.median, found.worst))
        return Row(say("Answers"), words.format(median=median, worst=worst, count=len(found.taken)), "ok")

    def _clock(self, found: Probe) -> Row:
        say = self._tools.say
        if found.drift is None:
            return Row(say("Clock"), say("cannot be compared"), "attention")
        words = say("{seconds} s from the registry's").format(
            seconds=self._tools.decimal(found.drift, "+.1f")
        )
        return Row(say("Clock"), words, "attention" if found.drifts else "ok")

    def _last(self, found: Probe) -> Row:
        say = self._tools.say
        if found.heard_at is None:
            return Row(say("Last answer"), say("none since the start"), "fault")
        return Row(say("Last answer"), self._tools.moment(found.heard_at))
