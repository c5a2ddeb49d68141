"""The end of a QR sign-in, sent more than once: does every answer end as the first did, and none after the sign-out?"""

import threading
from http.cookies import SimpleCookie
from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.db import connections
from django.test import Client
from django.utils import timezone

from django_wechat.flows import disown
from django_wechat.models import QRSession, SignInAttempt, WeChatIdentity
from django_wechat.simulator.server import SimulatorServer
from django_wechat.stores import qr_sessions
from tests.factories import FollowProviderFactory
from tests.following import APPID
from tests.user_agents import WINDOWS_CHROME
from tests.visitor import Visitor, cookies_of, signed_in_user

pytestmark = pytest.mark.django_db(transaction=True)

JSON = {"accept": "application/json"}
TIMES = 8


@pytest.fixture
def pc(wechat_simulator: SimulatorServer) -> Visitor:
    FollowProviderFactory(name="site")
    return Visitor(wechat_simulator)


def confirmed(pc: Visitor, **form: str) -> str:
    """Open a code, scan it with a follower's phone and say yes; return the address of the end."""
    opened = pc.open_qr(**form)
    pc.simulator.platform.follow(APPID, pc.person)
    openid = pc.simulator.platform.find_person(pc.person).openid(APPID)
    qr_sessions.scan(QRSession.objects.get(public_id=opened["id"]), openid, confirmed=True)
    return str(opened["finish_url"])


def same_browser(client: Client) -> Client:
    copy = Client(headers={"user-agent": WINDOWS_CHROME})
    copy.cookies = cookies_of(client)
    return copy


@pytest.mark.parametrize("headers", [{}, JSON])
def test_sent_at_the_same_moment(pc: Visitor, headers: dict[str, str]) -> None:
    finish_url = confirmed(pc, next="/there/")
    clients = [same_browser(pc.client) for _ in range(TIMES)]
    answers: list[Any] = []
    barrier = threading.Barrier(TIMES)

    def send(client: Client) -> None:
        barrier.wait()
        try:
            answers.append(client.post(finish_url, headers=headers))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ends = [answer.json()["location"] if headers else answer["Location"] for answer in answers]
    assert ends == ["/there/"] * TIMES
    user = get_user_model().objects.get()
    assert [signed_in_user(client) for client in clients] == [user] * TIMES
    assert WeChatIdentity.objects.count() == 1
    assert SignInAttempt.objects.count() == 1
    assert disown.take_back(QRSession.objects.get())
    assert [signed_in_user(client) for client in clients] == [None] * TIMES


def test_sent_once_more_by_who_has_the_old_cookies(pc: Visitor) -> None:
    finish_url = confirmed(pc)
    before = same_browser(pc.client)
    pc.client.post(finish_url)
    assert before.post(finish_url).status_code == 302
    assert signed_in_user(before) == pc.user


def test_sent_once_more_too_late(pc: Visitor) -> None:
    finish_url = confirmed(pc)
    before = same_browser(pc.client)
    pc.client.post(finish_url)
    with time_machine.travel(timezone.now() + qr_sessions.REPEAT_WINDOW):
        assert before.post(finish_url, headers=JSON).json()["error"]["code"] == "qr_over"
    assert signed_in_user(before) is None


@pytest.mark.parametrize("times", [1, 2])
def test_sent_once_more_after_the_sign_out(pc: Visitor, times: int) -> None:
    finish_url = confirmed(pc)
    before = cookies_of(pc.client)
    for _ in range(times):
        pc.client.cookies = SimpleCookie(before.output(header="", sep=";"))
        pc.client.post(finish_url)
    pc.client.post("/accounts/logout/")
    assert pc.user is None
    pc.client.cookies = before
    assert pc.client.post(finish_url, headers=JSON).json()["error"]["code"] == "qr_over"
    assert pc.user is None


def test_sent_by_another_browser(pc: Visitor) -> None:
    finish_url = confirmed(pc)
    pc.client.post(finish_url)
    assert Client().post(finish_url).status_code == 404
