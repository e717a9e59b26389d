"""A patient's own record: read, and change of contacts (api.md section 10, R10, R15, R23)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, select, update

from kiosk.central import audit, codes, contacts, outbox
from kiosk.central.call import Call, Refusal, Reply, Route, Who
from kiosk.central.contacts import Contact
from kiosk.central.fhir import (
    SPECIALTY,
    Resource,
    extension,
    match_versions,
    parse_parameters,
    reference_to,
    version_tag,
)
from kiosk.central.refusals import DOMAIN
from kiosk.central.schema import (
    card,
    facility,
    observation,
    patient,
    practitioner,
    role,
    specialty,
)
from kiosk.texts import DEFAULT_LANGUAGE, catalog

CONTACTS_CHANGED = "contacts-changed"


def read(call: Call) -> Reply:
    """The caller's own record; anybody else's is not found."""
    _own(call)
    with call.store.read() as connection:
        return _reply(connection, call.caller.patient_id)


def patch(call: Call) -> Reply:
    """Change the contacts as a whole; every earlier contact is told when one came, went or changed."""
    _own(call)
    header = call.headers.get("if-match", "")
    if not header:
        raise Refusal("version-required", "If-Match")
    versions = None if header.strip() == "*" else match_versions(header)
    confirms = bool(call.store.setting(codes.SETTING))

    def work(connection: Connection) -> Reply:
        row = _row(connection, call.caller.patient_id)
        if versions is not None and str(row.version) not in versions:
            raise Refusal("version-conflict")
        present = contacts.stored(row.telecom)
        wanted = contacts.unconfirmed(contacts.changed(present, call.body), present, new=confirms)
        _change(connection, call, row, present, wanted)
        audit.note(connection, call, "change", f"Patient/{row.id}", row.id)
        return _reply(connection, row.id)

    return call.store.write(work)


def confirm(call: Call) -> Reply:
    """Confirm a contact by the code that was sent there; without a code a new one is sent to those not confirmed."""
    _own(call)
    given = parse_parameters(call.body).only("code").texts("code")
    if len(given) > 1:
        raise Refusal("invalid", "code")

    def work(connection: Connection) -> Reply | Refusal:
        row = _row(connection, call.caller.patient_id)
        present = contacts.stored(row.telecom)
        if not given:
            for contact in present:
                if contact.unconfirmed:
                    codes.send(connection, call, contact)
            audit.note(connection, call, "code", f"Patient/{row.id}", row.id)
            return _reply(connection, row.id)
        found = codes.find(connection, call, present, given[0])
        if found is None:
            return Refusal("invalid", "code")
        if found.unconfirmed:
            confirmed = [replace(one, unconfirmed=False) if one == found else one for one in present]
            _write(connection, row, confirmed)
            audit.note(connection, call, "change", f"Patient/{row.id}", row.id)
        return _reply(connection, row.id)

    # A wrong code is counted, though it be refused.
    reply = call.store.write(work)
    if isinstance(reply, Refusal):
        raise reply
    return reply


def staff_only(call: Call) -> Reply:
    """Only staff may look for patients (api.md section 1)."""
    raise Refusal("forbidden")


def _own(call: Call) -> None:
    if call.path["id"] != call.caller.patient_id:
        raise Refusal("not-found")


def _row(connection: Connection, id: str) -> Row[Any]:
    row = connection.execute(select(patient).where(patient.c.id == id)).first()
    if row is None:
        raise Refusal("not-found")
    return row


def _change(
    connection: Connection,
    call: Call,
    row: Row[Any],
    present: Sequence[Contact],
    wanted: Sequence[Contact],
) -> None:
    """Write the wanted contacts with a new version; nothing where they are what is there already."""
    if list(wanted) == list(present):
        return
    _write(connection, row, wanted)
    known = {(old.system, old.value) for old in present}
    if {(contact.system, contact.value) for contact in wanted} == known:
        return
    for contact in wanted:
        if contact.unconfirmed and (contact.system, contact.value) not in known:
            codes.send(connection, call, contact)
    _tell_changed(connection, row.id, present, call.language, call.now)


def add_phone(connection: Connection, id: str, phone: str, by: audit.By, *, confirms: bool) -> None:
    """The number under which somebody can be reached who told it to staff (R34); earlier contacts are told.

    Where the region confirms contacts it is told nothing until its patient has confirmed it.
    """
    row = _row(connection, id)
    present = contacts.stored(row.telecom)
    if any((one.system, one.value) == ("phone", phone) for one in present):
        return
    if len(present) >= contacts.MOST_CONTACTS:
        raise Refusal("invalid", "phone")
    _write(connection, row, [*present, Contact("phone", phone, unconfirmed=confirms)])
    _tell_changed(connection, id, present, DEFAULT_LANGUAGE, by.now)
    audit.note(connection, by, "change", f"Patient/{id}", id)


def _tell_changed(
    connection: Connection, id: str, present: Sequence[Contact], language: str, now: int
) -> None:
    text = catalog(DOMAIN, language).gettext("Your contact details have been changed.")
    told = outbox.Told(CONTACTS_CHANGED, id, "", text, language, now)
    outbox.put_in_cabinet(connection, told)
    for old in present:
        if not old.unconfirmed:  # It may be a stranger's: nobody there has ever confirmed it.
            outbox.send_notice(connection, told, only_to=old)


def _write(connection: Connection, row: Row[Any], wanted: Sequence[Contact]) -> None:
    values = {"telecom": contacts.to_store(wanted), "version": row.version + 1}
    connection.execute(update(patient).where(patient.c.id == row.id).values(values))


def _reply(connection: Connection, id: str) -> Reply:
    row = _row(connection, id)
    return Reply(_resource(connection, row), headers={"ETag": version_tag(row.version)})


def _resource(connection: Connection, row: Row[Any]) -> Resource:
    given = [name for name in (row.first_name, row.patronymic) if name]
    resource: Resource = {
        "resourceType": "Patient",
        "id": row.id,
        "meta": {"versionId": str(row.version)},
        "name": [{"use": "official", "family": row.last_name, **({"given": given} if given else {})}],
        "gender": row.sex,
        "birthDate": row.birth_date[:4],
    }
    lists = {
        "extension": [*_cards(connection, row.id), *_observations(connection, row.id)],
        "telecom": [contacts.shown(contact) for contact in contacts.stored(row.telecom)],
        "generalPractitioner": _area_doctor(connection, row.area_doctor_id),
    }
    resource |= {name: items for name, items in lists.items() if items}
    if row.facility_id is not None:
        name = connection.execute(select(facility.c.name).where(facility.c.id == row.facility_id)).scalar()
        resource["managingOrganization"] = reference_to("Organization", row.facility_id, name or "")
    return resource


def _cards(connection: Connection, id: str) -> list[Resource]:
    """Where the patient has an outpatient card (R10, R12)."""
    query = (
        select(facility.c.id, facility.c.name)
        .join(card, card.c.facility_id == facility.c.id)
        .where(card.c.patient_id == id)
        .order_by(facility.c.name, facility.c.id)
    )
    return [
        extension("card", valueReference=reference_to("Organization", row.id, row.name))
        for row in connection.execute(query)
    ]


def _observations(connection: Connection, id: str) -> list[Resource]:
    """Under whose dispensary observation the patient is (R10, R30)."""
    query = (
        select(specialty.c.code, specialty.c.name)
        .join(observation, observation.c.specialty_code == specialty.c.code)
        .where(observation.c.patient_id == id)
        .order_by(specialty.c.code)
    )
    return [
        extension("dispensary", valueCoding={"system": SPECIALTY, "code": row.code, "display": row.name})
        for row in connection.execute(query)
    ]


def _area_doctor(connection: Connection, role_id: str | None) -> list[Resource]:
    """The doctor of the patient's own area (R14), or nobody."""
    if role_id is None:
        return []
    names = (practitioner.c.last_name, practitioner.c.first_name, practitioner.c.patronymic)
    query = select(*names).join(role, role.c.practitioner_id == practitioner.c.id).where(role.c.id == role_id)
    row = connection.execute(query).first()
    display = " ".join(name for name in row if name) if row else ""
    return [reference_to("PractitionerRole", role_id, display)]


ROUTES = (
    Route("GET", "/Patient/{id}", read, Who.PATIENT, "read", personal=True),
    Route("PATCH", "/Patient/{id}", patch, Who.PATIENT, "patch"),
    Route(
        "POST",
        "/Patient/{id}/$confirm-contact",
        confirm,
        Who.PATIENT,
        "operation",
        "urn:electronic-registry:confirm-contact",
    ),
    Route("GET", "/Patient", staff_only, Who.STAFF),
    Route("POST", "/Patient/_search", staff_only, Who.STAFF),
    Route("POST", "/Patient/$match", staff_only, Who.STAFF),
)
