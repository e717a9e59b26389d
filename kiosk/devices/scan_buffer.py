"""A scanner that types like a keyboard: signs in, codes out. Pure, the time is given.

Such a scanner gives texts only: a policy number, a ticket, or a barcode in hex. Bytes that are no signs would get lost.
"""

_ENDS = frozenset("\r\n\t")
#: Scanners type a sign every 0 to 20 ms, which a window hands over when it has drawn its frame; a finger is slower.
_GAP_SECONDS = 0.3
_SHORTEST, _LONGEST = 8, 4096


class ScanBuffer:
    """Collects signs that come one upon another."""

    def __init__(self) -> None:
        self._text = ""
        self._last = 0.0

    def feed(self, text: str, now: float) -> str | None:
        """The code that this sign ends (Enter or Tab), None where there is none yet."""
        if now - self._last > _GAP_SECONDS or len(self._text) > _LONGEST:
            self._text = ""
        self._last = now
        self._text += text
        return self._code() if self._text[-1:] in _ENDS else None

    def idle(self, now: float) -> str | None:
        """The code that has ended by nothing more being typed, for scanners without a suffix."""
        return self._code() if now - self._last > _GAP_SECONDS else None

    def _code(self) -> str | None:
        code, self._text = self._text.strip("\r\n\t"), ""
        return code if len(code) >= _SHORTEST else None
