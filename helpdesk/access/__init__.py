"""Decides who sees and who may do what. Every surface asks here: pages, lists, search, counters, files, API, mail.

Worked example. Anna files a ticket on the first line, where Alla is a member and Lev the lead; Egor belongs to the
second line. Anna sees her ticket and may cancel it, answer, and judge the result. Alla and Lev see it because it is on
their line. Egor does not, until it is transferred to his line; Alla no longer does then, unless she registered it.
An analyst reads all tickets and writes nothing; an administrator sees all and may correct.
"""

from helpdesk.access.grounds import Ground, grounds
from helpdesk.access.roles import Right, Roles, Visitor, forget_roles, has_right, rights_of_group, roles_of
from helpdesk.access.rows import (
    addressable,
    assignable,
    can_see,
    colleagues,
    has_photo,
    is_support,
    line_people,
    manageable_templates,
    message_for,
    reply_templates,
    support_side,
    template_lines,
    unread_messages,
    unread_notices,
    visible_attachments,
    visible_events,
    visible_files,
    visible_lines,
    visible_messages,
    visible_messages_in,
    visible_services,
    visible_to,
    visible_work_types,
)
from helpdesk.access.second_steps import demands_second_factor
from helpdesk.access.verdicts import (
    ALLOWED,
    Button,
    Decision,
    buttons,
    could_ever,
    denied,
    may,
    may_edit,
    may_write,
    parts_of,
)

__all__ = [
    "ALLOWED",
    "Button",
    "Decision",
    "Ground",
    "Right",
    "Roles",
    "Visitor",
    "addressable",
    "assignable",
    "buttons",
    "can_see",
    "colleagues",
    "could_ever",
    "demands_second_factor",
    "denied",
    "forget_roles",
    "grounds",
    "has_photo",
    "has_right",
    "is_support",
    "line_people",
    "manageable_templates",
    "may",
    "may_edit",
    "may_write",
    "message_for",
    "parts_of",
    "reply_templates",
    "rights_of_group",
    "roles_of",
    "support_side",
    "template_lines",
    "unread_messages",
    "unread_notices",
    "visible_attachments",
    "visible_events",
    "visible_files",
    "visible_lines",
    "visible_messages",
    "visible_messages_in",
    "visible_services",
    "visible_to",
    "visible_work_types",
]
