"""Decides how the prepared texts become the words of one person: details filled in, endings by who speaks.

`{room}`, `{pc}` and the like are drawn by lot; `[а]` is an ending for women, `[ся|ась]` one for men and one for women.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, fields
from typing import Any

from helpdesk.models import User

_PAIR = re.compile(r"\[([^\]|]*)\|([^\]|]*)\]")
_ENDING = re.compile(r"\[([^\]|]+)\]")
_SLOT = re.compile(r"\{(\w+)\}")
_DAYS = ("понедельник", "вторник", "среду", "четверг", "пятницу")


@dataclass
class Situation:
    """What is written in one request: its text, a question and the answer, the result, what is said beside it."""

    subject: str
    text: str
    done: str
    ask: str = ""
    answer: str = ""
    note: str = ""
    again: str = ""
    file: str = ""
    escalate: str = ""
    handover: str = ""


def speak(text: str, person: User) -> str:
    """Return `text` with the endings that fit `person`."""
    female = is_female(person)
    text = _PAIR.sub(lambda found: found[2 if female else 1], text)
    return _ENDING.sub(lambda found: found[1] if female else "", text)


def is_female(person: User) -> bool:
    """Say how the demo's texts speak of `person`, by the family name of the Russian employees."""
    return person.last_name.endswith(("а", "я"))


class Wording:
    """Draws the details of one request by lot; within it a detail stays the same."""

    def __init__(self, dice: random.Random, people: list[User]) -> None:
        self.dice, self.people = dice, people
        self.drawn: dict[str, str] = {}

    def situation(self, raw: dict[str, Any], requester: User) -> Situation:
        """Return the situation as `requester` and support put it."""
        texts = {field.name: raw[field.name] for field in fields(Situation) if field.name in raw}
        return Situation(**{name: speak(_SLOT.sub(self._detail, text), requester) for name, text in texts.items()})

    def _detail(self, found: re.Match[str]) -> str:
        name = found[1]
        if name not in self.drawn:
            self.drawn[name] = self._draw(name)
        return self.drawn[name]

    def _draw(self, name: str) -> str:
        number = self.dice.randint
        if name == "room":
            return f"{number(1, 5)}{number(1, 24):02d}"
        if name == "floor":
            return str(number(1, 5))
        if name == "pc":
            return f"{self.dice.choice(('PC', 'LT', 'WS'))}-{number(101, 489)}"
        if name == "inv":
            return f"00{number(10_000, 99_999)}"
        if name == "phone":
            return str(number(1200, 1799))
        if name == "day":
            return self.dice.choice(_DAYS)
        if name == "time":
            return f"{number(9, 17)}:{self.dice.choice(('00', '10', '20', '30', '40', '50'))}"
        if name == "number":
            return str(number(3, 12))
        if name == "colleague":
            return self.dice.choice(self.people).get_full_name()
        raise KeyError(f"the demo's texts have no detail called {name}")
