"""Does the address that an admin pasted at WeChat work, and if it is nearly right, is that said?"""

import time
from typing import Any

import pytest
from django.core.cache import cache
from django.core.cache.backends.dummy import DummyCache
from django.core.checks import run_checks
from django.test import Client
from django.urls import reverse

from django_wechat.models import ProviderHealth, WeChatProvider
from django_wechat.setup.check import server_push, summarise
from django_wechat.setup.check.findings import Finding
from django_wechat.setup.check.verdicts import Verdict
from tests.encryption import LOST_KEY
from tests.factories import BothProviderFactory
from tests.pushes import TOKEN, fields, query, xml

pytestmark = pytest.mark.django_db

RIGHT = "/accounts/wechat/site/events/"
NEARLY = [
    "/accounts/wechat/other/events/",
    "/accounts/wechat/other/events",
    "/accounts/wechat/Site/events/",
    "/accounts/wechat//site/events/",
    "/accounts/wechat/site//events/",
    "/accounts/wechat/site/events//",
    "/accounts//wechat/site/events/",
    "/accounts/wechat/site/Events/",
    "/accounts/WeChat/site/events",
    "/accounts/wechat/my site/events/",
    "/accounts/wechat/events/",
    "/Accounts/WeChat/Site/Events/",
    "/ACCOUNTS/wechat/site/events",
]
DOUBLED_IN_FRONT = ["//accounts/wechat/site/events/", "///accounts/wechat/site/events"]


@pytest.fixture(autouse=True)
def row() -> WeChatProvider:
    created: WeChatProvider = BothProviderFactory(name="site", access_token=TOKEN)
    return created


class Down(DummyCache):
    """A cache that does not answer."""

    def get(self, *_args: object, **_kwargs: object) -> None:
        raise ConnectionError

    set = get


def post(url: str, asked: dict[str, str] | None = None) -> Any:
    body = xml(fields("CLICK", "menu"))
    return Client().post(url, body, content_type="text/xml", query_params=query() if asked is None else asked)


def get(url: str, asked: dict[str, str] | None = None) -> Any:
    return Client().get(url, (query() if asked is None else asked) | {"echostr": "17"})


def finding(row: WeChatProvider) -> Finding:
    (only,) = server_push.check(WeChatProvider.objects.get(pk=row.pk), f"https://tea.example{RIGHT}")
    return only


@pytest.fixture(params=[True, False], ids=["middleware", "bare"])
def middleware(request: pytest.FixtureRequest, settings: Any) -> None:
    if not request.param:
        settings.MIDDLEWARE = []


@pytest.mark.usefixtures("middleware")
@pytest.mark.parametrize("append_slash", [True, False])
@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize("url", [RIGHT, RIGHT.rstrip("/")])
def test_it_works_without_its_last_slash(settings: Any, *, append_slash: bool, debug: bool, url: str) -> None:
    settings.APPEND_SLASH, settings.DEBUG = append_slash, debug
    assert (get(url).status_code, get(url).content) == (200, b"17")
    assert (post(url).status_code, post(url).content) == (200, b"success")


def test_what_is_pasted_keeps_its_slash() -> None:
    assert reverse("wechat_events", args=["site"]) == RIGHT


@pytest.mark.usefixtures("middleware")
@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize("url", NEARLY)
def test_a_nearly_right_address_is_said_to_be_wrong(
    row: WeChatProvider, settings: Any, url: str, *, debug: bool
) -> None:
    settings.DEBUG = debug
    for response in (get(url), post(url)):
        assert (response.status_code, response["Content-Length"]) == (404, str(len(response.content)))
    said = finding(row)
    assert (said.code, said.verdict) == ("push_elsewhere", Verdict.ERROR)
    assert url.replace(" ", "%20") in said.reason
    assert f"https://tea.example{RIGHT}" in said.todo
    assert summarise(ProviderHealth.objects.get()).verdict is Verdict.ERROR


@pytest.mark.parametrize("url", DOUBLED_IN_FRONT)
def test_a_slash_too_many_in_front(row: WeChatProvider, url: str) -> None:
    """The test client takes such a path for a host."""
    assert Client().get("/", query() | {"echostr": "1"}, PATH_INFO=url).status_code == 404
    assert url in finding(row).reason


@pytest.mark.parametrize("url", ["/", "/accounts/login/", "/wechat/site/events/", "/Accounts/profile/wechat/events/"])
def test_any_other_address_is_the_sites(row: WeChatProvider, url: str) -> None:
    get(url)
    assert finding(row).code == "push_never_verified"


@pytest.mark.parametrize(
    "asked",
    [
        {},
        query("another"),
        query(""),
        query(at=time.time() - 3600),
        query(at=time.time() + 3600),
        query() | {"nonce": ""},
        query() | {"timestamp": "soon"},
    ],
)
@pytest.mark.parametrize("url", NEARLY[:4])
def test_nobody_else_can_make_that_claim(row: WeChatProvider, url: str, asked: dict[str, str]) -> None:
    assert (post(url, asked).status_code, get(url, asked).status_code) == (404, 404)
    assert not ProviderHealth.objects.exists()


def test_a_stranger_costs_no_statement(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        get("/accounts/wechat/site//events/", {"signature": "x", "timestamp": "1", "nonce": "2"})


def test_it_is_written_once_a_second(row: WeChatProvider) -> None:
    for number in range(5):
        get(NEARLY[0], query(nonce=f"n{number}"))
    assert ProviderHealth.objects.get().push_failures == 1


def test_it_is_history_once_the_right_one_is_called(row: WeChatProvider) -> None:
    get(NEARLY[3])
    assert finding(row).code == "push_elsewhere"
    assert get(RIGHT).status_code == 200
    assert finding(row).code == "push_none_yet"
    ProviderHealth.objects.update(push_failed_at=None)
    get(NEARLY[3])
    assert post(RIGHT).status_code == 200
    assert finding(row).code == "push_ok"


def test_it_is_said_of_the_provider_whose_token_it_is() -> None:
    other = BothProviderFactory(name="second", access_token="another", client_id_2="wx00000000000000c1")
    BothProviderFactory(name="third", access_token="", client_id_2="wx00000000000000c2")
    BothProviderFactory(name="fourth", client_id_2="", client_secret_2="")
    get(NEARLY[0], query("another"))
    assert [health.provider_id for health in ProviderHealth.objects.all()] == [other.pk]


def test_a_provider_that_is_off_says_nothing(row: WeChatProvider) -> None:
    WeChatProvider.objects.update(enabled=False)
    assert (get(RIGHT).status_code, get(NEARLY[0]).status_code) == (404, 404)
    assert not ProviderHealth.objects.exists()


def test_a_lost_key_is_no_trouble(settings: Any) -> None:
    settings.WECHAT = {**settings.WECHAT, "ENCRYPTION_KEYS": [LOST_KEY]}
    assert get(NEARLY[0]).status_code == 404


def test_what_was_called_is_shown_as_harmless_text(row: WeChatProvider, caplog: Any) -> None:
    get("/accounts/wechat/<b>\u202e\x1b[31m/events/")
    (only, *_rest) = [record for record in caplog.records if "another address" in record.getMessage()]
    for text in (finding(row).reason, only.getMessage()):
        assert text.isascii()
        assert text.isprintable()
        assert "<b>" not in text
    get("/accounts/wechat/" + "x" * 5000 + "/events/")
    assert len(finding(row).reason) < 400


@pytest.mark.parametrize("lost", [True, False])
def test_without_the_cache_it_is_said_all_the_same(row: WeChatProvider, settings: Any, *, lost: bool) -> None:
    if not lost:
        settings.CACHES = {
            **settings.CACHES,
            "default": {"BACKEND": f"{__name__}.Down"},
        }
    get(NEARLY[0])
    cache.clear()
    assert finding(row).code == "push_elsewhere_unnamed"


def test_without_allauths_addresses_nothing_is_ours(settings: Any) -> None:
    settings.ROOT_URLCONF = "django_wechat.root_urls"
    assert Client().get("/Accounts/wechat/site/events/").status_code == 404


def test_django_has_nothing_to_say_of_the_addresses() -> None:
    assert run_checks(tags=["urls"]) == []
