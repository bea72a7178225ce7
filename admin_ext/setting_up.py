"""Decides how a second factor is set up on a page, by a person who has signed in or is about to: app first, passkey as well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import segno
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from admin_ext import challenges
from admin_ext.forms.panel import PanelForm
from admin_ext.forms.second_factor import AppForm, PasskeyForm
from helpdesk.actions import passkeys, sealing, second_factors, totp
from helpdesk.actions.refusals import ActionRefused
from helpdesk.models import User

_NEW_APP = "new_app"


@dataclass(frozen=True)
class Tried:
    """What became of a try: whether a factor was set up, and the recovery codes made with it."""

    done: bool = False
    codes: tuple[str, ...] = ()


class SettingUp:
    """The forms of one request for `person`; `show` tells the page what to draw."""

    def __init__(self, request: HttpRequest, person: User) -> None:
        self.request, self.person = request, person
        given = request.POST if request.method == "POST" else None
        self.app = AppForm(given if given and "code" in given else None)
        self.passkey = PasskeyForm(given if given and "name" in given else None)

    def attempt(self) -> Tried:
        """Try what was sent; errors stand at their fields afterwards."""
        session = self.request.session
        if self.app.is_bound and self.app.is_valid():
            return self._try(
                self.app,
                lambda: second_factors.set_up_app(
                    actor=self.person, secret=self._secret(), code=self.app.cleaned_data["code"], session=session.session_key
                ),
            )  # fmt: skip
        if self.passkey.is_bound and self.passkey.is_valid():
            challenge = challenges.take(self.request, "add")
            values = self.passkey.cleaned_data
            return self._try(
                self.passkey,
                lambda: second_factors.add_passkey(
                    actor=self.person, name=values["name"], answer=values["credential"], challenge=challenge,
                    session=session.session_key,
                ),
            )  # fmt: skip
        return Tried()

    def _try(self, form: PanelForm, act: Any) -> Tried:
        try:
            codes = act()
        except ValidationError as error:
            form.add_error(None, error)
        except ActionRefused as refusal:
            form.add_error(None, str(refusal.reason))
        else:
            self.request.session.pop(_NEW_APP, None)
            return Tried(done=True, codes=tuple(codes))
        form.mark()
        return Tried()

    def show(self) -> dict[str, Any]:
        """Return what the page draws: the picture for the app, its secret in groups of four, both forms."""
        secret = self._secret()
        picture = segno.make(totp.address(self.person, secret), error="m")
        return {
            "app_form": self.app,
            "passkey_form": self.passkey,
            "picture": picture.svg_data_uri(scale=5, border=2, dark="#10151f", light="#ffffff"),
            "secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
            "passkey_site": passkeys.site()[0],
        }

    @property
    def is_wrong(self) -> bool:
        """Whether something of what was sent has to be mended."""
        return bool(self.app.errors or self.passkey.errors)

    def _secret(self) -> str:
        """Return the secret that this browser is shown until it is set up; in the session it is sealed."""
        kept = sealing.unseal(self.request.session.get(_NEW_APP, ""))
        if kept:
            return kept
        secret = totp.fresh_secret()
        self.request.session[_NEW_APP] = sealing.seal(secret)
        return secret
