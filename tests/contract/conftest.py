"""One demo region a run, copied for each module; its server, its terminals, its people."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from contract_people import Person, Region, Service, extension
from contract_process import Database, Server, serving
from contract_wire import Terminal, Visitor, Wire
from databases import Databases, once

TERMINALS = 8


@pytest.fixture(scope="session")
def template(databases: Databases, shared: Path) -> Database:
    """A demo database (section 13), beside it its terminals' credentials and the region as read; made once a run."""
    folder = shared / "contract-template"
    return Database(once(folder, partial(make_template, databases)), folder)


def make_template(databases: Databases, folder: Path) -> str:
    database = Database(databases.new(folder), folder)
    database.must("init", "--demo")
    credentials = database.enroll_many([f"contract-{number}" for number in range(TERMINALS)])
    (folder / "terminals.json").write_text(json.dumps(credentials))
    text = json.dumps(read_region(database.copy(databases, folder / "read"), credentials))
    (folder / "region.json").write_text(text)
    return database.url


def read_region(database: Database, credentials: list[str]) -> dict[str, Any]:
    """Directory and people through the API, as JSON; on a copy, since failed identifications are counted."""
    with serving(database) as server:
        wire = Wire(server.base)
        terminal = Terminal(wire, credentials[0])
        region: dict[str, Any] = {
            kind: terminal.everything(kind)
            for kind in ("Location", "Organization", "HealthcareService", "PractitionerRole")
        }
        region["Practitioner"] = practitioners(terminal)
        people = database.patients()
        region["people"] = [{**person, "record": record_of(terminal, person)} for person in people]
        wire.close()
    return region


def practitioners(terminal: Terminal) -> list[Any]:
    first = terminal.get("PractitionerRole", _count=200, _include="PractitionerRole:practitioner")
    found = [resource for page in terminal.pages(first) for resource in page.included()]
    return list({resource["id"]: resource for resource in found}.values())


def record_of(terminal: Terminal, person: dict[str, str]) -> Any:
    if person["situation"] == "unknown":
        return {}
    plain = Person(**{key: person[key] or "" for key in FIELDS}, record={})
    visitor = terminal.sign_in(plain, document=bool(plain.document_number))
    return visitor.get(f"Patient/{visitor.patient}").ok().body


FIELDS = ("situation", "name", "policy_number", "birth_date", "document_number")


@pytest.fixture(scope="session")
def region(template: Database) -> Region:
    """Directory and people of the demo, the same for every module."""
    read = json.loads((template.folder / "region.json").read_text())
    accepting = {
        facility["id"] for facility in read["Organization"] if extension(facility, "newcomers") is True
    }
    services = tuple(
        Service(service, service["providedBy"]["reference"].rpartition("/")[2] in accepting)
        for service in read["HealthcareService"]
    )
    people = tuple(
        Person(**{key: person[key] or "" for key in FIELDS}, record=person["record"])
        for person in read["people"]
    )
    return Region(
        tuple(read["Location"]),
        tuple(read["Organization"]),
        services,
        tuple(read["PractitionerRole"]),
        tuple(read["Practitioner"]),
        people,
        datetime.now(UTC).date(),
    )


@pytest.fixture(scope="module")
def server(
    databases: Databases, template: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A server of this module alone on its copy of the demo."""
    folder = tmp_path_factory.mktemp("registry")
    database = template.copy(databases, folder)
    with serving(database) as running:
        yield running
    databases.drop(database.url)


@pytest.fixture(scope="module")
def wire(server: Server) -> Iterator[Wire]:
    wire = Wire(server.base)
    yield wire
    wire.close()


@pytest.fixture(scope="module")
def credentials(template: Database) -> list[str]:
    found: list[str] = json.loads((template.folder / "terminals.json").read_text())
    return found


@pytest.fixture(scope="module")
def terminals(wire: Wire, credentials: list[str]) -> list[Terminal]:
    return [Terminal(wire, credential) for credential in credentials]


@pytest.fixture
def terminal(terminals: list[Terminal]) -> Terminal:
    """The terminal at which a test takes place."""
    return terminals[0]


@pytest.fixture
def other(terminals: list[Terminal]) -> Terminal:
    """Another terminal."""
    return terminals[1]


@pytest.fixture(scope="session")
def service(region: Region) -> Service:
    """The specialty at the facility that at least 40 adults may book (section 13)."""
    return region.common_service()


@pytest.fixture(scope="module")
def fresh_adults(region: Region, service: Service) -> Iterator[Person]:
    """Adults who may book `service` and have done nothing yet in this module's database."""
    return iter(region.allowed(service))


@pytest.fixture
def adult(fresh_adults: Iterator[Person]) -> Person:
    return next(fresh_adults)


@pytest.fixture
def another(fresh_adults: Iterator[Person], adult: Person) -> Person:
    """A second fresh adult; taken after the first."""
    return next(fresh_adults)


@pytest.fixture
def visitor(terminal: Terminal, adult: Person) -> Visitor:
    """A fresh adult signed in at the terminal."""
    return terminal.sign_in(adult)


@pytest.fixture
def stranger(other: Terminal, another: Person) -> Visitor:
    """Another adult at another terminal."""
    return other.sign_in(another)


@pytest.fixture(scope="module")
def anybody(terminals: list[Terminal], fresh_adults: Iterator[Person]) -> Visitor:
    """An adult at a terminal of their own, for tests that change nothing."""
    return terminals[3].sign_in(next(fresh_adults))


@pytest.fixture(scope="module")
def times(terminals: list[Terminal], service: Service) -> Iterator[Any]:
    """Free times of `service`, each given once, no two of them overlapping where the doctors allow it."""
    wish = {"organization": {"reference": f"Organization/{service.facility}"}, "specialty": service.specialty}
    first = terminals[2].find(**wish, _count=200)
    proposals = [proposal for page in terminals[2].pages(first) for proposal in page.matches()]
    return apart(proposals)


def apart(proposals: list[Any]) -> Iterator[Any]:
    """One proposal for each start, in order."""
    return iter({proposal["start"]: proposal for proposal in proposals}.values())
