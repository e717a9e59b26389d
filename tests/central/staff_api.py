"""Staff at work over HTTP: every request and answer is held against docs/staff-api.yaml."""

import re
import uuid
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import yaml
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry as Schemas
from referencing import Resource
from referencing.jsonschema import DRAFT202012
from running_registry import Registry
from sqlalchemy import Connection

from kiosk.central import audit
from kiosk.central.staff import accounts, tokens
from kiosk.central.staff.account import StaffRole

DOCUMENT = Path(__file__).parents[2] / "docs" / "staff-api.yaml"
_METHODS = ("get", "post", "put", "patch", "delete")


@cache
def document() -> dict[str, Any]:
    return yaml.safe_load(DOCUMENT.read_text("utf-8"))


def operations() -> list[str]:
    """`GET /staff/...` of everything that the document has."""
    paths = document()["paths"].items()
    return [f"{method.upper()} {path}" for path, item in paths for method in item if method in _METHODS]


def checked(answer: httpx.Response) -> httpx.Response:
    """The answer, which is as the document says; so is the request, unless it was refused as invalid."""
    request = answer.request
    path = request.url.path
    template = next(
        one
        for one in sorted(document()["paths"], key=lambda one: "{" in one)
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", one), path)
    )
    operation = document()["paths"][template][request.method.lower()]
    told = _resolved(operation["responses"].get(str(answer.status_code)) or operation["responses"]["default"])
    media = answer.headers.get("content-type", "").partition(";")[0]
    if "content" not in told:
        assert not answer.content
        return answer
    assert media in told["content"], (media, answer.text)
    if media in ("application/json", "application/fhir+json"):
        _validate(answer.json(), told["content"][media]["schema"])
    if request.content and answer.status_code != 400:
        content = _resolved(operation["requestBody"])["content"]
        if "application/json" in content:
            _validate(
                httpx.Response(200, content=request.content).json(), content["application/json"]["schema"]
            )
    return answer


def _resolved(one: dict[str, Any]) -> dict[str, Any]:
    """What a reference within the document points to."""
    found: Any = one
    while "$ref" in found:
        parts = found["$ref"].removeprefix("#/").split("/")
        found = document()
        for part in parts:
            found = found[part]
    return found


def _validate(value: Any, schema: dict[str, Any]) -> None:
    resource = Resource.from_contents(document(), default_specification=DRAFT202012)
    schemas: Schemas = Schemas().with_resource("urn:staff-api", resource)
    whole = {"$id": "urn:staff-api:part", **_absolute(schema)}  # References of a part are to the document.
    Draft202012Validator(whole, registry=schemas, format_checker=FormatChecker()).validate(value)


def _absolute(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {
            key: f"urn:staff-api{value}" if key == "$ref" else _absolute(value)
            for key, value in schema.items()
        }
    return [_absolute(one) for one in schema] if isinstance(schema, list) else schema


@dataclass(frozen=True)
class Desk:
    """Somebody of the staff before the registry."""

    registry: Registry
    token: str
    login: str

    def again(self) -> "Desk":
        """The same with a new token: the clock may have gone on."""

        def issue(connection: Connection) -> str:
            found = accounts.find(connection, self.login)
            assert found is not None
            return tokens.issue(connection, found.staff.account_id, self.registry.clock.now)

        return replace(self, token=self.registry.store.write(issue))

    def get(self, path: str, **query: Any) -> httpx.Response:
        return checked(self.registry.get(f"/staff/{path}", token=self.token, params=query))

    def post(self, path: str, **body: Any) -> httpx.Response:
        return checked(self.registry.post(f"/staff/{path}", token=self.token, json=body))

    def patch(self, path: str, **body: Any) -> httpx.Response:
        return checked(self.registry.patch(f"/staff/{path}", token=self.token, json=body))

    def book(self, patient: Any, time: str, **more: Any) -> httpx.Response:
        """Book a time for a patient, under a new identifier if none is given."""
        body = {"identifier": f"urn:uuid:{uuid.uuid4()}", "patient": patient.id, "time": time} | more
        return self.post("bookings", **body)

    def day(self, doctor: str, date: str) -> dict[str, Any]:
        return done(self.get(f"doctors/{doctor}/days/{date}"))


def hired(registry: Registry, role: StaffRole, facility: str = "", login: str = "") -> Desk:
    """Somebody new with a token; how they come by it is tried elsewhere (test_staff_sign_in.py)."""
    login = login or f"{role.value}-{facility or 'region'}"
    accounts.add(registry.store, audit.Done(registry.clock.now), login, role, "Иванова Мария", facility)
    return Desk(registry, "", login).again()


def done(answer: httpx.Response) -> dict[str, Any]:
    """The body of what was not refused."""
    assert answer.status_code == 200, answer.text
    return answer.json()
