"""Is a journey a plug? Two that exist in this file only sign somebody in, and nothing else knows of them.

One shows a code in the tab and waits for a phone, the other leads the browser to an address and back.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.template import RequestContext, Template
from django.test import Client, RequestFactory

from django_wechat.flows import table
from django_wechat.flows.journey import Journey, LeadsAway, Opened, WaitsForPhone
from django_wechat.models import QRSession, SignInAttempt, Status, WeChatProvider
from django_wechat.protocol.oauth import AppCredentials, Profile
from django_wechat.protocol.push import OfficialAccount, PushEvent
from django_wechat.protocol.user_agent import Browser
from django_wechat.stores import qr_sessions
from tests.factories import WebProviderFactory

pytestmark = pytest.mark.django_db

QR, LOGIN, CALLBACK = "/accounts/wechat/qr/", "/accounts/wechat/login/", "/accounts/wechat/login/callback/"
OPENID = "somebody"
APP = AppCredentials("made-up-app", "no secret")


class Knock(WaitsForPhone):
    """The person knocks twice at the computer."""

    name = "knock"
    words = "knocking"
    template = "django_wechat/parts/qr_panel.html"
    lead_template = "django_wechat/parts/follow_lead.html"
    kind = "knocking"

    def serves(self, browser: Browser) -> bool:
        return not browser.phone

    def works_with(self, row: WeChatProvider) -> bool:
        return row.name == "web"

    def counted_by(self, row: WeChatProvider) -> str:
        return APP.appid

    def begin(self, row: WeChatProvider, browser_key: str, *, seconds: int, request: dict[str, Any]) -> Opened:
        qr_session = qr_sessions.open_session(
            row, browser_key, scene="knock", appid=APP.appid, seconds=seconds, request=request
        )
        return Opened(qr_session, {"svg": "<svg/>", "digits": qr_session.digits})

    def on_push(self, row: WeChatProvider, account: OfficialAccount, event: PushEvent) -> str:
        return "Come in!" if event.event == "KNOCK" else ""

    def next_step(self, qr_session: QRSession) -> str:
        return "finish" if qr_session.status == Status.CONFIRMED else ""

    def finish(self, qr_session: QRSession) -> Profile:
        return Profile(qr_session.appid, qr_session.openid)


class Detour(LeadsAway):
    """The browser takes a walk, and comes back with a code."""

    name = "detour"
    words = "a detour"
    template = start_template = "django_wechat/parts/full_page.html"

    def serves(self, browser: Browser) -> bool:
        return True

    def works_with(self, row: WeChatProvider) -> bool:
        return True

    def keypair(self, row: WeChatProvider) -> AppCredentials | None:
        return APP

    def url(self, app: AppCredentials, *, redirect_uri: str, state: str) -> str:
        return f"https://walk.example/?back={redirect_uri}&state={state}"

    def finish(self, app: AppCredentials, code: str) -> Profile:
        return Profile(app.appid, code)


@pytest.fixture
def row() -> WeChatProvider:
    return WebProviderFactory(name="web")


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch, row: WeChatProvider) -> Callable[[Journey], None]:
    """Return what puts a journey before all others."""
    return lambda journey: monkeypatch.setattr(table, "JOURNEYS", [journey, *table.JOURNEYS])


def test_one_that_waits_for_a_phone_signs_somebody_in(client: Client, registered: Callable[[Journey], None]) -> None:
    registered(Knock())
    opened = client.post(QR).json()
    assert opened["kind"] == "knocking"
    assert client.get(opened["status_url"]).json()["next"] == ""

    qr_session = QRSession.objects.get(public_id=opened["id"])
    assert qr_sessions.scan(qr_session, OPENID, confirmed=True)
    assert client.get(opened["status_url"]).json() | {"expires_in": 0} == {
        "status": "confirmed",
        "expires_in": 0,
        "next": "finish",
    }
    assert client.post(opened["finish_url"]).status_code == 302
    assert client.session["_auth_user_id"] == str(get_user_model().objects.get().pk)
    assert SignInAttempt.objects.get().journey == "knock"


def test_one_that_leads_away_signs_somebody_in(client: Client, registered: Callable[[Journey], None]) -> None:
    registered(Detour())
    assert b"django_wechat" in client.get(LOGIN).content
    away = urlsplit(client.post(LOGIN)["Location"])
    query = parse_qs(away.query)
    assert (away.netloc, query["back"]) == ("walk.example", [f"http://testserver{CALLBACK}"])

    assert client.get(CALLBACK, {"code": OPENID, "state": query["state"][0]}).status_code == 302
    assert client.session["_auth_user_id"] == str(get_user_model().objects.get().pk)
    assert SignInAttempt.objects.get().journey == "detour"


def test_the_tab_is_drawn_for_it(rf: RequestFactory, registered: Callable[[Journey], None]) -> None:
    registered(Knock())
    request: HttpRequest = rf.get("/")
    page = Template("{% load wechat %}{% wechat_login_tab %}").render(RequestContext(request))
    assert 'data-kind="knocking"' in page
    assert 'data-wechat-kind="knocking open_platform"' in page


def test_it_hears_of_pushes(row: WeChatProvider, registered: Callable[[Journey], None]) -> None:
    registered(Knock())
    event = PushEvent(kind="event", event="KNOCK", openid=OPENID, account="gh_1", created_at="1")
    account = OfficialAccount(APP.appid, "secret", "token")
    assert table.answer_push(row, account, event) == "Come in!"


def test_without_it_the_browser_gets_what_it_always_got(client: Client, row: WeChatProvider) -> None:
    assert client.post(QR).json()["kind"] == "open_platform"
