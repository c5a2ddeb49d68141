"""How often may a program call? So many times within so many seconds, and then an errcode."""

from collections import defaultdict, deque
from collections.abc import Callable

from django_wechat.simulator.world.errors import Refusal


class Pace:
    """Counts the calls of each program; the caller holds the platform's lock."""

    def __init__(self, now: Callable[[], float], limit: int, seconds: float, errcode: int) -> None:
        self._now, self._limit, self._seconds, self._errcode = now, limit, seconds, errcode
        self._calls: defaultdict[str, deque[float]] = defaultdict(deque)

    def count(self, appid: str) -> None:
        """Count a call, or refuse it."""
        calls = self._calls[appid]
        while calls and calls[0] <= self._now() - self._seconds:
            calls.popleft()
        if len(calls) >= self._limit:
            raise Refusal(self._errcode)
        calls.append(self._now())
