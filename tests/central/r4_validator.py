"""Is an answer valid FHIR R4? An independent validator, and the rules of R4 and IHE that it leaves out.

`problems(resource)` gives one line for each problem, none where all is well.
"""

import re
from collections.abc import Iterator
from typing import Any

import fhirkit

ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
REFERENCE = re.compile(r"[A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64}")

#: Required bindings of R4, by the path without indexes.
CODES = {
    "Location.status": {"active", "suspended", "inactive"},
    "Location.mode": {"instance", "kind"},
    "Location.hoursOfOperation.daysOfWeek": {"mon", "tue", "wed", "thu", "fri", "sat", "sun"},
    "PractitionerRole.availableTime.daysOfWeek": {"mon", "tue", "wed", "thu", "fri", "sat", "sun"},
    "Practitioner.gender": {"male", "female", "other", "unknown"},
    "Patient.gender": {"male", "female", "other", "unknown"},
    "Bundle.type": {"searchset"},
    "Bundle.entry.search.mode": {"match", "include", "outcome"},
    "Appointment.status": {"proposed", "pending", "booked", "cancelled", "waitlist", "noshow", "fulfilled"},
    "Appointment.participant.status": {"accepted", "declined", "tentative", "needs-action"},
    "Communication.status": {"completed"},
    "OperationOutcome.issue.severity": {"fatal", "error", "warning", "information"},
}

#: What must be there (IHE mCSD and Scheduling, as far as api.md promises it).
REQUIRED = {
    "Organization": ("active", "type", "name"),
    "Location": ("status", "type", "name", "physicalType"),
    "HealthcareService": ("active", "type", "name", "providedBy", "specialty"),
    "Practitioner": ("active", "name"),
    "PractitionerRole": (
        "active",
        "code",
        "practitioner",
        "organization",
        "specialty",
        "healthcareService",
        "location",
    ),
    "Bundle": ("type", "total"),
}

Found = dict[str, Any]


def problems(resource: Found) -> list[str]:
    """Everything that is wrong with a resource and those inside it."""
    found = [str(issue) for issue in fhirkit.validate(resource)]
    for path, inner in _resources(resource):
        found += [f"{path}: {problem}" for problem in _of_resource(inner)]
    return found


def _resources(resource: Found, path: str = "") -> Iterator[tuple[str, Found]]:
    here = f"{path}{resource['resourceType']}"
    yield here, resource
    for index, entry in enumerate(resource.get("entry", [])):
        yield from _resources(entry["resource"], f"{here}.entry[{index}].")


def _of_resource(resource: Found) -> Iterator[str]:
    kind = resource["resourceType"]
    yield from (f"{name} is missing" for name in REQUIRED.get(kind, ()) if name not in resource)
    if "id" in resource and not ID.fullmatch(resource["id"]):
        yield f"id {resource['id']!r}"
    if kind == "Bundle":
        yield from _of_bundle(resource)
    for path, value in _leaves(resource, kind):
        yield from _of_leaf(path, value)


def _of_bundle(bundle: Found) -> Iterator[str]:
    entries = bundle.get("entry", [])
    urls = [entry["fullUrl"] for entry in entries if "fullUrl" in entry]
    if len(set(urls)) != len(urls):
        yield "a fullUrl stands twice (bdl-7)"
    modes = [entry["search"]["mode"] for entry in entries]
    if modes != sorted(modes, key=["match", "include", "outcome"].index):
        yield f"entries out of order: {modes}"
    if modes.count("match") > bundle["total"]:
        yield f"{modes.count('match')} matches, total {bundle['total']}"
    for entry in entries:
        inner = entry["resource"]
        tail = f"/{inner['resourceType']}/{inner.get('id')}"
        if inner["resourceType"] != "OperationOutcome" and not entry["fullUrl"].endswith(tail):
            yield f"fullUrl {entry['fullUrl']} is not that of its resource"


def _of_leaf(path: str, value: Any) -> Iterator[str]:
    if path in CODES and value not in CODES[path]:
        yield f"{path}: {value!r} is no code of its binding"
    if path.endswith(".reference") and not REFERENCE.fullmatch(value):
        yield f"{path}: {value!r} is no reference"
    if value == "" or value is None:
        yield f"{path} is empty"


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Primitive values with their paths; resources inside a Bundle are looked at by themselves."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name != "resource":
                yield from _leaves(inner, f"{path}.{name}")
    elif isinstance(value, list):
        if not value:
            yield path, None
        for inner in value:
            yield from _leaves(inner, path)
    else:
        yield path, value
