"""Decides who may change who is told of what, and sends a letter again: the desk's matrix, a person's narrowing, the log."""

from __future__ import annotations

from collections.abc import Iterable

from django.core import signing
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from helpdesk import access
from helpdesk.access import Right
from helpdesk.actions import audit
from helpdesk.actions.refusals import ActionRefused, NotFound
from helpdesk.models import (
    AuditKind,
    Channel,
    JoiningLetter,
    Letter,
    NoticeChoice,
    NoticeKind,
    NoticeRole,
    NoticeRule,
    User,
)
from helpdesk.models.recording import sign
from helpdesk.moment import now
from helpdesk.notify import matrix
from helpdesk.notify.unsubscribing import SALT

Cell = tuple[str, str, str]


def may_administer(user: access.Visitor) -> access.Decision:
    """Answer whether `user` may see and change the matrix and the log of letters."""
    if access.has_right(user, Right.ADMINISTER):
        return access.ALLOWED
    return access.denied("no_right", _("Your role does not include this."))


def administrator(user: User) -> User:
    """Return `user` if he may see and change the matrix and the log. Raises ActionRefused."""
    verdict = may_administer(user)
    if not verdict:
        raise ActionRefused(verdict)
    return user


def set_matrix(*, actor: User, chosen: Iterable[Cell]) -> int:
    """Make exactly the cells `chosen` (kind, part, channel) the ones that tell; return how many differ from the built-in ones.

    Cells that make no sense are passed over. Raises ActionRefused.
    """
    administrator(actor)
    wanted = set(chosen)
    deviations = [
        NoticeRule(kind=kind, role=role, channel=channel, is_on=is_on)
        for kind, role, channel in cells()
        if (is_on := (kind, role, channel) in wanted) != is_default(kind, role, channel)
    ]
    with transaction.atomic():
        before = _rules()
        NoticeRule.objects.all().delete()
        NoticeRule.objects.bulk_create(deviations)
        after = _rules()
        changes = [[name, before.get(name), after.get(name)] for name in sorted(before.keys() | after.keys())]
        changes = [change for change in changes if change[1] != change[2]]
        if changes:
            audit.record(AuditKind.CHANGED, actor=actor, what="notices", changes=changes)
    return len(deviations)


def _rules() -> dict[str, bool]:
    return {f"{rule.kind}:{rule.role}:{rule.channel}": rule.is_on for rule in NoticeRule.objects.all()}


def cells() -> list[Cell]:
    """Return every cell of the matrix that makes sense."""
    return [
        (kind.value, role.value, channel.value)
        for kind in NoticeKind
        for role in NoticeRole
        for channel in Channel
        if matrix.makes_sense(kind, role, channel)
    ]


def is_default(kind: str, role: str, channel: str) -> bool:
    """Say whether the built-in matrix tells in this cell."""
    return Channel(channel) in matrix.DEFAULTS[NoticeKind(kind)].get(NoticeRole(role), ())


def offered_to(user: User) -> dict[NoticeKind, frozenset[Channel]]:
    """Return what `user` can be told of, and by which channels, by the parts he can have in tickets."""
    parts = {NoticeRole.REQUESTER, NoticeRole.ADDRESSED}
    roles = access.roles_of(user)
    if roles.lines:
        parts |= {NoticeRole.ASSIGNEE, NoticeRole.LINE}
    if roles.led:
        parts.add(NoticeRole.LEAD)
    found = {}
    for kind, by_part in matrix.whole().items():
        wanted = frozenset().union(*(by_part[part] for part in parts))
        if wanted:
            found[kind] = wanted
    if access.has_right(user, Right.SEE_REPORTS):
        found[NoticeKind.REPORT] = frozenset({Channel.EMAIL})
    return found


def switched_off(user: User) -> set[tuple[str, str]]:
    """Return what `user` has switched off, as pairs of kind and channel."""
    return set(NoticeChoice.objects.filter(person=user).values_list("kind", "channel"))


def narrow(*, actor: User, wanted: Iterable[tuple[str, str]], letters_wait: bool | None = None) -> None:
    """Tell `actor` only of `wanted` (kind, channel) among what is offered to him; he cannot widen the matrix.

    `letters_wait` says whether letters that can wait do so until his line works; None leaves that as it is.
    """
    kept = set(wanted)
    off = [
        NoticeChoice(person=actor, kind=kind, channel=channel)
        for kind, channels in offered_to(actor).items()
        for channel in channels
        if (kind.value, channel.value) not in kept
    ]
    with transaction.atomic():
        NoticeChoice.objects.filter(person=actor).delete()
        NoticeChoice.objects.bulk_create(off)
        if letters_wait is not None and letters_wait != actor.letters_wait:
            actor.letters_wait = letters_wait
            sign(actor, by=actor, at=now())
            actor.save(update_fields=["letters_wait"])


def owner_of_unsubscribe(token: str) -> tuple[User, NoticeKind] | None:
    """Return whose letters of which kind the link of a letter stops, or None when it is no link of ours."""
    try:
        number, kind = signing.loads(token, salt=SALT)
        person = User.objects.filter(pk=number, is_active=True).first()
        return (person, NoticeKind(kind)) if person else None
    except (signing.BadSignature, ValueError, TypeError):
        return None


def unsubscribe(*, token: str) -> NoticeKind:
    """Stop the letters a link stands for; safe to repeat. Raises NotFound."""
    found = owner_of_unsubscribe(token)
    if found is None:
        raise NotFound
    person, kind = found
    NoticeChoice.objects.get_or_create(person=person, kind=kind, channel=Channel.EMAIL)
    return kind


def visible_letters(user: access.Visitor) -> QuerySet[Letter]:
    """Return the log of letters, newest first; nothing without the right."""
    letters = Letter.objects.select_related("person", "event", "digest__line", "report__schedule").order_by("-id")
    return letters if may_administer(user) else letters.none()


def visible_joining_letters(user: access.Visitor) -> QuerySet[JoiningLetter]:
    """Return the log of letters to people without an account, newest first; nothing without the right."""
    letters = JoiningLetter.objects.order_by("-id")
    return letters if may_administer(user) else letters.none()


def send_joining_again(*, actor: User, letter_id: int) -> JoiningLetter:
    """Put a letter to somebody without an account into the queue again; its link is made anew. Raises ActionRefused, NotFound."""
    administrator(actor)
    with transaction.atomic():
        letter = JoiningLetter.objects.select_for_update().filter(pk=letter_id).first()
        if letter is None:
            raise NotFound
        if letter.state == JoiningLetter.State.PENDING:
            raise ActionRefused(access.denied("pending", _("The letter is waiting to be sent already.")))
        letter.state, letter.attempts, letter.error = JoiningLetter.State.PENDING, 0, ""
        letter.next_at, letter.created_at = now(), now()
        letter.save()
    return letter


def send_again(*, actor: User, letter_id: int) -> Letter:
    """Put a letter that was sent or given up into the queue again. Raises ActionRefused, NotFound."""
    administrator(actor)
    with transaction.atomic():
        letter = Letter.objects.select_for_update().filter(pk=letter_id).first()
        if letter is None:
            raise NotFound
        if letter.state == Letter.State.PENDING:
            raise ActionRefused(access.denied("pending", _("The letter is waiting to be sent already.")))
        letter.state, letter.attempts, letter.error = Letter.State.PENDING, 0, ""
        letter.next_at, letter.created_at, letter.leased_until = now(), now(), None
        letter.save()
    return letter
