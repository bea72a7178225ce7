"""What another version of the program, or another hand on the disk, left behind is read over and made good."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

from helpdesk.actions import stays, stray_files
from helpdesk.models import Closing, Stay
from tests.people import NOON, Desk


def test_the_next_change_of_a_request_without_stays_tells_them_all(desk: Desk) -> None:
    ticket = desk.ticket("on_review")
    Stay.objects.filter(ticket=ticket).delete()

    desk.act("accept", "anna", ticket, rating="5")

    told = Stay.objects.filter(ticket=ticket).order_by("number").values_list("status", flat=True)
    assert list(told) == ["new", "in_work", "on_review", "done"]
    assert Closing.objects.get(ticket=ticket).rating == 5
    assert stays.differences() == []


def test_a_link_that_leads_nowhere_is_passed_over(desk: Desk, settings: Any) -> None:
    folder, at = Path(settings.MEDIA_ROOT), (NOON - timedelta(days=2)).timestamp()
    folder.mkdir(parents=True, exist_ok=True)
    nowhere, stray = folder / "a", folder / "b"
    nowhere.symlink_to(folder / "gone")
    stray.write_bytes(b"stray")
    os.utime(stray, (at, at))

    assert stray_files.forget_old() == 1
    assert (nowhere.is_symlink(), stray.exists()) == (True, False)
