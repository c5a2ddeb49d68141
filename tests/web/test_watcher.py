"""Does everybody who waits hear of every change once, at the price of one look for all?"""

import asyncio
import signal
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from django_wechat.models import QRSession, Status, WeChatProvider
from django_wechat.stores import qr_sessions
from django_wechat.web.streams import database_thread, watcher
from django_wechat.web.streams.database_thread import DatabaseThread
from django_wechat.web.streams.waiting import News, Waiting
from django_wechat.web.streams.watcher import Watcher
from tests.streams import KEY, in_db, open_one
from tests.streams import row as row
from tests.streams import session as session

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, Any]]:
    """What the database was asked, and a short tick."""
    monkeypatch.setattr(watcher, "TICK", 0.02)
    asked: list[tuple[Any, Any]] = []
    really = qr_sessions.changes

    def changes(since: Any, ids: Any) -> list[dict[str, Any]]:
        asked.append((since, ids))
        return really(since, ids)

    monkeypatch.setattr(qr_sessions, "changes", changes)
    return asked


def run(story: Callable[[], Awaitable[None]]) -> None:
    async def within() -> None:
        async with asyncio.timeout(15):
            await story()

    asyncio.run(within())


async def joined(session: QRSession, key: str = KEY, seconds: float = 60) -> Waiting:
    waiting = await watcher.shared().join(session.public_id, key, seconds)
    assert waiting is not None
    return waiting


async def next_status(waiting: Waiting) -> str:
    while await waiting.news() is News.HEARTBEAT:
        pass
    found = waiting.pop_qr_session()
    return str(found.status) if found else "ended"


async def some_looks(looks: list[Any], number: int = 3) -> None:
    enough = len(looks) + number
    while len(looks) < enough:
        await asyncio.sleep(0.01)


def test_the_first_news_is_how_things_stand(session: QRSession, looks: list[Any]) -> None:
    async def story() -> None:
        await in_db(lambda: qr_sessions.scan(session, "o1", confirmed=False))
        assert await next_status(await joined(session)) == Status.SCANNED

    run(story)


def test_a_change_is_told_once(session: QRSession, looks: list[Any]) -> None:
    async def story() -> None:
        waiting = await joined(session)
        assert await next_status(waiting) == Status.WAITING
        await in_db(lambda: qr_sessions.scan(session, "o1", confirmed=False))
        assert await next_status(waiting) == Status.SCANNED
        assert waiting.pop_qr_session() is None
        await some_looks(looks, 5)
        assert waiting._news is None
        await in_db(lambda: qr_sessions.confirm(session))
        assert await next_status(waiting) == Status.CONFIRMED

    run(story)


def test_nobody_waits_nobody_asks(session: QRSession, looks: list[Any]) -> None:
    async def story() -> None:
        shared = watcher.shared()
        waiting = await joined(session)
        await some_looks(looks)
        shared.leave(waiting)
        while shared._task:
            await asyncio.sleep(0.01)
        before = len(looks)
        await asyncio.sleep(0.2)
        assert len(looks) == before
        assert len(shared) == 0
        assert await next_status(await joined(session)) == Status.WAITING

    run(story)


def test_at_most_four_looks_a_second(session: QRSession, looks: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watcher, "TICK", 0.25)

    started = time.monotonic()

    async def story() -> None:
        while len(looks) < 4:
            watcher.shared().leave(await joined(session))
            await asyncio.sleep(0.01)

    run(story)
    assert time.monotonic() - started > 3 * 0.25


def test_one_query_whoever_comes(row: WeChatProvider, looks: list[Any]) -> None:
    sessions = [open_one(row, key=str(number)) for number in range(30)]

    async def story() -> None:
        await asyncio.gather(*(joined(one, str(number)) for number, one in enumerate(sessions)))

    run(story)
    assert [len(asked) for _, asked in looks][:2] in ([30], [30, 0])


def test_a_look_is_one_statement(session: QRSession, django_assert_num_queries: Any) -> None:
    for since in (None, timezone.now() - timedelta(seconds=5)):
        for asked in ((), [session.public_id]):
            with django_assert_num_queries(1):
                found = qr_sessions.changes(since, asked)
            assert {one["public_id"] for one in found} == {session.public_id}


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the planners of others read a small table whole")
def test_a_look_reads_by_an_index(session: QRSession) -> None:
    rows = QRSession.objects.filter(changed_at__gte=timezone.now())
    plan = rows.union(QRSession.objects.filter(public_id__in=["a", "b"]), all=True).explain()
    assert "SCAN django_wechat" not in plan
    assert plan.count("USING INDEX") == 2


@pytest.mark.parametrize("late", [0.0, 4.0])
def test_a_transaction_that_commits_late(
    session: QRSession, row: WeChatProvider, looks: list[Any], late: float
) -> None:
    other = open_one(row)
    QRSession.objects.update(changed_at=timezone.now() - timedelta(hours=1))

    async def story() -> None:
        waiting = await joined(session)
        await next_status(waiting)
        now = timezone.now()
        await in_db(lambda: QRSession.objects.filter(pk=other.pk).update(changed_at=now))
        await some_looks(looks)
        mine = QRSession.objects.filter(pk=session.pk)
        await in_db(lambda: mine.update(status=Status.SCANNED, changed_at=now - timedelta(seconds=late)))
        assert await next_status(waiting) == Status.SCANNED

    run(story)


def test_nothing_is_read_for_ever(
    session: QRSession, looks: list[tuple[Any, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watcher, "OVERLAP", timedelta(seconds=0.1))

    async def story() -> None:
        waiting = await joined(session)
        await next_status(waiting)
        await asyncio.sleep(0.3)
        await some_looks(looks)
        since, asked = looks[-1]
        assert since > session.changed_at
        assert not asked

    run(story)


def test_a_server_whose_clock_is_ahead_hides_nothing(session: QRSession, row: WeChatProvider, looks: list[Any]) -> None:
    other = open_one(row)
    QRSession.objects.filter(pk=other.pk).update(changed_at=timezone.now() + timedelta(hours=1))

    async def story() -> None:
        waiting = await joined(session)
        await next_status(waiting)
        await some_looks(looks)
        await in_db(lambda: qr_sessions.scan(session, "o1", confirmed=False))
        assert await next_status(waiting) == Status.SCANNED

    run(story)


def test_only_the_browser_that_opened_it(session: QRSession, looks: list[Any]) -> None:
    async def story() -> None:
        mine = await joined(session)
        for public_id, key in [(session.public_id, "another"), (session.public_id, ""), ("x" * 22, KEY)]:
            assert await watcher.shared().join(public_id, key, 60) is None
        assert len(watcher.shared()) == 1
        assert await next_status(mine) == Status.WAITING

    run(story)


def test_several_tabs_show_one_code(session: QRSession, looks: list[Any]) -> None:
    async def story() -> None:
        tabs = [await joined(session) for _ in range(watcher.MAX_TABS)]
        for tab in tabs:
            assert await next_status(tab) == Status.WAITING
        newest = await joined(session)
        assert await next_status(tabs[0]) == "ended"
        watcher.shared().leave(tabs[0])
        assert len(watcher.shared()) == watcher.MAX_TABS
        await in_db(lambda: qr_sessions.scan(session, "o1", confirmed=False))
        assert [await next_status(tab) for tab in tabs[1:]] == [Status.SCANNED] * 2
        assert await next_status(newest) == Status.SCANNED

    run(story)


def test_at_the_end_of_its_time_a_session_is_read_once_more(row: WeChatProvider, looks: list[Any]) -> None:
    soon = open_one(row, seconds=1)
    QRSession.objects.update(changed_at=timezone.now() - timedelta(hours=1))
    open_one(row)

    async def story() -> None:
        waiting = await joined(soon)
        await next_status(waiting)
        # What no look at changes can see.
        await in_db(lambda: QRSession.objects.filter(pk=soon.pk).update(status=Status.REFUSED))
        assert await next_status(waiting) == Status.REFUSED

    run(story)


def test_a_session_that_was_deleted_ends(row: WeChatProvider, looks: list[Any]) -> None:
    soon = open_one(row, seconds=1)

    async def story() -> None:
        waiting = await joined(soon)
        await next_status(waiting)
        await in_db(QRSession.objects.all().delete)
        assert await next_status(waiting) == "ended"

    run(story)


def test_nobody_waits_for_ever(session: QRSession, looks: list[Any]) -> None:
    async def story() -> None:
        waiting = await joined(session, seconds=1)
        await next_status(waiting)
        assert await next_status(waiting) == "ended"
        assert len(watcher.shared()) == 0

    run(story)


def test_heartbeats(session: QRSession, looks: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watcher, "HEARTBEAT", 0.05)

    async def story() -> None:
        waiting = await joined(session)
        await next_status(waiting)
        assert [await waiting.news() for _ in range(3)] == [News.HEARTBEAT] * 3
        waiting.wake(News.CHANGE)
        waiting.wake(News.HEARTBEAT)
        assert await waiting.news() is News.CHANGE

    run(story)


def test_who_left_gets_none(session: QRSession, row: WeChatProvider, looks: list[Any], monkeypatch: Any) -> None:
    monkeypatch.setattr(watcher, "HEARTBEAT", 0.05)
    other = open_one(row)

    async def story() -> None:
        leaves, stays = await joined(other), await joined(session)
        watcher.shared().leave(leaves)
        await next_status(stays)
        assert [await stays.news() for _ in range(2)] == [News.HEARTBEAT] * 2
        assert await leaves.news() is News.END
        assert [one[2] for one in watcher.shared()._due] == [stays]

    run(story)


def test_a_database_that_is_away(
    session: QRSession, looks: list[Any], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    really = qr_sessions.changes
    failures = 0

    def fails(since: Any, asked: Any) -> list[dict[str, Any]]:
        nonlocal failures
        failures += 1
        raise OperationalError("the server closed the connection unexpectedly")

    async def story() -> None:
        waiting = await joined(session)
        await next_status(waiting)
        monkeypatch.setattr(qr_sessions, "changes", fails)
        with pytest.raises(ConnectionError):
            await joined(session)
        await in_db(lambda: qr_sessions.scan(session, "o1", confirmed=False))
        await asyncio.sleep(0.2)
        assert 1 <= failures < 6, "the pauses grow"
        monkeypatch.setattr(qr_sessions, "changes", really)
        assert await next_status(waiting) == Status.SCANNED
        await joined(session)

    run(story)
    assert "asked again in" in caplog.text


class Server:
    """What uvicorn is to its signal handler."""

    should_exit = False

    def handle_exit(self, *signal: Any) -> None:
        self.should_exit = True


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    before = signal.signal(signal.SIGTERM, server.handle_exit)
    yield server
    signal.signal(signal.SIGTERM, before)


def test_a_server_that_stops_ends_them_all(session: QRSession, looks: list[Any], server: Server) -> None:
    async def story() -> None:
        waiting = await joined(session)
        await next_status(waiting)
        signal.raise_signal(signal.SIGTERM)
        assert await next_status(waiting) == "ended"
        with pytest.raises(ConnectionError):
            await joined(session)

    run(story)


def test_who_leaves_before_the_first_look(
    session: QRSession, looks: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        shared = watcher.shared()
        joining = asyncio.ensure_future(joined(session))
        await asyncio.sleep(0)
        joining.cancel()
        with pytest.raises(asyncio.CancelledError):
            await joining
        assert len(shared) == 0

    run(story)


def test_who_leaves_during_the_look(session: QRSession, looks: list[Any]) -> None:
    shared = Watcher()
    gone = Waiting(session.public_id, KEY, 0)
    shared._admit(gone, qr_sessions.changes(None, [session.public_id])[0])
    assert len(shared) == 0


def test_one_thread_and_one_connection(row: WeChatProvider, looks: list[Any]) -> None:
    sessions = [open_one(row, key=str(number)) for number in range(50)]

    async def story() -> None:
        before = threading.active_count()
        await asyncio.gather(*(joined(one, str(number)) for number, one in enumerate(sessions)))
        assert threading.active_count() == before + 1

    run(story)


def test_the_connection_is_renewed_now_and_then(session: QRSession, monkeypatch: pytest.MonkeyPatch) -> None:
    connected: list[Any] = []

    def which() -> Any:
        QRSession.objects.count()
        connected.append(connection.connection)

    async def story() -> None:
        thread = DatabaseThread()
        await thread.run(which)
        await thread.run(which)
        monkeypatch.setattr(database_thread, "_CONNECTION_LIFE", -1.0)
        thread._fresh_until = 0
        await thread.run(which)
        thread.close()
        thread._pool.shutdown()

    run(story)
    assert connected[0] is connected[1]
    assert connected[1] is not connected[2]
