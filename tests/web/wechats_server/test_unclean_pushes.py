"""Does a push with characters that XML cannot hold end as any other, in every mode and format of the account?"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from django_wechat.models import ProviderHealth, WeChatProvider
from django_wechat.protocol.push import PushEvent
from django_wechat.signals import push_received
from django_wechat.simulator import seeds
from django_wechat.simulator.platform import Platform
from django_wechat.simulator.push import events
from django_wechat.simulator.push.envelopes import Message, seal
from django_wechat.simulator.server import SimulatorServer
from django_wechat.simulator.world.registry import App, PushFormat, PushMode
from tests.factories import BothProviderFactory

pytestmark = pytest.mark.django_db

URL = "/accounts/wechat/site/events/"


@pytest.fixture
def platform(wechat_simulator: SimulatorServer) -> Platform:
    return wechat_simulator.platform


@pytest.fixture(params=list(PushMode))
def account(platform: Platform, request: pytest.FixtureRequest) -> App:
    app = platform.find_app(seeds.OFFICIAL_ACCOUNT_APPID)
    app.push_mode = request.param
    return app


@pytest.fixture
def row(account: App) -> WeChatProvider:
    key = "" if account.push_mode is PushMode.PLAIN else account.aes_key
    created: WeChatProvider = BothProviderFactory(
        name="site", client_id_2=account.appid, access_token=account.server_token, encoding_aes_key=key
    )
    return created


@pytest.fixture
def heard() -> Iterator[list[PushEvent]]:
    told: list[PushEvent] = []

    def listen(event: PushEvent, **_kwargs: Any) -> None:
        told.append(event)

    push_received.connect(listen)
    yield told
    push_received.disconnect(listen)


def push(account: App, message: Message) -> Any:
    envelope = seal(account, message)
    return Client().post(URL, envelope.body, content_type="text/xml", query_params=envelope.query)


@pytest.mark.parametrize("push_format", PushFormat)
@pytest.mark.parametrize("char", ["\x00", "\x1d", "\ufffe", "\uffff", "\ud800"], ids=ascii)
def test_a_text_is_heard_of_once(
    platform: Platform, account: App, row: WeChatProvider, heard: list[PushEvent], push_format: PushFormat, char: str
) -> None:
    account.push_format = push_format
    message = events.said(account, platform.person, 1714112445, f"a{char}b", 64)
    for _ in range(2):
        response = push(account, message)
        assert (response.status_code, response.content) == (200, b"success")
    assert [event.fields["Content"] for event in heard] == ["ab"]
    assert ProviderHealth.objects.get(provider=row).push_failure == ""


def test_a_menu_key_is_heard_of(platform: Platform, account: App, row: WeChatProvider, heard: list[PushEvent]) -> None:
    assert push(account, events.menu_tapped(account, platform.person, 1714112445, "a\x1db")).content == b"success"
    assert [event.key for event in heard] == ["ab"]
