"""Where does the crowd of `machines_crowd.py` get its database and its cache? Both are started here, and gone after it.

    python -m benchmarks.machines [--quick]

Needs the programs of PostgreSQL, Redis and nginx (Debian's packages postgresql, redis-server and nginx), none of them
running. Where one is missing, that is printed in place of the figures.
"""

import json
import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.services import postgres, program, redis
from benchmarks.table import Figure, run

PROGRAMS = ("initdb", "postgres", "redis-server", "nginx")


def missing() -> str:
    """Return which programs are not on this machine; "" if all are."""
    return ", ".join(name for name in PROGRAMS if not program(name))


def measure(*, quick: bool) -> list[Figure]:
    """Return the figures of many machines."""
    if names := missing():
        why = f"not on this machine: {names}"
        return [Figure("200 people on three processes: lost", math.nan, 0, "", True, "", why)]
    options = ["--quick"] if quick else []
    with tempfile.TemporaryDirectory() as folder, postgres(Path(folder)) as database, redis(Path(folder)) as cache:
        command = [sys.executable, "-m", "benchmarks.machines_crowd", "--json", *options]
        environment = os.environ | {"DATABASE_URL": database, "CACHE_URL": cache}
        printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment).stdout
    return [Figure(**json.loads(line)) for line in printed.splitlines() if line.startswith("{")]


if __name__ == "__main__":
    run(measure)
