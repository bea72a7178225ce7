"""Decides how the messages and files of a ticket are read and added."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.http import FileResponse
from rest_framework.request import Request
from rest_framework.response import Response

from helpdesk import access
from helpdesk.actions import conversation
from helpdesk.actions.refusals import NotFound
from helpdesk.api.endpoint import Endpoint, checked, created
from helpdesk.api.operations import WHO_SEES, File, listing, operation
from helpdesk.api.safe_writes import discard_files, is_dry_run, safe_write
from helpdesk.api.shapes.conversation import FileShape, MessageEdit, MessageNew, MessagePage, MessageShape
from helpdesk.api.shapes.parts import Nothing
from helpdesk.api.v1.tickets import ticket_for
from helpdesk.models import Attachment, Message, MessageRecipient, Ticket, User

TAG = "Conversation"
WHO_WRITES = "requester and support of the ticket; internal notes only support"
FileList = listing(FileShape, "FileList")


def dressed(user: User, ticket: Ticket, rows: list[Message]) -> Any:
    """Return messages as they are answered, with their files; one query besides those of `rows`."""
    files: dict[int | None, list[Attachment]] = defaultdict(list)
    for item in access.visible_files(user, ticket).filter(message__in=[row.pk for row in rows]):
        files[item.message_id].append(item)
    return MessageShape(rows, many=True, context={"files": files}).data


def one(user: User, ticket: Ticket, pk: int) -> Any:
    """Return one message as it is answered."""
    return dressed(user, ticket, list(_messages(user, ticket).filter(pk=pk)))[0]


def _messages(user: User, ticket: Ticket) -> Any:
    return access.visible_messages(user, ticket).select_related("author").prefetch_related(_addressed())


def _addressed() -> Prefetch[Any, Any, Any]:
    return Prefetch("addressed", MessageRecipient.objects.select_related("person").order_by("pk"))


class Messages(Endpoint):
    """The conversation of a ticket."""

    orderings = {"id": "pk"}

    @operation(
        TAG, "messages_list", "Read the conversation", who=f"{WHO_SEES}; internal notes only support",
        text="Oldest first. Reading does not mark anything as read; see `/me/inbox/read`.",
        answers={200: MessagePage}, errors=(400, 404),
    )  # fmt: skip
    def get(self, request: Request, number: int) -> Response:
        ticket = ticket_for(self.person, number)
        page = self.page(_messages(self.person, ticket))
        return Response(page.answer(dressed(self.person, ticket, page.rows)))

    @operation(
        TAG, "messages_create", "Post a message", who=WHO_WRITES,
        text="The requester's reply to a question resumes the work. The same as the panel's message box.",
        body=MessageNew, files="Up to 10 files of at most 10 MB each.", answers={201: MessageShape},
        errors=(404, 409, 413),
    )  # fmt: skip
    @safe_write
    def post(self, request: Request, number: int) -> Response:
        values = checked(MessageNew, request)
        message = conversation.post(
            actor=self.person, ticket_id=number, text=values["text"], internal=values["internal"], to=values["to"],
            files=request.FILES.getlist("files"),
        )  # fmt: skip
        if is_dry_run(request):
            discard_files(message)
        # It is as it was stored, in a request that was read under its lock: neither is read again.
        prefetch_related_objects([message], _addressed())
        data = dressed(self.person, message.ticket, [message])[0]
        return created(data, f"{request.path}/{message.pk}")


class MessageOne(Endpoint):
    """One message."""

    @operation(TAG, "messages_read", "Read a message", who=WHO_SEES, answers={200: MessageShape}, errors=(404,))
    def get(self, request: Request, number: int, message: int) -> Response:
        return Response(one(self.person, *self._found(number, message)))

    @operation(
        TAG, "messages_edit", "Change a message", who="its author, for fifteen minutes",
        text="The old text stays in the history.", body=MessageEdit, answers={200: MessageShape}, errors=(404, 409),
    )  # fmt: skip
    def patch(self, request: Request, number: int, message: int) -> Response:
        ticket, pk = self._found(number, message)
        conversation.edit(actor=self.person, message_id=pk, text=checked(MessageEdit, request)["text"])
        return Response(one(self.person, ticket, pk))

    def _found(self, number: int, message: int) -> tuple[Ticket, int]:
        """The ticket and the message, which must belong to it."""
        ticket = ticket_for(self.person, number)
        if not access.visible_messages(self.person, ticket).filter(pk=message).exists():
            raise NotFound(message)
        return ticket, message


class Files(Endpoint):
    """The files of a ticket."""

    @operation(
        TAG, "files_list", "List files", who=f"{WHO_SEES}; files of internal notes only support",
        answers={200: FileList}, errors=(404,),
    )  # fmt: skip
    def get(self, request: Request, number: int) -> Response:
        ticket = ticket_for(self.person, number)
        files = access.visible_files(self.person, ticket)
        return Response({"results": FileShape(files, many=True).data})

    @operation(
        TAG, "files_create", "Add files", who=WHO_WRITES,
        text="Adds files as a message without text. `multipart/form-data` only; the name of the field is `files`.",
        body=Nothing, files="Up to 10 files of at most 10 MB each.", answers={201: FileList}, errors=(404, 409, 413),
    )  # fmt: skip
    @safe_write
    def post(self, request: Request, number: int) -> Response:
        checked(Nothing, request)
        uploads = request.FILES.getlist("files")
        message = conversation.post(actor=self.person, ticket_id=number, text="", files=uploads)
        if is_dry_run(request):
            discard_files(message)
        files = access.visible_attachments(self.person).filter(message=message)
        return created({"results": FileShape(files, many=True).data}, request.path)


class FileOne(Endpoint):
    """One file."""

    @operation(
        TAG, "files_read", "Download a file", who=f"{WHO_SEES}; files of internal notes only support",
        text="Always as an attachment, with the type that was checked when it came in.",
        answers={200: File()}, errors=(404,),
    )  # fmt: skip
    def get(self, request: Request, number: int, file: int) -> Any:
        found = access.visible_attachments(self.person).filter(ticket=number, pk=file).first()
        if found is None:
            raise NotFound(file)
        try:
            content = found.file.open("rb")
        except FileNotFoundError as error:
            raise NotFound(file) from error
        response = FileResponse(content, as_attachment=True, filename=found.name, content_type=found.content_type)
        response["X-Content-Type-Options"] = "nosniff"
        response["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return response
