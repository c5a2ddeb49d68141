"""What fails when it is told to: a cache that does not answer, and a database that is gone from some statement on."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.db import OperationalError, connection

FAULTY_CACHE = {"default": {"BACKEND": "tests.faults.FaultyCache", "LOCATION": "faulty"}}


class CacheGone(Exception):
    """As Redis's own errors, of no class that Django knows."""


class FaultyCache(LocMemCache):
    """A cache that answers `answers_left` times; None: as long as it is asked."""

    answers_left: int | None = None
    asked = 0

    def __getattribute__(self, name: str) -> Any:
        if name in ("get", "set", "add", "incr", "delete", "get_many", "touch"):
            _answer(FaultyCache)
        return super().__getattribute__(name)


def _answer(cache: type[FaultyCache]) -> None:
    cache.asked += 1
    if cache.answers_left is None:
        return
    if cache.answers_left <= 0:
        raise CacheGone("connection refused")
    cache.answers_left -= 1


@contextmanager
def cache_down(*, after: int = 0) -> Iterator[None]:
    """Have the cache gone once it was asked `after` times."""
    FaultyCache.answers_left = after
    try:
        yield
    finally:
        FaultyCache.answers_left = None


class Database:
    """Counts the statements, and fails all of them once `answers_left` were executed; None: none of them."""

    def __init__(self, answers_left: int | None = None) -> None:
        self.answers_left = answers_left
        self.asked = 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.asked += 1
        if self.answers_left is not None and self.asked > self.answers_left:
            raise OperationalError("the database is gone")
        return execute(sql, params, many, context)


@contextmanager
def database_down(*, after: int | None = 0) -> Iterator[Database]:
    """Have this thread's database gone after so many statements; None: only count them."""
    database = Database(after)
    with connection.execute_wrapper(database):
        yield database
