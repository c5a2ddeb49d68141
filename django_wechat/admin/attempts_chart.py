"""How did the last 24 hours go? The sign-in log as one bar an hour, stacked by outcome, and as a table."""

import json
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import BaseCache, caches
from django.utils import timezone
from django.utils.crypto import salted_hmac

from django_wechat import conf
from django_wechat.models import Outcome
from django_wechat.stores import attempts

logger = logging.getLogger("django_wechat.attempts")

HOURS = 24
MANY = 5_000
"""Attempts of a day that are not counted anew for every look at the page."""
KEPT_FOR = 60
"""Seconds until they are."""
HEIGHT = 96
"""Of the highest bar. The chart's units are its own: the page scales it."""
_STEP = 20
_BAR = 16


@dataclass(frozen=True)
class Part:
    """One outcome within one hour's bar: how many, and where that is in the picture."""

    outcome: Outcome
    number: int
    y: int
    height: int


@dataclass(frozen=True)
class Hour:
    """One hour: its beginning, where its bar stands, the bar's parts from the bottom up, and a number per outcome."""

    start: datetime
    x: int
    parts: Sequence[Part]
    numbers: Sequence[int]


@dataclass(frozen=True)
class Chart:
    """The picture and the table. `outcomes` are those that occurred, with their totals; none: nothing happened."""

    hours: Sequence[Hour]
    outcomes: Sequence[tuple[Outcome, int]]
    highest: int
    width: int = HOURS * _STEP
    height: int = HEIGHT
    bar: int = _BAR


def last_24_hours() -> Chart:
    """Return the chart of this hour and the 23 before it; asks the database once, or once a minute for a long day."""
    first = timezone.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=HOURS - 1)
    counts = _counts(first)
    totals: Counter[str] = Counter()
    for (_hour, name), number in counts.items():
        totals[name] += number
    outcomes = [(outcome, totals[outcome]) for outcome in Outcome if totals[outcome]]
    starts = [first + timedelta(hours=number) for number in range(HOURS)]
    rows = [[counts.get((start, outcome), 0) for outcome, _total in outcomes] for start in starts]
    highest = max(sum(row) for row in rows)
    kinds = [outcome for outcome, _total in outcomes]
    hours = [
        Hour(start, index * _STEP, _stack(kinds, row, highest), row)
        for index, (start, row) in enumerate(zip(starts, rows, strict=True))
    ]
    return Chart(hours, outcomes, highest)


def _counts(first: datetime) -> dict[tuple[datetime, str], int]:
    """How many there were in each hour from `first` on, by outcome; to count many takes longer than the page's rows."""
    key = salted_hmac("django_wechat.attempts_chart", first.isoformat(), algorithm="sha256").hexdigest()
    kept: str | None = _cached(lambda cache: cache.get(key))
    if kept:
        return {(datetime.fromisoformat(hour), name): number for hour, name, number in json.loads(kept)}
    counts = {(hour, name): number for hour, name, number in attempts.per_hour(first)}
    if sum(counts.values()) > MANY:
        rows = [(hour.isoformat(), name, number) for (hour, name), number in counts.items()]
        _cached(lambda cache: cache.set(key, json.dumps(rows), KEPT_FOR))
    return counts


def _cached(use: Callable[[BaseCache], Any]) -> Any:
    """Do something with the cache, and nothing without one: this is the page that is read when things are down."""
    try:
        return use(caches[conf.get("CACHE_ALIAS")])
    except Exception:  # what an unreachable cache raises is its backend's own
        logger.warning("The cache does not answer: the sign-in log is counted anew", exc_info=True)
        return None


def _stack(outcomes: Sequence[Outcome], numbers: Sequence[int], highest: int) -> list[Part]:
    """Pile an hour's numbers up. Whatever happened at all is to be seen, be it one in a thousand."""
    parts: list[Part] = []
    below = 0
    for outcome, number in zip(outcomes, numbers, strict=True):
        if number:
            height = max(1, round(number * HEIGHT / highest))
            below += height
            parts.append(Part(outcome, number, max(0, HEIGHT - below), height))
    return parts
