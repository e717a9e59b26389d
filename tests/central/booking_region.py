"""The tiny region with times to book, and what terminals do with them; every answer is validated as FHIR R4.

Every doctor has twelve times of 15 minutes a day from 10:00 local, from Monday the 2nd of March to Sunday the 15th.
"""

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import fhirkit
import httpx
import tiny_region
from running_registry import Registry
from sqlalchemy import Connection, insert, select, update

from kiosk.central import schema
from kiosk.central.proposals import proposal_id

MOSCOW, URALS = "Europe/Moscow", "Asia/Yekaterinburg"
MONDAY = tiny_region.MONDAY
DAYS = 14
TIMES_A_DAY = 12
MINUTE, HOUR, DAY = 60, 3600, 24 * 3600

#: role id: (facility, specialty, profile, what its service has beyond the usual)
ROLES: dict[str, tuple[str, str, str, dict[str, Any]]] = {
    "r-second": ("f1", "therapist", "therapist", {}),
    "r-family": ("f1", "family", "therapist", {}),
    "r-child": ("f1", "paediatrician", "paediatrician", {"age_max": 17}),
    "r-women": ("f1", "gynaecologist", "gynaecologist", {"sex": "female", "age_min": 18}),
    "r-approved": ("f1", "surgeon", "surgeon", {"approval": True}),
    "r-desk": ("f1", "tomograph", "tomograph", {"online": "no"}),
    "r-discreet": ("f1", "venereologist", "venereologist", {"discreet": True}),
    "r-urals": ("f2", "therapist", "therapist", {}),
}


def fill(connection: Connection) -> None:
    """Everything but terminals: `r-therapist` and `r-cardiologist` (dispensary) are the tiny region's."""
    tiny_region.fill(connection)
    connection.execute(update(schema.facility).where(schema.facility.c.id == "f2").values(zone=URALS))
    connection.execute(
        update(schema.patient).where(schema.patient.c.id == tiny_region.PAVEL.id).values(sex="male")
    )
    for id, (facility, code, profile, more) in ROLES.items():
        _fill_role(connection, id, facility, code, profile, more)
    for id in ("r-therapist", "r-cardiologist", *ROLES):
        zone = URALS if id == "r-urals" else MOSCOW
        connection.execute(
            insert(schema.slot), [_slot(id, zone, number) for number in range(DAYS * TIMES_A_DAY)]
        )


def _fill_role(
    connection: Connection, id: str, facility: str, code: str, profile: str, more: dict[str, Any]
) -> None:
    service_id = f"s-{facility}-{code}" if id != "r-second" else "s-therapist"
    known = select(schema.specialty.c.code).where(schema.specialty.c.code == code)
    if connection.execute(known).first() is None:
        row = tiny_region._specialty(code, code.capitalize()) | {"profile_code": profile}
        connection.execute(insert(schema.specialty).values(row))
    if id != "r-second":
        usual = tiny_region._service(code) | {"online": "yes"}
        connection.execute(
            insert(schema.service).values(usual | {"id": service_id, "facility_id": facility} | more)
        )
    doctor = tiny_region._practitioner(code) | {
        "id": f"d-{id}",
        "last_name": id.removeprefix("r-").capitalize(),
    }
    connection.execute(insert(schema.practitioner).values(doctor))
    row = tiny_region._role(code) | {
        "id": id,
        "practitioner_id": f"d-{id}",
        "facility_id": facility,
        "service_id": service_id,
    }
    connection.execute(insert(schema.role).values(row))


def _slot(role_id: str, zone: str, number: int) -> dict[str, Any]:
    day = MONDAY + timedelta(days=number // TIMES_A_DAY)
    start = at(day, 10, number % TIMES_A_DAY * 15, zone)
    return {
        "role_id": role_id,
        "start": start,
        "end": start + 15 * MINUTE,
        "day": day.toordinal(),
        "generation": 0,
    }


def at(day: date, hour: int, minute: int = 0, zone: str = MOSCOW) -> int:
    """The instant of a local time."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
    return int((midnight + timedelta(hours=hour, minutes=minute)).timestamp())


def free_id(role_id: str, day: int, number: int = 0, generation: int = 0) -> str:
    """The id of a doctor's time: the day counts from Monday, the number from 0 at 10:00."""
    zone = URALS if role_id == "r-urals" else MOSCOW
    start = at(MONDAY + timedelta(days=day), 10, number * 15, zone)
    return proposal_id(role_id, start, generation)


def valid(resource: dict[str, Any]) -> dict[str, Any]:
    """The resource, after an independent R4 validator has found nothing."""
    assert fhirkit.validate(resource) == []
    for entry in resource.get("entry", ()):
        valid(entry["resource"])
    return resource


def only(answer: httpx.Response) -> dict[str, Any]:
    """The one Appointment of a searchset with `total` 1 (api.md, Answers)."""
    assert answer.status_code == 200, answer.text
    bundle = valid(answer.json())
    assert (bundle["type"], bundle["total"], len(bundle["entry"])) == ("searchset", 1, 1)
    assert bundle["entry"][0]["search"]["mode"] == "match"
    return bundle["entry"][0]["resource"]


def ids(answer: httpx.Response) -> list[str]:
    """The ids of the Appointments of a searchset."""
    assert answer.status_code == 200, answer.text
    bundle = valid(answer.json())
    return [
        entry["resource"]["id"] for entry in bundle.get("entry", ()) if entry["search"]["mode"] == "match"
    ]


def refused(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a refusal, which is a bare OperationOutcome."""
    outcome = valid(answer.json())
    assert outcome["resourceType"] == "OperationOutcome", answer.text
    issue = outcome["issue"][0]
    assert issue["severity"] == "error"
    return answer.status_code, issue["details"]["coding"][0]["code"]


def new_identifier() -> str:
    return f"urn:uuid:{uuid.uuid4()}"


def parameters(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Parameters", "parameter": list(parts)}


@dataclass
class Terminal:
    """A terminal before the registry, and the patient whose token it has ('' while anonymous)."""

    registry: Registry
    credential: str
    token: str = ""

    def identified(self, person: tiny_region.Person) -> "Terminal":
        """The same terminal with a patient's token (an earlier one ends)."""
        return Terminal(self.registry, self.credential, self.registry.sign_in(person, token=self.credential))

    def anonymous(self) -> "Terminal":
        """The same terminal with its own credential alone."""
        return Terminal(self.registry, self.credential)

    @property
    def bearer(self) -> str:
        return self.token or self.credential

    def post(self, operation: str, *parts: dict[str, Any], **query: Any) -> httpx.Response:
        path = f"/fhir/Appointment/{operation}"
        return self.registry.post(path, token=self.bearer, json=parameters(*parts), params=query)

    def get(self, path: str, **query: Any) -> httpx.Response:
        return self.registry.get(f"/fhir/{path}", token=self.bearer, params=query)

    def find(self, start: int, end: int, *parts: dict[str, Any], **query: Any) -> httpx.Response:
        bounds = [{"name": n, "valueDateTime": moment(v)} for n, v in (("start", start), ("end", end))]
        return self.post("$find", *bounds, *parts, **query)

    def hold(self, id: str, replaces: str = "") -> httpx.Response:
        parts = [{"name": "appointment-reference", "valueReference": {"reference": f"Appointment/{id}"}}]
        if replaces:
            parts.append({"name": "replaces", "valueReference": {"reference": f"Appointment/{replaces}"}})
        return self.post("$hold", *parts)

    def send(self, **wish: Any) -> httpx.Response:
        """`$book` with an Appointment made of these elements, whatever they are."""
        resource = {"resourceType": "Appointment", **wish}
        return self.post("$book", {"name": "appointment-resource", "resource": resource})

    def book(self, id: str, identifier: str = "", **more: Any) -> httpx.Response:
        return self.send(id=id, status="pending", identifier=own(identifier or new_identifier()), **more)

    def move(self, booking: dict[str, Any], target: str, **more: Any) -> httpx.Response:
        """Move to the time with this free id, as a terminal does that has seen both."""
        start = int(target.split(".")[-2], 16)
        wish = {
            "id": booking["id"],
            "meta": {"versionId": booking["meta"]["versionId"]},
            "status": "booked",
            "slot": [{"reference": f"Slot/{target}"}],
            "start": moment(start),
            "end": moment(start + 15 * MINUTE),
        }
        return self.send(**wish | more)

    def cancel(self, id: str, **more: Any) -> httpx.Response:
        return self.send(id=id, status="cancelled", **more)

    def wait(
        self, target: str = "HealthcareService/s-therapist", made: str = "", **more: Any
    ) -> httpx.Response:
        """`POST Appointment`: wait for a service or a doctor from now to the end of the fourteen days."""
        wish = {
            "resourceType": "Appointment",
            "status": "waitlist",
            "identifier": own(made or new_identifier()),
            "requestedPeriod": [period(0, DAYS)],
            "participant": [{"actor": {"reference": target}, "status": "needs-action"}],
        }
        return self.registry.post("/fhir/Appointment", token=self.bearer, json={**wish, **more})

    def take_back(self, identifier: str) -> httpx.Response:
        """Cancel by identifier (section 8)."""
        return self.send(status="cancelled", identifier=own(identifier))


def own(identifier: str) -> list[dict[str, str]]:
    """The identifier element that a terminal sends."""
    return [{"system": "urn:ietf:rfc:3986", "value": identifier}]


def period(first: int, after: int) -> dict[str, str]:
    """From the beginning of one day to the beginning of another, counted from Monday."""
    days = (MONDAY + timedelta(days=number) for number in (first, after))
    return dict(zip(("start", "end"), (moment(at(day, 0)) for day in days), strict=True))


def moment(instant: int) -> str:
    return datetime.fromtimestamp(instant, ZoneInfo(MOSCOW)).isoformat()


@dataclass
class Hall:
    """A registry and the terminals before it."""

    registry: Registry
    _known: dict[str, Terminal] = field(default_factory=dict)

    def terminal(self, name: str = "lobby") -> Terminal:
        """The terminal of this name, enrolled when it is first asked for."""
        if name not in self._known:
            first = name == "lobby"
            credential = self.registry.credential if first else self.registry.enroll(name)
            self._known[name] = Terminal(self.registry, credential)
        return self._known[name]
