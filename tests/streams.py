"""Whoever waits at a stream, without a server: an ASGI application is called as one would call it."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest
from django.db import connections
from django.http import HttpRequest, HttpResponse

from django_wechat.models import QRSession, WeChatProvider
from django_wechat.stores import qr_sessions
from django_wechat.web import browser_keys
from tests.factories import BothProviderFactory

KEY = "the browser's own key"
Result = TypeVar("Result")


def open_one(row: WeChatProvider, key: str = KEY, seconds: int = 300, action: str = "media") -> QRSession:
    """Return a new session that waits for a scan."""
    scene = qr_sessions.new_scene()
    request = {"action": action}
    return qr_sessions.open_session(row, key, scene=scene, appid=row.client_id_2, seconds=seconds, request=request)


@pytest.fixture
def row() -> WeChatProvider:
    created: WeChatProvider = BothProviderFactory()
    return created


@pytest.fixture
def session(row: WeChatProvider) -> QRSession:
    return open_one(row)


async def in_db(step: Callable[[], Result]) -> Result:
    """Return what `step` returns, which may use the database."""

    def run() -> Result:
        try:
            return step()
        finally:
            connections.close_all()

    return await asyncio.to_thread(run)


def cookie(key: str = KEY) -> str:
    """Return the signed cookie of the browser with `key`."""
    response = HttpResponse()
    browser_keys.write(HttpRequest(), response, key)
    return f"{browser_keys.COOKIE}={response.cookies[browser_keys.COOKIE].value}"


def scope_of(path: str, *, key: str = KEY, method: str = "GET", root_path: str = "", host: str = "testserver") -> Any:
    headers = [(b"host", host.encode())]
    if key:
        headers.append((b"cookie", cookie(key).encode()))
    return {
        "type": "http",
        "method": method,
        "path": path,
        "root_path": root_path,
        "query_string": b"",
        "headers": headers,
        "client": ("192.0.2.1", 4711),
    }


class Listener:
    """One browser at one stream. `data` are the answers it got so far, `status` is that of the response."""

    def __init__(self, app: Callable[..., Awaitable[None]], path: str, **scope: str) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.chunks: list[bytes] = []
        self.ended = False
        self._changed = asyncio.Event()
        self._gone = asyncio.Event()
        self._asked = False
        self.task = asyncio.ensure_future(app(scope_of(path, **scope), self._receive, self._send))

    @property
    def data(self) -> list[dict[str, Any]]:
        lines = b"".join(self.chunks).decode().splitlines()
        return [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: {")]

    @property
    def told(self) -> list[tuple[str, str]]:
        return [(answer["status"], answer["next"]) for answer in self.data]

    async def until(self, is_so: Callable[["Listener"], Any], seconds: float = 10) -> None:
        """Wait until something is so; fail after some seconds."""
        async with asyncio.timeout(seconds):
            while not is_so(self):
                self._changed.clear()
                await self._changed.wait()

    async def leave(self) -> None:
        """Close the connection."""
        self._gone.set()
        async with asyncio.timeout(10):
            await self.task

    async def _receive(self) -> dict[str, Any]:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode().lower(): value.decode() for name, value in message["headers"]}
        else:
            self.chunks.append(message.get("body", b""))
            self.ended = not message.get("more_body", False)
        self._changed.set()
