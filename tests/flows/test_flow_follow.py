"""Does a visitor sign in by scanning and following the official account?"""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.signals import pre_social_login
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.live_server_helper import LiveServer

from django_wechat import conf
from django_wechat.models import QRSession, Status, WeChatIdentity, WeChatProvider
from django_wechat.simulator.server import SimulatorServer
from django_wechat.stores import qr_sessions
from tests.factories import AccountFactory, IdentityFactory, UserFactory
from tests.following import APPID, answer, finish, link_in, phone, platform_of, scan, set_up, status, token_in
from tests.visitor import QR, Visitor, in_wechat

pytestmark = pytest.mark.django_db(transaction=True)

API = "/api/cgi-bin"


@pytest.fixture
def row(wechat_simulator: SimulatorServer, live_server: LiveServer) -> WeChatProvider:
    return set_up(wechat_simulator, live_server)


@pytest.fixture
def pc(row: WeChatProvider, wechat_simulator: SimulatorServer) -> Visitor:
    return Visitor(wechat_simulator)


def follow_and_sign_in(visitor: Visitor, **form: str) -> Any:
    opened = visitor.open_qr(**form)
    answer(link_in(scan(visitor)))
    return finish(visitor, opened)


def test_a_new_follower_signs_in(pc: Visitor) -> None:
    opened = pc.open_qr(next="/somewhere/")
    assert opened["kind"] == "official_account"
    assert opened["svg"].startswith("<svg")
    waiting = status(pc, opened)
    assert (waiting["status"], waiting["next"]) == ("waiting", "")
    assert 0 < waiting["expires_in"] <= opened["expires_in"] <= 300
    link = link_in(scan(pc))
    assert status(pc, opened)["next"] == "confirm"
    digits = status(pc, opened)["digits"]
    page = phone().get(link)
    assert digits in page.content.decode()
    assert opened["digits"] == waiting["digits"] == ""
    answer(link)
    assert status(pc, opened)["next"] == "finish"
    response = pc.client.post(opened["finish_url"])
    assert response["Location"] == "/somewhere/"
    assert pc.user is not None
    identity = WeChatIdentity.objects.get()
    assert (identity.appid, identity.unionid) == (APPID, SocialAccount.objects.get().uid)


def test_an_old_follower_gets_in_without_a_question_to_wechat(pc: Visitor) -> None:
    follow_and_sign_in(pc)
    asked = platform_of(pc).count(f"{API}/user/info")
    again = Visitor(pc.simulator)
    follow_and_sign_in(again)
    assert again.user == pc.user
    assert platform_of(pc).count(f"{API}/user/info") == asked == 1


def test_a_follower_has_a_friendly_name_until_the_real_one_is_known(pc: Visitor) -> None:
    follow_and_sign_in(pc)
    user = get_user_model().objects.get()
    assert user.first_name == "WeChat user"
    openid = WeChatIdentity.objects.get().openid
    assert openid not in str(SocialAccount.objects.get().get_provider_account())
    Visitor(pc.simulator).sign_in()
    user.refresh_from_db()
    assert user.first_name == "张三"
    account = SocialAccount.objects.get()
    assert account.extra_data["nickname"] == "张三"
    assert account.get_avatar_url()
    follow_and_sign_in(Visitor(pc.simulator))
    account.refresh_from_db()
    assert account.extra_data["nickname"] == "张三"
    assert account.get_avatar_url()


def test_a_name_of_the_persons_own_choice_stays(pc: Visitor) -> None:
    follow_and_sign_in(pc)
    get_user_model().objects.update(first_name="My own")
    Visitor(pc.simulator).sign_in()
    assert get_user_model().objects.get().first_name == "My own"


def test_one_person_by_all_three_ways(pc: Visitor) -> None:
    follow_and_sign_in(pc)
    web, phone = Visitor(pc.simulator), in_wechat(pc.simulator)
    web.sign_in()
    phone.sign_in()
    assert pc.user == web.user == phone.user
    assert get_user_model().objects.count() == 1
    assert WeChatIdentity.objects.count() == 2


def test_refused_on_the_phone(pc: Visitor) -> None:
    opened = pc.open_qr()
    link = link_in(scan(pc))
    answer(link, "refuse")
    assert status(pc, opened)["status"] == "refused"
    assert pc.client.post(opened["finish_url"]).status_code == 401
    answer(link, "confirm")
    assert status(pc, opened)["status"] == "refused"
    assert pc.user is None


def test_confirm_off_by_the_admins_choice(pc: Visitor) -> None:
    WeChatProvider.objects.update(confirm_on_phone=False)
    opened = pc.open_qr()
    scan(pc)
    assert status(pc, opened)["next"] == "finish"
    pc.client.post(opened["finish_url"])
    assert pc.user is not None


def test_the_other_follow_up_action_goes_on_with_the_open_platform(pc: Visitor) -> None:
    WeChatProvider.objects.update(follow_up_action="open")
    opened = pc.open_qr()
    scan(pc)
    assert status(pc, opened)["next"] == "open_platform"
    assert pc.client.post(opened["finish_url"]).status_code == 401
    frame_url = pc.open_qr(kind="open_platform")["frame_url"]
    pc.come_back(frame_url, pc.allow(frame_url))
    assert pc.user is not None


def test_a_second_browser_that_knows_everything_visible_gets_nothing(pc: Visitor) -> None:
    opened = pc.open_qr()
    answer(link_in(scan(pc)))
    thief = Visitor(pc.simulator)
    thief.open_qr()
    for url in (opened["status_url"], opened["status_url"].replace(opened["id"], QRSession.objects.first().scene)):  # type: ignore[union-attr]
        assert thief.client.get(url).status_code == 404
    assert thief.client.post(opened["finish_url"]).status_code == 404
    assert Client().get(opened["status_url"]).status_code == 404
    assert thief.user is None
    pc.client.post(opened["finish_url"])
    assert pc.user is not None


def test_the_same_browser_gets_nothing_more_after_redeeming(pc: Visitor) -> None:
    opened = pc.open_qr()
    answer(link_in(scan(pc)))
    pc.client.post(opened["finish_url"])
    assert status(pc, opened)["status"] == "used"
    assert pc.client.post(opened["finish_url"]).status_code == 302
    pc.client.post("/accounts/logout/")
    assert pc.client.post(opened["finish_url"]).status_code == 401
    assert pc.user is None


def test_connect(pc: Visitor) -> None:
    user = UserFactory()
    pc.client.force_login(user)
    response = follow_and_sign_in(pc, process="connect")
    assert response["Location"] == "/accounts/3rdparty/"
    assert SocialAccount.objects.get().user == user


def test_the_chat_does_not_speak_of_signing_in_to_who_connects(pc: Visitor) -> None:
    WeChatProvider.objects.update(follow_up_action="open")
    pc.client.force_login(UserFactory())
    pc.open_qr(process="connect")
    said = scan(pc)
    assert "scan the second QR code to connect your account" in said
    assert "sign in" not in said


def test_what_this_site_allows_itself_in_a_day(pc: Visitor, settings: Any) -> None:
    settings.WECHAT = {**settings.WECHAT, "RATE_LIMITS": {"qr_open_site_day": (1, 86_400)}}
    WeChatProvider.objects.update(client_id="", client_secret="")
    pc.open_qr()
    refused = Visitor(pc.simulator).client.post(QR)
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    error = refused.json()["error"]
    assert (error["code"], error["retry"]) == ("quota_used_up", False)
    assert error["message"].startswith("This site has used up what WeChat allows it in one day. Sign in another way")
    assert "minute" not in error["message"]
    assert len(error["reference"]) == 8


def test_wechats_own_quota_of_the_day(pc: Visitor) -> None:
    WeChatProvider.objects.update(client_id="", client_secret="")
    platform_of(pc).set_fault("45009", "cgi-bin/qrcode/create")
    error = pc.client.post(QR).json()["error"]
    assert (error["code"], error["retry"]) == ("quota_used_up", False)


def test_connecting_is_asked_even_where_signing_in_is_not(pc: Visitor) -> None:
    WeChatProvider.objects.update(confirm_on_phone=False)
    pc.client.force_login(UserFactory(username="li"))
    opened = pc.open_qr(process="connect")
    page = phone().get(link_in(scan(pc)))
    assert page.context["process"] == "connect"
    assert page.context["account"] == "li"
    assert "li" in page.content.decode()
    pc.client.post(opened["finish_url"])
    assert SocialAccount.objects.count() == 0


def test_connect_is_for_the_user_who_asked(pc: Visitor) -> None:
    pc.client.force_login(UserFactory())
    opened = pc.open_qr(process="connect")
    answer(link_in(scan(pc)))
    pc.client.force_login(UserFactory())
    assert pc.client.post(opened["finish_url"]).status_code == 401
    assert SocialAccount.objects.count() == 0


def test_closed_sign_up_and_inactive_users(pc: Visitor, settings: Any) -> None:
    settings.ACCOUNT_ADAPTER = "tests.sites.adapters.ClosedAccountAdapter"
    response = follow_and_sign_in(pc)
    assert "account/signup_closed.html" in [template.name for template in response.templates]
    del settings.ACCOUNT_ADAPTER
    follow_and_sign_in(Visitor(pc.simulator))
    get_user_model().objects.update(is_active=False)
    assert follow_and_sign_in(Visitor(pc.simulator))["Location"] == "/accounts/inactive/"


def test_mfa_comes_after_the_scan(pc: Visitor) -> None:
    follow_and_sign_in(pc)
    Authenticator.objects.create(user=pc.user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    again = Visitor(pc.simulator)
    assert follow_and_sign_in(again)["Location"].startswith("/accounts/2fa/authenticate/")
    assert again.user is None


def test_a_second_tab_and_a_reload_have_codes_of_their_own(pc: Visitor) -> None:
    first, second = pc.open_qr(), pc.open_qr()
    assert first["id"] != second["id"]
    answer(link_in(scan(pc)))
    assert status(pc, first)["status"] == "waiting"
    assert status(pc, second)["next"] == "finish"


def test_refresh_lets_the_code_before_run_out(pc: Visitor) -> None:
    first = pc.open_qr()
    pc.open_qr(previous=first["id"])
    assert status(pc, first)["status"] == "expired"


def test_a_hundred_views_cost_one_api_token(pc: Visitor, settings: Any) -> None:
    settings.WECHAT = {
        **settings.WECHAT,
        "RATE_LIMITS": dict.fromkeys(conf.DEFAULTS["RATE_LIMITS"], (1000, 60)),
    }
    for _ in range(100):
        pc.open_qr()
    assert platform_of(pc).count(f"{API}/stable_token") == 1
    assert platform_of(pc).count(f"{API}/qrcode/create") == 100


@pytest.mark.parametrize("fault", ["40164", "48001", "-1", "html"])
def test_wechat_gives_no_code(pc: Visitor, fault: str) -> None:
    platform_of(pc).set_fault(fault, "any")
    response = pc.client.post(QR)
    assert response.status_code == 503
    assert response.json()["error"]["message"]
    assert platform_of(pc).count(f"{API}/stable_token") == 1


def test_a_token_that_died_is_replaced_once(pc: Visitor) -> None:
    pc.open_qr()
    platform_of(pc).set_fault("40001", "cgi-bin/qrcode/create", once=True)
    pc.open_qr()
    assert platform_of(pc).count(f"{API}/stable_token") == 2
    platform_of(pc).set_fault("40001", "cgi-bin/qrcode/create")
    assert pc.client.post(QR).status_code == 503
    assert platform_of(pc).count(f"{API}/stable_token") == 3


def find_place(address: str) -> str:
    return "杭州" if address else ""


def fail_to_find(address: str) -> str:
    raise LookupError(address)


@pytest.mark.parametrize(("finder", "place"), [("find_place", "杭州"), ("fail_to_find", ""), (None, "")])
def test_the_phone_is_told_who_asks(pc: Visitor, settings: Any, finder: str | None, place: str) -> None:
    settings.WECHAT = {**settings.WECHAT, "PLACE_FINDER": finder and f"tests.flows.test_flow_follow.{finder}"}
    pc.open_qr()
    page = phone().get(link_in(scan(pc)))
    assert page.context["browser"] == "Chrome"
    assert page.context["system"] == "Windows"
    assert page.context["place"] == place
    assert page.context["site_name"]
    assert page["Referrer-Policy"] == "same-origin"
    assert "no-store" in page["Cache-Control"]


@pytest.mark.parametrize("key", ["unknown", "x" * 300])
def test_a_link_that_leads_nowhere(pc: Visitor, key: str) -> None:
    page = phone().get(f"/accounts/wechat/confirm/{key}/")
    assert page.status_code == 404
    assert page.context["state"] == "gone"


def test_the_phones_page_after_each_answer(pc: Visitor) -> None:
    for word, state in [("confirm", "confirmed"), ("refuse", "refused")]:
        pc.open_qr()
        assert answer(link_in(scan(pc)), word).context["state"] == state


def test_the_phone_does_not_say_signed_in_when_nobody_came_to_get_it(pc: Visitor) -> None:
    pc.open_qr()
    link = link_in(scan(pc))
    answer(link)
    QRSession.objects.update(expires_at="2020-01-01T00:00Z")
    assert phone().get(link).context["state"] == "expired"


def test_a_provider_that_was_switched_off_meanwhile(pc: Visitor) -> None:
    opened = pc.open_qr()
    link = link_in(scan(pc))
    answer(link)
    WeChatProvider.objects.update(enabled=False)
    assert phone().get(link).context["state"] == "gone"
    assert pc.client.post(opened["finish_url"]).context["problem"].code == "settings_changed"
    assert pc.user is None


def test_the_site_may_deny_somebody(pc: Visitor) -> None:
    def deny(**_kwargs: Any) -> None:
        raise PermissionDenied

    opened = pc.open_qr()
    answer(link_in(scan(pc)))
    pre_social_login.connect(deny)
    try:
        assert pc.client.post(opened["finish_url"]).status_code == 403
    finally:
        pre_social_login.disconnect(deny)


def test_the_end_needs_no_csrf_token(pc: Visitor) -> None:
    """A sign-in in another tab changed it."""
    opened = pc.open_qr()
    answer(link_in(scan(pc)))
    pc.client.handler.enforce_csrf_checks = True
    assert pc.client.post(opened["finish_url"]).status_code == 302


def test_a_failed_opening_costs_no_other_tab_its_code(pc: Visitor) -> None:
    first = pc.open_qr()
    platform_of(pc).set_fault("-1", "cgi-bin/qrcode/create")
    for _ in range(qr_sessions.MAX_OPEN):
        assert pc.client.post(QR).status_code == 503
    assert status(pc, first)["status"] == "waiting"
    assert QRSession.objects.count() == 1


def test_who_follows_is_noted(pc: Visitor) -> None:
    follow_and_sign_in(pc)
    assert WeChatIdentity.objects.get().follows is True
    platform_of(pc).unfollow(APPID)
    assert WeChatIdentity.objects.get().follows is False


def test_a_known_follower_gets_in_when_wechat_does_not_answer(pc: Visitor) -> None:
    platform_of(pc).find_app(APPID).open_platform = ""
    follow_and_sign_in(pc)
    platform_of(pc).set_fault("-1", "cgi-bin/user/info")
    again = Visitor(pc.simulator)
    follow_and_sign_in(again)
    assert again.user == pc.user


@pytest.mark.parametrize("next_url", ["/a\x00b", "/a\nb"])
def test_a_way_back_that_no_database_takes(pc: Visitor, next_url: str) -> None:
    assert follow_and_sign_in(pc, next=next_url)["Location"] == "/accounts/profile/"


@pytest.mark.parametrize("public_id", ["%00", "x", "a" * 23, "é"])
def test_an_id_that_is_none(pc: Visitor, public_id: str) -> None:
    pc.open_qr(previous=public_id)
    assert pc.client.get(f"/accounts/wechat/qr/{public_id}/").status_code == 404


def test_the_phones_page_when_time_is_up(pc: Visitor) -> None:
    pc.open_qr()
    link = link_in(scan(pc))
    QRSession.objects.update(expires_at="2020-01-01T00:00Z")
    assert answer(link).context["state"] == "expired"
    assert QRSession.objects.get().status == Status.SCANNED


def test_the_link_needs_the_csrf_token(pc: Visitor) -> None:
    pc.open_qr()
    link = link_in(scan(pc))
    assert phone(enforce_csrf_checks=True).post(link, {"answer": "confirm"}).status_code == 403
    assert phone(enforce_csrf_checks=True).post(link, {"answer": "refuse"}).status_code == 403
    assert QRSession.objects.get().status == Status.SCANNED


@pytest.mark.parametrize("answered", ["confirm", "refuse"])
def test_a_tap_on_a_page_that_is_out_of_date_is_asked_again(pc: Visitor, answered: str) -> None:
    pc.open_qr()
    link = link_in(scan(pc))
    wechat = phone(enforce_csrf_checks=True)
    old = token_in(wechat.get(link))
    wechat.cookies["csrftoken"] = "a" * 32  # as a sign-in in another tab leaves it
    page = wechat.post(link, {"answer": answered, "csrfmiddlewaretoken": old})
    assert page.status_code == 403
    assert b"Your answer did not count" in page.content
    assert page["Referrer-Policy"] == "same-origin"
    assert QRSession.objects.get().status == Status.SCANNED
    assert wechat.post(link, {"answer": answered, "csrfmiddlewaretoken": token_in(page)}).status_code == 200
    assert QRSession.objects.get().status == (Status.CONFIRMED if answered == "confirm" else Status.REFUSED)


def test_an_answer_from_another_site_counts_for_nothing(pc: Visitor) -> None:
    pc.open_qr()
    link = link_in(scan(pc))
    wechat = phone(enforce_csrf_checks=True)
    form = {"answer": "confirm", "csrfmiddlewaretoken": token_in(wechat.get(link))}
    assert wechat.post(link, form, headers={"origin": "https://evil.example"}).status_code == 403
    assert QRSession.objects.get().status == Status.SCANNED


def test_a_poll_costs_one_statement_and_no_session(pc: Visitor) -> None:
    opened = pc.open_qr()
    with CaptureQueriesContext(connection) as step:
        pc.client.get(opened["status_url"])
    assert len(step.captured_queries) == 1
    assert "django_wechat_qrsession" in step.captured_queries[0]["sql"]


def test_what_a_sign_in_asks_of_wechat(pc: Visitor) -> None:
    opened = pc.open_qr()
    answer(link_in(scan(pc)))
    pc.client.post(opened["finish_url"])
    asked = [request.path for request in platform_of(pc).requests if request.path.startswith(API)]
    assert asked == [f"{API}/stable_token", f"{API}/qrcode/create", f"{API}/user/info"]


def test_the_cookie_is_for_the_qr_addresses_only(pc: Visitor) -> None:
    pc.open_qr()
    cookie = pc.client.cookies["wechat_qr"]
    assert cookie["path"] == "/accounts/wechat/"
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_a_cookie_of_somebody_elses_making_is_none(pc: Visitor) -> None:
    opened = pc.open_qr()
    pc.client.cookies["wechat_qr"] = "forged:1:signature"
    assert pc.client.get(opened["status_url"]).status_code == 404


def test_the_second_keypair_was_changed_in_between(pc: Visitor) -> None:
    opened = pc.open_qr()
    answer(link_in(scan(pc)))
    WeChatProvider.objects.update(client_id_2="wx00000000000000ff")
    assert pc.client.post(opened["finish_url"]).context["problem"].code == "misconfigured"
    assert pc.user is None
    assert qr_sessions.redeem(QRSession.objects.get())


def test_a_new_follower_whose_unionid_cannot_be_had_is_told(pc: Visitor) -> None:
    platform_of(pc).set_fault("-1", "cgi-bin/user/info")
    response = follow_and_sign_in(pc)
    assert response.context["problem"].code == "unavailable"
    assert get_user_model().objects.count() == 0
    platform_of(pc).clear_fault()
    follow_and_sign_in(pc)
    assert pc.user is not None


def test_a_follower_whose_account_has_no_open_platform(pc: Visitor) -> None:
    platform_of(pc).find_app(APPID).open_platform = ""
    follow_and_sign_in(pc)
    assert SocialAccount.objects.get().uid.startswith(f"{APPID}:o")


def test_nobody_opens_codes_to_connect_without_being_signed_in(pc: Visitor) -> None:
    assert pc.client.post(QR, {"process": "connect"}).status_code == 401


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 302),
        ({"sec-fetch-site": "same-origin", "origin": "null"}, 302),
        ({"origin": "http://testserver"}, 302),
        ({"origin": "https://app.example.com", "sec-fetch-site": "same-site"}, 302),
        ({"sec-fetch-site": "same-site", "origin": "https://evil.example.com"}, 404),
        ({"origin": "https://[::1"}, 404),
        ({"sec-fetch-site": "cross-site"}, 404),
        ({"origin": "https://evil.example.com"}, 404),
        ({"origin": "null"}, 404),
        ({"origin": "null", "referer": "https://evil.example.com/"}, 404),
        ({"origin": "null", "referer": "https://[::1"}, 404),
        ({"origin": "null", "referer": "http://testserver/accounts/login/"}, 302),
    ],
)
def test_another_sites_page_cannot_finish_a_sign_in(
    pc: Visitor, settings: Any, headers: dict[str, str], status: int
) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://app.example.com"]
    opened = pc.open_qr()
    qr_sessions.scan(QRSession.objects.get(public_id=opened["id"]), "o1", confirmed=True)
    IdentityFactory(account=AccountFactory(), appid=APPID, openid="o1", unionid="u1")
    assert pc.client.post(opened["finish_url"], headers=headers).status_code == status


def test_a_forgotten_tab_signs_nobody_else_out(pc: Visitor) -> None:
    opened = pc.open_qr()
    IdentityFactory(account=AccountFactory(), appid=APPID, openid="o1", unionid="u1")
    qr_sessions.scan(QRSession.objects.get(public_id=opened["id"]), "o1", confirmed=True)
    other = UserFactory()
    pc.client.force_login(other)
    assert pc.client.post(opened["finish_url"]).status_code == 302
    assert pc.user == other
