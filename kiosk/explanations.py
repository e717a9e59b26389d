"""What to tell the patient of a failure: what happened, what now. The words stand in the catalog "terminal"."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Explanation:
    """What to tell the patient: what happened, what now; `retry` where trying again makes sense."""

    title: str
    text: str
    retry: bool = False
