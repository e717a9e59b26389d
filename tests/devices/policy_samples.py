"""Policies of people who do not exist, and the two forms written: written from policy-formats, not from the readers."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from itertools import zip_longest

from hypothesis import strategies as st

from kiosk.devices.policy_data import PolicyData

ALPHABET = " .-'0123456789АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЬЪЫЭЮЯ"
SEPARATOR = 0x3F
SIGNATURE = b"\x01" + bytes(range(64))

PERSON = PolicyData(
    number="7787599768000015",
    last_name="Образцова",
    first_name="Анна Мария",
    patronymic="Ильинична",
    sex="female",
    birth_date=date(2004, 12, 31),
    snils="11223344595",
    expires=date(2031, 5, 9),
    insurer_ogrn="1027739008440",
    insurer_okato="45000",
)
OTHER_PERSON = replace(PERSON, number="0156410842123450", last_name="Примеров", sex="male")
BARE = PolicyData(number="0156410842123450")

#: The vectors of the facts: both types with names and numbers that nobody has.
TYPE_1 = (
    bytes.fromhex(
        "0100008E413CAF0CBA17E4707F4881610709DE776DD3D741BF37855F075D26000000000000000000000000000000"
        "0000000000017987BAE600EF4A04BDB80003E8"
    )
    + SIGNATURE
)
TYPE_2 = (
    bytes.fromhex("02001BAAC7DDD3160F74F7CE5A57503BF39C70E01B39F5EEFC")
    + bytes(35)
    + bytes.fromhex("0295CE0000")
    + SIGNATURE
)


def luhn(fifteen: str) -> str:
    """A number with its check digit, the official way: digits at odd places as one number, doubled."""
    odd, even = fifteen[::-2], fifteen[-2::-2]
    total = sum(int(digit) for digit in str(int(odd) * 2)) + sum(map(int, even))
    return fifteen + str(-total % 10)


# The chip: BER objects.


def tlv(tag: int, value: bytes) -> bytes:
    head = tag.to_bytes(1 if tag < 0x100 else 2, "big")
    if len(value) < 0x80:
        return head + bytes([len(value)]) + value
    size = 1 if len(value) < 0x100 else 2
    return head + bytes([0x80 + size]) + len(value).to_bytes(size, "big") + value


def bcd(day: date | None) -> bytes:
    return bytes.fromhex(day.strftime("%d%m%Y")) if day else b""


def owner_fields(data: PolicyData) -> dict[int, bytes]:
    return {
        0x5F26: data.number.encode(),
        0x5F21: (data.last_name or "").encode(),
        0x5F22: (data.first_name or "").encode(),
        0x5F23: (data.patronymic or "").encode(),
        0x5F25: {"male": b"\x01", "female": b"\x02", None: b""}[data.sex],
        0x5F24: bcd(data.birth_date),
        0x5F27: (data.snils or "").encode(),
        0x5F28: bcd(data.expires),
    }


def insurer_fields(data: PolicyData) -> dict[int, bytes]:
    return {0x5F51: (data.insurer_ogrn or "").encode(), 0x5F52: (data.insurer_okato or "").encode()}


def card_file(tag: int, fields: Mapping[int, bytes]) -> bytes:
    return tlv(tag, b"".join(tlv(name, value) for name, value in fields.items()))


def owner_file(data: PolicyData) -> bytes:
    """As cards are written: what is not known is left out, citizenship stands in the middle."""
    known = {tag: value for tag, value in owner_fields(data).items() if value}
    nation = tlv(0x5F31, b"RUS") + tlv(0x5F32, "Россия".encode())
    return card_file(0x62, {**known, 0x7F30: nation, 0x5F29: "г. Примерск".encode()})


def insurer_file(data: PolicyData) -> bytes:
    known = {tag: value for tag, value in insurer_fields(data).items() if value}
    return card_file(0x64, {**known, 0x5F53: bcd(date(2020, 1, 1)), 0x5F54: b""})


# The barcode: 130 bytes.


def pack(codes: list[int]) -> bytes:
    """Six bits each, the highest first."""
    bits = "".join(f"{code:06b}" for code in codes)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


def coded(text: str) -> list[int]:
    return [SEPARATOR if sign == "|" else ALPHABET.index(sign) for sign in text]


def packed_name(data: PolicyData, kind: int) -> bytes:
    last, first, patronymic = (part or "" for part in (data.last_name, data.first_name, data.patronymic))
    if kind == 2:
        return pack(coded(f"{last}|{first}|{patronymic}".ljust(68)))
    turned = "|".join(part[::-1] for part in (patronymic, last, first))
    return pack(coded(turned.rjust(56)))[::-1]


def days(day: date | None) -> bytes:
    return (day - date(1900, 1, 1)).days.to_bytes(2, "big") if day else b"\0\0"


def barcode(data: PolicyData, kind: int, signature: bytes = SIGNATURE) -> bytes:
    """The policy as it stands on paper: capitals, no SNILS, and in type 2 no insurer."""
    sex = {"male": b"\x01", "female": b"\x02", None: b"\x00"}[data.sex]
    body = bytes([kind]) + int(data.number).to_bytes(8, "big") + packed_name(data, kind) + sex
    body += days(data.birth_date) + days(data.expires)
    if kind == 1:
        body += int(data.insurer_ogrn or 0).to_bytes(6, "big") + int(data.insurer_okato or 0).to_bytes(
            3, "big"
        )
    return body + signature


def on_paper(data: PolicyData, kind: int) -> PolicyData:
    """What a barcode of this type can say of a policy."""
    return replace(
        data,
        snils=None,
        insurer_ogrn=data.insurer_ogrn if kind == 1 else None,
        insurer_okato=data.insurer_okato if kind == 1 else None,
    )


# Any policy.


def digits(count: int) -> st.SearchStrategy[str]:
    return st.integers(1, 10**count - 1).map(lambda value: f"{value:0{count}}")


def policies(names: st.SearchStrategy[str]) -> st.SearchStrategy[PolicyData]:
    """Policies with names of this kind: whatever else a policy may say or leave out."""
    name = st.none() | names.filter(lambda text: text != "" and text == text.strip(" \t\r\n\0"))
    day = st.none() | st.dates(date(1900, 1, 2), date(2079, 6, 6))
    return st.builds(
        PolicyData,
        number=digits(15).map(luhn),
        last_name=name,
        first_name=name,
        patronymic=name,
        sex=st.sampled_from(["male", "female", None]),
        birth_date=day,
        snils=st.none() | digits(11),
        expires=day,
        insurer_ogrn=st.none() | digits(13),
        insurer_okato=st.none() | digits(5),
    )


def same(read: PolicyData, meant: PolicyData) -> bool:
    """Whether they are equal; where not, the names of the fields that differ are printed, not the values."""
    pairs = zip_longest(vars(read).items(), vars(meant).items())
    differing = [one[0] for one, other in pairs if one != other]
    if differing:
        print("differs in", *differing)
    return not differing
