"""Does the command that everybody runs say what around us keeps WeChat sign-in from showing, or from being safe?"""

from typing import Any

import pytest
from allauth.socialaccount.models import SocialApp
from django.core.checks import run_checks
from django.test import override_settings

from django_wechat.setup import site_checks
from django_wechat.simulator import seeds
from tests.factories import FollowProviderFactory, MobileProviderFactory, WebProviderFactory

WITHOUT_ROOT_URLS = "tests.sites.without_root_urls"


def messages(*, database: bool = False) -> dict[str, str]:
    asked: Any = (
        {"tags": ["django_wechat", "database"], "databases": ["default"]} if database else {"tags": ["django_wechat"]}
    )
    found = [one for one in run_checks(**asked) if str(one.id).startswith("django_wechat.")]
    return {str(one.id).partition(".")[2]: f"{one.msg} {one.hint}" for one in found}


def test_nothing_is_said_of_a_proper_site(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["www.example.com", ".example.org", "[::1]", "WWW.example.net", "*"]
    assert not [number for number in messages() if number.startswith("W03")]


@pytest.mark.parametrize(
    ("pattern", "right"),
    [
        ("例子.中国", "xn--fsqu00a.xn--fiqs8s"),
        ("www.example.com.", "www.example.com"),
        ("www.example.com:8000", "www.example.com"),
        ("https://www.example.com", "www.example.com"),
        ("www.example.com\n", "www.example.com"),
    ],
)
def test_a_name_that_no_browser_sends(settings: Any, pattern: str, right: str) -> None:
    settings.ALLOWED_HOSTS = ["localhost", pattern]
    assert f"Write '{right}'" in messages()["W031"]


def test_the_app_after_allauth(settings: Any) -> None:
    others = [app for app in settings.INSTALLED_APPS if app != "django_wechat"]
    with override_settings(INSTALLED_APPS=[*others, "django_wechat"]):
        assert "before" in messages()["W032"]


def test_a_login_page_of_the_sites_own_is_its_business(settings: Any, tmp_path: Any) -> None:
    (tmp_path / "account").mkdir()
    (tmp_path / "account" / "login.html").write_text("{% load wechat %}{% wechat_login_tab %}")
    others = [app for app in settings.INSTALLED_APPS if app != "django_wechat"]
    templates = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    with override_settings(INSTALLED_APPS=[*others, "django_wechat"], TEMPLATES=templates):
        assert "W032" not in messages()


@pytest.mark.parametrize("urlconf", ["tests.sites.headless_only_urls", "django_wechat.root_urls"])
def test_a_site_without_a_login_page(settings: Any, urlconf: str) -> None:
    others = [app for app in settings.INSTALLED_APPS if app != "django_wechat"]
    with override_settings(INSTALLED_APPS=[*others, "django_wechat"], ROOT_URLCONF=urlconf, HEADLESS_ONLY=True):
        assert not list(site_checks._login_page())


def test_without_any_template_there_is_nothing_to_say(settings: Any) -> None:
    settings.TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": False}]
    assert not list(site_checks._login_page())


def test_verification_files_that_are_not_served(settings: Any) -> None:
    account = {"client_id_2": seeds.OFFICIAL_ACCOUNT_APPID, "client_secret_2": seeds.OFFICIAL_ACCOUNT_SECRET}
    settings.WECHAT = {"PROVIDERS": [{"name": "web", **account}]}
    assert "W033" not in messages()
    settings.ROOT_URLCONF = WITHOUT_ROOT_URLS
    assert "root_urls" in messages()["W033"]
    settings.WECHAT = {}
    assert "W033" not in messages()


@pytest.mark.django_db
def test_the_database_is_looked_into_only_on_request(settings: Any) -> None:
    settings.ROOT_URLCONF = WITHOUT_ROOT_URLS
    MobileProviderFactory()
    SocialApp.objects.create(provider="wechat", name="WeChat")
    FollowProviderFactory(confirm_on_phone=False)
    WebProviderFactory(name="careful")
    assert not {"W033", "W034", "W035"} & set(messages())
    found = messages(database=True)
    assert {"W033", "W034", "W035"} <= set(found)
    assert "“careful”" in found["W035"]
    assert "“site”" in found["W035"]


@pytest.mark.django_db
def test_tables_that_are_not_there_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "django.db.backends.base.introspection.BaseDatabaseIntrospection.table_names", lambda *_args: []
    )
    assert not {"W033", "W034", "W035"} & set(messages(database=True))


@pytest.mark.parametrize(
    ("app", "said"),
    [({"APP": {"client_id": "x"}}, True), ({"APPS": [{"client_id": "x"}]}, True), ({"SCOPE": []}, False)],
)
def test_an_app_of_allauths_in_the_settings(settings: Any, app: dict[str, Any], said: bool) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = {"wechat": app}
    assert ("W034" in messages()) is said


@pytest.mark.django_db
@pytest.mark.parametrize(("hosts", "said"), [("", True), ("a.example", True), ("例子.中国", False)])
def test_a_row_that_nobody_here_can_choose_is_no_danger(hosts: str, said: bool) -> None:
    FollowProviderFactory(confirm_on_phone=False, hosts=hosts)
    WebProviderFactory(hosts="A.example\nb.example")
    assert ("W035" in messages(database=True)) is said
