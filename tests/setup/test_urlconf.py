"""Is it noticed that a view of the site stands in front of an address of ours, wherever people look?"""

from types import ModuleType
from typing import Any

import pytest
from django.core.checks import run_checks
from django.http import HttpResponse
from django.test import Client
from django.urls import include, path, re_path, set_script_prefix
from django.views import View

import django_wechat.root_urls
import django_wechat.urls
from django_wechat.setup import check as setup_check
from django_wechat.setup import urlconf
from django_wechat.setup.check import Finding, Verdict, site
from django_wechat.setup.urlconf import InFront
from tests.factories import WebProviderFactory
from tests.sites import catch_all_urls
from tests.sites.catch_all_urls import LoginPage, ours

PAGE = "tests.sites.catch_all_urls.page"


class Taker(View):
    """A view by class."""


def site_with(settings: Any, *patterns: Any) -> None:
    """Serve these addresses, and nothing else."""
    urls: Any = ModuleType("urls_of_a_test")
    urls.urlpatterns = list(patterns)
    settings.ROOT_URLCONF = urls


def warnings() -> list[str]:
    return [str(one.msg) for one in run_checks(tags=["django_wechat"]) if one.id == "django_wechat.W036"]


def findings() -> list[Finding]:
    found = site.check(WebProviderFactory.build(), ["https://tea.example"], [])
    return [one for one in found if one.code.startswith("address_")]


def test_every_address_that_has_a_name_is_looked_at() -> None:
    patterns: list[Any] = [*django_wechat.urls.urlpatterns, *django_wechat.root_urls.urlpatterns]
    assert {one.name for one in patterns if one.name} == set(urlconf.ADDRESSES)


def test_a_proper_site() -> None:
    assert (urlconf.in_front(), warnings()) == ([], [])


@pytest.mark.django_db
def test_a_catch_all_in_front_is_named(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.sites.catch_all_urls"
    assert Client().get("/accounts/wechat/login/").status_code == 404
    (only,) = urlconf.in_front()
    assert (only.view, only.pattern, only.only_files) == (PAGE, "<path:address>", False)
    assert len(only.paths) == len(urlconf.ADDRESSES)
    for part in ("login/", "login/callback/", "name/events/", "confirm/", "qr/"):
        assert any(path.startswith("/accounts/wechat/") and part in path for path in only.paths)
    (said,), (told,) = warnings(), findings()
    assert told.verdict is Verdict.ERROR
    for words in (said, told.title + told.reason):
        assert PAGE in words
        assert "<path:address>" in words
        assert "/accounts/wechat/name/events/" in words


@pytest.mark.django_db
def test_check_and_doctor_say_it(settings: Any, wechat_simulator: Any) -> None:
    provider = WebProviderFactory(name="site")
    settings.ROOT_URLCONF = "tests.sites.catch_all_urls"
    codes = [finding.code for finding in setup_check.check(provider, seen="https://tea.example/")]
    assert "address_taken" in codes


def test_the_login_page_goes_with_the_rest(settings: Any) -> None:
    site_with(settings, path("<path:address>", catch_all_urls.page), *ours)
    assert "/accounts/login/" in urlconf.in_front()[0].paths


def test_ours_before_it_is_right(settings: Any) -> None:
    site_with(settings, path("accounts/login/", LoginPage.as_view()), *ours, path("<path:a>", catch_all_urls.page))
    assert urlconf.in_front() == []


def test_a_view_that_takes_one_address(settings: Any) -> None:
    site_with(settings, re_path(r"^accounts/wechat/.*/events/$", Taker.as_view()), *ours)
    pattern = "^accounts/wechat/.*/events/$"
    assert urlconf.in_front() == [InFront(f"{__name__}.Taker", pattern, ("/accounts/wechat/name/events/",))]


@pytest.mark.django_db
def test_only_the_files_is_less(settings: Any) -> None:
    """The web server, or that view, may have them."""
    site_with(settings, ours[0], re_path(r"^(?P<address>[^/]+)$", catch_all_urls.page), ours[1])
    assert [one.only_files for one in urlconf.in_front()] == [True]
    (told,) = findings()
    assert (told.code, told.verdict) == ("address_taken_files", Verdict.WARNING)


class Callable:
    """A view that is an object."""

    def __call__(self, request: Any, **_path: str) -> HttpResponse:
        raise NotImplementedError


def test_any_kind_of_view_has_a_name(settings: Any) -> None:
    site_with(settings, path("<path:a>", Callable()), *ours)
    assert urlconf.in_front()[0].view == f"{__name__}.Callable"


def test_a_site_that_includes_none_of_them(settings: Any) -> None:
    site_with(settings, path("<path:a>", catch_all_urls.page))
    assert urlconf.in_front() == []


def test_a_site_below_a_path(settings: Any) -> None:
    set_script_prefix("/shop/")
    try:
        assert urlconf.in_front() == []
        settings.ROOT_URLCONF = "tests.sites.catch_all_urls"
        assert urlconf.in_front()[0].paths[0].startswith("/shop/accounts/wechat/")
    finally:
        set_script_prefix("/")


def test_two_views_are_told_apart(settings: Any) -> None:
    first = path("accounts/wechat/login/", Taker.as_view())
    site_with(settings, first, path("", include([path("accounts/wechat/qr/", catch_all_urls.page)])), *ours)
    assert [(one.view.rpartition(".")[2], one.paths) for one in urlconf.in_front()] == [
        ("Taker", ("/accounts/wechat/login/",)),
        ("page", ("/accounts/wechat/qr/",)),
    ]
