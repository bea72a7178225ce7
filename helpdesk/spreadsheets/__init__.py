"""Decides how tables people keep in spreadsheets become proposed changes of the desk's records, and records become tables."""
