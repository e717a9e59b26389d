"""The registry's tables (SQLAlchemy Core), the same on SQLite and PostgreSQL.

Ids are texts made by the application. Instants are whole seconds of UTC, days are `date.toordinal()` of the
facility's local day, JSON stands in text columns and is never searched. A `name_words` column is words.line of the
name, by which a thing is sorted and found: words.index writes it, and with it `word` and `vocabulary`.
"""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, MetaData, Table, Text

metadata = MetaData()

#: What a region decides once: see `regional.py` for the names and defaults.
setting = Table(
    "setting", metadata, Column("name", Text, primary_key=True), Column("value", Text, nullable=False)
)

district = Table(
    "district",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_words", Text, nullable=False, server_default=""),
)

facility = Table(
    "facility",
    metadata,
    Column("id", Text, primary_key=True),
    Column("location_id", Text, nullable=False, unique=True),
    Column("district_id", Text, ForeignKey("district.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("phones", Text, nullable=False, comment="JSON list of texts"),
    Column("hours", Text, nullable=False, comment="JSON, FHIR Location.hoursOfOperation"),
    Column("directions", Text, nullable=False),
    Column("zone", Text, nullable=False, comment="IANA time zone"),
    Column("newcomers", Boolean, nullable=False, comment="R10: books patients without attachment and card"),
    Column(
        "notice_minutes", Integer, nullable=False, comment="R28: the least time between booking and visit"
    ),
    Column(
        "extra_seats",
        Integer,
        nullable=False,
        server_default="0",
        comment="so many patients more may staff put at a time that is taken",
    ),
    Column("name_words", Text, nullable=False, server_default=""),
    Column("address_words", Text, nullable=False, server_default=""),
    Index("facility_name", "name_words", "id"),
    Index("facility_district_name", "district_id", "name_words", "id"),
)

area = Table(
    "area",
    metadata,
    Column("id", Text, primary_key=True),
    Column("facility_id", Text, ForeignKey("facility.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("name_words", Text, nullable=False, server_default=""),
)

specialty = Table(
    "specialty",
    metadata,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("profile_code", Text, nullable=False, comment="R27"),
    Column("profile_name", Text, nullable=False),
    Column("mandatory", Boolean, nullable=False, comment="R29: online booking cannot be switched off"),
    Column("name_words", Text, nullable=False, server_default=""),
)

service = Table(
    "service",
    metadata,
    Column("id", Text, primary_key=True),
    Column("facility_id", Text, ForeignKey("facility.id"), nullable=False),
    Column("specialty_code", Text, ForeignKey("specialty.code"), nullable=False, index=True),
    Column("active", Boolean, nullable=False),
    Column("online", Text, nullable=False, comment="yes, dispensary, no (R29, R30)"),
    Column("approval", Boolean, nullable=False, comment="R31"),
    Column("discreet", Boolean, nullable=False, comment="R47"),
    Column("age_min", Integer, comment="R42, full years on the day of the visit, included"),
    Column("age_max", Integer, comment="R42, included"),
    Column("sex", Text, comment="R42: male, female or none"),
    Column("bring", Text, nullable=False),
    Index("service_facility_specialty", "facility_id", "specialty_code", unique=True),
)

practitioner = Table(
    "practitioner",
    metadata,
    Column("id", Text, primary_key=True),
    Column("last_name", Text, nullable=False),
    Column("first_name", Text, nullable=False),
    Column("patronymic", Text, nullable=False),
    Column("sex", Text),
    Column("name_words", Text, nullable=False, server_default=""),
    Index("practitioner_name", "name_words", "id"),
)

#: One doctor at one facility in one service (FHIR PractitionerRole).
role = Table(
    "role",
    metadata,
    Column("id", Text, primary_key=True),
    Column("practitioner_id", Text, ForeignKey("practitioner.id"), nullable=False, index=True),
    Column("facility_id", Text, ForeignKey("facility.id"), nullable=False),
    Column("service_id", Text, ForeignKey("service.id"), nullable=False, index=True),
    Column("specialty_code", Text, nullable=False, comment="that of the service"),
    Column("room", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("working_time", Text, nullable=False, comment="JSON, FHIR PractitionerRole.availableTime"),
    Column("name_words", Text, nullable=False, server_default="", comment="of the practitioner's name"),
    Index("role_facility_specialty", "facility_id", "specialty_code"),
    Index("role_specialty_name", "specialty_code", "name_words", "id"),
)

role_area = Table(
    "role_area",
    metadata,
    Column("role_id", Text, ForeignKey("role.id"), primary_key=True),
    Column("area_id", Text, ForeignKey("area.id"), primary_key=True),
    Index("role_area_area", "area_id"),
)

absence = Table(
    "absence",
    metadata,
    Column("role_id", Text, ForeignKey("role.id"), primary_key=True),
    Column("first_day", Integer, primary_key=True),
    Column("last_day", Integer, nullable=False),
    Column("substitute_id", Text, ForeignKey("role.id"), comment="R45"),
)

#: Every beginning of every word of the texts of which there are many, in the order in which they are shown. One
#: tree is enough: without a rowid the primary key is the table.
word = Table(
    "word",
    metadata,
    Column("kind", Text, primary_key=True, comment="facility-name, facility-address, doctor-name"),
    Column("text", Text, primary_key=True, comment="the beginning, folded (lower case, Ё=Е)"),
    Column("part", Boolean, primary_key=True, comment="false: it is a whole word of the text"),
    Column("line", Text, primary_key=True, comment="words.line of the text"),
    Column("owner_id", Text, primary_key=True, comment="of the facility or role"),
    sqlite_with_rowid=False,
)

#: Every word that is somewhere said, folded: what a slip is measured against. Words are never taken out.
vocabulary = Table(
    "vocabulary",
    metadata,
    Column("kind", Text, primary_key=True, comment="those of `word`, and of texts of which there are few"),
    Column("text", Text, primary_key=True),
    sqlite_with_rowid=False,
)

#: A doctor's time. Its free Appointment has the id role + start + generation, and a new generation when it is freed again.
slot = Table(
    "slot",
    metadata,
    Column("role_id", Text, ForeignKey("role.id"), primary_key=True),
    Column("start", BigInteger, primary_key=True),
    Column("end", BigInteger, nullable=False),
    Column("day", Integer, nullable=False),
    Column("generation", Integer, nullable=False, default=0),
)

#: Working hours as they were imported, those of a doctor together (R32): of them `slot` is made.
hours = Table(
    "hours",
    metadata,
    Column("role_id", Text, ForeignKey("role.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("days", Text, nullable=False, comment="mon tue ..., a space between"),
    Column("start", Text, nullable=False, comment="HH:MM, local"),
    Column("end", Text, nullable=False),
    Column("minutes", Integer, nullable=False, comment="length of a visit, a multiple of 5"),
    Column("first_day", Integer, comment="none: since ever"),
    Column("last_day", Integer, comment="included; none: without an end"),
)

#: Until which day, included, the times of a doctor with working hours are made; 0: not one.
timetable = Table(
    "timetable",
    metadata,
    Column("role_id", Text, ForeignKey("role.id"), primary_key=True),
    Column("until_day", Integer, nullable=False, index=True),
)

#: Times that were taken out because hours changed. Made again, one has the generation that stands here: a new id.
withdrawn_slot = Table(
    "withdrawn_slot",
    metadata,
    Column("role_id", Text, ForeignKey("role.id"), primary_key=True),
    Column("start", BigInteger, primary_key=True),
    Column("generation", Integer, nullable=False),
)

#: What came from files, under the keys of its source, as it was last read (docs/import.md).
imported = Table(
    "imported",
    metadata,
    Column("kind", Text, primary_key=True, comment="facilities, doctors, patients ..."),
    Column("key", Text, primary_key=True),
    Column("id", Text, nullable=False, comment="of the thing itself"),
    Column("facility_id", Text, nullable=False, comment="whose file it stands in; '': the region's"),
    Column("digest", Text, nullable=False, comment="of the line; '': withdrawn since"),
)

#: Every exclusive promise (api.md section 12). A finite `expires` is a hold, none is a booking.
claim = Table(
    "claim",
    metadata,
    Column("resource", Text, primary_key=True),
    Column("tick", BigInteger, primary_key=True),
    Column("appointment", Text, nullable=False, index=True),
    Column("holder", Text, nullable=False),
    Column("expires", BigInteger),
)

#: Who holds or held what (api.md sections 5 and 11); rows an hour past their end are of no use to anybody.
hold = Table(
    "hold",
    metadata,
    Column("terminal_id", Text, ForeignKey("terminal.id"), primary_key=True),
    Column("appointment", Text, primary_key=True),
    Column("first_at", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False),
    Column("patient_id", Text, comment="whose rules were judged; none for an anonymous hold"),
    Column("released", Boolean, nullable=False),
    Index("hold_expires", "expires"),
)

#: Bookings, past and present. Free and held times are not rows here, nor who waits.
appointment = Table(
    "appointment",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column(
        "status",
        Text,
        nullable=False,
        comment="booked, pending (awaits approval), cancelled, noshow, fulfilled",
    ),
    Column("role_id", Text, ForeignKey("role.id"), nullable=False),
    Column("facility_id", Text, nullable=False),
    Column("service_id", Text, nullable=False),
    Column("specialty_code", Text, nullable=False),
    Column("profile_code", Text, nullable=False),
    Column("patient_id", Text, ForeignKey("patient.id"), nullable=False),
    Column("start", BigInteger, nullable=False),
    Column("end", BigInteger, nullable=False),
    Column("visit_day", Integer, nullable=False),
    Column("asked_day", Integer, nullable=False, comment="R27: stays when the booking is moved"),
    Column("ticket", Text, nullable=False),
    Column("code", Text, nullable=False, unique=True),
    Column("created", BigInteger, nullable=False),
    Column("changed", BigInteger, nullable=False),
    Column("cancelation_reason", Text),
    Column("seen", Boolean, nullable=False, comment="told to somebody but its terminal (api.md section 8)"),
    Column(
        "channel",
        Text,
        nullable=False,
        server_default="staff",
        comment="on which way it was booked: kiosk, desk, phone, paper, staff (others of them)",
    ),
    Column(
        "seat",
        Integer,
        nullable=False,
        server_default="0",
        comment="0: the ordinary one at the doctor's time",
    ),
    Index("appointment_patient_start", "patient_id", "start"),
    Index("appointment_role_start", "role_id", "start"),
    Index("appointment_facility_ticket", "facility_id", "ticket"),
    Index("appointment_visit_day", "visit_day"),
)

#: What a terminal asked for under an identifier (api.md sections 6 and 8); a void mark has no appointment.
request = Table(
    "request",
    metadata,
    Column("terminal_id", Text, ForeignKey("terminal.id"), primary_key=True),
    Column("identifier", Text, primary_key=True),
    Column("appointment", Text, index=True),
    Column("proposal", Text, comment="the id that was booked"),
    Column("patient_id", Text),
    Column("at", BigInteger, nullable=False),
)

#: What staff booked under an identifier that their client made: asked for again, it is answered with what came of it.
staff_request = Table(
    "staff_request",
    metadata,
    Column("account_id", Text, primary_key=True),
    Column("identifier", Text, primary_key=True),
    Column("appointment", Text, nullable=False, index=True),
    Column("digest", Text, nullable=False, comment="of what was asked for"),
    Column("at", BigInteger, nullable=False),
)

#: Moves and cancels that a terminal's tokens tried, for the recovery of a lost answer (api.md section 8).
attempt = Table(
    "attempt",
    metadata,
    Column("terminal_id", Text, ForeignKey("terminal.id"), primary_key=True),
    Column("appointment", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
)

#: Who waits for a time (api.md section 10): for one doctor, or for any of a service. In order of `created`, `number`.
waiting = Table(
    "waiting",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("status", Text, nullable=False, comment="waitlist, cancelled"),
    Column("patient_id", Text, ForeignKey("patient.id"), nullable=False, index=True),
    Column("facility_id", Text, ForeignKey("facility.id"), nullable=False),
    Column("service_id", Text, ForeignKey("service.id"), nullable=False),
    Column("role_id", Text, ForeignKey("role.id"), comment="none: any doctor of the service"),
    Column("number", Integer, nullable=False, comment="tells those apart who came in one second"),
    Column("period_start", BigInteger, nullable=False),
    Column("period_end", BigInteger, nullable=False, comment="the entry ends with it"),
    Column("ticket", Text, nullable=False),
    Column("code", Text, nullable=False, unique=True),
    Column("created", BigInteger, nullable=False),
    Column("changed", BigInteger, nullable=False),
    Column("cancelation_reason", Text),
    Column("seen", Boolean, nullable=False, comment="told to somebody but its terminal (api.md section 8)"),
    Column("language", Text, nullable=False, comment="of the one who joined: offers are told in it"),
    Column("identifier", Text, nullable=False, comment="of the request that made it"),
    Index("waiting_service_order", "service_id", "status", "created", "number"),
    Index("waiting_status_end", "status", "period_end"),
    Index("waiting_facility_ticket", "facility_id", "ticket"),
)

#: Which free time was offered to whom who waits, by the id of its free Appointment. One at most is open for a time.
offer = Table(
    "offer",
    metadata,
    Column("appointment", Text, primary_key=True),
    Column("waiting_id", Text, ForeignKey("waiting.id"), primary_key=True, index=True),
    Column(
        "state",
        Text,
        nullable=False,
        comment="open, taken, lapsed, left (the list), returned (this time), withdrawn (by the clinic)",
    ),
    Column("expires", BigInteger, nullable=False),
    Index("offer_state_expires", "state", "expires"),
)

patient = Table(
    "patient",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("last_name", Text, nullable=False),
    Column("first_name", Text, nullable=False),
    Column("patronymic", Text, nullable=False),
    Column("birth_date", Text, nullable=False, comment="YYYY-MM-DD"),
    Column("sex", Text, nullable=False, comment="male, female"),
    Column("policy_number", Text, nullable=False, comment="folded: upper case, no spaces or hyphens"),
    Column("document_kind", Text, nullable=False, comment="passport, birth-certificate, other"),
    Column("document_number", Text, nullable=False, comment="digits; the series is not kept here"),
    Column("snils", Text),
    Column("facility_id", Text, ForeignKey("facility.id"), comment="attachment"),
    Column("area_id", Text, ForeignKey("area.id")),
    Column("area_doctor_id", Text, ForeignKey("role.id")),
    Column("telecom", Text, nullable=False, comment="JSON list of {system, value, notices, unconfirmed}"),
    Column("situation", Text, comment="demo only: what this patient is there to show"),
    Index("patient_policy_birth", "policy_number", "birth_date"),
    Index("patient_snils", "snils"),
    Index("patient_document", "document_number"),
)

card = Table(
    "card",
    metadata,
    Column("patient_id", Text, ForeignKey("patient.id"), primary_key=True),
    Column("facility_id", Text, ForeignKey("facility.id"), primary_key=True),
)

#: Dispensary observation of a patient, by specialty (R10, R30).
observation = Table(
    "observation",
    metadata,
    Column("patient_id", Text, ForeignKey("patient.id"), primary_key=True),
    Column("specialty_code", Text, ForeignKey("specialty.code"), primary_key=True),
)

terminal = Table(
    "terminal",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("credential_hash", Text, nullable=False, unique=True),
    Column("enrolled", BigInteger, nullable=False),
    Column("revoked", BigInteger),
)

token = Table(
    "token",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("terminal_id", Text, ForeignKey("terminal.id"), nullable=False, unique=True),
    Column("patient_id", Text, ForeignKey("patient.id"), nullable=False),
    Column("issued", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False),
)

#: Somebody of the staff (R40). Disabled, never deleted: the audit names accounts.
account = Table(
    "account",
    metadata,
    Column("id", Text, primary_key=True),
    Column("login", Text, nullable=False, unique=True, comment="lower case"),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False, comment="registrar, operator, technician, analyst, administrator"),
    Column("facility_id", Text, ForeignKey("facility.id"), comment="none: the whole region"),
    Column("password_hash", Text, nullable=False, comment="argon2id, with its parameters"),
    Column("password_set", BigInteger, nullable=False),
    Column("one_time", Boolean, nullable=False, comment="the password only opens the way to another one"),
    Column("created", BigInteger, nullable=False),
    Column("disabled", BigInteger),
)

staff_token = Table(
    "staff_token",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("account_id", Text, ForeignKey("account.id"), nullable=False, index=True),
    Column("issued", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False),
)

#: Who touched what of whom (R39): only audit.py writes and reads it, and nobody changes it.
audit = Table(
    "audit",
    metadata,
    Column("id", Text, primary_key=True, comment="later ones are greater"),
    Column("at", BigInteger, nullable=False),
    Column("who", Text, nullable=False, comment="id of an account, terminal:ID, or cli"),
    Column("kind", Text, nullable=False),
    Column("record", Text, nullable=False, comment="Type/ID, or a Type"),
    Column("patient_id", Text, nullable=False, comment="'': nobody in particular"),
    Column("reason", Text, nullable=False),
    Index("audit_at", "at"),
    Index("audit_who_at", "who", "at"),
    Index("audit_patient_at", "patient_id", "at"),
)

#: Failed identifications by subject: HMAC of a policy number or of a login, or a terminal (api.md sections 9 and 16).
failure = Table(
    "failure",
    metadata,
    Column("id", Text, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("failure_subject_at", "subject", "at"),
)

#: The kinds of messages and notices.
_TOLD = (
    "booked, awaiting, approved, refused, moved, moved-by-clinic, cancelled, cancelled-by-clinic, reminder, "
    "waitlisted, offer, offer-withdrawn, waiting-left, waiting-over, contacts-changed; notices only: code"
)

#: Messages of the cabinet (FHIR Communication, R25, R26).
message = Table(
    "message",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("patient_id", Text, ForeignKey("patient.id"), nullable=False),
    Column("appointment", Text),
    Column("kind", Text, nullable=False, comment=_TOLD),
    Column("text", Text, nullable=False),
    Column("sent", BigInteger, nullable=False),
    Column("received", BigInteger),
    Index("message_patient_sent", "patient_id", "sent"),
)

#: The outbox of notices, written with what they tell of; the worker of `notices` looks for whom, and sends.
notice = Table(
    "notice",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False, comment=_TOLD),
    Column("appointment", Text, index=True),
    Column("version", Integer, comment="of that booking, as it is told; none where it is about no booking"),
    Column("patient_id", Text, ForeignKey("patient.id"), nullable=False),
    Column("language", Text, nullable=False),
    Column("text", Text, nullable=False, server_default="", comment="the words, those of the message"),
    Column("not_before", BigInteger, nullable=False),
    Column("address", Text, comment="JSON of the only contact that is told; none: those of the patient"),
    Column("state", Text, nullable=False, server_default="waiting", comment="waiting, addressed, dropped"),
    Column("reason", Text, comment="why it was dropped"),
    Column("sent", BigInteger, comment="when it first reached an address"),
    Index("notice_state_not_before", "state", "not_before"),
    Index("notice_kind_not_before", "kind", "not_before"),
)

#: A notice on its way to one address; a retry sends what is missing and no more.
delivery = Table(
    "delivery",
    metadata,
    Column("id", Text, primary_key=True),
    Column("notice_id", Text, ForeignKey("notice.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("system", Text, nullable=False, comment="email, phone"),
    Column("value", Text, nullable=False, comment="the address; masked when it is of no use any more"),
    Column("state", Text, nullable=False, comment="waiting, sent, dead, dropped"),
    Column("hurry", Integer, nullable=False, comment="0: before all of 1, which are reminders"),
    Column("attempts", Integer, nullable=False),
    Column("since", BigInteger, nullable=False, comment="from when its time to be sent is counted"),
    Column(
        "next_at",
        BigInteger,
        nullable=False,
        comment="not before; of an attempt under way: when it is given up",
    ),
    Column(
        "unsure", Boolean, nullable=False, comment="the end of an attempt is not known: it may have arrived"
    ),
    Column("outcome", Text, comment="how the last attempt ended, without an address; or why it was dropped"),
    Index("delivery_due", "system", "state", "hurry", "next_at"),
)

#: What happened, without a person (R35).
event = Table(
    "event",
    metadata,
    Column("id", Text, primary_key=True),
    Column(
        "kind",
        Text,
        nullable=False,
        comment="as those of messages; awaiting is booked, contacts-changed is none; not-come, came: of the visit's time",
    ),
    Column("asked_at", BigInteger, nullable=False),
    Column("visit_at", BigInteger, comment="none: somebody waits, and there is no time yet"),
    Column("facility_id", Text, nullable=False),
    Column("specialty_code", Text, nullable=False),
    Column("role_id", Text, comment="none: any doctor is waited for"),
    Column("channel", Text, nullable=False),
    Column("terminal_id", Text),
    Index("event_asked_at", "asked_at"),
    Index("event_facility_asked_at", "facility_id", "asked_at"),
)

#: What terminals report of themselves (api.md section 10), without a person.
terminal_event = Table(
    "terminal_event",
    metadata,
    Column("terminal_id", Text, ForeignKey("terminal.id"), primary_key=True),
    Column("id", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("organization", Text),
    Column("specialty", Text),
    Column("detail", Text),
    Index("terminal_event_kind_at", "kind", "at"),
    Index("terminal_event_terminal_at", "terminal_id", "at"),
    Index("terminal_event_organization_at", "organization", "at"),
)
