"""How does the simulator run on a port of its own? A threaded server in this process, apart from the host site."""

import os
import socket
import struct
import threading
from types import TracebackType
from typing import Any, cast

from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import resolve, set_urlconf

from django_wechat.simulator.platform import Platform, get_platform

URLCONF = "django_wechat.simulator.server_urls"


class SimulatorServer:
    """Serve the platform of this process: `with SimulatorServer() as server: … server.api_base_url …`.

    Port 0 takes any free port. `connections` counts the TCP connections that were accepted.
    """

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        self.platform: Platform = get_platform()
        self._httpd = _HTTPServer((host, port), _RequestHandler, ipv6=":" in host)
        self._httpd.set_app(_SimulatorHandler())
        self._thread = threading.Thread(target=self._httpd.serve_forever, args=(0.05,), daemon=True)

    def start(self) -> None:
        """Serve in a thread until `stop()`."""
        self._thread.start()

    def stop(self) -> None:
        """Stop serving and give the port back."""
        self._httpd.shutdown()
        self._httpd.server_close()
        self._thread.join()

    def __enter__(self) -> "SimulatorServer":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def port(self) -> int:
        """The port that is served."""
        return int(self._httpd.server_address[1])

    @property
    def url(self) -> str:
        """The address of the phone page, without the last slash."""
        host = str(self._httpd.server_address[0])
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    @property
    def api_base_url(self) -> str:
        """In place of https://api.weixin.qq.com."""
        return f"{self.url}/api"

    @property
    def open_base_url(self) -> str:
        """In place of https://open.weixin.qq.com."""
        return f"{self.url}/open"

    @property
    def mp_base_url(self) -> str:
        """In place of https://mp.weixin.qq.com."""
        return f"{self.url}/mp"

    @property
    def connections(self) -> int:
        """How many TCP connections were accepted so far."""
        return self._httpd.connections


class _SimulatorHandler(WSGIHandler):
    """Run our views without the host site's middleware and URLs."""

    def load_middleware(self, is_async: bool = False) -> None:
        """Put nothing between the server and the views."""

    def get_response(self, request: HttpRequest) -> HttpResponseBase:
        """Find the view among our own URLs, and turn what it raises into a response."""
        set_urlconf(URLCONF)
        request.urlconf = URLCONF
        response = cast(HttpResponseBase, convert_exception_to_response(_call_view)(request))
        # Without a length the server could not keep the connection open.
        if isinstance(response, HttpResponse):
            response["Content-Length"] = str(len(response.content))
        return response


def _call_view(request: HttpRequest) -> HttpResponseBase:
    view, args, kwargs = resolve(request.path_info, URLCONF)
    response: HttpResponseBase = view(request, *args, **kwargs)
    return response


class _RequestHandler(WSGIRequestHandler):
    """Speak HTTP/1.1 with keep-alive, and be able to break a connection off."""

    # Headers and body are two small writes: with Nagle's algorithm a kept connection waits 40 ms between them.
    disable_nagle_algorithm = True

    def get_environ(self) -> dict[str, Any]:
        """Offer the views a way to reset the connection."""
        return super().get_environ() | {"wechat_simulator.abort": self.abort}

    def abort(self) -> None:
        """Send a TCP reset at once."""
        connection: socket.socket = self.connection  # type: ignore[assignment]
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        os.close(connection.detach())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Stay quiet: the platform records the requests."""


class _HTTPServer(ThreadedWSGIServer):
    connections = 0
    # Django's ten are too few for a crowd of phones: the kernel cuts off who comes beyond.
    request_queue_size = 1024

    def get_request(self) -> Any:
        self.connections += 1
        return super().get_request()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Browsers that go away are no news."""
