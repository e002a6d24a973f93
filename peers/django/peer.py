"""`python peer.py MODE [STORE]`: Django behind gunicorn, one worker with threads. Prints its address first, and ends at the end of
its standard input. It stores its data in the current folder.

MODE is `nothing`, `signed_cookies`, `cache` (Redis), `db` (PostgreSQL), `drf_token` or `simplejwt`.
"""

import os
import signal
import sys
import threading

from gunicorn.app.base import BaseApplication

# The number of accounts that the benches use.
ACCOUNTS = 2_000


def prepare():
    """Creates tables and users."""
    import django

    django.setup()
    from django.contrib.auth.hashers import make_password
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.db import connections

    from contract import PASSWORD

    call_command("migrate", run_syncdb=True, verbosity=0)
    password = make_password(PASSWORD)
    User.objects.bulk_create(User(username=f"u{number:05}", password=password) for number in range(ACCOUNTS))
    connections.close_all()


def end_with_parent():
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGKILL)


class Server(BaseApplication):
    def load_config(self):
        settings = {
            "bind": "127.0.0.1:0",
            "workers": 1,
            # Gunicorn's default worker closes every connection after its answer.
            "worker_class": "gthread",
            "threads": 4,
            "keepalive": 75,
            "errorlog": "/dev/null",
            "post_worker_init": announce,
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self):
        from django.core.wsgi import get_wsgi_application

        return get_wsgi_application()


def announce(worker):
    host, port = worker.sockets[0].getsockname()
    print(f"{host}:{port}", flush=True)


def main():
    os.environ["PEER_MODE"], os.environ["PEER_STORE"] = (sys.argv[1:] + [""])[:2]
    os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
    if os.environ["PEER_MODE"] != "nothing":
        child = os.fork()
        if child == 0:
            prepare()
            os._exit(0)
        if os.waitpid(child, 0)[1]:
            sys.exit("cannot create the tables")
    threading.Thread(target=end_with_parent, daemon=True).start()
    Server().run()


if __name__ == "__main__":
    main()
