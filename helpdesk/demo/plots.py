"""Decides how one request of the demo goes: who files it, how quickly it is taken, asked about, passed on, judged.

Times are shares of the limits of the kind of work, so that most requests are in time and some are not.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from helpdesk import worktime
from helpdesk.actions import conversation, registration
from helpdesk.actions.dispatch import act
from helpdesk.clocks import calendar_of
from helpdesk.demo import endings, papers
from helpdesk.demo.wording import Situation, Wording, speak
from helpdesk.models import SupportLine, Ticket, User
from helpdesk.moment import now

if TYPE_CHECKING:
    from collections.abc import Callable

    from helpdesk.demo.desk import Desk
    from helpdesk.demo.story import Stage

_FAVOURITES = {"employee": 6, "employee2": 5, "catalog": 2}
_LONGEST_WAIT = timedelta(hours=14)


class Plot:
    """One request from its filing to its end, as far as there is time for it. How it ends is in `endings`."""

    def __init__(self, desk: Desk, stage: Stage, dice: random.Random) -> None:
        self.desk, self.stage, self.dice = desk, stage, dice
        codes = list(desk.situations)
        self.kind = desk.kinds[dice.choices(codes, [desk.weights[code] for code in codes])[0]]
        people = desk.employees
        self.requester: User = dice.choices(people, [_FAVOURITES.get(person.username, 3) for person in people])[0]
        situation = desk.next_situation(self.kind.code, dice)
        self.words: Situation = Wording(dice, desk.employees).situation(situation, self.requester)
        self.number = 0
        self.line: SupportLine = self.kind.line or desk.lines["first"]
        self.agent: User = self.requester
        self.due: datetime = now()

    # --- small change --------------------------------------------------------------------------------------------

    def later(self, calendar: worktime.Calendar, amount: timedelta, step: Callable[[], object]) -> None:
        """Let `step` happen when `amount` of working time of `calendar` has passed from now."""
        self.stage.at(worktime.add_working(calendar, now(), amount), step)

    def requester_later(self, low: float, high: float, step: Callable[[], object]) -> None:
        """Let the requester do `step` between `low` and `high` office hours from now."""
        self.later(self.desk.office, timedelta(hours=self.dice.uniform(low, high)), step)

    def support_later(self, low: float, high: float, step: Callable[[], object]) -> None:
        """Let support do `step` when between `low` and `high` of the time to the deadline have passed."""
        calendar = calendar_of(self.line.calendar)
        left = max(worktime.between(calendar, now(), self.due), timedelta(hours=1))
        self.later(calendar, left * self.dice.uniform(low, high), step)

    def chance(self, share: float) -> bool:
        """Throw the dice: true in `share` of all cases."""
        return self.dice.random() < share

    def act(self, name: str, actor: User, **raw: Any) -> Ticket:
        """Let `actor` open the ticket, which reads what was addressed to him, and press the button `name`."""
        conversation.mark_read(actor=actor, ticket_id=self.number)
        return act(name, actor=actor, ticket_id=self.number, raw=raw)

    def gender(self, text: str) -> str:
        """Return `text` as the requester says it."""
        return speak(text, self.requester)

    def read_later(self, person: User, low: float, high: float) -> None:
        """Let `person` read what is addressed to him in some hours; some never do."""
        if self.chance(0.9):
            self.requester_later(low, high, lambda: conversation.mark_read(actor=person, ticket_id=self.number))

    # --- filing and taking ---------------------------------------------------------------------------------------

    def register(self) -> None:
        """File the request; support does it for one in twelve, after a call."""
        members = self.desk.members[self.line.pk]
        actor = self.dice.choice(members) if self.chance(0.08) else self.requester
        files = papers.files(self.dice, self.words.file)
        ticket = registration.register(
            actor=actor, requester=self.requester, work_type=self.kind, subject=self.words.subject,
            text=self.words.text, files=files,
        )  # fmt: skip
        self.number = ticket.pk
        calendar = calendar_of(self.line.calendar)
        reaction_due = worktime.add(calendar, now(), self.kind.reaction_limit)
        self.due = worktime.add(calendar, reaction_due, self.kind.execution_limit)
        if self.chance(0.045):
            self.requester_later(0.02, 0.2, lambda: endings.cancel(self))
            return
        self._react(calendar, reaction_due)

    def _react(self, calendar: worktime.Calendar, due: datetime) -> None:
        share = self.dice.uniform(1.1, 2.5) if self.chance(0.1) else self.dice.uniform(0.06, 0.85)
        wait = min(worktime.between(calendar, now(), due) * share, _LONGEST_WAIT)
        if self.chance(0.07):
            self.later(calendar, wait / 2, self._hand_out)
        else:
            self.later(calendar, wait, self.take)

    def _hand_out(self) -> None:
        """The lead gives the request to somebody, who takes it a little later."""
        lead = self.desk.leads[self.line.pk]
        self.agent = self.dice.choice(
            [person for person in self.desk.members[self.line.pk] if person != lead] or [lead]
        )
        if self.agent != lead:
            self.act("assign", lead, person=self.agent.pk)
        self.later(calendar_of(self.line.calendar), timedelta(minutes=self.dice.randint(4, 40)), self._take_up)

    def take(self) -> None:
        """Somebody of the line takes the request and decides how to go on."""
        self.agent = self.desk.somebody(self.line, self.dice)
        self._take_up()

    def _take_up(self) -> None:
        self.act("take", self.agent)
        if self.chance(0.06):
            self._reclassify()
        if self.words.note and self.chance(0.45):
            self.support_later(0.01, 0.09, self._note)
        if self.words.escalate and self.chance(0.55):
            self.support_later(0.1, 0.3, self._escalate)
        elif self.words.ask and self.chance(0.6):
            self.support_later(0.02, 0.2, self.ask)
        else:
            if self.chance(0.16):
                self.support_later(0.02, 0.09, self._when)
            self.support_later(*self._pace(), self.submit)

    def _reclassify(self) -> None:
        """It turns out to be other work of the same service."""
        others = list(self.kind.service.work_types.filter(is_active=True).exclude(pk=self.kind.pk).order_by("pk"))
        if others:
            self.kind = self.dice.choice(others)
            self.act("reclassify", self.agent, work_type=self.kind.pk)

    def _pace(self) -> tuple[float, float]:
        return (1.05, 1.7) if self.chance(0.11) else (0.1, 0.8)

    def _escalate(self) -> None:
        words = self.words
        self.line = self.desk.lines[words.escalate]
        self.act("transfer", self.agent, line=self.line.pk, comment=words.handover)
        words.escalate = ""
        self.support_later(0.05, 0.35, self.take)

    # --- talking -------------------------------------------------------------------------------------------------

    def _note(self) -> None:
        to = None
        others = [person for person in self.desk.members[self.line.pk] if person != self.agent]
        if others and self.chance(0.4):
            colleague = self.dice.choice(others)
            to = [colleague.pk]
            self.read_later(colleague, 0.1, 3)
        conversation.post(actor=self.agent, ticket_id=self.number, text=self.words.note, internal=True, to=to)

    def _when(self) -> None:
        question, answer = self.dice.choice(self.desk.texts["when"])
        conversation.post(actor=self.requester, ticket_id=self.number, text=self.gender(question))
        agent = self.agent

        def reply() -> None:
            conversation.mark_read(actor=agent, ticket_id=self.number)
            conversation.post(actor=agent, ticket_id=self.number, text=answer, to=[self.requester.pk])
            self.read_later(self.requester, 0.05, 4)

        self.later(self.desk.office, timedelta(minutes=self.dice.randint(3, 20)), reply)

    def ask(self) -> None:
        """Ask the requester; most answer, some after a reminder, a few never."""
        self.act("ask", self.agent, comment=self.words.ask)
        if self.chance(0.07):
            # Half of them support gives up in good time; the others end by silence.
            if self.chance(0.5):
                self.requester_later(24, 34, lambda: endings.give_up(self))
        elif self.chance(0.1):
            self.requester_later(1, 6, self._phone)
        else:
            self.requester_later(0.2, 9, self._reply)

    def _phone(self) -> None:
        note = self.dice.choice(self.desk.texts["phoned"])
        conversation.post(actor=self.agent, ticket_id=self.number, text=note, internal=True)
        self.act("resume", self.agent)
        self.support_later(*self._pace(), self.submit)

    def _reply(self) -> None:
        conversation.mark_read(actor=self.requester, ticket_id=self.number)
        files = papers.files(self.dice, self.words.file or "screen", share=0.3)
        conversation.post(actor=self.requester, ticket_id=self.number, text=self.words.answer, files=files)
        self.read_later(self.agent, 0.05, 2)
        self.support_later(*self._pace(), self.submit)

    # --- the result ----------------------------------------------------------------------------------------------

    def submit(self) -> None:
        """Hand over the result; what follows is in `endings`."""
        self.act("submit", self.agent, comment=self.words.done)
        endings.judge(self)
