"""How long does a mini program's sign-in take, against the usual recipe on the same server?

    python -m benchmarks.programs [--quick]

Somebody who was here before, with simplejwt's tokens, in one process and one database, in turn; WeChat is 30 ms away.
"""

import json
from dataclasses import astuple
from itertools import count
from statistics import median
from time import perf_counter, process_time

from benchmarks import site, wsgi
from benchmarks.sign_in import IN_ROW, Cost, Server, fake_wechat, ratios
from benchmarks.table import Figure, run

site.set_up()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import override_settings  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from benchmarks.usual_mini_program import BARE, USUAL  # noqa: E402
from tests.factories import MiniProgramFactory  # noqa: E402

OURS = "/accounts/wechat/mini-program/"
NUMBERS = count()
TARGETS = {"allauth": 12, "simplejwt": 8}
"""Statements, by the tokens."""


def sign_in(door: str) -> dict[str, object]:
    """Have ann's program send a fresh code; return the answer."""
    code = f"ann.{next(NUMBERS)}"
    asked = {"CONTENT_TYPE": "application/json", "HTTP_HOST": "testserver", "HTTP_USER_AGENT": "MicroMessenger"}
    body = json.dumps({"code": code}).encode()
    status, told, _cookies = wsgi.ask(get_wsgi_application(), door, query=f"code={code}", body=body, **asked)
    assert status == "200 OK", told
    answer: dict[str, object] = json.loads(told)
    return answer


def cost_of(server: Server, door: str) -> Cost:
    """Take the time of one. A new connection costs two round trips before its first request: TCP's and TLS's."""
    before = server.counts()
    wall, cpu = perf_counter(), process_time()
    answer = sign_in(door)
    wall, cpu = perf_counter() - wall, process_time() - cpu
    assert {"access", "refresh"} <= set(answer)
    connections, requests = (now - then for now, then in zip(server.counts(), before, strict=True))
    return Cost(wall * 1000, cpu * 1000, 2 * connections + requests)


def compared(server: Server, times: int) -> list[Cost]:
    """Sign in `times` times by each door, some in a row; return the medians: the recipe's, ours, the bare view's."""
    found: dict[str, list[Cost]] = {USUAL: [], OURS: [], BARE: []}
    while len(found[BARE]) < times:
        for door, costs in found.items():
            # The first finds the processor's caches full of another's work.
            costs += [cost_of(server, door) for _ in range(IN_ROW + 1)][1:]
    return [Cost(*map(median, zip(*map(astuple, costs), strict=True))) for costs in found.values()]


def statements(door: str) -> int:
    """Count what one asks the database before it answers; savepoints are sent along for free."""
    with CaptureQueriesContext(connection) as captured:
        sign_in(door)
    asked = [query["sql"] for query in captured.captured_queries]
    return sum(not _is_free(sql) for sql in asked)


def _is_free(sql: str) -> bool:
    """The log, and what a second delivery would be told, are written once the answer was sent."""
    kept = "codeexchange" in sql and 'SET "outcome"' in sql.replace("`", '"')
    return kept or "signinattempt" in sql or sql.startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))


def fewest(door: str, tokens: str, server: Server) -> int:
    """Return the statements of a sign-in that ends in `tokens`; one in twenty cleans up behind the others."""
    with override_settings(WECHAT={"API_BASE_URL": server.url, "TOKENS": tokens}):
        return min(statements(door) for _ in range(3))


def measure(*, quick: bool) -> list[Figure]:
    """Return the figures of programs."""
    with (
        fake_wechat() as server,
        site.database() as vendor,
        site.urls("benchmarks.usual_mini_program"),
        override_settings(WECHAT={"API_BASE_URL": server.url, "TOKENS": "simplejwt"}),
    ):
        MiniProgramFactory()
        for door in (USUAL, OURS, BARE):
            sign_in(door)
        costs = compared(server, 2 if quick else 50)
        figures = [
            *ratios("mini program, returning", 2.4, 1, costs),
            Figure("mini program: round trips to WeChat", costs[1].trips, 1, "", less=True),
        ]
        usual = fewest(USUAL, "simplejwt", server)
        figures += [
            Figure(
                f"mini program: statements with {tokens} on {vendor}",
                fewest(OURS, tokens, server),
                target,
                "",
                less=True,
                compared=f"the recipe: {usual}",
            )
            for tokens, target in TARGETS.items()
        ]
        server.process.stdin.close()  # type: ignore[union-attr]
    return figures


if __name__ == "__main__":
    run(measure)
