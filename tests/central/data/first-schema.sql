BEGIN TRANSACTION;
CREATE TABLE absence (
	role_id TEXT NOT NULL, 
	first_day INTEGER NOT NULL, 
	last_day INTEGER NOT NULL, 
	substitute_id TEXT, 
	PRIMARY KEY (role_id, first_day), 
	FOREIGN KEY(role_id) REFERENCES role (id), 
	FOREIGN KEY(substitute_id) REFERENCES role (id)
);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE appointment (
	id TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	status TEXT NOT NULL, 
	role_id TEXT NOT NULL, 
	facility_id TEXT NOT NULL, 
	service_id TEXT NOT NULL, 
	specialty_code TEXT NOT NULL, 
	profile_code TEXT NOT NULL, 
	patient_id TEXT NOT NULL, 
	start BIGINT NOT NULL, 
	"end" BIGINT NOT NULL, 
	visit_day INTEGER NOT NULL, 
	asked_day INTEGER NOT NULL, 
	ticket TEXT NOT NULL, 
	code TEXT NOT NULL, 
	created BIGINT NOT NULL, 
	changed BIGINT NOT NULL, 
	cancelation_reason TEXT, 
	seen BOOLEAN NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(patient_id) REFERENCES patient (id), 
	FOREIGN KEY(role_id) REFERENCES role (id), 
	UNIQUE (code)
);
INSERT INTO "appointment" VALUES('r-therapist.69a686f0.0',1,'booked','r-therapist','f1','s-therapist','therapist','therapist','p-anna',1772521200,1772522100,739678,739677,'4711','ABCDEFGH23456777',1772431200,1772431200,NULL,0);
CREATE TABLE area (
	id TEXT NOT NULL, 
	facility_id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(facility_id) REFERENCES facility (id)
);
INSERT INTO "area" VALUES('a1','f1','Участок № 1');
CREATE TABLE attempt (
	terminal_id TEXT NOT NULL, 
	appointment TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	PRIMARY KEY (terminal_id, appointment), 
	FOREIGN KEY(terminal_id) REFERENCES terminal (id)
);
CREATE TABLE card (
	patient_id TEXT NOT NULL, 
	facility_id TEXT NOT NULL, 
	PRIMARY KEY (patient_id, facility_id), 
	FOREIGN KEY(facility_id) REFERENCES facility (id), 
	FOREIGN KEY(patient_id) REFERENCES patient (id)
);
INSERT INTO "card" VALUES('p-anna','f1');
CREATE TABLE claim (
	resource TEXT NOT NULL, 
	tick BIGINT NOT NULL, 
	appointment TEXT NOT NULL, 
	holder TEXT NOT NULL, 
	expires BIGINT, 
	PRIMARY KEY (resource, tick)
);
INSERT INTO "claim" VALUES('asked:p-anna:therapist',739677,'r-therapist.69a686f0.0','t1',NULL);
INSERT INTO "claim" VALUES('visit:p-anna:therapist',739678,'r-therapist.69a686f0.0','t1',NULL);
INSERT INTO "claim" VALUES('patient:p-anna',5908404,'r-therapist.69a686f0.0','t1',NULL);
INSERT INTO "claim" VALUES('patient:p-anna',5908405,'r-therapist.69a686f0.0','t1',NULL);
INSERT INTO "claim" VALUES('patient:p-anna',5908406,'r-therapist.69a686f0.0','t1',NULL);
INSERT INTO "claim" VALUES('doctor:r-therapist#0',5908404,'r-therapist.69a686f0.0','t1',NULL);
INSERT INTO "claim" VALUES('doctor:r-therapist#0',5908405,'r-therapist.69a686f0.0','t1',NULL);
INSERT INTO "claim" VALUES('doctor:r-therapist#0',5908406,'r-therapist.69a686f0.0','t1',NULL);
CREATE TABLE district (
	id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "district" VALUES('d1','Северный район');
CREATE TABLE event (
	id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	asked_at BIGINT NOT NULL, 
	visit_at BIGINT NOT NULL, 
	facility_id TEXT NOT NULL, 
	specialty_code TEXT NOT NULL, 
	role_id TEXT NOT NULL, 
	channel TEXT NOT NULL, 
	terminal_id TEXT, 
	PRIMARY KEY (id)
);
CREATE TABLE facility (
	id TEXT NOT NULL, 
	location_id TEXT NOT NULL, 
	district_id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	address TEXT NOT NULL, 
	phones TEXT NOT NULL, 
	hours TEXT NOT NULL, 
	directions TEXT NOT NULL, 
	zone TEXT NOT NULL, 
	newcomers BOOLEAN NOT NULL, 
	notice_minutes INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(district_id) REFERENCES district (id), 
	UNIQUE (location_id)
);
INSERT INTO "facility" VALUES('f1','l1','d1','Поликлиника № 1','ул. Лесная, 1','[]','[]','','Europe/Moscow',0,180);
INSERT INTO "facility" VALUES('f2','l2','d1','Поликлиника № 2','ул. Лесная, 2','[]','[]','','Europe/Moscow',1,180);
CREATE TABLE failure (
	id TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE hold (
	terminal_id TEXT NOT NULL, 
	appointment TEXT NOT NULL, 
	first_at BIGINT NOT NULL, 
	expires BIGINT NOT NULL, 
	patient_id TEXT, 
	released BOOLEAN NOT NULL, 
	PRIMARY KEY (terminal_id, appointment), 
	FOREIGN KEY(terminal_id) REFERENCES terminal (id)
);
CREATE TABLE message (
	id TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	patient_id TEXT NOT NULL, 
	appointment TEXT, 
	kind TEXT NOT NULL, 
	text TEXT NOT NULL, 
	sent BIGINT NOT NULL, 
	received BIGINT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(patient_id) REFERENCES patient (id)
);
CREATE TABLE notice (
	id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	appointment TEXT, 
	patient_id TEXT NOT NULL, 
	language TEXT NOT NULL, 
	not_before BIGINT NOT NULL, 
	old_address TEXT, 
	sent BIGINT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(patient_id) REFERENCES patient (id)
);
CREATE TABLE observation (
	patient_id TEXT NOT NULL, 
	specialty_code TEXT NOT NULL, 
	PRIMARY KEY (patient_id, specialty_code), 
	FOREIGN KEY(patient_id) REFERENCES patient (id), 
	FOREIGN KEY(specialty_code) REFERENCES specialty (code)
);
INSERT INTO "observation" VALUES('p-anna','cardiologist');
CREATE TABLE patient (
	id TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	last_name TEXT NOT NULL, 
	first_name TEXT NOT NULL, 
	patronymic TEXT NOT NULL, 
	birth_date TEXT NOT NULL, 
	sex TEXT NOT NULL, 
	policy_number TEXT NOT NULL, 
	document_kind TEXT NOT NULL, 
	document_number TEXT NOT NULL, 
	snils TEXT, 
	facility_id TEXT, 
	area_id TEXT, 
	area_doctor_id TEXT, 
	telecom TEXT NOT NULL, 
	situation TEXT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(area_doctor_id) REFERENCES role (id), 
	FOREIGN KEY(area_id) REFERENCES area (id), 
	FOREIGN KEY(facility_id) REFERENCES facility (id)
);
INSERT INTO "patient" VALUES('p-anna',1,'Петрова','Анна','Ильинична','1980-05-17','female','7700000000000017','passport','123456',NULL,'f1','a1','r-therapist','[{"system":"phone","value":"+79161234567"},{"system":"email","value":"anna@example.ru"}]',NULL);
INSERT INTO "patient" VALUES('p-pavel',1,'Петрова','Анна','Ильинична','1955-11-02','female','7700000000000025','passport','654321',NULL,'f1','a1','r-therapist','[]',NULL);
INSERT INTO "patient" VALUES('p-twin',1,'Петрова','Анна','Ильинична','1990-01-01','female','АБ1234567890','passport','111111',NULL,'f1','a1','r-therapist','[]',NULL);
INSERT INTO "patient" VALUES('p-other-twin',1,'Петрова','Анна','Ильинична','1990-01-01','female','АБ1234567890','passport','222222',NULL,'f1','a1','r-therapist','[]',NULL);
INSERT INTO "patient" VALUES('p-child',1,'Петрова','Анна','Ильинична','2019-08-30','female','7700000000000033','passport','333333',NULL,'f1','a1','r-therapist','[]',NULL);
CREATE TABLE practitioner (
	id TEXT NOT NULL, 
	last_name TEXT NOT NULL, 
	first_name TEXT NOT NULL, 
	patronymic TEXT NOT NULL, 
	sex TEXT, 
	PRIMARY KEY (id)
);
INSERT INTO "practitioner" VALUES('d-therapist','Соколова','Елена','Андреевна','female');
INSERT INTO "practitioner" VALUES('d-cardiologist','Соколова','Елена','Андреевна','female');
CREATE TABLE request (
	terminal_id TEXT NOT NULL, 
	identifier TEXT NOT NULL, 
	appointment TEXT, 
	proposal TEXT, 
	patient_id TEXT, 
	at BIGINT NOT NULL, 
	PRIMARY KEY (terminal_id, identifier), 
	FOREIGN KEY(terminal_id) REFERENCES terminal (id)
);
INSERT INTO "request" VALUES('t1','urn:uuid:2b6c1c1e-8f5e-4f0f-9a3a-0d9a4a1f2b3c','r-therapist.69a686f0.0','r-therapist.69a686f0.0','p-anna',1772431200);
CREATE TABLE role (
	id TEXT NOT NULL, 
	practitioner_id TEXT NOT NULL, 
	facility_id TEXT NOT NULL, 
	service_id TEXT NOT NULL, 
	specialty_code TEXT NOT NULL, 
	room TEXT NOT NULL, 
	active BOOLEAN NOT NULL, 
	working_time TEXT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(facility_id) REFERENCES facility (id), 
	FOREIGN KEY(practitioner_id) REFERENCES practitioner (id), 
	FOREIGN KEY(service_id) REFERENCES service (id)
);
INSERT INTO "role" VALUES('r-therapist','d-therapist','f1','s-therapist','therapist','214',1,'[]');
INSERT INTO "role" VALUES('r-cardiologist','d-cardiologist','f1','s-cardiologist','cardiologist','214',1,'[]');
CREATE TABLE role_area (
	role_id TEXT NOT NULL, 
	area_id TEXT NOT NULL, 
	PRIMARY KEY (role_id, area_id), 
	FOREIGN KEY(area_id) REFERENCES area (id), 
	FOREIGN KEY(role_id) REFERENCES role (id)
);
CREATE TABLE service (
	id TEXT NOT NULL, 
	facility_id TEXT NOT NULL, 
	specialty_code TEXT NOT NULL, 
	active BOOLEAN NOT NULL, 
	online TEXT NOT NULL, 
	approval BOOLEAN NOT NULL, 
	discreet BOOLEAN NOT NULL, 
	age_min INTEGER, 
	age_max INTEGER, 
	sex TEXT, 
	bring TEXT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(facility_id) REFERENCES facility (id), 
	FOREIGN KEY(specialty_code) REFERENCES specialty (code)
);
INSERT INTO "service" VALUES('s-therapist','f1','therapist',1,'yes',0,0,NULL,NULL,NULL,'');
INSERT INTO "service" VALUES('s-cardiologist','f1','cardiologist',1,'dispensary',0,0,NULL,NULL,NULL,'');
CREATE TABLE setting (
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "setting" VALUES('zone','Europe/Moscow');
INSERT INTO "setting" VALUES('notice_minutes','180');
INSERT INTO "setting" VALUES('hold_seconds','180');
INSERT INTO "setting" VALUES('hold_limit_seconds','600');
INSERT INTO "setting" VALUES('demo','');
INSERT INTO "setting" VALUES('secret','5ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2e7');
CREATE TABLE slot (
	role_id TEXT NOT NULL, 
	start BIGINT NOT NULL, 
	"end" BIGINT NOT NULL, 
	day INTEGER NOT NULL, 
	generation INTEGER NOT NULL, 
	PRIMARY KEY (role_id, start), 
	FOREIGN KEY(role_id) REFERENCES role (id)
);
INSERT INTO "slot" VALUES('r-therapist',1772521200,1772522100,739678,0);
INSERT INTO "slot" VALUES('r-therapist',1772522100,1772523000,739678,0);
INSERT INTO "slot" VALUES('r-therapist',1772523000,1772523900,739678,0);
INSERT INTO "slot" VALUES('r-therapist',1772523900,1772524800,739678,0);
CREATE TABLE specialty (
	code TEXT NOT NULL, 
	name TEXT NOT NULL, 
	profile_code TEXT NOT NULL, 
	profile_name TEXT NOT NULL, 
	mandatory BOOLEAN NOT NULL, 
	PRIMARY KEY (code)
);
INSERT INTO "specialty" VALUES('therapist','Терапевт','therapist','Терапевт',1);
INSERT INTO "specialty" VALUES('cardiologist','Кардиолог','cardiologist','Кардиолог',0);
CREATE TABLE terminal (
	id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	credential_hash TEXT NOT NULL, 
	enrolled BIGINT NOT NULL, 
	revoked BIGINT, 
	PRIMARY KEY (id), 
	UNIQUE (credential_hash), 
	UNIQUE (name)
);
INSERT INTO "terminal" VALUES('t1','lobby','0000000000000000000000000000000000000000000000000000000000000000',1772431200,NULL);
CREATE TABLE terminal_event (
	terminal_id TEXT NOT NULL, 
	id TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	kind TEXT NOT NULL, 
	organization TEXT, 
	specialty TEXT, 
	detail TEXT, 
	PRIMARY KEY (terminal_id, id), 
	FOREIGN KEY(terminal_id) REFERENCES terminal (id)
);
CREATE TABLE token (
	hash TEXT NOT NULL, 
	terminal_id TEXT NOT NULL, 
	patient_id TEXT NOT NULL, 
	issued BIGINT NOT NULL, 
	expires BIGINT NOT NULL, 
	PRIMARY KEY (hash), 
	FOREIGN KEY(patient_id) REFERENCES patient (id), 
	FOREIGN KEY(terminal_id) REFERENCES terminal (id), 
	UNIQUE (terminal_id)
);
CREATE TABLE word (
	kind TEXT NOT NULL, 
	text TEXT NOT NULL, 
	owner_id TEXT NOT NULL, 
	PRIMARY KEY (kind, text, owner_id)
);
CREATE INDEX ix_claim_appointment ON claim (appointment);
CREATE INDEX event_asked_at ON event (asked_at);
CREATE INDEX failure_subject_at ON failure (subject, at);
CREATE INDEX ix_facility_district_id ON facility (district_id);
CREATE INDEX hold_expires ON hold (expires);
CREATE INDEX ix_request_appointment ON request (appointment);
CREATE INDEX ix_area_facility_id ON area (facility_id);
CREATE INDEX ix_service_specialty_code ON service (specialty_code);
CREATE UNIQUE INDEX service_facility_specialty ON service (facility_id, specialty_code);
CREATE INDEX ix_role_practitioner_id ON role (practitioner_id);
CREATE INDEX ix_role_service_id ON role (service_id);
CREATE INDEX role_facility_specialty ON role (facility_id, specialty_code);
CREATE INDEX patient_policy_birth ON patient (policy_number, birth_date);
CREATE INDEX role_area_area ON role_area (area_id);
CREATE INDEX appointment_facility_ticket ON appointment (facility_id, ticket);
CREATE INDEX appointment_patient_start ON appointment (patient_id, start);
CREATE INDEX appointment_role_start ON appointment (role_id, start);
CREATE INDEX message_patient_sent ON message (patient_id, sent);
CREATE INDEX ix_notice_appointment ON notice (appointment);
COMMIT;
