"""Old backups go by a rule that leaves 7 days, 4 weeks and 12 months; other files in the folder are nobody's business."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from helpdesk.backups import keeping, newest, rotate

NOW = datetime(2026, 3, 10, 3, 0, tzinfo=UTC)


def test_a_year_of_two_a_day_becomes_days_weeks_and_months() -> None:
    made = [NOW - timedelta(hours=12 * number) for number in range(2 * 500)]

    kept = sorted(keeping.to_keep(made), reverse=True)

    assert kept[:7] == [NOW - timedelta(days=number) if number == 0 else kept[number] for number in range(7)]
    assert [each.date() for each in kept[:7]] == [(NOW - timedelta(days=number)).date() for number in range(7)]
    assert len({each.isocalendar()[:2] for each in kept[:10]}) >= 4
    assert [(each.year, each.month) for each in kept[-10:]] == [
        (2026, 1), (2025, 12), (2025, 11), (2025, 10), (2025, 9), (2025, 8), (2025, 7), (2025, 6), (2025, 5), (2025, 4),
    ]  # fmt: skip
    assert keeping.to_keep(kept) == set(kept), "what is kept once stays kept"


def test_only_backups_are_deleted(tmp_path: Path) -> None:
    for number in range(40):
        (tmp_path / keeping.name_at(NOW - timedelta(hours=number))).touch()
    (tmp_path / "helpdesk-notes.txt").touch()

    gone = rotate(tmp_path)

    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "helpdesk-20260308T235900Z.tar.gz".replace("235900", "230000"),
        "helpdesk-20260309T230000Z.tar.gz",
        "helpdesk-20260310T030000Z.tar.gz",
        "helpdesk-notes.txt",
    ]
    assert len(gone) == 37
    assert newest(tmp_path) == NOW
    assert newest(tmp_path / "nowhere") is None
