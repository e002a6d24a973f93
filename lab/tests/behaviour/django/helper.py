"""Runs Django calls for the tests: one JSON object per line in, one per line out, until the input ends.

Each question contains the keys and the time, so the answers do not depend on the machine.
"""

import io
import json
import sys
import time

from django.conf import settings

settings.configure(
    SECRET_KEY="replaced by every question",
    ALLOWED_HOSTS=["*"],
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
)

import django
import sites
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from django.core import signing
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse

django.setup()


def version(question):
    return django.get_version()


def sign(question):
    return signing.Signer(salt=question["salt"]).sign(question["value"])


def unsign(question):
    return signing.Signer(salt=question["salt"]).unsign(question["signed"])


def stamp(question):
    return signing.TimestampSigner(salt=question["salt"]).sign(question["value"])


def unstamp(question):
    signer = signing.TimestampSigner(salt=question["salt"])
    return signer.unsign(question["signed"], max_age=question.get("max_age"))


def dumps(question):
    return signing.dumps(question["value"], salt=question["salt"], compress=question.get("compress", False))


def loads(question):
    return signing.loads(question["signed"], salt=question["salt"], max_age=question.get("max_age"))


def cookie_signer(question):
    return signing.get_cookie_signer(salt=question["salt"]).sign(question["value"])


def set_signed_cookie(question):
    """Returns the `Set-Cookie` header as Django's handlers write it."""
    response = HttpResponse()
    response.set_signed_cookie(
        question["name"],
        question["value"],
        salt=question["salt"],
        max_age=question.get("max_age"),
        httponly=True,
        samesite="Lax",
    )
    return response.cookies[question["name"]].output(header="").strip()


def get_signed_cookie(question):
    """Reads the cookie from the text of a `Cookie` header."""
    request = WSGIRequest(
        {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": "/",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "wsgi.input": io.BytesIO(),
            "HTTP_COOKIE": question["header"],
        }
    )
    return request.get_signed_cookie(question["name"], salt=question["salt"], max_age=question.get("max_age"))


ANSWERS = {
    answer.__name__: answer
    for answer in (
        version,
        sign,
        unsign,
        stamp,
        unstamp,
        dumps,
        loads,
        cookie_signer,
        set_signed_cookie,
        get_signed_cookie,
        *sites.ANSWERS,
    )
}

for line in sys.stdin.buffer:
    question = json.loads(line)
    settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS = question["keys"]
    now = question["now"]
    time.time = lambda: now
    if "database" in question:
        sites.use(question["database"])
    try:
        answer = {"ok": ANSWERS[question["ask"]](question)}
    except (signing.BadSignature, KeyError, SessionInterrupted, UpdateError) as refusal:
        answer = {"refused": type(refusal).__name__}
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()
