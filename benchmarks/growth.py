"""Does anything take longer when the tables are a hundred times as large?

    python -m benchmarks.growth [--quick] [--scale 0.1]

A million people, a hundred thousand QR sessions and a million entries of the log, in a database of its own beside the
one that DATABASE_URL names (else SQLite). Everything is measured at a hundredth of the rows first, then at all of them.
"""

import argparse
import json
import random
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from statistics import median
from typing import Any

from benchmarks import site
from benchmarks.table import Figure, show

site.set_up()

from django.contrib.auth import get_user_model  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks import growth_rows  # noqa: E402
from django_wechat.models import SignInAttempt  # noqa: E402
from django_wechat.people import identities  # noqa: E402
from django_wechat.protocol.oauth import Profile  # noqa: E402
from django_wechat.stores import attempts, qr_sessions  # noqa: E402
from tests.factories import BothProviderFactory  # noqa: E402

FLAT = 1.5
LONGEST = 100
"""Milliseconds that cleaning up may keep others waiting."""
BLOCKS, TIMES, PAGES = 5, 40, 5
LISTS = {
    "providers": "wechatprovider",
    "identities": "wechatidentity",
    "QR sessions": "qrsession",
    "log": "signinattempt",
}


def sign_in(people: int) -> None:
    """What a returning sign-in asks and writes: find and hold the person, write down, log."""
    number = random.randrange(people)
    profile = Profile(appid=growth_rows.APPID, openid=f"o{number}", unionid=f"p{number}", account_uid=f"p{number}")
    with transaction.atomic():
        settled = identities.settle(profile)
        account = identities.owner_of(profile.unionid)
        assert account
        assert account.uid == settled.account_uid
        account.extra_data = {"appid": profile.appid, "openid": profile.openid, "unionid": profile.unionid}
        identities.record(account)
    SignInAttempt(provider_name="site", journey="web_qr", outcome="signed_in").save(force_insert=True)


def poll(sessions: int) -> None:
    """What a waiting browser without a stream asks."""
    number = random.randrange(sessions)
    assert qr_sessions.snapshot(growth_rows.public_id(number), growth_rows.BROWSER)


def watch(sessions: int) -> None:
    """What one process asks for all streams, four times a second."""
    since = timezone.now() - timedelta(seconds=5)
    asked = {growth_rows.public_id(random.randrange(sessions)) for _ in range(5)}
    assert len(qr_sessions.changes(since, asked)) >= len(asked)


def steps(share: float) -> dict[str, tuple[Callable[[], object], int]]:
    """What is measured at that share of the rows, and how often."""
    people, sessions = int(growth_rows.PEOPLE * share), int(growth_rows.SESSIONS * share)
    client = Client()
    client.force_login(get_user_model().objects.get(username="admin"))

    def page(model: str) -> Callable[[], object]:
        def load() -> None:
            assert client.get(f"/admin/django_wechat/{model}/").status_code == 200

        return load

    return {
        "sign-in": (lambda: sign_in(people), TIMES),
        "poll": (lambda: poll(sessions), TIMES),
        "watcher's look": (lambda: watch(sessions), TIMES),
        **{f"admin list: {name}": (page(model), PAGES) for name, model in LISTS.items()},
    }


def milliseconds(step: Callable[[], object], times: int) -> float:
    """The least of the medians of some blocks: other work on the machine only ever adds to it."""
    step()
    blocks = []
    for _ in range(BLOCKS):
        found = []
        for _ in range(times):
            started = time.perf_counter()
            step()
            found.append((time.perf_counter() - started) * 1000)
        blocks.append(median(found))
    return min(blocks)


def measured(share: float) -> dict[str, float]:
    """The milliseconds of every step."""
    return {name: milliseconds(step, times) for name, (step, times) in steps(share).items()}


@contextmanager
def writes() -> Iterator[list[float]]:
    """Give the milliseconds of each DELETE in the block: each is a transaction of its own, and holds the locks."""
    found: list[float] = []

    def timed(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            if sql.startswith("DELETE"):
                found.append((time.perf_counter() - started) * 1000)

    with connection.execute_wrapper(timed):
        yield found


def clean_up() -> Figure:
    """Let every QR session and half of the log be old, and delete them."""
    growth_rows.age()
    with writes() as found:
        deleted = qr_sessions.clear_expired() + attempts.clear_old()
    compared = f"{deleted:,} rows in {len(found)} transactions"
    return Figure("cleaning up: longest transaction", max(found), LONGEST, "ms", less=True, compared=compared)


def measure(scale: float) -> list[Figure]:
    """Return the figures of growth at `scale` of the full numbers."""
    with site.database() as vendor:
        provider = BothProviderFactory(name="site")
        get_user_model().objects.create_superuser("admin", "", "password")
        small, large = scale / 100, scale
        growth_rows.fill(provider.pk, 0, small)
        before = measured(small)
        growth_rows.fill(provider.pk, small, large)
        after = measured(large)
        figures = [
            Figure(
                f"{name}, {vendor}, at {int(growth_rows.PEOPLE * large):,} people",
                after[name] / before[name],
                FLAT,
                "x",
                less=True,
                limit="1: flat",
                compared=f"{before[name]:.2f} → {after[name]:.2f} ms",
            )
            for name in before
        ]
        return [*figures, clean_up()]


def main() -> None:
    """Be a part like the others, with a size of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the same as --scale 0.01")
    parser.add_argument("--scale", type=float, default=1.0, help="1: a million people")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    figures = measure(0.01 if asked.quick else asked.scale)
    if asked.json:
        sys.stdout.writelines(json.dumps(asdict(figure)) + "\n" for figure in figures)
    else:
        show(figures)


if __name__ == "__main__":
    main()
