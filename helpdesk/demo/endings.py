"""Decides how a request of the demo ends: accepted, returned, accepted by silence, cancelled, given up, reopened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk import access
from helpdesk.lifecycle import Status

if TYPE_CHECKING:
    from helpdesk.demo.plots import Plot

_STARS = (5, 4, 3, 2, 1)
_FIRST_TIME, _SECOND_TIME = (62, 23, 8, 4, 3), (25, 38, 22, 10, 5)


def judge(plot: Plot, *, again: bool = False) -> None:
    """Let the requester judge a result some hours later; one in six keeps silent, and the sweep accepts in his place."""
    roll = plot.dice.random()
    if roll < 0.03 and not again:
        plot.requester_later(0.05, 0.4, lambda: _recall(plot))
    elif roll < 0.14 and not again:
        plot.requester_later(0.4, 9, lambda: _return(plot))
    elif roll < 0.84:
        plot.requester_later(0.15, 14, lambda: _accept(plot, again=again))
    else:
        plot.read_later(plot.requester, 0.5, 20)


def _recall(plot: Plot) -> None:
    plot.act("recall", plot.agent)
    plot.requester_later(0.3, 2, lambda: _submit_again(plot))


def _too_late(plot: Plot) -> bool:
    """Say whether the sweep was quicker: a line around the clock accepts by silence over a weekend already."""
    waiting = access.visible_to(plot.requester).filter(pk=plot.number, status=Status.ON_REVIEW)
    return not waiting.exists()


def _return(plot: Plot) -> None:
    if _too_late(plot):
        return
    text = plot.words.again or plot.dice.choice(plot.desk.texts["returns"])
    plot.act("return", plot.requester, comment=text)
    plot.requester_later(0.2, 3, lambda: _take_again(plot))


def _take_again(plot: Plot) -> None:
    plot.act("take", plot.agent)
    plot.requester_later(0.5, 6, lambda: _submit_again(plot))


def _submit_again(plot: Plot) -> None:
    plot.act("submit", plot.agent, comment=plot.dice.choice(plot.desk.texts["mended"]))
    judge(plot, again=True)


def _accept(plot: Plot, *, again: bool) -> None:
    if _too_late(plot):
        return
    stars = plot.dice.choices(_STARS, _SECOND_TIME if again else _FIRST_TIME)[0]
    comments = plot.desk.texts[f"rating{stars}"]
    comment = plot.dice.choice(comments) if stars <= 2 or plot.chance(0.55) else ""
    plot.act("accept", plot.requester, rating=str(stars), comment=plot.gender(comment))
    if plot.chance(0.035):
        plot.requester_later(1, 16, lambda: _reopen(plot))


def _reopen(plot: Plot) -> None:
    plot.act("reopen", plot.requester, comment=plot.dice.choice(plot.desk.texts["reopens"]))
    plot.requester_later(0.2, 3, lambda: _take_again(plot))


def cancel(plot: Plot) -> None:
    """The requester withdraws before anybody took the request; once in a while an administrator puts that right."""
    plot.act("cancel", plot.requester, comment=plot.gender(plot.dice.choice(plot.desk.texts["cancels"])))
    if plot.chance(0.2):
        plot.requester_later(0.5, 3, lambda: _correct(plot))


def _correct(plot: Plot) -> None:
    reason = "Заявитель отменил не ту заявку и попросил вернуть её."
    plot.act("correct", plot.desk.people["admin"], status=Status.NEW.value, comment=reason)
    plot.requester_later(0.2, 1, plot.take)


def give_up(plot: Plot) -> None:
    """Nobody answered the question: support cancels, and says why."""
    plot.act("cancel", plot.agent, comment=plot.dice.choice(plot.desk.texts["no_answer"]))
