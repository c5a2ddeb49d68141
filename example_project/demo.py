"""`make demo`: prepare the example, say where it is, serve it.

Run as `python -m example_project.demo`. Chooses the address first, since the settings need to know it.
"""

import argparse
import io
import os
import socket
import sys

import django
from django.core.management import call_command

BANNER = """
  ┌──────────────────────────────────────────────────────────────────────────────
  │  Sign in with WeChat: the demo is at   {site}/
  │
  │  Admin      {site}/admin/
  │  User       admin
  │  Password   {password}
  │
  │  To try:
  │   1. Open {site}/ and choose Sign in, then the WeChat tab.
  │   2. Open the pretend phone ({site}{phone}), scan the code, allow: you are 张三.
  │   3. Sign out. On the home page, choose "Follow the account to sign in": scan,
  │      follow, confirm in the chat.
  │   4. In the admin, under WeChat sign-in, see how a provider is set up.
  │   5. Signed in with WeChat, choose Security on the home page: switch on two-factor
  │      authentication, set a password. For a passkey open {named}/ instead:
  │      browsers want a host name for those.
  │
  │  Ctrl-C stops it.{note}
  └──────────────────────────────────────────────────────────────────────────────
"""
LAN_NOTE = """
  │
  │  OPEN TO YOUR LOCAL NETWORK: anyone in it can reach this demo. A phone in the
  │  same Wi-Fi can scan the code with its camera."""


def main() -> None:
    """Prepare and serve; the options are those of the Makefile."""
    options = _options()
    site_host = _lan_address() if options.lan else "127.0.0.1"
    listen = "0.0.0.0" if options.lan else options.host
    if not options.lan and options.host not in ("127.0.0.1", "localhost", "0.0.0.0", "::"):
        site_host = options.host
    port = _free_port(listen, options.port)
    os.environ.update(PORT=str(port), LAN=site_host)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "example_project.settings")
    os.environ.setdefault("DJANGO_RUNSERVER_HIDE_WARNING", "true")

    django.setup()
    call_command("migrate", verbosity=0)
    password = io.StringIO()
    call_command("seed_demo", stdout=password)
    site = f"http://{site_host}:{port}"
    banner = BANNER.format(
        site=site,
        named=f"http://localhost:{port}",
        password=password.getvalue().strip(),
        phone="/simulator/",
        note=LAN_NOTE if options.lan else "",
    )
    print(banner, flush=True)  # noqa: T201
    # No reloader; one thread for each request, since the site calls the pretend WeChat that it serves itself.
    call_command("runserver", f"{listen}:{port}", use_reloader=False, use_threading=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--lan", action="store_true", help="listen on every address, for real phones")
    return parser.parse_args()


def _free_port(host: str, wanted: int) -> int:
    """Return the wanted port, or the next free one, and say so."""
    for port in range(wanted, wanted + 20):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
        if port != wanted:
            sys.stderr.write(f"\nPort {wanted} is taken; using {port} instead (choose one with PORT=…).\n")
        return port
    sys.exit(f"No free port from {wanted} to {wanted + 19}; choose one with: make demo PORT=…")


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
