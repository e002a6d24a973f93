"""Only the answer, to measure Django and gunicorn without a mechanism."""

import time

from django.http import JsonResponse
from django.urls import path

from contract import HEADERS, LIFETIME, mine


def answer(request):
    now = int(time.time())
    body = mine("u00000", now, now + LIFETIME.total_seconds(), items={})
    return JsonResponse(body, headers=HEADERS, json_dumps_params={"separators": (",", ":")})


urlpatterns = [path("mine", answer)]
