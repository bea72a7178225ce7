"""Decides what is written to the e-mail of somebody who signs up: a link that makes the account, or that there is one already."""

from __future__ import annotations

import hashlib
import logging
import secrets
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from helpdesk.models import SignUp, User
from helpdesk.moment import now
from helpdesk.notify import envelope

BATCH = 50
# A letter is claimed by moving its next attempt: a killed worker's is sent by another one after the pause.
AGAIN = timedelta(minutes=5)
GIVE_UP = timedelta(days=1)
_log = logging.getLogger("helpdesk.letters")


def confirm_sign_ups() -> int:
    """Send the letters to people who sign up; return how many left."""
    due = SignUp.objects.filter(letter_at__lte=now()).order_by("letter_at")[:BATCH]
    return sum(_send(row) for row in due)


def _send(row: SignUp) -> bool:
    secret = secrets.token_urlsafe(32)
    digest = hashlib.sha256(secret.encode()).hexdigest()
    again = now() + AGAIN if now() - row.created_at < GIVE_UP else None
    claimed = SignUp.objects.filter(pk=row.pk, letter_at=row.letter_at).update(letter_at=again, digest=digest)
    if not claimed:
        return False
    try:
        compose(row, secret).send()
    except Exception as error:  # noqa: BLE001 - whatever the mail server says, the letter is tried again
        _log.warning("letter of sign-up %s was not sent: %s", row.pk, error)
        return False
    SignUp.objects.filter(pk=row.pk).update(letter_at=None)
    return True


def compose(row: SignUp, secret: str) -> EmailMultiAlternatives:
    """Return the letter as HTML and text in the language of the form; a known e-mail is told so, and gets no link to confirm."""
    known = User.objects.filter(email__iexact=row.email).exists()
    with translation.override(row.language or settings.LANGUAGE_CODE):
        subject = _("You already have a HelpDesk account") if known else _("Confirm your e-mail for HelpDesk")
        link = envelope.page("password_forgotten") if known else envelope.page("sign_up_confirm", secret)
        context = {"title": subject, "row": row, "known": known, "address": link}
        text = render_to_string("helpdesk/mail/sign_up.txt", context)
        html = render_to_string("helpdesk/mail/sign_up.html", context)
    mail = EmailMultiAlternatives(
        subject, text, to=[row.email], headers=envelope.headers(f"sign-up-{row.pk}-{secret[:8]}")
    )
    mail.attach_alternative(html, "text/html")
    return mail
