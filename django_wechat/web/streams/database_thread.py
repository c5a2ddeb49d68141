"""Where are queries run that no request pays for? In one thread, on a database connection of its own."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connections, reset_queries

Found = TypeVar("Found")

_CONNECTION_LIFE = 60.0


class DatabaseThread:
    """A thread that starts with the first question and ends with `close`."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, "wechat-streams")
        self._fresh_until = time.monotonic() + _CONNECTION_LIFE

    async def run(self, ask: Callable[[], Found]) -> Found:
        """Return what `ask` returns, or raise what it raises; the connection is a new one after that."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._run, ask)

    def close(self) -> None:
        """Close the connection and end the thread, without waiting for either."""
        self._pool.submit(connections.close_all)
        self._pool.shutdown(wait=False)

    def _run(self, ask: Callable[[], Found]) -> Found:
        # Django closes connections at the end of requests, and there is none here.
        if time.monotonic() > self._fresh_until:
            self._renew()
        try:
            return ask()
        except Exception:
            self._renew()
            raise

    def _renew(self) -> None:
        connections.close_all()
        reset_queries()
        self._fresh_until = time.monotonic() + _CONNECTION_LIFE
