"""The command `kiosk`: the terminal, the demo, the central registry, and a check of one's own house."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from kiosk.errors import SettingsError

DEFAULT_CONFIG = Path("/etc/clinic-kiosk/kiosk.toml")

#: Mistakes in the settings or the command line: starting again would not help.
EXIT_USAGE = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; the exit status is 0 when it did what it says, 2 for usage and settings, else 1."""
    given = sys.argv[1:] if arguments is None else arguments
    options = _parser(given).parse_args(given)
    try:
        return int(options.run(options))
    except SettingsError as error:
        print(f"The settings have mistakes:\n{error}", file=sys.stderr)
        return EXIT_USAGE


def _parser(given: Sequence[str]) -> argparse.ArgumentParser:
    """For these arguments: the registry's commands, whose libraries take long to load, only where they are asked for."""
    parser = argparse.ArgumentParser(
        prog="kiosk", description="The clinic kiosk and the registry it talks to."
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_run(commands)
    _add_demo(commands)
    _add_check(commands)
    _add_pin(commands)
    _add_central(commands, given)
    return parser


def _add_run(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    run = commands.add_parser("run", help="the terminal, fullscreen, until it is stopped")
    _add_config(run)
    run.add_argument("--windowed", action="store_true", help="in a window instead of fullscreen")
    run.set_defaults(run=_run)


def _add_demo(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    demo = commands.add_parser(
        "demo",
        help="registry with a synthetic region, printer and terminal on this machine",
        description="Starts the registry with the demo region, a printer that writes files, and the terminal. "
        "Without a display it runs offscreen and the robot makes one booking. Everything is left under var/demo.",
    )
    demo.add_argument("--windowed", action="store_true", help="in a window instead of fullscreen")
    demo.add_argument("--robot", metavar="SCRIPT", help="let the robot act: the name or the file of a script")
    demo.add_argument(
        "--shots", metavar="DIR", type=Path, help="where the robot's pictures go (default: var/demo/shots)"
    )
    demo.set_defaults(run=_demo)


def _add_check(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    check = commands.add_parser(
        "check", help="settings, registry and devices in one report; status 0 when all is well"
    )
    _add_config(check)
    check.add_argument(
        "--print", action="store_true", help="also make a test print: code page table, width, sizes, QR, cut"
    )
    check.set_defaults(run=_check)


def _add_pin(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    pin = commands.add_parser(
        "pin",
        help="a new PIN of maintenance mode: prints the line for the settings",
        description="Asks twice for a PIN of 4 to 12 digits, or takes it from a pipe, and prints what the section "
        "[maintenance] of the settings has to say. The settings keep a salted hash, never the PIN.",
    )
    pin.set_defaults(run=_pin)


def _add_central(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", given: Sequence[str]
) -> None:
    if "central" in given:
        from kiosk.central.cli import add_parser

        add_parser(commands)
    else:
        commands.add_parser("central", help="the central registry: its database, server, terminals, notices")


def _add_config(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--config", type=Path, default=DEFAULT_CONFIG, help=f"settings (default: {DEFAULT_CONFIG})"
    )


def _run(options: argparse.Namespace) -> int:
    from kiosk.run import run

    return run(options.config, windowed=options.windowed)


def _demo(options: argparse.Namespace) -> int:
    from kiosk.demo import demo

    return demo(windowed=options.windowed, script=options.robot, shots=options.shots)


def _check(options: argparse.Namespace) -> int:
    from kiosk.check import check

    return check(options.config, prints=options.print)


def _pin(_options: argparse.Namespace) -> int:
    from kiosk.pin import pin

    return pin()


if __name__ == "__main__":
    sys.exit(main())
