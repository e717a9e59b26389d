"""How one visitor wants to see and touch the terminal; everything is as usual again when the visit ends. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Modes:
    """The accessibility modes (look.md section 8, product.md): each alone or together with any other."""

    large: bool = False
    contrast: bool = False
    low: bool = False
    #: The same press again within half a second counts for nothing (EN 301 549, 5.9).
    steady: bool = False

    @property
    def any(self) -> bool:
        """Whether anything is other than usual."""
        return self != USUAL


USUAL = Modes()
