"""Does a crowd get in when pushes, polls and the end of a sign-in land on different processes?

    DATABASE_URL=postgres://… CACHE_URL=redis://… python -m benchmarks.machines_crowd [--quick]

Starts two web processes (gunicorn, WSGI), one of streams (uvicorn, ASGI), nginx and the pretend WeChat, each on a port
of its own, and makes a database beside the one that is named. `benchmarks.machines` starts PostgreSQL and Redis, too.
"""

import os
import re
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import requests

from benchmarks import site
from benchmarks.services import free_ports, gunicorn, process, program, uvicorn
from benchmarks.table import Figure, run

site.set_up()

from django.conf import settings  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from django.db import connection  # noqa: E402

from django_wechat.models import QRSession, Status, WeChatIdentity  # noqa: E402
from django_wechat.simulator import seeds  # noqa: E402
from tests.factories import FollowProviderFactory  # noqa: E402

APPID = seeds.OFFICIAL_ACCOUNT_APPID
HERE = Path(__file__).parent
PHONE = {"User-Agent": "Mozilla/5.0 (iPhone) MicroMessenger/8.0.56"}
PATIENCE = 120  # seconds


@contextmanager
def machines(people: int, database: str) -> Iterator[tuple[str, str]]:
    """Start all of it; give the address of the site and that of the simulator."""
    ports = free_ports("front", "web_1", "web_2", "asgi", "simulator")
    simulator = f"http://127.0.0.1:{ports['simulator']}"
    url = re.sub(r"/[^/]*$", f"/{database}", os.environ["DATABASE_URL"])
    names = {"SIMULATOR_URL": simulator, "DATABASE_URL": url}
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        crowd = ("-m", "benchmarks.machines_simulator", str(people), "--port", str(ports["simulator"]))
        stack.enter_context(process(ports["simulator"], sys.executable, *crowd))
        for name in ("web_1", "web_2"):
            stack.enter_context(process(ports[name], *gunicorn("machines_site:wsgi", ports[name]), **names))
        stack.enter_context(process(ports["asgi"], *uvicorn("machines_site:asgi", ports["asgi"]), **names))
        config = (HERE / "nginx.conf").read_text()
        for name, value in (ports | {"folder": folder}).items():
            config = config.replace(f"{{{name}}}", str(value))
        (Path(folder) / "nginx.conf").write_text(config)
        stack.enter_context(process(ports["front"], program("nginx"), "-c", f"{folder}/nginx.conf"))
        yield f"http://127.0.0.1:{ports['front']}", simulator


class Visitor:
    """One of the crowd: a browser, and a phone that scans, follows and confirms."""

    def __init__(self, number: int, front: str, simulator: str, gate: threading.Barrier) -> None:
        self.person, self.front, self.simulator, self.gate = f"person-{number}", front, simulator, gate
        self.browser, self.seen = requests.Session(), Counter[str]()

    def sign_in(self) -> Counter[str]:
        """Do all of it; return what happened."""
        page = self.browser.get(f"{self.front}/accounts/login/", timeout=PATIENCE)
        token = {"X-CSRFToken": self.browser.cookies.get("csrftoken", "")}
        assert page.ok, page.text[:300]
        opened = self.browser.post(f"{self.front}/accounts/wechat/qr/", headers=token, timeout=PATIENCE).json()
        self.gate.wait(PATIENCE)
        scene = QRSession.objects.values_list("scene", flat=True).get(public_id=opened["id"])
        connection.close()
        self._scan(scene)
        self._wait(opened["status_url"], "confirm")
        self._confirm()
        self._wait(opened["status_url"], "finish")
        # Twice at once, as a double click would: one sign-in.
        with ThreadPoolExecutor(2) as two:
            ends = list(two.map(lambda _: self._finish(opened["finish_url"]), range(2)))
        self.seen["signed in"] = int(any(ends))
        return self.seen

    def _ask(self, name: str, **values: str) -> dict[str, object]:
        answer = requests.post(f"{self.simulator}/control/{name}", json=values, timeout=PATIENCE)
        assert answer.ok, answer.text
        found: dict[str, object] = answer.json()
        return found

    def _scan(self, scene: str) -> None:
        codes = requests.get(f"{self.simulator}/control/", timeout=PATIENCE).json()["account_qrs"]
        ticket = next(code["ticket"] for code in codes if code["scene"] == scene)
        self._ask("scan_account_qr", ticket=ticket, person=self.person)
        self._ask("follow", appid=APPID, person=self.person)

    def _confirm(self) -> None:
        messages = self._ask("chat", appid=APPID, person=self.person)["messages"]
        assert isinstance(messages, list)
        phone = requests.Session()
        phone.headers.update(PHONE)
        page = phone.get(messages[-1]["links"][0], timeout=PATIENCE)
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert found, page.text[:300]
        phone.post(page.url, {"answer": "confirm", "csrfmiddlewaretoken": found[1]}, timeout=PATIENCE)

    def _wait(self, path: str, step: str) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            answer = self.browser.get(self.front + path, timeout=PATIENCE)
            self.seen[f"polls at {answer.headers.get('X-Process', 'ASGI')}"] += 1
            if answer.ok and answer.json()["next"] == step:
                return
            time.sleep(1)
        raise TimeoutError(step)

    def _finish(self, path: str) -> bool:
        mine = requests.Session()
        mine.cookies.update(self.browser.cookies)
        answer = mine.post(self.front + path, allow_redirects=False, timeout=PATIENCE)
        return answer.status_code == 302 and "sessionid" in mine.cookies


def sign_all_in(people: int, front: str, simulator: str) -> Counter[str]:
    """Let them all come at once; the counts of all together."""
    push_url = f"{front}/accounts/wechat/site/events/"
    requests.post(f"{simulator}/control/app", json={"appid": APPID, "push_url": push_url}, timeout=9).raise_for_status()
    gate, together = threading.Barrier(people), Counter[str]()
    with ThreadPoolExecutor(people) as crowd:
        coming = [crowd.submit(Visitor(number, front, simulator, gate).sign_in) for number in range(people)]
        for one in coming:
            if error := one.exception():
                print(f"lost: {error!r}"[:300], file=sys.stderr)
            else:
                together += one.result()
    return together


def measure(*, quick: bool) -> list[Figure]:
    """Return the figures of many machines."""
    people, started = (10 if quick else 200), time.monotonic()
    with site.database():
        FollowProviderFactory()
        with machines(people, settings.DATABASES["default"]["NAME"]) as (front, simulator):
            seen = sign_all_in(people, front, simulator)
        users, known = get_user_model().objects.count(), WeChatIdentity.objects.count()
        used = QRSession.objects.filter(status=Status.USED).count()
    processes = sorted(number for name, number in seen.items() if name.startswith("polls"))
    took = f"{time.monotonic() - started:.0f} s in all; polls at each process: {processes}"
    return [
        Figure(
            f"{people} people on three processes: lost", people - min(seen["signed in"], used), 0, "", True, "", took
        ),
        Figure(f"{people} people on three processes: doubled", max(users, known) - people, 0, "", True),
        Figure(f"{people} people on three processes: processes polled", len(processes), 3, ""),
    ]


if __name__ == "__main__":
    run(measure)
