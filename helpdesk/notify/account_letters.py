"""Decides what a letter about an account says: the link by which a person sets a password, good once and for some days.

Whom the company signs in is told so instead.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from helpdesk.models import AccountLetter, CompanyIdentity, Letter, User
from helpdesk.notify import envelope


def compose_about_approval(letter: Letter) -> EmailMultiAlternatives:
    """Return the letter to somebody who was approved, or to an administrator when somebody begins to wait."""
    with translation.override(letter.person.language or settings.LANGUAGE_CODE):
        told = {
            "title": _("Your HelpDesk account is ready"),
            "lines": [_("An administrator has approved your account; your login is %(login)s.") % {"login": letter.person.username}],
            "address": envelope.page("login"),
            "button": _("Sign in"),
        }  # fmt: skip
        if letter.kind == AccountLetter.APPROVAL:
            told = {
                "title": _("Somebody waits for an account"),
                "lines": [_("Somebody has signed up and confirmed the e-mail. You decide whether there will be an account.")],
                "address": envelope.page("joining"),
                "button": _("Look"),
            }  # fmt: skip
        text = render_to_string("helpdesk/mail/short.txt", told)
        html = render_to_string("helpdesk/mail/short.html", told)
    headers = envelope.headers(f"account-{letter.pk}-{letter.attempts}")
    mail = EmailMultiAlternatives(str(told["title"]), text, to=[letter.person.email], headers=headers)
    mail.attach_alternative(html, "text/html")
    return mail


def compose(letter: Letter) -> EmailMultiAlternatives:
    """Return the letter as HTML and text in the language of its reader. Its link ends with the password it sets."""
    with translation.override(letter.person.language or settings.LANGUAGE_CODE):
        by_company = letter.kind == AccountLetter.PASSWORD and _comes_by_company(letter.person)
        is_new = letter.kind == AccountLetter.INVITATION
        subject = _("Your HelpDesk account") if is_new else _("A new HelpDesk password")
        context = {
            "title": subject,
            "person": letter.person,
            "is_new": is_new,
            "address": envelope.page("login") if by_company else password_link(letter.person),
            "by_company": by_company,
            "days": settings.PASSWORD_RESET_TIMEOUT // 86400,
        }
        text = render_to_string("helpdesk/mail/account.txt", context)
        html = render_to_string("helpdesk/mail/account.html", context)
    headers = envelope.headers(f"account-{letter.pk}-{letter.attempts}")
    mail = EmailMultiAlternatives(subject, text, to=[letter.person.email], headers=headers)
    mail.attach_alternative(html, "text/html")
    return mail


def _comes_by_company(person: User) -> bool:
    """Say whether `person` has no password because the company signs him in."""
    if not settings.OIDC_ISSUER or person.has_usable_password():
        return False
    return CompanyIdentity.objects.filter(person=person, issuer=settings.OIDC_ISSUER).exists()


def password_link(person: User) -> str:
    """Return the address at which `person` sets a password; whoever has it may do so, once."""
    uid = urlsafe_base64_encode(force_bytes(person.pk))
    return envelope.page("password_set", uid, default_token_generator.make_token(person))
