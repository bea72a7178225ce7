"""Decides what the demo tells: people, lines, a catalog, and ninety days of a help desk lived through the real actions."""

from helpdesk.demo.load import has_other_data, is_loaded, load_demo

__all__ = ["has_other_data", "is_loaded", "load_demo"]
