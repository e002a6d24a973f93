"""Logs in for schemathesis: once for calls that read and write, and again before each call that ends logins."""

import itertools
import os

import requests
import schemathesis

BASE = os.environ["SERVICE"]
PASSWORD = "correct horse battery staple"
ENDS_LOGINS = {"/login", "/logout", "/logins", "/logins/{id}", "/password"}
numbers = itertools.count()


def logged_in():
    """Logs a new account in; returns the credential as headers and as cookies."""
    account = {"username": f"guest {next(numbers)}", "password": PASSWORD}
    requests.post(f"{BASE}/register", json=account).raise_for_status()
    answer = requests.post(f"{BASE}/login", json=account)
    answer.raise_for_status()
    if token := answer.json().get("token"):
        return {"Authorization": f"Bearer {token['access_token']}"}, {}
    return {}, answer.cookies.get_dict()


@schemathesis.auth(refresh_interval=None)
class Login:
    def __init__(self):
        self.lasting = None

    def get(self, case, context):
        if case.operation.path in ENDS_LOGINS and case.operation.method.upper() != "GET":
            return logged_in()
        self.lasting = self.lasting or logged_in()
        return self.lasting

    def set(self, case, login, context):
        headers, cookies = login
        case.headers.update(headers)
        case.cookies.update(cookies)
