"""Who the patient is (R8 to R11) and how they want to be told of changes (R23)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

from kiosk.devices.sound import Cue
from kiosk.errors import DocumentRequired, KioskError, Refused
from kiosk.explanations import DOCUMENT_LATER, translated
from kiosk.flow import Step, next_step
from kiosk.models import Appointment, Contact, Contacts, Patient, PatientToken
from kiosk.ports import Registry
from kiosk.terminal import drafts
from kiosk.terminal.holding import Holding
from kiosk.terminal.stage import Stage
from kiosk.views import Busy
from kiosk.visit import Draft, Fact, Intent, Visit


@dataclass(frozen=True)
class Identified:
    """The answer to an identification; `time` is what became of the chosen time, judged for this patient."""

    token: PatientToken
    patient: Patient
    time: Appointment | KioskError | None


class Identity:
    """Identification and contacts. What is typed lives in the visit's draft only, and stays there until its end."""

    def __init__(self, stage: Stage, registry: Registry, holding: Holding) -> None:
        self._stage = stage
        self._registry = registry
        self._holding = holding

    def get_ready(self) -> None:
        """While they say who they are, what judges their contacts is fetched."""
        self._stage.jobs.run(drafts.get_ready, lambda nothing: None, lambda error: None)

    def type(self, field: str, text: str) -> None:
        """The text of one Draft field as it stands now."""
        stage = self._stage
        stage.visit = replace(stage.visit, draft=replace(stage.visit.draft, **{field: text}))
        stage.forgive(field)
        stage.hint(drafts.hints(stage.visit.draft))
        stage.on_change()

    def identify(self) -> None:
        """Asks who this is; with a time chosen its rules are judged at once, so a refusal comes before confirming."""
        visit, registry = self._stage.visit, self._registry
        draft, born = visit.draft, drafts.birth_date(visit.draft)
        mistakes = self._identity_mistakes(draft, born)
        if born is None or mistakes:
            self._stage.point_out(mistakes)
            return
        document = draft.document_number.strip() if visit.document_asked else ""
        time = visit.get(Fact.TIME)
        got: list[PatientToken] = []

        def work() -> Identified:
            got.append(registry.identify(draft.policy_number.strip(), born, document))
            return Identified(got[0], registry.patient(got[0]), _judged(registry, time, got[0]))

        def identified(found: Identified) -> None:
            self._identified(found, draft.policy_number.strip())

        def failed(error: KioskError) -> None:
            unseen(error)
            self._not_identified(error)

        def unseen(error: KioskError) -> None:
            for token in got:
                self.revoke(token)

        self._stage.command(
            Busy.IDENTIFY, work, identified, failed, lambda found: self.revoke(found.token), unseen
        )

    def give_contacts(self) -> None:
        """The typed phone and e-mail; an empty one stays as it is."""
        typed = self.typed()
        if typed is not None and any(typed.values()):
            self._set_contacts(typed)
        elif typed is not None:
            self.skip_contacts()

    def typed(self) -> dict[str, str] | None:
        """The contacts as they were typed, by system; None, and the mistakes are pointed out, where there are any."""
        draft = self._stage.visit.draft
        found = {"phone": drafts.phone(draft.phone), "email": drafts.email(draft.email)}
        if None in found.values():
            self._stage.point_out({name: name for name, value in found.items() if value is None})
            return None
        return {name: value or "" for name, value in found.items()}

    def skip_contacts(self) -> None:
        """Everything stays as the registry has it. A hold under way goes on meanwhile."""
        visit = self._stage.visit
        if visit.has(Fact.PATIENT) and self._stage.busy is not Busy.CONTACTS:
            patient: Patient = visit.get(Fact.PATIENT)
            self._stage.show(visit.establish(Fact.CONTACTS, Contacts(patient.phone, patient.email)))

    def revoke(self, token: PatientToken) -> None:
        """Nobody may act for this patient any more."""
        self._stage.in_background(lambda: self._registry.revoke(token))

    def _identity_mistakes(self, draft: Draft, born: date | None) -> dict[str, str]:
        mistakes = {}
        if not draft.policy_number.strip():
            mistakes["policy_number"] = "policy-empty"
        if born is None:
            mistakes["birth_day"] = "birth-date"
        elif born > self._stage.clock().date():
            mistakes["birth_day"] = "birth-future"
        if self._stage.visit.document_asked and not draft.document_number.strip():
            mistakes["document_number"] = "document-empty"
        return mistakes

    def _identified(self, found: Identified, holder: str) -> None:
        visit = self._stage.visit.establish(Fact.PATIENT, found.patient)
        visit = replace(visit, token=found.token, holder=holder)
        if isinstance(found.time, Appointment):
            visit = visit.renew(Fact.TIME, found.time)
        self._stage.show(visit)
        if isinstance(found.time, KioskError):
            time: Appointment = visit.get(Fact.TIME)
            self._stage.cue(Cue.ERROR)
            self._holding.refused(found.time, time.start, self._holding.again)

    def _not_identified(self, error: KioskError) -> None:
        """Said on the step: a policy may have been shown on any, or on a look aside, and the document is asked for later."""
        stage, told = self._stage, self._stage.explain(error)
        if stage.visit.asides:
            stage.show(replace(stage.visit, asides=()))
        if isinstance(error, DocumentRequired):
            stage.visit = replace(stage.visit, document_asked=True)
            if next_step(stage.visit) is not Step.IDENTIFY:
                told = partial(translated, DOCUMENT_LATER)
        stage.say(told, self.identify)

    def _set_contacts(self, typed: Mapping[str, str]) -> None:
        visit, registry = self._stage.visit, self._registry
        patient, token = visit.get(Fact.PATIENT), visit.token
        if token is None:
            return

        def done(changed: Patient) -> None:
            visit = self._stage.visit.renew(Fact.PATIENT, changed)
            visit = visit.establish(Fact.CONTACTS, Contacts(changed.phone, changed.email))
            self._stage.show(at_next_code(visit, typed))

        def failed(error: KioskError) -> None:
            if isinstance(error, Refused) and error.code == "invalid":
                given = [name for name, value in typed.items() if value]
                self._stage.point_out(dict.fromkeys(given, "contact-refused"))
            else:
                self._stage.failed(error, self.give_contacts)

        self._stage.command(
            Busy.CONTACTS, lambda: change_contacts(registry, patient, token, typed), done, failed
        )


def change_contacts(
    registry: Registry, patient: Patient, token: PatientToken, typed: Mapping[str, str]
) -> Patient:
    """The patient with new contacts. What changed meanwhile (or by a lost answer of ours) is read and tried once more."""
    try:
        return registry.set_contacts(patient, token, with_typed(patient.contacts, typed))
    except Refused as error:
        if error.code != "version-conflict":
            raise
        now = registry.patient(token)
        return registry.set_contacts(now, token, with_typed(now.contacts, typed))


def with_typed(contacts: tuple[Contact, ...], typed: Mapping[str, str]) -> tuple[Contact, ...]:
    """The contacts with the first of each system as it was typed; what is not typed stays."""
    for system, value in typed.items():
        if value:
            first = next((one for one in contacts if one.system == system), None)
            new = Contact(system, value, notices=first is None or first.notices)
            contacts = (
                (*contacts, new) if first is None else tuple(new if one is first else one for one in contacts)
            )
    return contacts


def at_next_code(visit: Visit, typed: Mapping[str, str]) -> Visit:
    """The visit at the code of what was typed and is not confirmed yet, where there is such a contact."""
    patient: Patient = visit.get(Fact.PATIENT)
    waiting = (one for one in patient.contacts if one.unconfirmed and typed.get(one.system))
    contact = next(waiting, None)
    return visit if contact is None else at_code(visit, contact)


def at_code(visit: Visit, contact: Contact) -> Visit:
    """The visit at the code of this contact; in the cabinet Back leaves it, before a booking what it came from."""
    own = visit.intent is Intent.CABINET
    visit = replace(visit, draft=replace(visit.draft, code=""))
    return visit.drop(Fact.CODE).establish(Fact.CODE, contact, chosen=own)


def _judged(registry: Registry, time: Any, token: PatientToken) -> Appointment | KioskError | None:
    """The chosen time held for this patient, or why not."""
    if time is None:
        return None
    hold: Callable[[str, PatientToken], Appointment] = registry.hold
    try:
        return hold(time.id, token)
    except KioskError as error:
        return error
