"""Do the benchmarks work? They need not be fast here, and what they measure means nothing."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import machines, table
from benchmarks.table import Figure

ROOT = Path(__file__).parents[2]
EXACT = ("lost", "doubled", "connections", "on sqlite", "in two seconds", "trips to WeChat")
"""Ends of the names of figures that a small run has to meet as well."""
EXPECTED = {"sign_in": 6, "programs": 5, "waiting": 8, "polling": 1, "push": 6, "pages": 3, "growth": 8, "machines": 3}


@pytest.mark.bench
@pytest.mark.parametrize("part", table.PARTS)
def test_a_part_measures_what_it_says(part: str) -> None:
    if part == "machines" and (missing := machines.missing()):
        pytest.skip(f"not on this machine: {missing}")
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    command = [sys.executable, "-m", f"benchmarks.{part}", "--quick", "--json"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    figures = [Figure(**json.loads(line)) for line in done.stdout.splitlines()]
    assert len(figures) == EXPECTED[part]
    assert all(figure.value >= 0 for figure in figures)
    assert [figure.name for figure in figures if figure.name.endswith(EXACT) and not figure.met] == []


def test_a_missed_target_is_printed_as_missed(capsys: pytest.CaptureFixture[str]) -> None:
    table.show([Figure("speed", 3.0, 4.5, limit="6.6 x"), Figure("delay", 3.0, 4.5, "ms", less=True, compared="it")])
    _head, missed, met = capsys.readouterr().out.splitlines()
    assert missed.split() == ["speed", "3.00", "x", "≥", "4.5", "x", "MISSED", "6.6", "x"]
    assert met.split() == ["delay", "3.00", "ms", "≤", "4.5", "ms", "ok", "it"]
