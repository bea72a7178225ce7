"""Decides when a report that was just drawn is shown again as it is: to the same person, as long as nothing has happened on the desk."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.core.cache import cache
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from helpdesk import access
from helpdesk.models import User
from helpdesk.moment import now
from helpdesk.notify import feed
from helpdesk.reports import scope
from helpdesk.reports.period import Period
from helpdesk.reports.scope import Scope

# Whatever happens to a request is an event; names, limits and days that pass are not, and are as late as this.
SECONDS = 30
_log = logging.getLogger(__name__)


def drawn(user: User, stretch: Period, asked: Scope, draw: Callable[[], str]) -> SafeString:
    """Return what `draw` makes of a report, or made of it for `user` in the last half minute, if no event came since.

    Of each person the last report is kept. Where nothing can be kept, on a full disk or without Redis, it is drawn.
    """
    key, told = f"analytics:{user.pk}", _told(user, stretch, asked)
    try:
        of, text = cache.get(key) or (None, "")
    except Exception:  # noqa: BLE001 - each cache fails in its own way
        _log.warning("the last report could not be read", exc_info=True)
        of, text = None, ""
    if of != told:
        text = str(draw())
        try:
            cache.set(key, (told, text), SECONDS)
        except Exception:  # noqa: BLE001 - see above
            _log.warning("the report could not be kept", exc_info=True)
    shown: SafeString = mark_safe(text)  # noqa: S308 - a template made it
    return shown


def _told(user: User, stretch: Period, asked: Scope) -> tuple[object, ...]:
    rights = (scope.sees_all(user), sorted(access.roles_of(user).led), bool(scope.may_export(user)))
    clock = (timezone.get_current_timezone_name(), timezone.localtime(now()).date())
    return feed.newest(), rights, get_language(), clock, stretch.query, asked.query
