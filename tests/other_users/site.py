"""What the journeys of all these sites begin with."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.checks import run_checks
from pytest_django.live_server_helper import LiveServer

from django_wechat.models import WeChatProvider
from django_wechat.setup import check as setup_check
from django_wechat.simulator import seeds
from django_wechat.simulator.server import SimulatorServer
from tests.factories import FollowProviderFactory
from tests.flows.test_flow_follow import follow_and_sign_in
from tests.visitor import Visitor, in_wechat

FORM = "/accounts/3rdparty/signup/"
HEADLESS_FORM = "/_allauth/browser/v1/auth/provider/signup"
ROUTES = ["web_qr", "in_wechat", "follow"]


@pytest.fixture(autouse=True)
def row(wechat_simulator: SimulatorServer, live_server: LiveServer) -> WeChatProvider:
    """A provider with every journey."""
    app = wechat_simulator.platform.find_app(seeds.OFFICIAL_ACCOUNT_APPID)
    app.push_url = f"{live_server.url}/accounts/wechat/site/events/"
    created: WeChatProvider = FollowProviderFactory()
    return created


def come(simulator: SimulatorServer, person: str, route: str = "web_qr") -> tuple[Visitor, Any]:
    """Sign in as a new person by one of the journeys; return the visitor and the last answer."""
    visitor = (in_wechat if route == "in_wechat" else Visitor)(simulator, person=person)
    return visitor, follow_and_sign_in(visitor) if route == "follow" else visitor.sign_in()


def found_by_check(row: WeChatProvider) -> dict[str, str]:
    """Return what Check and the doctor find, by code."""
    return {finding.code: finding.title for finding in setup_check.check(row)}


def found_by_system_checks() -> dict[str, str]:
    """Return what `manage.py check` says of the user model."""
    messages = run_checks(tags=["django_wechat"])
    return {str(one.id): f"{one.msg} {one.hint}" for one in messages if str(one.id) >= "django_wechat.W020"}


def users() -> Any:
    """Everybody there is."""
    return get_user_model().objects.order_by("pk")
