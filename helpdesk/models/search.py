"""Decides what of a ticket can be searched: word stems of what everybody in it may read, and of what only support may."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class SearchDoc(models.Model):
    """The searchable words of one ticket. Triggers (SQLite) or an index (PostgreSQL) make it quick to ask."""

    ticket = models.OneToOneField(
        "helpdesk.Ticket", on_delete=models.CASCADE, primary_key=True, related_name="search_doc"
    )
    public = models.TextField(_("words everybody in the ticket may find"), blank=True)
    internal = models.TextField(_("words only support may find"), blank=True)

    class Meta:
        verbose_name = _("search entry")
        verbose_name_plural = _("search entries")

    def __str__(self) -> str:
        return f"#{self.ticket_id}"
