"""Django as `startproject` sets it up, without the parts for pages and forms, in one of six modes."""

import logging
import os
import secrets
from datetime import timedelta
from urllib.parse import urlsplit

MODE = os.environ["PEER_MODE"]
STORE = os.environ.get("PEER_STORE", "")

SECRET_KEY = os.environ.setdefault("PEER_SECRET", secrets.token_urlsafe(48))
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
ROOT_URLCONF = "urls"
USE_TZ = True
APPEND_SLASH = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# No log, because the measured services have none.
LOGGING_CONFIG = None
logging.getLogger("django").addHandler(logging.NullHandler())
# A cheap hash, because password hashing is measured separately.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Creates tables from the models, because migrations are not measured.
MIGRATION_MODULES = {app: None for app in ("auth", "contenttypes", "sessions", "authtoken")}
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"]
MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]

# Users are in SQLite, unless sessions are in PostgreSQL.
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "users.sqlite3", "CONN_MAX_AGE": None}}
if STORE.startswith("postgres"):
    parts = urlsplit(STORE)
    DATABASES["default"] |= {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.strip("/"),
        "HOST": parts.hostname,
        "PORT": parts.port,
        "USER": parts.username,
    }
elif STORE:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": STORE}}

SESSION_COOKIE_AGE = 14 * 24 * 3600
if MODE in ("signed_cookies", "cache", "db"):
    SESSION_ENGINE = f"django.contrib.sessions.backends.{MODE}"
    MIDDLEWARE += [
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ]
elif MODE in ("drf_token", "simplejwt"):
    INSTALLED_APPS += ["rest_framework", "rest_framework.authtoken"]
    classes = {"drf_token": "authentication.Token", "simplejwt": "rest_framework_simplejwt.authentication.JWTAuthentication"}
    REST_FRAMEWORK = {
        "DEFAULT_AUTHENTICATION_CLASSES": [classes[MODE]],
        "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    }
    # The default of five minutes is shorter than a measurement.
    SIMPLE_JWT = {"ACCESS_TOKEN_LIFETIME": timedelta(days=1)}
