"""Decides which bodies are read and written: JSON of bounded depth in, or a form with files; JSON out, whatever is asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework import exceptions, negotiation, parsers
from rest_framework.request import Request

from helpdesk.api.errors import Problem


class JSONParser(parsers.JSONParser):
    """JSON, whose depth a hostile client cannot use to exhaust the stack."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        try:
            return super().parse(stream, media_type, parser_context)
        except (RecursionError, OverflowError) as error:
            raise exceptions.ParseError(_("The JSON is nested too deeply.")) from error


class AlwaysJSON(negotiation.DefaultContentNegotiation):
    """A browser that asks for HTML gets the same JSON: there is no page that could show more than the answer."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> tuple[Any, str]:
        return renderers[0], renderers[0].media_type


def given(request: Request) -> dict[str, Any]:
    """Return the body as a dictionary; of a form a list for a repeated name. Raises Problem for anything else."""
    data = request.data
    if isinstance(data, QueryDict):
        return {name: values if len(values) > 1 else values[0] for name, values in data.lists() if values}
    if not isinstance(data, Mapping):
        raise Problem(400, "malformed", _("The body must be a JSON object."))
    return dict(data)
