"""Where do the servers come from? PostgreSQL and Redis from programs of this machine, in a folder that is then removed.

What serves a site is of this Python: gunicorn for WSGI, uvicorn for ASGI alone (its WSGI adapter is deprecated, and
loses answers with Django's cookies).
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

PATIENCE = 60
"""Seconds for a server to start."""

_POSTGRES_PLACES = "/usr/lib/postgresql/*/bin"  # Debian puts them beside the PATH
_POSTGRES_SETTINGS = (
    "-c",
    "listen_addresses=127.0.0.1",
    "-c",
    "max_connections=300",
    "-c",
    "fsync=off",
    "-c",
    "log_min_messages=fatal",
)


def program(name: str) -> str:
    """Return where a program is; "" if nowhere."""
    beside = sorted(Path("/").glob(f"{_POSTGRES_PLACES}/{name}".removeprefix("/")), reverse=True)
    return shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin") or str(next(iter(beside), ""))


def free_ports(*names: str) -> dict[str, int]:
    """A free port for each name."""
    with ExitStack() as stack:
        sockets = {name: stack.enter_context(socket.socket()) for name in names}
        for one in sockets.values():
            one.bind(("127.0.0.1", 0))
        return {name: int(one.getsockname()[1]) for name, one in sockets.items()}


def gunicorn(factory: str, port: int) -> tuple[str, ...]:
    """Return the command that serves what `benchmarks.<factory>` makes, as WSGI, by one worker with ten threads.

    A kept connection lives five seconds, as at uvicorn. No control socket: all that a user starts would share one.
    """
    program = (sys.executable, "-m", "gunicorn", f"benchmarks.{factory}()", f"--bind=127.0.0.1:{port}")
    size = ("--workers=1", "--threads=10", "--keep-alive=5", "--backlog=4096")
    return (*program, *size, "--log-level=error", "--no-control-socket")


def uvicorn(factory: str, port: int) -> tuple[str, ...]:
    """Return the command that serves what `benchmarks.<factory>` makes, as ASGI, in one process."""
    program = (sys.executable, "-m", "uvicorn", f"benchmarks.{factory}", "--factory", f"--port={port}")
    return (*program, "--interface=asgi3", "--backlog=4096", "--log-level=error", "--lifespan=off")


@contextmanager
def process(port: int, *command: str, **environment: str) -> Iterator[None]:
    """Run a server until the block ends; the block begins when it listens."""
    with subprocess.Popen(command, env=os.environ | environment, stdout=subprocess.DEVNULL) as running:
        try:
            until = time.monotonic() + PATIENCE
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port)).close()
                    break
                except ConnectionRefusedError:
                    if running.poll() is not None or time.monotonic() > until:
                        raise SystemExit(f"{command[:4]} does not start.") from None
                    time.sleep(0.1)
            yield
        finally:
            running.terminate()


@contextmanager
def redis(folder: Path) -> Iterator[str]:
    """Run a Redis that keeps nothing; give its URL."""
    port = free_ports("redis")["redis"]
    command = (program("redis-server"), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder))
    with process(port, *command):
        yield f"redis://127.0.0.1:{port}/0"


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """Run a PostgreSQL of its own; give the URL of its database."""
    port, data = free_ports("postgres")["postgres"], folder / "postgres"
    data.mkdir(mode=0o700)
    user = _other_user(data)
    made = (*user, program("initdb"), "--username=postgres", "--auth=trust", "--encoding=UTF8", "-D", str(data))
    subprocess.run(made, check=True, stdout=subprocess.DEVNULL)
    server = (*user, program("postgres"), "-D", str(data), "-p", str(port), "-k", str(data), *_POSTGRES_SETTINGS)
    with process(port, *server):
        yield f"postgres://postgres@127.0.0.1:{port}/postgres"


def _other_user(data: Path) -> tuple[str, ...]:
    """PostgreSQL refuses to run as root: let Debian's user for it own the folder."""
    if os.getuid() != 0:
        return ()
    shutil.chown(data, "postgres")
    data.parent.chmod(0o755)
    return ("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups")
