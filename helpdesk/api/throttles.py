"""Decides how often a program may call, by sort of call, and after how many failures nobody may try to sign in.

Counts are kept in the cache, which the processes of one machine share. Reading and writing are counted apart, per token
or per person, and per address for whoever has not signed in.
"""

from __future__ import annotations

import math
import time
from typing import Any

from django.core.cache import cache
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle, SimpleRateThrottle

from helpdesk.models import ApiToken

_SAFE = ("GET", "HEAD", "OPTIONS")
FAILURES = 10
FAILURE_WINDOW = 300


class CallThrottle(SimpleRateThrottle):
    """Counts reading (`read`), writing (`write`) or whatever class a view names in `throttle_class`."""

    def __init__(self) -> None:
        """Wait for the request: the rate depends on it."""

    def allow_request(self, request: Request, view: Any) -> bool:
        self.scope = self._class(request, view)
        self.rate = self.get_rate()
        self.num_requests, self.duration = self.parse_rate(self.rate)
        return super().allow_request(request, view)

    def get_cache_key(self, request: Request, view: Any) -> str:
        if isinstance(request.auth, ApiToken):
            who = f"token-{request.auth.pk}"
        elif request.user.is_authenticated:
            who = f"person-{request.user.pk}"
        else:
            who = f"address-{self.get_ident(request)}"
        return f"throttle-{self.scope}-{who}"

    @staticmethod
    def _class(request: Request, view: Any) -> str:
        if not request.user.is_authenticated:
            return "anonymous"
        named: str | None = getattr(view, "throttle_class", None)
        if named and request.method not in _SAFE:
            return named
        return "read" if request.method in _SAFE else "write"


def address(request: Request) -> str:
    """Return the network address of the caller, behind as many proxies as the settings know."""
    return str(BaseThrottle().get_ident(request))


def refuse_after_failures(sort: str, who: str, *, most: int = FAILURES) -> None:
    """Raise Throttled, with the time to wait, when `who` has failed too often; asked before any password is hashed."""
    failed = cache.get(_key(sort, who))
    if failed and failed[0] >= most:
        raise exceptions.Throttled(wait=max(1, math.ceil(failed[1] - time.time())))


def count_failure(sort: str, who: str) -> None:
    """Remember a failed attempt for five minutes from the first one."""
    count, until = cache.get(_key(sort, who)) or (0, time.time() + FAILURE_WINDOW)
    cache.set(_key(sort, who), (count + 1, until), timeout=max(1, until - time.time()))


def forgive(sort: str, who: str) -> None:
    """Forget the failures after a success."""
    cache.delete(_key(sort, who))


def _key(sort: str, who: str) -> str:
    return f"failures-{sort}-{who.encode('utf-8', 'replace').hex()[:200]}"
