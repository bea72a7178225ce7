"""Decides how a limit is kept in a row: as its canonical text (`4h`, `2bd`), read back as a `Limit`."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from helpdesk.worktime import Limit


class LimitField(models.CharField):  # type: ignore[type-arg]  # the stub's parameters cannot express a value object
    """An amount and a unit: minutes, hours, business days or calendar days."""

    description = _("An amount of time with its unit")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 10)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: str | None, *_: object) -> Limit | None:
        return None if value in (None, "") else Limit.parse(str(value))

    def to_python(self, value: Any) -> Limit | None:
        if value is None or value == "" or isinstance(value, Limit):
            return value or None
        try:
            return Limit.parse(str(value))
        except ValueError as error:
            raise ValidationError(
                _("“%(value)s” is not a limit. Write an amount and a unit: 30m, 4h, 2bd or 3d."),
                code="invalid_limit",
                params={"value": value},
            ) from error

    def run_validators(self, value: Any) -> None:
        super().run_validators(None if value is None else str(value))

    def get_prep_value(self, value: Any) -> str | None:
        limit = self.to_python(value)
        return None if limit is None else str(limit)

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.value_from_object(obj) or "")
