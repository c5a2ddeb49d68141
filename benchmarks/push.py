"""How fast is a push taken in, and what becomes of a thousand scans at once?

    python -m benchmarks.push [--quick]

Everything in one process, as one worker would do it; the pushes are events of the secure mode, sealed as WeChat's are.
"""

import secrets
import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from statistics import median
from urllib.parse import urlencode

from benchmarks import site, wsgi
from benchmarks.table import Figure, run

site.set_up()

from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connections  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402
from django.views.decorators.csrf import csrf_exempt  # noqa: E402

from django_wechat.models import QRSession, Status, WeChatProvider  # noqa: E402
from django_wechat.protocol import crypto, push  # noqa: E402
from django_wechat.stores import qr_sessions  # noqa: E402
from tests.factories import FollowProviderFactory  # noqa: E402
from tests.pushes import GH, KEY, TOKEN, fields, xml  # noqa: E402
from tests.urls import urlpatterns as site_urls  # noqa: E402

EVENTS = "/accounts/wechat/site/events/"
WORKERS = 8
urlpatterns = [*site_urls, path("bare/", csrf_exempt(lambda _request: HttpResponse("success")))]


def sealed(appid: str, openid: str, scene: str) -> tuple[dict[str, str], bytes]:
    """Return the query and the body of a scan's push."""
    inner = xml({**fields("SCAN", scene), "FromUserName": openid, "CreateTime": str(int(time.time()))})
    encrypted = crypto.encrypt(inner, KEY, appid)
    stamp, nonce = str(int(time.time())), secrets.token_hex(5)
    query = {"timestamp": stamp, "nonce": nonce, "encrypt_type": "aes"}
    signed = {
        "signature": crypto.sign(TOKEN, stamp, nonce),
        "msg_signature": crypto.sign(TOKEN, stamp, nonce, encrypted),
    }
    return query | signed, xml({"ToUserName": GH, "Encrypt": encrypted})


def milliseconds(step: Callable[[], object], times: int) -> float:
    """The median of `times` runs."""
    found = []
    for _ in range(times):
        started = time.perf_counter()
        step()
        found.append((time.perf_counter() - started) * 1000)
    return median(found)


def single_steps(row: WeChatProvider, times: int) -> list[Figure]:
    """Signature, reading and decryption, each alone."""
    query, body = sealed(row.client_id_2, "o1", "wxl_none")
    account, encrypted = row.official_account, crypto.encrypt(body, KEY, row.client_id_2)
    assert account
    steps: dict[str, Callable[[], object]] = {
        "signature": lambda: crypto.is_signed(query["signature"], TOKEN, query["timestamp"], query["nonce"]),
        "decrypt": lambda: crypto.decrypt(encrypted, KEY, row.client_id_2),
        "all of reading it (signature, parse, decrypt, parse)": lambda: push.receive(
            query, body, account, now=time.time()
        ),
    }
    return [Figure(f"push: {name}", milliseconds(step, times), 1, "ms", less=True) for name, step in steps.items()]


def send(application: WSGIHandler, pushed: tuple[dict[str, str], bytes], path: str = EVENTS) -> None:
    """Deliver one push."""
    query, body = pushed
    status, _body, _cookies = wsgi.ask(application, path, query=urlencode(query), body=body, CONTENT_TYPE="text/xml")
    assert status == "200 OK", status


def rate(row: WeChatProvider, vendor: str, times: int) -> Figure:
    """Pushes a second of CPU, each of somebody else; a bare view of the same site is what Django itself takes."""
    application = get_wsgi_application()
    pushes = [sealed(row.client_id_2, f"o{number}", "wxl_none") for number in range(times)]
    send(application, sealed(row.client_id_2, "o", "wxl_none"))
    started = time.process_time()
    for pushed in pushes:
        send(application, pushed)
    spent = time.process_time() - started
    started = time.process_time()
    for pushed in pushes:
        send(application, pushed, "/bare/")
    bare = time.process_time() - started
    limit = f"{times / bare:,.0f}: a bare view"
    return Figure(f"pushes a second and core, {vendor}", times / spent, 500, "", limit=limit)


def burst(row: WeChatProvider, scans: int) -> list[Figure]:
    """Scan that many QR codes at once: every push has come before the first is answered; threads take them in turn."""
    waiting: SimpleQueue[tuple[dict[str, str], bytes]] = SimpleQueue()
    for number in range(scans):
        scene = qr_sessions.new_scene()
        qr_sessions.open_session(
            row,
            f"browser-{number}",
            scene=scene,
            appid=row.client_id_2,
            seconds=300,
            request={
                "action": "media",
                "asks": True,
                "language": "en",
                "process": "login",
                "site_name": "site",
                "origin": "https://tea.example",
                "host": "tea.example",
            },
        )
        waiting.put(sealed(row.client_id_2, f"o-{number}", scene))
    ended, started = [], time.perf_counter()

    application = get_wsgi_application()

    def work() -> None:
        try:
            while True:
                send(application, waiting.get_nowait())
                ended.append(time.perf_counter() - started)
        except Empty:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(WORKERS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    lost = scans - QRSession.objects.filter(status=Status.SCANNED).count()
    return [
        Figure(f"{scans:,} scans at once: lost", lost, 0, "", less=True),
        Figure(f"{scans:,} scans at once: the last is answered after", max(ended), 5, "s", less=True),
    ]


def measure(*, quick: bool) -> list[Figure]:
    """Return the figures of the pushes."""
    with site.database() as vendor, site.urls(__name__):
        row = FollowProviderFactory(access_token=TOKEN, encoding_aes_key=KEY)
        return [
            *single_steps(row, 10 if quick else 500),
            rate(row, vendor, 10 if quick else 1000),
            *burst(row, 20 if quick else 1000),
        ]


if __name__ == "__main__":
    run(measure)
