"""Decides which actions there are: from which status to which, who may start each, what it asks for. One table.

Buttons, bulk actions, API endpoints, documentation and the diagram are drawn from `ACTIONS`. Who may act on a given
ticket is decided by `access`; what has to be supplied is checked by `actions`; this module knows neither people nor rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from helpdesk.lifecycle.terms import CLOSED, WORKED, Action, Input, InputKind, Status, Who

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

_reason = Input("comment", InputKind.TEXT, _("Reason"))
_TABLE = (
    Action(
        name="take",
        method="take",
        label=pgettext_lazy("action", "Take"),
        done=_("Taken into work"),
        sources=(Status.NEW, Status.REWORK),
        target=Status.IN_WORK,
        who=(Who.MEMBER,),
        effect=_("You become the assignee; the reaction clock stops."),
    ),
    Action(
        name="assign",
        method="assign",
        label=pgettext_lazy("action", "Assign"),
        done=_("Assigned"),
        sources=WORKED,
        target=None,
        who=(Who.LEAD, Who.MEMBER, Who.SYSTEM),
        inputs=(Input("person", InputKind.PERSON, _("Assignee"), help=_("A member of the ticket's line.")),),
        effect=_("The person becomes the assignee and is told. A member may only assign to himself."),
    ),
    Action(
        name="ask",
        method="ask",
        label=pgettext_lazy("action", "Ask the requester"),
        done=_("Question asked"),
        sources=(Status.IN_WORK,),
        target=Status.WAITING,
        who=(Who.ASSIGNEE, Who.LEAD),
        inputs=(Input("comment", InputKind.TEXT, _("Question"), help=_("The requester gets it as a message.")),),
        effect=_("The execution clock pauses until the requester answers."),
    ),
    Action(
        name="resume",
        method="resume",
        label=pgettext_lazy("action", "Resume work"),
        done=_("Work resumed"),
        sources=(Status.WAITING,),
        target=Status.IN_WORK,
        who=(Who.ASSIGNEE, Who.LEAD),
        effect=_("The execution clock goes on with what was left. The requester's reply does the same."),
    ),
    Action(
        name="submit",
        method="submit",
        label=pgettext_lazy("action", "Submit for review"),
        done=_("Submitted for review"),
        sources=(Status.IN_WORK,),
        target=Status.ON_REVIEW,
        who=(Who.ASSIGNEE, Who.LEAD),
        inputs=(Input("comment", InputKind.TEXT, _("What was done")),),
        effect=_("The execution clock stops; the requester judges the result."),
    ),
    Action(
        name="recall",
        method="recall",
        label=pgettext_lazy("action", "Recall from review"),
        done=_("Recalled from review"),
        sources=(Status.ON_REVIEW,),
        target=Status.IN_WORK,
        who=(Who.ASSIGNEE, Who.LEAD),
        effect=_("The execution clock goes on with what was left."),
    ),
    Action(
        name="transfer",
        method="transfer",
        label=pgettext_lazy("action", "Escalate"),
        done=_("Transferred to another line"),
        sources=WORKED,
        target=Status.NEW,
        who=(Who.MEMBER, Who.LEAD),
        inputs=(
            Input("line", InputKind.LINE, _("Support line")),
            Input("comment", InputKind.TEXT, _("Comment for the line"), help=_("Only support sees it.")),
        ),
        effect=_("The other line gets the ticket without an assignee; the execution clock goes on."),
    ),
    Action(
        name="reclassify",
        method="reclassify",
        label=_("Change the kind of work"),
        done=_("Kind of work changed"),
        sources=WORKED,
        target=None,
        who=(Who.MEMBER, Who.LEAD),
        inputs=(
            Input("work_type", InputKind.WORK_TYPE, _("Kind of work")),
            Input("comment", InputKind.TEXT, _("Reason"), required=False),
        ),
        effect=_("The limits of the new kind hold from the registration on; the time already used counts."),
        bulk=False,
    ),
    Action(
        name="release",
        method="release",
        label=_("Return to the line"),
        done=_("Returned to the line"),
        sources=WORKED,
        target=Status.NEW,
        who=(Who.SYSTEM,),
        effect=_("Its assignee has not touched it for the time set, or has left: anybody of the line may take it."),
        bulk=False,
    ),
    Action(
        name="accept",
        method="accept",
        label=pgettext_lazy("action", "Accept and rate"),
        done=_("Accepted"),
        sources=(Status.ON_REVIEW,),
        target=Status.DONE,
        who=(Who.REQUESTER,),
        bulk=False,
        inputs=(
            Input("rating", InputKind.RATING, _("Rating")),
            Input(
                "comment",
                InputKind.TEXT,
                _("Comment"),
                required=False,
                help=_("Needed for a rating of 1 or 2: it tells support what to mend."),
            ),
        ),
        effect=_("The ticket is done and the rating is kept."),
    ),
    Action(
        name="accept_silently",
        method="accept_silently",
        label=pgettext_lazy("action", "Accept by silence"),
        done=_("Accepted by silence"),
        sources=(Status.ON_REVIEW,),
        target=Status.DONE,
        who=(Who.SYSTEM,),
        effect=_("The review limit ran out: the ticket is done without a rating."),
        bulk=False,
    ),
    Action(
        name="return",
        method="send_back",
        label=pgettext_lazy("action", "Return for rework"),
        done=_("Returned for rework"),
        sources=(Status.ON_REVIEW,),
        target=Status.REWORK,
        who=(Who.REQUESTER,),
        inputs=(Input("comment", InputKind.TEXT, _("What is not right")),),
        bulk=False,
        effect=_("The assignee stays; the execution clock goes on with what was left."),
    ),
    Action(
        name="cancel",
        method="cancel",
        label=pgettext_lazy("action", "Cancel the request"),
        done=_("Cancelled"),
        sources=(Status.NEW, Status.WAITING, Status.REWORK),
        target=Status.CANCELLED,
        who=(Who.REQUESTER, Who.ASSIGNEE, Who.LEAD),
        inputs=(_reason,),
        danger=True,
        effect=_("All clocks stop."),
    ),
    Action(
        name="cancel_silently",
        method="cancel_silently",
        label=_("Cancel by silence"),
        done=_("Cancelled by silence"),
        sources=(Status.WAITING,),
        target=Status.CANCELLED,
        who=(Who.SYSTEM,),
        effect=_("The requester did not answer in spite of reminders: all clocks stop. He may reopen it."),
        bulk=False,
    ),
    Action(
        name="reopen",
        method="reopen",
        label=pgettext_lazy("action", "Reopen"),
        done=_("Reopened"),
        sources=CLOSED,
        target=Status.REWORK,
        who=(Who.REQUESTER, Who.LEAD),
        inputs=(_reason,),
        effect=_("The requester may do it within five business days; a lead at any time."),
    ),
    Action(
        name="correct",
        method="correct",
        label=pgettext_lazy("action", "Correct the status"),
        done=_("Status corrected"),
        sources=tuple(Status),
        target=None,
        who=(Who.CORRECTOR,),
        inputs=(Input("status", InputKind.STATUS, _("Right status")), _reason),
        danger=True,
        bulk=False,
        effect=_("Marked as a correction in the history and left out of personal figures."),
    ),
)

ACTIONS: dict[str, Action] = {action.name: action for action in _TABLE}
REGISTER = "register"
REGISTERED: Lazy = _("Registered")


def label_of(name: str) -> Lazy | str:
    """Return the words for an action that has happened ("Taken into work"); `name` may be `register`."""
    if name == REGISTER:
        return REGISTERED
    action = ACTIONS.get(name)
    return action.done if action else name
