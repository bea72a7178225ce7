"""Decides what is kept of cases brought in from another desk: the file, how it was read, what could not be, and who is who."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from helpdesk.models.storage import private_files, random_name
from helpdesk.moment import now


class CaseImportState(models.TextChoices):
    MAPPING = "mapping", _("Columns are to be named")
    LOOKING = "looking", _("Being looked at")
    WAITING = "waiting", _("Waiting for its turn")
    RUNNING = "running", _("Being brought in")
    DONE = "done", _("Brought in")
    FAILED = "failed", _("Not brought in")


class CaseImport(models.Model):
    """A file of another desk's cases. `contents` is what its page shows of it, `mapping` says how it is read, `counts` what
    has been done so far, `preview` what bringing it in would do: while it is looked at `seen` of `total` cases, then its
    numbers and the words nobody has mapped."""

    state = models.CharField(
        _("state"), max_length=10, choices=CaseImportState.choices, default=CaseImportState.MAPPING
    )
    source = models.CharField(_("other desk"), max_length=50, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("who"), on_delete=models.PROTECT, related_name="+"
    )
    file = models.FileField(_("file"), upload_to=random_name, storage=private_files)
    name = models.CharField(_("name"), max_length=200)
    size = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField(_("checksum"), max_length=64)
    created_at = models.DateTimeField(_("when"), default=now)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    contents = models.JSONField(_("contents"), default=dict)
    mapping = models.JSONField(_("choices"), default=dict)
    counts = models.JSONField(_("counts"), default=dict)
    preview = models.JSONField(_("what it would do"), default=dict)
    trouble = models.TextField(_("trouble"), blank=True)
    # A worker that takes the import moves it on, and again with every batch.
    leased_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("import of cases")
        verbose_name_plural = _("imports of cases")
        ordering: ClassVar[list[str]] = ["-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["id"],
                name="case_import_unfinished",
                condition=models.Q(state__in=["looking", "waiting", "running"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} #{self.pk}"


class CaseRemark(models.Model):
    """Something of the file that could not be taken as it stands: the row, the case, and why. `of_reading` ones come from
    the rows, the others from the steps of a case."""

    class Kind(models.TextChoices):
        LEFT_OUT = "left_out", _("left out")
        CORRECTED = "corrected", _("corrected")
        CHANGED = "changed", _("read otherwise")

    imported = models.ForeignKey(CaseImport, on_delete=models.CASCADE, related_name="remarks")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    row = models.PositiveIntegerField(_("row"), null=True)
    case = models.CharField(_("case"), max_length=100, blank=True)
    text = models.CharField(_("what"), max_length=300)
    of_reading = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("remark on a case")
        verbose_name_plural = _("remarks on cases")
        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return self.text


class ForeignCase(models.Model):
    """Which ticket a case of another desk has become. One case becomes one ticket, however often it is brought in."""

    source = models.CharField(_("other desk"), max_length=50)
    foreign_id = models.CharField(_("number there"), max_length=100)
    ticket = models.OneToOneField("helpdesk.Ticket", on_delete=models.CASCADE, related_name="foreign")
    imported = models.ForeignKey(CaseImport, on_delete=models.PROTECT, related_name="cases")

    class Meta:
        verbose_name = _("case of another desk")
        verbose_name_plural = _("cases of other desks")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["source", "foreign_id"], name="foreign_case_unique")
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.foreign_id}"
