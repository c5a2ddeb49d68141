"""How does the simulator run alone? `python -m django_wechat.simulator --port 8001`."""

import argparse
import signal
import socket
import sys
import threading

import django
from django.conf import settings

from django_wechat.simulator.server import URLCONF, SimulatorServer


def main(arguments: list[str] | None = None) -> None:
    """Serve until interrupted or terminated."""
    options = _read(arguments)
    settings.configure(
        DEBUG=True,
        SECRET_KEY="the simulator signs nothing",
        ALLOWED_HOSTS=["*", *options.allow_host],
        ROOT_URLCONF=URLCONF,
        INSTALLED_APPS=["django_wechat.simulator"],
        USE_TZ=True,
    )
    django.setup()
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    with SimulatorServer("0.0.0.0" if options.open_to_lan else options.host, options.port) as server:  # noqa: S104
        sys.stdout.write(_greeting(_address(server, options.open_to_lan)))
        sys.stdout.flush()
        stopped.wait()


def _read(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m django_wechat.simulator", description="A pretend WeChat.")
    parser.add_argument("--port", type=int, default=8001, help="port to serve on (default: 8001)")
    parser.add_argument("--host", default="127.0.0.1", help="loopback address to serve on")
    parser.add_argument("--open-to-lan", action="store_true", help="serve real phones in the local network too")
    parser.add_argument("--allow-host", action="append", default=[], metavar="NAME", help="answer to this name, too")
    options = parser.parse_args(arguments)
    if options.host not in {"127.0.0.1", "::1", "localhost"}:
        parser.error("--host takes only a loopback address; use --open-to-lan to serve the local network")
    return options


def _address(server: SimulatorServer, open_to_lan: bool) -> str:
    return f"http://{_lan_address()}:{server.port}" if open_to_lan else server.url


def _lan_address() -> str:
    """Return this machine's address in the local network; connecting a UDP socket sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def _greeting(url: str) -> str:
    return (
        f"The pretend WeChat is at {url}/\n\n"
        f"  API_BASE_URL   {url}/api\n  OPEN_BASE_URL  {url}/open\n  MP_BASE_URL    {url}/mp\n\n"
        "Stop it with Ctrl-C.\n"
    )


if __name__ == "__main__":
    main()
