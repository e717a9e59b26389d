"""api.md section 10, R15, R25, R39: the patient's appointments and messages."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from contract_people import Person
from contract_wire import (
    URI,
    Visitor,
    day_of,
    identifiers,
    instant,
    new_identifier,
)

Json = Any
PATCH = "application/json-patch+json"


@pytest.fixture
def two(visitor: Visitor, times: Iterator[Json]) -> list[Json]:
    """Two bookings of the visitor, the first of them cancelled."""
    first = visitor.book(next(times)["id"], new_identifier()).appointment()
    visitor.cancel(first["id"]).appointment()
    second = visitor.book(next(times)["id"], new_identifier()).appointment()
    return [visitor.get(f"Appointment/{one['id']}").ok().body for one in (first, second)]


class TestAppointments:
    """ITI-118."""

    def test_all_in_order_of_date(self, visitor: Visitor, two: list[Json]) -> None:
        found = visitor.mine(_sort="date").matches()
        assert [one["id"] for one in found] == [
            one["id"] for one in sorted(two, key=lambda one: instant(one["start"]))
        ]
        assert found == sorted(two, key=lambda one: instant(one["start"]))

    def test_in_the_other_order(self, visitor: Visitor, two: list[Json]) -> None:
        answer = visitor.mine(_sort="-date")
        if answer.status == 200:
            starts = [instant(one["start"]) for one in answer.matches()]
            assert starts == sorted(starts, reverse=True)
        else:
            answer.refused(400, "invalid")

    def test_patient_as_id_or_reference(self, visitor: Visitor, two: list[Json]) -> None:
        for form in (visitor.patient, f"Patient/{visitor.patient}"):
            assert visitor.get("Appointment", patient=form).total == 2

    def test_by_post(self, visitor: Visitor, two: list[Json]) -> None:
        """ITI-118: GET and POST `_search`."""
        form = {"patient": f"Patient/{visitor.patient}", "_sort": "date"}
        assert visitor.send("POST", "/fhir/Appointment/_search", data=form).total == 2

    def test_by_status(self, visitor: Visitor, two: list[Json]) -> None:
        for one in two:
            assert [found["id"] for found in visitor.mine(status=one["status"]).matches()] == [one["id"]]
        assert visitor.mine(status="booked,cancelled").total == 2
        assert visitor.mine(status="fulfilled").total == 0

    def test_by_identifier(self, visitor: Visitor, two: list[Json]) -> None:
        for one in two:
            found = visitor.mine(identifier=f"{URI}|{identifiers(one)[URI]}").matches()
            assert [item["id"] for item in found] == [one["id"]]
        assert visitor.mine(identifier=f"{URI}|{new_identifier()}").total == 0
        assert visitor.mine(identifier="urn:other|x").total == 0

    def test_by_day(self, visitor: Visitor, two: list[Json]) -> None:
        """Every day is the facility's local one."""
        for one in two:
            same_day = {item["id"] for item in two if day_of(item) == day_of(one)}
            assert {item["id"] for item in visitor.mine(date=day_of(one).isoformat()).matches()} == same_day

    @pytest.mark.parametrize(
        ("prefix", "shift", "expected"), [("ge", 0, 2), ("le", 0, 0), ("ge", 40, 0), ("le", 40, 2)]
    )
    def test_by_a_span(
        self, visitor: Visitor, two: list[Json], prefix: str, shift: int, expected: int
    ) -> None:
        first = min(day_of(one) for one in two)
        last = max(day_of(one) for one in two)
        day = {("ge", 0): first, ("le", 0): first - timedelta(days=1)}.get(
            (prefix, shift), last + timedelta(days=shift)
        )
        assert visitor.mine(date=f"{prefix}{day.isoformat()}").total == expected

    def test_by_both_ends_of_a_span(self, visitor: Visitor, two: list[Json]) -> None:
        day = day_of(two[1])
        query = [f"ge{day.isoformat()}", f"lt{(day + timedelta(days=1)).isoformat()}"]
        assert two[1]["id"] in [one["id"] for one in visitor.mine(date=query).matches()]

    @pytest.mark.parametrize("wrong", ["x", "gt20231021", "2026-99-01", "zz2026-01-01"])
    def test_a_date_that_is_none_is_400(self, anybody: Visitor, wrong: str) -> None:
        """fhir-contract.md 1.4: `gt20231021` is not a FHIR date."""
        anybody.mine(date=wrong).refused(400, "invalid")

    def test_pages(self, visitor: Visitor, two: list[Json]) -> None:
        pages = list(visitor.pages(visitor.mine(_count=1, _sort="date")))
        assert [page.total for page in pages] == [2, 2]
        assert len({page.matches()[0]["id"] for page in pages}) == 2

    def test_a_page_is_for_its_patient_alone(
        self, visitor: Visitor, stranger: Visitor, two: list[Json]
    ) -> None:
        """R39: the next link of one patient shows another nothing."""
        url = visitor.mine(_count=1).next()
        assert url
        answer = stranger.send("GET", url)
        assert answer.status in (400, 403, 404)
        assert visitor.terminal.send("GET", url).status in (400, 403, 404)

    def test_an_unknown_parameter_is_400_with_its_name(self, anybody: Visitor) -> None:
        assert "flavour" in str(anybody.mine(flavour="x").refused(400, "invalid").body)


class TestMessages:
    def test_newest_first(self, visitor: Visitor, two: list[Json]) -> None:
        """R25: booked, cancelled, booked."""
        found = visitor.get("Communication", recipient=f"Patient/{visitor.patient}", _sort="-sent").matches()
        assert len(found) == 3
        sent = [instant(one["sent"]) for one in found]
        assert sent == sorted(sent, reverse=True)
        assert {one["about"][0]["reference"] for one in found} == {f"Appointment/{one['id']}" for one in two}

    def test_are_in_russian(self, visitor: Visitor, two: list[Json]) -> None:
        for message in visitor.get("Communication", recipient=visitor.patient).matches():
            text = message["payload"][0]["contentString"]
            assert any("а" <= letter <= "я" for letter in text.lower())

    def test_received_is_added(self, visitor: Visitor, two: list[Json]) -> None:
        """`received` absent = unread."""
        first = visitor.get("Communication", recipient=visitor.patient).matches()[0]
        assert "received" not in first
        when = "2026-01-02T03:04:05+03:00"
        patch = [{"op": "add", "path": "/received", "value": when}]
        path = f"/fhir/Communication/{first['id']}"
        visitor.send("PATCH", path, json=patch, headers={"Content-Type": PATCH}).ok()
        found = visitor.get("Communication", recipient=visitor.patient).matches()
        read = [one for one in found if "received" in one]
        assert [one["id"] for one in read] == [first["id"]]

    @pytest.mark.parametrize(
        "patch",
        [
            [{"op": "replace", "path": "/payload", "value": []}],
            [{"op": "remove", "path": "/recipient"}],
            [{"op": "add", "path": "/received", "value": "yesterday"}],
            [{"op": "add", "path": "/received"}],
            {},
            [],
        ],
    )
    def test_nothing_else_is_changed(self, visitor: Visitor, times: Iterator[Json], patch: Json) -> None:
        visitor.book(next(times)["id"]).appointment()
        (message,) = visitor.get("Communication", recipient=visitor.patient).matches()
        path = f"/fhir/Communication/{message['id']}"
        visitor.send("PATCH", path, json=patch, headers={"Content-Type": PATCH}).refused(400, "invalid")
        assert visitor.get("Communication", recipient=visitor.patient).matches() == [message]

    def test_without_a_recipient_is_400(self, anybody: Visitor) -> None:
        anybody.get("Communication").refused(400, "invalid")


def test_the_name_of_a_patient_is_theirs_alone(visitor: Visitor, another: Person) -> None:
    """R39: a directory answer never names a patient."""
    text = str(visitor.get("PractitionerRole", _count=50).body)
    assert visitor.patient not in text
    assert another.record["id"] not in text
