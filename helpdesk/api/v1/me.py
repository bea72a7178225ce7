"""Decides how a person reads and changes himself, and what is unread for him."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from helpdesk import access, queues
from helpdesk.actions import accounts, conversation
from helpdesk.api.endpoint import Endpoint, checked
from helpdesk.api.operations import operation
from helpdesk.api.safe_writes import safe_write
from helpdesk.api.shapes.desk import CountersShape, InboxShape, MeEdit, MeShape, ReadDone, ReadNew
from helpdesk.api.shapes.parts import Nothing
from helpdesk.api.v1.tickets import ticket_for
from helpdesk.models import ApiToken, Message, Notice, SupportLine, User
from helpdesk.notify import sentence

TAG = "Me"
SHOWN = 50
OWN = ("id", "username", "first_name", "last_name", "email", "department", "phone", "language", "theme", "time_zone")


class Me(Endpoint):
    """Oneself."""

    @operation(TAG, "me_read", "Read who you are", answers={200: MeShape})
    def get(self, request: Request) -> Response:
        return Response(_me(self.person, request.auth))

    @operation(
        TAG, "me_edit", "Change your profile", text="Only the given fields change. The same as the panel's profile page.",
        body=MeEdit, answers={200: MeShape},
    )  # fmt: skip
    def patch(self, request: Request) -> Response:
        accounts.update_profile(actor=self.person, **checked(MeEdit, request))
        return Response(_me(self.person, request.auth))


class Inbox(Endpoint):
    """What is unread."""

    @operation(
        TAG, "inbox_list", "Read what is unread", text="Reading it here does not mark it.", answers={200: InboxShape}
    )
    def get(self, request: Request) -> Response:
        user = self.person
        messages = access.unread_messages(user).select_related("ticket", "author")[:SHOWN]
        notices = access.unread_notices(user).select_related("ticket", "event__actor")[:SHOWN]
        items = [*map(_of_message, messages), *map(_of_notice, notices)]
        items.sort(key=lambda item: item["at"], reverse=True)
        return Response(InboxShape({"unread": _unread(user), "results": items}).data)


class InboxRead(Endpoint):
    """Having read a ticket."""

    @operation(
        TAG, "inbox_read", "Mark a ticket as read", text="Its notices are marked as well. Doing it twice does no harm.",
        body=ReadNew, answers={200: ReadDone}, errors=(404,),
    )  # fmt: skip
    @safe_write
    def post(self, request: Request) -> Response:
        values = checked(ReadNew, request)
        ticket = ticket_for(self.person, values["ticket"])
        marked = conversation.mark_read(actor=self.person, ticket_id=ticket.pk, upto=values.get("upto"))
        return Response({"marked": marked, "unread": _unread(self.person)})


class InboxReadAll(Endpoint):
    """Having read everything."""

    @operation(TAG, "inbox_read_all", "Mark everything as read", body=Nothing, answers={200: ReadDone})
    @safe_write
    def post(self, request: Request) -> Response:
        checked(Nothing, request)
        marked = conversation.mark_all_read(actor=self.person)
        return Response({"marked": marked, "unread": _unread(self.person)})


class Counters(Endpoint):
    """The live numbers."""

    @operation(
        TAG, "counters_read", "Read the counters", text="The numbers of the side menu.", answers={200: CountersShape}
    )
    def get(self, request: Request) -> Response:
        return Response(CountersShape(queues.counters(self.person)).data)


def _me(user: User, auth: Any) -> Any:
    roles = access.roles_of(user)
    lines = [
        {"id": line.pk, "name": line.name, "role": "lead" if line.pk in roles.led else "member"}
        for line in SupportLine.objects.filter(pk__in=roles.lines)
    ]
    own = {name: getattr(user, name) for name in OWN}
    return MeShape(
        {
            **own,
            "name": str(user),
            "groups": sorted(roles.groups),
            "lines": lines,
            "rights": sorted(roles.rights),
            "scopes": auth.scopes if isinstance(auth, ApiToken) else None,
        }
    ).data


def _unread(user: User) -> int:
    return access.unread_messages(user).order_by().count() + access.unread_notices(user).order_by().count()


def _of_message(message: Message) -> dict[str, Any]:
    return {
        "sort": "message", "ticket": message.ticket_id, "subject": message.ticket.subject, "text": message.text,
        "author": message.author, "at": message.created_at, "message": message.pk, "internal": message.is_internal,
    }  # fmt: skip


def _of_notice(notice: Notice) -> dict[str, Any]:
    number, subject = notice.ticket_id, notice.ticket.subject
    return {
        "sort": "notice", "ticket": number, "subject": subject, "author": notice.event.actor, "at": notice.created_at,
        "text": sentence(notice.kind, number=number, subject=subject), "message": None, "internal": False,
    }  # fmt: skip
