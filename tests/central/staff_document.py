"""docs/staff-api.yaml, and whatever a registry answers held against it."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import orjson
import yaml
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry as Schemas
from referencing import Resource
from referencing.jsonschema import DRAFT202012

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
    """The answer, which is as the document says, and so is the request if it was carried out."""
    operation = _operation(answer.request)
    if operation is None:
        assert answer.status_code in (404, 405), answer.text
        return answer
    told = _resolved(operation["responses"].get(str(answer.status_code)) or operation["responses"]["default"])
    media = answer.headers.get("content-type", "").partition(";")[0]
    if "content" not in told:
        assert not answer.content
        return answer
    assert media in told["content"], (media, answer.text)
    if media in ("application/json", "application/fhir+json"):
        validate(answer.json(), told["content"][media]["schema"])
    schema = body_schema(operation)
    if schema and answer.is_success:
        validate(orjson.loads(answer.request.content), schema)
    return answer


def body_schema(operation: dict[str, Any]) -> dict[str, Any]:
    """That of the JSON which an operation takes; empty where it takes none."""
    content = _resolved(operation.get("requestBody", {})).get("content", {})
    schema: dict[str, Any] = content.get("application/json", {}).get("schema", {})
    return schema


def _operation(request: httpx.Request) -> dict[str, Any] | None:
    for template, item in sorted(document()["paths"].items(), key=lambda one: "{" in one[0]):
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), request.url.path):
            found: dict[str, Any] | None = item.get(request.method.lower())
            return found
    return None


def _resolved(one: dict[str, Any]) -> dict[str, Any]:
    """What a reference within the document points to."""
    found: Any = one
    while "$ref" in found:
        parts = found["$ref"].removeprefix("#/").split("/")
        found = document()
        for part in parts:
            found = found[part]
    return found


def validate(value: Any, schema: dict[str, Any]) -> None:
    """ValidationError where a value is not as a schema of the document says."""
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
