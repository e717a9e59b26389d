"""What a visit leaves behind goes back to the system: a terminal is not started anew for months."""

import ctypes
import gc


def give_back() -> None:
    """Collects garbage, and lets the C library give back what it keeps of what was freed (glibc; elsewhere it does as it
    likes). Some 15 ms: for when nobody waits."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
