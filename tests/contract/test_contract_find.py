"""api.md section 4: `$find` as in ITI-115, and the life of a free time's id."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from contract_people import Region, Service, target
from contract_wire import Terminal, Visitor, actor, instant, parameters, part, reference, window

Json = Any


def wish_of(service: Service) -> dict[str, Any]:
    return {"organization": reference("Organization", service.facility), "specialty": service.specialty}


def collect(terminal: Terminal, start: str, end: str, **wish: Any) -> list[Json]:
    pages = terminal.pages(terminal.find(start, end, **{"_count": 200, **wish}))
    return [proposal for page in pages for proposal in page.matches()]


def test_a_proposal_tells_all_that_a_terminal_needs(terminal: Terminal, service: Service) -> None:
    for proposal in terminal.find(**wish_of(service)).matches():
        assert proposal["status"] == "proposed"
        assert proposal["id"]
        assert instant(proposal["start"]) < instant(proposal["end"])
        assert len(proposal["requestedPeriod"]) == 1
        assert len(proposal["slot"]) == 1
        assert proposal["slot"][0]["reference"].startswith("Slot/")
        for kind in ("PractitionerRole", "Location"):
            assert actor(proposal, kind)["actor"]["display"]
        assert actor(proposal, "PractitionerRole")["status"] == "needs-action"


def test_every_appointment_carries_its_specialty(terminal: Terminal, service: Service) -> None:
    """Section 2."""
    for proposal in terminal.find(**wish_of(service)).matches():
        assert proposal["specialty"][0]["coding"][0]["code"] == service.specialty


def test_found_in_order_of_start_with_all_counted(terminal: Terminal, service: Service) -> None:
    start, end = window()
    first = terminal.find(start, end, _count=17, **wish_of(service))
    pages = list(terminal.pages(first))
    found = [proposal for page in pages for proposal in page.matches()]
    assert len(found) == first.total
    assert len({proposal["id"] for proposal in found}) == len(found)
    starts = [instant(proposal["start"]) for proposal in found]
    assert starts == sorted(starts)
    assert all(len(page.matches()) == 17 for page in pages[:-1])
    assert pages[-1].next() is None


def test_50_by_default(terminal: Terminal, service: Service) -> None:
    answer = terminal.find(**wish_of(service))
    assert answer.total > 50
    assert len(answer.matches()) == 50


def test_count_as_a_part_or_in_the_query(terminal: Terminal, service: Service) -> None:
    assert len(terminal.find(_count=3, **wish_of(service)).matches()) == 3
    start, end = window()
    body = parameters(
        part("start", start), part("end", end), part("organization", wish_of(service)["organization"])
    )
    assert len(terminal.post("Appointment/$find?_count=4", body).matches()) == 4
    assert len(terminal.find(_count=200, **wish_of(service)).matches()) == 200
    assert len(terminal.find(_count=1, **wish_of(service)).matches()) == 1


@pytest.mark.parametrize("wrong", [0, -1])
def test_a_count_below_1_is_400(terminal: Terminal, service: Service, wrong: int) -> None:
    terminal.find(_count=wrong, **wish_of(service)).refused(400, "invalid")


def test_the_next_link_is_a_get_on_an_opaque_url_for_terminals_only(
    terminal: Terminal, service: Service
) -> None:
    url = terminal.find(_count=5, **wish_of(service)).next()
    assert url
    assert service.facility not in url
    terminal.wire.send("GET", url).refused(401, "login")
    page = terminal.send("GET", url)
    assert len(page.matches()) == 5


def test_a_next_link_that_was_altered_is_refused(terminal: Terminal, service: Service) -> None:
    url = terminal.find(_count=5, **wish_of(service)).next()
    assert url
    for altered in (url[:-4], url + "xx", url[:-1] + ("A" if url[-1] != "A" else "B")):
        assert terminal.send("GET", altered).status in (400, 404, 410), altered


@pytest.mark.parametrize("missing", ["start", "end"])
def test_start_and_end_are_required(terminal: Terminal, missing: str) -> None:
    start, end = window()
    both = [part("start", start), part("end", end)]
    body = parameters(*(one for one in both if one["name"] != missing))
    terminal.post("Appointment/$find", body).refused(400, "invalid")


@pytest.mark.parametrize("wrong", ["2026-01-01T00:00:00", "yesterday", "", "2026-02-30T00:00:00Z"])
def test_times_carry_an_offset(terminal: Terminal, wrong: str) -> None:
    """Head of the page: times carry an offset."""
    terminal.find(wrong, window()[1]).refused(400, "invalid")


def test_at_most_31_days(terminal: Terminal, service: Service) -> None:
    start = datetime.now(UTC).replace(microsecond=0)
    end = start + timedelta(hours=31 * 24)
    terminal.find(start.isoformat(), end.isoformat(), **wish_of(service)).ok()
    over = end + timedelta(seconds=1)
    terminal.find(start.isoformat(), over.isoformat(), **wish_of(service)).refused(400, "invalid")


def test_found_when_start_is_reached_and_end_is_not(terminal: Terminal, service: Service) -> None:
    """start <= its start < end."""
    all_of_them = collect(terminal, *window(), **wish_of(service))
    distinct = sorted({instant(proposal["start"]) for proposal in all_of_them})
    first, last = distinct[2], distinct[6]
    found = collect(terminal, first.isoformat(), last.isoformat(), **wish_of(service))
    assert {instant(proposal["start"]) for proposal in found} == set(distinct[2:6])
    second_later = (first + timedelta(seconds=1)).isoformat()
    found = collect(terminal, second_later, last.isoformat(), **wish_of(service))
    assert {instant(proposal["start"]) for proposal in found} == set(distinct[3:6])


def test_by_practitioner_or_role(terminal: Terminal, region: Region, service: Service) -> None:
    role = target(actor(terminal.find(**wish_of(service)).matches()[0], "PractitionerRole")["actor"])
    doctor = next(target(one["practitioner"]) for one in region.roles if one["id"] == role)
    by_role = collect(terminal, *window(), practitioner=reference("PractitionerRole", role))
    assert by_role
    assert {target(actor(one, "PractitionerRole")["actor"]) for one in by_role} == {role}
    by_doctor = collect(terminal, *window(), practitioner=reference("Practitioner", doctor))
    assert {one["id"] for one in by_role} <= {one["id"] for one in by_doctor}
    roles = {one["id"] for one in region.roles if target(one["practitioner"]) == doctor}
    assert {target(actor(one, "PractitionerRole")["actor"]) for one in by_doctor} <= roles


def test_by_specialty_token_and_organization(terminal: Terminal, region: Region, service: Service) -> None:
    """R17: kinds AND together; repeats of one kind OR (fhir-contract.md 1.1)."""
    system = service.resource["specialty"][0]["coding"][0]["system"]
    here = {role["id"] for role in region.roles_of(service)}
    plain = collect(terminal, *window(1, 4), **wish_of(service))
    with_system = {**wish_of(service), "specialty": f"{system}|{service.specialty}"}
    assert [one["id"] for one in collect(terminal, *window(1, 4), **with_system)] == [
        one["id"] for one in plain
    ]
    assert {target(actor(one, "PractitionerRole")["actor"]) for one in plain} <= here
    sibling = next(
        one for one in region.services if one.facility == service.facility and one.id != service.id
    )
    both = collect(
        terminal, *window(1, 4), **{**wish_of(service), "specialty": [service.specialty, sibling.specialty]}
    )
    assert {one["id"] for one in plain} <= {one["id"] for one in both}


def test_the_nearest_with_any_doctor(terminal: Terminal, region: Region, service: Service) -> None:
    """R17: one time of one facility's specialty, of several facilities, or of several doctors: always the first."""
    elsewhere = [one.facility for one in region.services if one.specialty == service.specialty]
    several = [reference("Organization", facility) for facility in elsewhere[:5]]
    doctors = [reference("PractitionerRole", role["id"]) for role in region.roles_of(service)]
    for wish in (
        wish_of(service),
        {"organization": several, "specialty": service.specialty},
        {"practitioner": doctors},
    ):
        everything = collect(terminal, *window(1, 9), **wish)
        first = terminal.find(*window(1, 9), **wish, _count=1)
        assert first.total == len(everything)
        assert first.matches() == everything[:1]
        starts = [instant(one["start"]) for one in everything]
        assert starts == sorted(starts)


def test_nothing_found_says_so(terminal: Terminal, service: Service) -> None:
    """When empty: total 0 and one informational OperationOutcome entry."""
    for wish in ({"specialty": "no-such-specialty"}, {"organization": reference("Organization", "nobody")}):
        answer = terminal.find(**wish)
        assert answer.total == 0
        assert answer.matches() == []
        assert len(answer.outcomes()) == 1
        assert answer.outcomes()[0]["issue"][0]["severity"] == "information"
        assert answer.next() is None


def test_the_past_and_the_distant_future_are_empty(terminal: Terminal, service: Service) -> None:
    assert (
        terminal.find("2001-01-01T00:00:00+00:00", "2001-01-31T00:00:00+00:00", **wish_of(service)).total == 0
    )
    assert (
        terminal.find("2101-01-01T00:00:00+00:00", "2101-01-31T00:00:00+00:00", **wish_of(service)).total == 0
    )


def test_the_id_is_the_same_for_every_terminal(terminal: Terminal, other: Terminal, service: Service) -> None:
    ours, theirs = (at.find(**wish_of(service)).matches() for at in (terminal, other))
    assert [one["id"] for one in ours] == [one["id"] for one in theirs]


def test_a_patient_token_finds_the_same(visitor: Visitor, terminal: Terminal, service: Service) -> None:
    assert visitor.find(**wish_of(service)).matches() == terminal.find(**wish_of(service)).matches()


def found_again(terminal: Terminal, proposal: Json) -> list[str]:
    """The ids under which that doctor's time of that start is offered now: none or one."""
    end = (instant(proposal["start"]) + timedelta(seconds=1)).isoformat()
    role = actor(proposal, "PractitionerRole")["actor"]["reference"]
    return [
        one["id"] for one in terminal.find(proposal["start"], end, practitioner={"reference": role}).matches()
    ]


def test_held_times_are_not_found_also_ones_own(
    terminal: Terminal, other: Terminal, times: Iterator[Json]
) -> None:
    proposal = next(times)
    terminal.hold(proposal["id"]).appointment()
    assert found_again(terminal, proposal) == found_again(other, proposal) == []


def test_a_released_hold_returns_the_same_id(
    terminal: Terminal, other: Terminal, times: Iterator[Json]
) -> None:
    proposal = next(times)
    terminal.hold(proposal["id"]).appointment()
    terminal.release(proposal["id"]).ok()
    assert found_again(other, proposal) == [proposal["id"]]


def test_after_a_cancel_the_time_has_a_new_id(
    visitor: Visitor, stranger: Visitor, times: Iterator[Json]
) -> None:
    proposal = next(times)
    visitor.book(proposal["id"]).appointment()
    assert found_again(stranger, proposal) == []
    visitor.cancel(proposal["id"]).appointment()
    (fresh,) = found_again(stranger, proposal)
    assert fresh != proposal["id"]
    stranger.hold(proposal["id"]).refused(409, "slot-taken")
    stranger.book(proposal["id"]).refused(409, "slot-taken")
    assert stranger.book(fresh).appointment()["status"] == "booked"


def test_after_a_move_the_time_has_a_new_id(
    visitor: Visitor, stranger: Visitor, times: Iterator[Json]
) -> None:
    proposal, later = next(times), next(times)
    booked = visitor.book(proposal["id"]).appointment()
    visitor.move(booked, later).appointment()
    (fresh,) = found_again(stranger, proposal)
    assert fresh != proposal["id"]
    assert found_again(stranger, later) == []
    stranger.hold(proposal["id"]).refused(409, "slot-taken")
    assert stranger.book(fresh).appointment()["status"] == "booked"


@pytest.mark.parametrize("never", ["nobody", "a.b.c", "x" * 64, "-"])
def test_an_id_never_issued_is_404(visitor: Visitor, never: str) -> None:
    visitor.hold(never).refused(404, "not-found")
    visitor.terminal.hold(never).refused(404, "not-found")
    visitor.book(never).refused(404, "not-found")


def test_an_id_altered_is_404(visitor: Visitor, times: Iterator[Json]) -> None:
    """Opaque ids: another last letter was never issued."""
    found = next(times)["id"]
    visitor.hold(found[:-1] + ("1" if found[-1] != "1" else "2")).refused(404, "not-found")
