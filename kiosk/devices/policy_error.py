"""Why something offered as a policy is none: one family of errors for card, barcode and number."""

from enum import Enum


class PolicyFault(Enum):
    """What is wrong with what was offered.

    EMPTY, TOO_LONG, NOT_A_NUMBER are a typed number's. FOREIGN is a card without the policy's application, REFUSED a
    policy card that will not give its data. UNKNOWN_TYPE is a barcode of another kind. TRUNCATED ends too early,
    MALFORMED is not built as a policy is, NO_NUMBER is, but has no policy number.
    """

    EMPTY = "empty"
    TOO_LONG = "too-long"
    NOT_A_NUMBER = "not-a-number"
    FOREIGN = "foreign"
    REFUSED = "refused"
    UNKNOWN_TYPE = "unknown-type"
    TRUNCATED = "truncated"
    MALFORMED = "malformed"
    NO_NUMBER = "no-number"


class PolicyFormatError(ValueError):
    """What was given is no policy; says in which way (`kind`), never what it was."""

    def __init__(self, kind: PolicyFault) -> None:
        super().__init__(kind.value)
        self.kind = kind
