"""The directory over HTTP, on the demo region (api.md section 2, R17 to R19, R29, R45)."""

from collections.abc import Iterator
from typing import Any

import pytest
from running_registry import Registry

from kiosk.central.demo import HOME_FACILITY
from kiosk.models import MANDATORY_SPECIALTIES

PHYSICAL_TYPE = "http://terminology.hl7.org/CodeSystem/location-physical-type"
SPECIALTY = "urn:electronic-registry:specialty"
KINDS = ("Location", "Organization", "HealthcareService", "PractitionerRole", "Practitioner")

Resource = dict[str, Any]


def search(registry: Registry, kind: str, **parameters: Any) -> Resource:
    """One page; names are given with `__` for `:` and `_of_` for `.`."""
    query = {name.replace("__", ":").replace("_of_", "."): value for name, value in parameters.items()}
    answer = registry.get(f"/fhir/{kind}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def found(bundle: Resource, mode: str = "match") -> list[Resource]:
    return [entry["resource"] for entry in bundle.get("entry", []) if entry["search"]["mode"] == mode]


def names(registry: Registry, kind: str, **parameters: Any) -> list[str]:
    return [resource["name"] for resource in found(search(registry, kind, **parameters))]


def following(registry: Registry, bundle: Resource) -> Iterator[Resource]:
    """This page and all that follow."""
    while True:
        yield bundle
        links = {link["relation"]: link["url"] for link in bundle["link"]}
        if "next" not in links:
            return
        answer = registry.http.get(links["next"], headers={"Authorization": f"Bearer {registry.credential}"})
        assert answer.status_code == 200, answer.text
        bundle = answer.json()


def everything(registry: Registry, kind: str, **parameters: Any) -> list[Resource]:
    pages = following(registry, search(registry, kind, **parameters))
    return [resource for page in pages for resource in found(page)]


def extensions(resource: Resource) -> dict[str, Any]:
    """Values by the last part of the URL."""
    return {
        item["url"].removeprefix("urn:electronic-registry:"): next(
            value for name, value in item.items() if name != "url"
        )
        for item in resource.get("extension", [])
    }


# --- ways to a doctor (R17) --------------------------------------------------------------------------------------


def test_r17_district_facility_specialty_doctor(demo_registry: Registry) -> None:
    districts = everything(demo_registry, "Location", **{"physical-type": "jdn"})
    assert len(districts) == 5
    of_district = [
        everything(demo_registry, "Location", partof=f"Location/{one['id']}", **{"physical-type": "bu"})
        for one in districts
    ]
    assert sorted(map(len, of_district)) == [2, 3, 4, 5, 6]
    building = next(one for one in of_district[-1] if one["managingOrganization"])
    organization = building["managingOrganization"]["reference"]
    services = everything(demo_registry, "HealthcareService", organization=organization)
    assert services
    doctors = everything(demo_registry, "PractitionerRole", organization=organization)
    assert {one["healthcareService"][0]["reference"] for one in doctors} == {
        f"HealthcareService/{one['id']}" for one in services
    }


def test_r17_by_area(demo_registry: Registry) -> None:
    home = f"Organization/{HOME_FACILITY}"
    buildings = everything(demo_registry, "Location", **{"physical-type": f"{PHYSICAL_TYPE}|bu"})
    building = next(one for one in buildings if one["managingOrganization"]["reference"] == home)
    areas = everything(demo_registry, "Location", partof=building["id"])
    assert {one["physicalType"]["coding"][0]["code"] for one in areas} == {"area"}
    twelve = next(one for one in areas if one["name"] == "Участок № 12")
    doctors = everything(demo_registry, "PractitionerRole", location=twelve["id"])
    assert [one["practitioner"]["display"] for one in doctors] == ["Соколова Елена Андреевна"]
    assert {one["reference"] for one in doctors[0]["location"]} == {
        f"Location/{building['id']}",
        f"Location/{twelve['id']}",
    }
    assert len(everything(demo_registry, "PractitionerRole", location=building["id"])) == 29


def test_partof_is_direct(demo_registry: Registry) -> None:
    district = everything(demo_registry, "Location", **{"physical-type": "jdn"})[0]
    kinds = [
        one["physicalType"]["coding"][0]["code"]
        for one in everything(demo_registry, "Location", partof=district["id"])
    ]
    assert set(kinds) == {"bu"}


def test_organizations_of_a_district(demo_registry: Registry) -> None:
    district = everything(demo_registry, "Location", **{"physical-type": "jdn", "name": "речной"})[0]
    by_id = names(demo_registry, "Organization", district=district["id"])
    assert by_id == ["Берёзовая врачебная амбулатория", "Поликлиника Речной районной больницы"]
    assert names(demo_registry, "Organization", district=f"Location/{district['id']}") == by_id


# --- text (R18, R19) ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("ЕЛОЧ", ["Врачебная амбулатория «Ёлочки»"]),
        ("запад", ["Северо-Западная городская поликлиника"]),
        ("северо-зап", ["Северо-Западная городская поликлиника"]),
        ("поликлиника детск 4", ["Детская городская поликлиника № 4"]),
        ("клиника", []),
        ("поликлиника №10", ["Городская поликлиника № 10"]),
    ],
)
def test_r18_facilities_by_name(demo_registry: Registry, asked: str, expected: list[str]) -> None:
    for parameter in ("name", "name:contains"):
        for kind, more in (("Organization", {}), ("Location", {"physical-type": "bu"})):
            assert names(demo_registry, kind, **{parameter: asked}, **more) == expected


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("Садовая, 14", ["Городская поликлиника № 5"]),
        ("садовая", ["Городская поликлиника № 5", "Стоматологическая поликлиника № 1"]),
        ("зелен", ["Городская поликлиника № 7"]),
        ("52А паровозная", ["Узловая поликлиника"]),
    ],
)
def test_r18_facilities_by_address(demo_registry: Registry, asked: str, expected: list[str]) -> None:
    assert names(demo_registry, "Location", address__contains=asked) == expected
    assert names(demo_registry, "Location", address=asked) == expected


@pytest.mark.parametrize("asked", ["оленина свет", "СВЕТЛАНА Белова-Оленина", "белова ярославовна светл"])
def test_r19_doctors_by_full_name(demo_registry: Registry, asked: str) -> None:
    bundle = search(demo_registry, "PractitionerRole", practitioner_of_name=asked)
    assert [one["practitioner"]["display"] for one in found(bundle)] == [
        "Белова-Оленина Светлана Ярославовна"
    ]
    assert names(demo_registry, "Practitioner", name=asked) == [
        found(search(demo_registry, "Practitioner", name=asked))[0]["name"]
    ]


def test_r19_doctors_by_specialty_and_name(demo_registry: Registry) -> None:
    both = search(demo_registry, "PractitionerRole", specialty="therapist", practitioner_of_name="цой")
    assert [one["practitioner"]["display"] for one in found(both)] == ["Цой Марина Сергеевна"]
    assert (
        search(demo_registry, "PractitionerRole", specialty="dentist", practitioner_of_name="цой мар")[
            "total"
        ]
        == 0
    )


def test_a_specialty_is_the_same_everywhere(demo_registry: Registry) -> None:
    plain = search(demo_registry, "HealthcareService", specialty="dentist")
    assert plain["total"] == 18
    assert search(demo_registry, "HealthcareService", specialty=f"{SPECIALTY}|dentist")["total"] == 18
    assert search(demo_registry, "HealthcareService", specialty="http://other|dentist")["total"] == 0
    assert search(demo_registry, "HealthcareService", specialty="dentist,surgeon")["total"] > 18


def test_active_services(demo_registry: Registry) -> None:
    assert search(demo_registry, "HealthcareService", active="true")["total"] == 161
    assert search(demo_registry, "HealthcareService", active="false")["total"] == 0


def test_several_parameters_must_all_hold(demo_registry: Registry) -> None:
    both = [("name", "поликлиника"), ("name", "детская")]
    answer = demo_registry.get("/fhir/Organization", params=both).json()
    assert answer["total"] == 3


# --- order, pages, includes --------------------------------------------------------------------------------------


def test_results_are_in_order_of_name_and_numbers_count(demo_registry: Registry) -> None:
    clinics = names(demo_registry, "Organization", name="городская поликлиника")
    numbered = [name for name in clinics if name.startswith("Городская")]
    assert [int(name.rpartition(" ")[2]) for name in numbered] == [1, 2, 3, 4, 5, 7, 10]


def test_pages_hold_everything_once(demo_registry: Registry) -> None:
    pages = list(following(demo_registry, search(demo_registry, "PractitionerRole", _count=70)))
    assert [len(found(page)) for page in pages] == [70, 70, 70, 70, 20]
    assert {page["total"] for page in pages} == {300}
    ids = [resource["id"] for page in pages for resource in found(page)]
    assert len(set(ids)) == 300
    surnames = [one["practitioner"]["display"].split()[0] for page in pages for one in found(page)]
    assert surnames == sorted(surnames, key=lambda name: name.casefold().replace("ё", "е"))


def test_more_than_200_is_cut(demo_registry: Registry) -> None:
    assert len(found(search(demo_registry, "Practitioner", _count=1000))) == 200


def test_a_count_of_zero_only_counts(demo_registry: Registry) -> None:
    bundle = search(demo_registry, "Practitioner", _count=0)
    assert (bundle["total"], bundle.get("entry"), len(bundle["link"])) == (300, None, 1)


def test_post_search_is_the_same_and_its_next_is_a_get(demo_registry: Registry) -> None:
    form = {"specialty": "therapist", "_count": "10", "_include": "PractitionerRole:practitioner"}
    posted = demo_registry.post("/fhir/PractitionerRole/_search", data=form).json()
    assert posted == demo_registry.get("/fhir/PractitionerRole", params=form).json()
    pages = list(following(demo_registry, posted))
    assert sum(len(found(page)) for page in pages) == posted["total"]
    assert all(len(found(page, "include")) == len(found(page)) for page in pages)


def test_includes(demo_registry: Registry) -> None:
    every = [f"PractitionerRole:{name}" for name in ("practitioner", "organization", "location")]
    bundle = search(demo_registry, "PractitionerRole", organization=HOME_FACILITY, _include=every, _count=200)
    included = {f"{one['resourceType']}/{one['id']}" for one in found(bundle, "include")}
    roles = found(bundle)
    wanted = {one[name]["reference"] for one in roles for name in ("practitioner", "organization")}
    wanted |= {place["reference"] for one in roles for place in one["location"]}
    assert included == wanted
    assert bundle["total"] == len(roles) == 29


def test_ids_together(demo_registry: Registry) -> None:
    ids = [one["id"] for one in everything(demo_registry, "Location", **{"physical-type": "jdn,bu"})]
    assert len(ids) == 25
    bundle = search(demo_registry, "Location", _id=",".join(ids[:3]))
    assert {one["id"] for one in found(bundle)} == set(ids[:3])


# --- what is refused ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_an_unknown_parameter_is_refused_by_name(demo_registry: Registry, kind: str) -> None:
    for query in ({"colour": "blue"}, {"fuzzy:not": "true"}, {"name:exact": "x"}):
        answer = demo_registry.get(f"/fhir/{kind}", params=query)
        assert answer.status_code == 400
        assert answer.json()["resourceType"] == "OperationOutcome"
        assert next(iter(query)) in answer.text


@pytest.mark.parametrize(
    ("kind", "query"),
    [
        ("PractitionerRole", {"organization": "Patient/1"}),
        ("PractitionerRole", {"location": "Location/"}),
        ("PractitionerRole", {"_include": "PractitionerRole:endpoint"}),
        ("PractitionerRole", {"practitioner.name": " ".join(map(str, range(99)))}),
        ("HealthcareService", {"active": "maybe"}),
        ("Organization", {"fuzzy": "perhaps"}),
        ("Location", {"partof": "a b"}),
        ("Location", {"_count": "many"}),
        ("Location", {"_page": "eA"}),
        ("Location", {"_id": ",".join(map(str, range(400)))}),
    ],
)
def test_nonsense_is_refused_by_name(demo_registry: Registry, kind: str, query: dict[str, str]) -> None:
    answer = demo_registry.get(f"/fhir/{kind}", params=query)
    assert answer.status_code == 400
    assert next(iter(query)) in answer.json()["issue"][0]["diagnostics"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_resource_that_is_not_there(demo_registry: Registry, kind: str) -> None:
    answer = demo_registry.get(f"/fhir/{kind}/nothing")
    assert answer.status_code == 404
    assert answer.json()["issue"][0]["details"]["coding"][0]["code"] == "not-found"


@pytest.mark.parametrize("kind", KINDS)
def test_the_directory_is_for_terminals(demo_registry: Registry, kind: str) -> None:
    assert demo_registry.get(f"/fhir/{kind}", token=None).status_code == 401
    assert demo_registry.get(f"/fhir/{kind}/x", token="wrong").status_code == 401
    assert demo_registry.post(f"/fhir/{kind}", json={}).status_code == 405


@pytest.mark.parametrize("kind", KINDS)
def test_a_read_is_what_the_search_showed(demo_registry: Registry, kind: str) -> None:
    for resource in found(search(demo_registry, kind, _count=3)):
        assert demo_registry.get(f"/fhir/{kind}/{resource['id']}").json() == resource


# --- what is said ------------------------------------------------------------------------------------------------


def test_r29_mandatory_specialties_are_online_whatever_the_row_says(registry: Registry) -> None:
    with registry.store.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM service WHERE online <> 'yes'").scalar()
    registry.store.write(lambda connection: connection.exec_driver_sql("UPDATE service SET online = 'no'"))
    services = everything(registry, "HealthcareService")
    shown = {one["specialty"][0]["coding"][0]["code"]: extensions(one)["online"] for one in services}
    assert shown == {"therapist": "yes", "cardiologist": "no"}


def test_services_say_what_the_rules_need(demo_registry: Registry) -> None:
    services = everything(demo_registry, "HealthcareService", organization=HOME_FACILITY)
    by_code = {one["specialty"][0]["coding"][0]["code"]: extensions(one) for one in services}
    assert len(by_code) == 12
    assert set(MANDATORY_SPECIALTIES) <= set(by_code)
    assert {code: one["online"] for code, one in by_code.items() if one["online"] != "yes"} == {
        "otolaryngologist": "no",
        "cardiologist": "dispensary",
    }
    assert by_code["therapist"]["age-min"] == 18
    assert by_code["paediatrician"]["age-max"] == 17
    assert by_code["gynaecologist"]["sex"] == "female"
    assert by_code["endocrinologist"]["approval"] is True
    assert by_code["dermatovenerologist"]["discreet"] is True
    assert by_code["therapist"]["profile"]["code"] == by_code["general-practitioner"]["profile"]["code"]
    assert by_code["therapist"]["newcomers"] is False


def test_r45_absent_doctors_and_who_stands_in(demo_registry: Registry) -> None:
    roles = everything(demo_registry, "PractitionerRole", organization=HOME_FACILITY)
    away = {one["practitioner"]["display"]: one["notAvailable"] for one in roles if "notAvailable" in one}
    assert len(away) == 2
    substitutes = [extensions(absence).get("substitute") for (absence,) in away.values()]
    assert sorted(filter(None, (one and one["display"] for one in substitutes))) == ["Цой Марина Сергеевна"]
    for (absence,) in away.values():
        assert absence["during"]["start"] < "2026-03-02" < absence["during"]["end"]
        assert absence["description"] == "Врач временно не принимает"


def test_words_follow_the_language(demo_registry: Registry) -> None:
    answer = demo_registry.get(
        "/fhir/PractitionerRole",
        params={"practitioner.name": "лебедева вера"},
        headers={"Accept-Language": "en"},
    )
    assert found(answer.json())[0]["notAvailable"][0]["description"] == "The doctor is away"


def test_the_capability_statement_names_every_search(demo_registry: Registry) -> None:
    rest = demo_registry.get("/fhir/metadata").json()["rest"][0]
    shown = {one["type"]: {item["name"] for item in one.get("searchParam", [])} for one in rest["resource"]}
    assert shown["Location"] == {"_id", "name", "address", "partof", "physical-type", "fuzzy"}
    assert shown["Organization"] == {"_id", "name", "district", "fuzzy"}
    assert shown["HealthcareService"] == {"organization", "specialty", "active", "name", "fuzzy"}
    assert shown["PractitionerRole"] == {"organization", "specialty", "location", "practitioner", "fuzzy"}
