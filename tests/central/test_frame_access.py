"""Who may do what (api.md section 1), and what is refused before any handler runs."""

import pytest
import tiny_region
from running_registry import Registry

from kiosk.central import identity
from kiosk.central.app import FHIR_ROUTES, PLAIN_ROUTES
from kiosk.central.call import Route, Who
from kiosk.central.frame import TOKEN
from kiosk.central.staff.office import ROUTES as OFFICE_ROUTES
from kiosk.central.staff.sign_in import ROUTES as SIGN_IN_ROUTES

SYSTEM = "urn:electronic-registry:refusal"


def coded(answer) -> str:
    """The code of a refusal, after checking that it is a bare OperationOutcome."""
    assert answer.headers["content-type"] == "application/fhir+json"
    outcome = answer.json()
    assert outcome["resourceType"] == "OperationOutcome"
    issue = outcome["issue"][0]
    assert issue["severity"] == "error"
    assert issue["details"]["text"]
    codings = issue["details"].get("coding", [])
    assert all(coding["system"] == SYSTEM for coding in codings)
    return codings[0]["code"] if codings else ""


def server_log(caplog) -> str:
    """What was logged, but for the test's own client."""
    return "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("http"))


@pytest.mark.parametrize(
    ("method", "path", "options", "status", "code"),
    [
        ("GET", "/fhir/Nothing/1", {}, 404, "not-found"),
        ("GET", "/nothing", {}, 404, "not-found"),
        ("GET", "/fhir/HealthcareService/%0A%2F", {}, 404, "not-found"),
        ("GET", "/fhir/metadata/", {}, 404, "not-found"),
        ("POST", "/fhir/metadata", {}, 405, ""),
        ("DELETE", "/fhir/Patient/p-anna", {}, 405, ""),
        ("GET", "/fhir/metadata?color=red", {}, 400, "invalid"),
        ("GET", "/fhir/metadata?_format=xml", {}, 406, ""),
        ("GET", "/fhir/metadata", {"headers": {"Accept": "application/fhir+xml"}}, 406, ""),
        ("GET", "/fhir/metadata", {"headers": {"Host": "evil host"}}, 400, "invalid"),
        ("GET", "/fhir/Location", {"token": None}, 401, "login"),
        ("GET", "/fhir/Location", {"token": "wrong"}, 401, "login"),
        ("GET", "/fhir/Location", {"headers": {"Authorization": "Basic YTpi"}}, 401, "login"),
        ("GET", "/fhir/Patient/p-anna", {"token": "pt.wrong"}, 401, "login"),
        ("GET", "/fhir/Patient/p-anna", {}, 403, "forbidden"),
        ("GET", "/fhir/Communication?recipient=p-anna", {}, 403, "forbidden"),
        ("GET", "/fhir/Patient?family=x", {}, 403, "forbidden"),
        ("GET", "/fhir/Patient?family=x", {"token": None}, 401, "login"),
        ("POST", "/fhir/Patient/$match", {"json": {"resourceType": "Parameters"}}, 403, "forbidden"),
        ("POST", "/fhir/Patient/_search", {"data": {"family": "x"}}, 403, "forbidden"),
        ("POST", "/terminal/events", {"content": b"{", "token": None}, 401, "login"),
        ("POST", "/terminal/events", {"content": b"{"}, 400, "invalid"),
        ("POST", "/terminal/events", {"content": b""}, 400, "invalid"),
        ("POST", "/terminal/events", {"content": b'["\\u0000"]'}, 400, "invalid"),
        ("POST", "/terminal/events", {"content": b'["\\ud800"]'}, 400, "invalid"),
        ("POST", "/terminal/events", {"content": b"[" * 100_000}, 400, "invalid"),
        ("POST", "/terminal/events", {"content": b" " * (256 * 1024 + 1)}, 413, ""),
        ("POST", "/terminal/events", {"content": iter([b" " * 200_000] * 2)}, 413, ""),
        (
            "POST",
            "/terminal/events",
            {"content": b"<a/>", "headers": {"Content-Type": "application/fhir+xml"}},
            415,
            "",
        ),
        ("GET", "/terminal/events", {}, 405, ""),
    ],
)
def test_bad_requests_get_a_bare_outcome(
    steady: Registry, method: str, path: str, options: dict, status: int, code: str
) -> None:
    answer = steady.request(method, path, **options)
    assert (answer.status_code, coded(answer)) == (status, code)
    if status == 401:
        assert answer.headers["www-authenticate"].startswith("Bearer")
    if status == 405:
        assert method not in answer.headers["allow"]


ROUTES = [("/fhir", route) for route in FHIR_ROUTES] + [
    ("", route) for route in (*PLAIN_ROUTES, *SIGN_IN_ROUTES, *OFFICE_ROUTES)
]


@pytest.mark.parametrize(
    ("prefix", "route"),
    ROUTES,
    ids=lambda value: value if isinstance(value, str) else value.method + value.path,
)
def test_every_route_asks_for_its_credential(steady: Registry, prefix: str, route: Route) -> None:
    """Section 1, the table: whatever else is wrong with the request."""
    path = prefix + route.path.replace("{id}", "x").replace("{login}", "x")

    def status(token: str | None) -> int:
        return steady.request(route.method, path, token=token, content=b"").status_code

    if route.who is Who.ANYBODY:
        assert status(None) not in (401, 403)
        return
    assert [status(None), status("wrong"), status("pt.wrong"), status("st.wrong")] == [401] * 4
    assert (status("") == 403) == (route.who is not Who.TERMINAL)


@pytest.mark.parametrize(
    ("prefix", "route"),
    [(prefix, route) for prefix, route in ROUTES if route.who is Who.TERMINAL],
    ids=lambda value: value if isinstance(value, str) else value.method + value.path,
)
def test_every_route_names_what_it_does_not_know(steady: Registry, prefix: str, route: Route) -> None:
    path = prefix + route.path.replace("{id}", "x") + "?colour=red"
    answer = steady.request(route.method, path)
    assert answer.status_code == 400
    if route.interaction != TOKEN:
        assert answer.json()["issue"][0]["diagnostics"] == "colour"


def test_a_body_of_exactly_the_limit_is_read(steady: Registry) -> None:
    assert steady.post("/terminal/events", content=b"[]".ljust(256 * 1024)).status_code == 204


def test_an_unknown_parameter_is_named(steady: Registry) -> None:
    issue = steady.get("/fhir/Location?fuzz=true").json()["issue"][0]
    assert issue["diagnostics"] == "fuzz"


@pytest.mark.parametrize(
    ("header", "text"),
    [
        (None, "Пожалуйста, представьтесь ещё раз."),
        ("en", "Please sign in again."),
        ("ru;q=0.5, en-GB", "Please sign in again."),
        ("de, *;q=0.1", "Пожалуйста, представьтесь ещё раз."),
        ("en;q=0, ru", "Пожалуйста, представьтесь ещё раз."),
        ("en;q=x", "Пожалуйста, представьтесь ещё раз."),
    ],
)
def test_words_follow_accept_language(steady: Registry, header: str | None, text: str) -> None:
    headers = {"Accept-Language": header} if header else {}
    answer = steady.get("/fhir/Location", token=None, headers=headers)
    assert answer.json()["issue"][0]["details"]["text"] == text


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html, application/*;q=0.1", ""])
def test_json_for_whoever_takes_it(steady: Registry, accept: str) -> None:
    answer = steady.get("/fhir/metadata", token=None, headers={"Accept": accept})
    assert answer.headers["content-type"] == "application/fhir+json"
    assert answer.json()["fhirVersion"] == "4.0.1"


def test_format_goes_before_the_header(steady: Registry) -> None:
    answer = steady.get("/fhir/metadata?_format=json", headers={"Accept": "application/fhir+xml"})
    assert answer.status_code == 200


def test_health_is_open_and_says_when_the_database_is_gone(registry: Registry) -> None:
    assert registry.get("/health", token=None).status_code == 200
    registry.store.write(lambda connection: connection.exec_driver_sql("DROP TABLE setting"))
    answer = registry.get("/health", token=None)
    assert (answer.status_code, coded(answer)) == (503, "")


def test_a_fault_is_an_outcome_and_its_log_holds_nobody(registry: Registry, caplog) -> None:
    """R39: an exception's message may hold the values of a person."""
    token = registry.sign_in(tiny_region.ANNA)
    registry.store.write(lambda connection: connection.exec_driver_sql("DROP TABLE card"))
    with caplog.at_level("INFO"):
        answer = registry.get(f"/fhir/Patient/{tiny_region.ANNA.id}", token=token)
    assert (answer.status_code, coded(answer)) == (500, "")
    logged = server_log(caplog)
    assert "patients.py" in logged
    assert "/fhir/Patient/{id} 500" in logged
    assert tiny_region.ANNA.id not in logged


def test_the_access_log_has_templates_and_no_queries(registry: Registry, caplog) -> None:
    with caplog.at_level("INFO"):
        registry.get("/fhir/Patient/p-anna?_format=json")
        registry.identify(policy_number="7700000000000017", birth_date="1980-05-17")
    logged = server_log(caplog)
    assert "GET /fhir/Patient/{id} 403" in logged
    assert not any(secret in logged for secret in ("p-anna", "7700", "1980", "_format"))


def test_a_revoked_terminal_is_out_at_once(registry: Registry) -> None:
    """Section 1: its credential, its tokens, without a restart."""
    token = registry.sign_in(tiny_region.ANNA)
    identity.revoke(registry.store, "lobby", registry.clock.now)
    for bearer in ("", token):
        assert registry.get(f"/fhir/Patient/{tiny_region.ANNA.id}", token=bearer).status_code == 401
    assert registry.identify(policy_number="1", birth_date="2").json() == {"error": "invalid_client"}
    assert [terminal.revoked for terminal in identity.terminals(registry.store)] == [registry.clock.now]


def test_a_token_made_while_its_terminal_was_revoked_is_worth_nothing(registry: Registry) -> None:
    [lobby] = identity.terminals(registry.store)
    identity.revoke(registry.store, "lobby", registry.clock.now)
    late = registry.store.write(
        lambda connection: identity.issue_token(connection, lobby.id, tiny_region.ANNA.id, registry.clock.now)
    )
    assert registry.get(f"/fhir/Patient/{tiny_region.ANNA.id}", token=late).status_code == 401


def test_names_of_terminals_are_unique_and_known(registry: Registry) -> None:
    with pytest.raises(ValueError, match="enrolled already"):
        registry.enroll("lobby")
    with pytest.raises(ValueError, match="no terminal"):
        identity.revoke(registry.store, "attic", registry.clock.now)


def test_answers_are_kept_by_no_cache(steady: Registry) -> None:
    assert steady.get("/fhir/metadata").headers["cache-control"] == "no-store"
