"""Decides which models the panel shows: one module per model. Importing it registers them."""

from admin_ext.admin import calendars, catalog, company, lines, people, report_schedules, templates, tickets, webhooks

__all__ = ["calendars", "catalog", "company", "lines", "people", "report_schedules", "templates", "tickets", "webhooks"]
