"""Do packages that expect an OAuth2 adapter class sign in with ours?"""

import json
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured
from django.test import Client, RequestFactory

from django_wechat.adapters import WeChatMobileOAuth2Adapter, WeChatWebOAuth2Adapter
from django_wechat.models import WeChatIdentity, WeChatProvider
from django_wechat.simulator import seeds
from django_wechat.simulator.server import SimulatorServer
from tests.factories import AppFactory, BothProviderFactory, MiniProgramFactory, MobileProviderFactory
from tests.web.programs.program import Program

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.sites.dj_rest_auth_urls")]

CASES = [
    ("/rest/web/", seeds.WEBSITE_APP_APPID, "snsapi_login"),
    ("/rest/mobile/", seeds.OFFICIAL_ACCOUNT_APPID, "snsapi_userinfo"),
]


def sign_in(path: str, **body: str) -> Any:
    return Client().post(path, json.dumps(body), content_type="application/json")


@pytest.mark.parametrize(("path", "appid", "scope"), CASES)
def test_dj_rest_auth_signs_in_with_a_code(
    wechat_simulator: SimulatorServer, path: str, appid: str, scope: str
) -> None:
    BothProviderFactory()
    response = sign_in(path, code=wechat_simulator.platform.issue_code(appid, scope, person="zhangsan"))
    assert response.status_code == 200, response.content
    user = get_user_model().objects.get()
    assert user.first_name == "张三"
    assert response.json()["key"] == user.auth_token.key
    assert SocialAccount.objects.get().provider == "wechat"
    assert WeChatIdentity.objects.get().appid == appid


def test_the_same_person_by_both_adapters_is_one_user(wechat_simulator: SimulatorServer) -> None:
    BothProviderFactory()
    for path, appid, scope in CASES:
        assert sign_in(path, code=wechat_simulator.platform.issue_code(appid, scope)).status_code == 200
    assert get_user_model().objects.count() == 1


@pytest.mark.parametrize("path", ["/rest/mini-program/", "/rest/app/"])
def test_dj_rest_auth_signs_in_programs_and_apps(wechat_simulator: SimulatorServer, path: str) -> None:
    rows = {"/rest/mini-program/": MiniProgramFactory(), "/rest/app/": AppFactory()}
    program = Program(wechat_simulator)
    code = program.code() if path == "/rest/mini-program/" else program.app_code()
    response = sign_in(path, code=code)
    assert response.status_code == 200, response.content
    assert response.json()["key"] == get_user_model().objects.get().auth_token.key
    assert WeChatIdentity.objects.get().appid == rows[path].client_id
    assert sign_in(path, code=code).status_code == 400, "used"


def test_a_code_of_an_app_is_none_of_a_mini_programs(wechat_simulator: SimulatorServer) -> None:
    MiniProgramFactory()
    assert sign_in("/rest/mini-program/", code=Program(wechat_simulator).app_code()).status_code == 400
    assert get_user_model().objects.count() == 0


@pytest.mark.parametrize("fault", ["40029", "40163", "-1", "html", "48001"])
def test_dj_rest_auth_gets_a_clean_error(wechat_simulator: SimulatorServer, fault: str) -> None:
    BothProviderFactory()
    wechat_simulator.platform.set_fault(fault)
    response = sign_in("/rest/web/", code=wechat_simulator.platform.issue_code(seeds.WEBSITE_APP_APPID))
    assert response.status_code == 400
    assert seeds.WEBSITE_APP_SECRET not in response.content.decode()
    assert get_user_model().objects.count() == 0


def test_a_code_of_the_other_app_is_refused(wechat_simulator: SimulatorServer) -> None:
    BothProviderFactory()
    code = wechat_simulator.platform.issue_code(seeds.OFFICIAL_ACCOUNT_APPID, "snsapi_userinfo")
    assert sign_in("/rest/web/", code=code).status_code == 400


def test_a_snapshot_user_is_refused(wechat_simulator: SimulatorServer) -> None:
    BothProviderFactory()
    platform = wechat_simulator.platform
    code = platform.issue_code(seeds.OFFICIAL_ACCOUNT_APPID, "snsapi_userinfo", is_snapshot=True)
    assert sign_in("/rest/mobile/", code=code).status_code == 400
    assert get_user_model().objects.count() == 0


def test_a_token_from_a_client_is_refused(wechat_simulator: SimulatorServer) -> None:
    BothProviderFactory()
    response = sign_in("/rest/web/", access_token="somebody's")
    assert response.status_code == 400
    assert get_user_model().objects.count() == 0


@pytest.mark.parametrize(
    ("adapter_class", "appid"),
    [(WeChatWebOAuth2Adapter, seeds.WEBSITE_APP_APPID), (WeChatMobileOAuth2Adapter, seeds.OFFICIAL_ACCOUNT_APPID)],
)
def test_each_adapter_has_its_keypair(
    rf: RequestFactory, adapter_class: type[WeChatWebOAuth2Adapter], appid: str
) -> None:
    BothProviderFactory()
    assert adapter_class(rf.get("/")).get_provider().app.client_id == appid


def test_an_adapter_without_a_keypair_says_so(rf: RequestFactory) -> None:
    MobileProviderFactory()
    with pytest.raises(ImproperlyConfigured, match="web_qr"):
        WeChatWebOAuth2Adapter(rf.get("/")).get_provider()
    WeChatProvider.objects.all().delete()
    with pytest.raises(ImproperlyConfigured, match="in_wechat"):
        WeChatMobileOAuth2Adapter(rf.get("/")).get_provider()
