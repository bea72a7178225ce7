"""Decides nothing of its own: the life of a ticket is told by the domain, so that the panel and the API tell the same."""

from helpdesk.timeline import Change, Moment, timeline

__all__ = ["Change", "Moment", "timeline"]
