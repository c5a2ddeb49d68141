"""Who waits, and at what? Thousands of browsers on one event loop, and what the kernel says of the server."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.services import free_ports

AT_ONCE = 200
TICKS = os.sysconf("SC_CLK_TCK")


class Browser(asyncio.Protocol):
    """One that waits; `news` is done when it heard of the scan."""

    def __init__(self, request: bytes) -> None:
        loop = asyncio.get_running_loop()
        self.request, self.first, self.news = request, loop.create_future(), loop.create_future()
        self.lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        self.transport = transport
        transport.write(self.request)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        """Note the first event, and the one that tells of the scan."""
        if b'"waiting"' in data and not self.first.done():
            self.first.set_result(None)
        if b'"scanned"' in data and not self.news.done():
            self.news.set_result(time.monotonic())

    def connection_lost(self, _error: Exception | None) -> None:
        """Note that it did not wait to the end."""
        self.lost = True
        if not self.first.done():
            self.first.set_exception(ConnectionError("the server refused"))


class Process:
    """What the kernel says of the server."""

    def __init__(self, pid: int) -> None:
        self.folder = Path(f"/proc/{pid}")

    def status(self, name: str) -> int:
        """A line of its status: kilobytes, or a number."""
        lines = (self.folder / "status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith(f"{name}:")).split()[1])

    @property
    def mib(self) -> float:
        """Resident memory."""
        return self.status("VmRSS") / 1024

    @property
    def cpu(self) -> float:
        """Seconds of CPU so far, of the process and of those that it started (the work at gunicorn is done by one)."""
        started = (self.folder / "task" / self.folder.name / "children").read_text().split()
        return sum(_cpu(Path("/proc") / pid) for pid in (self.folder.name, *started))


def _cpu(folder: Path) -> float:
    fields = (folder / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


@contextmanager
def served(command: Callable[[str, int], tuple[str, ...]], factory: str) -> Iterator[tuple[int, Process]]:
    """Serve what `factory` makes, by `services.uvicorn` or `services.gunicorn`; give the port and the process."""
    port = free_ports(factory)[factory]
    with subprocess.Popen(command(factory, port)) as running:
        try:
            while running.poll() is None:
                try:
                    socket.create_connection(("127.0.0.1", port)).close()
                    break
                except ConnectionRefusedError:
                    time.sleep(0.05)
            yield port, Process(running.pid)
        finally:
            started = time.monotonic()
            running.terminate()
            running.wait(60)
            words = f"stopped with all of them waiting in {time.monotonic() - started:.1f} s"
            print(f"{factory}: {words}", file=sys.stderr)


async def wait_all(port: int, requests: list[bytes]) -> list[Browser]:
    """Open all the streams, a number at a time, as fast as the server takes them."""
    gate = asyncio.Semaphore(AT_ONCE)
    loop = asyncio.get_running_loop()

    async def one(request: bytes) -> Browser:
        async with gate:
            _, browser = await loop.create_connection(lambda: Browser(request), "127.0.0.1", port)
            await browser.first
            return browser

    return await asyncio.gather(*map(one, requests))
