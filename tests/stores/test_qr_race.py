"""Does exactly one of many at once win, with nothing in memory between them?

Threads with a connection each, and two processes: one takes the push, the other the poll.
"""

import multiprocessing
import os
import threading
from collections.abc import Callable
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user_model
from django.db import connection, connections
from django.test import Client

from django_wechat.models import QRSession, Status, WeChatProvider
from django_wechat.simulator import seeds
from django_wechat.simulator.server import SimulatorServer
from django_wechat.stores import qr_sessions
from tests.factories import AccountFactory, BothProviderFactory, IdentityFactory
from tests.pushes import fields, query, xml
from tests.visitor import Visitor

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 10


@pytest.fixture
def row() -> WeChatProvider:
    created: WeChatProvider = BothProviderFactory(
        name="site", access_token="tokentoken", enable_qr_code=True, follow_up_action="media"
    )
    return created


def at_once(number: int, act: Callable[[int], Any]) -> list[Any]:
    """Let `number` threads do the same thing at the same moment; return what each got."""
    barrier, results = threading.Barrier(number), [None] * number

    def run(index: int) -> None:
        connection.ensure_connection()
        barrier.wait()
        try:
            results[index] = act(index)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def open_one(row: WeChatProvider) -> QRSession:
    scene = qr_sessions.new_scene()
    return qr_sessions.open_session(
        row, "browser", scene=scene, appid=row.client_id_2, seconds=300, request={"action": "media", "asks": False}
    )


def test_ten_threads_redeem_one_session(row: WeChatProvider) -> None:
    session = open_one(row)
    qr_sessions.scan(session, "o1", confirmed=True)
    assert sorted(at_once(THREADS, lambda _index: qr_sessions.redeem(session))) == [False] * 9 + [True]


def test_ten_people_scan_one_code(row: WeChatProvider) -> None:
    session = open_one(row)
    won = at_once(THREADS, lambda index: qr_sessions.scan(session, f"o{index}", confirmed=False))
    assert won.count(True) == 1
    assert QRSession.objects.get().openid == f"o{won.index(True)}"


def test_yes_and_no_at_once_never_both(row: WeChatProvider) -> None:
    session = open_one(row)
    qr_sessions.scan(session, "o1", confirmed=False)
    at_once(2, lambda index: (qr_sessions.confirm if index else qr_sessions.refuse)(session))
    assert not qr_sessions.redeem(session)
    assert QRSession.objects.get().status == Status.REFUSED


def test_ten_requests_finish_one_session(row: WeChatProvider, wechat_simulator: SimulatorServer) -> None:
    visitor = Visitor(wechat_simulator)
    opened = visitor.open_qr()
    account = AccountFactory(uid="u1")
    IdentityFactory(account=account, appid=seeds.OFFICIAL_ACCOUNT_APPID, openid="o1", unionid="u1")
    qr_sessions.scan(QRSession.objects.get(), "o1", confirmed=True)
    cookies = visitor.client.cookies.output(header="", sep=";")

    def finish(_index: int) -> Any:
        client = Client()
        client.cookies.load(cookies)
        response = client.post(opened["finish_url"])
        return response.status_code, "_auth_user_id" in client.session

    results = at_once(THREADS, finish)
    assert results == [(302, True)] * THREADS, "whose answer the browser shows nobody knows"
    assert get_user_model().objects.count() == SocialAccount.objects.count() == 1


Results = Any


def take_push(scene: str, results: Results) -> None:
    """The process that WeChat's server happens to reach."""
    push = xml(fields("SCAN", scene, FromUserName="o1"))
    url = "/accounts/wechat/site/events/"
    response = Client().post(url, push, content_type="text/xml", query_params=query())
    results.put((os.getpid(), response.status_code))


def answer_poll(url: str, cookies: str, results: Results) -> None:
    """The process that the browser's poll happens to reach."""
    results.put((os.getpid(), browser_with(cookies).get(url).json()["next"]))


def sign_in(url: str, cookies: str, results: Results) -> None:
    """The process that the browser's last request happens to reach."""
    client = browser_with(cookies)
    client.post(url)
    results.put((os.getpid(), "_auth_user_id" in client.session))


def browser_with(cookies: str) -> Client:
    client = Client()
    client.cookies.load(cookies)
    return client


def in_a_process_of_its_own(act: Callable[..., None], *args: Any) -> tuple[int, Any]:
    """Run one web process that shares the database with the others, and nothing else."""
    connections.close_all()
    context = multiprocessing.get_context("fork")
    results = context.Queue()
    process = context.Process(target=act, args=(*args, results))
    process.start()
    answer: tuple[int, Any] = results.get(timeout=30)
    process.join()
    return answer


@pytest.mark.filterwarnings("ignore:.*use of fork.*:DeprecationWarning")
def test_push_poll_and_end_in_three_processes(row: WeChatProvider, wechat_simulator: SimulatorServer) -> None:
    WeChatProvider.objects.update(confirm_on_phone=False)
    visitor = Visitor(wechat_simulator)
    opened = visitor.open_qr()
    account = AccountFactory(uid="u1")
    IdentityFactory(account=account, appid=seeds.OFFICIAL_ACCOUNT_APPID, openid="o1", unionid="u1")
    scene = QRSession.objects.get().scene
    cookies = visitor.client.cookies.output(header="", sep=";")
    steps = [
        in_a_process_of_its_own(answer_poll, opened["status_url"], cookies),
        in_a_process_of_its_own(take_push, scene),
        in_a_process_of_its_own(answer_poll, opened["status_url"], cookies),
        in_a_process_of_its_own(sign_in, opened["finish_url"], cookies),
        in_a_process_of_its_own(sign_in, opened["finish_url"], cookies),
    ]
    assert len({pid for pid, _answer in steps} | {os.getpid()}) == 6
    assert [answer for _pid, answer in steps] == ["", 200, "finish", True, True]
    assert QRSession.objects.get().status == Status.USED
