"""Decides how a person takes out everything the desk holds about him, and an administrator that of anybody."""

from __future__ import annotations

from django.http import StreamingHttpResponse
from django.utils.translation import get_language
from rest_framework.request import Request

from helpdesk import own_data
from helpdesk.actions import data_requests
from helpdesk.api import throttles
from helpdesk.api.endpoint import Endpoint
from helpdesk.api.operations import File, operation
from helpdesk.models import User

ZIP = File("A zip: index.html to read, a JSON file for each section, the files the person attached.")
TEXT = "At most five in an hour; the audit hears of it. It holds what the person may see: no internal notes of others."


class _Export(Endpoint):
    """What both addresses have in common."""

    def zip_of(self, person_id: int | None) -> StreamingHttpResponse:
        """Return the zip while it is made. Raises ActionRefused, NotFound, Problem when it was asked for too often."""
        data_requests.whose(actor=self.person, person_id=person_id)
        throttles.rest(data_requests.seconds_to_wait(actor=self.person))
        person: User = data_requests.take_out(actor=self.person, person_id=person_id)
        pieces = own_data.pieces(person, language=get_language() or "en")
        answer = StreamingHttpResponse(pieces, content_type="application/zip")
        answer["Content-Disposition"] = f'attachment; filename="person-{person.pk}.zip"'
        answer["X-Content-Type-Options"] = "nosniff"
        return answer


class MeExport(_Export):
    """Everything about oneself."""

    @operation("Me", "me_export", "Take out everything about you", text=TEXT, answers={200: ZIP})
    def get(self, request: Request) -> StreamingHttpResponse:
        return self.zip_of(None)


class PersonExport(_Export):
    """Everything about somebody."""

    @operation(
        "People", "people_export", "Take out everything about a person", who="administrators; everybody about himself",
        text=TEXT, answers={200: ZIP}, errors=(403, 404),
    )  # fmt: skip
    def get(self, request: Request, pk: int) -> StreamingHttpResponse:
        return self.zip_of(pk)
