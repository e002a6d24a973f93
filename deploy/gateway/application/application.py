"""An application that knows nothing of logins: it greets the user whom the gateway names in Remote-User."""

import signal
import sys
import urllib.request
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

PORT = 3000
PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Application</title></head><body>
<h1>Hello, {user}</h1>
<p>This page is {path}. The application has no login of its own.</p>
<form method="post" action="/logout"><button>Log out</button></form>
</body></html>
"""


class Application(BaseHTTPRequestHandler):
    def do_GET(self):
        # Only the health check comes without a user: it does not pass the gateway.
        user = unquote(self.headers.get("Remote-User", "nobody"))
        page = PAGE.format(user=escape(user), path=escape(self.path)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(page)


if sys.argv[1:] == ["healthcheck"]:
    urllib.request.urlopen(f"http://127.0.0.1:{PORT}/", timeout=2)
else:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    ThreadingHTTPServer(("", PORT), Application).serve_forever()
