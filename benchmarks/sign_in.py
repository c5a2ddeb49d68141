"""How long does a sign-in take, against allauth's own `weixin` provider on the same server?

    python -m benchmarks.sign_in [--quick]

Both take the same callback, in one process and one database, in turn; WeChat is 30 ms away. The start of the sign-in is
not measured: neither of them asks WeChat anything there.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from itertools import count
from pathlib import Path
from statistics import median
from urllib.parse import parse_qs, urlencode, urlsplit

from requests.utils import DEFAULT_CA_BUNDLE_PATH

from benchmarks import site, wsgi
from benchmarks.table import Figure, run

site.set_up()

from allauth.socialaccount.models import SocialApp  # noqa: E402
from allauth.socialaccount.providers.weixin.views import WeixinOAuth2Adapter  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client, override_settings  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from django_wechat.protocol import transport  # noqa: E402
from tests.factories import WebProviderFactory  # noqa: E402
from tests.user_agents import WINDOWS_CHROME  # noqa: E402

IN_ROW = 5
ROUND_TRIP = 30.0  # milliseconds
WEIXIN, WECHAT, BARE = "/accounts/weixin/login/", "/accounts/wechat/login/", "/bare/"


class Server:
    """The fake WeChat in a process of its own, so that its CPU is not ours."""

    def __init__(self, folder: Path, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.url = f"https://127.0.0.1:{self._line()}"
        bundle = folder / "all.pem"
        bundle.write_bytes(Path(DEFAULT_CA_BUNDLE_PATH).read_bytes() + (folder / "bundle.pem").read_bytes())
        os.environ["REQUESTS_CA_BUNDLE"] = str(bundle)

    def counts(self) -> tuple[int, int]:
        """How many connections and requests there were."""
        assert self.process.stdin
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        connections, requests = self._line().split()
        return int(connections), int(requests)

    def _line(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()


@contextmanager
def fake_wechat() -> Iterator[Server]:
    """Serve while the block runs."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "benchmarks.fake_wechat", folder, str(ROUND_TRIP)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            yield Server(Path(folder), process)


@dataclass(frozen=True)
class Cost:
    """What one callback took: milliseconds, milliseconds of CPU, round trips."""

    wall: float
    cpu: float
    trips: float


def browser_at(login: str) -> Callable[[str], str]:
    """Start a sign-in; return the step that comes back with a code, and returns the key of the session."""
    client, application = Client(headers={"user-agent": WINDOWS_CHROME}), get_wsgi_application()
    started = client.post(WECHAT if login == BARE else login)
    state = parse_qs(urlsplit(started["Location"]).query)["state"][0]
    sent = "; ".join(f"{name}={cookie.value}" for name, cookie in client.cookies.items())

    def come_back(code: str) -> str:
        query = urlencode({"code": code, "state": state})
        browser = {"HTTP_HOST": "testserver", "HTTP_USER_AGENT": WINDOWS_CHROME, "HTTP_COOKIE": sent}
        status, body, cookies = wsgi.ask(application, f"{login}callback/", query=query, **browser)
        assert status == "302 Found", body
        return cookies["sessionid"].value

    return come_back


def cost_of(server: Server, come_back: Callable[[str], str], code: str) -> Cost:
    """Take the time of a callback. A new connection costs two round trips before its first request: TCP's and TLS's."""
    before = server.counts()
    wall, cpu = time.perf_counter(), time.process_time()
    session_key = come_back(code)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    assert "_auth_user_id" in SessionStore(session_key)
    connections, requests = (now - then for now, then in zip(server.counts(), before, strict=True))
    return Cost(wall * 1000, cpu * 1000, 2 * connections + requests)


def cool() -> None:
    """Leave no connection, as after a quiet hour; what the process has read once stays."""
    transport._sessions.get().get_adapter("https://").close()


def compared(server: Server, times: int, name: str, *, cold: bool = False) -> list[Cost]:
    """Sign in `times` times with each; return the medians: theirs, ours, the bare view's.

    `name` is the person's, with a {} for a new one each.

    In turn, some sign-ins of each: a site has one of the two. The first after the other finds the processor's caches
    full of the other's CA bundle, and is not counted.
    """
    found: dict[str, list[Cost]] = {WEIXIN: [], WECHAT: [], BARE: []}
    numbers = count()
    while len(found[BARE]) < times:
        for login, costs in found.items():
            for in_row in range(IN_ROW + 1):
                come_back = browser_at(login)
                if cold:
                    cool()
                cost = cost_of(server, come_back, name.format(next(numbers)))
                costs += [cost] if in_row else []
    return [Cost(*map(median, zip(*map(astuple, costs), strict=True))) for costs in found.values()]


def ratios(name: str, wall: float, cpu: float | None, costs: list[Cost]) -> Iterator[Figure]:
    """Theirs against ours; no one can ask WeChat and sign in with less CPU than the bare view."""
    theirs, ours, bare = costs
    words = f"{theirs.wall:.0f} → {ours.wall:.0f} ms, {theirs.trips:.0f} → {ours.trips:.0f} round trips"
    limit = f"{theirs.wall / (ROUND_TRIP * ours.trips):.1f} x: round trips only"
    yield Figure(f"{name}: faster", theirs.wall / ours.wall, wall, limit=limit, compared=words)
    if cpu:
        words = f"{theirs.cpu:.1f} → {ours.cpu:.1f} ms CPU"
        limit = f"{theirs.cpu / bare.cpu:.1f} x: a bare view"
        yield Figure(f"{name}: less CPU", theirs.cpu / ours.cpu, cpu, limit=limit, compared=words)


def statements(login: str) -> int:
    """Count what a returning sign-in asks the database before it answers; savepoints are sent along for free."""
    come_back = browser_at(login)
    with CaptureQueriesContext(connection) as captured:
        come_back("ann")
    ends = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    asked = [query["sql"] for query in captured.captured_queries if "signinattempt" not in query["sql"]]
    return sum(not sql.startswith(ends) for sql in asked)


def measure(*, quick: bool) -> list[Figure]:
    """Return the figures of the sign-in."""
    times = 2 if quick else 25
    with (
        fake_wechat() as server,
        site.database() as vendor,
        site.urls("benchmarks.bare_sign_in"),
        override_settings(WECHAT={"API_BASE_URL": server.url}),
    ):
        WeixinOAuth2Adapter.access_token_url = f"{server.url}/sns/oauth2/access_token"
        WeixinOAuth2Adapter.profile_url = f"{server.url}/sns/userinfo"
        WebProviderFactory()
        SocialApp.objects.create(provider="weixin", name="weixin", client_id="wx1", secret="s" * 32)
        compared(server, 2, "ann")
        figures = [
            *ratios("returning, warm", 4.5, 6, compared(server, times, "ann")),
            *ratios("first, warm", 2.4, 4, compared(server, times, "new{}")),
            *ratios("returning, cold", 1.8, None, compared(server, times, "ann", cold=True)),
        ]
        # One callback in twenty cleans up behind the others.
        ours, asked = min(statements(WECHAT) for _ in range(2)), f"allauth's weixin: {statements(WEIXIN)}"
        figures.append(Figure(f"returning: statements on {vendor}", ours, 16, "", less=True, compared=asked))
        server.process.stdin.close()  # type: ignore[union-attr]
    return figures


if __name__ == "__main__":
    run(measure)
