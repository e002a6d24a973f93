"""A Django site on a shared database: its tables, its sessions, and requests through its real middleware."""

import io
import json
import zlib
from importlib.util import find_spec
from urllib.parse import urlsplit

from django.core import signing
from django.core.handlers.wsgi import WSGIRequest
from django.core.management import call_command
from django.db import connection, connections
from django.http import JsonResponse

SALT = "django.contrib.sessions.SessionStore"
USED = {"url": None}
UNDER_WAY = {}


def use(url):
    """Makes `url` the site's database; accepts the service's URLs of SQLite and PostgreSQL."""
    if USED["url"] == url:
        return
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        database = {"ENGINE": "django.db.backends.sqlite3", "NAME": url.removeprefix("sqlite:")}
    else:
        database = {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path.strip("/"),
            "HOST": parts.hostname,
            "PORT": parts.port,
            "USER": parts.username,
        }
    connections["default"].close()
    del connections["default"]
    connections.databases["default"] = connections.configure_settings({"default": database})["default"]
    USED["url"] = url


def store(key=None):
    from django.contrib.sessions.backends.db import SessionStore

    return SessionStore(key)


def has_psycopg(question):
    return find_spec("psycopg") is not None


def migrate(question):
    """Creates the site's tables; `fake_initial` accepts a session table that exists already."""
    call_command("migrate", verbosity=0, fake_initial=question["fake_initial"])


def table(question):
    """Returns columns and indexes of `django_session` as the database describes them."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT sql FROM sqlite_master WHERE tbl_name = 'django_session' AND sql IS NOT NULL")
        else:
            cursor.execute(
                "SELECT concat_ws(' ', column_name, data_type, character_maximum_length, is_nullable, column_default)"
                " FROM information_schema.columns WHERE table_name = 'django_session'"
                " UNION ALL SELECT indexdef FROM pg_indexes WHERE tablename = 'django_session'"
            )
        return sorted(row[0] for row in cursor.fetchall())


def member_texts(question):
    """Returns the JSON text of each member of a session, exactly as the row contains it."""
    from django.contrib.sessions.models import Session

    row = Session.objects.get(session_key=question["key"])
    body = signing.TimestampSigner(salt=SALT).unsign(row.session_data).encode()
    data = zlib.decompress(signing.b64_decode(body[1:])) if body[:1] == b"." else signing.b64_decode(body)
    text, decoder, at, members = data.decode("latin-1"), json.JSONDecoder(), 1, {}
    while text[at] != "}":
        name, at = decoder.raw_decode(text, at)
        start = at + 1
        _, at = decoder.raw_decode(text, start)
        members[name] = text[start:at]
        at += text[at] == ","
    return members


def visit(question):
    """Sends one request to the site, which changes the session as asked; returns what the site then sees."""
    from django.contrib.auth import login, logout
    from django.contrib.auth.middleware import AuthenticationMiddleware
    from django.contrib.auth.models import User
    from django.contrib.sessions.middleware import SessionMiddleware

    def view(request):
        if "log_in" in question:
            user, _ = User.objects.get_or_create(username=question["log_in"], defaults={"password": "!"})
            login(request, user, backend="django.contrib.auth.backends.ModelBackend")
        if question.get("log_out"):
            logout(request)
        if question.get("cycle_key"):
            request.session.cycle_key()
        if "expiry" in question:
            request.session.set_expiry(question["expiry"])
        for name, value in question.get("write", {}).items():
            request.session[name] = value
        seen = {"user": request.user.get_username(), "session": dict(request.session.items())}
        return JsonResponse(seen)

    environment = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "wsgi.input": io.BytesIO(),
    }
    if question.get("key"):
        environment["HTTP_COOKIE"] = f"sessionid={question['key']}"
    response = SessionMiddleware(AuthenticationMiddleware(view))(WSGIRequest(environment))
    cookie = response.cookies.get("sessionid")
    return json.loads(response.content) | {"cookie": None if cookie is None else cookie.value}


def begin_late(question):
    """Begins a request and reads its session; `save_late` finishes it."""
    session = UNDER_WAY[question["key"]] = store(question["key"])
    return dict(session.items())


def save_late(question):
    session = UNDER_WAY.pop(question["key"])
    session["late"] = True
    session.save()


def expire(question):
    """Sets the expiry of a session to a minute ago."""
    from datetime import timedelta

    from django.contrib.sessions.models import Session
    from django.utils import timezone

    Session.objects.filter(session_key=question["key"]).update(expire_date=timezone.now() - timedelta(minutes=1))


def keys(question):
    from django.contrib.sessions.models import Session

    return sorted(Session.objects.values_list("session_key", flat=True))


def seconds_left(question):
    """Returns the seconds until the row's `expire_date`."""
    from django.contrib.sessions.models import Session
    from django.utils import timezone

    return (Session.objects.get(session_key=question["key"]).expire_date - timezone.now()).total_seconds()


def clearsessions(question):
    call_command("clearsessions")


ANSWERS = (has_psycopg, migrate, table, member_texts, visit, begin_late, save_late, expire, keys, seconds_left, clearsessions)
