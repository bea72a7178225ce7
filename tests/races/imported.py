"""Imports the product once, for all processes that tests fork from the one that has imported this."""

from __future__ import annotations

from importlib import import_module

import django
from django.conf import settings

django.setup()
for name in ("django.test", "helpdesk.jobs", settings.ROOT_URLCONF):
    import_module(name)
