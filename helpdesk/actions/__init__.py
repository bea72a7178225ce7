"""Decides how anything is written: every change of the desk's data is a function here, a module per use case.

Keyword arguments only, the acting person first. Each is atomic: it locks, reads again, asks `access`, changes, and
records history and event; or it raises `ActionRefused`, `StalePage`, `NotFound` or `ValidationError` and changes nothing.
"""
