"""What the registry counts of itself, and `GET /metrics`, where Prometheus reads it (api.md section 15). No person in it.

Counting is done while a request is answered, and costs it some microseconds; everything else is looked at when it is asked for.
"""

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import SQLAlchemyError

from kiosk.central.call import Call, Reply
from kiosk.central.outbox import CAME, NOT_COME
from kiosk.central.schema import delivery, event, hold, notice, terminal
from kiosk.central.store import Store

#: Seconds; a terminal's patient waits no longer than a tenth (issue 6).
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
#: An event is looked for when every transaction that began before it has certainly ended.
SETTLED_SECONDS = 30
#: How notices go out, and those of their states that somebody has to know of.
_WAYS, _STATES = ("email", "phone"), ("waiting", "dead")


class Metrics:
    """The counters of one process, from `started` (seconds of UTC) on. Safe to use from many threads."""

    def __init__(self, started: int) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.counters = CollectorRegistry()
        self._requests = Counter(
            "registry_requests", "Requests answered", ("method", "route", "status"), registry=self.counters
        )
        self._seconds = Histogram(
            "registry_request_seconds",
            "From a request's arrival to its answer",
            ("route",),
            registry=self.counters,
            buckets=BUCKETS,
        )
        self._refusals = Counter(
            "registry_refusals", "Refusals by code (api.md section 11)", ("code",), registry=self.counters
        )
        self._events = Counter(
            "registry_events",
            f"What happened to bookings and the waiting list, {SETTLED_SECONDS} s ago and before",
            ("kind", "channel"),
            registry=self.counters,
        )
        self._known: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self._heard: dict[str, int] = {}
        self._counted_until = started

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request; all three names are of few that there are."""
        names = (method, route, status)
        if names not in self._known:
            # Looking a series up by its names takes longer than counting does.
            self._known[names] = (self._requests.labels(*names), self._seconds.labels(route))
        requests, times = self._known[names]
        requests.inc()
        times.observe(seconds)

    def refused(self, code: str) -> None:
        """Count a refusal."""
        self._refusals.labels(code).inc()

    def heard(self, terminal_id: str, now: int) -> None:
        """Remember when a terminal last asked for anything."""
        self._heard[terminal_id] = now

    def last_heard(self, terminal_id: str) -> int:
        """When a terminal last asked for anything; 0 if not since this process started."""
        return self._heard.get(terminal_id, 0)

    def count_events(self, connection: Connection, now: int) -> None:
        """Add the events since the last time: the cost is that of what is new. Who did not come is noted later, and is none."""
        until = max(self._counted_until, now - SETTLED_SECONDS)
        query = (
            select(event.c.kind, event.c.channel, func.count())
            .where(event.c.asked_at >= self._counted_until, event.c.asked_at < until)
            .where(event.c.kind.not_in((NOT_COME, CAME)))
            .group_by(event.c.kind, event.c.channel)
        )
        for kind, channel, count in connection.execute(query).all():
            self._events.labels(kind, channel).inc(count)
        self._counted_until = until


def answer(metrics: Metrics, call: Call) -> Reply:
    """Everything in Prometheus' text format, also while the database is away: then `registry_database_up` is 0."""
    state = CollectorRegistry()
    up = Gauge("registry_database_up", "Whether the database answers", registry=state)
    try:
        _look(call.store, metrics, state, call.now)
        up.set(1)
    except SQLAlchemyError:
        up.set(0)
    text = generate_latest(metrics.counters) + generate_latest(state)
    return Reply(text, headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})


def _look(store: Store, metrics: Metrics, state: CollectorRegistry, now: int) -> None:
    with store.read() as connection:
        metrics.count_events(connection, now)
        _holds(connection, state, now)
        _terminals(connection, metrics, state)
        _notices(connection, state, now)
    _gauge(state, "registry_database_bytes", "Size of the database").set(store.size())


def _holds(connection: Connection, state: CollectorRegistry, now: int) -> None:
    query = select(func.count()).where(hold.c.expires > now, ~hold.c.released)
    _gauge(state, "registry_holds", "Times that are held now").set(connection.execute(query).scalar_one())


def _terminals(connection: Connection, metrics: Metrics, state: CollectorRegistry) -> None:
    words = "When a terminal last asked for anything; 0: not since this process started"
    heard = _gauge(state, "registry_terminal_last_heard_timestamp_seconds", words, "terminal")
    rows = connection.execute(select(terminal.c.id, terminal.c.name).where(terminal.c.revoked.is_(None)))
    for id, name in rows:
        heard.labels(name).set(metrics.last_heard(id))


def _notices(connection: Connection, state: CollectorRegistry, now: int) -> None:
    due = (notice.c.state == "waiting") & (notice.c.not_before <= now)
    count, oldest = connection.execute(select(func.count(), func.min(notice.c.not_before)).where(due)).one()
    _gauge(state, "registry_notices_due", "Notices that no worker has looked at yet").set(count)
    age = 0 if oldest is None else now - oldest
    _gauge(state, "registry_notices_oldest_seconds", "For how long the oldest of them is due").set(age)
    ways = _gauge(state, "registry_deliveries", "Notices on their way to an address", "system", "state")
    query = (
        select(delivery.c.system, delivery.c.state, func.count())
        .where(delivery.c.system.in_(_WAYS), delivery.c.state.in_(_STATES))
        .group_by(delivery.c.system, delivery.c.state)
    )
    counts = {(system, name): number for system, name, number in connection.execute(query)}
    for names in ((way, name) for way in _WAYS for name in _STATES):
        ways.labels(*names).set(counts.get(names, 0))


def _gauge(state: CollectorRegistry, name: str, words: str, *labels: str) -> Gauge:
    return Gauge(name, words, labels, registry=state)
