"""Decides how the life of a ticket is read and driven: history, clocks, every action with its reason, and doing one."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from helpdesk import access
from helpdesk.actions.dispatch import PEOPLE_START, act
from helpdesk.actions.refusals import NotFound
from helpdesk.api.bodies import given
from helpdesk.api.endpoint import Endpoint, refuse_unknown
from helpdesk.api.operations import WHO_SEES, listing, operation
from helpdesk.api.safe_writes import safe_write, version_of
from helpdesk.api.shapes.actions import ActionInputs, ActionShape, LifecycleShape, action_data, lifecycle_data
from helpdesk.api.shapes.conversation import ClockShape, HistoryMoment
from helpdesk.api.shapes.tickets import TicketShape
from helpdesk.api.v1.tickets import BESIDE, JOINED, ticket_answer, ticket_for
from helpdesk.clocks import explain
from helpdesk.lifecycle import ACTIONS
from helpdesk.ticket_people import with_people
from helpdesk.timeline import timeline

TAG = "Life of a ticket"
ActionList = listing(ActionShape, "ActionList")
HistoryList = listing(HistoryMoment, "HistoryList")
ClockList = listing(ClockShape, "ClockList")


class History(Endpoint):
    """What happened to a ticket."""

    @operation(
        TAG, "history_list", "Read the history", who=f"{WHO_SEES}; internal notes and reasons of transfers only support",
        text="Newest first: transitions with what changed, messages, files and ratings in one line of time.",
        answers={200: HistoryList}, errors=(404,),
    )  # fmt: skip
    def get(self, request: Request, number: int) -> Response:
        moments = timeline(self.person, ticket_for(self.person, number))
        return Response({"results": HistoryMoment(moments, many=True).data})


class Clocks(Endpoint):
    """The clocks of a ticket."""

    @operation(
        TAG, "clocks_list", "Explain the deadlines", who=WHO_SEES,
        text="Every clock with its ledger: what was counted day by day adds up to the due time.",
        answers={200: ClockList}, errors=(404,),
    )  # fmt: skip
    def get(self, request: Request, number: int) -> Response:
        ticket = ticket_for(self.person, number)
        context = {"support": access.is_support(self.person, ticket)}
        return Response({"results": ClockShape(explain(ticket), many=True, context=context).data})


class Actions(Endpoint):
    """What can be done to a ticket."""

    @operation(
        TAG, "actions_list", "List the actions", who=WHO_SEES,
        text="Every action that people can start, allowed to you now or not, with a stable code and the reason, and the "
             "JSON schema of its input with the lines, people or statuses to choose from.",
        answers={200: ActionList}, errors=(404,),
    )  # fmt: skip
    def get(self, request: Request, number: int) -> Response:
        ticket = ticket_for(self.person, number)
        answer = Response({"results": action_data(self.person, ticket)})
        answer["ETag"] = f'"{ticket.version}"'
        return answer


class ActionOne(Endpoint):
    """Doing something to a ticket."""

    @operation(
        TAG, "actions_do", "Carry out an action", who="see `GET /tickets/{number}/actions`; the roles are in `GET /lifecycle`",
        text="The same as a button of the panel, and refused for the same reasons: 409 with where the ticket stands and "
             "what is possible instead.",
        body=ActionInputs, answers={200: TicketShape}, errors=(404, 409, 412), if_match=True,
    )  # fmt: skip
    @safe_write
    def post(self, request: Request, number: int, action: str) -> Response:
        if action not in PEOPLE_START:
            raise NotFound(action)
        raw = given(request)
        refuse_unknown(raw, [item.name for item in ACTIONS[action].inputs])
        changed = act(action, actor=self.person, ticket_id=number, raw=raw, version=version_of(request))
        # A ticket handed to another line may be out of sight now; he who handed it over is told the result all the same.
        seen = with_people(access.visible_to(self.person).select_related(*JOINED).filter(pk=number), BESIDE)
        return ticket_answer(self.person, seen[0] if seen else changed)


class Lifecycle(Endpoint):
    """The rules."""

    @operation(
        TAG, "lifecycle_read", "Read the lifecycle",
        text="The statuses and the one table of actions that panel, API and documentation are drawn from.",
        answers={200: LifecycleShape},
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        return Response(lifecycle_data())
