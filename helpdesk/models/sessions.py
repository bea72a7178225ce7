"""Decides what is kept of a browser that has signed in: whose it is, since when, from where, and when it was last seen."""

from __future__ import annotations

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils.translation import gettext_lazy as _


class BrowserSession(AbstractBaseSession):
    """A session of Django's that knows its person; one without a person is a sign-in on its way."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.CASCADE, null=True, related_name="sessions"
    )
    began_at = models.DateTimeField(_("signed in at"), null=True)
    seen_at = models.DateTimeField(_("last seen at"), null=True)
    address = models.CharField(_("address"), max_length=45, blank=True)
    browser = models.CharField(_("browser"), max_length=300, blank=True)

    class Meta(AbstractBaseSession.Meta):
        verbose_name = _("signed-in browser")  # type: ignore[assignment]  # the stub knows only str
        verbose_name_plural = _("signed-in browsers")  # type: ignore[assignment]
