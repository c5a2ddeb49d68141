"""What in the settings is wrong or unsafe? Django's system checks, with ids that stay."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import SplitResult, urlsplit

from allauth.account import app_settings as account_settings
from cryptography.fernet import Fernet
from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, register

from django_wechat import conf

OFFICIAL_HOSTS = {
    "API_BASE_URL": "api.weixin.qq.com",
    "OPEN_BASE_URL": "open.weixin.qq.com",
    "MP_BASE_URL": "mp.weixin.qq.com",
}


@register("django_wechat")
def check_settings(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    """Run every check of the `WECHAT` setting."""
    del app_configs
    if not isinstance(getattr(settings, "WECHAT", {}), dict):
        return [Error("WECHAT must be a dict.", hint="WECHAT = {}", id="django_wechat.E001")]
    return [
        *_unknown_settings(),
        *_base_urls(),
        *_callback_protocol(),
        *_numbers(),
        *_encryption_keys(),
        *_rate_limits(),
    ]


@register("django_wechat", deploy=True)
def check_cache(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    """Warn of a cache that processes do not share: each would ask for its own API token and count for itself."""
    del app_configs
    backend = settings.CACHES.get(conf.get("CACHE_ALIAS"), {}).get("BACKEND", "")
    if not backend.endswith(("LocMemCache", "DummyCache")):
        return []
    return [
        checks.Warning(
            f"The cache {conf.get('CACHE_ALIAS')!r} is not shared by several processes.",
            hint="Use Redis, Memcached or the database, or name another cache in WECHAT['CACHE_ALIAS'].",
            id="django_wechat.W003",
        )
    ]


@register("django_wechat", deploy=True)
def check_hosts(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    """Warn of a site that answers to any name: the link in the chat is made of it."""
    del app_configs
    if "*" not in settings.ALLOWED_HOSTS:
        return []
    return [
        checks.Warning(
            "ALLOWED_HOSTS has '*': a visitor can make this site send links to another host, with a key in them.",
            hint="List the site's host names in ALLOWED_HOSTS, or in Hosts of every WeChat provider.",
            id="django_wechat.W004",
        )
    ]


def _unknown_settings() -> list[CheckMessage]:
    known = ", ".join(sorted(conf.DEFAULTS))
    return [
        Error(f"WECHAT[{key!r}] is not a setting of django_wechat.", hint=f"Known: {known}.", id="django_wechat.E002")
        for key in conf.unknown()
    ]


def _base_urls() -> list[CheckMessage]:
    """Anything but WeChat's own hosts is for development: codes and secrets would go to somebody else."""
    messages: list[CheckMessage] = []
    for name, official in OFFICIAL_HOSTS.items():
        parts = _split(conf.base_url(name))
        if parts.scheme not in ("http", "https") or not parts.netloc:
            hint = f"For WeChat itself: https://{official}"
            messages.append(Error(f"WECHAT[{name!r}] is not an http(s) address.", hint=hint, id="django_wechat.E003"))
        elif not settings.DEBUG and (parts.scheme, parts.netloc) != ("https", official):
            messages.append(_not_wechat(name, official))
    return messages


def _split(address: str) -> SplitResult:
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def _not_wechat(name: str, official: str) -> CheckMessage:
    return checks.Warning(
        f"WECHAT[{name!r}] does not point at WeChat and DEBUG is off: sign-in codes and secrets go to that server.",
        hint=f"Remove the setting, or set it to https://{official}.",
        id="django_wechat.W001",
    )


def _callback_protocol() -> list[CheckMessage]:
    """WeChat's page may not send an https page to an http callback, and secure cookies would not come along."""
    secure = account_settings.DEFAULT_HTTP_PROTOCOL == "https" or settings.SECURE_SSL_REDIRECT
    if settings.DEBUG or secure or settings.SECURE_PROXY_SSL_HEADER:
        return []
    return [
        checks.Warning(
            "The address that WeChat sends visitors back to may be http, and DEBUG is off.",
            hint="Set ACCOUNT_DEFAULT_HTTP_PROTOCOL = 'https', or SECURE_PROXY_SSL_HEADER behind a proxy.",
            id="django_wechat.W002",
        )
    ]


def _numbers() -> list[CheckMessage]:
    timeout = conf.get("TIMEOUT")
    pair = list(timeout) if isinstance(timeout, (tuple, list)) else [timeout, timeout]
    above_zero = [*pair, conf.get("QR_LIFETIME")]
    right = all(_is_number(value) and value > 0 for value in above_zero) and len(pair) == 2
    if right and _is_number(conf.get("PROFILE_MAX_AGE")) and conf.get("PROFILE_MAX_AGE") >= 0:
        return []
    return [
        Error(
            "WECHAT['TIMEOUT'], ['QR_LIFETIME'] and ['PROFILE_MAX_AGE'] must be numbers of seconds.",
            hint="TIMEOUT may be a pair: seconds to connect, seconds to wait for an answer.",
            id="django_wechat.E004",
        )
    ]


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _encryption_keys() -> list[CheckMessage]:
    keys = conf.get("ENCRYPTION_KEYS")
    if isinstance(keys, (list, tuple)) and all(_is_fernet_key(key) for key in keys):
        return []
    return [
        Error(
            "WECHAT['ENCRYPTION_KEYS'] must be a list of Fernet keys.",
            hint="cryptography.fernet.Fernet.generate_key() makes one; a single key needs its list, too.",
            id="django_wechat.E005",
        )
    ]


def _is_fernet_key(key: str | bytes) -> bool:
    try:
        Fernet(key)
    except (ValueError, TypeError, AttributeError):
        return False
    return True


def _rate_limits() -> list[CheckMessage]:
    limits = conf.get("RATE_LIMITS")
    known = set(conf.DEFAULTS["RATE_LIMITS"])
    if isinstance(limits, dict) and set(limits) == known and all(map(_is_limit, limits.values())):
        return []
    return [
        Error(
            "WECHAT['RATE_LIMITS'] must give for each rule how often, within how many seconds: (20, 60).",
            hint=f"Known rules: {', '.join(sorted(known))}.",
            id="django_wechat.E006",
        )
    ]


def _is_limit(value: object) -> bool:
    return isinstance(value, (tuple, list)) and len(value) == 2 and all(_is_number(one) and one > 0 for one in value)
