"""Whom and what the demo region has, read once through the API: who may book where is worked out here from R10, R30, R42."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from contract_judge import EXTENSION

Json = Any


def extension(node: Json, name: str) -> Any:
    """The value of this API's extension of that name; None where the node has none."""
    found = extensions(node, name)
    return found[0] if found else None


def extensions(node: Json, name: str) -> list[Any]:
    return [
        value
        for item in node.get("extension", [])
        if item["url"] == EXTENSION + name
        for key, value in item.items()
        if key.startswith("value")
    ]


def target(reference: Json) -> str:
    """The id that a reference points to."""
    return str(reference["reference"]).rpartition("/")[2]


def codes(concepts: list[Json]) -> set[str]:
    return {coding["code"] for concept in concepts for coding in concept.get("coding", [])}


@dataclass(frozen=True, repr=False)
class Person:
    """One of `patients --json`, with what the registry tells of them ({} for who cannot be identified)."""

    situation: str
    name: str
    policy_number: str
    birth_date: str
    document_number: str
    record: Json

    @property
    def home(self) -> str:
        return target(self.record["managingOrganization"]) if "managingOrganization" in self.record else ""

    @property
    def known_at(self) -> set[str]:
        """R10: where this patient is attached or has a card."""
        cards = {target(card) for card in extensions(self.record, "card")}
        return cards | ({self.home} if self.home else set())

    def age(self, day: date) -> int:
        born = date.fromisoformat(self.birth_date)
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))

    @property
    def observed(self) -> set[str]:
        """The specialties with which this patient is under dispensary observation (R30)."""
        return {coding["code"] for coding in extensions(self.record, "dispensary")}


@dataclass(frozen=True, repr=False)
class Service:
    """A specialty at a facility: one HealthcareService."""

    resource: Json
    newcomers: bool

    @property
    def id(self) -> str:
        return str(self.resource["id"])

    @property
    def facility(self) -> str:
        return target(self.resource["providedBy"])

    @property
    def specialty(self) -> str:
        return next(iter(codes(self.resource["specialty"])))

    @property
    def profile(self) -> str:
        return str(extension(self.resource, "profile")["code"])

    @property
    def online(self) -> str:
        return str(extension(self.resource, "online"))

    @property
    def approval(self) -> bool:
        return bool(extension(self.resource, "approval"))

    @property
    def discreet(self) -> bool:
        return bool(extension(self.resource, "discreet"))

    def known(self, person: Person) -> bool:
        """R10."""
        return self.newcomers or self.facility in person.known_at

    def suits(self, person: Person, today: date) -> bool:
        """R42, with two years to spare so that no birthday matters."""
        sex = extension(self.resource, "sex")
        youngest = extension(self.resource, "age-min")
        oldest = extension(self.resource, "age-max")
        age = person.age(today)
        fits_sex = sex is None or sex == person.record.get("gender")
        return bool(
            fits_sex and (youngest is None or age >= youngest + 2) and (oldest is None or age <= oldest - 2)
        )

    def opens(self, person: Person) -> bool:
        """R30: for all, or for those under dispensary observation with that specialty."""
        observed = self.specialty in person.observed
        return self.online == "yes" or (self.online == "dispensary" and observed)

    def may(self, person: Person, today: date) -> bool:
        return self.known(person) and self.suits(person, today) and self.opens(person)


@dataclass(frozen=True, repr=False)
class Region:
    """The directory and the people of the demo, as read through the API."""

    locations: tuple[Json, ...]
    organizations: tuple[Json, ...]
    services: tuple[Service, ...]
    roles: tuple[Json, ...]
    practitioners: tuple[Json, ...]
    people: tuple[Person, ...]
    today: date

    def in_situation(self, situation: str) -> list[Person]:
        return [person for person in self.people if person.situation == situation]

    @property
    def adults(self) -> list[Person]:
        return self.in_situation("adult")

    def common_service(self) -> Service:
        """Section 13: a specialty that at least 40 adults may all book, without approval."""
        plain = [service for service in self.services if not service.approval]
        best = max(plain, key=lambda service: len(self.allowed(service)))
        assert len(self.allowed(best)) >= 40, "no specialty that 40 adults may all book"
        return best

    def allowed(self, service: Service) -> list[Person]:
        return [person for person in self.adults if service.may(person, self.today)]

    def roles_of(self, service: Service) -> list[Json]:
        return [
            role for role in self.roles if service.id in {target(item) for item in role["healthcareService"]}
        ]
