"""Decides how HelpDesk is configured: one module, fed by the environment through the typed readers of `project.env`.

Every variable is listed in docs/configuration.md. Nothing has to be set: the defaults are those of a safe first start on
one machine. All that the running product writes lies under `var/` (VAR_DIR).
"""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_INLINE

from project import databases, env, files, secret_key
from project.theme import JAZZMIN_SETTINGS, JAZZMIN_UI_TWEAKS

__all__ = ["JAZZMIN_SETTINGS", "JAZZMIN_UI_TWEAKS"]

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = env.folder("VAR_DIR", BASE_DIR / "var")

# --- the process -----------------------------------------------------------------------------------------------------

DEBUG = env.flag("DEBUG", default=False)
SECRET_KEY = secret_key.from_environment(VAR_DIR)
# Former keys: what they sealed and signed is still read, and sealed anew with the present one when it is used.
SECRET_KEY_FALLBACKS = secret_key.former()
# Without the panel the API runs alone: no admin, no pages.
PANEL = env.flag("PANEL", default=True)

ROOT_URLCONF = "project.urls"
WSGI_APPLICATION = "project.wsgi.application"
ASGI_APPLICATION = "project.asgi.application"

LISTEN_HOST = env.listen_address("LISTEN_HOST", "127.0.0.1")
PORT = env.number("PORT", 8000, least=1, most=65535)
WEB_THREADS = env.number("WEB_THREADS", 8, least=1, most=64)
# With a broker the background jobs run under Celery, else in a worker of our own, which needs nothing.
CELERY_BROKER_URL = env.broker("CELERY_BROKER_URL")
_CELERY = [
    "-m",
    "celery",
    "-A",
    "project",
    "worker",
    "--beat",
    "--concurrency",
    "2",
    "--without-gossip",
    "--without-mingle",
]
# What `manage.py serve` and `manage.py demo` start on one machine.
PROCESSES = {
    "web": [sys.executable, "-m", "project.web"],
    "worker": [sys.executable, *(_CELERY if CELERY_BROKER_URL else [str(BASE_DIR / "manage.py"), "worker"])],
}

# --- addresses -------------------------------------------------------------------------------------------------------

PUBLIC_URL = env.web_address("PUBLIC_URL", f"http://127.0.0.1:{PORT}")
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS", (*env.host_of(PUBLIC_URL), "localhost", "127.0.0.1", "[::1]"))
HTTPS = env.flag("HTTPS", default=PUBLIC_URL.startswith("https://"))
BEHIND_PROXY = env.flag("BEHIND_PROXY", default=False)

CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
SECURE_HSTS_SECONDS = env.number("HSTS_SECONDS", 31_536_000 if HTTPS else 0, least=0, most=63_072_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = False
# The list of browsers is for the owner of the domain to join, not for a program on one of its hosts.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        # The widgets of the admin and the pages of the API documentation set styles on elements.
        "style-src": [SELF, UNSAFE_INLINE],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF, "blob:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- applications ----------------------------------------------------------------------------------------------------

# The order decides whose templates win: ours, then those of import-export, then the theme's, then Django's.
INSTALLED_APPS = [
    *(["admin_ext.apps.AdminExtConfig"] if PANEL else []),
    "import_export",
    *(["jazzmin", "admin_ext.apps.HelpDeskAdminConfig"] if PANEL else []),
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "django_filters",
    "django_fsm",
    "drf_yasg",
    "rest_framework",
    "rest_framework_simplejwt.token_blacklist",
    "simple_history",
    "helpdesk.apps.HelpdeskConfig",
]

MIDDLEWARE = [
    "project.middleware.RequestIdMiddleware",
    "project.measuring.MeasureMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "project.middleware.NeverStoreMiddleware",
    "project.middleware.RefuseNulMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "project.auditing.OriginMiddleware",
    "project.signing_in.SignInMiddleware",
    "project.middleware.PersonalSettingsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# --- data ------------------------------------------------------------------------------------------------------------

DATABASES = {"default": databases.from_environment(VAR_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Uploads have no address: a view that asks `access` reads them. Nothing serves this folder.
MEDIA_ROOT = VAR_DIR / "files"
# Where several machines share them: the options of a bucket.
FILES = files.from_environment()
CLAMAV = files.scanner()
MEDIA_URL = ""
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
# The body without its files. A message may be long, a body may not be endless.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# Where `manage.py backup` writes, and the public keys it seals for.
BACKUP_DIR = env.folder("BACKUP_DIR", VAR_DIR / "backups")
BACKUP_RECIPIENTS = env.listing("BACKUP_RECIPIENTS")

# The finders of the applications are enough: nobody has to run collectstatic.
STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

# --- accounts --------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "helpdesk.User"
AUTHENTICATION_BACKENDS = ["helpdesk.access.backends.PeopleBackend"]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
] + [{"NAME": "helpdesk.actions.passwords.TokensEnd"}]

# Django raises the hash of an older sort at the next sign-in.
PASSWORD_HASHERS = ["project.hashing.Argon2Hasher", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
# Whoever an administrator or a table makes gets a link to set a password, also where sign-up is closed.
SIGN_UP = env.choice("SIGN_UP", "open", ("open", "approval", "invitation", "closed"))
SIGN_UP_DOMAINS = [domain.lower().removeprefix("@") for domain in env.listing("SIGN_UP_DOMAINS")]
PHONE_REGION = env.text("PHONE_REGION", "RU").upper()
# Whoever is in one of these roles works only after a second step.
SECOND_FACTOR_ROLES = env.choices(
    "SECOND_FACTOR_ROLES", ("requester", "agent", "lead", "catalog", "analyst", "administrator")
)
if SECOND_FACTOR_ROLES and not PANEL:
    env.refuse("SECOND_FACTOR_ROLES", "needs the panel, where people set their second factor up.")
SESSION_ENGINE = "helpdesk.access.sessions"
# A sign-in in a browser ends after so many days, and earlier when the browser is not seen for so many hours.
SESSION_COOKIE_AGE = 86400 * env.number("SESSION_DAYS", 14, least=1, most=365)
SESSION_IDLE_HOURS = env.number("SESSION_IDLE_HOURS", 168, least=1, most=24 * 365)

# --- sign-in by the company ------------------------------------------------------------------------------------------

OIDC_ISSUER = env.issuer("OIDC_ISSUER")
OIDC_CLIENT_ID = env.text("OIDC_CLIENT_ID")
OIDC_CLIENT_SECRET = env.secret("OIDC_CLIENT_SECRET")
if bool(OIDC_ISSUER) != bool(OIDC_CLIENT_ID):
    env.refuse("OIDC_ISSUER", "and OIDC_CLIENT_ID need each other: set both or none.")
OIDC_NAME = env.text("OIDC_NAME", *env.host_of(OIDC_ISSUER))
OIDC_SCOPES = env.text("OIDC_SCOPES", "openid profile email")
if "openid" not in OIDC_SCOPES.split():
    env.refuse("OIDC_SCOPES", f"must contain openid, not only {OIDC_SCOPES!r}.")
OIDC_GROUPS_CLAIM = env.text("OIDC_GROUPS_CLAIM", "groups")
OIDC_DEPARTMENT_CLAIM = env.text("OIDC_DEPARTMENT_CLAIM", "department")
OIDC_NEW_ACCOUNTS = env.flag("OIDC_NEW_ACCOUNTS", default=True)
OIDC_TRUST_EMAIL = env.flag("OIDC_TRUST_EMAIL", default=False)
OIDC_LINK_BY_EMAIL = env.flag("OIDC_LINK_BY_EMAIL", default=False)
OIDC_ONLY = env.flag("OIDC_ONLY", default=False)
if OIDC_ONLY and not OIDC_ISSUER:
    env.refuse("OIDC_ONLY", "is on, but there is no OIDC_ISSUER to sign in by.")

# --- being watched ---------------------------------------------------------------------------------------------------

# Without a token there is no /metrics, and nothing is counted.
METRICS_TOKEN = env.secret("METRICS_TOKEN")
if METRICS_TOKEN:
    # Read by prometheus_client when it is imported; every process keeps a file there.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(env.folder("METRICS_DIR", VAR_DIR / "metrics"))

# --- languages and time ----------------------------------------------------------------------------------------------

LANGUAGE_CODE = "ru"
LANGUAGES = [("ru", "Русский"), ("en", "English")]
# Ours come first: short words such as "name" are also in the catalogues of other packages, in other senses.
LOCALE_PATHS = [BASE_DIR / "helpdesk" / "locale", BASE_DIR / "admin_ext" / "locale"]
USE_TZ = True
TIME_ZONE = env.time_zone("TIME_ZONE", "Europe/Moscow")

# --- what time does to tickets ---------------------------------------------------------------------------------------

SILENCE_CANCELS = env.flag("SILENCE_CANCELS", default=True)
UNTOUCHED_RETURNS_AFTER = env.limit("UNTOUCHED_RETURNS_AFTER", "off")

# --- mail ------------------------------------------------------------------------------------------------------------

EMAIL_HOST = env.text("EMAIL_HOST")
EMAIL_PORT = env.number("EMAIL_PORT", 587, least=1, most=65535)
EMAIL_HOST_USER = env.text("EMAIL_USER")
EMAIL_HOST_PASSWORD = env.secret("EMAIL_PASSWORD")
EMAIL_SECURITY = env.choice("EMAIL_SECURITY", "starttls", ("starttls", "tls", "none"))
EMAIL_USE_TLS = EMAIL_SECURITY == "starttls"
EMAIL_USE_SSL = EMAIL_SECURITY == "tls"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.mail_address("EMAIL_FROM", "HelpDesk <helpdesk@localhost>")
# Without a mail server every letter becomes a file to look at.
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"

# --- webhooks --------------------------------------------------------------------------------------------------------

# Where webhooks may lead besides public addresses: without these an administrator of the desk could reach into its network.
WEBHOOK_NETWORKS = env.networks("WEBHOOK_NETWORKS")
WEBHOOK_HTTP = env.flag("WEBHOOK_HTTP", default=False)

# --- packages --------------------------------------------------------------------------------------------------------

REST_FRAMEWORK: dict[str, Any] = {
    # Closed until a view opens itself; JSON only, because the browsable pages list every person to everyone.
    "DEFAULT_PERMISSION_CLASSES": ["helpdesk.api.permissions.KeyOpens"],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "helpdesk.api.authentication.TokenAuthentication",
        "helpdesk.api.authentication.PairAuthentication",
        "helpdesk.api.authentication.SessionAuthentication",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["helpdesk.api.bodies.JSONParser", "rest_framework.parsers.MultiPartParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "helpdesk.api.bodies.AlwaysJSON",
    "DEFAULT_THROTTLE_CLASSES": ["helpdesk.api.throttles.CallThrottle"],
    # Calls per person, token or, before the sign-in, address.
    "DEFAULT_THROTTLE_RATES": {
        "read": "600/min",
        "write": "120/min",
        "sensitive": "30/min",
        "anonymous": "60/min",
    },
    "DEFAULT_VERSIONING_CLASS": None,
    "EXCEPTION_HANDLER": "helpdesk.api.errors.handle",
    "NUM_PROXIES": 1 if BEHIND_PROXY else 0,
}

# The pair of tokens of a single-page client. Short, because an access token cannot be called back before its end unless
# the password changes or the account is switched off.
SIMPLE_JWT: dict[str, Any] = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=10),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=14),
    "SIGNING_KEY": SECRET_KEY,
    "ISSUER": "helpdesk",
}

SWAGGER_SETTINGS: dict[str, Any] = {
    "DEFAULT_AUTO_SCHEMA_CLASS": "helpdesk.api.reference.inspector.OperationSchema",
    "DEFAULT_GENERATOR_CLASS": "helpdesk.api.reference.generator.Generator",
    "DEFAULT_INFO": "helpdesk.api.reference.generator.INFO",
    "SECURITY_DEFINITIONS": {
        "token": {
            "type": "apiKey",
            "name": "Authorization",
            "in": "header",
            "description": "A personal token, written as `Bearer hd_…`, or the access token of a pair, as `Bearer eyJ…`.",
        },
        "session": {
            "type": "apiKey",
            "name": "X-CSRFToken",
            "in": "header",
            "description": "A session of the same origin; this header is for writes.",
        },
    },
    # No badge from a foreign validator.
    "VALIDATOR_URL": None,
}

# What processes count together: calls of the API, failed attempts to sign in. Files serve one machine, Redis several.
CACHE_URL = env.secret("CACHE_URL")
if CACHE_URL and not CACHE_URL.startswith(("redis://", "rediss://")):
    env.refuse("CACHE_URL", "must be the address of a Redis such as redis://127.0.0.1:6379/0.")
if CACHE_URL and find_spec("redis") is None:
    env.refuse("CACHE_URL", "asks for Redis: run `pip install -r requirements-celery.txt` first.")
_FILES = {"BACKEND": "project.cache.QuickFileBasedCache", "LOCATION": VAR_DIR / "cache"}
_REDIS = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": CACHE_URL}
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        **(_REDIS if CACHE_URL else _FILES),
        "TIMEOUT": 300,
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2} if CACHE_URL else {"MAX_ENTRIES": 20_000},
    }
}

# Off by default everybody who may sign in could import and export every model.
IMPORT_EXPORT_IMPORT_PERMISSION_CODE = "add"
IMPORT_EXPORT_EXPORT_PERMISSION_CODE = "view"
IMPORT_EXPORT_USE_TRANSACTIONS = True

SIMPLE_HISTORY_REVERT_DISABLED = True

# --- log -------------------------------------------------------------------------------------------------------------

LOG_LEVEL = env.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))
LOG_FORMAT = env.choice("LOG_FORMAT", "line", ("line", "json"))
LOG_REQUESTS = env.flag("LOG_REQUESTS", default=False)
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request_id": {"()": "project.middleware.RequestIdFilter"},
        "refusal": {"()": "project.log.RefusalFilter"},
    },
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name} [{request_id}] {message}", "style": "{"},
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "format": "{asctime}{levelname}{name}{request_id}{message}",
            "style": "{",
            "rename_fields": {"asctime": "time", "levelname": "level", "name": "logger"},
            "json_ensure_ascii": False,
        },
    },
    "handlers": {
        # What a command answers goes to its output; the log never stands between it.
        "stderr": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stderr",
            "filters": ["request_id"],
            "formatter": LOG_FORMAT,
        },
    },
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    # Django's own handlers would print every line twice, or only when DEBUG is on.
    "loggers": {
        **{name: {"handlers": [], "propagate": True} for name in ("django", "django.server")},
        "django.request": {"filters": ["refusal"]},
    },
}
