"""Decides how machines read and write the desk. It works without the panel and asks the same `access` and `actions`."""
