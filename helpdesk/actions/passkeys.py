"""Decides which passkeys a person may add and which answers of a device are right (WebAuthn); the proofs are py_webauthn's.

A challenge is made for one purpose and kept in the session; the caller takes it out before the answer is judged. The package
is imported when a device is spoken to: it brings a hundred modules, and most processes never do.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.utils.translation import gettext as _

from helpdesk import access
from helpdesk.access.backends import may_sign_in_here
from helpdesk.actions import attempts, audit
from helpdesk.actions.refusals import ActionRefused, bad_input
from helpdesk.actions.texts import clean_line
from helpdesk.models import AuditKind, Passkey, User
from helpdesk.moment import now

if TYPE_CHECKING:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

MOST = 10
NAME_LENGTH = 60
_LARGEST = 64 * 1024
_LOOPBACK = frozenset({"127.0.0.1", "[::1]", "::1"})


@dataclass(frozen=True)
class Asked:
    """What a browser is asked: the options for it as JSON, and the challenge to keep until its answer comes."""

    options: str
    challenge: str


def site() -> tuple[str, str]:
    """Return the name to which passkeys are bound and the origin of the pages, both from PUBLIC_URL.

    A passkey cannot be bound to a number: a desk on this machine alone is called localhost.
    """
    parts = urlsplit(settings.PUBLIC_URL)
    host, port = parts.hostname or "", f":{parts.port}" if parts.port else ""
    name = "localhost" if host in _LOOPBACK else host
    return name, f"{parts.scheme}://{name}{port}"


def ask_new(person: User) -> Asked:
    """Return what to ask a device for a new passkey of `person`."""
    import webauthn
    from webauthn.helpers import structs

    known = list(Passkey.objects.filter(person=person))
    handle = urlsafe_base64_decode(known[0].handle) if known else secrets.token_bytes(32)
    name, _origin = site()
    options = webauthn.generate_registration_options(
        rp_id=name, rp_name="HelpDesk", user_id=handle, user_name=person.get_username(), user_display_name=str(person),
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.PREFERRED,
            user_verification=structs.UserVerificationRequirement.PREFERRED,
        ),
        exclude_credentials=_descriptors(known),
    )  # fmt: skip
    # The handle has to come back with the answer, like the challenge.
    kept = f"{urlsafe_base64_encode(options.challenge)} {urlsafe_base64_encode(handle)}"
    return Asked(webauthn.options_to_json(options), kept)


def add(*, person: User, name: str, answer: str, challenge: str) -> Passkey:
    """Keep the passkey that a device has made. Raises ValidationError by field, ActionRefused for a wrong answer."""
    import webauthn

    name = clean_line(name, "name", maximum=NAME_LENGTH)
    if Passkey.objects.filter(person=person).count() >= MOST:
        raise bad_input({"name": _("There are too many passkeys. Remove those that nobody uses.")})
    wanted, _space, handle = challenge.partition(" ")
    host, origin = site()
    try:
        made = webauthn.verify_registration_response(
            credential=_text(answer), expected_challenge=urlsafe_base64_decode(wanted), expected_rp_id=host, expected_origin=origin
        )  # fmt: skip
        transports = [way.value for way in _ways(answer)]
    except Exception as error:  # whatever a foreign text breaks in the parsers is a wrong answer
        raise _wrong() from error
    number = urlsafe_base64_encode(made.credential_id)
    if Passkey.objects.filter(credential=number).exists():
        raise bad_input({"name": _("This passkey is known already.")})
    return Passkey.objects.create(
        person=person, name=name, credential=number, public_key=made.credential_public_key, handle=handle,
        sign_count=made.sign_count, transports=transports, made_at=now(),
    )  # fmt: skip


def ask(person: User | None) -> Asked:
    """Return what to ask a device: any passkey of this desk for nobody yet, one of his for a person who is known."""
    import webauthn
    from webauthn.helpers.structs import UserVerificationRequirement

    known = list(Passkey.objects.filter(person=person)) if person is not None else []
    required = UserVerificationRequirement.REQUIRED if person is None else UserVerificationRequirement.PREFERRED
    options = webauthn.generate_authentication_options(
        rp_id=site()[0], allow_credentials=_descriptors(known) or None, user_verification=required
    )
    return Asked(webauthn.options_to_json(options), urlsafe_base64_encode(options.challenge))


def judge(*, answer: str, challenge: str, person: User | None, address: str) -> User:
    """Return whose passkey has answered `challenge`, once. Raises ActionRefused, the same for every reason.

    For nobody yet (`person` None) the device must have verified its user: it counts as both factors then. After fifty
    failures `address` rests: nothing can be guessed here, but every failure is written down.
    """
    if attempts.seconds_to_wait("passkey", address, most=attempts.FAILURES * 5):
        raise _wrong()
    try:
        return _judge(answer, challenge, person)
    except ActionRefused:
        attempts.count_failure("passkey", address)
        audit.record(AuditKind.CODE_FAILED, actor=None, person=person, factor="passkey")
        raise


def _judge(answer: str, challenge: str, person: User | None) -> User:
    import webauthn

    host, origin = site()
    try:
        given = webauthn.helpers.parse_authentication_credential_json(_text(answer))
        key = Passkey.objects.select_related("person").get(credential=urlsafe_base64_encode(given.raw_id))
        proof = webauthn.verify_authentication_response(
            credential=given, expected_challenge=urlsafe_base64_decode(challenge), expected_rp_id=host, expected_origin=origin,
            credential_public_key=bytes(key.public_key), credential_current_sign_count=key.sign_count,
            require_user_verification=person is None,
        )  # fmt: skip
    except Exception as error:  # as above; an unknown passkey is told as a wrong one
        raise _wrong() from error
    owner = key.person
    foreign = person is not None and owner.pk != person.pk
    if foreign or not owner.is_active or owner.is_service or (person is None and not may_sign_in_here(owner)):
        raise _wrong()
    digest = hashlib.sha256(challenge.encode()).hexdigest()
    unused = Passkey.objects.filter(pk=key.pk, sign_count=key.sign_count).exclude(answered=digest)
    if not unused.update(sign_count=proof.new_sign_count, answered=digest, used_at=now()):
        raise _wrong()
    return owner


def _descriptors(keys: list[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    from webauthn.helpers.structs import AuthenticatorTransport, PublicKeyCredentialDescriptor

    return [
        PublicKeyCredentialDescriptor(
            id=urlsafe_base64_decode(key.credential),
            transports=[AuthenticatorTransport(way) for way in key.transports] or None,
        )
        for key in keys
    ]


def _text(answer: str) -> str:
    if len(answer) > _LARGEST:
        raise ValueError("too large")
    return answer


def _ways(answer: str) -> list[Any]:
    import webauthn

    return webauthn.helpers.parse_registration_credential_json(answer).response.transports or []


def _wrong() -> ActionRefused:
    return ActionRefused(
        access.denied("wrong_passkey", _("The passkey was not accepted. Try again, or sign in in another way."))
    )
