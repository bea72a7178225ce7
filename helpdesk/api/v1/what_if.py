"""Decides how a program asks what other limits or another calendar would have changed; nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from helpdesk import access
from helpdesk.api.endpoint import Endpoint, checked
from helpdesk.api.operations import operation
from helpdesk.api.shapes.what_if import WhatIfAsked, WhatIfShape
from helpdesk.api.v1.reports import TAG, WHO
from helpdesk.models import TokenScope, User
from helpdesk.reports import proposal, scope, what_if
from helpdesk.reports.proposal import Proposal, Terms
from helpdesk.reports.what_if import MOST_REQUESTS, Comparison

MOST_CHANGES = 1000


class WhatIf(Endpoint):
    """A proposal, tried on the requests of the last days."""

    scope = TokenScope.REPORTS

    @operation(
        TAG, "what_if", "Try other limits or another calendar", who=WHO,
        text="Replays the requests registered in the last days under other terms and compares how many were overdue with how many "
             f"would have been; of many the newest {MOST_REQUESTS}. Nothing is changed. The same as the page What-if.",
        body=WhatIfAsked, answers={200: WhatIfShape}, errors=(400, 403),
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        scope.read(self.person, {})
        asked = _proposal(self.person, checked(WhatIfAsked, request))
        return Response(WhatIfShape(_told(what_if.compare(self.person, asked))).data)


def _proposal(person: User, given: dict[str, Any]) -> Proposal:
    own = {
        item["work_type"]: Terms(item.get("reaction_limit"), item.get("execution_limit"), item.get("calendar", ""))
        for item in given.get("kinds", [])
    }
    known = set(access.visible_work_types(person).filter(pk__in=own).values_list("pk", flat=True))
    unknown = {
        f"kinds.{place}.work_type": [_("There is no such kind of work.")]
        for place, item in enumerate(given.get("kinds", []))
        if item["work_type"] not in known
    }
    if unknown:
        raise ValidationError(unknown)
    return Proposal(
        days=given.get("days", proposal.DAYS),
        narrowed={name: given[name] for name in ("line", "service", "work_type") if name in given},
        factor=given.get("factor"),
        calendar=given.get("calendar", proposal.AS_IT_WAS),
        picked=frozenset(given.get("picked", [])),
        own=own,
    )


def _told(found: Comparison) -> dict[str, Any]:
    return {
        "period": found.period,
        "registered": found.registered,
        "since": found.since,
        "left_out": found.left_out,
        "overall": found.overall,
        "by_kind": found.by_kind,
        "by_line": found.by_line,
        "outcomes": [
            {"clock": clock, "outcome": outcome, "before": before, "after": after}
            for clock, counts in found.outcomes.items()
            for outcome, (before, after) in counts.items()
        ],
        "changed": len(found.changed),
        "changes": list(_changes(found)),
        "terms": [
            {
                "work_type": kind.pk,
                "name": kind.name,
                "reaction_limit": terms.reaction,
                "execution_limit": terms.execution,
            }
            for kind, terms in found.terms
        ],
    }


def _changes(found: Comparison) -> Iterator[dict[str, Any]]:
    for change in found.changed[:MOST_CHANGES]:
        for clock, told in change.clocks.items():
            if told.before is not told.after:
                yield {
                    "number": change.ticket, "clock": clock, "outcome_before": told.before, "outcome_after": told.after,
                }  # fmt: skip
