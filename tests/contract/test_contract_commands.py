"""api.md section 13: the commands, their exit statuses, and what the demo data always have."""

import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from contract_people import Region, Service, extension
from contract_process import ROOT, Database, Server, serving
from contract_wire import Terminal, Wire, instant, reference
from databases import Databases

Json = Any
SITUATIONS = {
    "adult",
    "child",
    "same-policy-and-birth-date",
    "dispensary",
    "no-attachment",
    "no-card",
    "newcomer",
    "cabinet",
    "unknown",
}


@pytest.fixture(scope="module")
def plain(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Database:
    """A registry without the demo region."""
    folder = tmp_path_factory.mktemp("plain")
    database = Database(databases.new(folder), folder)
    database.must("init")
    return database


@pytest.fixture(scope="module")
def plain_server(plain: Database) -> Iterator[Server]:
    with serving(plain) as server:
        yield server


@pytest.fixture(scope="module")
def plain_wire(plain_server: Server) -> Iterator[Wire]:
    wire = Wire(plain_server.base)
    yield wire
    wire.close()


def demo_credential() -> str:
    settings = tomllib.loads((ROOT / "config" / "demo.toml").read_text("utf-8"))
    return str(settings["registry"]["credential"])


class TestInit:
    def test_refuses_what_is_not_empty(self, plain: Database) -> None:
        for arguments in ([], ["--demo"]):
            done = plain.run("init", *arguments)
            assert done.returncode == 1
            assert done.stderr.strip()
            assert "Traceback" not in done.stderr

    def test_makes_an_empty_region(self, plain_wire: Wire, plain: Database) -> None:
        terminal = Terminal(plain_wire, plain.enroll("first"))
        for kind in ("Location", "Organization", "HealthcareService", "PractitionerRole"):
            assert terminal.get(kind).total == 0
        assert terminal.find().total == 0
        assert len(terminal.find().outcomes()) == 1


class TestTerminals:
    def test_enroll_prints_the_credential_alone(self, plain: Database, plain_wire: Wire) -> None:
        """It works at once, without a restart."""
        printed = plain.must("enroll", "lobby")
        assert printed == printed.strip() + "\n"
        assert " " not in printed.strip()
        assert len(printed.strip()) >= 20
        Terminal(plain_wire, printed.strip()).get("Organization").ok()

    def test_every_credential_is_another(self, plain: Database) -> None:
        assert plain.enroll("left") != plain.enroll("right")

    def test_a_name_is_given_once(self, plain: Database) -> None:
        plain.enroll("twice")
        done = plain.run("enroll", "twice")
        assert done.returncode == 1
        assert done.stderr.strip()
        assert "Traceback" not in done.stderr

    def test_list_names_them_without_credentials(self, plain: Database) -> None:
        credential = plain.enroll("listed")
        printed = plain.must("list")
        assert "listed" in printed
        assert credential not in printed

    def test_revoked_is_401(self, plain: Database, plain_wire: Wire) -> None:
        terminal = Terminal(plain_wire, plain.enroll("doomed"))
        terminal.get("Organization").ok()
        plain.must("revoke", "doomed")
        terminal.get("Organization").refused(401, "login")

    def test_revoking_nobody_is_an_error(self, plain: Database) -> None:
        done = plain.run("revoke", "nobody")
        assert done.returncode == 1
        assert "Traceback" not in done.stderr


class TestErrors:
    @pytest.mark.parametrize(
        "arguments", [["enroll"], ["serve", "--port", "x"], ["nonsense"], ["init", "--nonsense"]]
    )
    def test_usage_is_2(self, plain: Database, arguments: list[str]) -> None:
        assert plain.run(*arguments).returncode == 2

    @pytest.mark.parametrize(
        "command", [["serve", "--port", "0"], ["enroll", "x"], ["list"], ["patients", "--json"]]
    )
    def test_without_a_database_is_1(self, tmp_path: Path, command: list[str]) -> None:
        done = Database(f"sqlite:///{tmp_path}/missing/registry.db", tmp_path).run(*command)
        assert done.returncode == 1
        assert "Traceback" not in done.stderr

    def test_a_file_that_is_no_database_is_1(self, tmp_path: Path) -> None:
        path = tmp_path / "registry.db"
        path.write_text("not a database" * 1000)
        done = Database(f"sqlite:///{path}", tmp_path).run("list")
        assert done.returncode == 1
        assert "Traceback" not in done.stderr

    def test_patients_of_no_demo_is_1(self, plain: Database) -> None:
        done = plain.run("patients", "--json")
        assert done.returncode == 1
        assert not done.stdout.strip()

    def test_plain_http_to_the_network_is_refused(self, plain: Database) -> None:
        """Section 13: unless `allow_plain_http = true`."""
        done = plain.run("serve", "--host", "0.0.0.0", "--port", "0")
        assert done.returncode == 1
        assert "Traceback" not in done.stderr

    def test_an_occupied_port_is_1(self, plain: Database, plain_server: Server) -> None:
        done = plain.run("serve", "--port", str(plain_server.port))
        assert done.returncode == 1
        assert "Traceback" not in done.stderr

    def test_help_everywhere(self, plain: Database) -> None:
        for command in ("init", "serve", "enroll", "revoke", "list", "patients"):
            done = plain.run(command, "--help")
            assert done.returncode == 0
            assert "--database" in done.stdout


def test_a_stopped_server_ends_well(tmp_path: Path, databases: Databases, template: Database) -> None:
    """SIGTERM: no traceback, the port free again, the data whole."""
    database = template.copy(databases, tmp_path)
    with serving(database) as server:
        server.restart()
        assert server.stop() in (0, -15, 143)
    assert "Traceback" not in server.log.read_text("utf-8", "replace")


class TestTheDemoCredential:
    def test_opens_a_demo(self, wire: Wire) -> None:
        Terminal(wire, demo_credential()).get("Organization").ok()

    def test_is_refused_elsewhere(self, plain_wire: Wire) -> None:
        Terminal(plain_wire, demo_credential()).get("Organization").refused(401, "login")

    def test_its_home_facility_is_in_the_demo(self, wire: Wire) -> None:
        settings = tomllib.loads((ROOT / "config" / "demo.toml").read_text("utf-8"))
        home = settings["terminal"]["home_facility"]
        assert Terminal(wire, demo_credential()).get(f"Organization/{home}").ok().body["id"] == home


class TestPatients:
    def test_are_listed_as_json(self, server: Server) -> None:
        people = server.database.patients()
        for person in people:
            assert {"situation", "name", "policy_number", "birth_date", "document_number"} <= set(person)
            assert person["situation"] in SITUATIONS
            date.fromisoformat(person["birth_date"])

    def test_every_situation_is_there(self, server: Server) -> None:
        counted = Counter(person["situation"] for person in server.database.patients())
        assert set(counted) == SITUATIONS
        assert counted["adult"] >= 40
        assert counted["same-policy-and-birth-date"] == 2

    def test_are_listed_for_people_too(self, server: Server) -> None:
        printed = server.database.must("patients")
        assert server.database.patients()[0]["policy_number"] in printed.replace(" ", "").replace("-", "")

    def test_forty_adults_may_book_one_specialty(self, region: Region, service: Service) -> None:
        assert len(region.allowed(service)) >= 40

    def test_the_child_is_one(self, region: Region) -> None:
        (child,) = region.in_situation("child")
        assert child.age(region.today) < 18
        assert all(person.age(region.today) >= 18 for person in region.adults)


class TestTheDemoRegion:
    def test_its_size(self, region: Region) -> None:
        """Issue 2, item 4: 5 districts, 20 facilities, 12 specialties, 300 doctors."""
        kinds = Counter(extension_code(location) for location in region.locations)
        assert kinds["jdn"] == 5
        assert kinds["bu"] == 20
        assert kinds["area"] >= 20
        assert len(region.organizations) == 20
        assert len({service.specialty for service in region.services}) == 12
        assert len(region.roles) == 300

    def test_the_mandatory_specialties_are_open(self, region: Region) -> None:
        """R29: a facility that has them cannot switch them off."""
        mandatory = {
            "therapist",
            "paediatrician",
            "general-practitioner",
            "dentist",
            "surgeon",
            "gynaecologist",
        }
        assert mandatory <= {service.specialty for service in region.services}
        assert all(service.online == "yes" for service in region.services if service.specialty in mandatory)

    def test_a_service_of_each_kind(self, region: Region) -> None:
        assert {service.online for service in region.services} == {"yes", "dispensary", "no"}
        assert any(service.approval for service in region.services)
        assert any(service.discreet for service in region.services)
        assert any(extension(service.resource, "sex") for service in region.services)
        assert any(extension(service.resource, "age-min") for service in region.services)
        assert any(extension(service.resource, "age-max") for service in region.services)

    def test_a_facility_refuses_newcomers_and_one_accepts(self, region: Region) -> None:
        assert {service.newcomers for service in region.services} == {True, False}

    def test_times_from_tomorrow_to_two_weeks(
        self, wire: Wire, credentials: list[str], service: Service
    ) -> None:
        """Free times from tomorrow to today + 14, in the facility's days."""
        terminal = Terminal(wire, credentials[0])
        wish = {"organization": reference("Organization", service.facility)}
        first = terminal.find(_count=1, **wish).matches()[0]
        today = instant(first["start"]).now(instant(first["start"]).tzinfo).date()
        window = {"from": today.isoformat(), "to": (today + timedelta(days=14)).isoformat()}
        path = "PractitionerRole/$availability"
        body = terminal.get(path, organization=service.facility, **window).ok().body
        free: Counter[date] = Counter()
        for role in body["parameter"]:
            for day in (part for part in role["part"] if part["name"] == "day"):
                values = {part["name"]: part for part in day["part"]}
                free[date.fromisoformat(values["date"]["valueDate"])] += values["free"]["valueInteger"]
        working = [today + timedelta(days=number) for number in range(1, 15)]
        assert all(free[day] > 0 for day in working if day.weekday() < 5)


def extension_code(location: Json) -> str:
    return str(location["physicalType"]["coding"][0]["code"])
