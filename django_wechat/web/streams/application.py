"""How do thousands of browsers wait at little cost? Their streams are served in front of the site's middleware.

A site gets at this by `django_wechat.asgi`.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import aclosing, suppress
from io import BytesIO
from typing import Any

from django.core.handlers.asgi import ASGIRequest, get_script_prefix
from django.urls import Resolver404, resolve
from django.utils import translation

from django_wechat.stores.qr_sessions import PUBLIC_ID
from django_wechat.web import browser_keys
from django_wechat.web.streams import events, watcher
from django_wechat.web.streams.waiting import Waiting

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_STREAM = re.compile(rf"/wechat/qr/{PUBLIC_ID}/stream/\Z")


def in_front_of(application: Application) -> Application:
    """Return an ASGI application that serves the streams of waiting browsers, and leaves the rest to `application`.

    No middleware sees these requests: they need no host, session or user, only the browser's own key.
    """

    async def with_streams(scope: Scope, receive: Receive, send: Send) -> None:
        public_id = _stream_in(scope)
        if public_id:
            await _serve(scope, public_id, receive, send)
        else:
            await application(scope, receive, send)

    return with_streams


def _stream_in(scope: Scope) -> str:
    """Whose stream is asked for, by the site's URLs; "" for any other request."""
    if scope["type"] != "http" or scope["method"] != "GET" or not _STREAM.search(scope["path"]):
        return ""
    path = "/" + scope["path"].removeprefix(get_script_prefix(scope).rstrip("/")).lstrip("/")
    with translation.override(translation.get_language_from_path(path)):  # for i18n_patterns
        try:
            match = resolve(path)
        except Resolver404:
            return ""
    return str(match.kwargs["public_id"]) if match.url_name == "wechat_qr_stream" else ""


async def _serve(scope: Scope, public_id: str, receive: Receive, send: Send) -> None:
    browser_key = browser_keys.read(ASGIRequest(scope, BytesIO()))
    opened = await events.open_stream(public_id, browser_key)
    if isinstance(opened, events.Refusal):
        await _start(send, opened.status, {**opened.headers, "Cache-Control": "no-store", "Content-Length": "0"})
        await send({"type": "http.response.body", "body": b""})
        return
    gone = asyncio.create_task(_until_gone(receive))
    gone.add_done_callback(lambda _: watcher.shared().leave(opened))
    try:
        with suppress(OSError):  # some servers say so when nobody listens any more
            await _send_events(opened, send)
    finally:
        gone.cancel()


async def _send_events(waiting: Waiting, send: Send) -> None:
    await _start(send, 200, events.HEADERS)
    async with aclosing(events.events(waiting)) as chunks:
        async for chunk in chunks:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _start(send: Send, status: int, headers: dict[str, str]) -> None:
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
