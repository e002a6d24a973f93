"""Runs Authlib's OAuth 2.0 client for the tests: one JSON object per line in, one per line out."""

import json
import sys

from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc6749 import OAuth2Token

session = None
updated = []


def begin(question):
    """Creates a client with the tokens of a login; it refreshes an expired access token automatically."""
    global session
    updated.clear()
    session = OAuth2Session(
        client_id="app",
        token=question["token"],
        token_endpoint=question["service"] + "/token",
        update_token=lambda token, refresh_token=None: updated.append(dict(token)),
    )


def expire(question):
    """Makes the client's access token expired."""
    session.token = OAuth2Token({**session.token, "expires_at": 1})


def get(question):
    answer = session.get(question["url"])
    return {"status": answer.status_code, "body": answer.json(), "refreshes": len(updated), "token": dict(session.token)}


def refresh(question):
    return dict(session.refresh_token(question["url"], refresh_token=question["refresh_token"]))


def revoke(question):
    return session.revoke_token(question["url"], token=question["token"], token_type_hint="refresh_token").status_code


def introspect(question):
    def bearer(request):
        request.headers["Authorization"] = "Bearer " + question["secret"]
        return request

    return session.introspect_token(question["url"], token=question["token"], auth=bearer).json()


ANSWERS = {answer.__name__: answer for answer in (begin, expire, get, refresh, revoke, introspect)}

for line in sys.stdin.buffer:
    question = json.loads(line)
    try:
        answer = {"ok": ANSWERS[question["ask"]](question)}
    except OAuthError as refusal:
        answer = {"refused": refusal.error}
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()
