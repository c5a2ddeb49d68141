"""What is sent in a stream of events, and to whom? The answers of `qr_status`, to the browsers that it would answer."""

import asyncio
import json
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from django_wechat import conf
from django_wechat.flows import table
from django_wechat.models import QRSession
from django_wechat.stores import limits
from django_wechat.web.streams import watcher
from django_wechat.web.streams.waiting import News, Waiting

RECONNECT = 1000
"""Milliseconds after which a browser whose stream was cut opens it again."""

HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store",
    # nginx passes each event on at once; without it, a browser would wait for its buffer to be full.
    "X-Accel-Buffering": "no",
    "X-Content-Type-Options": "nosniff",
}

# An event of its own and no comment: scripts do not hear comments, and could not tell a dead stream from a quiet one.
_HEARTBEAT = b"event: beat\ndata:\n\n"

# The counter is in Django's cache, which may be a network away: the event loop must not wait for it.
_counting = ThreadPoolExecutor(1, "wechat-stream-limits")


class Refusal(NamedTuple):
    """Why there is no stream, as an HTTP status; `headers` belong to it."""

    status: int
    headers: dict[str, str]


async def open_stream(public_id: str, browser_key: str) -> Waiting | Refusal:
    """Return who waits now, to be handed to `events`; a `Refusal` where `qr_status` would refuse, too.

    404: there is no such session of this browser. 429: it asks too often. 503: nobody can wait now, polling may help.
    """
    if not browser_key:
        return Refusal(404, {})
    loop = asyncio.get_running_loop()
    wait = await loop.run_in_executor(_counting, limits.seconds_to_wait, "qr_status_browser", browser_key)
    if wait:
        return Refusal(429, {"Retry-After": str(wait)})
    try:
        waiting = await watcher.shared().join(public_id, browser_key, conf.get("QR_LIFETIME"))
    except ConnectionError:
        return Refusal(503, {})
    return waiting or Refusal(404, {})


async def events(waiting: Waiting) -> AsyncGenerator[bytes, None]:
    """Yield what is sent, piece by piece: how things stand, each change, a heartbeat now and then, until it is over."""
    try:
        yield b"retry: %d\n\n" % RECONNECT
        while (news := await waiting.news()) is not News.END:
            qr_session = waiting.pop_qr_session()
            if news is News.HEARTBEAT or qr_session is None:
                yield _HEARTBEAT
                continue
            event, over = _event(qr_session)
            yield event
            if over:
                return
    finally:
        watcher.shared().leave(waiting)


def _event(qr_session: QRSession) -> tuple[bytes, bool]:
    """The event, and whether it is the last one."""
    journey = table.of(qr_session)
    told = journey.progress(qr_session)
    return b"data: %s\n\n" % json.dumps(told).encode(), journey.is_over(told)
