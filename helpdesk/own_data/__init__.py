"""Decides what the desk holds about one person, and how he gets it: a zip with a page to read, JSON for programs, his files."""

from helpdesk.own_data.archive import pieces
from helpdesk.own_data.sections import SECTIONS, UNTOLD, Section

__all__ = ["SECTIONS", "UNTOLD", "Section", "pieces"]
