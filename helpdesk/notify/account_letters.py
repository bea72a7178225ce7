"""Decides what a letter about an account says: the link by which a person sets a password, good once and for some days."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from helpdesk.models import AccountLetter, Letter, User
from helpdesk.notify import envelope


def compose(letter: Letter) -> EmailMultiAlternatives:
    """Return the letter as HTML and text in the language of its reader. Its link ends with the password it sets."""
    with translation.override(letter.person.language or settings.LANGUAGE_CODE):
        is_new = letter.kind == AccountLetter.INVITATION
        subject = _("Your HelpDesk account") if is_new else _("A new HelpDesk password")
        context = {
            "title": subject,
            "person": letter.person,
            "is_new": is_new,
            "address": password_link(letter.person),
            "days": settings.PASSWORD_RESET_TIMEOUT // 86400,
        }
        text = render_to_string("helpdesk/mail/account.txt", context)
        html = render_to_string("helpdesk/mail/account.html", context)
    headers = envelope.headers(f"account-{letter.pk}-{letter.attempts}")
    mail = EmailMultiAlternatives(subject, text, to=[letter.person.email], headers=headers)
    mail.attach_alternative(html, "text/html")
    return mail


def password_link(person: User) -> str:
    """Return the address at which `person` sets a password; whoever has it may do so, once."""
    uid = urlsafe_base64_encode(force_bytes(person.pk))
    return envelope.page("password_set", uid, default_token_generator.make_token(person))
