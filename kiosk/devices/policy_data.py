"""What a policy says of its owner, whether read from a chip or from a barcode."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Sex = Literal["male", "female"]


@dataclass(frozen=True, repr=False)
class PolicyData:
    """One policy; None for what it does not say. Its repr shows nothing of the person.

    `number` is the unified policy number (16 digits), `snils` 11 digits, `insurer_ogrn` 13, `insurer_okato` 5;
    `expires` is None for a policy without end. Names are as they stand on the policy, in whatever case.
    """

    number: str
    last_name: str | None = None
    first_name: str | None = None
    patronymic: str | None = None
    sex: Sex | None = None
    birth_date: date | None = None
    snils: str | None = None
    expires: date | None = None
    insurer_ogrn: str | None = None
    insurer_okato: str | None = None
