"""Decides how often a program may call, by sort of call.

Counts are kept in the cache, which the processes of one machine share. Reading and writing are counted apart, per token
or per person, and per address for whoever has not signed in.
"""

from __future__ import annotations

from typing import Any

from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from helpdesk.actions import attempts
from helpdesk.models import ApiToken

_SAFE = ("GET", "HEAD", "OPTIONS")


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


def refuse_after_failures(sort: str, who: str) -> None:
    """Raise Throttled, with the time to wait, when `who` has failed too often."""
    rest(attempts.seconds_to_wait(sort, who))


def rest(seconds: int) -> None:
    """Raise Throttled when there are seconds to wait."""
    if seconds:
        raise exceptions.Throttled(wait=seconds)
