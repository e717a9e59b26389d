"""Messages of the cabinet and events of a terminal (api.md section 10, R25, R35)."""

import pytest
from running_registry import Registry
from sqlalchemy import select
from tiny_region import ANNA, NOW, PAVEL

from kiosk.central import schema

FOUND = f"/fhir/Communication?recipient=Patient/{ANNA.id}"


@pytest.fixture
def anna(registry: Registry) -> str:
    """A token of Anna, who has five messages (two of the same second); Pavel has one."""

    def work(connection) -> None:
        for number, sent in enumerate((10, 20, 30, 30, 50)):
            add(connection, f"m{number}", ANNA.id, NOW + sent)
        add(connection, "other", PAVEL.id, NOW)

    registry.store.write(work)
    registry.clock.forward(60)
    return registry.sign_in(ANNA)


def add(connection, id: str, patient_id: str, sent: int) -> None:
    row = {"id": id, "version": 1, "patient_id": patient_id, "kind": "booked", "text": id, "sent": sent}
    connection.execute(schema.message.insert().values({**row, "appointment": "a1"}))


def ids(bundle: dict) -> list[str]:
    return [entry["resource"]["id"] for entry in bundle.get("entry", [])]


def followed(registry: Registry, token: str, path: str) -> list[list[str]]:
    """The pages of a search."""
    pages = []
    while path:
        bundle = registry.get(path, token=token).json()
        assert bundle["total"] == 5
        pages.append(ids(bundle))
        links = {link["relation"]: link["url"] for link in bundle.get("link", [])}
        path = links.get("next", "").removeprefix(registry.base)
    return pages


def test_the_latest_message_comes_first(registry: Registry, anna: str) -> None:
    bundle = registry.get(FOUND + "&_sort=-sent", token=anna).json()
    assert (bundle["type"], bundle["total"]) == ("searchset", 5)
    assert ids(bundle) == ["m4", "m3", "m2", "m1", "m0"]
    assert bundle["entry"][0] == {
        "fullUrl": f"{registry.base}/fhir/Communication/m4",
        "search": {"mode": "match"},
        "resource": {
            "resourceType": "Communication",
            "id": "m4",
            "meta": {"versionId": "1"},
            "status": "completed",
            "recipient": [{"reference": f"Patient/{ANNA.id}"}],
            "about": [{"reference": "Appointment/a1"}],
            "sent": "2026-03-02T09:00:50+03:00",
            "payload": [{"contentString": "m4"}],
        },
    }


@pytest.mark.parametrize(
    ("query", "pages"),
    [
        ("&_count=2", [["m4", "m3"], ["m2", "m1"], ["m0"]]),
        ("&_count=2&_sort=sent", [["m0", "m1"], ["m2", "m3"], ["m4"]]),
        ("&_count=5", [["m4", "m3", "m2", "m1", "m0"]]),
        ("&_count=0", [[]]),
    ],
)
def test_pages_follow_each_other(registry: Registry, anna: str, query: str, pages: list) -> None:
    assert followed(registry, anna, FOUND + query) == pages


def test_a_page_of_another_is_not_found(registry: Registry, anna: str) -> None:
    links = registry.get(FOUND + "&_count=1", token=anna).json()["link"]
    path = links[0]["url"].removeprefix(registry.base)
    assert registry.get(path, token=registry.sign_in(PAVEL)).status_code == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/fhir/Communication", 400),
        (f"/fhir/Communication?recipient={PAVEL.id}", 404),
        ("/fhir/Communication?recipient=p-unknown", 404),
        (FOUND + "&_sort=received", 400),
        (FOUND + "&_count=-1", 400),
        (FOUND + "&_count=x", 400),
        (FOUND + "&recipient=x", 400),
        ("/fhir/Communication?recipient=Group/1", 400),
        ("/fhir/Communication?recipient=%00", 400),
        ("/fhir/Communication?_page=AAAA", 400),
    ],
)
def test_bad_searches(registry: Registry, anna: str, path: str, status: int) -> None:
    assert registry.get(path, token=anna).status_code == status


def test_a_search_can_be_posted(registry: Registry, anna: str) -> None:
    form = {"recipient": ANNA.id, "_count": "1"}
    assert ids(registry.post("/fhir/Communication/_search", token=anna, data=form).json()) == ["m4"]


def received(registry: Registry, token: str, id: str, at: object = "2026-03-02T09:00:55+03:00", **step):
    patch = [{"op": "add", "path": "/received", "value": at, **step}]
    return registry.patch(f"/fhir/Communication/{id}", token=token, json=patch)


def test_received_once_stands(registry: Registry, anna: str) -> None:
    first = received(registry, anna, "m4")
    assert (first.status_code, first.headers["etag"]) == (200, 'W/"2"')
    assert first.json()["received"] == "2026-03-02T09:00:55+03:00"
    again = received(registry, anna, "m4", "2026-03-02T09:00:58+03:00")
    assert again.json() == first.json()


@pytest.mark.parametrize(
    ("at", "kept"),
    [
        ("1999-01-01T00:00:00Z", "2026-03-02T09:00:50+03:00"),
        ("9999-12-31T23:59:59-14:00", "2026-03-02T09:01:00+03:00"),
        ("0001-01-01T00:00:00+14:00", "2026-03-02T09:00:50+03:00"),
    ],
)
def test_a_terminal_with_a_wrong_clock_does_no_harm(
    registry: Registry, anna: str, at: str, kept: str
) -> None:
    assert received(registry, anna, "m4", at).json()["received"] == kept


@pytest.mark.parametrize(
    "step",
    [
        {"at": None},
        {"at": 5},
        {"at": "2026-03-02"},
        {"at": "2026-03-02T09:00:55"},
        {"at": "2026-02-30T09:00:55Z"},
        {"at": "2026-03-02T25:00:55Z"},
        {"op": "remove"},
        {"path": "/sent"},
    ],
)
def test_only_received_is_patched(registry: Registry, anna: str, step: dict) -> None:
    assert received(registry, anna, "m4", **step).status_code == 400


def test_messages_of_others_are_not_found(registry: Registry, anna: str) -> None:
    assert received(registry, anna, "other").status_code == 404
    assert received(registry, anna, "unknown").status_code == 404


EVENT = {"id": "e1", "at": "2026-03-02T09:00:00+03:00", "kind": "step"}


def kept(registry: Registry) -> list:
    with registry.store.read() as connection:
        return list(connection.execute(select(schema.terminal_event).order_by("id")).mappings())


def test_events_are_kept_once(registry: Registry) -> None:
    full = {
        **EVENT,
        "id": "e2",
        "organization": "Organization/f1",
        "specialty": "therapist",
        "detail": "none",
    }
    for events in ([], [EVENT], [EVENT, full], [full, full]):
        answer = registry.post("/terminal/events", json=events)
        assert (answer.status_code, answer.content) == (204, b"")
    first, second = kept(registry)
    assert (first["id"], first["at"], first["organization"]) == ("e1", NOW, None)
    assert (second["organization"], second["specialty"], second["detail"]) == ("f1", "therapist", "none")


def test_ids_are_each_terminals_own(registry: Registry) -> None:
    registry.post("/terminal/events", json=[EVENT])
    registry.post("/terminal/events", json=[EVENT], token=registry.enroll("second floor"))
    assert len(kept(registry)) == 2


@pytest.mark.parametrize(
    "events",
    [
        {},
        [1],
        [{}],
        [{**EVENT, "id": ""}],
        [{**EVENT, "id": 5}],
        [{**EVENT, "at": "yesterday"}],
        [{**EVENT, "kind": None}],
        [{**EVENT, "kind": "x" * 65}],
        [{**EVENT, "detail": ["x"]}],
        [{**EVENT, "organization": {"reference": 1}}],
        [{**EVENT, "patient": "p-anna"}],
        [EVENT, {**EVENT, "id": "e2", "at": 0}],
        [{**EVENT, "id": str(number)} for number in range(501)],
    ],
)
def test_bad_events_are_refused_as_a_whole(steady: Registry, events: object) -> None:
    assert steady.post("/terminal/events", json=events).status_code == 400
    assert kept(steady) == []
