"""The site at which the browsers of `waiting.py` wait, its sessions, and the phone that scans them."""

import json
import os
import sys
from datetime import timedelta
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")
django.setup()

from django.core.asgi import get_asgi_application  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db.backends.signals import connection_created  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from django_wechat.asgi import wechat_streams  # noqa: E402
from django_wechat.models import QRSession  # noqa: E402
from django_wechat.stores import qr_sessions  # noqa: E402
from django_wechat.web import browser_keys  # noqa: E402
from tests.factories import BothProviderFactory  # noqa: E402


def plain() -> Any:
    """The site without the line in its asgi.py."""
    return counted(get_asgi_application())


def wrapped() -> Any:
    """The site with it."""
    return counted(wechat_streams(get_asgi_application()))


def bare() -> Any:
    """Nothing: an event, and then silence."""

    async def application(_scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b'data: "waiting"', "more_body": True})
        while (await receive())["type"] != "http.disconnect":
            pass

    return application


def counted(site: Any) -> Any:
    """Tell at /counts/ what `site` has asked the database."""
    asked = {"statements": 0, "connections": 0}

    def count(execute: Any, *statement: Any) -> Any:
        asked["statements"] += 1
        return execute(*statement)

    def begin(connection: Any, **_: Any) -> None:
        asked["connections"] += 1
        connection.execute_wrappers.append(count)

    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["path"] == "/counts/":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": json.dumps(asked).encode()})
        else:
            await site(scope, receive, send)

    connection_created.connect(begin, weak=False)
    return application


def make(browsers: int) -> None:
    """Make one session for each browser, and print the request of each, "|" for the ends of lines."""
    call_command("migrate", verbosity=0)
    QRSession.objects.all().delete()
    provider = BothProviderFactory()
    sessions = []
    for number in range(browsers):
        session = QRSession(public_id=f"{number:022}", scene=f"scene-{number}", provider=provider, appid="wx1")
        session.confirm_hash = session.scene
        session.browser_hash = qr_sessions._hash("browser", str(number))
        session.expires_at = timezone.now() + timedelta(hours=1)
        session.request = {"action": "media", "site_name": "example.com", "browser": "Chromium", "system": "Linux"}
        sessions.append(session)
    QRSession.objects.bulk_create(sessions, batch_size=1000)
    for number, session in enumerate(sessions):
        response = HttpResponse()
        browser_keys.write(HttpRequest(), response, str(number))
        cookie = response.cookies[browser_keys.COOKIE].value
        path = reverse("wechat_qr_stream", args=[session.public_id])
        print(f"GET {path} HTTP/1.1|Host: testserver|Accept: text/event-stream|Cookie: wechat_qr={cookie}||")


def scan() -> None:
    """Scan the session whose number comes on a line, and say when that is done."""
    for line in sys.stdin:
        session = QRSession.objects.get(public_id=f"{int(line):022}")
        qr_sessions.scan(session, "o1", confirmed=False)
        print("done", flush=True)


if __name__ == "__main__":
    scan() if sys.argv[1] == "scan" else make(int(sys.argv[1]))
