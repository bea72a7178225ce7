"""Decides how an administrator invites people: by e-mail, for some days, with a role and a line on wish; and who accepts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from helpdesk import access
from helpdesk.access import Right
from helpdesk.actions import accounts, audit, new_accounts, records, roles
from helpdesk.actions.approving import require_right
from helpdesk.actions.refusals import ActionRefused, NotFound, bad_input
from helpdesk.actions.texts import clean_line
from helpdesk.models import AuditKind, Invitation, JoiningLetter, Membership, Role, SupportLine, User
from helpdesk.moment import now

GOOD_FOR = timedelta(days=14)
MOST = 100


def may_be_used() -> bool:
    """Say whether invitations make accounts: everywhere but where nobody makes his own."""
    return settings.SIGN_UP != "closed" and not settings.OIDC_ONLY


def visible_to(actor: access.Visitor) -> QuerySet[Invitation]:
    """Return the invitations, the newest first, with their people and lines. Raises ActionRefused without the right."""
    require_right(actor)
    return Invitation.objects.select_related("line", "invited_by", "person").order_by("-id")


def invite(
    *, actor: User, emails: Iterable[str], role: str = "", line: SupportLine | None = None, line_role: str = "member"
) -> list[Invitation]:
    """Invite everybody in `emails`; who has an open invitation gets it anew. With `role` and `line` he is that at once.

    All or none. Raises ActionRefused, ValidationError by field.
    """
    require_right(actor)
    _require_use()
    wanted = _addresses(emails)
    if role and (role not in Role.values or role in roles.OF_LINES):
        raise bad_input({"role": _("There is no such role.")})
    if line_role not in Membership.LineRole.values or (line is not None and not line.is_active):
        raise bad_input({"line": _("Choose an active line.")})
    with transaction.atomic():
        known = Invitation.objects.alias(folded=Lower("email")).filter(folded__in=[email.lower() for email in wanted])
        for old in known.filter(accepted_at=None, withdrawn_at=None).select_for_update():
            _end(old, actor)
        return [_made(actor, email, role, line, line_role) for email in wanted]


def withdraw(*, actor: User, invitation_id: int) -> Invitation:
    """Let the link of an invitation open nothing any more. Raises ActionRefused, NotFound."""
    require_right(actor)
    with transaction.atomic():
        row = _open(invitation_id)
        _end(row, actor)
    return row


def send_again(*, actor: User, invitation_id: int) -> Invitation:
    """Send an invitation once more, good for its days anew; the link sent before ends. Raises ActionRefused, NotFound."""
    require_right(actor)
    _require_use()
    with transaction.atomic():
        row = _open(invitation_id)
        row.expires_at, row.digest = now() + GOOD_FOR, ""
        row.save(update_fields=["expires_at", "digest"])
        row.letters.filter(state=JoiningLetter.State.PENDING).delete()
        JoiningLetter.objects.create(kind=JoiningLetter.Kind.INVITED, email=row.email, invitation=row)
    return row


def held(secret: str) -> Invitation | None:
    """Return the invitation of the holder of a link, or None when it is used, withdrawn, old or wrong."""
    digest = hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
    row = Invitation.objects.select_related("invited_by", "line").filter(digest=digest).first() if secret else None
    return row if row is not None and row.is_open and may_be_used() else None


def accept(*, secret: str, **values: Any) -> User:
    """Make the account of who was invited: his e-mail is the one of the letter, so nothing is left to confirm.

    Takes what `signing_up.sign_up` takes but the e-mail. Role and line are given if who invited may still give them.
    Raises ActionRefused when the link is over, ValidationError by field.
    """
    found = held(secret)
    if found is None:
        raise _over()
    if "email" in values:
        raise TypeError("the e-mail is that of the letter")
    row, picture = new_accounts.checked({**values, "email": found.email}, any_domain=True)
    row.password = make_password(values["password"])
    with transaction.atomic():
        invitation = Invitation.objects.select_for_update().get(pk=found.pk)
        if not invitation.is_open or User.objects.filter(email__iexact=invitation.email).exists():
            raise _over()
        if picture is not None:
            row.photo.save("photo", picture, save=False)
        person = new_accounts.make(row, actor=None)
        invitation.accepted_at, invitation.person, invitation.digest = now(), person, ""
        invitation.save(update_fields=["accepted_at", "person", "digest"])
        _give(found.invited_by, person, invitation)
    return person


def _give(by: User, person: User, invitation: Invitation) -> None:
    """Give what was promised, in the name of who invited; nothing if he may not any more."""
    if not access.has_right(by, Right.MANAGE_PEOPLE):
        return
    if invitation.line is not None and access.has_right(by, Right.MANAGE_LINES):
        records.save(actor=by, record=Membership(person=person, line=invitation.line, role=invitation.line_role))
    if invitation.role:
        accounts.set_groups(actor=by, person=person, groups=[invitation.role])


def _addresses(emails: Iterable[str]) -> list[str]:
    wanted = {email.lower(): email for email in (text.strip() for text in emails) if email}
    if not wanted:
        raise bad_input({"emails": _("Write at least one e-mail.")})
    if len(wanted) > MOST:
        raise bad_input({"emails": _("At most %(most)d at once.") % {"most": MOST}})
    for email in wanted.values():
        try:
            new_accounts.email_address(clean_line(email, "email", maximum=254))
        except ValidationError as error:
            raise bad_input({"emails": _("%(email)s is no e-mail address.") % {"email": email}}) from error
        if User.objects.filter(email__iexact=email).exists():
            raise bad_input({"emails": _("%(email)s has an account already.") % {"email": email}})
    return list(wanted.values())


def _made(actor: User, email: str, role: str, line: SupportLine | None, line_role: str) -> Invitation:
    row = Invitation.objects.create(
        email=email, role=role, line=line, line_role=line_role, invited_by=actor, created_at=now(),
        expires_at=now() + GOOD_FOR, language=actor.language or (get_language() or "")[:2],
    )  # fmt: skip
    JoiningLetter.objects.create(kind=JoiningLetter.Kind.INVITED, email=email, invitation=row)
    changes = [["role", None, role], ["line", None, str(line)], ["line_role", None, line_role]]
    given = [change for change in changes if line is not None or change[0] == "role"]
    audit.record(AuditKind.ADDED, actor=actor, about=row, changes=[change for change in given if change[2]])
    return row


def _end(row: Invitation, actor: User) -> None:
    row.withdrawn_at, row.digest = now(), ""
    row.save(update_fields=["withdrawn_at", "digest"])
    row.letters.filter(state=JoiningLetter.State.PENDING).delete()
    changes = [["withdrawn_at", None, row.withdrawn_at.isoformat()]]
    audit.record(AuditKind.CHANGED, actor=actor, about=row, changes=changes)


def _open(invitation_id: int) -> Invitation:
    row = Invitation.objects.select_for_update().filter(pk=invitation_id, accepted_at=None, withdrawn_at=None).first()
    if row is None:
        raise NotFound(invitation_id)
    return row


def _require_use() -> None:
    if not may_be_used():
        text = _("Nobody makes his own account here: SIGN_UP is closed. Make the account yourself.")
        raise ActionRefused(access.denied("sign_up_closed", text))


def _over() -> ActionRefused:
    return ActionRefused(access.denied("link_over", _("The link has been used or is too old.")))
