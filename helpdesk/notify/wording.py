"""Decides in which words a notice is told: one sentence, in the active language, with the ticket's number and subject."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from helpdesk.models import NoticeKind

SENTENCES = {
    NoticeKind.REGISTERED: _("New request #%(number)d: %(subject)s"),
    NoticeKind.ASSIGNED: _("You have been assigned request #%(number)d: %(subject)s"),
    NoticeKind.TRANSFERRED: _("Request #%(number)d has been handed over to your line: %(subject)s"),
    NoticeKind.MESSAGE: _("New message in request #%(number)d: %(subject)s"),
    NoticeKind.QUESTION: _("Support has a question about request #%(number)d: %(subject)s"),
    NoticeKind.SUBMITTED: _("Request #%(number)d is ready, please check the result: %(subject)s"),
    NoticeKind.RETURNED: _("Request #%(number)d has been returned for rework: %(subject)s"),
    NoticeKind.CLOSED: _("Request #%(number)d is closed: %(subject)s"),
    NoticeKind.REOPENED: _("Request #%(number)d has been reopened: %(subject)s"),
    NoticeKind.DUE_SOON: _("The deadline of request #%(number)d is near: %(subject)s"),
    NoticeKind.OVERDUE: _("Request #%(number)d is overdue: %(subject)s"),
    NoticeKind.REQUESTER_REMINDER: _("Support is waiting for you in request #%(number)d: %(subject)s"),
}


def sentence(kind: str, *, number: int, subject: str) -> str:
    """Return the sentence for a notice of `kind` about the ticket `number`."""
    return str(SENTENCES[NoticeKind(kind)]) % {"number": number, "subject": subject}
