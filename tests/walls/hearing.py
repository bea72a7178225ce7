"""Decides which questions an address hears: the names that a view reads of a query or a form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import QueryDict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.http import HttpRequest, HttpResponse

# What the last request was read for; ALL where a view looks at whatever there is.
heard: set[str] = set()
ALL = "*"


class Heard(QueryDict):
    """Questions that remember who looked at them."""

    def __getitem__(self, key: str) -> Any:
        heard.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        heard.add(str(key))
        return super().__contains__(key)

    def getlist(self, key: str, default: Any = None) -> Any:
        heard.add(key)
        return super().getlist(key, default)

    def __iter__(self) -> Iterator[str]:
        heard.add(ALL)
        return super().__iter__()

    def keys(self) -> Any:
        heard.add(ALL)
        return super().keys()

    def lists(self) -> Any:
        heard.add(ALL)
        return super().lists()


class Middleware:
    """Stands before the views, behind all others of the desk."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        for questions in (request.GET, request.POST):
            questions.__class__ = Heard
        heard.clear()
        return self.get_response(request)
