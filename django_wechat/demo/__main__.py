"""How is the demo started? `python -m django_wechat.demo`: a database in a temporary folder, and a server on loopback.

Prepares everything itself, because it is also what somebody tries first after `pip install`.
"""

import argparse
import io
import os
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command
from django.utils import translation
from django.utils.translation import gettext

from django_wechat.demo.language import of_the_system
from django_wechat.demo.settings import demo_settings

LOOPBACK = ("127.0.0.1", "localhost")
PORTS_TRIED = 20


def main(arguments: list[str] | None = None) -> None:
    """Prepare and serve until interrupted."""
    options = _read(arguments)
    if settings.configured:
        sys.exit("The demo is a site of its own: start it with python -m django_wechat.demo, not inside a project.")
    port = _free_port(options.host, options.port)
    site = f"http://{options.host}:{port}"
    with _folder(options.folder) as folder:
        settings.configure(**demo_settings(site, folder))
        os.environ.setdefault("DJANGO_RUNSERVER_HIDE_WARNING", "true")
        django.setup()
        password = _prepare()
        with translation.override(of_the_system(os.environ)):
            sys.stdout.write(_greeting(site, password))
        sys.stdout.flush()
        # No reloader; one thread for each request, since the site calls the pretend WeChat that it serves itself.
        call_command("runserver", f"{options.host}:{port}", use_reloader=False, use_threading=True)


def _prepare() -> str:
    """Make the tables and what is in them; return the administrator's password."""
    password = io.StringIO()
    call_command("migrate", verbosity=0)
    call_command("fill_wechat_demo", stdout=password)
    return password.getvalue().strip()


def _read(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m django_wechat.demo", description="A site with a pretend WeChat beside it, to show to somebody."
    )
    parser.add_argument("--port", type=int, default=8000, help="port to serve on (default: 8000, or the next free one)")
    parser.add_argument("--host", default="127.0.0.1", help="loopback address to serve on: 127.0.0.1 or localhost")
    parser.add_argument("--folder", type=Path, help="keep database and pictures there (default: a temporary folder)")
    options = parser.parse_args(arguments)
    if options.host not in LOOPBACK:
        parser.error("--host takes only 127.0.0.1 or localhost: anybody who reaches the demo can be anybody in it")
    return options


@contextmanager
def _folder(wanted: Path | None) -> Iterator[Path]:
    if wanted:
        wanted.mkdir(parents=True, exist_ok=True)
        yield wanted.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="wechat-demo-") as folder:
        yield Path(folder)


def _free_port(host: str, wanted: int) -> int:
    """Return the wanted port, or the next free one."""
    for port in range(wanted, wanted + PORTS_TRIED):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    sys.exit(f"No free port from {wanted} to {wanted + PORTS_TRIED - 1}; choose one with --port.")


def _greeting(site: str, password: str) -> str:
    lines = [
        gettext("Sign in with WeChat, in thirty seconds: open %(url)s") % {"url": f"{site}/"},
        "",
        gettext("1. Choose Sign in. A QR code appears on the left."),
        gettext("2. On the phone on the right, tap Scan, then Allow."),
        gettext("3. The site greets you by name. Nothing here is real: no WeChat account, no message."),
        "",
        gettext("The administrator’s side, filled with a made-up week: %(url)s") % {"url": f"{site}/admin/"},
        gettext("User %(name)s, password %(password)s") % {"name": "admin", "password": password},
        "",
        gettext("Ctrl-C stops it."),
    ]
    return "\n" + "\n".join(f"  {line}".rstrip() for line in lines) + "\n\n"


if __name__ == "__main__":
    main()
