"""The booking region without a network: what a patient does at a terminal, and a worker of notices turned by hand."""

from collections.abc import Iterator, Sequence
from typing import Any

from booking_region import DAYS, moment, new_identifier, own, parameters, period
from running_registry import Clock
from sqlalchemy import select, update
from tiny_region import Person

from kiosk.central import bookings, identity, lapsing, schema, waiting
from kiosk.central.call import Call, Caller, Reply
from kiosk.central.contacts import Contact, to_store
from kiosk.central.notices import deliveries
from kiosk.central.notices.deliveries import Due, Ending, Outcome
from kiosk.central.notices.settings import Notices
from kiosk.central.notices.worker import Worker
from kiosk.central.store import Store
from kiosk.ticket import Ticket

ACCEPTED = Outcome(Ending.ACCEPTED, "ok")


class Box:
    """A way to one system; it keeps what came, and ends as the test has said."""

    def __init__(self, way: str) -> None:
        self.way = way
        self.came: list[Due] = []
        self.tickets: list[Ticket | None] = []
        self.outcomes: Iterator[Outcome] = iter(())

    def send(self, due: Due, ticket: Ticket | None) -> Outcome:
        self.came.append(due)
        self.tickets.append(ticket)
        return next(self.outcomes, ACCEPTED)

    def will(self, *endings: Ending) -> None:
        """What the next attempts end with; after them all is accepted."""
        self.outcomes = iter([Outcome(ending, ending.value) for ending in endings])

    @property
    def kinds(self) -> list[str]:
        return [due.said.kind for due in self.came]


class Bench:
    """A registry's store, terminals before it, and its worker."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock
        self.mail, self.sms = Box("email"), Box("phone")
        self.worker = self.another_worker()
        identity.enroll(store, "lobby", clock.now)
        with store.read() as connection:
            self._terminal = connection.execute(select(schema.terminal.c.id)).scalar_one()

    def another_worker(self, **settings: Any) -> Worker:
        return Worker(self.store, Notices(**settings), (self.mail, self.sms), self.clock)

    # --- at the terminal

    def book(self, person: Person, id: str, identifier: str = "") -> dict[str, Any]:
        return self._sent(person, id=id, status="pending", identifier=own(identifier or new_identifier()))

    def move(self, person: Person, booking: dict[str, Any], target: str) -> dict[str, Any]:
        start = int(target.split(".")[-2], 16)
        times = {"start": moment(start), "end": moment(start + 900)}
        slot = [{"reference": f"Slot/{target}"}]
        return self._sent(person, id=booking["id"], meta=booking["meta"], status="booked", slot=slot, **times)

    def cancel(self, person: Person, id: str) -> dict[str, Any]:
        return self._sent(person, id=id, status="cancelled")

    def take_back(self, identifier: str) -> Reply:
        wish = {"resourceType": "Appointment", "status": "cancelled", "identifier": own(identifier)}
        return bookings.book(self._call("", wish))

    def wait(self, person: Person) -> dict[str, Any]:
        wish = {
            "resourceType": "Appointment",
            "status": "waitlist",
            "identifier": own(new_identifier()),
            "requestedPeriod": [period(0, DAYS)],
            "participant": [
                {"actor": {"reference": "HealthcareService/s-therapist"}, "status": "needs-action"}
            ],
        }
        return waiting.join(self._call(person.id, wish, plain=True)).body

    def _sent(self, person: Person, **wish: Any) -> dict[str, Any]:
        body = bookings.book(self._call(person.id, {"resourceType": "Appointment", **wish})).body
        return body["entry"][0]["resource"]

    def _call(self, patient_id: str, resource: dict[str, Any], *, plain: bool = False) -> Call:
        body = resource if plain else parameters({"name": "appointment-resource", "resource": resource})
        caller = Caller(self._terminal, patient_id)
        return Call(self.store, caller, self.clock.now, "ru", "http://127.0.0.1/fhir", body=body)

    def has_contacts(self, person: Person, *contacts: Contact) -> None:
        change = update(schema.patient).where(schema.patient.c.id == person.id)
        self.store.write(lambda connection: connection.execute(change.values(telecom=to_store(contacts))))

    # --- at the worker

    def work(self) -> None:
        """Plan, twice since what is reminded of is told in the next round, and make every attempt that is due."""
        self.worker.plan()
        self.worker.plan()
        for box in (self.mail, self.sms):
            while self.worker.attempt(box) is not None:
                pass

    def later(self, seconds: int) -> None:
        """Let time pass, and do what is due then."""
        self.clock.forward(seconds)
        lapsing.look(self.store, self.clock.now)
        self.work()

    def claim(self, way: str = "email") -> Due | None:
        """Begin an attempt and never end it: its worker dies."""
        return deliveries.claim(self.store, way, self.clock.now, deliveries.Patience(150, 24 * 3600))

    def rows(self, table: Any, *columns: Any) -> Sequence[Any]:
        with self.store.read() as connection:
            return connection.execute(select(*columns or (table,)).select_from(table)).all()

    def states(self) -> list[tuple[str, str]]:
        """Kind and state of every delivery, in order of the kinds."""
        joined = schema.delivery.join(schema.notice)
        return sorted(tuple(row) for row in self.rows(joined, schema.notice.c.kind, schema.delivery.c.state))
