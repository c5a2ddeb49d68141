"""How does a request reach WeChat? The one place that speaks HTTP.

One pooled keep-alive session per process (`connections.py`); a child process after a fork makes its own. WeChat's
secrets travel in query strings, so no text of a `requests` exception (it holds the URL) ever leaves this file.
"""

import json
import logging
import os
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from time import monotonic
from typing import Any
from urllib.parse import urlencode

import requests
from urllib3.exceptions import HTTPError, MaxRetryError, ReadTimeoutError

from django_wechat.exceptions import WeChatError, WeChatGarbled, WeChatTimeout, WeChatUnreachable
from django_wechat.protocol.connections import KeptConnections
from django_wechat.protocol.errcodes import error_for
from django_wechat.protocol.quiet import quietly

CHUNK_BYTES = 16 * 1024
MAX_ANSWER_BYTES = 1024 * 1024

# Order matters: the first base class that fits decides. tests/wire/test_transport.py proves that none is missing.
FAILURES: tuple[tuple[type[Exception], type[WeChatError], str], ...] = (
    (requests.ConnectTimeout, WeChatUnreachable, "no connection in time"),
    (requests.Timeout, WeChatTimeout, "no answer in time"),
    (requests.exceptions.SSLError, WeChatUnreachable, "no secure connection"),
    (requests.exceptions.ProxyError, WeChatUnreachable, "the proxy did not connect"),
    (requests.ConnectionError, WeChatGarbled, "the connection was cut"),
    (requests.exceptions.ChunkedEncodingError, WeChatGarbled, "the answer was cut"),
    (requests.exceptions.ContentDecodingError, WeChatGarbled, "the answer cannot be unpacked"),
    (requests.RequestException, WeChatUnreachable, "the address is not usable"),
    (HTTPError, WeChatGarbled, "the answer was cut or cannot be unpacked"),
)


class _Fields:
    """Named values that may be secret: no mapping, and nobody who prints them, or a traceback, sees a value."""

    def __init__(self, **fields: Any) -> None:
        self._fields = tuple(fields.items())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(name for name, _value in self._fields)})"


class Query(_Fields):
    """The query of a request."""

    def encoded(self) -> str:
        """Return it as it stands behind the question mark."""
        return urlencode(self._fields)


class Content(_Fields):
    """The JSON object that a request carries."""

    def encoded(self) -> bytes:
        """Return it in real UTF-8: text escaped as \\uXXXX is refused with 40033 (reference section 0.1)."""
        return json.dumps(dict(self._fields), ensure_ascii=False).encode()


@dataclass(frozen=True)
class Transport:
    """Calls one of WeChat's servers.

    `base_url` has no slash at its end. `connect_timeout` and `read_timeout` are seconds; `read_timeout` bounds the wait
    for the beginning of the answer and, together with `connect_timeout`, the time its body may take. `observe` is told
    the headers of each answer.
    """

    base_url: str
    connect_timeout: float
    read_timeout: float
    observe: Callable[[Mapping[str, str]], None] | None = None

    def get(self, path: str, query: Query) -> dict[str, Any]:
        """Return WeChat's answer to a GET; raise a `WeChatError` for everything else, an `errcode` included.

        A connection that could not be made is tried once more; a request that reached WeChat never is, because WeChat
        may have used up the code it held (reference section 9, trap 6). `connections.py` says when none was reached.
        """
        return self._call("GET", path, query, None)

    def post(self, path: str, query: Query, content: Content) -> dict[str, Any]:
        """Return WeChat's answer to a POST of JSON, as `get` does."""
        return self._call("POST", path, query, content)

    def post_for_bytes(self, path: str, query: Query, content: Content) -> bytes:
        """Return what WeChat answers to a POST of JSON, as it is: a picture, or JSON that says why there is none."""
        return self._send("POST", path, query, content)

    def get_page(self, path: str, query: Query) -> str:
        """Return a page of WeChat's, whatever it says; raise a `WeChatError` if it does not come."""
        return self._send("GET", path, query, None).decode("utf-8", "replace")

    def _call(self, method: str, path: str, query: Query, body: Content | None) -> dict[str, Any]:
        answer = decode(self._send(method, path, query, body), path)
        if error := error_for(answer, path):
            raise error
        return answer

    def _send(self, method: str, path: str, query: Query, body: Content | None) -> bytes:
        received, failure = self._attempt(method, path, query, body)
        if isinstance(failure, WeChatUnreachable):
            received, failure = self._attempt(method, path, query, body)
        if failure:
            raise failure
        return received

    def _attempt(self, method: str, path: str, query: Query, body: Content | None) -> tuple[bytes, WeChatError | None]:
        """The failure is returned, not raised, so that no traceback chains to the exception with the URL in it."""
        try:
            with quietly:
                return self._read(method, path, query, body), None
        except WeChatError as error:
            return b"", error
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            return b"", _failure_for(error, path)

    def _read(self, method: str, path: str, query: Query, body: Content | None) -> bytes:
        deadline = monotonic() + self.connect_timeout + self.read_timeout
        with _sessions.get().request(
            method,
            self.base_url + path,
            params=query.encoded(),
            data=body.encoded() if body else None,
            headers={"Content-Type": "application/json; charset=utf-8"} if body else None,
            timeout=(self.connect_timeout, self.read_timeout),
            allow_redirects=False,
            stream=True,
        ) as response:
            if self.observe:
                self.observe(response.headers)
            if response.status_code != requests.codes.ok:
                raise WeChatGarbled(f"HTTP status {response.status_code}", endpoint=path)
            return _body(response, path, deadline)


def decode(body: bytes, endpoint: str) -> dict[str, Any]:
    """Return the JSON object in `body`; raise `WeChatGarbled` if there is none.

    The Content-Type is noise: the bytes are UTF-8, nicknames may hold raw control characters, and one may be cut inside
    a character (reference section 3.6).
    """
    try:
        answer = json.loads(body.decode("utf-8", "replace"), strict=False)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise WeChatGarbled("the answer is not a JSON object", endpoint=endpoint)
    return answer


def _body(response: requests.Response, endpoint: str, deadline: float) -> bytes:
    """Read what has come, again and again: one `read` of it all would wait for the end of a trickle."""
    chunks: list[bytes] = []
    while chunk := response.raw.read1(CHUNK_BYTES, decode_content=True):
        chunks.append(chunk)
        if sum(map(len, chunks)) > MAX_ANSWER_BYTES:
            raise WeChatGarbled("the answer is too large", endpoint=endpoint)
        if monotonic() > deadline:
            raise WeChatTimeout("the answer came too slowly", endpoint=endpoint)
    return b"".join(chunks)


def _failure_for(error: Exception, endpoint: str) -> WeChatError:
    """Name the failure in our own words; those of `requests` hold the URL, and the URL holds the secret."""
    cause = error.args[0] if error.args else None
    if isinstance(error, ReadTimeoutError) or isinstance(cause, ReadTimeoutError):
        return WeChatTimeout("no answer in time", endpoint=endpoint)
    if type(error) is requests.ConnectionError and isinstance(cause, MaxRetryError):
        return WeChatUnreachable("no connection", endpoint=endpoint)
    for kind, failure, words in FAILURES:
        if isinstance(error, kind):
            return failure(words, endpoint=endpoint)
    return WeChatUnreachable("this server's network settings are not usable", endpoint=endpoint)


class _Sessions:
    """The process's one session, made at its first use and made anew in a forked child."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._session: requests.Session | None = None

    def get(self) -> requests.Session:
        with self._lock:
            if self._session is None:
                self._session = _new_session()
            return self._session

    def forget(self) -> None:
        """Leave the parent's sockets to the parent: two processes on one TLS stream corrupt each other."""
        self._lock = threading.Lock()
        self._session = None


def _new_session() -> requests.Session:
    session = requests.Session()
    adapter = KeptConnections()
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session


_sessions = _Sessions()
os.register_at_fork(after_in_child=_sessions.forget)

_QUERY = re.compile(r"(/(?:sns|cgi-bin|wxa)/[^?\s\"]*\?)[^\s\"]*")


class _HideQuery(logging.Filter):
    """urllib3 logs each request line at DEBUG; keep WeChat's paths and drop their queries."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if "?" in message and (hidden := _QUERY.sub(r"\1…", message)) != message:
            record.msg, record.args = hidden, ()
        return True


logging.getLogger("urllib3.connectionpool").addFilter(_HideQuery())
