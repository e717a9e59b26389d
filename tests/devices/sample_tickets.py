"""Tickets to print in tests: the one of mockup 19, and the longest that is realistic."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone

from kiosk.ticket import Ticket

_ZONE = timezone(timedelta(hours=3))

TICKET = Ticket(
    facility_name="Городская поликлиника № 5",
    facility_address="ул. Садовая, 14",
    facility_phone="122",
    starts_at=datetime(2025, 11, 25, 15, 40, tzinfo=_ZONE),
    room="214",
    doctor_name="Соколова Елена Андреевна",
    specialty_name="терапевт",
    areas=("участок 12",),
    discreet=False,
    initials="И. М. П.",
    number="Т-214-07",
    code="7K2M94QD",
    bring="паспорт и полис.",
    awaiting_approval=False,
    terminal_name="Т-05",
    printed_at=datetime(2025, 11, 24, 14, 33, tzinfo=_ZONE),
)

LONGEST = replace(
    TICKET,
    facility_name="Государственное бюджетное учреждение здравоохранения «Городская клиническая поликлиника № 12 "
    "имени академика Н. И. Пирогова»",
    facility_address="620075, Свердловская область, г. Екатеринбург, проспект Космонавтов, дом 114, корпус 2",
    facility_phone="+7 (343) 312-45-67",
    starts_at=datetime(2025, 9, 22, 8, 20, tzinfo=_ZONE),
    room="2-й корпус, 414а",
    doctor_name="Константинопольская-Рождественская Александра Константиновна",
    specialty_name="врач общей практики (семейный врач)",
    areas=("Участок 12", "Участок 13"),
    number="ТЕРАПЕВТ-214-107",
    code="QZ4M7K2M3ABCX7QD",
    bring="паспорт, полис ОМС, СНИЛС, направление и результаты анализов не старше двух недель; полотенце.",
    awaiting_approval=True,
    terminal_name="Главный вход Т-105",
)
