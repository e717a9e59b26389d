"""The borders of the house: who may import whom, and which room alone knows a library."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "kiosk").rglob("*.py"))

#: The terminal's floors from the ground up; a module imports only from floors below its own, or from its own.
FLOORS = (
    ("models", "modes", "errors", "texts", "lettering", "check_digits"),
    ("ticket", "visit", "settings", "formats", "ports"),
    ("flow", "idle", "journal", "jobs", "devices", "api_client"),
    ("explanations",),
    ("views", "booking", "rounds"),
    ("maintenance",),
    ("terminal",),
    ("window", "screens", "keys", "memory"),
    ("app", "robot"),
    ("bootstrap",),
    ("run", "check", "pin"),
    ("demo",),
    ("__main__",),
)

#: What the central registry may use of the terminal's house.
SHARED_WITH_CENTRAL = {"models", "ticket", "texts", "errors", "lettering", "check_digits"}

#: Rooms that alone may import a library; everybody else goes through them.
LIBRARIES = {
    "kivy": {"app", "window", "screens", "keys", "robot"},
    "requests": {"api_client", "bootstrap"},
    "escpos": {"devices"},
    "serial": {"devices"},
    "usb": {"devices"},
    "smartcard": {"devices"},
    "phonenumbers": {"terminal"},
    "email_validator": {"terminal"},
    "starlette": {"central"},
    "uvicorn": {"central"},
    "sqlalchemy": {"central"},
    "alembic": {"central"},
    "argon2": {"central"},
    "rapidfuzz": {"central"},
    "icalendar": {"central"},
    "prometheus_client": {"central"},
    "pygal": {"central"},
    "python_calamine": {"central"},
    "smtplib": {"central"},
}

#: Libraries of devices, each with the one file that knows it: elsewhere the devices are ports and events.
ADAPTERS = {
    "escpos": {"devices/escpos_writer.py"},
    "serial": {"devices/serial_scanner.py", "devices/serial_wire.py"},
    "smartcard": {"devices/pcsc_reader.py"},
    "usb": {"devices/usb_wire.py"},
}

STANDARD_ONLY = ("models", "modes", "ticket", "flow", "visit", "errors", "check_digits")


def room(path: Path) -> str:
    return path.relative_to(ROOT / "kiosk").with_suffix("").parts[0]


def imported(path: Path) -> Iterator[str]:
    """Every module a file imports, in full, relative imports resolved, wherever in the file they stand."""
    package = (*path.relative_to(ROOT).with_suffix("").parts,)
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: -node.level]) + "." if node.level else ""
            yield from (f"{base}{node.module or ''}.{alias.name}".replace("..", ".") for alias in node.names)


def rooms_used(path: Path) -> set[str]:
    names = (name.split(".") for name in imported(path))
    return {name[1] for name in names if name[0] == "kiosk" and len(name) > 1} - {room(path)}


def floor(name: str) -> int:
    return next(number for number, names in enumerate(FLOORS) if name in names)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_down_only(path: Path) -> None:
    here = room(path)
    if here == "__init__":
        assert not rooms_used(path)
    elif here == "central":
        assert rooms_used(path) <= SHARED_WITH_CENTRAL
    else:
        above = {name for name in rooms_used(path) - {"central"} if floor(name) > floor(here)}
        assert not above
        assert "central" not in rooms_used(path) or here == "__main__"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_libraries_stay_in_their_rooms(path: Path) -> None:
    used = {name.split(".")[0] for name in imported(path)}
    strangers = {library for library in used & LIBRARIES.keys() if room(path) not in LIBRARIES[library]}
    assert not strangers


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_libraries_of_devices_stay_in_their_adapters(path: Path) -> None:
    used = {name.split(".")[0] for name in imported(path)}
    here = str(path.relative_to(ROOT / "kiosk"))
    assert not {library for library, homes in ADAPTERS.items() if library in used and here not in homes}


def test_screens_never_import_each_other() -> None:
    folder = ROOT / "kiosk" / "screens"
    screens = {one.stem for one in folder.glob("*.kv")}
    for path in folder.glob("*.py"):
        siblings = {name.split(".")[2] for name in imported(path) if name.startswith("kiosk.screens.")}
        assert path.stem in ("__init__", "steps") or not (siblings & screens) - {path.stem}, path


@pytest.mark.parametrize("name", STANDARD_ONLY)
def test_the_pure_core_uses_the_standard_library_only(name: str) -> None:
    tops = {module.split(".")[0] for module in imported(ROOT / "kiosk" / f"{name}.py")}
    assert tops <= sys.stdlib_module_names | {"kiosk"}


def test_devices_and_the_api_client_stand_beside_booking() -> None:
    for path in MODULES:
        if room(path) in ("devices", "api_client"):
            assert rooms_used(path) <= {"models", "ticket", "errors", "texts", "check_digits"}, path


#: What alone may know the table of the audit: where it is defined, and who writes and reads it (R39).
AUDIT = ROOT / "kiosk" / "central" / "audit.py"


def test_the_audit_is_written_by_one_module_and_never_changed() -> None:
    """On every database alike: nobody else can name the table, and that module neither changes nor removes a line."""
    schema = ROOT / "kiosk" / "central" / "schema.py"
    for path in MODULES:
        if path not in (AUDIT, schema) and "versions" not in path.parts:
            assert "kiosk.central.schema.audit" not in set(imported(path)), path
            assert not list(_named(path, "audit")), path
    assert "kiosk.central.schema.audit" in set(imported(AUDIT)), "else this test looks for the wrong thing"
    told = AUDIT.read_text("utf-8")
    used = {name for module in imported(AUDIT) for name in module.split(".")}
    assert not used & {"update", "delete", "text", "schema.metadata"}
    assert not [
        word for word in ("UPDATE", "DELETE", ".update(", ".delete(", "exec_driver_sql") if word in told
    ]


def _named(path: Path, table: str) -> Iterator[ast.AST]:
    """Where a module names a table otherwise: as an attribute of the schema, or in SQL of its own."""
    sql = re.compile(rf"\b(FROM|INTO|UPDATE|TABLE|JOIN)\s+\"?{table}\b", re.IGNORECASE)
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Attribute) and node.attr == table:
            if isinstance(node.value, ast.Name) and node.value.id in ("schema", "metadata"):
                yield node
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and sql.search(node.value):
            yield node
