"""The short form of `script/soak`: nobody is told something else than the registry holds (issue 2)."""

from pathlib import Path

from visit_soak import Soak

VISITS, SEED = 60, 1


def test_visits_with_faults_on_the_wire(tmp_path: Path, demo_of_today: Path) -> None:
    """R21, R24, R27, R39, R44 and "What may never happen": 0 double bookings, 0 told otherwise, 0 lost tickets."""
    report = Soak(tmp_path, VISITS, SEED, demo_of_today).run()
    assert report.ledger.violations == []
    assert len(report.ledger.seconds) == VISITS
    # On a machine with much else to do more patients run out of patience: some must get their ticket.
    assert len(report.ledger.told) > VISITS / 20
    assert sum(report.faults.values()) > VISITS / 3
