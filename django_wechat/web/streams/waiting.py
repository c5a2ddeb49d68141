"""What is known of one browser that waits for its QR session, and how is it woken?"""

import asyncio
from datetime import datetime
from enum import IntEnum
from typing import Any

from django_wechat.models import QRSession


class News(IntEnum):
    """Why somebody who waits is woken. A later one outweighs an earlier one."""

    HEARTBEAT = 1
    CHANGE = 2
    END = 3


class Waiting:
    """One browser that waits for one session. The watcher alone makes them."""

    __slots__ = ("_future", "_news", "_qr_session", "browser_key", "ends_at", "expires_at", "known", "public_id")

    def __init__(self, public_id: str, browser_key: str, ends_at: float) -> None:
        self.public_id = public_id
        self.browser_key = browser_key
        self.ends_at = ends_at
        self.known: datetime | None = None
        self.expires_at: datetime | None = None
        self._qr_session: QRSession | None = None
        self._news: News | None = None
        self._future: asyncio.Future[None] | None = None

    async def news(self) -> News:
        """Return what is new, as soon as there is something."""
        while self._news is None:
            self._future = asyncio.get_running_loop().create_future()
            await self._future
        news, self._news = self._news, None
        return news

    def pop_qr_session(self) -> QRSession | None:
        """Return how the session stands after news, once: thousands wait, and none keeps more than it needs."""
        qr_session, self._qr_session = self._qr_session, None
        return qr_session

    def wake(self, news: News) -> None:
        """Tell the one who listens; before it does, only the weightiest news is kept."""
        self._news = max(news, self._news or news)
        if self._future is not None and not self._future.done():
            self._future.set_result(None)

    def take(self, row: dict[str, Any]) -> None:
        """Take in how the session stands, unless that is known already."""
        if row["changed_at"] == self.known:
            return
        self._qr_session, self.known, self.expires_at = QRSession(**row), row["changed_at"], row["expires_at"]
        self.wake(News.CHANGE)
