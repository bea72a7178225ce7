"""Decides what a person is told by letter when something that guards his account has changed: what, when, what to do about it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from helpdesk.models import AccountLetter, Letter
from helpdesk.notify import envelope

SENTENCES: dict[str, str | Promise] = {
    AccountLetter.FACTOR_SET_UP: _("A second factor was set up for your account: after the password it is asked for."),
    AccountLetter.FACTOR_REMOVED: _("One of your second factors was removed from your account."),
    AccountLetter.FACTOR_RESET: _(
        "An administrator has taken your second factors away and signed you out everywhere. Sign in with your password."
    ),
    AccountLetter.RECOVERY_USED: _("Somebody signed in to your account with a recovery code; it will not work again."),
}


def compose(letter: Letter) -> EmailMultiAlternatives:
    """Return the letter as HTML and text in the language and the time zone of its reader. It holds no secret."""
    zone = ZoneInfo(letter.person.time_zone or settings.TIME_ZONE)
    with translation.override(letter.person.language or settings.LANGUAGE_CODE), timezone.override(zone):
        subject = str(AccountLetter(letter.kind).label)
        context = {
            "title": subject,
            "person": letter.person,
            "sentence": str(SENTENCES[letter.kind]),
            "at": letter.created_at,
            "address": envelope.page("second_factor"),
        }
        text = render_to_string("helpdesk/mail/security.txt", context)
        html = render_to_string("helpdesk/mail/security.html", context)
    headers = envelope.headers(f"account-{letter.pk}-{letter.attempts}")
    mail = EmailMultiAlternatives(subject, text, to=[letter.person.email], headers=headers)
    mail.attach_alternative(html, "text/html")
    return mail
