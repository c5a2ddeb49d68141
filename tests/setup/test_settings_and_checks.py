"""Are settings read, and wrong ones told apart from unsafe ones?"""

from typing import Any

import pytest
from django.core.checks import run_checks

from django_wechat import conf

PRODUCTION = {"DEBUG": False, "SECURE_SSL_REDIRECT": True}


def messages(settings: Any, **values: Any) -> dict[str, str]:
    for name, value in values.items():
        setattr(settings, name, value)
    found = run_checks(tags=["django_wechat"])
    return {str(message.id): f"{message.msg} {message.hint}" for message in found}


def test_the_defaults_are_wechat_itself() -> None:
    assert conf.base_url("API_BASE_URL") == "https://api.weixin.qq.com"
    assert conf.base_url("OPEN_BASE_URL") == "https://open.weixin.qq.com"
    assert conf.base_url("MP_BASE_URL") == "https://mp.weixin.qq.com"
    assert conf.get("PROFILE_MAX_AGE") == 86400
    assert conf.get("QR_LIFETIME") == 300


def test_settings_are_read_at_each_use(settings: Any) -> None:
    settings.WECHAT = {"QR_LIFETIME": 60, "API_BASE_URL": "https://a.example/"}
    assert conf.get("QR_LIFETIME") == 60
    assert conf.base_url("API_BASE_URL") == "https://a.example"


def test_a_site_without_the_setting_works(settings: Any) -> None:
    del settings.WECHAT
    assert conf.get("QR_LIFETIME") == 300
    assert conf.unknown() == []


def test_a_name_that_is_no_setting_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        conf.get("NO_SUCH_SETTING")


@pytest.mark.parametrize(("value", "pair"), [(5, (5.0, 5.0)), ((1, 2.5), (1.0, 2.5)), ([1, 2], (1.0, 2.0))])
def test_timeouts(settings: Any, value: object, pair: tuple[float, float]) -> None:
    settings.WECHAT = {"TIMEOUT": value}
    assert conf.timeouts() == pair


def test_nothing_is_wrong_with_a_proper_site(settings: Any) -> None:
    assert messages(settings, WECHAT={}, **PRODUCTION) == {}


def test_a_setting_that_is_no_dict(settings: Any) -> None:
    assert list(messages(settings, WECHAT=["x"])) == ["django_wechat.E001"]


def test_an_unknown_setting_is_named(settings: Any) -> None:
    found = messages(settings, WECHAT={"QR_LIFETME": 5})
    assert list(found) == ["django_wechat.E002"]
    assert "QR_LIFETME" in found["django_wechat.E002"]
    assert "QR_LIFETIME" in found["django_wechat.E002"]


@pytest.mark.parametrize("address", ["", "api.weixin.qq.com", "ftp://api.weixin.qq.com", None, "http://[::1"])
def test_a_base_url_that_is_none(settings: Any, address: object) -> None:
    assert list(messages(settings, WECHAT={"API_BASE_URL": address})) == ["django_wechat.E003"]


@pytest.mark.parametrize(
    "address", ["https://evil.example", "http://api.weixin.qq.com", "https://api.weixin.qq.com:81"]
)
def test_a_foreign_host_with_debug_off(settings: Any, address: str) -> None:
    found = messages(settings, WECHAT={"API_BASE_URL": address}, **PRODUCTION)
    assert list(found) == ["django_wechat.W001"]
    assert messages(settings, DEBUG=True) == {}


def test_an_http_callback_with_debug_off(settings: Any) -> None:
    settings.WECHAT = {}
    assert list(messages(settings, DEBUG=False)) == ["django_wechat.W002"]
    for name, value in [
        ("ACCOUNT_DEFAULT_HTTP_PROTOCOL", "https"),
        ("SECURE_SSL_REDIRECT", True),
        ("SECURE_PROXY_SSL_HEADER", ("HTTP_X_FORWARDED_PROTO", "https")),
    ]:
        before = getattr(settings, name, None)
        assert messages(settings, **{name: value}) == {}
        setattr(settings, name, before or ("http" if name.startswith("ACCOUNT") else before))


@pytest.mark.parametrize(
    "wrong",
    [
        {"TIMEOUT": 0},
        {"TIMEOUT": "soon"},
        {"TIMEOUT": (1,)},
        {"QR_LIFETIME": -1},
        {"PROFILE_MAX_AGE": "x"},
        {"PROFILE_MAX_AGE": "86400"},
        {"LOG_DAYS": -1},
        {"LOG_DAYS": "30"},
        {"LOG_DAYS": 10**9},
        {"TIMEOUT": True},
    ],
)
def test_numbers_of_seconds(settings: Any, wrong: dict[str, object]) -> None:
    assert list(messages(settings, WECHAT=wrong)) == ["django_wechat.E004"]


@pytest.mark.parametrize("keys", ["kGFAzD8YwFyzxMoxqAiJzRXzHOfbfMUHPOF3lO4VRdc=", ["short"], [None], None, 5])
def test_encryption_keys_that_are_none(settings: Any, keys: object) -> None:
    assert list(messages(settings, WECHAT={"ENCRYPTION_KEYS": keys})) == ["django_wechat.E005"]


def test_encryption_keys_that_are_right(settings: Any) -> None:
    assert messages(settings, WECHAT={"ENCRYPTION_KEYS": ["kGFAzD8YwFyzxMoxqAiJzRXzHOfbfMUHPOF3lO4VRdc="]}) == {}


@pytest.mark.parametrize(
    ("backend", "warned"), [("locmem.LocMemCache", True), ("dummy.DummyCache", True), ("db.DatabaseCache", False)]
)
def test_a_cache_that_is_not_shared(settings: Any, backend: str, *, warned: bool) -> None:
    settings.CACHES = {"default": {"BACKEND": f"django.core.cache.backends.{backend}", "LOCATION": "x"}}
    found = [message.id for message in run_checks(tags=["django_wechat"], include_deployment_checks=True)]
    assert ("django_wechat.W003" in found) is warned


@pytest.mark.parametrize(
    ("hosts", "warned"),
    [
        (["*"], True),
        (["www.example.com"], False),
        ([".example.com"], True),
        (["www.example.com", ".example.com"], True),
    ],
)
def test_a_site_that_answers_to_any_name(settings: Any, hosts: list[str], *, warned: bool) -> None:
    settings.ALLOWED_HOSTS = hosts
    found = [message.id for message in run_checks(tags=["django_wechat"], include_deployment_checks=True)]
    assert ("django_wechat.W004" in found) is warned


@pytest.mark.parametrize(
    "limits", [None, [], {"qr_open_browser": 5}, {"qr_open_browser": (5,)}, {"no_such_rule": (5, 60)}]
)
def test_rate_limits_that_are_none(settings: Any, limits: object) -> None:
    assert list(messages(settings, WECHAT={"RATE_LIMITS": limits})) == ["django_wechat.E006"]


def test_one_limit_may_be_changed_alone(settings: Any) -> None:
    assert messages(settings, WECHAT={"RATE_LIMITS": {"qr_open_browser": (5, 60)}}) == {}
    assert conf.get("RATE_LIMITS")["qr_open_browser"] == (5, 60)
    assert conf.get("RATE_LIMITS")["qr_open_address"] == (300, 60)


@pytest.mark.parametrize("alias", ["no-such-storage", "", 5, ["default"]])
def test_an_avatar_storage_that_is_none(settings: Any, alias: object) -> None:
    assert list(messages(settings, WECHAT={"AVATAR_STORAGE": alias})) == ["django_wechat.E007"]


def test_an_avatar_storage_that_is_right(settings: Any) -> None:
    assert messages(settings, WECHAT={"AVATAR_STORAGE": "default"}) == {}


@pytest.mark.parametrize(
    "hosts",
    [
        "thirdwx.qlogo.cn",
        None,
        [5],
        ["https://wx.qlogo.cn"],
        ["*.qlogo.cn"],
        ["wx.qlogo.cn/"],
        ["me@wx.qlogo.cn"],
        [""],
    ],
)
def test_avatar_hosts_that_are_none(settings: Any, hosts: object) -> None:
    assert list(messages(settings, WECHAT={"AVATAR_HOSTS": hosts})) == ["django_wechat.E008"]


def test_avatars_over_http_are_for_development(settings: Any) -> None:
    hosts = {"AVATAR_HOSTS": ["wx.qlogo.cn", "img.example:8443", "http://127.0.0.1:8001"]}
    assert messages(settings, WECHAT=hosts) == {}
    found = messages(settings, **PRODUCTION)
    assert list(found) == ["django_wechat.W005"]
    assert "127.0.0.1:8001" in found["django_wechat.W005"]
