"""Decides how events are remembered in their own transaction, and how people are told of them afterwards."""

from helpdesk.notify.digests import write_digests
from helpdesk.notify.fan_out import fan_out, settle_old_events
from helpdesk.notify.feed import settled
from helpdesk.notify.joining_letters import send_joining_letters
from helpdesk.notify.letters import send_letters
from helpdesk.notify.outbox import record
from helpdesk.notify.wording import sentence

__all__ = [
    "fan_out",
    "record",
    "send_joining_letters",
    "send_letters",
    "sentence",
    "settle_old_events",
    "settled",
    "write_digests",
]
