"""Decides how requests like a ticket, or like one that is about to be filed, are read."""

from __future__ import annotations

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from helpdesk import precedents
from helpdesk.actions.texts import clean_line, clean_text
from helpdesk.api.endpoint import Endpoint
from helpdesk.api.operations import WHO_SEES, listing, operation
from helpdesk.api.shapes.parts import Shape
from helpdesk.api.shapes.tickets import TicketRow
from helpdesk.api.v1.tickets import TAG, ticket_for


class SimilarShape(Shape):
    """A request like another."""

    ticket = TicketRow()
    solution = serializers.CharField(
        help_text="What support wrote when it last submitted the result; empty while none."
    )

    class Meta:
        ref_name = "SimilarTicket"


SimilarList = listing(SimilarShape, "SimilarList")


class OfTicket(Endpoint):
    """Done tickets like one."""

    @operation(
        TAG, "tickets_similar", "Find solved tickets like one", who=WHO_SEES,
        text="At most five done tickets that you may see, the likest first, with what solved them.",
        answers={200: SimilarList}, errors=(404,),
    )  # fmt: skip
    def get(self, request: Request, number: int) -> Response:
        found = precedents.of_ticket(self.person, ticket_for(self.person, number))
        return Response({"results": SimilarShape(found, many=True, context={"user": self.person}).data})


class Draft(Endpoint):
    """Tickets like one that is about to be filed."""

    query = ("subject", "text")

    @operation(
        TAG, "tickets_similar_to_draft", "Find tickets like a draft",
        text="At most five tickets that you may see, open or done, the likest first: perhaps it has been asked already.",
        query={"subject": "The subject of the draft, at most 200 characters.", "text": "Its text, at most 2000."},
        answers={200: SimilarList}, errors=(400,),
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        subject = clean_line(request.query_params.get("subject"), "subject", maximum=200)
        text = clean_text(request.query_params.get("text"), "text", maximum=2000, required=False)
        found = precedents.of_draft(self.person, subject, text)
        return Response({"results": SimilarShape(found, many=True, context={"user": self.person}).data})
