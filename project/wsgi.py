"""The entry point for WSGI servers: `gunicorn project.wsgi`, `waitress-serve project.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
# A page that needs longer is broken; commands and migrations may take their time.
os.environ.setdefault("DATABASE_STATEMENT_TIMEOUT", "15")

application = get_wsgi_application()
