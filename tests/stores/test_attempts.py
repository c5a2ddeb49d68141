"""Does each sign-in that ends leave one line in the log, after the visitor has the answer, and nothing personal?"""

import logging
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.signals import pre_social_login
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from django_wechat.exceptions import RequestRejected
from django_wechat.models import CodeExchange, Outcome, QRSession, SignInAttempt, WeChatIdentity, WeChatProvider
from django_wechat.simulator.server import SimulatorServer
from django_wechat.stores import attempts, qr_sessions
from django_wechat.stores.attempts import Attempt
from tests.encryption import LOST_KEY
from tests.factories import (
    AccountFactory,
    BothProviderFactory,
    FollowProviderFactory,
    IdentityFactory,
    UserFactory,
    WebProviderFactory,
)
from tests.following import phone
from tests.visitor import CALLBACK, LOGIN, QR, SECRETS, Visitor, in_wechat, state_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(wechat_simulator: SimulatorServer) -> WeChatProvider:
    created: WeChatProvider = WebProviderFactory(name="web")
    return created


@pytest.fixture
def visitor(row: WeChatProvider, wechat_simulator: SimulatorServer) -> Visitor:
    return Visitor(wechat_simulator)


@pytest.fixture
def following(wechat_simulator: SimulatorServer) -> Visitor:
    """A visitor before the official account's QR code; the person with openid "o1" is known."""
    row = BothProviderFactory(name="site", access_token="tokentoken", enable_qr_code=True, follow_up_action="media")
    IdentityFactory(account=AccountFactory(uid="u1"), appid=row.client_id_2, openid="o1", unionid="u1")
    return Visitor(wechat_simulator)


def only() -> SignInAttempt:
    return SignInAttempt.objects.get()


def ended(attempt: SignInAttempt) -> tuple[str, str, str, str, int | None]:
    return attempt.provider_name, attempt.journey, attempt.outcome, attempt.problem, attempt.errcode


def scanned(visitor: Visitor, *, confirmed: bool) -> dict[str, Any]:
    opened = visitor.open_qr()
    qr_sessions.scan(QRSession.objects.get(public_id=opened["id"]), "o1", confirmed=confirmed)
    return opened


def link_to_confirm() -> str:
    return f"/accounts/wechat/confirm/{qr_sessions.confirm_key(QRSession.objects.get().scene)}/"


def test_a_sign_in(visitor: Visitor) -> None:
    visitor.sign_in()
    assert ended(only()) == ("web", "web_qr", "signed_in", "", None)
    assert 0 <= (only().duration_ms or -1) < 60_000
    assert only().reference == ""


def test_a_sign_in_inside_wechat(wechat_simulator: SimulatorServer) -> None:
    BothProviderFactory(name="site")
    in_wechat(wechat_simulator).sign_in()
    assert ended(only()) == ("site", "in_wechat", "signed_in", "", None)


def test_cancelled(visitor: Visitor) -> None:
    visitor.client.get(CALLBACK, {"state": state_of(visitor.start())})
    assert ended(only()) == ("web", "web_qr", "cancelled", "cancelled", None)


def test_connected_and_refused_to_another_user(visitor: Visitor) -> None:
    visitor.client.force_login(UserFactory())
    visitor.sign_in("?process=connect")
    assert ended(only()) == ("web", "web_qr", "connected", "", None)
    visitor.client.force_login(UserFactory())
    visitor.sign_in("?process=connect")
    assert ended(SignInAttempt.objects.latest("pk")) == ("web", "web_qr", "failed", "site_refused", None)
    assert SocialAccount.objects.count() == 1


@pytest.mark.parametrize(
    ("fault", "outcome", "problem", "errcode"),
    [
        ("40163", "refused", "code_rejected", 40163),
        ("40125", "misconfigured", "misconfigured", 40125),
        ("50002", "refused", "account_limited", 50002),
        ("42007", "refused", "permission_gone", 42007),
        ("43004", "refused", "not_following", 43004),
        ("45011", "unreachable", "unavailable", 45011),
        ("html", "unreachable", "unavailable", None),
        ("47001", "refused", "refused", 47001),
    ],
)
def test_what_wechat_says_no_with(
    visitor: Visitor, fault: str, outcome: str, problem: str, errcode: int | None
) -> None:
    visitor.simulator.platform.set_fault(fault)
    visitor.sign_in()
    assert ended(only()) == ("web", "web_qr", outcome, problem, errcode)


def test_a_wrong_secret_and_the_reference_the_visitor_sees(visitor: Visitor, row: WeChatProvider) -> None:
    row.client_secret = "0" * 32
    row.save()
    url = visitor.start()
    code = visitor.allow(url)
    page = visitor.come_back(url, code).content.decode()
    assert ended(only()) == ("web", "web_qr", "misconfigured", "misconfigured", 40125)
    assert only().reference in page
    assert len(only().reference) == 8
    # WeChat's second delivery, whose page is often the one that is seen.
    assert only().reference in visitor.come_back(url, code).content.decode()


def test_wechat_is_not_reachable(visitor: Visitor, settings: Any) -> None:
    url = visitor.start()
    code = visitor.allow(url)
    settings.WECHAT = {**settings.WECHAT, "API_BASE_URL": "http://127.0.0.1:1"}
    visitor.come_back(url, code)
    assert ended(only()) == ("web", "web_qr", "unreachable", "unavailable", None)


def test_a_repeated_delivery_is_no_second_attempt(visitor: Visitor) -> None:
    url = visitor.start()
    code = visitor.allow(url)
    visitor.come_back(url, code)
    visitor.come_back(url, code)
    failing = Visitor(visitor.simulator)
    url = failing.start()
    failing.come_back(url, "nonsense")
    failing.come_back(url, "nonsense")
    assert sorted(SignInAttempt.objects.values_list("outcome", flat=True)) == ["refused", "signed_in"]


def test_a_delivery_that_waited_in_vain(visitor: Visitor, settings: Any) -> None:
    settings.WECHAT = {**settings.WECHAT, "TIMEOUT": 0.01}
    url = visitor.start()
    visitor.come_back(url, "nonsense")
    SignInAttempt.objects.all().delete()
    CodeExchange.objects.update(outcome="", started_at=timezone.now() - timedelta(seconds=30))
    assert visitor.come_back(url, "nonsense").context["problem"].code == "state_lost"
    assert not SignInAttempt.objects.exists()


def test_the_page_after_a_crash_is_in_the_log(visitor: Visitor) -> None:
    """The first delivery ended in an exception of the site's; the second shows a reference."""

    def fail(**_kwargs: Any) -> None:
        raise PermissionDenied

    url = visitor.start()
    code = visitor.allow(url)
    pre_social_login.connect(fail)
    try:
        assert visitor.come_back(url, code).status_code == 403
    finally:
        pre_social_login.disconnect(fail)
    assert not SignInAttempt.objects.exists()
    for _ in range(2):
        page = visitor.come_back(url, code).content.decode()
        assert ended(only()) == ("web", "web_qr", "failed", "not_saved", None)
        assert only().reference in page


def test_a_database_that_refuses(visitor: Visitor) -> None:
    def fail(**_kwargs: Any) -> None:
        raise DatabaseError

    pre_social_login.connect(fail)
    try:
        page = visitor.sign_in().content.decode()
    finally:
        pre_social_login.disconnect(fail)
    assert ended(only()) == ("web", "web_qr", "failed", "not_saved", None)
    assert only().reference in page


def test_a_state_that_nobody_knows(visitor: Visitor) -> None:
    visitor.client.get(CALLBACK, {"code": "x", "state": "unknown", "_redir": "1"})
    assert ended(only()) == ("", "", "expired", "state_lost", None)


def test_a_provider_that_is_gone(visitor: Visitor, row: WeChatProvider) -> None:
    url = visitor.start()
    code = visitor.allow(url)
    WeChatProvider.objects.filter(pk=row.pk).update(enabled=False)
    visitor.come_back(url, code)
    assert ended(only()) == ("", "web_qr", "failed", "settings_changed", None)


def test_a_secret_that_cannot_be_decrypted(visitor: Visitor, settings: Any) -> None:
    settings.WECHAT = {**settings.WECHAT, "ENCRYPTION_KEYS": [LOST_KEY]}
    for address in (LOGIN, QR):
        page = visitor.client.post(address).content.decode()
        attempt = SignInAttempt.objects.latest("pk")
        assert ended(attempt) == ("web", "web_qr", "misconfigured", "misconfigured", None)
        assert attempt.reference in page
    assert SignInAttempt.objects.count() == 2


def test_a_second_factor_and_an_inactive_user(visitor: Visitor) -> None:
    visitor.sign_in()
    user = get_user_model().objects.get()
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    Visitor(visitor.simulator).sign_in()
    assert ended(SignInAttempt.objects.latest("pk")) == ("web", "web_qr", "signed_in", "more_asked", None)
    get_user_model().objects.update(is_active=False)
    Visitor(visitor.simulator).sign_in()
    assert ended(SignInAttempt.objects.latest("pk")) == ("web", "web_qr", "failed", "site_refused", None)


def test_a_site_that_is_closed(visitor: Visitor, settings: Any) -> None:
    settings.ACCOUNT_ADAPTER = "tests.sites.adapters.ClosedAccountAdapter"
    visitor.sign_in()
    assert ended(only()) == ("web", "web_qr", "failed", "site_refused", None)


def test_looking_and_asking_too_often_are_no_attempts(visitor: Visitor, settings: Any) -> None:
    FollowProviderFactory(client_id="", client_secret="")
    WeChatProvider.objects.filter(name="web").delete()
    visitor.client.get(LOGIN)
    visitor.client.get("/accounts/login/")
    visitor.client.post(LOGIN + "?process=connect")
    settings.WECHAT = {**settings.WECHAT, "RATE_LIMITS": {"qr_open_browser": (1, 86_400)}}
    assert [visitor.client.post(QR).status_code for _ in range(3)] == [200, 200, 429]
    WeChatProvider.objects.all().delete()
    visitor.client.post(LOGIN)
    assert not SignInAttempt.objects.exists()


def test_following(following: Visitor) -> None:
    opened = scanned(following, confirmed=True)
    for _ in range(2):
        following.client.post(opened["finish_url"])
    assert following.user is not None
    assert ended(only()) == ("site", "follow", "signed_in", "", None)


def test_following_refused_on_the_phone(following: Visitor) -> None:
    opened = scanned(following, confirmed=False)
    link = link_to_confirm()
    phone().get(link)
    for _ in range(2):
        phone().post(link, {"answer": "refuse"})
    following.client.post(opened["finish_url"])
    assert ended(only()) == ("site", "follow", "cancelled", "refused_on_phone", None)


def test_following_confirmed_on_the_phone_is_not_the_end(following: Visitor) -> None:
    scanned(following, confirmed=False)
    phone().post(link_to_confirm(), {"answer": "confirm"})
    phone().post("/accounts/wechat/confirm/nonsense/", {"answer": "refuse"})
    assert not SignInAttempt.objects.exists()


def test_following_too_late_and_too_early(following: Visitor) -> None:
    opened = scanned(following, confirmed=False)
    assert following.client.post(opened["finish_url"]).status_code == 401
    assert not SignInAttempt.objects.exists()
    QRSession.objects.update(expires_at=timezone.now())
    following.client.post(opened["finish_url"])
    assert ended(only()) == ("site", "follow", "expired", "qr_over", None)


@pytest.mark.parametrize(
    ("change", "problem"), [({"enabled": False}, "settings_changed"), ({"client_id_2": "wxother"}, "misconfigured")]
)
def test_following_an_account_that_was_changed(following: Visitor, change: dict[str, Any], problem: str) -> None:
    opened = scanned(following, confirmed=True)
    WeChatProvider.objects.update(**change)
    following.client.post(opened["finish_url"])
    assert (only().journey, only().problem) == ("follow", problem)


@pytest.mark.parametrize(
    ("fault", "outcome", "problem", "errcode"),
    [("40164", "misconfigured", "misconfigured", 40164), ("-1", "unreachable", "qr_unavailable", -1)],
)
def test_wechat_gives_no_qr_code(following: Visitor, fault: str, outcome: str, problem: str, errcode: int) -> None:
    for _ in range(3):  # WeChat is asked more than once
        following.simulator.platform.set_fault(fault)
    answer = following.client.post(QR).json()["error"]
    assert ended(only()) == ("site", "follow", outcome, problem, errcode)
    assert only().reference == answer["reference"]


def test_nothing_personal_and_no_secret_is_in_the_log(following: Visitor) -> None:
    codes = []
    for browser in (Visitor(following.simulator), Visitor(following.simulator, person="jose")):
        url = browser.start()
        codes.append(browser.allow(url))
        browser.come_back(url, codes[-1])
        codes.append(state_of(url))
    opened = scanned(following, confirmed=True)
    following.client.post(opened["finish_url"])
    following.simulator.platform.set_fault("40125")
    Visitor(following.simulator).sign_in()
    log = "\n".join(map(str, SignInAttempt.objects.values_list()))
    assert log.count("web_qr") == 3
    people = [*WeChatIdentity.objects.values_list("openid", "unionid", "appid")]
    assert len(people) >= 3
    names = [*get_user_model().objects.values_list("username", flat=True), "张三", "tokentoken", "127.0.0.1"]
    keys = [value for person in people for value in person if len(value) > 3]
    assert not [value for value in [*keys, *codes, *names, *SECRETS, opened["id"]] if value and value in log]


def test_nothing_is_written_before_the_answer_is_sent(row: WeChatProvider) -> None:
    request = RequestFactory().get(CALLBACK, {"code": "x", "state": "unknown", "_redir": "1"})
    response = WSGIHandler().get_response(request)  # type: ignore[arg-type]
    assert "expired" in response.content.decode()
    assert not SignInAttempt.objects.exists()
    # Not response.close(): the signal that it sends would close the test's own connection.
    with CaptureQueriesContext(connection) as closing:
        response._resource_closers[0]()
    assert [query["sql"].split()[0] for query in closing.captured_queries] == ["INSERT"]
    assert only().problem == "state_lost"


@pytest.mark.django_db(transaction=True)
def test_with_atomic_requests(row: WeChatProvider, settings: Any) -> None:
    """The start page is one of those that a site's transaction spans: what it rolls back is not the log."""
    settings.WECHAT = {**settings.WECHAT, "ENCRYPTION_KEYS": [LOST_KEY]}
    connection.settings_dict["ATOMIC_REQUESTS"] = True
    try:
        assert Client().post(LOGIN).status_code == 401
    finally:
        connection.settings_dict["ATOMIC_REQUESTS"] = False
    assert only().outcome == Outcome.MISCONFIGURED


@pytest.mark.django_db(transaction=True)
def test_a_log_that_cannot_be_written_stands_in_nobodys_way(visitor: Visitor, caplog: Any) -> None:
    url = visitor.start()
    code = visitor.allow(url)
    table = SignInAttempt._meta.db_table
    with connection.schema_editor() as editor:
        editor.alter_db_table(SignInAttempt, table, f"{table}_away")
    try:
        with caplog.at_level(logging.WARNING, logger="django_wechat.attempts"):
            assert visitor.come_back(url, code).status_code == 302
    finally:
        with connection.schema_editor() as editor:
            editor.alter_db_table(SignInAttempt, f"{table}_away", table)
    assert visitor.user is not None
    assert "could not be written" in caplog.text
    assert code not in caplog.text


def test_no_log(visitor: Visitor, settings: Any) -> None:
    settings.WECHAT = {**settings.WECHAT, "LOG_DAYS": 0}
    visitor.sign_in()
    assert visitor.user is not None
    assert not SignInAttempt.objects.exists()


def test_a_flood_of_failures_is_cut_and_hides_no_other(visitor: Visitor, settings: Any) -> None:
    settings.WECHAT = {**settings.WECHAT, "RATE_LIMITS": {"log_problem": (3, 86_400)}}
    for _ in range(6):
        visitor.client.get(CALLBACK, {"code": "x"})
    assert SignInAttempt.objects.count() == 3
    visitor.client.get(CALLBACK, {"state": state_of(visitor.start())})
    for _ in range(4):
        Visitor(visitor.simulator).sign_in()
    outcomes = sorted(SignInAttempt.objects.values_list("outcome", flat=True))
    assert outcomes == ["cancelled"] + ["expired"] * 3 + ["signed_in"] * 4


def test_an_errcode_beyond_all_numbers() -> None:
    for errcode, kept in [(2**31 - 1, 2**31 - 1), (2**31, None), (-(2**40), None), (None, None)]:
        response = HttpResponse()
        Attempt().end_with_problem(response, "refused", error=RequestRejected(errcode=errcode))
        response._resource_closers[0]()
        assert SignInAttempt.objects.latest("pk").errcode == kept


def test_what_is_old_goes_in_batches(settings: Any) -> None:
    now = timezone.now()
    ages = [timedelta(days=31)] * 25 + [timedelta(days=29), timedelta(0)]
    SignInAttempt.objects.bulk_create(SignInAttempt(outcome="failed", created_at=now - age) for age in ages)
    assert attempts.clear_old() == 25
    assert SignInAttempt.objects.count() == 2
    settings.WECHAT = {"LOG_DAYS": 0}
    call_command("clear_qr_sessions", stdout=None, stderr=None, verbosity=0)
    assert SignInAttempt.objects.count() == 0


def test_more_than_one_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "DELETE_AT_ONCE", 2)
    old = timezone.now() - timedelta(days=40)
    SignInAttempt.objects.bulk_create(SignInAttempt(outcome="failed", created_at=old) for _ in range(5))
    assert attempts.clear_old() == 5


def test_hours_begin_as_utcs_do(settings: Any) -> None:
    settings.TIME_ZONE = "Asia/Kolkata"
    now = timezone.now().replace(minute=59, second=0, microsecond=0)
    for outcome, back in [("signed_in", 0), ("signed_in", 58), ("failed", 58), ("signed_in", 60), ("failed", 9000)]:
        SignInAttempt.objects.create(outcome=outcome, created_at=now - timedelta(minutes=back))
    hour = now.replace(minute=0)
    with CaptureQueriesContext(connection) as asked:
        found = sorted(attempts.per_hour(hour - timedelta(hours=23)))
    assert found == [
        (hour - timedelta(hours=1), "signed_in", 1),
        (hour, "failed", 1),
        (hour, "signed_in", 2),
    ]
    assert len(asked) == 1
