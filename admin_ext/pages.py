"""Decides what a page of the panel is: its name, its address, its view, and whether people outside support may open it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpResponseBase


@dataclass(frozen=True)
class Page:
    """A page of ours beside those of the model admins. Closed to everybody outside support unless `everybody` is set.

    `public` pages answer without a sign-in. What a person sees and may do on an open page is asked of `access`.
    """

    name: str
    route: str
    view: Callable[..., HttpResponseBase]
    everybody: bool = False
    public: bool = False
