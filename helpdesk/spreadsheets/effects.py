"""Decides what is said of a change about the requests that are open now."""

from __future__ import annotations

from functools import cached_property

from django.utils.translation import ngettext

from helpdesk import queues
from helpdesk.models import ImportChange


class Effects:
    """Counts open requests by kind and by service, once, when the first change asks."""

    @cached_property
    def _by_kind(self) -> dict[int, int]:
        return queues.open_by("work_type")

    @cached_property
    def _by_service(self) -> dict[int, int]:
        return queues.open_by("service")

    def of(self, change: ImportChange) -> list[str]:
        """Return the sentences for one change: limits that stay, requests of what is switched off."""
        if change.object_id is None or change.entity not in ("work_type", "service"):
            return []
        found = (self._by_kind if change.entity == "work_type" else self._by_service).get(change.object_id, 0)
        if not found:
            return []
        if change.after.get("is_active") is False:
            text = ngettext(
                "%(count)d open request goes on as it is.", "%(count)d open requests go on as they are.", found
            )
            return [text % {"count": found}]
        if {"reaction_limit", "execution_limit"} & change.after.keys():
            text = ngettext(
                "%(count)d open request keeps its limits.", "%(count)d open requests keep their limits.", found
            )
            return [text % {"count": found}]
        return []
