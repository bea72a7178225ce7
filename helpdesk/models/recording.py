"""Decides how changes are recorded: one configuration of django-simple-history for every model.

The acting person comes from `_history_user`, which the actions set; the middleware covers what an administrator does
through a plain form. Reasons are texts without a length limit, because a return comment is a reason too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from simple_history.models import HistoricalRecords

if TYPE_CHECKING:
    from datetime import datetime


def recorded(verbose_name: Any, **options: Any) -> HistoricalRecords:
    """Return the history manager for a model whose records are called `verbose_name` (a lazy string)."""
    return HistoricalRecords(
        history_change_reason_field=models.TextField(null=True),
        verbose_name=verbose_name,
        verbose_name_plural=verbose_name,
        **options,
    )


def sign(record: models.Model, *, by: models.Model | None, at: datetime, reason: str = "") -> None:
    """Say who changes `record`, when and why; the next save writes it into the history. `by` None is the system."""
    record._history_user = by  # type: ignore[attr-defined]  # simple-history reads these from the instance
    record._history_date = at  # type: ignore[attr-defined]
    record._change_reason = reason or None  # type: ignore[attr-defined]
