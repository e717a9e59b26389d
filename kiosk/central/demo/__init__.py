"""The demo region: invented, always the same, with times that move with today's date (api.md section 13)."""

import base64
import hashlib

#: Enrolled by `init --demo` and written in config/demo.toml: anybody may know it, so no other registry takes it.
DEMO_TERMINAL = "demo"
DEMO_CREDENTIAL = "demo-terminal-of-an-invented-region"


def opaque(*key: str | int) -> str:
    """An id for a thing of the demo region that says nothing about the thing: 12 letters and digits."""
    digest = hashlib.sha256("/".join(map(str, ("demo", *key))).encode()).digest()
    return base64.b32encode(digest)[:12].decode().lower()


#: The Organization in whose lobby the demo terminal stands (R41).
HOME_FACILITY = opaque("facility", "gp5")
