"""What the registry's database, the journals and the papers say, in plain SQL, against what patients were told."""

import re
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from visit_ledger import Ledger, Told
from wire_printer import Paper

ACTIVE = "status IN ('booked', 'pending')"
#: The registry's length of a hold and the most it is prolonged (api.md section 5), in seconds.
HOLD_SECONDS = 180

_DOUBLE = {
    "two bookings of one doctor overlap": f"""
        SELECT COUNT(*) FROM appointment a JOIN appointment b ON a.role_id = b.role_id AND a.id < b.id
        AND a.start < b."end" AND b.start < a."end" WHERE a.{ACTIVE} AND b.{ACTIVE}""",
    "two bookings of one patient overlap (R44)": f"""
        SELECT COUNT(*) FROM appointment a JOIN appointment b ON a.patient_id = b.patient_id AND a.id < b.id
        AND a.start < b."end" AND b.start < a."end" WHERE a.{ACTIVE} AND b.{ACTIVE}""",
    "two requests of one profile on a day (R27)": f"""
        SELECT COUNT(*) FROM (SELECT 1 FROM appointment WHERE {ACTIVE}
        GROUP BY patient_id, profile_code, asked_day HAVING COUNT(*) > 1)""",
    "two visits of one profile on a day (R27)": f"""
        SELECT COUNT(*) FROM (SELECT 1 FROM appointment WHERE {ACTIVE}
        GROUP BY patient_id, profile_code, visit_day HAVING COUNT(*) > 1)""",
    "a claim for good that belongs to no booking": f"""
        SELECT COUNT(*) FROM claim WHERE expires IS NULL
        AND appointment NOT IN (SELECT id FROM appointment WHERE {ACTIVE})""",
    "a booking without its claims": f"""
        SELECT COUNT(*) FROM appointment a WHERE {ACTIVE} AND 2 * (a."end" - a.start) / 300 + 2 !=
        (SELECT COUNT(*) FROM claim WHERE appointment = a.id AND expires IS NULL)""",
    # A number is given again once its visit is over (api.md section 6); the demo region has such visits of today.
    "one ticket number twice at a facility, among visits that are not over and those who wait": f"""
        SELECT COUNT(*) FROM (SELECT 1 FROM (
            SELECT facility_id, ticket FROM appointment WHERE {ACTIVE} AND "end" > :now UNION ALL
            SELECT facility_id, ticket FROM waiting WHERE status = 'waitlist' AND period_end > :now)
        GROUP BY facility_id, ticket HAVING COUNT(*) > 1)""",
}


class Audit:
    """One registry's database (SQLite), read as it is."""

    def __init__(self, database: Path, ledger: Ledger) -> None:
        self._database = database
        self._ledger = ledger

    def doubles(self) -> None:
        """What may never be, not for a moment."""
        for words, query in _DOUBLE.items():
            [(count,)] = self._rows(query, {"now": int(time.time())})
            if count:
                self._ledger.violation(f"{words}: {count}")

    def told(self, journals: Iterable[Path]) -> None:
        """Everybody who was told that they are booked is, just so; and nobody else.

        But for what could not be taken back: shown in the journal by a program that did not live to paint it, and
        told elsewhere by the registry before the terminal could cancel it (api.md section 8).
        """
        held = {
            row[0]: row
            for row in self._rows(
                "SELECT a.id, a.patient_id, a.role_id, a.start, a.ticket, a.code FROM appointment a "
                f"WHERE {ACTIVE} AND id IN (SELECT appointment FROM request)"
            )
        }
        for told in self._ledger.told.values():
            said = (
                told.appointment_id,
                told.patient_id,
                told.doctor_id,
                int(told.start.timestamp()),
                told.number,
                told.code,
            )
            if held.get(told.appointment_id) != said:
                self._ledger.violation(f"told booked, and the registry holds something else: {told.number}")
        self._ledger.stands = self._standing(journals) - self._ledger.told.keys()
        for id in held.keys() - self._ledger.told.keys() - self._ledger.unpainted - self._ledger.stands:
            self._ledger.violation(f"booked, and its patient was never told: {held[id][4]}")
        for id in self._ledger.unpainted - held.keys():
            self._ledger.violation(f"shown in the journal, and not booked: {id}")

    def _standing(self, journals: Iterable[Path]) -> set[str]:
        asked = dict(self._rows("SELECT identifier, appointment FROM request"))
        found = set()
        for path in journals:
            with closing(sqlite3.connect(path)) as journal:
                rows = journal.execute("SELECT identifier FROM booking WHERE state = 'stands'").fetchall()
            found |= {asked[identifier] for (identifier,) in rows}
        return found

    def journal(self, path: Path) -> None:
        """Every entry is settled, and says what the registry holds."""
        stands = {
            identifier: status in ("booked", "pending")
            for identifier, status in self._rows(
                "SELECT r.identifier, a.status FROM request r LEFT JOIN appointment a ON a.id = r.appointment"
            )
        }
        with closing(sqlite3.connect(path)) as journal:
            entries = journal.execute("SELECT identifier, state FROM booking").fetchall()
        for identifier, state in entries:
            if state in ("asked", "booked", "abandoned"):
                self._ledger.violation(f"{path.stem}: an entry of the journal is not settled: {state}")
            elif (state in ("shown", "stands")) != stands.get(identifier, False):
                self._ledger.violation(f"{path.stem}: the journal says {state}, the registry something else")

    def holds(self) -> int:
        """No hold outlives its length; how many have not run out yet."""
        now = int(time.time())
        [(longest, count)] = self._rows(
            "SELECT MAX(expires), COUNT(DISTINCT holder) FROM claim WHERE expires > ?", (now,)
        )
        if longest is not None and longest > now + HOLD_SECONDS:
            self._ledger.violation(f"a hold has {longest - now} s to go")
        return int(count)

    def papers(self, printed: Iterable[Paper], journals: Iterable[Path]) -> None:
        """Each ticket is of its patient, whole where it was said to be, and not more often there than tried."""
        by_payload: dict[str, list[Paper]] = {}
        for paper in printed:
            for code in paper.codes:
                by_payload.setdefault(code, []).append(paper)
        told = {one.payload: one for one in self._ledger.told.values()}
        if strange := by_payload.keys() - told.keys():
            self._ledger.violation(f"tickets on paper of nobody who was told so: {len(strange)}")
        states = dict(_paper_states(journals))
        for payload, one in told.items():
            self._paper(one, by_payload.get(payload, []), states.get(one.appointment_id, ""))

    def _paper(self, told: Told, papers: list[Paper], state: str) -> None:
        whole = sum(paper.text == told.paper for paper in papers)
        if whole < told.least_papers or len(papers) > told.most_papers:
            words = ", ".join(one.value for one in told.papers)
            self._ledger.violation(f"{told.number}: {whole} of {len(papers)} papers whole, told {words}")
        if (state == "printed" and not whole) or (
            state == "not-printed" and told.most_papers == 0 and papers
        ):
            self._ledger.violation(f"{told.number}: {len(papers)} papers, the journal says {state}")
        if not all(told.paper.startswith(paper.text.rstrip("\n")) for paper in papers):
            self._ledger.violation(f"{told.number}: the paper is not the ticket that was shown")

    def silence(self, files: Iterable[Path], words: Iterable[str]) -> None:
        """Nothing of a person stands in these files (R39)."""
        for path in files:
            found = set(re.findall(r"[\w@.+]+", path.read_bytes().decode("utf-8", "replace"))) & set(words)
            if found:
                self._ledger.violation(f"{path.name}: has personal data, {len(found)} words")

    def _rows(self, query: str, values: Sequence[object] | Mapping[str, object] = ()) -> list[tuple]:
        with closing(sqlite3.connect(self._database, timeout=20)) as connection:
            return connection.execute(query, values).fetchall()


def _paper_states(journals: Iterable[Path]) -> Iterator[tuple[str, str]]:
    for path in journals:
        with closing(sqlite3.connect(path)) as journal:
            yield from journal.execute("SELECT appointment_id, paper FROM booking WHERE appointment_id != ''")
