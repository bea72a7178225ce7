"""Decides the figures by which support is judged: what each counts, over which tickets, in which stretch of time."""
