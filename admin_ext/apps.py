"""Decides which admin site the project has: one, `HelpDeskSite`, for everybody."""

from __future__ import annotations

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class AdminExtConfig(AppConfig):
    """The panel: templates, pages and admin classes."""

    name = "admin_ext"
    verbose_name = _("Panel")


class HelpDeskAdminConfig(AdminConfig):
    """Django's admin with our site in the place of the stock one."""

    default_site = "admin_ext.sites.HelpDeskSite"
