"""Decides what a person's second factors are: how they come and go, which code is taken, and who may take them away."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from helpdesk import access
from helpdesk.access import Right
from helpdesk.actions import attempts, audit, passkeys, recovery, sign_ins, totp
from helpdesk.actions.refusals import ActionRefused, NotFound, bad_input
from helpdesk.models import AccountLetter, AuditKind, Authenticator, Letter, Passkey, User
from helpdesk.moment import now


@dataclass(frozen=True)
class Factors:
    """What a person has: the app with codes, passkeys, how many recovery codes are left; and whether one is demanded."""

    app: Authenticator | None
    passkeys: list[Passkey]
    codes_left: int
    demanded: bool

    @property
    def some(self) -> bool:
        """Whether a second step is asked of this person."""
        return self.app is not None or bool(self.passkeys)


@dataclass(frozen=True)
class Checked:
    """What became of a code: taken or not; `wait` is for how many seconds none is looked at, 0 when it was wrong."""

    taken: bool
    wait: int = 0


def of(person: User) -> Factors:
    """Return the factors of `person`; three queries."""
    app = Authenticator.objects.filter(person=person).first()
    keys = list(Passkey.objects.filter(person=person))
    return Factors(app, keys, recovery.left(person), access.demands_second_factor(person))


def has_some(person: User) -> bool:
    """Say whether a second step is asked of `person`."""
    return Authenticator.objects.filter(person=person).exists() or Passkey.objects.filter(person=person).exists()


def has_app(person: User) -> bool:
    """Say whether `person` has an app that shows codes."""
    return Authenticator.objects.filter(person=person).exists()


def set_up_app(*, actor: User, secret: str, code: str, session: str | None) -> list[str]:
    """Keep the app whose `secret` was shown, once `code` shows that it works; return recovery codes if there were none.

    With the first factor every other sign-in of the person ends, but not the one whose session key is `session`.
    Raises ValidationError.
    """
    step = totp.step_of(secret, "".join(code.split()))
    if step is None:
        raise bad_input({"code": _("This is not the code that the app shows now. Is the clock of the device right?")})
    with transaction.atomic():
        first = _lock(actor)
        totp.keep(actor, secret, step)
        return _came(actor, "app", first=first, session=session)


def add_passkey(*, actor: User, name: str, answer: str, challenge: str, session: str | None) -> list[str]:
    """Keep the passkey that a device has made; the rest as in `set_up_app`. Raises ActionRefused, ValidationError."""
    with transaction.atomic():
        first = _lock(actor)
        passkeys.add(person=actor, name=name, answer=answer, challenge=challenge)
        return _came(actor, "passkey", first=first, session=session)


def remove_app(*, actor: User) -> None:
    """Take one's app away. Raises ActionRefused when it is the last factor and one is demanded, NotFound."""
    with transaction.atomic():
        _lock(actor)
        if not Authenticator.objects.filter(person=actor).delete()[0]:
            raise NotFound(actor.pk)
        _went(actor, "app")


def remove_passkey(*, actor: User, passkey_id: int) -> None:
    """Take one of one's passkeys away. Raises ActionRefused when it is the last factor and one is demanded, NotFound."""
    with transaction.atomic():
        _lock(actor)
        if not Passkey.objects.filter(person=actor, pk=passkey_id).delete()[0]:
            raise NotFound(passkey_id)
        _went(actor, "passkey")


def renew_codes(*, actor: User) -> list[str]:
    """Make new recovery codes instead of the present ones and return them, this one time. Raises ActionRefused without a factor."""
    with transaction.atomic():
        if not _lock(actor):
            audit.record(AuditKind.RECOVERY_MADE, actor=actor, person=actor)
            return recovery.renew(actor)
    raise ActionRefused(access.denied("no_factor", _("Set up an app or a passkey first.")))


def reset(*, actor: User, person: User) -> None:
    """Take every factor of `person` away, because he has lost them, and end his sign-ins. Raises ActionRefused.

    He is told by a letter, and sets new ones up after his next sign-in if his role demands it.
    """
    if not access.has_right(actor, Right.MANAGE_PEOPLE):
        raise ActionRefused(access.denied("no_right", _("Your role does not include this.")))
    if actor.pk == person.pk:
        raise ActionRefused(access.denied("own_account", _("Take your own factors away in your profile.")))
    take_away(person=person, actor=actor)


def take_away(*, person: User, actor: User | None) -> None:
    """Do what `reset` does, for a command too: who runs one may do everything."""
    with transaction.atomic():
        _lock(person)
        Authenticator.objects.filter(person=person).delete()
        Passkey.objects.filter(person=person).delete()
        recovery.forget(person)
        sign_ins.end_all(person=person)
        audit.record(AuditKind.FACTOR_RESET, actor=actor, about=person)
        _tell(person, AccountLetter.FACTOR_RESET)


def check(*, person: User, text: str, address: str) -> Checked:
    """Take a code of the app or a recovery code of `person`, once. Failures are counted, and rest.

    Codes of an app rest for everybody who guesses at this person; recovery codes, the way out, for the guessing address.
    """
    typed = "".join(text.split())
    from_app = typed.isascii() and typed.isdecimal()
    wait = attempts.code_wait(person.pk, address, from_app=from_app)
    if wait:
        return Checked(taken=False, wait=wait)
    with transaction.atomic():
        taken = totp.use(person, typed) if from_app else recovery.use(person, typed)
        if taken and not from_app:
            audit.record(AuditKind.RECOVERY_USED, actor=person, person=person, left=recovery.left(person))
            _tell(person, AccountLetter.RECOVERY_USED)
    if taken:
        attempts.code_taken(person.pk, address, from_app=from_app)
    else:
        attempts.code_failed(person.pk, address, from_app=from_app)
        audit.record(AuditKind.CODE_FAILED, actor=None, person=person)
    return Checked(taken=taken)


def _lock(person: User) -> bool:
    """Let one request at a time change the factors of `person`; return whether he has none yet."""
    User.objects.select_for_update().get(pk=person.pk)
    return not has_some(person)


def _came(person: User, what: str, *, first: bool, session: str | None) -> list[str]:
    audit.record(AuditKind.FACTOR_SET_UP, actor=person, person=person, factor=what)
    _tell(person, AccountLetter.FACTOR_SET_UP)
    if not first:
        return []
    sign_ins.end_all(person=person, but=session)
    return recovery.renew(person)


def _went(person: User, what: str) -> None:
    if not has_some(person):
        if access.demands_second_factor(person):
            refusal = access.denied(
                "factor_demanded", _("Your role demands a second factor: set up another one first.")
            )
            raise ActionRefused(refusal)
        recovery.forget(person)
    audit.record(AuditKind.FACTOR_REMOVED, actor=person, person=person, factor=what)
    _tell(person, AccountLetter.FACTOR_REMOVED)


def _tell(person: User, kind: AccountLetter) -> None:
    """Let a letter be written; without an address there is nobody to write to."""
    if person.email:
        Letter.objects.create(person=person, kind=kind, created_at=now(), next_at=now())
