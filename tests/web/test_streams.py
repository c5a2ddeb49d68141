"""Does a stream of events tell what polling would, to the same browsers, and leave everything else alone?"""

import asyncio
import os
import signal
import threading
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import uvicorn
from django.core.asgi import get_asgi_application
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import AsyncClient, Client
from django.urls import reverse
from django.utils import timezone

from django_wechat.asgi import wechat_streams
from django_wechat.models import QRSession, WeChatProvider
from django_wechat.stores import qr_sessions
from django_wechat.web import browser_keys
from django_wechat.web.streams import watcher
from tests.streams import Listener, cookie, in_db, open_one, scope_of
from tests.streams import row as row
from tests.streams import session as session

pytestmark = pytest.mark.django_db(transaction=True)


async def nothing_else(scope: Any, receive: Any, send: Any) -> None:
    """Stands for the site, which must not see what the wrapper serves."""
    raise AssertionError(f"the site was asked: {scope['path']}")


@pytest.fixture(autouse=True)
def _short_tick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watcher, "TICK", 0.02)


@pytest.fixture
def path(session: QRSession) -> str:
    return stream_of(session)


@pytest.fixture(params=["wrapped", "view"])
def app(request: pytest.FixtureRequest) -> Any:
    """The two ways to the same stream."""
    return wechat_streams(nothing_else) if request.param == "wrapped" else get_asgi_application()


@pytest.fixture
def wrapped() -> Any:
    return wechat_streams(nothing_else)


def stream_of(session: QRSession) -> str:
    return reverse("wechat_qr_stream", args=[session.public_id])


def run(story: Callable[[], Awaitable[None]]) -> None:
    async def within() -> None:
        async with asyncio.timeout(20):
            await story()

    asyncio.run(within())


def answer(app: Any, path: str, **scope: str) -> Listener:
    """Return the whole answer to a request that opens no stream."""
    got: list[Listener] = []

    async def story() -> None:
        got.append(Listener(app, path, **scope))
        await got[0].until(lambda listener: listener.ended)
        await got[0].leave()

    run(story)
    return got[0]


def first_told(app: Any, path: str, **scope: str) -> list[tuple[str, str]]:
    """Return what a stream tells at once."""
    got: list[Listener] = []

    async def story() -> None:
        got.append(Listener(app, path, **scope))
        await got[0].until(lambda listener: listener.told or listener.ended)
        await got[0].leave()

    run(story)
    return got[0].told


def test_from_the_code_to_the_confirmation(app: Any, session: QRSession, path: str) -> None:
    async def story() -> None:
        pc = Listener(app, path)
        await pc.until(lambda pc: pc.told == [("waiting", "")])
        assert pc.status == 200
        assert pc.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert pc.headers["cache-control"] == "no-store"
        assert pc.headers["x-accel-buffering"] == "no"
        assert pc.chunks[0].startswith(b"retry: ")
        await in_db(lambda: qr_sessions.scan(session, "o1", confirmed=False))
        await pc.until(lambda pc: pc.told[1:] == [("scanned", "confirm")])
        assert not pc.ended
        await in_db(lambda: qr_sessions.confirm(session))
        await pc.until(lambda pc: pc.ended)
        assert pc.told[2:] == [("confirmed", "finish")]
        assert all(290 < one["expires_in"] <= 300 for one in pc.data)
        await pc.leave()
        assert len(watcher.shared()) == 0

    run(story)


def test_the_answers_are_those_of_polling(app: Any, session: QRSession, path: str) -> None:
    client = Client(headers={"cookie": cookie()})

    async def story() -> None:
        pc = Listener(app, path)
        await pc.until(lambda pc: pc.data)
        polled = await in_db(lambda: client.get(path.removesuffix("stream/")).json())
        assert {**pc.data[0], "expires_in": polled["expires_in"]} == polled
        await pc.leave()

    run(story)


ENDS: list[tuple[str, str, Callable[[QRSession], Any]]] = [
    ("refused", "", lambda one: [qr_sessions.scan(one, "o1", confirmed=False), qr_sessions.refuse(one)]),
    ("used", "", lambda one: [qr_sessions.scan(one, "o1", confirmed=True), qr_sessions.redeem(one)]),
    ("expired", "", lambda one: QRSession.objects.update(expires_at=timezone.now() - timedelta(seconds=1))),
]


@pytest.mark.parametrize(("status", "then", "end"), ENDS)
def test_it_ends_with_the_session(app: Any, session: QRSession, path: str, status: str, then: str, end: Any) -> None:
    end(session)
    assert answer(app, path).told == [(status, then)]


def test_a_scan_that_only_leads_on_ends_it(app: Any, row: WeChatProvider) -> None:
    session = open_one(row, action="open")
    qr_sessions.scan(session, "o1", confirmed=False)
    assert answer(app, stream_of(session)).told == [("scanned", "open_platform")]


def test_it_expires_by_the_clock(app: Any, row: WeChatProvider) -> None:
    session = open_one(row, seconds=1)
    assert answer(app, stream_of(session)).told == [("waiting", ""), ("expired", "")]


def test_another_code_in_its_place(app: Any, session: QRSession, path: str) -> None:
    async def story() -> None:
        pc = Listener(app, path)
        await pc.until(lambda pc: pc.data)
        await in_db(lambda: qr_sessions.replace(session.public_id, "the browser's own key"))
        await pc.until(lambda pc: pc.ended)
        assert pc.told == [("waiting", ""), ("expired", "")]
        await pc.leave()

    run(story)


def test_heartbeats(app: Any, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watcher, "HEARTBEAT", 0.05)

    async def story() -> None:
        pc = Listener(app, path)
        await pc.until(lambda pc: pc.chunks.count(b"event: beat\ndata:\n\n") >= 2)
        assert len(pc.data) == 1
        await pc.leave()

    run(story)


def test_the_longest_stream_is_as_long_as_a_code(app: Any, path: str, settings: Any) -> None:
    settings.WECHAT = {**settings.WECHAT, "QR_LIFETIME": 1.5}
    assert answer(app, path).told == [("waiting", "")]


@pytest.mark.parametrize("key", ["", "another browser's"])
def test_to_other_browsers_it_does_not_exist(app: Any, path: str, key: str) -> None:
    refused = answer(app, path, key=key)
    assert (refused.status, refused.data) == (404, [])


def test_a_key_that_we_did_not_make(wrapped: Any, path: str) -> None:
    scope = scope_of(path)
    scope["headers"] = [(b"cookie", cookie().encode()[:-1] + b"x")]

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def story() -> None:
        await wrapped(scope, receive, send)

    run(story)
    assert sent[0]["status"] == 404


def test_who_asks_too_often_waits(app: Any, path: str, settings: Any) -> None:
    settings.WECHAT = {**settings.WECHAT, "RATE_LIMITS": {"qr_status_browser": (1, 86_400)}}
    assert first_told(app, path) == [("waiting", "")]
    refused = answer(app, path)
    assert refused.status == 429
    assert 0 < int(refused.headers["retry-after"]) <= 86_400


def test_a_database_that_is_away(app: Any, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(since: Any, asked: Any) -> Any:
        raise OperationalError

    monkeypatch.setattr(qr_sessions, "changes", fails)
    assert answer(app, path).status == 503


def test_who_goes_away_is_forgotten(app: Any, path: str) -> None:
    async def story() -> None:
        pc = Listener(app, path)
        await pc.until(lambda pc: pc.data)
        assert len(watcher.shared()) == 1
        await pc.leave()
        while watcher.shared():
            await asyncio.sleep(0.01)

    run(story)


def test_a_server_that_reports_a_lost_connection(wrapped: Any, path: str) -> None:
    async def receive() -> Any:
        await asyncio.Event().wait()

    async def send(message: Any) -> None:
        raise OSError("nobody listens")

    async def story() -> None:
        await wrapped(scope_of(path), receive, send)
        while watcher.shared():
            await asyncio.sleep(0.01)

    run(story)


# ── what the wrapper leaves alone ──


@pytest.mark.parametrize(
    "other",
    [
        {"type": "lifespan"},
        {"type": "websocket", "path": "/accounts/wechat/qr/AAAAAAAAAAAAAAAAAAAAAA/stream/"},
        scope_of("/accounts/wechat/qr/AAAAAAAAAAAAAAAAAAAAAA/stream/", method="POST"),
        scope_of("/accounts/wechat/qr/AAAAAAAAAAAAAAAAAAAAAA/stream/", method="HEAD"),
        scope_of("/accounts/wechat/qr/AAAAAAAAAAAAAAAAAAAAAA/"),
        scope_of("/accounts/wechat/qr/AAAAAAAAAAAAAAAAAAAAAA/stream/\n"),
        scope_of("/accounts/wechat/qr/A/stream/"),
        scope_of("/elsewhere/wechat/qr/AAAAAAAAAAAAAAAAAAAAAA/stream/"),
        scope_of("/captured/wechat/qr/AAAAAAAAAAAAAAAAAAAAAA/stream/"),
    ],
    ids=lambda scope: f"{scope['type']} {scope.get('method', '')} {scope.get('path', '')!r}",
)
def test_everything_else_is_the_sites(other: Any, settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.sites.stream_urls"
    asked: list[Any] = []

    async def site(scope: Any, receive: Any, send: Any) -> None:
        asked.extend([scope, receive, send])

    given = (other, object(), object())
    asyncio.run(wechat_streams(site)(*given))  # type: ignore[arg-type]
    assert all(one is other for one, other in zip(asked, given, strict=True))


def test_at_another_address(wrapped: Any, session: QRSession, settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.sites.stream_urls"
    end = f"wechat/qr/{session.public_id}/stream/"
    for path in (f"/en/members/{end}", f"/zh-hans/members/{end}"):
        assert first_told(wrapped, path) == [("waiting", "")], path
    assert first_told(wrapped, f"/app/en/members/{end}", root_path="/app") == [("waiting", "")]
    settings.FORCE_SCRIPT_NAME = "/forced"
    assert first_told(wrapped, f"/forced/en/members/{end}") == [("waiting", "")]


def test_no_host_is_needed(wrapped: Any, path: str, settings: Any) -> None:
    settings.ALLOWED_HOSTS = []
    settings.DEBUG = False
    assert first_told(wrapped, path, host="10.0.0.7") == [("waiting", "")]


# ── what a stream costs ──


def synchronous(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A middleware of a site that knows nothing of async, and asks for the user."""

    def middleware(request: HttpRequest) -> HttpResponse:
        assert request.user is not None
        return get_response(request)

    return middleware


@pytest.mark.parametrize("middleware", [[], ["tests.web.test_streams.synchronous"]])
def test_without_the_wrapper_no_thread_is_kept(row: WeChatProvider, settings: Any, middleware: list[str]) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, *middleware]
    app = get_asgi_application()
    sessions = [open_one(row, key=str(number)) for number in range(20)]

    async def story() -> None:
        before = threading.active_count()
        pcs = [Listener(app, stream_of(one), key=str(number)) for number, one in enumerate(sessions)]
        for pc in pcs:
            await pc.until(lambda pc: pc.data)
        while threading.active_count() > before + 4:
            await asyncio.sleep(0.01)
        await asyncio.gather(*(pc.leave() for pc in pcs))

    run(story)


def test_under_wsgi_there_is_none(path: str) -> None:
    assert Client(headers={"cookie": cookie()}).get(path).status_code == 404


def test_only_get(path: str) -> None:
    async def story() -> None:
        assert (await AsyncClient().post(path)).status_code == 405

    run(story)


def test_without_django_around_it(session: QRSession, settings: Any) -> None:
    """The test client, and whoever else calls the view, gives it no thread that it could give back."""
    settings.WECHAT = {**settings.WECHAT, "QR_LIFETIME": 1}

    async def story() -> None:
        client = AsyncClient()
        client.cookies[browser_keys.COOKIE] = cookie().partition("=")[2]
        response: Any = await client.get(stream_of(session))
        assert [chunk async for chunk in response.streaming_content][1].startswith(b"data: ")

    run(story)


@pytest.fixture
def harmless_sigterm() -> Iterator[None]:
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize("kind", ["wrapped", "view"])
@pytest.mark.usefixtures("harmless_sigterm")
def test_uvicorn_stops_at_once(path: str, kind: str) -> None:
    app = get_asgi_application()
    server = uvicorn.Server(
        uvicorn.Config(wechat_streams(app) if kind == "wrapped" else app, port=0, lifespan="off", log_config=None)
    )

    async def story() -> None:
        serving = asyncio.ensure_future(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie()}\r\n\r\n".encode())
        await reader.readuntil(b'"waiting"')
        os.kill(os.getpid(), signal.SIGTERM)
        rest = await reader.read()
        assert rest.endswith(b"0\r\n\r\n"), "the stream was ended, not cut"
        writer.close()
        await writer.wait_closed()
        await serving

    run(story)
