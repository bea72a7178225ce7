"""Decides the whole life of a ticket: its words (`terms`), the one table of actions (`table`), every transition.

How what a ticket went through is cut into stays and closings stands in `course`.
"""

from helpdesk.lifecycle.table import ACTIONS, REGISTER, REGISTERED, label_of
from helpdesk.lifecycle.terms import CLOSED, OPEN, WHO_LABELS, WORKED, Action, Input, InputKind, Status, Who
from helpdesk.lifecycle.transitions import StatusField, TicketLifecycle

__all__ = [
    "ACTIONS",
    "CLOSED",
    "OPEN",
    "REGISTER",
    "REGISTERED",
    "WHO_LABELS",
    "WORKED",
    "Action",
    "Input",
    "InputKind",
    "Status",
    "StatusField",
    "TicketLifecycle",
    "Who",
    "label_of",
]
