"""The example site in a process of its own, as `make demo` serves it, with files of its own."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OURS = (
    "WECHAT_",
    "DATABASE_URL",
    "CACHE_URL",
    "DEBUG",
    "SECRET_KEY",
    "ALLOWED_HOSTS",
    "CSRF_TRUSTED_ORIGINS",
    "DJANGO_",
    "PORT",
    "DRF_EXAMPLE",
    "LAN",
)


def surroundings(state: Path) -> dict[str, str]:
    """Return this process's environment without what the example reads; its files go to `state`."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith((*OURS, "COV_CORE", "PYTEST"))}
    ours = {"STATE_DIR": str(state), "DJANGO_SETTINGS_MODULE": "example_project.settings", "LC_ALL": "C.UTF-8"}
    return clean | ours


@contextmanager
def served(
    state: Path, *, stderr: int | None = None, options: Sequence[str] = ("--alone",)
) -> Iterator[tuple[str, str]]:
    """Serve the demo; give its address and the printed password. What it logs goes to `stderr`, as for Popen."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "example_project.demo", "--port", str(port), *options]
    with subprocess.Popen(
        command, cwd=ROOT, env=surroundings(state), stdout=subprocess.PIPE, stderr=stderr, text=True
    ) as process:
        try:
            banner = ""
            for line in process.stdout or ():
                banner += line
                if line.startswith("Quit the server"):
                    break
            yield (
                re.findall(r"the demo is at +(http://\S+)/", banner)[0],
                re.findall(r"password +(\S+)", banner)[0],
            )
        finally:
            process.terminate()
