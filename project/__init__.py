"""Wiring only: settings, addresses and the entry points of servers. No rule of the help desk lives here."""
