"""The patient's contacts in their cabinet: changed, removed, confirmed by a code, told of changes or not (issue 4, item 3).

Every change names the state that its patient saw; what changed meanwhile is read and shown, and nothing is overwritten.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from kiosk.errors import KioskError, Refused
from kiosk.explanations import CODE_REFUSED, CODE_SENT, CONTACT_CONFIRMED, CONTACTS_CHANGED, translated
from kiosk.models import Contact, Contacts, Patient, PatientToken
from kiosk.ports import Registry
from kiosk.terminal.identity import Identity, at_code, at_next_code, with_typed
from kiosk.terminal.stage import Stage
from kiosk.views import Busy
from kiosk.visit import Fact, Visit

#: How many digits a code has.
CODE_DIGITS = 6


class OwnContacts:
    """What is typed lives in the visit's draft only. The code of a new one is asked for here, and before a booking."""

    def __init__(self, stage: Stage, registry: Registry, identity: Identity) -> None:
        self._stage = stage
        self._registry = registry
        self._identity = identity

    # --- from screen to screen -----------------------------------------------------------------------------------

    def show(self) -> None:
        """What the registry has."""
        self._stage.show(self._stage.visit.establish(Fact.OWN_CONTACTS, True))

    def edit(self, system: str) -> None:
        """A new one is typed; what was typed before is gone."""
        visit = self._stage.visit
        visit = replace(visit, draft=replace(visit.draft, phone="", email=""))
        self._stage.hint({})
        self._stage.show(visit.establish(Fact.TYPING, system))

    def enter_code(self, contact: Contact) -> None:
        """To the code of one that is not confirmed yet."""
        self._stage.show(at_code(self._stage.visit, contact))

    def later(self) -> None:
        """Without the code: nothing is told there until it is confirmed."""
        self._stage.show(self._stage.visit.drop(Fact.CODE))

    # --- changes -------------------------------------------------------------------------------------------------

    def save(self) -> None:
        """What was typed takes the place of the first of its kind; of a kind that was not typed all stay."""
        typed = self._identity.typed()
        if typed is None:
            return
        if any(typed.values()):
            self._set(lambda all_: with_typed(all_, typed), self.save, typed)
        else:
            self._stage.show(self._stage.visit.drop(Fact.TYPING))

    def send_again(self) -> None:
        """A new code, for who did not get the one before."""
        stage, registry, token = self._stage, self._registry, self._stage.visit.token
        if token is not None:
            stage.command(
                Busy.CONTACTS,
                lambda: registry.confirm_contact(token, ""),
                lambda patient: stage.say(partial(translated, CODE_SENT)),
                self._not_confirmed,
            )

    def remove(self, contact: Contact) -> None:
        """It is not among them any more."""
        self._set(lambda all_: tuple(one for one in all_ if one != contact), lambda: self.remove(contact))

    def set_notices(self, contact: Contact, on: bool) -> None:
        """Whether word of changes goes there."""
        changed = replace(contact, notices=on)
        self._set(
            lambda all_: tuple(changed if one == contact else one for one in all_),
            lambda: self.set_notices(contact, on),
        )

    def confirm(self) -> None:
        """The typed code, which came to the contact."""
        stage, registry, token = self._stage, self._registry, self._stage.visit.token
        code = stage.visit.draft.code
        if len(code) != CODE_DIGITS:
            stage.point_out({"code": "code-short"})
        elif token is not None:
            stage.command(
                Busy.CONTACTS,
                lambda: registry.confirm_contact(token, code),
                self._confirmed,
                self._not_confirmed,
                self._unwaited(),
            )

    def _set(
        self,
        change: Callable[[tuple[Contact, ...]], tuple[Contact, ...]],
        again: Callable[[], None],
        typed: dict[str, str] | None = None,
    ) -> None:
        visit, registry = self._stage.visit, self._registry
        patient: Patient = visit.get(Fact.PATIENT)
        token = visit.token
        if token is None:
            return

        def done(changed: Patient) -> None:
            visit = _with(self._stage.visit, changed).drop(Fact.TYPING)
            self._stage.show(at_next_code(visit, typed or {}))

        def failed(error: KioskError) -> None:
            self._refused(error, again, token, typed or {})

        self._stage.command(
            Busy.CONTACTS,
            lambda: registry.set_contacts(patient, token, change(patient.contacts)),
            done,
            failed,
            self._unwaited(),
        )

    def _refused(
        self, error: KioskError, again: Callable[[], None], token: PatientToken, typed: dict[str, str]
    ) -> None:
        stage, code = self._stage, error.code if isinstance(error, Refused) else ""
        if code == "version-conflict":
            self._look_again(token)
        elif code == "invalid" and typed:
            stage.point_out({system: "contact-refused" for system, value in typed.items() if value})
        else:
            stage.failed(error, again)

    def _look_again(self, token: PatientToken) -> None:
        """Somebody changed them meanwhile, or a lost answer of ours had: how they are now."""

        def done(now: Patient) -> None:
            visit = _with(self._stage.visit, now).drop(Fact.TYPING).drop(Fact.CODE)
            self._stage.show(visit, partial(translated, CONTACTS_CHANGED))

        self._stage.command(Busy.CONTACTS, lambda: self._registry.patient(token), done)

    def _unwaited(self) -> Callable[[Patient], None]:
        """Who went on before the answer sees all the same what the registry has now."""
        stage, key = self._stage, self._stage.visit.key

        def known(changed: Patient) -> None:
            if stage.visit.key == key and stage.visit.has(Fact.PATIENT):
                stage.visit = _with(stage.visit, changed)
                stage.on_change()

        return known

    # --- the code ------------------------------------------------------------------------------------------------

    def _confirmed(self, changed: Patient) -> None:
        visit = _with(self._stage.visit, changed).drop(Fact.CODE)
        draft = visit.draft
        visit = at_next_code(visit, {"phone": draft.phone, "email": draft.email})
        self._stage.show(visit, partial(translated, CONTACT_CONFIRMED))

    def _not_confirmed(self, error: KioskError) -> None:
        stage, code = self._stage, error.code if isinstance(error, Refused) else ""
        stage.visit = replace(stage.visit, draft=replace(stage.visit.draft, code=""))
        if code == "invalid":
            stage.point_out({"code": "code-wrong"})
        elif code in CODE_REFUSED:
            stage.say(partial(translated, CODE_REFUSED[code]))
        else:
            stage.failed(error)


def _with(visit: Visit, patient: Patient) -> Visit:
    """The patient as they are now, wherever this visit tells of them."""
    contacts = Contacts(patient.phone, patient.email)
    return visit.renew(Fact.PATIENT, patient).renew(Fact.CONTACTS, contacts)
