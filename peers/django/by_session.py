"""The contract over `django.contrib.sessions` and `django.contrib.auth`, as their documentation shows."""

import json
import time

from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.models import User
from django.http import HttpResponse, JsonResponse
from django.urls import path

from contract import ABOUT, HEADERS, LIFETIME, mine


def answer(body, status=200):
    return JsonResponse(body, status=status, headers=HEADERS, json_dumps_params={"separators": (",", ":")})


def nothing_to_say():
    return HttpResponse(status=204, headers=HEADERS)


def refused(status=401):
    return HttpResponse(status=status)


def of(request, **more):
    issued_at = request.session["issued_at"]
    return answer(mine(request.user.username, issued_at, issued_at + LIFETIME.total_seconds(), **more))


def registered(request):
    body = json.loads(request.body)
    if User.objects.filter(username=body["username"]).exists():
        return refused(409)
    User.objects.create_user(body["username"], password=body["password"])
    return answer({"username": body["username"]}, 201)


def logged_in(request):
    by_form = request.content_type == "application/x-www-form-urlencoded"
    body = request.POST if by_form else json.loads(request.body)
    user = authenticate(request, username=body["username"], password=body["password"])
    if user is None:
        return refused()
    login(request, user)
    request.session["issued_at"] = int(time.time())
    return HttpResponse(status=303, headers=HEADERS | {"Location": "/mine"}) if by_form else of(request)


def mine_now(request):
    if not request.user.is_authenticated:
        return refused()
    return of(request, items=request.session.get("items", {}))


def logged_out(request):
    logout(request)
    return nothing_to_say()


def password_changed(request):
    body = json.loads(request.body)
    if not request.user.is_authenticated or not request.user.check_password(body["current"]):
        return refused()
    request.user.set_password(body["new"])
    request.user.save()
    update_session_auth_hash(request, request.user)
    return nothing_to_say()


def item(request, key):
    items = request.session.get("items", {})
    if request.method == "PUT":
        request.session["items"] = items | {key: json.loads(request.body)["value"]}
        return nothing_to_say()
    return answer({"key": key, "value": items[key], "expires_at": None}) if key in items else refused(404)


urlpatterns = [
    path("about", lambda request: answer(ABOUT)),
    path("register", registered),
    path("login", logged_in),
    path("mine", mine_now),
    path("logout", logged_out),
    path("password", password_changed),
    path("items/<key>", item),
]
