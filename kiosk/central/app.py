"""The registry as an ASGI application: every room's routes, hung into the frame."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

import anyio
from starlette.routing import BaseRoute, Router
from starlette.routing import Route as Path

from kiosk.central import (
    appointments,
    bookings,
    communications,
    directory,
    health,
    holds,
    metrics,
    patients,
    sign_in,
    terminal_events,
    times,
    waiting,
)
from kiosk.central.batches import Batches
from kiosk.central.call import Call, Reply, Route, Who
from kiosk.central.capability import capability
from kiosk.central.frame import PLAIN, WORKERS, Endpoint, Service
from kiosk.central.metrics import Metrics
from kiosk.central.public.routes import ROUTES as PUBLIC_ROUTES
from kiosk.central.staff.booking_routes import ROUTES as BOOKING_ROUTES
from kiosk.central.staff.day_routes import ROUTES as DAY_ROUTES
from kiosk.central.staff.office import ROUTES as OFFICE_ROUTES
from kiosk.central.staff.permissions import Action
from kiosk.central.staff.sign_in import ROUTES as SIGN_IN_ROUTES
from kiosk.central.staff.terms_routes import ROUTES as TERMS_ROUTES
from kiosk.central.statistics.routes import ROUTES as STATISTICS_ROUTES
from kiosk.central.store import Store

#: Below `{base}/fhir`.
FHIR_ROUTES: tuple[Route, ...] = (
    *directory.ROUTES,
    *times.ROUTES,
    *holds.ROUTES,
    *bookings.ROUTES,
    *waiting.ROUTES,
    *appointments.ROUTES,
    *patients.ROUTES,
    *communications.ROUTES,
)
#: What staff do with bookings.
STAFF_ROUTES: tuple[Route, ...] = (*BOOKING_ROUTES, *DAY_ROUTES, *TERMS_ROUTES)
#: Below `{base}` itself.
PLAIN_ROUTES: tuple[Route, ...] = (
    *health.ROUTES,
    *sign_in.ROUTES,
    *terminal_events.ROUTES,
    *STAFF_ROUTES,
)
#: So many requests of everybody are answered at a time: they never take the workers of the terminals.
PUBLIC_WORKERS = 2
#: So many of the staff's passwords are looked at: each takes its memory and its time, whoever sends it.
SIGN_IN_WORKERS = 2
#: What administrators ask for is done one after the other: they make passwords too, and read long audits.
OFFICE_WORKERS = 1
#: So many questions of statistics; and metrics, which must come while one of those is worked at.
STATISTICS_WORKERS, METRICS_WORKERS = 1, 1


def create_app(store: Store, clock: Callable[[], int], *, local_pages: bool = True) -> Router:
    """The application over one store; `clock` gives whole seconds of UTC. The store stays the caller's to close.

    `local_pages`: whether metrics and statistics are told to this machine itself without a credential.
    """
    counted = Metrics(clock())
    service = Service(store, clock, anyio.CapacityLimiter(WORKERS), Batches(store), counted, local_pages)
    fhir = (*FHIR_ROUTES, Route("GET", "/metadata", _metadata, Who.ANYBODY))
    everybody, entrance, office, statistics, scrape = (
        replace(service, workers=anyio.CapacityLimiter(workers))
        for workers in (PUBLIC_WORKERS, SIGN_IN_WORKERS, OFFICE_WORKERS, STATISTICS_WORKERS, METRICS_WORKERS)
    )
    told = Route("GET", "/metrics", partial(metrics.answer, counted), Who.LOCAL, PLAIN, action=Action.METRICS)
    paths = [*_paths(service, "/fhir", fhir), *_paths(service, "", PLAIN_ROUTES)]
    paths += _paths(everybody, "", PUBLIC_ROUTES)
    paths += _paths(entrance, "", SIGN_IN_ROUTES)
    paths += _paths(office, "", OFFICE_ROUTES)
    paths += _paths(statistics, "", STATISTICS_ROUTES)
    paths += _paths(scrape, "", (told,))
    # No pattern of a path takes everything: a line break in it is none of its characters.
    unknown = Endpoint(service, (), "unknown")
    # A router alone: the frame answers every fault itself, and a Starlette application around it would look for them too.
    return Router(paths, redirect_slashes=False, default=unknown)


def _metadata(call: Call) -> Reply:
    return Reply(capability(FHIR_ROUTES, call.base, call.now))


def _paths(service: Service, prefix: str, routes: Sequence[Route]) -> Iterator[BaseRoute]:
    """One endpoint for each path with all its methods; fixed paths go before those with an id in them."""
    templates = sorted({route.path for route in routes}, key=lambda path: ("{" in path, path))
    for template in templates:
        own = [route for route in routes if route.path == template]
        yield Path(prefix + template, Endpoint(service, own, prefix + template))
