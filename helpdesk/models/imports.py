"""Decides what is kept of a spreadsheet import: who brought which file, how its columns were read, each proposed change."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from helpdesk.models.storage import private_files, random_name
from helpdesk.moment import now


class ImportSubject(models.TextChoices):
    """What a spreadsheet brings."""

    CATALOG = "catalog", _("Services and kinds of work")
    LINES = "lines", _("Support lines and members")
    PEOPLE = "people", _("People")
    CALENDARS = "calendars", _("Working calendars")


class ImportState(models.TextChoices):
    QUESTION = "question", _("A choice is needed")
    READING = "reading", _("Being read")
    PREVIEW = "preview", _("Waiting for confirmation")
    APPLYING = "applying", _("Being carried out")
    APPLIED = "applied", _("Carried out")
    UNDOING = "undoing", _("Being taken back")
    UNDONE = "undone", _("Taken back")
    FAILED = "failed", _("Not carried out")
    DROPPED = "dropped", _("Dropped")


class SpreadsheetImport(models.Model):
    """One import from upload to undo. `choices` is what the person chose: table, columns, limits for rows without any."""

    subject = models.CharField(_("what it brings"), max_length=10, choices=ImportSubject.choices)
    state = models.CharField(_("state"), max_length=10, choices=ImportState.choices, default=ImportState.READING)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("who"), on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("when"), default=now)
    applied_at = models.DateTimeField(_("carried out at"), null=True, blank=True)
    undone_at = models.DateTimeField(_("taken back at"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("taken back by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    choices = models.JSONField(_("choices"), default=dict)
    question = models.JSONField(_("question"), default=dict)
    counts = models.JSONField(_("counts"), default=dict)
    trouble = models.TextField(_("trouble"), blank=True)
    # Set for the background; a worker that takes the import moves it on.
    leased_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering: ClassVar[list[str]] = ["-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["id"],
                name="import_unfinished",
                condition=models.Q(state__in=["reading", "applying", "undoing"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_subject_display()} #{self.pk}"


class ImportFile(models.Model):
    """A file of an import, kept as it came."""

    imported = models.ForeignKey(SpreadsheetImport, on_delete=models.CASCADE, related_name="files")
    file = models.FileField(_("file"), upload_to=random_name, storage=private_files)
    name = models.CharField(_("name"), max_length=200)
    size = models.PositiveIntegerField(_("size"))

    class Meta:
        verbose_name = _("file of an import")
        verbose_name_plural = _("files of imports")
        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return self.name


class ImportChange(models.Model):
    """One line of a change-set. `before` and `after` hold the fields that differ, as plain values.

    A rejected row is no record yet: its `object_id` is the number of the file it stands in.
    """

    class Outcome(models.TextChoices):
        NEW = "new", _("new")
        CHANGED = "changed", _("changed")
        MISSING = "missing", _("missing from the file")
        REJECTED = "rejected", _("rejected")

    imported = models.ForeignKey(SpreadsheetImport, on_delete=models.CASCADE, related_name="changes")
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    entity = models.CharField(max_length=20)
    key = models.JSONField(default=list)
    label = models.CharField(max_length=300, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    place = models.CharField(max_length=120, blank=True)
    row = models.PositiveIntegerField(null=True)
    remarks = models.JSONField(default=list)
    object_id = models.BigIntegerField(null=True)
    applied = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("change of an import")
        verbose_name_plural = _("changes of imports")
        ordering: ClassVar[list[str]] = ["id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["imported", "outcome", "id"], name="import_change_outcome")
        ]

    def __str__(self) -> str:
        return f"{self.outcome}: {self.label}"


class ColumnChoice(models.Model):
    """A header somebody matched with a field by hand; the next file with that header is read the same way."""

    subject = models.CharField(max_length=10, choices=ImportSubject.choices)
    header = models.CharField(max_length=200)
    field = models.CharField(max_length=40)

    class Meta:
        verbose_name = _("remembered column")
        verbose_name_plural = _("remembered columns")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["subject", "header", "field"], name="column_choice_unique")
        ]

    def __str__(self) -> str:
        return f"{self.header} → {self.field}"
