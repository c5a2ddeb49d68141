"""`make demo`: prepare the example, say where it is, serve it.

Run as `python -m example_project.demo`. Chooses the address first, since the settings need to know it.
"""

import argparse
import io
import os
import socket
import sys

import django
from django.conf import settings
from django.core.management import call_command
from django.utils import translation

from django_wechat.demo.language import of_the_system
from example_project import drf_example
from example_project.greeting import greeting

PORTS_TRIED = 20


def main() -> None:
    """Prepare and serve; the options are those of the Makefile."""
    options = _options()
    site_host = _lan_address() if options.lan else "127.0.0.1"
    listen = "0.0.0.0" if options.lan else options.host
    if not options.lan and options.host not in ("127.0.0.1", "localhost", "0.0.0.0", "::"):
        site_host = options.host
    port = _free_port(listen, options.port)
    os.environ.update(PORT=str(port), LAN=site_host)
    if drf_example.is_possible() and not options.alone:
        os.environ["DRF_EXAMPLE_PORT"] = str(_first_free(listen, port + 1) or "")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "example_project.settings")
    os.environ.setdefault("DJANGO_RUNSERVER_HIDE_WARNING", "true")

    django.setup()
    call_command("migrate", verbosity=0)
    password = io.StringIO()
    call_command("seed_demo", stdout=password)
    with translation.override(of_the_system(os.environ)):
        named, other = f"http://localhost:{port}", settings.DRF_EXAMPLE_URL
        lines = greeting(settings.SITE_URL, named, password.getvalue().strip(), drf_example=other, lan=options.lan)
        print("\n".join(lines), flush=True)  # noqa: T201
    # No reloader; one thread for each request, since the site calls the pretend WeChat that it serves itself.
    # The other example comes last, so that the demo is there as soon as without it.
    with drf_example.beside(listen):
        call_command("runserver", f"{listen}:{port}", use_reloader=False, use_threading=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--alone", action="store_true", help="without the other example on a port of its own")
    parser.add_argument("--lan", action="store_true", help="listen on every address, for real phones")
    return parser.parse_args()


def _free_port(host: str, wanted: int) -> int:
    """Return the wanted port, or the next free one, and say so."""
    port = _first_free(host, wanted)
    if port is None:
        sys.exit(f"No free port from {wanted} to {wanted + PORTS_TRIED - 1}; choose one with: make demo PORT=…")
    if port != wanted:
        sys.stderr.write(f"\nPort {wanted} is taken; using {port} instead (choose one with PORT=…).\n")
    return port


def _first_free(host: str, wanted: int) -> int | None:
    for port in range(wanted, wanted + PORTS_TRIED):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
        return port
    return None


def _lan_address() -> str:
    """Return this machine's address in the local network (asks the routing table, sends nothing)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            sys.exit("This machine is in no network: LAN=1 has nothing to open to.")


if __name__ == "__main__":
    main()
