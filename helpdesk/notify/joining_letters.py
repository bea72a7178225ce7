"""Decides what is written to people without an account, and how that leaves: to confirm an e-mail, an invitation, a refusal.

The secret of a link is made when its letter leaves and is never stored.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from datetime import timedelta
from typing import Any, cast

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from helpdesk.models import Invitation, JoiningLetter, SignUp, User
from helpdesk.moment import now
from helpdesk.notify import envelope

BATCH = 50
FIRST_PAUSE, GIVE_UP = timedelta(minutes=1), timedelta(days=1)
_Kind, _State = JoiningLetter.Kind, JoiningLetter.State
_log = logging.getLogger("helpdesk.letters")


def send_joining_letters() -> int:
    """Send the letters to people without an account; return how many left."""
    due = JoiningLetter.objects.filter(state=_State.PENDING, next_at__lte=now()).order_by("next_at")
    return sum(_send(row) for row in due.select_related("sign_up", "invitation__invited_by")[:BATCH])


def _send(row: JoiningLetter) -> bool:
    later = now() + FIRST_PAUSE * 2 ** min(row.attempts, 8)
    mine: QuerySet[JoiningLetter] = JoiningLetter.objects.filter(pk=row.pk, state=_State.PENDING)
    # Moved on before it is sent: a killed worker's letter is sent by another one after the pause, and never by two.
    if not mine.filter(next_at=row.next_at).update(next_at=later, attempts=row.attempts + 1):
        return False
    if _is_over(row):
        mine.update(state=_State.GIVEN_UP, error="its link has been used or was withdrawn")
        return False
    try:
        compose(row).send()
    except Exception as error:  # noqa: BLE001 - whatever the mail server says, the letter is kept and tried again
        _log.warning("letter %s to somebody without an account was not sent: %s", row.pk, error)
        over = now() - row.created_at > GIVE_UP
        mine.update(error=str(error)[:1000], state=_State.GIVEN_UP if over else _State.PENDING)
        return False
    mine.update(state=_State.SENT, sent_at=now(), error="")
    return True


def _is_over(row: JoiningLetter) -> bool:
    if row.kind == _Kind.INVITED:
        return row.invitation is None or not row.invitation.is_open
    wanted = SignUp.State.ASKED if row.kind == _Kind.CONFIRM else SignUp.State.REFUSED
    return row.sign_up is None or row.sign_up.state != wanted


def compose(row: JoiningLetter) -> EmailMultiAlternatives:
    """Return the letter as HTML and text, in the language of the form or of who invites."""
    # One that is about nobody any more is over, and was given up.
    about = cast("SignUp | Invitation", row.sign_up or row.invitation)
    with translation.override(about.language or settings.LANGUAGE_CODE):
        told = _invited(about) if isinstance(about, Invitation) else _signing_up(row, about)
        text = render_to_string("helpdesk/mail/short.txt", told)
        html = render_to_string("helpdesk/mail/short.html", told)
    headers = envelope.headers(f"joining-{row.pk}-{row.attempts}")
    mail = EmailMultiAlternatives(told["title"], text, to=[row.email], headers=headers)
    mail.attach_alternative(html, "text/html")
    return mail


def _signing_up(row: JoiningLetter, about: SignUp) -> dict[str, Any]:
    if row.kind == _Kind.REFUSED:
        return {
            "title": _("Your sign-up was not approved"),
            "lines": [_("An administrator of HelpDesk has not approved your sign-up. The reason:"), about.reason],
        }
    if User.objects.filter(email__iexact=about.email).exists():
        return {
            "title": _("You already have a HelpDesk account"),
            "lines": [_("Somebody, most likely you, signed up with this e-mail. It already has an account. If you have forgotten the password, set a new one:")],
            "address": envelope.page("password_forgotten"),
            "button": _("Set a password"),
            "note": _("If it was not you, do nothing: nothing has changed."),
        }  # fmt: skip
    line = _("Somebody, most likely you, signed up for HelpDesk as %(login)s. Confirm that this e-mail is yours:")
    return {
        "title": _("Confirm your e-mail for HelpDesk"),
        "lines": [line % {"login": about.username}],
        "address": envelope.page("sign_up_confirm", _secret_for(about)),
        "button": _("Confirm the e-mail"),
        "note": _("The link works once, for three days. If it was not you, do nothing: no account will be made."),
    }


def _invited(about: Invitation) -> dict[str, Any]:
    line = _("%(person)s invites you to HelpDesk: requests to support, in one place. Choose a login and a password:")
    until = date_format(localtime(about.expires_at), "DATE_FORMAT")
    return {
        "title": _("An invitation to HelpDesk"),
        "lines": [line % {"person": about.invited_by}],
        "address": envelope.page("invited", _secret_for(about)),
        "button": _("Make an account"),
        "note": _("The link works once, until %(day)s. If you do not want an account, do nothing.") % {"day": until},
    }


def _secret_for(about: SignUp | Invitation) -> str:
    secret = secrets.token_urlsafe(32)
    about.digest = hashlib.sha256(secret.encode()).hexdigest()
    about.save(update_fields=["digest"])
    return secret
