"""Decides when a report that was just drawn is shown again as it is: to the same person, as long as nothing has happened on the desk."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.core.cache import cache
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from helpdesk import access
from helpdesk.models import Event, User
from helpdesk.moment import now
from helpdesk.reports import scope
from helpdesk.reports.period import Period
from helpdesk.reports.scope import Scope

# Whatever happens to a request is an event; names, limits and days that pass are not, and are as late as this.
SECONDS = 30


def drawn(user: User, stretch: Period, asked: Scope, draw: Callable[[], str]) -> SafeString:
    """Return what `draw` makes of a report, or made of it for `user` in the last half minute, if no event came since."""
    key = f"analytics:{hashlib.sha256(repr(_told(user, stretch, asked)).encode()).hexdigest()}"
    known = cache.get(key)
    if known is None:
        known = str(draw())
        cache.set(key, known, SECONDS)
    text: SafeString = mark_safe(known)  # noqa: S308 - a template made it
    return text


def _told(user: User, stretch: Period, asked: Scope) -> tuple[object, ...]:
    newest = Event.objects.order_by("-pk").values_list("pk", flat=True).first()
    rights = (scope.sees_all(user), sorted(access.roles_of(user).led), bool(scope.may_export(user)))
    reader = (user.pk, rights, get_language(), timezone.get_current_timezone_name(), timezone.localtime(now()).date())
    return newest, reader, stretch.query, asked.query
