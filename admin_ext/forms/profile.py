"""Decides what a person may set about himself, and how the form asks for it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from admin_ext.forms.panel import Choice, PanelForm
from helpdesk.models import Language, Theme
from helpdesk.worktime import known_zones

_COMMON = ("", "Europe/Kaliningrad", "Europe/Moscow", "Europe/Samara", "Asia/Yekaterinburg", "Asia/Omsk",
           "Asia/Krasnoyarsk", "Asia/Irkutsk", "Asia/Yakutsk", "Asia/Vladivostok", "Asia/Magadan", "Asia/Kamchatka")  # fmt: skip


def time_zones() -> list[tuple[str, str]]:
    """Return the time zones to choose from: the site's, those of Russia from west to east, then all others."""
    known = sorted(zone for zone in known_zones() if "/" in zone and not zone.startswith(("Etc/", "posix")))
    named = [(zone, zone or str(_("As on the site"))) for zone in _COMMON]
    return named + [(zone, zone) for zone in known if zone not in _COMMON]


class ProfileForm(PanelForm):
    """A person's own data and settings; checked again by the action that saves them."""

    first_name = forms.CharField(label=_("First name"), max_length=150)
    last_name = forms.CharField(label=_("Last name"), max_length=150)
    department = forms.CharField(label=_("Department"), max_length=150, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices, required=False)
    theme = forms.ChoiceField(label=_("Theme"), choices=Theme.choices)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=time_zones, required=False, widget=Choice)


class AddressForm(PanelForm):
    """The address to which a link is sent."""

    email = forms.EmailField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True})
    )


class NewPasswordForm(PanelForm):
    """The new password twice; whether it is good enough says the action that sets it."""

    new_password1 = forms.CharField(
        label=_("New password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    new_password2 = forms.CharField(
        label=_("New password once more"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse two different new passwords."""
        values = super().clean() or {}
        if "new_password1" in values and values["new_password1"] != values.get(
            "new_password2", values["new_password1"]
        ):
            self.add_error("new_password2", _("The two passwords are not the same."))
        return values


class PasswordForm(NewPasswordForm):
    """The old password, and the new one twice."""

    old_password = forms.CharField(
        label=_("Present password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    field_order = ("old_password", "new_password1", "new_password2")
