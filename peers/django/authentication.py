"""DRF's token under the word that everybody else uses for it."""

from rest_framework.authentication import TokenAuthentication


class Token(TokenAuthentication):
    keyword = "Bearer"
