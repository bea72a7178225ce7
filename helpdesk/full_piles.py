"""Decides how long a pile that had more tickets than are counted is believed to have them still.

To count ten thousand finished tickets for every list takes PostgreSQL two fifths of its time for it, and says the same for
years. A pile that is believed to be full and no longer is has lost a ticket or two of ten thousand.
"""

from __future__ import annotations

from collections.abc import Hashable
from datetime import datetime, timedelta

from helpdesk.moment import now

BELIEVED = timedelta(minutes=1)
_MOST = 1000

# When each was last counted by this process.
_counted: dict[Hashable, datetime] = {}


def is_full(pile: Hashable) -> bool:
    """Say whether `pile`, named by what finds its tickets, was counted up to the cap within the last minute."""
    counted = _counted.get(pile)
    return counted is not None and timedelta() <= now() - counted < BELIEVED


def remember(pile: Hashable) -> None:
    """Take down that `pile` was counted up to the cap now."""
    if len(_counted) >= _MOST:
        _counted.clear()
    _counted[pile] = now()
