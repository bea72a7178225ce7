"""Pages of the area `imports`."""

from admin_ext.pages import Page

PAGES: list[Page] = []
