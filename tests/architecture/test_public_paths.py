"""Does everything that docs tell a site to import stay where it is, whatever moves behind it?"""

import importlib

import pytest

PUBLIC = {
    "django_wechat.adapters": "WeChatWebOAuth2Adapter WeChatMobileOAuth2Adapter WeChatOAuth2Client",
    "django_wechat.asgi": "wechat_streams",
    "django_wechat.avatars": "avatar_url",
    "django_wechat.conf": "get",
    "django_wechat.exceptions": "WeChatError",
    "django_wechat.models": "WeChatProvider WeChatIdentity QRSession SigninMethod SignInAttempt",
    "django_wechat.names": "display_name",
    "django_wechat.provider": "WeChatAllauthProvider provider_classes",
    "django_wechat.root_urls": "urlpatterns",
    "django_wechat.signals": "push_received wechat_data_erased accounts_merging",
    "django_wechat.simulator.pytest_plugin": "wechat_simulator",
    "django_wechat.simulator.seeds": "WEBSITE_APP_APPID WEBSITE_APP_SECRET",
    "django_wechat.urls": "urlpatterns",
}


@pytest.mark.parametrize("module", PUBLIC)
def test_it_is_there(module: str) -> None:
    found = importlib.import_module(module)
    assert [name for name in PUBLIC[module].split() if not hasattr(found, name)] == []
