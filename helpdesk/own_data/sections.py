"""Decides which rows about a person go into his export, and says of every other row that points at people why it does not.

A person gets what he may see: of his requests what is said in public and what he wrote himself, never notes about him.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from helpdesk import access, phones
from helpdesk.models import (
    ApiToken,
    Attachment,
    AuditRecord,
    Authenticator,
    BrowserSession,
    CaseImport,
    CompanyGrant,
    CompanyIdentity,
    Event,
    Invitation,
    Letter,
    Membership,
    MessageRecipient,
    Notice,
    NoticeChoice,
    Passkey,
    Rating,
    ReportSchedule,
    SpreadsheetImport,
    User,
    Webhook,
)

Row = dict[str, Any]
BATCH = 500


@dataclass(frozen=True)
class Section:
    """A part of the export: its file, its title, which fields of the models lead to the person, and its rows."""

    name: str
    title: Any
    covers: tuple[str, ...]
    rows: Callable[[User], Iterable[Row]]


def _account(person: User) -> Iterator[Row]:
    names = ("username", "first_name", "last_name", "email", "department", "language", "theme", "time_zone")
    yield {
        "id": person.pk, **{name: getattr(person, name) for name in names}, "phone": phones.shown(person.phone),
        "photo": bool(person.photo), "is_active": person.is_active, "is_service": person.is_service,
        "letters_wait": person.letters_wait, "date_joined": person.date_joined, "last_login": person.last_login,
        "roles": sorted(access.roles_of(person).groups),
    }  # fmt: skip


def _earlier(person: User) -> Iterator[Row]:
    names = ("username", "first_name", "last_name", "email", "department", "phone", "is_active")
    for row in User.history.filter(id=person.pk).order_by("history_date", "history_id"):
        yield {
            "at": row.history_date,
            **{name: getattr(row, name) for name in names},
            "by_you": row.history_user_id == person.pk,
        }


def _requests(person: User) -> Iterator[Row]:
    rows = access.own_requests(person).select_related("service", "work_type", "requester", "registered_by", "assignee")
    for row in rows.iterator(BATCH):
        yield {
            "number": row.pk, "subject": row.subject, "text": row.text, "service": str(row.service),
            "work_type": str(row.work_type), "priority": row.priority, "status": row.status,
            "requester": str(row.requester), "registered_by": str(row.registered_by),
            "assignee": str(row.assignee) if row.assignee else None, "created_at": row.created_at, "closed_at": row.closed_at,
            "due_at": row.due_at,
        }  # fmt: skip


def _messages(person: User) -> Iterator[Row]:
    rows = access.own_messages(person).select_related("author")
    for row in rows.iterator(BATCH):
        yield {
            "ticket": row.ticket_id, "author": str(row.author), "by_you": row.author_id == person.pk, "text": row.text,
            "internal": row.is_internal, "created_at": row.created_at, "edited_at": row.edited_at,
        }  # fmt: skip


def _ratings(person: User) -> Iterator[Row]:
    rows = Rating.objects.filter(Q(author=person) | Q(assignee=person)).order_by("pk")
    for row in rows.iterator(BATCH):
        yield {
            "ticket": row.ticket_id, "given_by_you": row.author_id == person.pk, "about_you": row.assignee_id == person.pk,
            "rating": row.value, "comment": row.comment, "created_at": row.created_at,
        }  # fmt: skip


def _files(person: User) -> Iterator[Row]:
    for row in access.own_files(person).iterator(BATCH):
        yield {"ticket": row.ticket_id, "name": row.name, "size": row.size, "type": row.content_type, "created_at": row.created_at,
               "file": file_name(row)}  # fmt: skip


def file_name(row: Attachment) -> str:
    """Return where a file stands in the archive: under the number of its request, with no name that leads elsewhere."""
    plain = "".join(sign if sign.isalnum() or sign in " .-_()" else "_" for sign in row.name).lstrip(". ")
    return f"files/{row.ticket_id}/{row.pk} {plain or 'file'}"


def _values(model: Any, by: str, names: tuple[str, ...], *, order: str = "pk") -> Callable[[User], Iterator[Row]]:
    def rows(person: User) -> Iterator[Row]:
        yield from model._default_manager.filter(**{by: person}).order_by(order).values(*names).iterator(BATCH)

    return rows


def _assigned(person: User) -> Iterator[Row]:
    for row in access.assigned_requests(person).only("status", "created_at", "closed_at").iterator(BATCH):
        yield {"id": row.pk, "status": row.status, "created_at": row.created_at, "closed_at": row.closed_at}


def _audit(person: User) -> Iterator[Row]:
    rows = AuditRecord.objects.filter(Q(actor=person) | Q(person=person)).order_by("pk")
    for row in rows.iterator(BATCH):
        yield {
            "at": row.at, "event": row.kind, "by_you": row.actor_id == person.pk,
            "about_you": row.person_id == person.pk, "record": row.object_name, "details": row.data,
            "address": row.address if row.actor_id == person.pk else "",
        }  # fmt: skip


SECTIONS: tuple[Section, ...] = (
    Section("account", _("Account"), ("user.groups",), _account),
    Section("earlier", _("What stood in the account before"), (), _earlier),
    Section("lines", _("Support lines"), ("membership.person",), _values(Membership, "person", ("line__name", "role"))),
    Section("requests", _("Requests"), ("ticket.requester", "ticket.registered_by"), _requests),
    Section("assigned", _("Requests assigned"), ("ticket.assignee",),
            _assigned),
    Section("messages", _("Messages"), ("message.author",), _messages),
    Section("addressed", _("Messages addressed to the person"), ("messagerecipient.person",),
            _values(MessageRecipient, "person", ("message__ticket", "message__created_at", "read_at"))),
    Section("ratings", _("Ratings given and received"), ("rating.author", "rating.assignee"), _ratings),
    Section("files", _("Files"), ("attachment.uploaded_by",), _files),
    Section("events", _("Actions with requests"), ("event.actor",), _values(Event, "actor", ("at", "kind", "ticket"))),
    Section("notices", _("Notices"), ("notice.person",), _values(Notice, "person", ("created_at", "kind", "ticket", "read_at"))),
    Section("notice_choices", _("Notices switched off"), ("noticechoice.person",), _values(NoticeChoice, "person", ("kind", "channel"))),
    Section("letters", _("Letters"), ("letter.person",), _values(Letter, "person", ("created_at", "kind", "state", "sent_at"))),
    Section("keys", _("Keys for programs"), ("apitoken.person",),
            _values(ApiToken, "person", ("name", "start", "scopes", "created_at", "expires_at", "last_used_at", "revoked_at"))),
    Section("keys_made", _("Keys made for other accounts"), ("apitoken.created_by",),
            _values(ApiToken, "created_by", ("person__username", "name", "start", "created_at"))),
    Section("sessions", _("Open sign-ins"), ("browsersession.person",),
            _values(BrowserSession, "person", ("began_at", "seen_at", "address", "browser"))),
    Section("second_factor", _("Second factor"), ("authenticator.person",), _values(Authenticator, "person", ("made_at",))),
    Section("passkeys", _("Passkeys"), ("passkey.person",), _values(Passkey, "person", ("name", "made_at", "used_at"))),
    Section("company", _("Company sign-in"), ("companyidentity.person",),
            _values(CompanyIdentity, "person", ("issuer", "subject", "groups", "created_at", "last_at"))),
    Section("company_given", _("Given by the company"), ("companygrant.person",),
            _values(CompanyGrant, "person", ("role", "line__name", "line_role"))),
    Section("invitation", _("Invitation"), ("invitation.person",),
            _values(Invitation, "person", ("email", "role", "created_at", "accepted_at"))),
    Section("invited", _("People invited"), ("invitation.invited_by",),
            _values(Invitation, "invited_by", ("email", "role", "created_at", "accepted_at", "withdrawn_at"))),
    Section("reports", _("Reports by mail"), ("reportschedule.owner",), _values(ReportSchedule, "owner", ("name", "every", "is_active"))),
    Section("reports_got", _("Reports received"), ("reportschedule.recipients",),
            _values(ReportSchedule, "recipients", ("name", "every"))),
    Section("webhooks", _("Webhooks"), ("webhook.owner",), _values(Webhook, "owner", ("name", "address", "created_at"))),
    Section("imports", _("Tables brought in"), ("spreadsheetimport.author", "spreadsheetimport.undone_by"),
            _values(SpreadsheetImport, "author", ("id", "subject", "state", "created_at", "files__name"))),
    Section("case_imports", _("Cases brought in"), ("caseimport.author",), _values(CaseImport, "author", ("id", "name", "state", "created_at"))),
    Section("audit", _("Audit"), ("auditrecord.actor", "auditrecord.person"), _audit),
)  # fmt: skip

# What points at a person and is not told, with the reason. A test demands that every such field is here or above.
UNTOLD: dict[str, str] = {
    "recoverycode.person": "Only how many there are is known, and the profile tells it.",
    "reportschedule.assignee": "Whose work a report of somebody else is about; the report belongs to its owner.",
    "reportschedule_recipients.user": "The same rows as the reports a person gets.",
    "reportsending.asked_by": "That a report was sent at once; the letters tell of it.",
    "stay.assignee": "Where requests stood and who had them then, for the figures; the requests and their history tell it.",
    "closing.assignee": "Who had a request when it was closed, for the figures; the requests and their history tell it.",
    "presence.person": "Who looks at a request right now; a row means nothing after a minute.",
    "idempotencykey.person": "Answers kept for a day for programs that ask twice; what they say is told above.",
    "clockevent.actor": "The arithmetic of a deadline; who did what is among the events.",
    "logentry.user": "Django's own log, which the panel does not write.",
    "user_user_permissions.user": "Django's own permissions, which nothing here asks.",
    "user_groups.user": "The roles, told with the account.",
    "message.recipients": "The same rows as the messages addressed to a person.",
    "outstandingtoken.user": "Refresh keys of programs that signed in by password: random, ended with the account.",
    "supportline.members": "The same rows as the lines of a person.",
}
