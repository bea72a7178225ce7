"""Decides how Django knows the help desk: its label and its name."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HelpdeskConfig(AppConfig):
    """The domain application."""

    name = "helpdesk"
    label = "helpdesk"
    verbose_name = _("Help desk")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Hear of Django's own sign-ins, migrations and connections; the desk itself sends no signals."""
        from django.contrib.auth import signals
        from django.db.backends.signals import connection_created
        from django.db.models.signals import post_migrate, pre_migrate

        from helpdesk.actions import audit
        from helpdesk.models import guards, holding

        connection_created.connect(holding.teach, dispatch_uid="holding")
        signals.user_logged_in.connect(audit.signed_in, dispatch_uid="audit")
        signals.user_logged_out.connect(audit.signed_out, dispatch_uid="audit")
        signals.user_login_failed.connect(audit.sign_in_failed, dispatch_uid="audit")
        pre_migrate.connect(guards.before_migration, sender=self)
        post_migrate.connect(guards.after_migration, sender=self)
