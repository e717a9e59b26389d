"""Patient A reaches nothing of patient B by any request there is (R39, R40; api.md sections 1, 6, 7, 8 and 10).

The table has a line for every registered route: what A tries, or why nothing of a patient is to be had there. A new route
without a line fails.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import tiny_region
from booking_region import Hall, Terminal, free_id, new_identifier, only, parameters
from running_registry import Clock, Registry, running
from sqlalchemy import or_, select
from test_waiting_list import SERVICE, joined, told
from tiny_region import ANNA, PAVEL

from kiosk.central import app, identity, offers, schema
from kiosk.central.call import Route, Who
from kiosk.central.public.routes import ROUTES as PUBLIC_ROUTES
from kiosk.central.staff.office import ROUTES as OFFICE_ROUTES
from kiosk.central.staff.sign_in import ROUTES as SIGN_IN_ROUTES
from kiosk.central.statistics.routes import ROUTES as STATISTICS_ROUTES
from kiosk.central.store import Store

ROUTES = (
    *app.FHIR_ROUTES,
    *app.PLAIN_ROUTES,
    *PUBLIC_ROUTES,
    *SIGN_IN_ROUTES,
    *OFFICE_ROUTES,
    *STATISTICS_ROUTES,
)
THERAPIST, SURGEON, HELD = free_id("r-therapist", 1), free_id("r-approved", 2), free_id("r-second", 3)
KEPT = free_id("r-discreet", 5, generation=1)
FREE = free_id("r-therapist", 6)
PATCH = {"Content-Type": "application/json-patch+json", "If-Match": "*"}


@dataclass(frozen=True)
class Two:
    """A's terminal with A's token, and everything of B by which B's things can be named."""

    registry: Registry
    a: Terminal
    b: Terminal
    booking: dict[str, Any]
    request: dict[str, Any]
    entry: dict[str, Any]
    message: dict[str, Any]
    identifier: str
    next_appointments: str
    next_messages: str

    def appointments(self, ask: Callable[..., httpx.Response]) -> list[tuple[httpx.Response, int]]:
        """Everything by which a search of Appointments could name B's; nothing is found, or it is not there."""
        b, id = f"Patient/{PAVEL.id}", self.booking["id"]
        uuid, ticket, code = (one["value"] for one in self.booking["identifier"])
        found_nothing = [
            *({"patient": ANNA.id, "identifier": value} for value in (uuid, ticket, code)),
            {"patient": ANNA.id, "_id": id},
            {"patient": ANNA.id, "status": "waitlist", "_id": self.entry["id"]},
            {"identifier": f"urn:ietf:rfc:3986|{uuid}"},
            {"_id": id},
        ]
        refused = [
            ({"patient": b}, 404),
            ({"patient": b, "status": "waitlist"}, 404),
            ([("patient", ANNA.id), ("patient", PAVEL.id)], 404),
            ({"identifier": ticket}, 400),
            ({}, 400),
        ]
        return [(ask(query), 200) for query in found_nothing] + [
            (ask(query), status) for query, status in refused
        ]

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self.registry.post(path, token=self.a.token, **options)

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.registry.get(path, token=self.a.token, **options)

    def patch(self, path: str, body: Any) -> httpx.Response:
        return self.registry.patch(path, token=self.a.token, json=body, headers=PATCH)


@pytest.fixture(scope="module")
def two(module_booking_store: Store) -> Iterator[Two]:
    """B has a booking, a request, a wait with a time kept for it, a held time and messages."""
    store, clock = module_booking_store, Clock(tiny_region.NOW)
    with running(store, clock, identity.enroll(store, "lobby", clock.now)) as registry:
        yield _met(Hall(registry))


def _met(hall: Hall) -> Two:
    c = hall.terminal("third").identified(tiny_region.TWIN)
    b = hall.terminal("second").identified(PAVEL)
    identifier = new_identifier()
    booking = only(b.book(THERAPIST, identifier))
    request = only(b.book(SURGEON))
    entry = joined(b.wait("HealthcareService/s-f1-venereologist"))
    only(c.cancel(only(c.book(free_id("r-discreet", 5)))["id"]))
    only(b.anonymous().hold(HELD))
    (message, *_) = told(b, PAVEL.id)
    pages = [
        b.get("Appointment", patient=PAVEL.id, _count=1).json(),
        b.get("Communication", recipient=PAVEL.id, _count=1).json(),
    ]
    following = [next(link["url"] for link in page["link"] if link["relation"] == "next") for page in pages]
    return Two(
        registry=hall.registry,
        a=hall.terminal("lobby").identified(ANNA),
        b=b,
        booking=booking,
        request=request,
        entry=entry,
        message=message,
        identifier=identifier,
        next_appointments=following[0].partition("/fhir/")[2],
        next_messages=following[1].partition("/fhir/")[2],
    )


# --- what A tries ------------------------------------------------------------------------------------------------

Tries = list[tuple[httpx.Response, int]]


def read(two: Two) -> Tries:
    ids = (two.booking["id"], two.request["id"], two.entry["id"], KEPT, HELD)
    return [(two.get(f"/fhir/Appointment/{id}"), 404) for id in ids]


def search(two: Two) -> Tries:
    return [
        *two.appointments(lambda query: two.get("/fhir/Appointment", params=query)),
        (two.get(f"/fhir/{two.next_appointments}"), 404),
    ]


def search_by_post(two: Two) -> Tries:
    def ask(query: Any) -> httpx.Response:
        pairs = query.items() if isinstance(query, dict) else query
        content = "&".join(f"{name}={value}" for name, value in pairs)
        return two.post(
            "/fhir/Appointment/_search",
            content=content,
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )

    return two.appointments(ask)


def wait_for(two: Two) -> Tries:
    actors = [{"reference": SERVICE}, {"reference": f"Patient/{PAVEL.id}"}]
    return [(two.a.wait(participant=[{"actor": actor, "status": "needs-action"} for actor in actors]), 404)]


def hold(two: Two) -> Tries:
    taken = [(two.a.hold(id), 409) for id in (two.booking["id"], two.request["id"], HELD, KEPT)]
    return [*taken, (two.a.hold(FREE, replaces=two.booking["id"]), 404)]


def book(two: Two) -> Tries:
    a, version = two.a, {"meta": {"versionId": two.booking["meta"]["versionId"]}}
    b = [{"actor": {"reference": f"Patient/{PAVEL.id}"}, "status": "accepted"}]
    ids = (two.booking["id"], two.request["id"], two.entry["id"])
    return [
        *((a.book(id), 409) for id in (two.booking["id"], two.request["id"], HELD, KEPT)),
        (a.book(FREE, participant=b), 404),
        (a.move(two.booking, FREE), 404),
        (a.move(two.request, free_id("r-approved", 6)), 404),
        *((a.cancel(id), 404) for id in ids),
        (a.cancel(two.booking["id"], **version), 404),
        (a.anonymous().cancel(HELD), 404),
        *((a.anonymous().cancel(id), 404) for id in ids),
        (a.take_back(two.identifier), 200),
        (a.anonymous().take_back(two.identifier), 200),
    ]


def patient(two: Two) -> Tries:
    return [(two.get(f"/fhir/Patient/{PAVEL.id}"), 404)]


def change_contacts(two: Two) -> Tries:
    return [(two.patch(f"/fhir/Patient/{PAVEL.id}", [{"op": "remove", "path": "/telecom"}]), 404)]


def confirm(two: Two) -> Tries:
    path = f"/fhir/Patient/{PAVEL.id}/$confirm-contact"
    bodies = (parameters(), parameters({"name": "code", "valueString": "000000"}))
    return [(two.post(path, json=body), 404) for body in bodies]


def staff_only(two: Two) -> Tries:
    """Only staff look for patients."""
    return [(two.get("/fhir/Patient"), 403)]


def staff_only_by_post(two: Two) -> Tries:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return [(two.post("/fhir/Patient/_search", content="", headers=headers), 403)]


def staffs(route: Route) -> Callable[[Two], Tries]:
    """What is for staff alone is not for A."""

    def tries(two: Two) -> Tries:
        ask, rest = two.registry.request, {"login": PAVEL.id, "date": "2026-03-03", "specialty": "therapist"}
        return [
            (ask(route.method, route.path.format(id=id, **rest), token=token, json={}), 403)
            for id in (PAVEL.id, two.booking["id"], "r-therapist")
            for token in (two.a.token, two.a.credential)
        ]

    return tries


def match(two: Two) -> Tries:
    return [(two.post("/fhir/Patient/$match", json=parameters()), 403)]


def messages(two: Two) -> Tries:
    asked = ({"recipient": PAVEL.id}, {"recipient": f"Patient/{PAVEL.id}", "_sort": "sent"})
    tries = [(two.get("/fhir/Communication", params=query), 404) for query in asked]
    return [*tries, (two.get(f"/fhir/{two.next_messages}"), 404), (two.get("/fhir/Communication"), 400)]


def messages_by_post(two: Two) -> Tries:
    return [(two.post("/fhir/Communication/_search", data={"recipient": PAVEL.id}), 404)]


def receive(two: Two) -> Tries:
    received = [{"op": "add", "path": "/received", "value": "2026-03-02T09:00:00+03:00"}]
    return [(two.patch(f"/fhir/Communication/{two.message['id']}", received), 404)]


def revoke(two: Two) -> Tries:
    """Told 200 always; B's token goes on, which is looked at with the rest."""
    form = {"token": two.b.token}
    return [(two.post("/auth/revoke", data=form), 200), (two.registry.post("/auth/revoke", data=form), 200)]


def identify(two: Two) -> Tries:
    """Who knows B's papers is B; what is not known to be B's says nothing of B."""
    papers = {"policy_number": PAVEL.policy_number, "birth_date": ANNA.birth_date}
    return [(two.registry.identify(token=two.a.credential, **papers), 400)]


TABLE: dict[tuple[str, str], Callable[[Two], Tries] | str] = (
    {
        ("GET", "/Appointment/{id}"): read,
        ("GET", "/Appointment"): search,
        ("POST", "/Appointment/_search"): search_by_post,
        ("POST", "/Appointment"): wait_for,
        ("POST", "/Appointment/$hold"): hold,
        ("POST", "/Appointment/$book"): book,
        ("GET", "/Patient/{id}"): patient,
        ("PATCH", "/Patient/{id}"): change_contacts,
        ("POST", "/Patient/{id}/$confirm-contact"): confirm,
        ("GET", "/Patient"): staff_only,
        ("POST", "/Patient/_search"): staff_only_by_post,
        ("POST", "/Patient/$match"): match,
        ("GET", "/Communication"): messages,
        ("POST", "/Communication/_search"): messages_by_post,
        ("PATCH", "/Communication/{id}"): receive,
        ("POST", "/auth/revoke"): revoke,
        ("POST", "/auth/token"): identify,
        ("POST", "/terminal/events"): "takes, and tells nothing",
        ("GET", "/health"): "knows nobody",
    }
    | {
        (route.method, route.path): "free and busy times alone"
        for route in ROUTES
        if route.path in ("/Appointment/$find", "/Appointment/$found", "/PractitionerRole/$availability")
        or route.path.startswith("/public/")
    }
    | {(route.method, route.path): "counts, without a person" for route in STATISTICS_ROUTES}
    | {(route.method, route.path): "knows no patient" for route in SIGN_IN_ROUTES}
    | {(route.method, route.path): staffs(route) for route in (*OFFICE_ROUTES, *app.STAFF_ROUTES)}
)
#: What the directory has: clinics and those who work there.
DIRECTORY = ("Location", "Organization", "HealthcareService", "PractitionerRole", "Practitioner")


def is_directory(route: Route) -> bool:
    """Reads and searches of what anybody may know."""
    return route.path.split("/")[1] in DIRECTORY and route.interaction in ("read", "search-type")


def lines() -> list[Any]:
    tried = [(key, tries) for key, tries in TABLE.items() if callable(tries)]
    return [pytest.param(tries, id=" ".join(key)) for key, tries in tried]


def test_every_route_has_a_line() -> None:
    routes = {(route.method, route.path) for route in ROUTES if not is_directory(route)}
    assert routes == TABLE.keys()
    tried = {key for key, tries in TABLE.items() if callable(tries)}
    for_patients = {(route.method, route.path) for route in ROUTES if route.who in (Who.PATIENT, Who.STAFF)}
    assert for_patients <= tried, "what a patient's token opens is tried"


@pytest.mark.parametrize("tries", lines())
def test_nothing_of_another_is_reached(two: Two, tries: Callable[[Two], Tries]) -> None:
    before = belongings(two)
    assert len([row for rows in before.values() for row in rows]) > 20
    secrets = words_of(two)
    for answer, status in tries(two):
        assert answer.status_code == status, answer.text
        assert not [word for word in secrets if word in answer.text]
        if status == 200 and answer.content:
            assert answer.json()["total"] == 0
    assert belongings(two) == before
    assert two.b.get(f"Patient/{PAVEL.id}").status_code == 200, "B's token goes on"


def belongings(two: Two) -> dict[str, list[Any]]:
    """Every row that is B's."""
    ids = [two.booking["id"], two.request["id"], two.entry["id"], HELD, KEPT]
    mine = {
        schema.patient: schema.patient.c.id == PAVEL.id,
        schema.appointment: schema.appointment.c.patient_id == PAVEL.id,
        schema.waiting: schema.waiting.c.patient_id == PAVEL.id,
        schema.offer: schema.offer.c.state == offers.OPEN,
        schema.message: schema.message.c.patient_id == PAVEL.id,
        schema.notice: schema.notice.c.patient_id == PAVEL.id,
        schema.request: schema.request.c.patient_id == PAVEL.id,
        schema.hold: schema.hold.c.appointment == HELD,
        schema.claim: or_(schema.claim.c.appointment.in_(ids), schema.claim.c.resource.contains(PAVEL.id)),
    }
    with two.registry.store.read() as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(select(table).where(condition))), key=str)
            for table, condition in mine.items()
        }


def words_of(two: Two) -> set[str]:
    """What would tell something of B: names, papers, addresses, messages, numbers of tickets."""
    with two.registry.store.read() as connection:
        row = connection.execute(select(schema.patient).where(schema.patient.c.id == PAVEL.id)).one()
        texts = connection.scalars(
            select(schema.message.c.text).where(schema.message.c.patient_id == PAVEL.id)
        ).all()
    codes = [one["value"] for thing in (two.booking, two.request, two.entry) for one in thing["identifier"]]
    masks = [point["value"] for point in two.b.get(f"Patient/{PAVEL.id}").json().get("telecom", ())]
    people = [
        row.last_name,
        row.first_name,
        row.patronymic,
        row.policy_number,
        row.birth_date,
        row.document_number,
    ]
    return {word for word in (*people, *texts, *codes, *masks) if word}
