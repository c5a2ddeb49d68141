"""How is a person's picture fetched, and what is taken for one? (reference section 3.5)

Address and picture are chosen by others, so nothing is believed: only listed hosts are asked, by https and with no
redirect, for a bounded time, and only bytes that begin as a picture does are returned.
"""

import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from time import monotonic
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError, ReadTimeoutError

from django_wechat.exceptions import AvatarRefused

SECONDS = 3.0
"""How long a caller waits at most: for name lookup, connection and picture together."""

MAX_BYTES = 512 * 1024
AT_ONCE = 8
HOST = re.compile(r"(http://)?([a-z0-9-]+(?:\.[a-z0-9-]+)*)(:\d{1,5})?", re.IGNORECASE)
"""An entry of AVATAR_HOSTS: a host name, with a port if it is not 443; `http://` before it is for development."""

_CHUNK_BYTES = 16 * 1024
_LATE = "no picture in time"
_KINDS = {
    "jpg": re.compile(rb"\xff\xd8\xff"),
    "png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "gif": re.compile(rb"GIF8[79]a"),
    "webp": re.compile(rb"RIFF.{4}WEBP", re.DOTALL),
}
# No encoding: a small answer must not unpack into a large one.
_HEADERS = {"Accept": "image/*", "Accept-Encoding": "identity"}
_slots = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True)
class Picture:
    """A JPEG, PNG, GIF or WebP, and the extension that goes with it ("jpg", …)."""

    content: bytes = field(repr=False)
    extension: str


def fetch(address: str, hosts: Iterable[str], *, seconds: float = SECONDS) -> Picture:
    """Return the picture at `address`, whose host and port must be one of `hosts`.

    Raises `AvatarRefused` for everything else, and no later than after `seconds`. That is why a thread does the work:
    no timeout of a socket covers the name lookup, or an answer whose head comes byte by byte.
    """
    url = locate(address, hosts)
    if not _slots.acquire(blocking=False):
        raise AvatarRefused("too many pictures are being fetched at once")
    result: SimpleQueue[bytes | AvatarRefused] = SimpleQueue()
    threading.Thread(target=_work, args=(result, url, seconds), name="wechat-avatar", daemon=True).start()
    try:
        received = result.get(timeout=seconds)
    except Empty:
        received = AvatarRefused(_LATE)
    if isinstance(received, AvatarRefused):
        raise received
    return Picture(received, _extension(received))


def locate(address: str, hosts: Iterable[str]) -> str:
    """Return the URL to ask for `address`; raise `AvatarRefused` unless its host and port are in `hosts`.

    The https of `address` becomes http only for a host that is listed as `http://host:port`.
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    origin = _origins(hosts).get(parts.netloc.lower().removesuffix(":443"))
    if parts.scheme != "https" or origin is None:
        raise AvatarRefused("its address is not on a host of AVATAR_HOSTS")
    return f"{origin}{parts.path}" + (f"?{parts.query}" if parts.query else "")


def _origins(hosts: Iterable[str]) -> dict[str, str]:
    """Map host and port, as an address has them, to the origin that is asked."""
    entries = (entry.lower().removesuffix(":443") for entry in hosts)
    return {
        entry.removeprefix("http://"): entry if entry.startswith("http://") else f"https://{entry}" for entry in entries
    }


def _work(result: SimpleQueue[bytes | AvatarRefused], url: str, seconds: float) -> None:
    """Put the bytes, or why there are none, into `result`; nobody may be waiting for it any more."""
    try:
        result.put(_read(url, seconds))
    except AvatarRefused as refused:
        result.put(refused)
    except (requests.Timeout, ReadTimeoutError):
        result.put(AvatarRefused(_LATE))
    except requests.exceptions.SSLError:
        result.put(AvatarRefused("no secure connection"))
    except (requests.RequestException, HTTPError, OSError, ValueError):
        result.put(AvatarRefused("no connection, or one that was cut"))
    finally:
        _slots.release()


def _read(url: str, seconds: float) -> bytes:
    deadline = monotonic() + seconds
    with requests.Session() as session:
        # No proxy, password or certificate list from the environment, and no cookie: the session ends here.
        session.trust_env = False
        with session.get(url, headers=_HEADERS, timeout=seconds, allow_redirects=False, stream=True) as response:
            if response.status_code != requests.codes.ok:
                raise AvatarRefused(f"HTTP status {response.status_code}")
            if int(response.headers.get("Content-Length", "0")) > MAX_BYTES:
                raise AvatarRefused("it is too large")
            return _body(response, deadline)


def _body(response: requests.Response, deadline: float) -> bytes:
    received = b""
    while chunk := response.raw.read1(_CHUNK_BYTES, decode_content=False):
        received += chunk
        if len(received) > MAX_BYTES:
            raise AvatarRefused("it is too large")
        if monotonic() > deadline:
            raise AvatarRefused(_LATE)
    return received


def _extension(content: bytes) -> str:
    """The first bytes decide, whatever the Content-Type says; SVG and HTML could hold scripts and are none of these."""
    for extension, beginning in _KINDS.items():
        if beginning.match(content):
            return extension
    raise AvatarRefused("it is no JPEG, PNG, GIF or WebP picture")
