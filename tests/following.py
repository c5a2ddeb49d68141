"""A visitor who scans the official account's code: the steps on the phone, over the real views and the simulator."""

import re
from typing import Any

from django.test import Client
from pytest_django.live_server_helper import LiveServer

from django_wechat.models import QRSession, WeChatProvider
from django_wechat.simulator import seeds
from django_wechat.simulator.platform import Platform
from django_wechat.simulator.server import SimulatorServer
from tests.factories import FollowProviderFactory
from tests.user_agents import IPHONE_WECHAT
from tests.visitor import Visitor

APPID = seeds.OFFICIAL_ACCOUNT_APPID


def set_up(simulator: SimulatorServer, live_server: LiveServer) -> WeChatProvider:
    """Return the provider "site", whose official account pushes to the live server."""
    simulator.platform.find_app(APPID).push_url = f"{live_server.url}/accounts/wechat/site/events/"
    created: WeChatProvider = FollowProviderFactory()
    return created


def platform_of(visitor: Visitor) -> Platform:
    platform: Platform = visitor.simulator.platform
    return platform


def scan(visitor: Visitor) -> str:
    """Scan the newest code as somebody who has to follow first; return what the chat shows."""
    outcome = platform_of(visitor).scan_account_qr("", visitor.person)
    if outcome.push is None:
        platform_of(visitor).follow(APPID, visitor.person)
    return str(platform_of(visitor).chat(APPID, visitor.person)[-1].text)


def link_in(text: str) -> str:
    found = re.search(r"/accounts/wechat/confirm/\w+/", text)
    assert found, text
    return found.group()


def token_in(page: Any) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.content.decode())
    assert found
    return found.group(1)


def status(visitor: Visitor, opened: dict[str, Any]) -> dict[str, Any]:
    response = visitor.client.get(opened["status_url"])
    assert response.status_code == 200, response.content
    answer: dict[str, Any] = response.json()
    return answer


def phone(**more: Any) -> Client:
    """WeChat's own browser on the phone."""
    return Client(**{"headers": {"user-agent": IPHONE_WECHAT}, **more})


def finish(visitor: Visitor, opened: dict[str, Any]) -> Any:
    """Redeem the code that was confirmed, with what the phone shows if something is connected."""
    digits = QRSession.objects.get(public_id=opened["id"]).digits
    return visitor.client.post(opened["finish_url"], {"digits": digits})


def answer(link: str, word: str = "confirm") -> Any:
    return phone().post(link, {"answer": word})


def signed_in(simulator: SimulatorServer, live_server: LiveServer) -> Visitor:
    """Return somebody who signed in by following the official account of the provider "site"."""
    set_up(simulator, live_server)
    visitor = Visitor(simulator)
    opened = visitor.open_qr()
    answer(link_in(scan(visitor)))
    assert visitor.client.post(opened["finish_url"]).status_code == 302
    return visitor
