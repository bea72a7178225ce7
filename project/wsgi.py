"""The entry point for WSGI servers: `gunicorn project.wsgi`, `waitress-serve project.wsgi:application`."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
# A page that needs longer is broken; commands and migrations may take their time.
os.environ.setdefault("DATABASE_STATEMENT_TIMEOUT", "15")

application = get_wsgi_application()
# Every address is known before the first is asked for. All that is loaded by now stays to the end: a search for garbage
# went through it again and again, and held up whoever was being served then for 70 ms.
_ = get_resolver().url_patterns
gc.collect()
gc.freeze()
