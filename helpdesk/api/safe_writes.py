"""Decides how a write can be sent without fear: repeated under one key it happens once, with `dry_run` not at all,
and with `If-Match` only to what the caller has read."""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from helpdesk.actions import repeats
from helpdesk.api.errors import Problem
from helpdesk.api.pagination import flag
from helpdesk.models import Message, Ticket, User

Method = Callable[..., Response]
KEY = "Idempotency-Key"
_KEPT_HEADERS = ("ETag", "Location")
_VERSION = re.compile(r'"([0-9]{1,9})"')


def safe_write(method: Method) -> Method:
    """Give a POST its key and its rehearsal. The parameter `dry_run` is one of every such address."""

    @functools.wraps(method)
    def wrapped(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        def write() -> Response:
            return method(view, request, *args, **kwargs)

        return _rehearse(request, write) if is_dry_run(request) else _once(request, write)

    wrapped.takes_key = wrapped.takes_rehearsal = True  # type: ignore[attr-defined]
    return wrapped


def once(method: Method) -> Method:
    """Give a POST its key alone: what happens to a session cannot be rehearsed."""

    @functools.wraps(method)
    def wrapped(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        return _once(request, lambda: method(view, request, *args, **kwargs))

    wrapped.takes_key = True  # type: ignore[attr-defined]
    return wrapped


def is_dry_run(request: Request) -> bool:
    """Say whether the caller only wants to know what would happen."""
    return flag(request, "dry_run")


def discard_files(row: Ticket | Message) -> None:
    """Remove the files of a row that a rehearsal is about to undo: the database forgets by itself, the disk does not."""
    for item in row.attachments.all():
        item.file.delete(save=False)


def version_of(request: Request) -> int | None:
    """Return the version that `If-Match` asks for; None for no such header or `*`. Raises Problem when unreadable."""
    header = request.headers.get("If-Match", "*").strip()
    if header == "*":
        return None
    found = _VERSION.fullmatch(header)
    if found is None:
        raise Problem(400, "malformed", _('If-Match takes the ETag of the ticket as it was read, such as "7".'))
    return int(found[1])


def _rehearse(request: Request, write: Callable[[], Response]) -> Response:
    if KEY in request.headers:
        repeats.check(request.headers[KEY])
    with transaction.atomic():
        answer = write()
        transaction.set_rollback(True)
    if answer.status_code == 201:
        answer.status_code = 200
        for name in ("number", "id"):
            if name in answer.data:
                answer.data[name] = None
    _hide_secret(answer, answer.data)
    for header in _KEPT_HEADERS:
        answer.headers.pop(header, None)
    answer["Dry-Run"] = "true"
    return answer


def _once(request: Request, write: Callable[[], Response]) -> Response:
    """Write and keep the answer, or give the kept one. A write that fails leaves no trace of its key."""
    actor, key = request.user, request.headers.get(KEY)
    if key is None or not isinstance(actor, User):
        return write()
    fingerprint = _fingerprint(request)
    with transaction.atomic():
        record, is_new = repeats.begin(actor=actor, key=key, fingerprint=fingerprint)
        if is_new:
            answer = write()
            headers = {name: answer[name] for name in _KEPT_HEADERS if name in answer}
            repeats.finish(record, status=answer.status_code, answer=_kept(answer), headers=headers)
            return answer
    if record.fingerprint != fingerprint:
        raise Problem(422, "key_reused", _("This Idempotency-Key was used for another request. Take a new one."))
    return Response(record.answer, status=record.status, headers={**record.headers, "Idempotent-Replayed": "true"})


def _kept(answer: Response) -> Any:
    """The answer as it goes into the database: without the secret that is shown only once."""
    if answer.data is None:
        return None
    data = json.loads(JSONRenderer().render(answer.data))
    _hide_secret(answer, data)
    return data


def _hide_secret(answer: Response, data: Any) -> None:
    secret = getattr(answer, "secret_field", None)
    if secret:
        data[secret] = None


def _fingerprint(request: Request) -> str:
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    form: Any = request.data
    if request.FILES:
        for name, values in sorted(form.lists()):
            for value in values:
                digest.update(f"{name}=".encode())
                digest.update(_bytes(value))
    else:
        digest.update(json.dumps(form, sort_keys=True, default=str).encode())
    return digest.hexdigest()


def _bytes(value: Any) -> bytes:
    if not hasattr(value, "chunks"):
        return str(value).encode("utf-8", "surrogatepass")
    content = hashlib.sha256(value.name.encode())
    for chunk in value.chunks():
        content.update(chunk)
    value.seek(0)
    return content.digest()
