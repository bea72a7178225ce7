"""Decides what the demo's people find today: requests written out one by one, so that every home page has something to do.

`fixtures/scenes.json` tells them; times are office hours before the demo is loaded.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from helpdesk import worktime
from helpdesk.actions import conversation, registration
from helpdesk.actions.dispatch import act
from helpdesk.demo import papers
from helpdesk.demo.desk import Desk, read

if TYPE_CHECKING:
    from helpdesk.demo.story import Stage

# What is not an action of the lifecycle table.
_TALK = ("say", "note", "read")


def play_scenes(desk: Desk, stage: Stage, dice: random.Random) -> int:
    """Put the scenes on the stage and return how many tickets they make."""
    scenes = read("scenes.json")
    for item in scenes:
        _Scene(desk, dice, item).begin(stage)
    return len(scenes)


class _Scene:
    """One request, told step by step."""

    def __init__(self, desk: Desk, dice: random.Random, item: dict[str, Any]) -> None:
        self.desk, self.dice, self.item = desk, dice, item
        self.number = 0

    def begin(self, stage: Stage) -> None:
        self._at(stage, self.item["ago"], self._register)
        for step in self.item["steps"]:
            self._at(stage, step["ago"], partial(self._do, step))

    def _at(self, stage: Stage, ago: float, step: Callable[[], object]) -> None:
        stage.at(worktime.subtract_working(self.desk.office, stage.end, timedelta(hours=ago)), step)

    def _register(self) -> None:
        item = self.item
        ticket = registration.register(
            actor=self.desk.people[item["requester"]], work_type=self.desk.kinds[item["kind"]],
            subject=item["subject"], text=item["text"], files=self._files(item),
        )  # fmt: skip
        self.number = ticket.pk

    def _do(self, step: dict[str, Any]) -> None:
        actor, verb = self.desk.people[step["who"]], step["do"]
        conversation.mark_read(actor=actor, ticket_id=self.number)
        if verb in _TALK:
            self._talk(step)
            return
        raw = {"comment": step.get("text", ""), "rating": step.get("rating")}
        if "line" in step:
            raw["line"] = self.desk.lines[step["line"]].pk
        act(verb, actor=actor, ticket_id=self.number, raw=raw)

    def _talk(self, step: dict[str, Any]) -> None:
        if step["do"] == "read":
            return
        to = [self.desk.people[step["to"]].pk] if "to" in step else None
        conversation.post(
            actor=self.desk.people[step["who"]], ticket_id=self.number, text=step["text"],
            internal=step["do"] == "note", to=to, files=self._files(step),
        )  # fmt: skip

    def _files(self, source: dict[str, Any]) -> list[Any]:
        return [papers.make(self.dice, source["file"])] if "file" in source else []
