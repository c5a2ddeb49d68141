"""Is a request read once, whatever somebody wrote into it?"""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from django_wechat.simulator.server import SimulatorServer
from tests.factories import BothProviderFactory
from tests.user_agents import IPHONE_WECHAT, WINDOWS_CHROME
from tests.visitor import CALLBACK, LOGIN, QR

pytestmark = pytest.mark.django_db

UNREADABLE = [
    "https://[::1",
    "//[",
    "https://[::1]abc/",
    "http://[v1.x/",
    "https://exa℀mple.com/",
    "//\uff0f\uff0f[",
    "https://[example.com]/",
]
ASKS = [
    ("get", LOGIN),
    ("post", LOGIN),
    ("get", "/accounts/wechat/panel/"),
    ("post", QR),
    ("get", CALLBACK),
    ("get", "/accounts/wechat/confirm/nobody/"),
    ("get", f"{QR}nowhere/"),
    ("post", f"{QR}nowhere/finish/"),
]


@pytest.mark.parametrize(("method", "url"), ASKS)
@pytest.mark.parametrize("field", ["next", "callback_url"])
@pytest.mark.parametrize("written", UNREADABLE)
def test_an_address_that_nobody_can_read_is_none(
    written: str, field: str, method: str, url: str, wechat_simulator: SimulatorServer
) -> None:
    BothProviderFactory()
    client = Client(headers={"user-agent": IPHONE_WECHAT if "login" in url else WINDOWS_CHROME})
    ask: Any = getattr(client, method)
    for response in (ask(url, query_params={field: written}), client.post(url, {field: written})):
        assert response.status_code < 500
        assert written not in response.get("Location", "")
        for state, *_rest in client.session.get("socialaccount_states", {}).values():
            assert not state.get("next")


def test_an_address_is_followed_that_can_be_read(wechat_simulator: SimulatorServer) -> None:
    BothProviderFactory()
    client = Client(headers={"user-agent": WINDOWS_CHROME})
    client.post(LOGIN, query_params={"next": "/there/"})
    assert [state["next"] for state, *_rest in client.session["socialaccount_states"].values()] == ["/there/"]


@pytest.mark.parametrize(
    ("secure", "session_cookie_secure", "expected"),
    [(False, False, False), (True, False, True), (False, True, True), (True, True, True)],
)
def test_our_cookie_is_as_secure_as_the_sessions(
    secure: bool, session_cookie_secure: bool, expected: bool, settings: Any, wechat_simulator: SimulatorServer
) -> None:
    settings.SESSION_COOKIE_SECURE = session_cookie_secure
    from_follow = BothProviderFactory(enable_qr_code=True, access_token="token")
    assert from_follow.pk
    opened = Client(headers={"user-agent": WINDOWS_CHROME}).post(QR, secure=secure)
    assert opened.json()["kind"] == "official_account"
    assert bool(opened.cookies["wechat_qr"]["secure"]) is expected


@pytest.mark.parametrize("url", [LOGIN, CALLBACK, reverse("wechat_confirm", args=["nobody"])])
def test_no_other_site_shows_them_in_a_frame(url: str, settings: Any, wechat_simulator: SimulatorServer) -> None:
    """A site may allow frames for its own pages; a tap that signs in, or says yes, is not to be had by a trick."""
    settings.X_FRAME_OPTIONS = "SAMEORIGIN"
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "XFrameOptions" not in name]
    BothProviderFactory()
    assert Client(headers={"user-agent": IPHONE_WECHAT}).get(url)["X-Frame-Options"] == "DENY"
