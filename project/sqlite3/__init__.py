"""SQLite as HelpDesk talks to it: Django's backend, with another way to wait."""
