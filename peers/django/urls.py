"""The routes of the selected mode."""

from importlib import import_module

from django.conf import settings

MODULES = {"nothing": "nothing", "drf_token": "by_token", "simplejwt": "by_token"}
urlpatterns = import_module(MODULES.get(settings.MODE, "by_session")).urlpatterns
