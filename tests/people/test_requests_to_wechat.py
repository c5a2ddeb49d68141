"""How often is WeChat asked? Its calls are limited, and each makes somebody wait."""

import pytest

from django_wechat.models import QRSession, WeChatIdentity, WeChatProvider
from django_wechat.simulator import seeds
from django_wechat.simulator.server import SimulatorServer
from django_wechat.stores import qr_sessions
from tests.factories import BothProviderFactory
from tests.visitor import Visitor, in_wechat

pytestmark = pytest.mark.django_db
ACCOUNT = seeds.OFFICIAL_ACCOUNT_APPID


@pytest.fixture(autouse=True)
def _row(wechat_simulator: SimulatorServer) -> None:
    del wechat_simulator
    BothProviderFactory(access_token="tokentoken", follow_up_action="media")


def requests_of(simulator: SimulatorServer, visitor: Visitor) -> int:
    """Let the visitor sign in; return how often WeChat was asked."""
    before = len(simulator.platform.requests)
    visitor.sign_in()
    assert visitor.user is not None
    return len(simulator.platform.requests) - before


def requests_of_follower(simulator: SimulatorServer, openid: str) -> int:
    """Let a follower sign in who scanned and confirmed; return how often WeChat was asked after that."""
    visitor = Visitor(simulator)
    opened = visitor.open_qr()
    qr_sessions.scan(QRSession.objects.get(public_id=opened["id"]), openid, confirmed=True)
    before = len(simulator.platform.requests)
    visitor.client.post(opened["finish_url"])
    assert visitor.user is not None
    return len(simulator.platform.requests) - before


def test_somebody_new_costs_two_and_somebody_known_one(wechat_simulator: SimulatorServer) -> None:
    assert [requests_of(wechat_simulator, Visitor(wechat_simulator)) for _ in range(3)] == [2, 1, 1]


def test_somebody_known_by_the_unionid_costs_one(wechat_simulator: SimulatorServer) -> None:
    """The profile that another app of the same person read is fresh enough."""
    Visitor(wechat_simulator).sign_in()
    assert requests_of(wechat_simulator, in_wechat(wechat_simulator)) == 1
    assert WeChatIdentity.objects.count() == 2


@pytest.mark.parametrize("open_platform", ["bound", ""], ids=["with a unionid", "without"])
def test_a_follower_is_asked_about_once(wechat_simulator: SimulatorServer, open_platform: str) -> None:
    account = wechat_simulator.platform.find_app(ACCOUNT)
    account.open_platform = open_platform
    account.push_url = ""
    WeChatProvider.objects.update(enable_qr_code=True)
    wechat_simulator.platform.follow(ACCOUNT, "zhangsan")
    openid = wechat_simulator.platform.find_person("zhangsan").openid(ACCOUNT)
    assert [requests_of_follower(wechat_simulator, openid) for _ in range(3)] == [1, 0, 0]
    assert bool(WeChatIdentity.objects.get().unionid) is bool(open_platform)
