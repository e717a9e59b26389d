"""api.md section 11: each refusal, at `$hold` with a token and at `$book`, in the order in which they are judged."""

from collections.abc import Iterator
from typing import Any

import pytest
from contract_people import Person, Region, Service, extension
from contract_wire import Terminal, Visitor, instant, new_identifier, reference

Json = Any


def offered(terminal: Terminal, service: Service, number: int = 200) -> list[Json]:
    wish = {"organization": reference("Organization", service.facility), "specialty": service.specialty}
    return terminal.find(_count=number, **wish).matches()


def having_times(terminal: Terminal, services: list[Service]) -> tuple[Service, Json]:
    for service in services:
        proposals = offered(terminal, service, 1)
        if proposals:
            return service, proposals[0]
    raise AssertionError("no service of that kind has free times")


def refused(visitor: Visitor, found: str, code: str) -> None:
    """Both at the hold with a token, so that it comes before confirming, and at the booking without a hold."""
    visitor.hold(found).refused(422, code)
    visitor.book(found).refused(422, code)
    assert visitor.mine().total == 0


def one(region: Region, situation: str) -> Person:
    return region.in_situation(situation)[0]


def plain(service: Service) -> bool:
    return service.online == "yes"


class TestNotKnownHere:
    """R10: neither attachment nor card at the chosen facility, which refuses newcomers."""

    @pytest.mark.parametrize("situation", ["newcomer", "no-attachment", "no-card", "adult"])
    def test_elsewhere(self, terminal: Terminal, region: Region, situation: str) -> None:
        person = one(region, situation)
        services = [
            service
            for service in region.services
            if plain(service) and not service.known(person) and service.suits(person, region.today)
        ]
        _, proposal = having_times(terminal, services)
        refused(terminal.sign_in(person), proposal["id"], "not-known-here")

    def test_before_everything_else(self, terminal: Terminal, other: Terminal, region: Region) -> None:
        """A taken time of a facility that does not know the patient is not `slot-taken`, nor is the age looked at."""
        person = one(region, "newcomer")
        services = [
            service
            for service in region.services
            if not service.known(person) and not service.suits(person, region.today)
        ]
        _, proposal = having_times(terminal, services)
        other.hold(proposal["id"]).appointment()
        refused(terminal.sign_in(person), proposal["id"], "not-known-here")

    @pytest.mark.parametrize("situation", ["no-attachment", "no-card", "newcomer"])
    def test_where_they_are_known_or_welcome_it_is_booked(
        self, terminal: Terminal, region: Region, situation: str
    ) -> None:
        """Section 13: no attachment has a card somewhere, no card is attached, a newcomer needs a facility that accepts."""
        person = one(region, situation)
        services = [
            service
            for service in region.services
            if service.may(person, region.today) and not service.approval
        ]
        known = [service for service in services if service.facility in person.known_at]
        assert bool(known) == (situation != "newcomer")
        _, proposal = having_times(terminal, known or services)
        visitor = terminal.sign_in(person)
        assert visitor.hold(proposal["id"]).appointment()["status"] == "pending"
        assert visitor.book(proposal["id"]).appointment()["status"] == "booked"
        assert visitor.cancel(proposal["id"]).appointment()["status"] == "cancelled"


class TestNotForThisPatient:
    """R42: age and sex, as data on the specialty."""

    def unsuited(self, region: Region, person: Person, **data: Any) -> list[Service]:
        return [
            service
            for service in region.services
            if plain(service)
            and service.known(person)
            and all(extension(service.resource, name) == value for name, value in data.items())
            and not service.suits(person, region.today)
        ]

    def test_no_child_to_the_adult_therapist(self, terminal: Terminal, region: Region) -> None:
        child = one(region, "child")
        services = [one for one in self.unsuited(region, child) if extension(one.resource, "age-min")]
        _, proposal = having_times(terminal, services)
        refused(terminal.sign_in(child), proposal["id"], "not-for-this-patient")

    def test_no_adult_to_the_paediatrician(self, terminal: Terminal, region: Region) -> None:
        for person in region.adults:
            services = [one for one in self.unsuited(region, person) if extension(one.resource, "age-max")]
            if services:
                _, proposal = having_times(terminal, services)
                refused(terminal.sign_in(person), proposal["id"], "not-for-this-patient")
                return
        pytest.skip("no adult is known where there is a paediatrician")

    def test_no_man_to_the_gynaecologist(self, terminal: Terminal, region: Region) -> None:
        for man in (person for person in region.adults if person.record["gender"] == "male"):
            services = self.unsuited(region, man, sex="female")
            if services:
                _, proposal = having_times(terminal, services)
                refused(terminal.sign_in(man), proposal["id"], "not-for-this-patient")
                return
        raise AssertionError("no man is known where there is a gynaecologist")

    def test_before_online(self, terminal: Terminal, region: Region) -> None:
        """R42 comes before R30 in the order of section 11."""
        for person in region.people:
            services = [
                service
                for service in region.services
                if person.record
                and service.known(person)
                and not plain(service)
                and not service.opens(person)
                if not service.suits(person, region.today)
            ]
            if services:
                _, proposal = having_times(terminal, services)
                refused(terminal.sign_in(person, document=True), proposal["id"], "not-for-this-patient")
                return
        pytest.skip("the demo has no service that is both closed and not for somebody it knows")

    def test_a_child_is_seen_by_the_paediatrician(self, terminal: Terminal, region: Region) -> None:
        """R43."""
        child = one(region, "child")
        services = [one for one in region.services if one.may(child, region.today) and not one.approval]
        _, proposal = having_times(terminal, services)
        visitor = terminal.sign_in(child)
        assert visitor.book(proposal["id"]).appointment()["status"] == "booked"


class TestOnline:
    """R30."""

    def test_not_bookable_online(self, terminal: Terminal, region: Region) -> None:
        person, proposal = self.closed(terminal, region, "no")
        refused(terminal.sign_in(person), proposal["id"], "not-bookable-online")

    def test_dispensary_only(self, terminal: Terminal, region: Region) -> None:
        person, proposal = self.closed(terminal, region, "dispensary")
        refused(terminal.sign_in(person), proposal["id"], "dispensary-only")

    def closed(self, terminal: Terminal, region: Region, online: str) -> tuple[Person, Json]:
        for person in region.adults:
            services = [
                service
                for service in region.services
                if service.online == online
                and service.known(person)
                and service.suits(person, region.today)
                and not service.opens(person)
            ]
            if services:
                return person, having_times(terminal, services)[1]
        raise AssertionError(f"nobody is known where there is a service with online = {online}")

    def test_under_observation_it_is_open(self, terminal: Terminal, region: Region) -> None:
        person = one(region, "dispensary")
        assert person.observed
        services = [
            service
            for service in region.services
            if service.online == "dispensary" and service.may(person, region.today)
        ]
        _, proposal = having_times(terminal, services)
        visitor = terminal.sign_in(person)
        assert visitor.hold(proposal["id"]).appointment()["status"] == "pending"
        assert visitor.book(proposal["id"]).appointment()["status"] in ("booked", "pending")

    def test_rules_come_before_slot_taken(self, terminal: Terminal, other: Terminal, region: Region) -> None:
        person, proposal = self.closed(terminal, region, "no")
        other.hold(proposal["id"]).appointment()
        refused(terminal.sign_in(person), proposal["id"], "not-bookable-online")

    def test_an_anonymous_hold_sees_only_the_time(self, terminal: Terminal, region: Region) -> None:
        """Section 5: with the terminal credential only the time is checked."""
        _, proposal = self.closed(terminal, region, "no")
        assert terminal.hold(proposal["id"]).appointment()["status"] == "pending"


class TestOnePerDay:
    """R27: a request to specialists of one profile at most once a day."""

    def test_of_one_profile(self, visitor: Visitor, times: Iterator[Json]) -> None:
        visitor.book(next(times)["id"]).appointment()
        second = next(times)["id"]
        visitor.hold(second).refused(422, "one-per-day")
        visitor.book(second).refused(422, "one-per-day")
        assert visitor.mine().total == 1

    def test_also_in_another_facility_of_the_profile(
        self, terminal: Terminal, region: Region, service: Service, visitor: Visitor, times: Iterator[Json]
    ) -> None:
        elsewhere = [
            one
            for one in region.services
            if one.profile == service.profile
            and one.id != service.id
            and one.may(visitor.person, region.today)
        ]
        if not elsewhere:
            pytest.skip("this adult may book the profile in one facility only")
        visitor.book(next(times)["id"]).appointment()
        _, proposal = having_times(terminal, elsewhere)
        assert visitor.hold(proposal["id"]).refused(422).code in ("one-per-day", "overlap")

    def test_before_slot_taken(self, visitor: Visitor, other: Terminal, times: Iterator[Json]) -> None:
        visitor.book(next(times)["id"]).appointment()
        theirs = next(times)["id"]
        other.hold(theirs).appointment()
        visitor.hold(theirs).refused(422, "one-per-day")

    def test_another_profile_is_another_request(
        self, terminal: Terminal, region: Region, service: Service, visitor: Visitor, times: Iterator[Json]
    ) -> None:
        first = visitor.book(next(times)["id"]).appointment()
        proposal = next(
            proposal
            for one in others(region, service, visitor.person)
            for proposal in offered(terminal, one)
            if not cross(proposal, first)
        )
        assert visitor.book(proposal["id"]).appointment()["status"] == "booked"
        assert visitor.mine().total == 2

    def test_holds_of_two_patients_do_not_meet(
        self, visitor: Visitor, stranger: Visitor, times: Iterator[Json]
    ) -> None:
        visitor.hold(next(times)["id"]).appointment()
        stranger.hold(next(times)["id"]).appointment()


def others(region: Region, service: Service, person: Person) -> list[Service]:
    """Services of another profile that this person may book."""
    return [
        one
        for one in region.services
        if one.profile != service.profile and one.may(person, region.today) and not one.approval
    ]


def cross(one: Json, other: Json) -> bool:
    return instant(one["start"]) < instant(other["end"]) and instant(other["start"]) < instant(one["end"])


class TestOverlap:
    """R44: a patient is never in two rooms at once."""

    def test_of_two_profiles(
        self, terminal: Terminal, region: Region, service: Service, visitor: Visitor
    ) -> None:
        first, second = crossing(terminal, region, service, visitor.person)
        visitor.book(first["id"]).appointment()
        visitor.hold(second["id"]).refused(422, "overlap")
        visitor.book(second["id"]).refused(422, "overlap")
        visitor.cancel(first["id"]).appointment()
        assert visitor.book(second["id"]).appointment()["status"] == "booked"

    def test_before_slot_taken(
        self, terminal: Terminal, other: Terminal, region: Region, service: Service, visitor: Visitor
    ) -> None:
        first, second = crossing(terminal, region, service, visitor.person)
        visitor.book(first["id"]).appointment()
        other.hold(second["id"]).appointment()
        visitor.hold(second["id"]).refused(422, "overlap")


def crossing(terminal: Terminal, region: Region, service: Service, person: Person) -> tuple[Json, Json]:
    """Free times of two profiles that overlap; of the last ones, for `times` gives the first to other tests."""
    mine = offered(terminal, service)[::-1]
    for one in others(region, service, person):
        for theirs in offered(terminal, one)[::-1]:
            for proposal in mine:
                if cross(proposal, theirs):
                    return proposal, theirs
    raise AssertionError("no two times of two profiles overlap")


def test_existence_comes_before_the_rules(visitor: Visitor, times: Iterator[Json]) -> None:
    visitor.book(next(times)["id"]).appointment()
    visitor.hold("nobody").refused(404, "not-found")
    visitor.book("nobody").refused(404, "not-found")


def test_the_request_comes_before_existence(visitor: Visitor) -> None:
    visitor.book_resource({"id": "nobody", "status": "pending"}).refused(400, "invalid")
    visitor.book("nobody", new_identifier(), status="nonsense").refused(400, "invalid")


@pytest.mark.parametrize(("language", "russian"), [("ru", True), ("en", False)])
def test_every_refusal_speaks_to_the_patient(
    terminal: Terminal, region: Region, language: str, russian: bool
) -> None:
    """Answers: `details.text` in the language asked for."""
    person = one(region, "newcomer")
    services = [service for service in region.services if not service.known(person)]
    _, proposal = having_times(terminal, services)
    visitor = terminal.sign_in(person)
    body = {
        "resourceType": "Parameters",
        "parameter": [{"name": "appointment-reference", "valueReference": {"reference": proposal["id"]}}],
    }
    answer = visitor.send("POST", "/fhir/Appointment/$hold", json=body, headers={"Accept-Language": language})
    answer.refused(422, "not-known-here")
    text = answer.body["issue"][0]["details"]["text"]
    assert any("а" <= letter <= "я" for letter in text.lower()) == russian
