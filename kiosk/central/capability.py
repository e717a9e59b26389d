"""The CapabilityStatement, derived from the registered routes. Pure."""

from collections.abc import Iterable
from importlib.metadata import version

from kiosk.central.call import Route
from kiosk.central.fhir import Resource, instant_text

#: Where FHIR's codes for how a server protects itself come from.
_SECURITY = "http://terminology.hl7.org/CodeSystem/restful-security-service"


def capability(routes: Iterable[Route], base: str, now: int) -> Resource:
    """What this server can do: one line for each registered interaction, search parameter and operation."""
    kinds: dict[str, list[Route]] = {}
    for route in routes:
        kind = route.path.split("/")[1]
        if route.interaction and kind[:1].isupper():
            kinds.setdefault(kind, []).append(route)
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": instant_text(now, "UTC"),
        "kind": "instance",
        "software": {"name": "clinic-kiosk registry", "version": version("clinic-kiosk")},
        "implementation": {"description": "Regional electronic registry", "url": base},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "json"],
        "patchFormat": ["application/json-patch+json"],
        "rest": [
            {
                "mode": "server",
                "security": {"service": [{"coding": [{"system": _SECURITY, "code": "OAuth"}]}]},
                "resource": [_resource(kind, kinds[kind]) for kind in sorted(kinds)],
            }
        ],
    }


def _resource(kind: str, routes: list[Route]) -> Resource:
    interactions = sorted({route.interaction for route in routes} - {"operation"})
    searches = {
        name: type
        for route in routes
        if route.interaction == "search-type"
        for name, type in route.searches.items()
    }
    advertised = {
        name.partition(":")[0]: type for name, type in sorted(searches.items()) if type and "." not in name
    }
    includes = sorted({include for route in routes for include in route.includes})
    operations = [route for route in routes if route.interaction == "operation"]
    lists = {
        "interaction": [{"code": code} for code in interactions],
        "searchInclude": includes,
        "searchParam": [{"name": name, "type": type} for name, type in advertised.items()],
        "operation": [_operation(route) for route in operations],
    }
    return {
        "type": kind,
        "versioning": "versioned-update" if "patch" in interactions else "versioned",
        **{name: lines for name, lines in lists.items() if lines},
    }


def _operation(route: Route) -> Resource:
    return {"name": route.path.rpartition("/")[2].lstrip("$"), "definition": route.definition}
