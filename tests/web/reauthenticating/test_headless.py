"""Does a headless frontend hear that WeChat may confirm, and can it begin there?"""

from typing import Any

import pytest
from allauth.headless.base import response
from allauth.headless.socialaccount import views
from allauth.headless.socialaccount.forms import RedirectToProviderForm
from allauth.socialaccount.providers.base.constants import AuthProcess

from django_wechat.simulator.server import SimulatorServer
from django_wechat.web.reauthenticating.headless import RedirectForm
from tests.factories import BothProviderFactory
from tests.following import answer, link_in, scan, signed_in
from tests.visitor import Visitor

API = "/_allauth/browser/v1"
REDIRECT = f"{API}/auth/provider/redirect"
FLOW = {"id": "provider_reauthenticate", "providers": ["wechat"]}
ASK = {"provider": "wechat", "process": "reauthenticate", "callback_url": "/app/"}


@pytest.fixture
def visitor(db: None, wechat_simulator: SimulatorServer, settings: Any) -> Visitor:
    settings.ACCOUNT_REAUTHENTICATION_REQUIRED = True
    BothProviderFactory(name="site")
    found = Visitor(wechat_simulator)
    found.sign_in()
    return found


def add_address(visitor: Visitor) -> Any:
    return visitor.client.post(f"{API}/account/email", {"email": "li@example.com"}, content_type="application/json")


def flows(visitor: Visitor) -> list[dict[str, Any]]:
    refused = add_address(visitor)
    assert refused.status_code == 401, refused.content
    found: list[dict[str, Any]] = refused.json()["data"]["flows"]
    return found


def test_the_names_of_allauths_that_are_used_are_there() -> None:
    # If this fails, allauth's headless API changed where it lists the ways to confirm, or reads a redirect:
    # look at web/reauthenticating/headless.py, and whether allauth has a hook, or a word of its own, by now.
    assert views.RedirectToProviderForm is RedirectForm
    assert "RedirectToProviderForm" in views.RedirectToProviderView.post.__code__.co_names
    assert response.BaseAuthenticationResponse._get_flows.__wrapped__.__code__.co_varnames[:3] == (
        "self",
        "request",
        "user",
    )
    own = RedirectToProviderForm.base_fields["process"]
    assert [value for value, _label in own.choices] == [AuthProcess.LOGIN, AuthProcess.CONNECT]


def test_the_way_is_listed_for_who_has_to_confirm(visitor: Visitor) -> None:
    assert FLOW in flows(visitor)
    visitor.client.post("/accounts/logout/")
    signed_out = visitor.client.get(f"{API}/auth/session").json()["data"]["flows"]
    assert FLOW not in signed_out


def test_the_redirect_confirms_and_the_frontend_goes_on(visitor: Visitor) -> None:
    url = visitor.client.post(REDIRECT, ASK)["Location"]
    assert visitor.come_back(url, visitor.allow(url))["Location"] == "/app/"
    assert add_address(visitor).status_code == 200


def test_the_frontend_hears_whose_wechat_it_was_not(visitor: Visitor) -> None:
    url = visitor.client.post(REDIRECT, ASK)["Location"]
    visitor.person = "xiaohua"
    back = visitor.come_back(url, visitor.allow(url))["Location"]
    assert back.startswith("/app/?")
    assert "error_process=reauthenticate" in back
    assert FLOW in flows(visitor)


def test_nobody_begins_it(visitor: Visitor) -> None:
    visitor.client.post("/accounts/logout/")
    back = visitor.client.post(REDIRECT, ASK)["Location"]
    assert "error_process=reauthenticate" in back


def test_no_other_provider_can_confirm(visitor: Visitor, settings: Any) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = {"weixin": {"APP": {"client_id": "wx0000000000000000", "secret": "s"}}}
    back = visitor.client.post(REDIRECT, ASK | {"provider": "weixin"})
    assert "open.weixin.qq.com" not in back.headers.get("Location", "")
    assert "error" in back.headers.get("Location", "") or back.status_code >= 400 or b"rror" in back.content


def test_by_the_official_account(
    transactional_db: None, wechat_simulator: SimulatorServer, live_server: Any, settings: Any
) -> None:
    settings.ACCOUNT_REAUTHENTICATION_REQUIRED = True
    visitor = signed_in(wechat_simulator, live_server)
    opened = visitor.open_qr(process="reauthenticate", callback_url="/app/")
    answer(link_in(scan(visitor)))
    ended = visitor.client.post(opened["finish_url"], headers={"accept": "application/json"})
    assert ended.json() == {"location": "/app/"}
    assert add_address(visitor).status_code == 200
