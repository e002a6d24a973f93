"""DRF's token with the usual scheme `Bearer`."""

from rest_framework.authentication import TokenAuthentication


class Token(TokenAuthentication):
    keyword = "Bearer"
