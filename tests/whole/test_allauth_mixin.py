"""Does allauth's own test suite for OAuth2 providers pass through our two adapters?

allauth ships `OAuth2TestsMixin` only in its source distribution. ALLAUTH_SDIST names the folder it was unpacked into
(`tox -e allauth` does that); without it these tests are skipped.

The shims below are what a plain `Provider` over WeChat needs: PKCE does not exist at WeChat, an answer needs an openid,
and the fake responses have to be readable piece by piece, as a pooled connection reads them.
"""

import importlib.util
import json
import os
import sys
from functools import cached_property
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.test import RequestFactory, TestCase, override_settings
from django.urls import path

from django_wechat.adapters import WeChatMobileOAuth2Adapter, WeChatOAuth2Adapter, WeChatWebOAuth2Adapter
from tests.factories import BothProviderFactory
from tests.urls import urlpatterns as site_urls
from tests.user_agents import IPHONE_WECHAT, WINDOWS_CHROME

SDIST = os.environ.get("ALLAUTH_SDIST", "")


def load(name: str, file: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, Path(SDIST) / file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


if not SDIST:
    pytest.skip("ALLAUTH_SDIST is not set: allauth's own tests are not here", allow_module_level=True)

mocking = load("tests.mocking", "tests/mocking.py")
base = load("allauth_base", "tests/apps/socialaccount/base.py")


class Raw(BytesIO):
    """What lies under a response: urllib3 takes one more argument than a file."""

    def read1(self, size: int = -1, /, *, decode_content: bool = False) -> bytes:
        assert decode_content
        return super().read1(size)


class ReadableResponse(mocking.MockedResponse):  # type: ignore[name-defined, misc]
    """allauth's fake response, readable as a stream."""

    def __enter__(self) -> "ReadableResponse":
        return self

    def __exit__(self, *_error: object) -> None:
        pass

    @cached_property
    def raw(self) -> Raw:
        return Raw(self.content)


base.MockedResponse = ReadableResponse
PROFILE = {"openid": "ohS-VwAJ9GEXlplngwybJ3Z-ZHrI", "nickname": "某某某", "unionid": "ohHrhwKnD9TOunEW0eKTS45vS5Qo"}


def adapter_urls(adapter: type[WeChatOAuth2Adapter]) -> list[Any]:
    """The site with allauth's generic views over the adapter in place of our own."""
    return [
        path("accounts/wechat/login/", OAuth2LoginView.adapter_view(adapter), name="wechat_login"),
        path("accounts/wechat/login/callback/", OAuth2CallbackView.adapter_view(adapter), name="wechat_callback"),
        *site_urls,
    ]


class AdapterTests(base.OAuth2TestsMixin):  # type: ignore[name-defined, misc]
    """The shims; the two classes below are the tests."""

    provider_id = "wechat"
    user_agent = WINDOWS_CHROME

    def setup_provider(self) -> None:
        BothProviderFactory()
        self.client.defaults["HTTP_USER_AGENT"] = self.user_agent
        self.request = RequestFactory(headers={"user-agent": self.user_agent}).get("/")
        self.provider = get_adapter().get_provider(self.request, "wechat")
        self.provider.pkce_enabled_default = False
        self.app = self.provider.app = SocialApp(provider="wechat")

    def get_login_response_json(self, with_refresh_token: bool = True) -> str:
        answer = json.loads(super().get_login_response_json(with_refresh_token))
        return json.dumps({**answer, "openid": PROFILE["openid"], "unionid": PROFILE["unionid"]})

    def get_mocked_response(self) -> ReadableResponse:
        return ReadableResponse(200, json.dumps(PROFILE, ensure_ascii=False))

    def get_expected_to_str(self) -> str:
        return "某某某"

    def test_provider_has_no_pkce_params(self) -> None:
        """WeChat has no PKCE, so there is nothing to switch off."""
        assert not hasattr(self.provider, "get_pkce_params")

    def test_provider_has_pkce_params(self) -> None:
        """WeChat has no PKCE, so there is nothing to switch on."""
        assert not hasattr(self.provider, "get_pkce_params")

    def test_login_with_pkce_enabled(self) -> None:
        """The setting changes nothing: WeChat refuses links with parameters it does not know."""
        with override_settings(SOCIALACCOUNT_PROVIDERS={"wechat": {"OAUTH_PKCE_ENABLED": True}}):
            response = self.client.post(self.provider.get_login_url(self.request, process="login"))
        assert "code_challenge" not in response["Location"]


urlpatterns = adapter_urls(WeChatWebOAuth2Adapter)


@override_settings(ROOT_URLCONF="tests.whole.test_allauth_mixin")
class WebAdapterTests(AdapterTests, TestCase):
    """Through the adapter for the Open Platform's QR code."""


class MobileUrls:
    """The same site over the other adapter."""

    urlpatterns = adapter_urls(WeChatMobileOAuth2Adapter)


@override_settings(ROOT_URLCONF=MobileUrls)
class MobileAdapterTests(AdapterTests, TestCase):
    """Through the adapter for sign-in inside WeChat."""

    user_agent = IPHONE_WECHAT


del AdapterTests
