"""Who waits for a QR session, and what happened to it? One shared look at the database for all browsers that wait.

Each process (each event loop) has one watcher. While somebody waits it asks every TICK seconds, by one query in one
thread on one connection, what changed since its last look; while nobody waits it asks nothing.

No change is lost: whoever comes is read by id first, then by what changed in the last OVERLAP seconds at each look, for
transactions that commit late and for servers whose clocks differ. The clock for that is the newest change that was ever
seen, and the time since then. At the moment a session expires it is read by id once more.
"""

import asyncio
import heapq
import logging
import signal
import weakref
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from itertools import count, islice
from typing import Any

from django.utils import timezone

from django_wechat.models import QRSession
from django_wechat.stores import qr_sessions
from django_wechat.web.streams.database_thread import DatabaseThread
from django_wechat.web.streams.waiting import News, Waiting

logger = logging.getLogger("django_wechat.streams")

TICK = 0.25
"""Seconds between two looks at the database."""

HEARTBEAT = 15.0
"""Seconds after which a browser hears that it is not forgotten."""

OVERLAP = timedelta(seconds=5)
"""How far two servers' clocks may differ, and how long a transaction may take, before a change could be missed."""

LONGEST_PAUSE = 10.0
"""Seconds between two looks at a database that does not answer, at most."""

MAX_TABS = 3
"""Streams of one session at once; a further one ends the oldest."""

_ASKED_AT_ONCE = 500


class Watcher:
    """The browsers that wait in one event loop, and the task that looks for all of them."""

    def __init__(self) -> None:
        self._waiting: dict[str, tuple[Waiting, ...]] = {}
        self._newcomers: dict[Waiting, None] = {}
        self._overdue: dict[str, None] = {}
        self._due: list[tuple[float, int, Waiting]] = []
        self._numbers = count()
        self._newest: datetime | None = None
        self._newest_seen = 0.0
        self._next_tick = self._not_before = 0.0
        self._failures = 0
        self._task: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values())) + len(self._newcomers)

    def __bool__(self) -> bool:
        return bool(self._waiting or self._newcomers)

    async def join(self, public_id: str, browser_key: str, seconds: float) -> Waiting | None:
        """Return a `Waiting` with its first news, for `seconds` at most; None if it is not this browser's session.

        `leave` has to be called in the end. Raises `ConnectionError` if the database cannot be asked, or the server is
        about to stop.
        """
        waiting = Waiting(public_id, browser_key, asyncio.get_running_loop().time() + seconds)
        self._newcomers[waiting] = None
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        try:
            news = await waiting.news()
        except asyncio.CancelledError:
            self.leave(waiting)
            raise
        if news is News.END:
            raise ConnectionError("nobody can wait now")
        if waiting.known is None:
            return None
        waiting.wake(news)
        return waiting

    def leave(self, waiting: Waiting) -> None:
        """Forget somebody who waits no longer, and wake the one that may still listen for it."""
        self._newcomers.pop(waiting, None)
        if rest := tuple(other for other in self._of(waiting.public_id) if other is not waiting):
            self._waiting[waiting.public_id] = rest
        else:
            self._waiting.pop(waiting.public_id, None)
        waiting.wake(News.END)

    async def _run(self) -> None:
        loop, thread, stopping = asyncio.get_running_loop(), DatabaseThread(), server_stops()
        try:
            while self:
                # Kept while nobody waits, too: whoever comes and goes makes nobody ask more often.
                await asyncio.sleep(self._next_tick - loop.time())
                self._next_tick = loop.time() + TICK
                if stopping():
                    self._end_all()
                elif loop.time() >= self._not_before:
                    await self._look(thread)
                self._tend(loop.time())
        finally:
            self._end_all()
            self._newest, self._task = None, None
            self._due.clear()
            thread.close()

    async def _look(self, thread: DatabaseThread) -> None:
        newcomers = list(islice(self._newcomers, _ASKED_AT_ONCE))
        overdue = list(islice(self._overdue, _ASKED_AT_ONCE))
        asked = {*overdue, *(newcomer.public_id for newcomer in newcomers)}
        since = self._since()
        try:
            rows = await thread.run(lambda: qr_sessions.changes(since, asked))
        except Exception:
            self._fail(newcomers)
            return
        self._failures = 0
        self._note(rows)
        found = {row["public_id"]: row for row in rows}
        for newcomer in newcomers:
            self._admit(newcomer, found.get(newcomer.public_id))
        for public_id in found.keys() & self._waiting.keys():
            for waiting in self._waiting[public_id]:
                waiting.take(found[public_id])
        for public_id in overdue:
            del self._overdue[public_id]
            if public_id not in found:
                self._end(self._of(public_id))

    def _since(self) -> datetime | None:
        if self._newest is None:
            return None
        passed = timedelta(seconds=asyncio.get_running_loop().time() - self._newest_seen)
        # A server whose clock is ahead must not hide what the others write.
        return min(self._newest + passed, timezone.now()) - OVERLAP

    def _note(self, rows: Iterable[dict[str, Any]]) -> None:
        newest = max((row["changed_at"] for row in rows), default=None)
        if newest and (self._newest is None or newest > self._newest):
            self._newest, self._newest_seen = newest, asyncio.get_running_loop().time()

    def _fail(self, newcomers: Iterable[Waiting]) -> None:
        """Newcomers are told, so that they can ask in another way; those who wait already go on waiting."""
        self._failures += 1
        pause = min(TICK * 2**self._failures, LONGEST_PAUSE)
        self._not_before = self._next_tick + pause
        logger.warning("The database does not say what changed; asked again in %.1f s", pause, exc_info=True)
        self._end(newcomers)

    def _admit(self, newcomer: Waiting, row: dict[str, Any] | None) -> None:
        if newcomer not in self._newcomers:  # it left meanwhile
            return
        del self._newcomers[newcomer]
        if row is None or not qr_sessions.belongs_to(QRSession(**row), newcomer.browser_key):
            newcomer.wake(News.CHANGE)
            return
        others = self._of(newcomer.public_id)
        self._waiting[newcomer.public_id] = (*others, newcomer)
        self._end(others[: 1 - MAX_TABS])
        newcomer.take(row)
        self._plan(newcomer, asyncio.get_running_loop().time())

    def _tend(self, now: float) -> None:
        """Give those a sign whose turn it is; read those again that seem to have expired; end what lasted too long."""
        while self._due and self._due[0][0] <= now:
            waiting = heapq.heappop(self._due)[2]
            if waiting not in self._of(waiting.public_id):
                continue
            if waiting.ends_at <= now:
                self.leave(waiting)
                continue
            if _seconds_left(waiting) <= 0:
                # The phone may have confirmed in the last moment: the database has the last word.
                waiting.known = None
                self._overdue[waiting.public_id] = None
            waiting.wake(News.HEARTBEAT)
            self._plan(waiting, now)

    def _plan(self, waiting: Waiting, now: float) -> None:
        left = _seconds_left(waiting)
        turn = min(HEARTBEAT, waiting.ends_at - now, left if left > 0 else HEARTBEAT)
        heapq.heappush(self._due, (now + turn, next(self._numbers), waiting))

    def _of(self, public_id: str) -> tuple[Waiting, ...]:
        return self._waiting.get(public_id, ())

    def _end(self, several: Iterable[Waiting]) -> None:
        for waiting in several:
            self.leave(waiting)

    def _end_all(self) -> None:
        self._end([*self._newcomers, *(waiting for tabs in self._waiting.values() for waiting in tabs)])


_watchers: "weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Watcher]" = weakref.WeakKeyDictionary()


def shared() -> Watcher:
    """Return the watcher of the event loop that runs."""
    loop = asyncio.get_running_loop()
    if loop not in _watchers:
        _watchers[loop] = Watcher()
    return _watchers[loop]


def server_stops() -> Callable[[], bool]:
    """Return what tells whether the server is about to stop.

    uvicorn waits for the end of every response before it says so (by lifespan); only its own flag is up in time.
    Other servers end streams by themselves.
    """
    server = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    return lambda: bool(getattr(server, "should_exit", False))


def _seconds_left(waiting: Waiting) -> float:
    return (waiting.expires_at - timezone.now()).total_seconds() if waiting.expires_at else 0.0
