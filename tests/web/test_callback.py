"""Does every callback end signed in, or on a page that says what happened and offers the way on?"""

import logging
import threading
import time
from collections.abc import Callable
from http.cookies import SimpleCookie
from typing import Any

import pytest
import time_machine
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.base import Provider
from allauth.socialaccount.signals import pre_social_login
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import PermissionDenied
from django.db import OperationalError, connections
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone

from django_wechat.models import CodeExchange, WeChatProvider
from django_wechat.simulator import seeds
from django_wechat.simulator.server import SimulatorServer
from django_wechat.stores import code_exchanges
from tests.encryption import LOST_KEY
from tests.factories import UserFactory, WebProviderFactory
from tests.visitor import CALLBACK, CONNECT, LOGIN, SECRETS, Visitor, cookies_of, in_wechat, signed_in_user, state_of


@pytest.fixture
def visitor(wechat_simulator: SimulatorServer, db: None) -> Visitor:
    WebProviderFactory(name="web")
    return Visitor(wechat_simulator)


def assert_problem(response: Any, code: str) -> None:
    """The page says what happened and has a button; nothing of WeChat's raw answer is on it."""
    assert response.status_code == 401
    assert "django_wechat/error.html" in [template.name for template in response.templates]
    problem = response.context["problem"]
    assert problem.code == code
    page = response.content.decode()
    assert str(problem.action_label) in page
    assert problem.action_url
    assert "errcode" not in page
    assert not any(secret in page for secret in SECRETS)
    assert "no-store" in response["Cache-Control"]


def test_no_state(visitor: Visitor) -> None:
    assert_problem(visitor.client.get(CALLBACK, {"code": "x"}), "state_lost")


def test_code_and_state_are_told_to_nobody(visitor: Visitor) -> None:
    url = visitor.start()
    response = visitor.come_back(url, "nonsense")
    assert response["Referrer-Policy"] == "no-referrer"


def test_nothing_at_all(visitor: Visitor) -> None:
    assert_problem(visitor.client.get(CALLBACK), "state_lost")


@pytest.mark.parametrize("state", ["unknown", "x" * 5000, "a-b", "<script>", "张三", "\x00"])
def test_a_foreign_state(visitor: Visitor, state: str) -> None:
    response = visitor.client.get(CALLBACK, {"code": "x", "state": state, "_redir": "1"})
    assert_problem(response, "state_lost")


def test_a_state_of_another_browser(visitor: Visitor) -> None:
    url = visitor.start()
    code = visitor.allow(url)
    victim = Visitor(visitor.simulator)
    response = victim.come_back(url, code, _redir="1")
    assert_problem(response, "state_lost")
    assert victim.user is None
    assert visitor.simulator.platform.count("/api/sns/oauth2/access_token") == 0


def test_an_expired_state(visitor: Visitor) -> None:
    url = visitor.start()
    with time_machine.travel(_in(601), tick=True):
        assert_problem(visitor.come_back(url, visitor.allow(url), _redir="1"), "state_lost")


def _in(seconds: float) -> float:
    return time.time() + seconds


@pytest.mark.parametrize("code", [None, ""])
def test_no_code_is_a_cancelled_sign_in(visitor: Visitor, code: str | None) -> None:
    url = visitor.start("?next=/somewhere/")
    query = {"state": state_of(url)} | ({} if code is None else {"code": code})
    response = visitor.client.get(CALLBACK, query)
    assert_problem(response, "cancelled")
    assert "next=%2Fsomewhere%2F" in response.context["problem"].action_url
    assert visitor.simulator.platform.requests == []


def test_the_same_callback_after_the_first_went_through(visitor: Visitor) -> None:
    url = visitor.start("?next=/somewhere/")
    code = visitor.allow(url)
    visitor.come_back(url, code)
    again = visitor.come_back(url, code)
    assert again.status_code == 302
    assert visitor.user is not None
    assert visitor.simulator.platform.count("/api/sns/oauth2/access_token") == 1


def test_the_same_callback_when_the_first_answer_never_arrived(visitor: Visitor) -> None:
    """The browser gave the first request up, so it still has the cookie from before the sign-in."""
    url = visitor.start("?next=/somewhere/")
    code = visitor.allow(url)
    before = cookies_of(visitor.client)
    visitor.come_back(url, code)
    visitor.client.cookies = before
    again = visitor.come_back(url, code)
    assert again["Location"] == "/somewhere/"
    assert visitor.user is not None
    assert visitor.simulator.platform.count("/api/sns/oauth2/access_token") == 1
    assert get_user_model().objects.count() == 1


@pytest.mark.parametrize("signs_out_by", ["the page", "the headless API"])
@pytest.mark.parametrize("deliveries", [1, 2])
def test_the_same_callback_after_the_sign_out(visitor: Visitor, signs_out_by: str, deliveries: int) -> None:
    """Whoever finds cookie and address of before at a shared computer is not signed in by them."""
    url = visitor.start()
    code = visitor.allow(url)
    before = cookies_of(visitor.client)
    for _ in range(deliveries):
        visitor.client.cookies = SimpleCookie(before.output(header="", sep=";"))
        visitor.come_back(url, code)
    if signs_out_by == "the page":
        visitor.client.post("/accounts/logout/")
    else:
        visitor.client.delete("/_allauth/browser/v1/auth/session")
    assert visitor.user is None
    for again in (code, visitor.allow(url)):
        visitor.client.cookies = SimpleCookie(before.output(header="", sep=";"))
        assert_problem(visitor.come_back(url, again, _redir="1"), "state_lost")
        assert visitor.user is None
    assert visitor.simulator.platform.count("/api/sns/oauth2/access_token") == 1


def test_two_codes_for_one_state(visitor: Visitor) -> None:
    url = visitor.start()
    first, second = visitor.allow(url), visitor.allow(url)
    visitor.come_back(url, first)
    assert visitor.come_back(url, second).status_code == 302
    assert visitor.user is not None


def test_a_repeated_failure_says_the_same(visitor: Visitor) -> None:
    url = visitor.start()
    assert_problem(visitor.come_back(url, "nonsense"), "code_rejected")
    assert_problem(visitor.come_back(url, "nonsense"), "code_rejected")


def test_the_outcome_is_not_handed_to_another_browser(visitor: Visitor) -> None:
    url = visitor.start()
    code = visitor.allow(url)
    visitor.come_back(url, code)
    thief = Visitor(visitor.simulator)
    thief.start()
    assert_problem(thief.come_back(url, code, _redir="1"), "state_lost")
    assert thief.user is None


def test_cookie_and_state_of_before_the_sign_in_open_nothing(visitor: Visitor) -> None:
    """Somebody noted both at a shared computer, and comes back after the victim has scanned."""
    url = visitor.start()
    noted = cookies_of(visitor.client)
    visitor.come_back(url, visitor.allow(url))
    attacker = Visitor(visitor.simulator, person="jose")
    for query in ({"state": state_of(url)}, {"state": state_of(url), "code": ""}):
        attacker.client.cookies = SimpleCookie(noted.output(header="", sep=";"))
        attacker.client.get(CALLBACK, query)
        assert attacker.user is None
    attacker.client.cookies = noted
    attacker.come_back(url, attacker.allow(url))
    assert attacker.user != visitor.user


def test_two_codes_for_one_state_before_the_first_answer_arrived(visitor: Visitor) -> None:
    url = visitor.start("?next=/somewhere/")
    before = cookies_of(visitor.client)
    visitor.come_back(url, visitor.allow(url))
    visitor.client.cookies = before
    assert visitor.come_back(url, visitor.allow(url))["Location"] == "/somewhere/"
    assert visitor.user is not None
    assert get_user_model().objects.count() == 1


def test_a_second_code_while_the_first_one_signs_in(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """The session that it looked at is replaced, by the sign-in, before it takes the state out."""
    url = visitor.start()
    first, second, late, claim = visitor.allow(url), visitor.allow(url), _copy_of(visitor.client), code_exchanges.claim

    def claim_late(state_id: str, code: str, *values: Any) -> Any:
        if code == second:
            monkeypatch.setattr(code_exchanges, "claim", claim)
            assert visitor.come_back(url, first).status_code == 302
        return claim(state_id, code, *values)

    monkeypatch.setattr(code_exchanges, "claim", claim_late)
    assert late.get(CALLBACK, {"code": second, "state": state_of(url)})["Location"] == "/accounts/profile/"
    assert signed_in_user(late) == visitor.user is not None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("engine", ["db", "cached_db", "cache"])
def test_what_the_session_held_outlives_a_try_that_failed(
    wechat_simulator: SimulatorServer, settings: Any, engine: str
) -> None:
    settings.SESSION_ENGINE = f"django.contrib.sessions.backends.{engine}"
    WebProviderFactory()
    visitor, failures = Visitor(wechat_simulator), [OperationalError("busy")]
    url = visitor.start()
    session = visitor.client.session
    session["cart"] = "a book"
    session.save()

    def fail_once(**_kwargs: Any) -> None:
        if failures:
            raise failures.pop()

    user_logged_in.connect(fail_once)
    try:
        assert visitor.come_back(url, visitor.allow(url)).status_code == 302
    finally:
        user_logged_in.disconnect(fail_once)
    assert visitor.user is not None
    assert visitor.client.session["cart"] == "a book"


def test_a_used_state_is_good_for_one_more_code(visitor: Visitor) -> None:
    """However many wrong ones somebody sends, WeChat is asked about two."""
    url = visitor.start()
    for code, problem in (("first", "code_rejected"), ("second", "code_rejected"), ("third", "state_lost")):
        assert_problem(visitor.come_back(url, code, _redir="1"), problem)
    assert_problem(visitor.come_back(url, "second", _redir="1"), "code_rejected")
    assert visitor.simulator.platform.count("/api/sns/oauth2/access_token") == 2


def test_a_used_state_is_good_for_two_minutes_from_its_first_use(visitor: Visitor) -> None:
    url = visitor.start()
    assert_problem(visitor.come_back(url, "first"), "code_rejected")
    CodeExchange.objects.update(started_at=timezone.now() - code_exchanges.REPEAT_WINDOW)
    assert_problem(visitor.come_back(url, visitor.allow(url), _redir="1"), "state_lost")


def test_a_state_that_connected_connects_nobody_else(visitor: Visitor) -> None:
    """Whoever saw the state could otherwise bring their own code, and sign in to the victim's account from then on."""
    victim = UserFactory()
    visitor.client.force_login(victim)
    url = visitor.start("?process=connect")
    asked = visitor.come_back(url, visitor.allow(url))
    attacker = Visitor(visitor.simulator, person="jose")
    assert visitor.come_back(url, attacker.allow(attacker.start()))["Location"] == asked["Location"] == CONNECT
    connections_page = visitor.say_yes(asked)["Location"]
    assert visitor.come_back(url, attacker.allow(attacker.start()))["Location"] == connections_page
    assert [account.extra_data["nickname"] for account in SocialAccount.objects.filter(user=victim)] == ["张三"]
    attacker.sign_in()
    assert attacker.user != victim


def test_an_unexpected_failure_leaves_nobody_waiting(visitor: Visitor, settings: Any) -> None:
    """A listener of the site's raises; the second delivery is told at once."""

    def fail(**_kwargs: Any) -> None:
        raise PermissionDenied

    url = visitor.start()
    code = visitor.allow(url)
    before = cookies_of(visitor.client)
    pre_social_login.connect(fail)
    try:
        assert visitor.come_back(url, code).status_code == 403
    finally:
        pre_social_login.disconnect(fail)
    visitor.client.cookies = before
    started = time.monotonic()
    assert_problem(visitor.come_back(url, code), "not_saved")
    assert time.monotonic() - started < 2


def test_the_outcome_is_forgotten_after_two_minutes(visitor: Visitor) -> None:
    url = visitor.start()
    code = visitor.allow(url)
    before = cookies_of(visitor.client)
    visitor.come_back(url, code)
    visitor.client.cookies = before
    with time_machine.travel(_in(121), tick=True):
        assert_problem(visitor.come_back(url, code, _redir="1"), "state_lost")


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("40029", "code_rejected"),
        ("40163", "code_rejected"),
        ("42003", "code_rejected"),
        ("-1", "unavailable"),
        ("-1-consumed", "unavailable"),
        ("45011", "unavailable"),
        ("45009", "quota_used_up"),
        ("html", "unavailable"),
        ("500", "unavailable"),
        ("reset", "unavailable"),
        ("40013", "misconfigured"),
        ("40125", "misconfigured"),
        ("40001", "misconfigured"),
        ("48001", "misconfigured"),
        ("50002", "account_limited"),
        ("40226", "account_limited"),
        ("42007", "permission_gone"),
        ("50001", "permission_gone"),
        ("43004", "not_following"),
        ("40003", "refused"),
    ],
)
def test_wechat_says_no(visitor: Visitor, fault: str, code: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    visitor.simulator.platform.set_fault(fault, "access_token")
    url = visitor.start()
    sign_in_code = visitor.allow(url)
    assert_problem(visitor.come_back(url, sign_in_code), code)
    assert visitor.simulator.platform.count("/api/sns/oauth2/access_token") == 1
    assert get_user_model().objects.count() == 0
    ours = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("django."))
    assert sign_in_code not in ours
    assert not any(secret in ours for secret in SECRETS)


@pytest.mark.parametrize("fault", ["40001", "40014", "42001", "42007", "50001"])
def test_a_permission_that_is_gone_is_asked_for_once_more(visitor: Visitor, fault: str) -> None:
    """Between the code and the question who it is: the person starts again, and that is what the button does."""
    visitor.simulator.platform.set_fault(fault, "userinfo")
    url = visitor.start("?next=/there/")
    response = visitor.come_back(url, visitor.allow(url))
    assert_problem(response, "permission_gone")
    assert response.context["problem"].action_url == f"{LOGIN}?process=login&next=%2Fthere%2F"
    visitor.simulator.platform.clear_fault()
    visitor.sign_in()
    assert visitor.user is not None


def test_what_an_admin_can_mend_has_a_reference_and_is_logged(
    visitor: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    visitor.simulator.platform.set_fault("40125", "access_token")
    url = visitor.start()
    response = visitor.come_back(url, visitor.allow(url))
    reference = response.context["problem"].reference
    assert len(reference) == 8
    assert reference in response.content.decode()
    assert "40125: invalid appsecret" in caplog.text
    assert reference in caplog.text


def test_wechat_is_slow(visitor: Visitor, settings: Any) -> None:
    settings.WECHAT = {**settings.WECHAT, "TIMEOUT": 0.2}
    visitor.simulator.platform.set_fault("slow", seconds=1)
    assert_problem(visitor.sign_in(), "unavailable")


def test_wechat_is_down(visitor: Visitor, settings: Any) -> None:
    url = visitor.start()
    settings.WECHAT = {**settings.WECHAT, "API_BASE_URL": "http://127.0.0.1:9", "TIMEOUT": 0.5}
    assert_problem(visitor.come_back(url, visitor.allow(url)), "unavailable")


def test_a_code_of_another_appid(visitor: Visitor) -> None:
    url = visitor.start()
    code = visitor.simulator.platform.issue_code(seeds.OFFICIAL_ACCOUNT_APPID, "snsapi_userinfo")
    assert_problem(visitor.come_back(url, code), "code_rejected")


def test_an_expired_code(visitor: Visitor) -> None:
    url = visitor.start()
    code = visitor.allow(url)
    visitor.simulator.platform.advance(301)
    assert_problem(visitor.come_back(url, code), "code_rejected")


@pytest.mark.parametrize(
    "change",
    [
        lambda row: row.delete(),
        lambda row: WeChatProvider.objects.update(enabled=False),
        lambda row: WeChatProvider.objects.update(client_id="wx00000000000000aa"),
    ],
)
def test_the_row_was_changed_in_between(visitor: Visitor, change: Callable[[WeChatProvider], None]) -> None:
    url = visitor.start()
    code = visitor.allow(url)
    change(WeChatProvider.objects.get())
    assert_problem(visitor.come_back(url, code), "settings_changed")
    assert visitor.simulator.platform.requests == []


def test_the_secret_was_cleared_in_between(visitor: Visitor) -> None:
    url = visitor.start()
    WeChatProvider.objects.update(client_secret="")
    assert_problem(visitor.come_back(url, visitor.allow(url)), "misconfigured")


def test_the_key_of_the_secrets_is_lost(visitor: Visitor, settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    settings.WECHAT = {**settings.WECHAT, "ENCRYPTION_KEYS": [LOST_KEY]}
    assert visitor.client.get("/accounts/login/").status_code == 200
    assert visitor.client.get("/accounts/wechat/login/").status_code == 200
    assert_problem(visitor.client.post("/accounts/wechat/login/"), "misconfigured")
    response = visitor.client.post("/accounts/wechat/qr/")
    assert response.status_code == 503
    assert response.json()["error"]["code"] == "misconfigured"
    assert "web" in caplog.text


def test_two_rows_are_not_mixed_up(wechat_simulator: SimulatorServer, db: None) -> None:
    WebProviderFactory(name="first", order=1)
    WebProviderFactory(name="second", order=2, client_id="wx00000000000000bb")
    visitor = Visitor(wechat_simulator)
    assert f"appid={seeds.WEBSITE_APP_APPID}&" in visitor.start()
    assert "appid=wx00000000000000bb&" in visitor.start("?provider=second")
    assert f"appid={seeds.WEBSITE_APP_APPID}&" in visitor.start("?provider=gone")


def test_rows_serve_their_own_hosts(wechat_simulator: SimulatorServer, db: None) -> None:
    WebProviderFactory(hosts="www.example.com\nexample.com, EXAMPLE.org")
    visitor = Visitor(wechat_simulator)
    url = "/accounts/wechat/login/"
    assert visitor.client.get(url).status_code == 401
    for host in ("www.example.com", "example.com:8000", "example.org"):
        assert visitor.client.get(url, headers={"host": host}).status_code == 200


def test_the_error_page_keeps_what_the_visitor_wanted(visitor: Visitor) -> None:
    url = visitor.start("?next=/somewhere/")
    response = visitor.come_back(url, "nonsense")
    assert response.context["problem"].action_url == "/accounts/wechat/login/?process=login&next=%2Fsomewhere%2F"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("repeats", [2, 4])
def test_the_same_callback_at_the_same_moment(wechat_simulator: SimulatorServer, repeats: int) -> None:
    """Every delivery ends signed in, WeChat is asked once, and there is one user."""
    WebProviderFactory()
    visitor = Visitor(wechat_simulator)
    url = visitor.start()
    code = visitor.allow(url)
    wechat_simulator.platform.set_fault("slow", "access_token", seconds=0.3)
    clients = [_copy_of(visitor.client) for _ in range(repeats)]
    responses: list[Any] = []
    barrier = threading.Barrier(repeats)

    def deliver(client: Client) -> None:
        barrier.wait()
        try:
            responses.append(_follow_bounce(client, client.get(CALLBACK, {"code": code, "state": state_of(url)})))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=deliver, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [response.status_code for response in responses] == [302] * repeats
    assert [response["Location"] for response in responses] == ["/accounts/profile/"] * repeats
    assert all(signed_in_user(client) is not None for client in clients)
    assert wechat_simulator.platform.count("/api/sns/oauth2/access_token") == 1
    assert get_user_model().objects.count() == SocialAccount.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_callback_between_the_state_and_the_claim_of_another(
    wechat_simulator: SimulatorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """allauth saves the session when it takes a state out: a delivery that comes right then finds the claim."""
    WebProviderFactory()
    visitor = Visitor(wechat_simulator)
    url = visitor.start()
    query = {"code": visitor.allow(url), "state": state_of(url)}
    second = _copy_of(visitor.client)
    taken, responses, take = threading.Event(), [], Provider.unstash_redirect_state

    def slow_take(self: Provider, request: HttpRequest, state_id: str) -> Any:
        state = take(self, request, state_id)
        if isinstance(request.session, SessionStore):
            taken.set()
            time.sleep(0.3)
        return state

    def deliver() -> None:
        try:
            responses.append(_follow_bounce(visitor.client, visitor.client.get(CALLBACK, query)))
        finally:
            connections.close_all()

    monkeypatch.setattr(Provider, "unstash_redirect_state", slow_take)
    thread = threading.Thread(target=deliver)
    thread.start()
    assert taken.wait(10)
    responses.append(_follow_bounce(second, second.get(CALLBACK, query)))
    thread.join()
    assert [response.status_code for response in responses] == [302, 302]
    assert wechat_simulator.platform.count("/api/sns/oauth2/access_token") == 1


@pytest.mark.django_db(transaction=True)
def test_first_sign_ins_of_one_person_on_two_devices_make_one_user(wechat_simulator: SimulatorServer) -> None:
    WebProviderFactory(client_id_2=seeds.OFFICIAL_ACCOUNT_APPID, client_secret_2=seeds.OFFICIAL_ACCOUNT_SECRET)
    visitors = [Visitor(wechat_simulator), in_wechat(wechat_simulator)]
    barrier = threading.Barrier(2)
    responses: list[Any] = []

    def sign_in(visitor: Visitor) -> None:
        url = visitor.start()
        code = visitor.allow(url)
        barrier.wait()
        try:
            responses.append(visitor.come_back(url, code))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=sign_in, args=(visitor,)) for visitor in visitors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [response.status_code for response in responses] == [302, 302]
    assert get_user_model().objects.count() == SocialAccount.objects.count() == 1
    assert visitors[0].user == visitors[1].user is not None


def _follow_bounce(client: Client, response: Any) -> Any:
    """Do what a browser does with the page that only sends it on."""
    return client.get(response.context["redirect_to"]) if response.status_code == 200 else response


def _copy_of(client: Client) -> Client:
    copy = Client(headers={"user-agent": client.defaults["HTTP_USER_AGENT"]})
    copy.cookies = cookies_of(client)
    return copy
