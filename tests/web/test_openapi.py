"""Do the QR addresses answer as docs/openapi.yaml says? In each state, and to requests that nobody thought of."""

from collections.abc import Iterator
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
import schemathesis
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi import checks

from django_wechat import conf
from django_wechat.models import QRSession, SignInAttempt, Status, WeChatProvider
from django_wechat.problems import PROBLEMS
from django_wechat.simulator.server import SimulatorServer
from tests.api_document import DOCUMENT, FINISH, OPEN, STATUS, any_case, confirmed, documented, problem_of
from tests.factories import BothProviderFactory, UserFactory
from tests.user_agents import IPHONE_SAFARI, WINDOWS_CHROME
from tests.visitor import QR, Visitor

pytestmark = pytest.mark.django_db(transaction=True)

JSON = {"Accept": "application/json"}
SESSION = "/_allauth/browser/v1/auth/session"
NOWHERE = "A" * 22
# A 503 is documented, a 500 is not.
CHECKS = [
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
bounded = settings(
    max_examples=25,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
CSRF_SECRET = "a" * 32


@pytest.fixture
def visitor(wechat_simulator: SimulatorServer, settings: Any) -> Iterator[Visitor]:
    """A browser on a PC, at a site with both kinds of QR code and room for many questions."""
    BothProviderFactory(name="account", enable_qr_code=True, follow_up_action="media", access_token="token")
    many = {rule: (10_000, window) for rule, (_times, window) in conf.DEFAULTS["RATE_LIMITS"].items()}
    settings.WECHAT = {**settings.WECHAT, "RATE_LIMITS": many}
    return Visitor(wechat_simulator)


def opened_in_each_state(visitor: Visitor) -> list[str]:
    """Return the ids of codes of this browser: one in each state, one that ran out, and one of nobody."""
    ids = [NOWHERE]
    for status in [*Status, None]:
        opened = visitor.open_qr()
        changes = {"status": status, "openid": "an-openid"} if status else {"expires_at": timezone.now()}
        QRSession.objects.filter(public_id=opened["id"]).update(**changes)
        ids.append(opened["id"])
    return ids


# --- requests that nobody thought of ---


@pytest.mark.parametrize(("path", "method"), [(OPEN, "post"), (STATUS, "get"), (FINISH, "post")])
def test_any_request_gets_a_documented_answer(visitor: Visitor, path: str, method: str) -> None:
    ids = opened_in_each_state(visitor)
    key = visitor.client.cookies["wechat_qr"].value
    seen = set()

    @bounded
    @given(case=any_case(path, method), known=st.sampled_from(ids), trusted=st.integers(0, 4))
    def ask(case: schemathesis.Case, known: str, trusted: int) -> None:
        if "id" in case.path_parameters:
            case.path_parameters["id"] = known
        cookies = {"wechat_qr": key, "csrftoken": CSRF_SECRET}
        headers = {"User-Agent": WINDOWS_CHROME, "X-CSRFToken": CSRF_SECRET if trusted else "b" * 32}
        response = case.call(cookies=cookies, headers=headers)
        seen.add(response.status_code)
        case.validate_response(response, checks=CHECKS)

    ask()
    assert len(seen) > 1, "only one answer was ever given"


# --- each state, as a script meets it ---


def test_an_official_accounts_code_through_its_life(visitor: Visitor) -> None:
    opened = documented(visitor.client.post(QR, {"callback_url": "/spa/"}, headers=JSON), OPEN, "post")
    assert opened["kind"] == "official_account"
    said = {}
    for status in Status:
        QRSession.objects.update(status=status, openid="an-openid")
        answer = documented(visitor.client.get(opened["status_url"]), STATUS, "get")
        said[answer["status"]] = answer["next"]
    QRSession.objects.update(status=Status.WAITING, expires_at=timezone.now())
    expired = documented(visitor.client.get(opened["status_url"]), STATUS, "get")
    said[expired["status"]] = expired["next"]
    assert list(said) == DOCUMENT["components"]["schemas"]["QrStatus"]["properties"]["status"]["enum"]
    assert {**said, "scanned": "confirm", "confirmed": "finish"} == said


def test_an_open_platforms_code(visitor: Visitor) -> None:
    response = visitor.client.post(QR, {"kind": "open_platform", "next": "/cart/"})
    opened = documented(response, OPEN, "post")
    assert opened["kind"] == "open_platform"
    assert opened["login_url"] == "/accounts/wechat/login/?process=login&next=%2Fcart%2F"


def test_finishing_in_json_signs_in_and_is_repeated(visitor: Visitor) -> None:
    finish = confirmed(visitor, callback_url="/spa/")
    for _ in range(2):
        response = visitor.client.post(finish, headers=JSON)
        assert documented(response, FINISH, "post") == {"location": "/spa/"}
        assert response.status_code == HTTPStatus.OK
        assert "Location" not in response.headers
    assert visitor.user is not None
    assert visitor.client.get(SESSION).status_code == HTTPStatus.OK
    assert SignInAttempt.objects.get().outcome == "signed_in"


@pytest.mark.parametrize("accept", ["*/*", "text/html,application/xhtml+xml,*/*;q=0.8", ""])
def test_who_does_not_ask_for_json_is_redirected(visitor: Visitor, accept: str) -> None:
    response = visitor.client.post(confirmed(visitor, next="/cart/"), headers={"Accept": accept})
    assert (response.status_code, response["Location"]) == (HTTPStatus.FOUND, "/cart/")


def test_a_headless_sign_in_asks_for_more_through_the_session(visitor: Visitor, settings: Any) -> None:
    settings.SOCIALACCOUNT_AUTO_SIGNUP = False
    response = visitor.client.post(confirmed(visitor, callback_url="/spa/"), headers=JSON)
    assert documented(response, FINISH, "post") == {"location": "/spa/"}
    flows = visitor.client.get(SESSION).json()["data"]["flows"]
    assert [flow["id"] for flow in flows if flow.get("is_pending")] == ["provider_signup"]


def test_a_headless_sign_in_that_the_site_refuses(visitor: Visitor, settings: Any) -> None:
    settings.ACCOUNT_ADAPTER = "tests.sites.adapters.ClosedAccountAdapter"
    response = visitor.client.post(confirmed(visitor, callback_url="/spa/"), headers=JSON)
    location = documented(response, FINISH, "post")["location"]
    assert location == "/spa/?error=signup_closed&error_process=login"
    assert SignInAttempt.objects.get().outcome == "failed"


def test_a_page_of_the_sites_own_stays_a_page(visitor: Visitor, settings: Any) -> None:
    settings.ACCOUNT_ADAPTER = "tests.sites.adapters.ClosedAccountAdapter"
    response = visitor.client.post(confirmed(visitor), headers=JSON)
    assert response["Content-Type"].startswith("text/html")


def test_a_failed_frame_comes_back_to_the_callback_url(visitor: Visitor) -> None:
    opened = visitor.open_qr(kind="open_platform", callback_url="/spa/")
    assert visitor.come_back(opened["frame_url"], "")["Location"] == "/spa/?error=cancelled&error_process=login"


@pytest.mark.parametrize("callback_url", ["https://evil.example/", "/a\x00b"])
def test_an_unsafe_callback_url_is_ignored(visitor: Visitor, callback_url: str) -> None:
    response = visitor.client.post(confirmed(visitor, callback_url=callback_url, next="/cart/"))
    assert response["Location"] == "/cart/"


@pytest.mark.urls("tests.sites.headless_only_urls")
def test_a_headless_only_site_needs_no_callback_url(visitor: Visitor, settings: Any) -> None:
    settings.HEADLESS_ONLY = True
    settings.SOCIALACCOUNT_AUTO_SIGNUP = False
    assert visitor.client.post(confirmed(visitor))["Location"] == "/"


# --- problems ---


def test_problems_of_the_end(visitor: Visitor) -> None:
    finish = confirmed(visitor)
    WeChatProvider.objects.update(client_secret_2="wrong")
    cache.clear()
    failed = visitor.client.post(finish, headers=JSON)
    assert failed.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert problem_of(failed, FINISH, "post")["code"] == "misconfigured"
    WeChatProvider.objects.update(enabled=False)
    changed = visitor.client.post(finish, headers=JSON)
    assert (changed.status_code, problem_of(changed, FINISH, "post")["code"]) == (409, "settings_changed")


def test_nothing_to_finish(visitor: Visitor) -> None:
    for status in (Status.WAITING, Status.SCANNED, Status.REFUSED, Status.USED):
        finish = visitor.open_qr()["finish_url"]
        QRSession.objects.update(status=status, changed_at=timezone.now() - timedelta(seconds=11))
        response = visitor.client.post(finish, headers=JSON)
        assert (response.status_code, problem_of(response, FINISH, "post")["code"]) == (409, "qr_over")
        assert not SignInAttempt.objects.exists(), "nothing has ended: it may still be confirmed, or ended before"


def test_connecting_is_for_the_user_who_asked(visitor: Visitor) -> None:
    refused = visitor.client.post(QR, {"process": "connect"})
    assert (refused.status_code, problem_of(refused, OPEN, "post")["code"]) == (401, "sign_in_first")
    visitor.client.force_login(UserFactory())
    finish = confirmed(visitor, process="connect", callback_url="/spa/")
    visitor.client.force_login(UserFactory())
    response = visitor.client.post(finish, headers=JSON)
    assert (response.status_code, problem_of(response, FINISH, "post")["code"]) == (401, "other_user")
    del visitor.client.cookies["sessionid"]
    response = visitor.client.post(finish, headers=JSON)
    assert (response.status_code, problem_of(response, FINISH, "post")["code"]) == (401, "sign_in_first")


def test_other_problems_of_the_opening(visitor: Visitor) -> None:
    phone = Client(headers={"user-agent": IPHONE_SAFARI}).post(QR)
    assert (phone.status_code, problem_of(phone, OPEN, "post")["code"]) == (409, "not_available")
    visitor.simulator.platform.set_fault("-1", "any")
    busy = visitor.client.post(QR)
    assert (busy.status_code, problem_of(busy, OPEN, "post")["code"]) == (503, "qr_unavailable")


def test_too_often(visitor: Visitor, settings: Any) -> None:
    settings.WECHAT = {**settings.WECHAT, "RATE_LIMITS": {"qr_open_browser": (2, 86_400), "qr_status_browser": (0, 60)}}
    WeChatProvider.objects.update(client_id="", client_secret="")
    opened = [visitor.client.post(QR) for _ in range(4)][-1]
    asked = visitor.client.get(f"{QR}{NOWHERE}/")
    for response, path, method in ((opened, OPEN, "post"), (asked, STATUS, "get")):
        assert problem_of(response, path, method) | {"message": ""} == {
            "code": "too_often",
            "message": "",
            "retry": True,
            "reference": "",
        }
        assert 0 < int(response["Retry-After"]) <= 86_400


def test_what_is_no_json(visitor: Visitor) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(QR).status_code == HTTPStatus.FORBIDDEN
    assert strict.get(QR)["Allow"] == "POST"
    opened = visitor.open_qr()
    assert visitor.client.get(opened["finish_url"])["Allow"] == "POST"
    assert visitor.client.post(opened["status_url"])["Allow"] == "GET"
    for path in (opened["status_url"], f"{QR}{NOWHERE}/"):
        assert strict.get(path).status_code == HTTPStatus.NOT_FOUND


def test_every_problem_is_in_the_document() -> None:
    code = DOCUMENT["components"]["schemas"]["ProblemAnswer"]["properties"]["error"]["properties"]["code"]
    assert code["enum"] == sorted(PROBLEMS)


def test_every_field_has_its_words() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    fields = [(name, *field) for name, schema in schemas.items() for field in schema.get("properties", {}).items()]
    assert [(where, name) for where, name, field in fields if not {"description", "const"} & set(field)] == [
        ("ProblemAnswer", "error")
    ]
