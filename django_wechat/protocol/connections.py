"""How does a connection to WeChat live? Pooled, checked once for its certificate, and never trusted when it is old.

Two things that `requests` and urllib3 leave to their caller:

- `requests` reads the CA bundle anew for every connection, which takes ten times the CPU of the handshake itself. Here
  it is read once into one `SSLContext` for all connections of a process.
- A kept connection may be dead without anybody having heard: the server, or a firewall in between, gave it up while it
  was idle. One that was idle too long is not used at all. Where one turns out to be dead, the request goes out once
  more, on a new connection.

Why that may be done although a code is good for one exchange: it is done only if the connection had answered before,
and closed before a single byte of this answer came. So close all servers that gave up an idle connection, and they have
not looked at the request. Should WeChat have used the code up nevertheless, it says so (errcode 40163) and the sign-in
ends as with any used code. A request that nothing answers in time, or that broke on a new connection, or within its
answer, is never sent again: there the code was most likely used.
"""

import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPResponse, RemoteDisconnected
from queue import Empty, Queue
from time import monotonic
from typing import Any

from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ProtocolError
from urllib3.response import BaseHTTPResponse
from urllib3.util.ssl_ import create_urllib3_context

MAX_IDLE = 30.0
"""Seconds after which an idle connection is not used any more; proxies and firewalls drop them after a minute or so."""

POOL_SIZE = 20


class DeadConnectionError(ConnectionResetError):
    """A kept connection was closed before anything of the answer came."""


class _Answer(HTTPResponse):
    """An answer that tells whether anything of it came: a reset before its first byte is an end like any other."""

    def begin(self) -> None:
        try:
            came = self.fp.peek(1)
        except ConnectionResetError:
            came = b""
        if not came:
            raise RemoteDisconnected("Remote end closed connection without response")
        super().begin()


class _Kept(HTTPConnection):
    """A connection that knows when it last answered; None for a new one."""

    response_class = _Answer
    _answered_at: float | None = None

    def connect(self) -> None:
        self._answered_at = None
        super().connect()

    @property
    def is_connected(self) -> bool:
        """Whether the pool may use it again."""
        idle_too_long = self._answered_at is not None and monotonic() - self._answered_at > MAX_IDLE
        return not idle_too_long and super().is_connected

    def request(self, *args: Any, **kwargs: Any) -> None:
        with self._telling_if_dead():
            super().request(*args, **kwargs)

    def getresponse(self) -> Any:
        with self._telling_if_dead():
            response = super().getresponse()
        self._answered_at = monotonic()
        return response

    @contextmanager
    def _telling_if_dead(self) -> Iterator[None]:
        """Name what may be tried again, and nothing else: for `requests`, any TLS error is one of the handshake."""
        try:
            yield
        except (RemoteDisconnected, ssl.SSLEOFError, ssl.SSLZeroReturnError) as error:
            if self._answered_at is not None:
                raise DeadConnectionError("the kept connection was dead") from None
            raise ConnectionResetError("the connection was cut") from error
        except ssl.SSLError as error:
            raise ConnectionAbortedError("the secure connection broke") from error


class _KeptSecure(_Kept, HTTPSConnection):
    """The same with TLS."""


class _Pool(HTTPConnectionPool):
    """Kept connections to one server."""

    ConnectionCls = _Kept

    def urlopen(self, *args: Any, **kwargs: Any) -> BaseHTTPResponse:
        """Send a request; once more if a kept connection was dead, and then not on another that is as old."""
        try:
            return super().urlopen(*args, **kwargs)
        except ProtocolError as error:
            if not isinstance(error.args[-1], DeadConnectionError):
                raise
        self._close_idle()
        return super().urlopen(*args, **kwargs)

    def _close_idle(self) -> None:
        idle: Queue[Any] = self.pool  # type: ignore[assignment]  # None once a pool is closed, which ours never is
        with suppress(Empty):
            for _ in range(POOL_SIZE):
                # Places that were never taken hold None.
                if connection := idle.get_nowait():
                    connection.close()


class _SecurePool(_Pool, HTTPSConnectionPool):
    """The same with TLS."""

    ConnectionCls = _KeptSecure


_POOLS = {"http": _Pool, "https": _SecurePool}


class KeptConnections(HTTPAdapter):
    """What mounts all this into a session of `requests`. Certificates and host names are always verified.

    The CA bundle is the one that `requests` would take: REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE, else its own. Raises
    `OSError` if it cannot be read.
    """

    def __init__(self) -> None:
        self._context = _verifying_context()
        # max_retries=0: urllib3 logs the whole URL, secret included, when it retries by itself.
        super().__init__(pool_connections=4, pool_maxsize=POOL_SIZE, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Have the pools make our connections."""
        super().init_poolmanager(*args, **kwargs, ssl_context=self._context)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """Have those behind a proxy do so too; SOCKS has classes of its own."""
        if proxy.lower().startswith("socks"):
            return super().proxy_manager_for(proxy, **kwargs, ssl_context=self._context)
        manager = super().proxy_manager_for(proxy, **kwargs, ssl_context=self._context, proxy_ssl_context=self._context)
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> Any:
        """Name the server, and no CA bundle: urllib3 would read it into the shared context at every connection."""
        host, _tls = super().build_connection_pool_key_attributes(request, verify, cert)
        return host, {}

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Name no CA bundle here either; the context verifies."""


def _verifying_context() -> ssl.SSLContext:
    bundle = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or DEFAULT_CA_BUNDLE_PATH
    context = create_urllib3_context()
    if os.path.isdir(bundle):
        context.load_verify_locations(capath=bundle)
    else:
        context.load_verify_locations(cafile=bundle)
    return context
