"""`kiosk pin`: asks for a new PIN of maintenance mode and prints the line for the settings; the PIN itself is kept nowhere."""

import getpass
import sys

from kiosk.maintenance.pin import hash_pin, is_pin


def pin() -> int:
    """Asks twice on a terminal, or takes one line of a pipe; 0 with the line on stdout, 1 where there is no good PIN."""
    if sys.stdin.isatty():
        first, again = getpass.getpass("New PIN: "), getpass.getpass("Once more: ")
    else:
        first = again = sys.stdin.readline().strip()
    problem = "A PIN has 4 to 12 digits." if not is_pin(first) else "These are two." if first != again else ""
    if problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    sys.stdout.write(f'pin_hash = "{hash_pin(first)}"\n')
    return 0
