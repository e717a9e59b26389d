"""Identification, its limits and the life of a token (api.md section 9, R9 to R11)."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import tiny_region
from registry_process import registry_process
from running_registry import Registry, running
from sqlalchemy import Engine, event, func, select
from tiny_region import ANNA, CHILD, NOBODY, OTHER_TWIN, PAVEL, TWIN, Person

from kiosk.central import identity, schema, tries
from kiosk.central.sign_in import ALARM, folded
from kiosk.central.store import Store

JSON = "application/json"


def attempt(registry: Registry, person: Person, *, document: str = "", **options):
    fields = {"policy_number": person.policy_number, "birth_date": person.birth_date}
    return registry.identify(**fields, **({"document_number": document} if document else {}), **options)


def works(registry: Registry, token: str, person: Person = ANNA) -> bool:
    return registry.get(f"/fhir/Patient/{person.id}", token=token).status_code == 200


def test_policy_and_birth_date_are_enough_for_one(registry: Registry) -> None:
    answer = attempt(registry, ANNA)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == JSON
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert body.pop("access_token")
    assert body == {"token_type": "Bearer", "expires_in": 300, "patient": ANNA.id}


@pytest.mark.parametrize(
    "fields",
    [
        {"policy_number": "  7700-0000 0000-0017 ", "birth_date": ANNA.birth_date},
        {"policy_number": "аб 1234 567890", "birth_date": TWIN.birth_date, "document_number": "11 11-11"},
        {"policy_number": ANNA.policy_number, "birth_date": ANNA.birth_date, "document_number": ""},
    ],
)
def test_spaces_hyphens_and_case_do_not_matter(registry: Registry, fields: dict) -> None:
    assert registry.identify(**fields).status_code == 200


def test_two_alike_are_told_apart_by_document(registry: Registry) -> None:
    assert attempt(registry, TWIN).json() == {"error": "document_required"}
    for twin in (TWIN, OTHER_TWIN):
        assert attempt(registry, twin, document=twin.document_number).json()["patient"] == twin.id


@pytest.mark.parametrize(
    "fields",
    [
        {"policy_number": NOBODY.policy_number, "birth_date": NOBODY.birth_date},
        {"policy_number": ANNA.policy_number, "birth_date": "1980-05-18"},
        {"policy_number": ANNA.policy_number, "birth_date": "17.05.1980"},
        {"policy_number": ANNA.policy_number, "birth_date": "0"},
        {"policy_number": "-", "birth_date": ANNA.birth_date},
        {"policy_number": "\0", "birth_date": "\0"},
        {"policy_number": "' OR 1=1 --", "birth_date": "\ufffd"},
        {"policy_number": "9" * 100_000, "birth_date": "x" * 50_000},
    ],
)
def test_every_failure_looks_the_same(registry: Registry, fields: dict) -> None:
    """Malformed values answer as unknown ones: first the document is asked for, then refused."""
    first = registry.identify(**fields)
    second = registry.identify(**fields, document_number="999999")
    assert (first.status_code, first.content) == (400, b'{"error":"document_required"}')
    assert (second.status_code, second.content) == (400, b'{"error":"invalid_grant"}')
    assert {name for name, _ in first.headers.items()} == {
        "date",
        "cache-control",
        "content-length",
        "content-type",
    }


def test_every_failure_is_the_same_work(registry: Registry) -> None:
    """Section 9: time alike whatever was wrong. The same statements run for each, in one transaction."""
    works = []
    attempt(registry, CHILD)  # The first request of a server also reads its settings.
    for document in (False, True):
        for wrong in (
            Person("", ANNA.policy_number, "1900-01-01", "0"),
            Person("", NOBODY.policy_number, NOBODY.birth_date, "0"),
            Person("", "\ufffd", "x", "x"),
            Person("", TWIN.policy_number, TWIN.birth_date, "0"),
        ):
            with statements() as run:
                assert attempt(registry, wrong, document="0" if document else "").status_code == 400
            works.append(run)
    assert all(run == works[0] for run in works)


@contextmanager
def statements() -> Iterator[list[str]]:
    """The SQL that runs meanwhile, in order."""
    run: list[str] = []

    def note(_connection, _cursor, statement: str, *_: object) -> None:
        run.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield run
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def test_a_document_sent_at_once_must_match(registry: Registry) -> None:
    assert attempt(registry, ANNA, document="000000").json() == {"error": "invalid_grant"}
    assert attempt(registry, ANNA, document=ANNA.document_number).status_code == 200


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ("", "invalid_request"),
        ("policy_number=1&birth_date=2", "invalid_request"),
        ("grant_type=policy&birth_date=2", "invalid_request"),
        ("grant_type=policy&policy_number=1", "invalid_request"),
        ("grant_type=policy&policy_number=&birth_date=2", "invalid_request"),
        ("grant_type=policy&grant_type=policy&policy_number=1&birth_date=2", "invalid_request"),
        ("grant_type=policy&policy_number=1&policy_number=1&birth_date=2", "invalid_request"),
        ("grant_type=password&policy_number=1&birth_date=2", "unsupported_grant_type"),
        ("&".join(["a=1"] * 2000), "invalid_request"),
    ],
)
def test_what_is_no_request_is_not_a_failure(steady: Registry, content: str, error: str) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    for _ in range(tries.POLICY_FAILURES + 1):
        answer = steady.post("/auth/token", content=content, headers=headers)
        assert (answer.status_code, answer.json()) == (400, {"error": error})


@pytest.mark.parametrize(
    ("path", "options", "status", "error"),
    [
        ("/auth/token", {"token": None}, 401, "invalid_client"),
        ("/auth/token", {"token": "wrong"}, 401, "invalid_client"),
        ("/auth/token?policy_number=1", {}, 400, "invalid_request"),
        ("/auth/token", {"json": {}}, 415, "invalid_request"),
        ("/auth/token", {"data": {"a": "x" * 300_000}}, 413, "invalid_request"),
        ("/auth/token", {"headers": {"Accept": "application/xml"}}, 406, "invalid_request"),
    ],
)
def test_errors_are_those_of_rfc_6749(
    steady: Registry, path: str, options: dict, status: int, error: str
) -> None:
    answer = steady.post(path, **options)
    assert (answer.status_code, answer.json()) == (status, {"error": error})
    assert answer.headers["content-type"] == JSON


@pytest.mark.parametrize("person", [ANNA, NOBODY])
def test_a_policy_number_has_five_failures_on_all_terminals(registry: Registry, person: Person) -> None:
    """Known or not, right or wrong afterwards, with or without document; the 429s do not count."""
    other = registry.enroll("second floor")
    wrong = Person("", person.policy_number, "1900-01-01", "0")
    for number in range(5):
        answer = attempt(
            registry, wrong, document="1" if number % 2 else "", token=other if number > 2 else ""
        )
        assert answer.status_code == 400
        registry.clock.forward(10)
    for tried, token in ((wrong, ""), (person, ""), (person, other)):
        answer = attempt(registry, tried, token=token)
        assert (answer.status_code, answer.json()) == (429, {"error": "too_many"})
        assert answer.headers["retry-after"] == str(900 - 50)
    registry.clock.forward(900 - 51)
    assert attempt(registry, person).status_code == 429
    registry.clock.forward(1)
    assert attempt(registry, person).status_code == (200 if person is ANNA else 400)


def test_a_success_clears_the_policy_number(registry: Registry) -> None:
    for _ in range(3):
        for _ in range(4):
            assert attempt(registry, ANNA, document="0").status_code == 400
        assert attempt(registry, ANNA).status_code == 200


def failed(registry: Registry, times: int, *, start: int = 0):
    """So many failures of different policy numbers, each as soon as it is allowed; the last answer."""
    for number in range(start, start + times):
        answer = attempt(registry, Person("", f"unknown {number}", "1900-01-01", ""))
        assert answer.status_code == 400
        if number < start + times - 1:
            registry.clock.forward(int(answer.headers.get("retry-after", 0)))
    return answer


def test_a_terminal_waits_longer_from_the_tenth_failure(registry: Registry) -> None:
    waits = []
    for number in range(17):
        answer = failed(registry, 1, start=number)
        waits.append(int(answer.headers.get("retry-after", 0)))
        if waits[-1]:
            registry.clock.forward(waits[-1] - 1)
            early = attempt(registry, ANNA)
            assert (early.status_code, early.headers["retry-after"]) == (429, "1")
            registry.clock.forward(1)
    assert waits == [0] * 9 + [1, 2, 4, 8, 16, 30, 30, 30]
    assert attempt(registry, ANNA).status_code == 200
    assert "retry-after" not in failed(registry, 1, start=100).headers


def test_another_terminal_does_not_wait(registry: Registry) -> None:
    failed(registry, 15)
    assert attempt(registry, ANNA, token=registry.enroll("second floor")).status_code == 200


def test_the_tenth_failure_alarms_staff_once(registry: Registry) -> None:
    failed(registry, 12)
    with registry.store.read() as connection:
        kinds = connection.execute(select(schema.terminal_event.c.kind)).scalars().all()
    assert kinds == [ALARM]


def test_limits_and_tokens_survive_a_restart(registry: Registry) -> None:
    token = registry.sign_in(PAVEL)
    for _ in range(5):
        attempt(registry, ANNA, document="0")
    with running(registry.store, registry.clock, registry.credential) as restarted:
        assert attempt(restarted, ANNA).status_code == 429
        assert works(restarted, token, PAVEL)


def test_two_processes_count_together(store: Store, tiny_copy: str, tmp_path: Path) -> None:
    """The limits and the tokens are the store's, whoever is asked, and over a kill."""
    credential = identity.enroll(store, "lobby", int(time.time()))
    bearer = {"Authorization": f"Bearer {credential}"}
    with (
        registry_process(tiny_copy, tmp_path / "one") as one,
        registry_process(tiny_copy, tmp_path / "two") as two,
    ):

        def identify(base: str, person: Person, document: str) -> httpx.Response:
            form = {
                "grant_type": "policy",
                "policy_number": person.policy_number,
                "birth_date": person.birth_date,
                "document_number": document,
            }
            return httpx.post(f"{base}/auth/token", data=form, headers=bearer, trust_env=False, timeout=20)

        token = identify(one.base, PAVEL, PAVEL.document_number).json()["access_token"]
        tried = [identify(base, ANNA, "0").status_code for base in (one.base, two.base) * 3]
        assert tried == [400] * 5 + [429]
        two.kill()
        two.start()
        assert identify(two.base, ANNA, ANNA.document_number).status_code == 429
        own = {"Authorization": f"Bearer {token}"}
        for base in (one.base, two.base):
            url = f"{base}/fhir/Patient/{PAVEL.id}"
            assert httpx.get(url, headers=own, trust_env=False).status_code == 200
        identity.revoke(store, "lobby", int(time.time()))
        for base in (one.base, two.base):
            assert identify(base, PAVEL, PAVEL.document_number).status_code == 401


def test_what_is_kept_tells_nobody(registry: Registry) -> None:
    """R39: no policy number, credential or token in the tables that identification writes."""
    token = registry.sign_in(ANNA)
    attempt(registry, NOBODY)
    with registry.store.read() as connection:
        kept = [
            str(tuple(row))
            for table in (schema.failure, schema.token, schema.terminal)
            for row in connection.execute(select(table))
        ]
    assert len(kept) == 4
    secrets = (token, registry.credential, NOBODY.policy_number, ANNA.policy_number)
    assert not any(secret in row for row in kept for secret in secrets)


def test_old_failures_are_forgotten(registry: Registry) -> None:
    failed(registry, 3)
    registry.clock.forward(tries.WINDOW_SECONDS)
    failed(registry, 1)
    with registry.store.read() as connection:
        assert connection.execute(select(func.count()).select_from(schema.failure)).scalar() == 2


def test_a_token_slides_and_ends(registry: Registry) -> None:
    """5 minutes after its last use (a few seconds less, so that most uses write nothing), 30 at most."""
    token = registry.sign_in(ANNA)
    for _ in range(6):
        registry.clock.forward(290)
        assert works(registry, token)
    registry.clock.forward(60)
    assert not works(registry, token)


def test_a_token_not_used_ends_after_five_minutes(registry: Registry) -> None:
    token = registry.sign_in(ANNA)
    registry.clock.forward(299)
    assert works(registry, token)
    registry.clock.forward(300)
    assert not works(registry, token)


def test_uses_in_short_order_write_nothing(registry: Registry) -> None:
    token = registry.sign_in(ANNA)

    def end() -> int:
        with registry.store.read() as connection:
            return connection.execute(select(schema.token.c.expires)).scalar_one()

    ends = []
    for _ in range(6):
        registry.clock.forward(2)
        assert works(registry, token)
        ends.append(end() - tiny_region.NOW)
    assert ends == [300, 300, 306, 306, 306, 312]


def test_a_terminal_has_one_token(registry: Registry) -> None:
    first, other = registry.sign_in(ANNA), registry.enroll("second floor")
    elsewhere = registry.sign_in(PAVEL, token=other)
    second = registry.sign_in(CHILD)
    assert not works(registry, first)
    assert works(registry, second, CHILD)
    assert works(registry, elsewhere, PAVEL)


def test_a_failed_try_leaves_the_token(registry: Registry) -> None:
    token = registry.sign_in(ANNA)
    attempt(registry, NOBODY)
    assert works(registry, token)


@pytest.mark.parametrize("authority", ["credential", "token", "nothing"])
def test_a_token_is_revoked_by_itself_or_its_terminal(registry: Registry, authority: str) -> None:
    token = registry.sign_in(ANNA)
    shown = {"credential": registry.credential, "token": token, "nothing": None}[authority]
    for _ in range(2):
        answer = registry.post("/auth/revoke", data={"token": token}, token=shown)
        assert (answer.status_code, answer.content) == (200, b"")
    assert not works(registry, token)


def test_revoking_what_is_anothers_answers_alike_and_does_nothing(registry: Registry) -> None:
    token = registry.sign_in(ANNA)
    other = registry.enroll("second floor")
    elsewhere = registry.sign_in(PAVEL, token=other)
    for shown in (other, elsewhere, "wrong"):
        assert registry.post("/auth/revoke", data={"token": token}, token=shown).status_code == 200
    assert registry.post("/auth/revoke", data={"token": "pt.unknown"}).status_code == 200
    assert registry.post("/auth/revoke", data={}).status_code == 200
    assert works(registry, token)


def test_revoking_a_terminal_frees_its_hold(registry: Registry) -> None:
    """Section 1: tokens and holds end with their terminal; bookings and other terminals' holds stay."""
    own = next(iter(identity.terminals(registry.store))).id
    claims = [
        ("doctor:r-therapist#0", 1, own, 99),
        ("doctor:r-therapist#0", 2, own, None),
        ("x", 3, "t2", 99),
    ]

    def prepare(connection) -> None:
        held = {"first_at": 1, "expires": 99, "released": False, "terminal_id": own, "appointment": "a"}
        connection.execute(schema.hold.insert().values(held))
        for resource, tick, holder, expires in claims:
            row = {
                "resource": resource,
                "tick": tick,
                "appointment": "a",
                "holder": holder,
                "expires": expires,
            }
            connection.execute(schema.claim.insert().values(row))

    registry.store.write(prepare)
    identity.revoke(registry.store, "lobby", registry.clock.now)
    with registry.store.read() as connection:
        assert connection.execute(
            select(schema.claim.c.tick).order_by(schema.claim.c.tick)
        ).scalars().all() == [2, 3]
        assert connection.execute(select(schema.hold.c.released)).scalars().all() == [True]


@pytest.mark.parametrize(
    ("text", "result"), [(" а б-1 2", "АБ12"), ("7700\u00a00000—1", "770000001"), ("", ""), ("- -", "")]
)
def test_folding(text: str, result: str) -> None:
    assert folded(text) == result
