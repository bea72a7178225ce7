"""The least settings of a Django that has sessions, sign-in and templates, over the database of the desk."""

from __future__ import annotations

import os
from pathlib import Path

from project import databases

VAR_DIR = Path(os.environ["VAR_DIR"])
SECRET_KEY = "the floor keeps nothing secret, it is measured and thrown away"
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "tests.bench.floor.urls"
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "tests.bench.floor"]
MIDDLEWARE = [
    "tests.bench.web.counting.CountMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
_CONTEXT = ["django.template.context_processors.request", "django.contrib.auth.context_processors.auth"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent],
        "OPTIONS": {"context_processors": _CONTEXT},
    }
]
DATABASES = {"default": databases.from_environment(VAR_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "floor.User"
LOGIN_URL = "/login"
LOGIN_REDIRECT_URL = "/list"
# Another cost would write every password anew at the sign-in, and end the sessions at the desk.
PASSWORD_HASHERS = ["project.hashing.Argon2Hasher"]
USE_TZ = True
TIME_ZONE = "Europe/Moscow"
LANGUAGE_CODE = "ru"
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
}
