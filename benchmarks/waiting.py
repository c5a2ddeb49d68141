"""What do thousands of waiting browsers cost one uvicorn process, and how late do they hear of a scan?

    python -m benchmarks.waiting [--quick] [--browsers 10000] [--seconds 30] [--without-wrapper]

Needs two file descriptors' worth of `ulimit -n` above the number of browsers. DATABASE_URL names another database than
the SQLite file that is made for it; whatever is in its QR sessions is deleted.
"""

import argparse
import asyncio
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import quantiles
from urllib.request import urlopen

from benchmarks.crowd import Browser, Process, served, wait_all
from benchmarks.services import uvicorn
from benchmarks.table import Figure, tell

SCANS = 300
BARE = 2_000
"""Browsers that wait at an application with nothing in it: more would tell the same."""


@dataclass(frozen=True)
class Counts:
    """What the server has asked its database so far, and on how many connections."""

    statements: int
    connections: int
    at: float


@dataclass(frozen=True)
class Found:
    """What one crowd cost. `late` is in milliseconds; `idle` is the share of a core while nothing happens."""

    browsers: int
    before: float
    mib: float
    idle: float
    threads: int
    opening: float
    lost: int
    late: list[float]
    asked: float
    asked_before: int
    connections: int

    @property
    def kib_each(self) -> float:
        """KiB of memory for one browser."""
        return (self.mib - self.before) * 1024 / self.browsers


def set_up() -> None:
    """Name the database, before anything of Django is imported: the settings are read from the environment."""
    folder = tempfile.mkdtemp(prefix="wechat-waiting-")
    os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/db.sqlite3")
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def made_requests(browsers: int) -> list[bytes]:
    """Make a QR session for each browser; return what it asks."""
    command = [sys.executable, "-m", "benchmarks.waiting_site", str(browsers)]
    made = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    return [line.replace(b"|", b"\r\n") for line in made.splitlines()]


@contextmanager
def phone() -> Iterator[Callable[[int], float]]:
    """Give what scans the code of a browser, by its number, and returns when it began to."""
    command = [sys.executable, "-m", "benchmarks.waiting_site", "scan"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        to, back = process.stdin, process.stdout

        def scan(number: int) -> float:
            started = time.monotonic()
            to.write(b"%d\n" % number)
            to.flush()
            back.readline()
            return started

        yield scan
        to.close()


def counts(port: int) -> Counts:
    """Ask the server what it has asked; the answer itself asks nothing."""
    with urlopen(f"http://127.0.0.1:{port}/counts/") as answer:
        return Counts(**json.load(answer), at=time.monotonic())


def a_second(then: Counts, now: Counts) -> float:
    """Statements a second between two counts; the one that the window happens to begin or end with is left out."""
    return max(0, now.statements - then.statements - 1) / (now.at - then.at)


async def crowd(
    port: int, process: Process, requests: list[bytes], scan: Callable[[int], float], window: float
) -> Found:
    """Let all of them wait for `window` seconds, and scan some of their codes."""
    nobody = await asyncio.to_thread(counts, port)
    await asyncio.sleep(2)
    asked_before = (await asyncio.to_thread(counts, port)).statements - nobody.statements
    before, spent = process.mib, process.cpu
    browsers = await wait_all(port, requests)
    opening = (process.cpu - spent) * 1000 / len(browsers)
    await asyncio.sleep(2)
    then, spent = await asyncio.to_thread(counts, port), process.cpu
    await asyncio.sleep(window)
    now, idle = await asyncio.to_thread(counts, port), (process.cpu - spent) / window
    mib, threads = process.mib, process.status("Threads")
    late = await scans(browsers, scan)
    lost = sum(browser.lost for browser in browsers)
    return Found(
        *(len(browsers), before, mib, idle, threads, opening, lost, late),
        *(a_second(then, now), asked_before, now.connections),
    )


async def scans(browsers: list[Browser], scan: Callable[[int], float]) -> list[float]:
    """Scan a random choice of the codes; return the milliseconds after which each browser heard of it."""
    waited_for = []
    for number in random.sample(range(len(browsers)), min(SCANS, len(browsers))):
        waited_for.append((await asyncio.to_thread(scan, number), browsers[number].news))
        await asyncio.sleep(random.uniform(0, 0.05))
    return [(await asyncio.wait_for(news, 30) - scanned) * 1000 for scanned, news in waited_for]


def measured(browsers: int, seconds: float, factory: str = "wrapped") -> Found:
    """Return what that many browsers cost that wait for `seconds`."""
    set_up()
    requests = made_requests(browsers)
    with phone() as scan, served(uvicorn, f"waiting_site:{factory}") as (port, process):
        return asyncio.run(crowd(port, process, requests, scan, seconds))


def bare_kib(browsers: int) -> float:
    """KiB for each browser at a uvicorn process with nothing behind it: what cannot be had for less."""
    request = b"GET /bare/ HTTP/1.1\r\nHost: testserver\r\n\r\n"

    async def wait(port: int, process: Process) -> float:
        before = process.mib
        waiting = await wait_all(port, [request] * browsers)
        found = (process.mib - before) * 1024 / browsers
        for browser in waiting:
            browser.transport.close()
        return found

    with served(uvicorn, "waiting_site:bare") as (port, process):
        return asyncio.run(wait(port, process))


def figures_of(found: Found, bare: float) -> list[Figure]:
    """Return the figures of a crowd."""
    number = f"{found.browsers:,} waiting"
    centiles = quantiles(found.late, n=100)
    each = f"{found.mib - found.before:.0f} MiB for the browsers, {found.kib_each:.1f} KiB each"
    opening = f"{found.opening:.2f} ms of CPU to open one"
    half = f"half of them after {centiles[49]:.0f} ms"
    return [
        Figure(f"{number}: resident", found.mib, 250, "MiB", True, f"{bare:.1f} KiB each: bare uvicorn", each),
        Figure(f"{number}: of a core", found.idle * 100, 8, "%", True, "", opening),
        Figure(f"{number}: a scan is heard of, p99", centiles[98], 400, "ms", True, "250 ms: the tick", half),
        Figure(f"{number}: lost", found.lost, 0, "", True),
        Figure(f"{number}: threads", found.threads, 8, "", True),
        Figure(f"{number}: database connections", found.connections, 1, "", True),
        Figure(f"{number}: statements a second", found.asked, 4, "", True),
        Figure("nobody waiting: statements in two seconds", found.asked_before, 0, "", True),
    ]


def main() -> None:
    """Be a part like the others, with a size of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the same as --browsers 100 --seconds 2")
    parser.add_argument("--browsers", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=30.0, help="how long they wait before the scans")
    parser.add_argument("--without-wrapper", action="store_true", help="measure the async view behind the middleware")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    browsers, seconds = (100, 2.0) if asked.quick else (asked.browsers, asked.seconds)
    found = measured(browsers, seconds, "plain" if asked.without_wrapper else "wrapped")
    tell(figures_of(found, bare_kib(min(browsers, BARE))), as_json=asked.json)


if __name__ == "__main__":
    main()
