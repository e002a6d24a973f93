"""Bodies and headers, as the services send them."""

from datetime import UTC, datetime, timedelta

from django.conf import settings

# The headers of every answer of the services.
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "X-Request-Id": "0123456789abcdef",
}
PASSWORD = "correct horse battery staple"
LIFETIME = timedelta(seconds=settings.SESSION_COOKIE_AGE)
MECHANISM = {"signed_cookies": "cookie", "drf_token": "token", "simplejwt": "token", "nothing": "cookie"}.get(
    settings.MODE, "session"
)
ABOUT = {
    "mechanism": MECHANISM,
    "version": "Django 6.1.3",
    "state_lives": "client" if settings.MODE in ("signed_cookies", "simplejwt") else "server",
    "store": {"cache": "redis", "db": "postgresql", "drf_token": "sqlite"}.get(settings.MODE),
    "carriers": ["bearer" if MECHANISM == "token" else "cookie"],
    "lifetime": settings.SESSION_COOKIE_AGE,
    "login_lifetime": settings.SESSION_COOKIE_AGE,
    "staleness": 0,
    "can": {
        "list_logins": False,
        "revoke_login": settings.MODE in ("cache", "db", "drf_token"),
        "revoke_all": False,
        "anonymous_items": False,
        "cookieless_clients": MECHANISM == "token",
        "concurrent_item_writes": False,
    },
}


def instant(seconds):
    """RFC 3339 in UTC, whole seconds."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def mine(username, issued_at, expires_at, **more):
    """The answer of `GET /mine` with `items`, of `POST /login` without."""
    return {
        "username": username,
        "mechanism": MECHANISM,
        "issued_at": instant(issued_at),
        "expires_at": instant(expires_at),
    } | more
