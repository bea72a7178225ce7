"""The entry point for ASGI servers."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
# A page that needs longer is broken; commands and migrations may take their time.
os.environ.setdefault("DATABASE_STATEMENT_TIMEOUT", "15")

application = get_asgi_application()
