"""Which figures were measured, and do they meet their targets? `python -m benchmarks.table` runs every part.

    python -m benchmarks.table [--quick]

Each part is a process of its own, and can be run alone: `python -m benchmarks.sign_in`, for one.
"""

import argparse
import json
import math
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

PARTS = ("sign_in", "programs", "waiting", "polling", "push", "pages", "growth", "machines")


@dataclass(frozen=True)
class Figure:
    """One figure: at least (or at most, if `less`) `target`. `limit` is what cannot be beaten, in words.

    One that could not be measured has the value NaN, and says why in `compared`.
    """

    name: str
    value: float
    target: float
    unit: str = "x"
    less: bool = False
    limit: str = ""
    compared: str = ""

    @property
    def met(self) -> bool:
        """Whether the figure meets its target."""
        return self.value <= self.target if self.less else self.value >= self.target

    @property
    def verdict(self) -> str:
        """What the table says of it."""
        if math.isnan(self.value):
            return "NOT MEASURED"
        return "ok" if self.met else "MISSED"

    @property
    def cells(self) -> tuple[str, ...]:
        """Its line of the table."""
        sign = "≤" if self.less else "≥"
        measured = "–" if math.isnan(self.value) else f"{self.value:,.2f} {self.unit}"
        return (self.name, measured, f"{sign} {self.target:,g} {self.unit}", self.verdict, self.limit, self.compared)


def show(figures: list[Figure]) -> None:
    """Print the table."""
    rows = [("figure", "measured", "target", "", "limit", "compared with"), *(figure.cells for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(6)]
    for row in rows:
        print("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())


def tell(figures: list[Figure], *, as_json: bool) -> None:
    """Print the table, or a line of JSON for each figure."""
    if as_json:
        print("\n".join(json.dumps(asdict(figure)) for figure in figures))
    else:
        show(figures)


def run(measure: Callable[..., list[Figure]]) -> None:
    """Be the command line of a part: `--quick` shows only that it works, `--json` is for this file."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    tell(measure(quick=asked.quick), as_json=asked.json)


def _part(name: str, *options: str) -> Iterator[Figure]:
    started = time.monotonic()
    print(f"measuring {name} …", file=sys.stderr)
    command = [sys.executable, "-m", f"benchmarks.{name}", "--json", *options]
    printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    print(f"… {time.monotonic() - started:.0f} s", file=sys.stderr)
    yield from (Figure(**json.loads(line)) for line in printed.splitlines() if line.startswith("{"))


def main() -> None:
    """Run all parts and print one table. A missed target is no failure: docs/scaling.md says why it is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="see that it works; the figures mean nothing")
    options = ["--quick"] if parser.parse_args().quick else []
    show([figure for name in PARTS for figure in _part(name, *options)])


if __name__ == "__main__":
    main()
