"""How a policy can be shown instead of typing it, as far as the devices for it are there."""

from kiosk.screens.words import _


def policy_words(card: bool, code: bool) -> str:
    """What to do with the policy; '' where there is no device for it."""
    if card and code:
        return _("Put in the card or hold up the barcode")
    if card:
        return _("Put in the card of the policy")
    return _("Hold up the barcode of the policy") if code else ""
