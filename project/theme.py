"""Decides what the jazzmin theme may do: nothing from a foreign host, no chooser of themes, no menus of its own."""

from __future__ import annotations

from typing import Any

JAZZMIN_SETTINGS: dict[str, Any] = {
    "site_title": "HelpDesk",
    "site_header": "HelpDesk",
    "site_brand": "HelpDesk",
    "site_logo": None,
    "login_logo": None,
    "site_icon": None,
    "welcome_sign": "",
    "copyright": "",
    "user_avatar": None,
    # The menu is drawn from `HelpDeskSite.get_app_list`; static links could not follow a person's rights.
    "topmenu_links": [],
    "usermenu_links": [],
    "custom_links": {},
    "show_sidebar": True,
    "navigation_expanded": True,
    "changeform_format": "single",
    "related_modal_active": False,
    "language_chooser": False,
    # A font CDN would see every page view; the bundled Bootswatch themes import from it too, so none can be chosen.
    "use_google_fonts_cdn": False,
    "show_ui_builder": False,
    "show_theme_chooser": False,
}

JAZZMIN_UI_TWEAKS: dict[str, Any] = {
    "theme": "default",
    "default_theme_mode": "auto",
    "navbar_fixed": True,
    "sidebar_fixed": True,
    "sidebar_nav_flat_style": True,
    "actions_sticky_top": False,
}
