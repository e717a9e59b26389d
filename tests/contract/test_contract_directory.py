"""api.md section 2: shapes of the directory, its searches against an oracle over the whole listing, its pages."""

import re
from typing import Any

import pytest
from contract_people import Region, Service, codes, extension, target
from contract_wire import Terminal, Visitor

Json = Any
FORM = "application/x-www-form-urlencoded"


def physical(location: Json) -> str:
    return next(iter(codes([location["physicalType"]])))


def buildings(region: Region) -> list[Json]:
    return [location for location in region.locations if physical(location) == "bu"]


def words(text: str) -> list[str]:
    """Section 2: any case, Ё=Е, a hyphen parts words."""
    return re.findall(r"\w+", text.lower().replace("ё", "е"))


def says(text: str, query: str) -> bool:
    """Section 2: every word given must begin some word of the text."""
    return all(any(word.startswith(asked) for word in words(text)) for asked in words(query))


def ids(resources: list[Json]) -> list[str]:
    return sorted(resource["id"] for resource in resources)


def full_name(practitioner: Json) -> str:
    name = practitioner["name"][0]
    return " ".join([name["family"], *name.get("given", [])])


class TestShapes:
    """The table of section 2."""

    def test_locations_are_districts_buildings_and_areas(self, region: Region) -> None:
        assert {physical(location) for location in region.locations} == {"jdn", "bu", "area"}

    def test_every_building_has_its_organization_district_address_phones_and_hours(
        self, region: Region
    ) -> None:
        districts = {location["id"] for location in region.locations if physical(location) == "jdn"}
        organizations = {organization["id"] for organization in region.organizations}
        for building in buildings(region):
            assert target(building["managingOrganization"]) in organizations
            assert target(building["partOf"]) in districts
            assert building["address"]
            assert building["telecom"]
            assert building["hoursOfOperation"]
            assert building["description"]

    def test_every_facility_has_exactly_one_building(self, region: Region) -> None:
        owners = [target(building["managingOrganization"]) for building in buildings(region)]
        assert sorted(owners) == ids(list(region.organizations))
        assert all("prov" in codes(organization["type"]) for organization in region.organizations)

    def test_every_area_is_part_of_a_facility(self, region: Region) -> None:
        found = {building["id"] for building in buildings(region)}
        areas = [location for location in region.locations if physical(location) == "area"]
        assert areas
        assert all(target(area["partOf"]) in found for area in areas)

    def test_every_service_has_its_facility_specialty_and_rules(self, region: Region) -> None:
        organizations = {organization["id"] for organization in region.organizations}
        for service in region.services:
            assert service.facility in organizations
            assert service.profile
            assert service.online in {"yes", "dispensary", "no"}
            assert len(service.resource["specialty"]) == 1
        assert any(service.resource.get("extraDetails") for service in region.services)

    def test_a_role_is_one_doctor_at_one_facility_in_one_service(self, region: Region) -> None:
        services = {service.id: service for service in region.services}
        buildings_of = {
            target(building["managingOrganization"]): building["id"] for building in buildings(region)
        }
        for role in region.roles:
            assert len(role["healthcareService"]) == 1
            service = services[target(role["healthcareService"][0])]
            assert target(role["organization"]) == service.facility
            assert codes(role["specialty"]) == {service.specialty}
            assert buildings_of[service.facility] in {target(location) for location in role["location"]}
            assert extension(role, "room")
            assert role["availableTime"]

    def test_roles_name_areas_of_their_own_facility(self, region: Region) -> None:
        locations = {location["id"]: location for location in region.locations}
        owners = {target(building["managingOrganization"]): building["id"] for building in buildings(region)}
        with_areas = 0
        for role in region.roles:
            areas = [item for item in role["location"] if physical(locations[target(item)]) == "area"]
            with_areas += bool(areas)
            home = owners[target(role["organization"])]
            assert all(target(locations[target(area)]["partOf"]) == home for area in areas)
        assert with_areas

    def test_an_absence_may_name_who_stands_in(self, region: Region) -> None:
        """R45, section 13: an absent doctor with a substitute and one without."""
        absences = [absence for role in region.roles for absence in role.get("notAvailable", [])]
        substitutes = [extension(absence, "substitute") for absence in absences]
        known = {role["id"] for role in region.roles}
        assert any(found is None for found in substitutes)
        named = [target(found) for found in substitutes if found is not None]
        assert named
        assert set(named) <= known
        assert all(absence["during"]["start"] <= absence["during"]["end"] for absence in absences)

    def test_specialty_codes_are_the_same_in_all_facilities(self, region: Region) -> None:
        names: dict[str, set[tuple[str, str]]] = {}
        for service in region.services:
            coding = service.resource["specialty"][0]["coding"][0]
            names.setdefault(coding["code"], set()).add((coding["system"], coding["display"]))
        assert all(len(found) == 1 for found in names.values())


def test_reads_by_id_for_all(region: Region, terminal: Terminal) -> None:
    for kind, resources in (
        ("Location", region.locations),
        ("Organization", region.organizations),
        ("HealthcareService", [service.resource for service in region.services]),
        ("PractitionerRole", region.roles),
        ("Practitioner", region.practitioners),
    ):
        for resource in (resources[0], resources[-1]):
            assert terminal.get(f"{kind}/{resource['id']}").ok().body == resource
        terminal.get(f"{kind}/nobody").refused(404, "not-found")


def test_location_by_physical_type(region: Region, terminal: Terminal) -> None:
    for kind in ("jdn", "bu", "area"):
        expected = [location for location in region.locations if physical(location) == kind]
        assert ids(terminal.everything("Location", physical_type=kind)) == ids(expected)
        system = expected[0]["physicalType"]["coding"][0]["system"]
        assert ids(terminal.everything("Location", physical_type=f"{system}|{kind}")) == ids(expected)


@pytest.mark.parametrize("form", ["{}", "Location/{}"])
def test_location_by_partof_is_direct(region: Region, terminal: Terminal, form: str) -> None:
    parents = {target(location["partOf"]) for location in region.locations if "partOf" in location}
    for parent in sorted(parents)[:12]:
        expected = [one for one in region.locations if "partOf" in one and target(one["partOf"]) == parent]
        assert ids(terminal.everything("Location", partof=form.format(parent))) == ids(expected)


def test_the_areas_of_a_facility_and_their_doctors(region: Region, terminal: Terminal) -> None:
    """R17: `Location?physical-type=area&partof=`, then `PractitionerRole?location=` of all of them at once."""
    home = region.adults[0].home
    building = next(one for one in buildings(region) if target(one["managingOrganization"]) == home)
    areas = terminal.everything("Location", physical_type="area", partof=building["id"])
    assert ids(areas) == ids(
        [one for one in region.locations if "partOf" in one and target(one["partOf"]) == building["id"]]
    )
    assert len(areas) > 1
    doctors = terminal.everything("PractitionerRole", location=",".join(one["id"] for one in areas))
    served = {area["id"] for area in areas}
    expected = [one for one in region.roles if served & {target(place) for place in one["location"]}]
    assert ids(doctors) == ids(expected)
    assert all(role["availableTime"] for role in doctors)


def test_by_id_parameter(region: Region, terminal: Terminal) -> None:
    for kind, resource in (("Location", region.locations[3]), ("Organization", region.organizations[3])):
        assert terminal.get(kind, _id=resource["id"]).matches() == [resource]
        assert terminal.get(kind, _id="nobody").total == 0


def beginnings(text: str) -> list[str]:
    """Queries that have to find this text: words, beginnings, two words in another order, other case, Ё as Е."""
    found = words(text)
    first, last = found[0], found[-1]
    return [
        first,
        last[:2],
        last[:1].upper(),
        f"{last} {first[:3]}",
        text.upper(),
        text.replace("ё", "е"),
        text,
    ]


@pytest.mark.parametrize("parameter", ["name:contains", "name"])
def test_location_by_name(region: Region, terminal: Terminal, parameter: str) -> None:
    """R18. `name` = `name:contains`."""
    for location in region.locations[::12]:
        for query in beginnings(location["name"]):
            expected = [one for one in region.locations if says(one["name"], query)]
            assert location["id"] in ids(expected)
            assert ids(terminal.everything("Location", **{parameter: query})) == ids(expected), query


def test_organization_by_name(region: Region, terminal: Terminal) -> None:
    for organization in region.organizations[::4]:
        for query in beginnings(organization["name"]):
            expected = [one for one in region.organizations if says(one["name"], query)]
            assert ids(terminal.everything("Organization", **{"name:contains": query})) == ids(expected), (
                query
            )


def address(location: Json) -> str:
    return str(location.get("address", {}).get("text", ""))


def test_location_by_address(region: Region, terminal: Terminal) -> None:
    """R18."""
    for building in buildings(region)[::3]:
        for query in beginnings(address(building)):
            expected = [one for one in region.locations if says(address(one), query)]
            assert ids(terminal.everything("Location", **{"address:contains": query})) == ids(expected), query


def test_role_by_full_name(region: Region, terminal: Terminal) -> None:
    """R19: by the beginning of any of the names."""
    names = {practitioner["id"]: full_name(practitioner) for practitioner in region.practitioners}
    hyphened = [found for found, name in names.items() if "-" in name or "ё" in name.lower()]
    for found in [*list(names)[::50], *hyphened[:3]]:
        for query in beginnings(names[found]):
            expected = [role for role in region.roles if says(names[target(role["practitioner"])], query)]
            assert expected
            answer = terminal.everything("PractitionerRole", **{"practitioner.name": query})
            assert ids(answer) == ids(expected), query


@pytest.mark.parametrize("query", ["ъъъ", "зззз ыыы"])
def test_text_that_nothing_says_finds_nothing(terminal: Terminal, query: str) -> None:
    for kind, name in (
        ("Location", "name"),
        ("Organization", "name"),
        ("PractitionerRole", "practitioner.name"),
    ):
        assert terminal.get(kind, **{name: query}).total == 0


def test_a_part_inside_a_word_is_not_found(region: Region, terminal: Terminal) -> None:
    name = full_name(region.practitioners[0]).split()[0]
    inside = name[1:]
    expected = [
        role
        for role in region.roles
        if says(
            next(full_name(one) for one in region.practitioners if one["id"] == target(role["practitioner"])),
            inside,
        )
    ]
    assert ids(terminal.everything("PractitionerRole", **{"practitioner.name": inside})) == ids(expected)


@pytest.mark.parametrize("form", ["{}", "Location/{}"])
def test_organization_by_district(region: Region, terminal: Terminal, form: str) -> None:
    """R17."""
    for district in (one for one in region.locations if physical(one) == "jdn"):
        expected = [
            target(one["managingOrganization"])
            for one in buildings(region)
            if target(one["partOf"]) == district["id"]
        ]
        assert expected
        assert ids(terminal.everything("Organization", district=form.format(district["id"]))) == sorted(
            expected
        )


def test_service_by_organization_and_specialty(region: Region, service: Service, terminal: Terminal) -> None:
    here = [one.resource for one in region.services if one.facility == service.facility]
    assert ids(terminal.everything("HealthcareService", organization=service.facility)) == ids(here)
    assert ids(
        terminal.everything("HealthcareService", organization=f"Organization/{service.facility}")
    ) == ids(here)
    same = [one.resource for one in region.services if one.specialty == service.specialty]
    system = service.resource["specialty"][0]["coding"][0]["system"]
    for token in (service.specialty, f"{system}|{service.specialty}"):
        assert ids(terminal.everything("HealthcareService", specialty=token)) == ids(same)
    both = terminal.everything(
        "HealthcareService", organization=service.facility, specialty=service.specialty
    )
    assert ids(both) == [service.id]
    assert terminal.get("HealthcareService", specialty=f"urn:other|{service.specialty}").total == 0


def test_service_by_active(region: Region, terminal: Terminal) -> None:
    told = {value: terminal.everything("HealthcareService", active=value) for value in ("true", "false")}
    assert all(one["active"] is True for one in told["true"])
    assert all(one["active"] is False for one in told["false"])
    everything = [service.resource for service in region.services]
    assert ids(told["true"] + told["false"]) == ids(everything)


def test_role_by_organization_specialty_location_and_practitioner(
    region: Region, service: Service, terminal: Terminal
) -> None:
    """R17, R19: each alone and together."""
    role = region.roles_of(service)[0]
    doctor, place = target(role["practitioner"]), target(role["location"][-1])
    wishes: dict[str, list[Json]] = {
        "organization": [one for one in region.roles if target(one["organization"]) == service.facility],
        "specialty": [one for one in region.roles if codes(one["specialty"]) == {service.specialty}],
        "location": [one for one in region.roles if place in {target(item) for item in one["location"]}],
        "practitioner": [one for one in region.roles if target(one["practitioner"]) == doctor],
    }
    values = {
        "organization": service.facility,
        "specialty": service.specialty,
        "location": f"Location/{place}",
        "practitioner": f"Practitioner/{doctor}",
    }
    for name, expected in wishes.items():
        assert ids(terminal.everything("PractitionerRole", **{name: values[name]})) == ids(expected), name
    together = set.intersection(*(set(ids(expected)) for expected in wishes.values()))
    assert set(ids(terminal.everything("PractitionerRole", **values))) == together


def test_included_resources_are_those_named_and_do_not_count(
    region: Region, service: Service, terminal: Terminal
) -> None:
    include = [f"PractitionerRole:{name}" for name in ("practitioner", "organization", "location")]
    answer = terminal.get("PractitionerRole", organization=service.facility, _include=include, _count=200)
    roles = answer.matches()
    assert answer.total == len(roles)
    wanted = {role["practitioner"]["reference"] for role in roles} | {
        role["organization"]["reference"] for role in roles
    }
    wanted |= {location["reference"] for role in roles for location in role["location"]}
    told = [f"{one['resourceType']}/{one['id']}" for one in answer.included()]
    assert len(told) == len(set(told))
    assert set(told) == wanted


def test_an_unknown_include_is_400(terminal: Terminal) -> None:
    terminal.get("PractitionerRole", _include="PractitionerRole:nonsense").refused(400, "invalid")


@pytest.mark.parametrize("kind", ["Location", "Organization", "HealthcareService", "PractitionerRole"])
def test_an_unknown_parameter_is_400_with_its_name(terminal: Terminal, kind: str) -> None:
    answer = terminal.get(kind, flavour="x").refused(400, "invalid")
    assert "flavour" in str(answer.body)


@pytest.mark.parametrize("kind", ["Location", "Organization", "HealthcareService", "PractitionerRole"])
def test_post_search_answers_as_get_does(terminal: Terminal, region: Region, kind: str) -> None:
    by_get = terminal.get(kind, _count=7)
    by_post = terminal.send("POST", f"/fhir/{kind}/_search", data={"_count": "7"})
    assert by_post.matches() == by_get.matches()
    assert by_post.total == by_get.total


def test_post_search_takes_its_parameters_from_the_form(terminal: Terminal, service: Service) -> None:
    form = {"organization": service.facility, "specialty": service.specialty}
    answer = terminal.send("POST", "/fhir/HealthcareService/_search", data=form)
    assert ids(answer.matches()) == [service.id]


def test_pages_together_are_the_whole_without_repetition(terminal: Terminal, region: Region) -> None:
    pages = list(terminal.pages(terminal.get("PractitionerRole", _count=41)))
    assert all(page.total == len(region.roles) for page in pages)
    assert [len(page.matches()) for page in pages[:-1]] == [41] * (len(pages) - 1)
    found = [role["id"] for page in pages for role in page.matches()]
    assert sorted(found) == ids(list(region.roles))


def test_pages_follow_a_post_search_too(terminal: Terminal, region: Region) -> None:
    first = terminal.send("POST", "/fhir/PractitionerRole/_search", data={"_count": "150"})
    found = [role["id"] for page in terminal.pages(first) for role in page.matches()]
    assert sorted(found) == ids(list(region.roles))


def test_more_than_200_is_cut_to_200(terminal: Terminal, region: Region) -> None:
    assert len(region.roles) > 200
    assert len(terminal.get("PractitionerRole", _count=100_000).matches()) == 200


@pytest.mark.parametrize("wrong", ["x", "-1", "1.5", ""])
def test_a_count_that_is_no_number_is_400(terminal: Terminal, wrong: str) -> None:
    terminal.send("GET", f"/fhir/Location?_count={wrong}").refused(400, "invalid")


def test_a_reference_of_another_type_is_refused_or_finds_nothing(
    terminal: Terminal, service: Service
) -> None:
    answer = terminal.get("HealthcareService", organization=f"Location/{service.facility}")
    assert answer.status == 400 or answer.total == 0


def test_a_patient_token_sees_the_same_directory(visitor: Visitor, terminal: Terminal) -> None:
    assert (
        visitor.get("Organization", _count=50).matches() == terminal.get("Organization", _count=50).matches()
    )
