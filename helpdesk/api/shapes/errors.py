"""Decides how failures look in the documentation; `helpdesk.api.errors` makes them."""

from __future__ import annotations

from rest_framework import serializers

from helpdesk.api.shapes.parts import Id, Shape
from helpdesk.lifecycle import Status


class Error(Shape):
    """Every failure has this shape. `code` is stable and never translated."""

    code = serializers.CharField()
    detail = serializers.CharField(help_text="A sentence for people, in the language of the request.")
    fields = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()), help_text="What to mend, by field or parameter."
    )
    request_id = serializers.CharField(help_text="The id in the header X-Request-ID and in the log of the server.")


class Refusal(Error):
    """An action that is not possible now: where the ticket stands and what is possible instead."""

    number = Id()
    status = serializers.ChoiceField(choices=Status.values)
    version = serializers.IntegerField()
    allowed_actions = serializers.ListField(child=serializers.CharField())


class Difference(Shape):
    """A field that has changed, in words."""

    label = serializers.CharField()
    old = serializers.CharField(allow_blank=True)
    new = serializers.CharField(allow_blank=True)


class Stale(Error):
    """The ticket is no longer at the version of `If-Match`."""

    number = Id()
    status = serializers.ChoiceField(choices=Status.values)
    version = serializers.IntegerField()
    changed_by = serializers.CharField(allow_blank=True)
    changes = Difference(many=True)
