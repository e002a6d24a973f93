"""The contract over Django REST framework: its tokens, one per user, or simplejwt's."""

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.urls import path
from rest_framework.authtoken.models import Token
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.response import Response
from rest_framework_simplejwt.tokens import RefreshToken

from contract import ABOUT, HEADERS, LIFETIME, mine


def open_to_all(*methods):
    """A view without a login."""
    return lambda view: api_view(methods)(authentication_classes([])(permission_classes([])(view)))


def times(token):
    if settings.MODE == "simplejwt":
        return token["iat"], token["exp"]
    created = token.created.timestamp()
    return created, created + LIFETIME.total_seconds()


@open_to_all("GET")
def about(request):
    return Response(ABOUT, headers=HEADERS)


@open_to_all("POST")
def registered(request):
    if User.objects.filter(username=request.data["username"]).exists():
        return Response(status=409)
    User.objects.create_user(request.data["username"], password=request.data["password"])
    return Response({"username": request.data["username"]}, status=201, headers=HEADERS)


@open_to_all("POST")
def logged_in(request):
    user = authenticate(request, username=request.data["username"], password=request.data["password"])
    if user is None:
        return Response(status=401)
    if settings.MODE == "simplejwt":
        token = RefreshToken.for_user(user).access_token
        text = str(token)
    else:
        token, _ = Token.objects.get_or_create(user=user)
        text = token.key
    body = mine(user.username, *times(token), token={"access_token": text, "token_type": "Bearer"})
    return Response(body, headers=HEADERS)


@api_view(["GET"])
def mine_now(request):
    return Response(mine(request.user.username, *times(request.auth), items={}), headers=HEADERS)


@api_view(["POST"])
def logged_out(request):
    """Deletes DRF's token. The server stores nothing of a JWT, so a JWT cannot be deleted."""
    if settings.MODE == "drf_token":
        request.auth.delete()
    return Response(status=204, headers=HEADERS)


urlpatterns = [
    path("about", about),
    path("register", registered),
    path("login", logged_in),
    path("mine", mine_now),
    path("logout", logged_out),
]
