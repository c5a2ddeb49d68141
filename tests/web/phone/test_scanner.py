"""Does only the person who scanned confirm, where WeChat can say who it is?"""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from django.core.cache import caches
from django.core.checks import run_checks
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from django_wechat.models import QRSession, SignInAttempt, Status, WeChatProvider
from django_wechat.simulator.server import SimulatorServer
from django_wechat.stores import web_authorizations
from tests.following import APPID, answer, link_in, phone, platform_of, scan, set_up
from tests.user_agents import IPHONE_WECHAT
from tests.visitor import Visitor, in_wechat

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _a_new_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_authorizations, "_noted", {})


@pytest.fixture
def row(wechat_simulator: SimulatorServer, live_server: LiveServer) -> WeChatProvider:
    wechat_simulator.platform.find_app(APPID).callback_domain = "testserver"
    return set_up(wechat_simulator, live_server)


@pytest.fixture
def pc(row: WeChatProvider, wechat_simulator: SimulatorServer, settings: Any) -> Visitor:
    """A visitor of a site where WeChat is always asked who it is."""
    settings.WECHAT = {**settings.WECHAT, "CONFIRM_SCANNER": True}
    return Visitor(wechat_simulator)


def scanned(pc: Visitor) -> str:
    pc.open_qr()
    return link_in(scan(pc))


def tap(client: Client, link: str) -> dict[str, str]:
    """Tap Confirm; return what WeChat is asked, having made sure that WeChat accepts it."""
    away = client.post(link, {"answer": "confirm"})
    assert away.status_code == 302, away.content
    asked = requests.get(away["Location"], headers={"User-Agent": IPHONE_WECHAT}, allow_redirects=False, timeout=10)
    assert asked.status_code == 302, asked.text
    assert asked.headers["Location"].startswith(f"http://testserver{link}?code=")
    return dict(parse_qsl(urlsplit(away["Location"]).query))


def come_back(client: Client, link: str, pc: Visitor, asked: dict[str, str], *, person: str = "") -> Any:
    code = platform_of(pc).issue_code(APPID, asked["scope"], person=person or pc.person)
    return client.get(link, {"code": code, "state": asked["state"]})


def status() -> str:
    return str(QRSession.objects.get().status)


def test_who_scanned_confirms_by_way_of_wechat(pc: Visitor) -> None:
    link, client = scanned(pc), phone()
    asked = tap(client, link)
    assert (asked["scope"], status()) == ("snsapi_base", Status.SCANNED)
    page = come_back(client, link, pc, asked)
    assert (page.status_code, page.context["state"], status()) == (200, "confirmed", Status.CONFIRMED)
    assert client.cookies["wechat_confirm"].value == ""


def test_whoever_else_has_the_link_does_not(pc: Visitor) -> None:
    link, client = scanned(pc), phone()
    page = come_back(client, link, pc, tap(client, link), person="jose")
    assert (page.status_code, page.context["state"], status()) == (403, "other", Status.SCANNED)
    assert b"Somebody else scanned this QR code" in page.content
    assert "Windows" not in page.content.decode()
    attempt = SignInAttempt.objects.get()
    assert (attempt.outcome, attempt.problem) == ("failed", "another_phone")
    mine = phone()
    assert come_back(mine, link, pc, tap(mine, link)).context["state"] == "confirmed"


def test_who_scanned_cannot_be_led_back_without_a_tap(pc: Visitor) -> None:
    link, attacker, victim = scanned(pc), phone(), phone()
    asked = tap(attacker, link)
    page = come_back(victim, link, pc, asked)
    assert (page.context["state"], status()) == ("ask", Status.SCANNED)
    tap(victim, link)
    assert come_back(victim, link, pc, asked).context["state"] == "ask", "the state is of another tap"
    assert come_back(victim, link, pc, asked | {"state": ""}).context["state"] == "ask"
    assert status() == Status.SCANNED


def test_a_tap_for_one_computer_is_none_for_another(pc: Visitor) -> None:
    link, client = scanned(pc), phone()
    asked = tap(client, link)
    other = Visitor(pc.simulator)
    other.open_qr()
    other_link = link_in(scan(other))
    client.cookies["wechat_confirm"]["path"] = "/"
    assert come_back(client, other_link, pc, asked).context["state"] == "ask"


def test_wechats_second_delivery_finds_it_confirmed(pc: Visitor) -> None:
    link, client = scanned(pc), phone()
    asked = tap(client, link)
    cookie = client.cookies["wechat_confirm"].value
    code = platform_of(pc).issue_code(APPID, "snsapi_base", person=pc.person)
    for _ in range(2):
        client.cookies["wechat_confirm"] = cookie
        page = client.get(link, {"code": code, "state": asked["state"]})
        assert (page.context["state"], status()) == ("confirmed", Status.CONFIRMED)


@pytest.mark.parametrize("fault", ["-1", "40029", "40125", "html"])
def test_when_wechat_does_not_say_who_it_is_the_tap_is_asked_for_again(pc: Visitor, fault: str) -> None:
    link, client = scanned(pc), phone()
    asked = tap(client, link)
    platform_of(pc).set_fault(fault, "access_token")
    page = come_back(client, link, pc, asked)
    assert (page.context["state"], page.context["unsure"], status()) == ("ask", True, Status.SCANNED)
    platform_of(pc).clear_fault()
    assert come_back(client, link, pc, tap(client, link)).context["state"] == "confirmed"


def test_the_keypair_was_changed_meanwhile(pc: Visitor) -> None:
    link, client = scanned(pc), phone()
    asked = tap(client, link)
    WeChatProvider.objects.update(client_id_2="wx00000000000000ff")
    assert come_back(client, link, pc, asked).context["unsure"] is True
    assert client.post(link, {"answer": "confirm"}).context["unsure"] is True
    WeChatProvider.objects.update(client_id_2="", client_secret_2="")
    assert client.post(link, {"answer": "confirm"}).context["unsure"] is True
    assert status() == Status.SCANNED


def test_a_no_needs_no_detour(pc: Visitor) -> None:
    assert answer(scanned(pc), "refuse").context["state"] == "refused"


def test_nobody_is_sent_away_from_what_is_over(pc: Visitor) -> None:
    link = scanned(pc)
    QRSession.objects.update(expires_at="2020-01-01T00:00Z")
    assert answer(link).context["state"] == "expired"
    assert "code" not in phone().get(link, {"code": "x"}).context["confirm_url"]


def test_by_default_it_is_asked_where_somebody_signed_in_inside_wechat(pc: Visitor, settings: Any) -> None:
    settings.WECHAT = {**settings.WECHAT, "CONFIRM_SCANNER": "auto"}
    assert answer(scanned(pc)).context["state"] == "confirmed"
    in_wechat(pc.simulator).sign_in()
    assert "/connect/oauth2/authorize" in answer(scanned(pc))["Location"]
    settings.WECHAT = {**settings.WECHAT, "CONFIRM_SCANNER": False}
    assert answer(scanned(pc)).context["state"] == "confirmed"


def test_a_sign_in_at_another_host_or_by_another_app_proves_nothing(pc: Visitor, settings: Any) -> None:
    settings.WECHAT = {**settings.WECHAT, "CONFIRM_SCANNER": "auto"}
    web_authorizations.note(APPID, "other.example")
    web_authorizations.note("wx00000000000000ff", "testserver")
    pc.sign_in()
    assert answer(scanned(pc)).context["state"] == "confirmed"


def test_each_way_back_proves_it_anew(pc: Visitor, settings: Any) -> None:
    link, client = scanned(pc), phone()
    come_back(client, link, pc, tap(client, link))
    settings.WECHAT = {**settings.WECHAT, "CONFIRM_SCANNER": "auto"}
    assert answer(scanned(pc)).status_code == 302


def test_a_busy_site_writes_it_once_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [5_000.0]
    monkeypatch.setattr(web_authorizations.time, "monotonic", lambda: now[0])
    web_authorizations.note(APPID, "a.example")
    caches["default"].clear()
    web_authorizations.note(APPID, "a.example")
    assert not web_authorizations.works(APPID, "a.example")
    now[0] += web_authorizations.NOTED_EVERY
    web_authorizations.note(APPID, "a.example")
    assert web_authorizations.works(APPID, "a.example")


def test_without_the_cache_nobody_is_kept_out(pc: Visitor, settings: Any) -> None:
    settings.WECHAT = {**settings.WECHAT, "CONFIRM_SCANNER": "auto", "CACHE_ALIAS": "no such cache"}
    web_authorizations.note(APPID, "testserver")
    assert not web_authorizations.works(APPID, "testserver")


@pytest.mark.parametrize(
    ("value", "wrong"), [("auto", False), (True, False), (False, False), ("yes", True), (None, True)]
)
def test_the_setting(settings: Any, value: object, *, wrong: bool) -> None:
    settings.WECHAT = {"CONFIRM_SCANNER": value}
    assert ("django_wechat.E015" in [message.id for message in run_checks(tags=["django_wechat"])]) is wrong
