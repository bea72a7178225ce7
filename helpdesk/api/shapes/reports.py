"""Decides how reports are told to a program: the period, the one it is compared with, and tables with their headers."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers

from helpdesk.api.shapes.parts import Shape


class ReportPeriod(Shape):
    """Whole days, both counted in."""

    first = serializers.DateField()
    last = serializers.DateField()


class Rows(serializers.JSONField):
    """A list of lists whose cells are of any sort."""

    class Meta:
        swagger_schema_fields: ClassVar[dict[str, Any]] = {"type": "array", "items": {"type": "array", "items": {}}}


class ReportBlock(Shape):
    """A table. Headers and names are in the language of the request; `name` of the block never is."""

    name = serializers.CharField()
    title = serializers.CharField()
    definition = serializers.CharField(help_text="What the table counts, in one or two sentences.")
    headers = serializers.ListField(child=serializers.CharField())
    rows = Rows(help_text="Lists of texts, numbers, dates and nulls, in the order of the headers.")
    lists = Rows(
        help_text="Beside each cell the list of the requests it counts, as an address below `/api/v1/reports/figures/`, or null."
    )


class ReportShape(Shape):
    """The figures of a period."""

    period = ReportPeriod()
    before = ReportPeriod(
        help_text="What it is compared with: of a period that is running, as many days of the one before."
    )
    blocks = ReportBlock(many=True)

    class Meta:
        ref_name = "Report"
