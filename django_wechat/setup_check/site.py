"""Is the site itself set up? Its addresses, its cache, its secrets, and what else may stand on the login page."""

import ipaddress
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from allauth.account import app_settings as account_settings
from allauth.socialaccount.models import SocialApp
from django.conf import settings
from django.http.request import validate_host

from django_wechat import conf
from django_wechat.fields import SecretUnreadable
from django_wechat.models import WeChatProvider, is_filled
from django_wechat.models.hosts import host_names
from django_wechat.setup_check.findings import Finding, found

MAX_ADDRESSES = 3
"""Hosts of one provider that are checked; each costs a question to WeChat."""

SECRET_LABELS = {
    "client_secret": "Client Secret",
    "client_secret_2": "Client Secret 2",
    "access_token": "Access Token",
    "encoding_aes_key": "EncodingAESKey",
    "previous_encoding_aes_key": "EncodingAESKey",
}

_PER_PROCESS = ("LocMemCache", "DummyCache")
_BASE_URLS = ("API_BASE_URL", "OPEN_BASE_URL", "MP_BASE_URL")


def site_url(seen: str = "") -> str:
    """Return the site's address without a path: `seen` is the one of a request, "" where there is none.

    "" if only requests know it.
    """
    if seen:
        return "{0.scheme}://{0.netloc}".format(urlsplit(seen))
    host = next((name.removeprefix(".") for name in settings.ALLOWED_HOSTS if name != "*"), "")
    return f"{protocol()}://{host}" if host else ""


def site_urls(provider: WeChatProvider, seen: str = "") -> list[str]:
    """Return the addresses at which `provider` serves: those of its Hosts, else the site's own."""
    hosts = host_names(provider.hosts)[:MAX_ADDRESSES]
    scheme = urlsplit(seen).scheme if seen else protocol()
    return [f"{scheme}://{host}" for host in hosts] or [url for url in [site_url(seen)] if url]


def protocol() -> str:
    """Return "https" or "http": what the site's addresses begin with, as far as the settings say."""
    secure = settings.SECURE_SSL_REDIRECT or settings.SECURE_PROXY_SSL_HEADER
    return "https" if secure else str(account_settings.DEFAULT_HTTP_PROTOCOL)


def cache_is_shared() -> bool:
    """Return whether every process of the site sees the same cache, as far as the settings say."""
    backend: str = settings.CACHES.get(conf.get("CACHE_ALIAS"), {}).get("BACKEND", "")
    return not backend.endswith(_PER_PROCESS)


def check(provider: WeChatProvider, urls: Sequence[str], unreadable: Sequence[str]) -> Iterator[Finding]:
    """Yield what is found without asking anybody. `urls` are the site's, `unreadable` the columns that are lost."""
    yield _secrets(unreadable)
    if not provider.has_keypair:
        yield found("no_keypair")
    if not provider.enabled:
        yield found("disabled")
    if provider.second_keypair_wins:
        yield found("second_keypair_wins")
    for url in urls:
        yield from _address(url)
    if not urls:
        yield found("callback_not_known")
    yield found("cache_ok" if cache_is_shared() else "cache_not_shared")
    yield from _base_urls()
    if SocialApp.objects.filter(provider="wechat").exists():
        yield found("second_button")


def unreadable_secrets(provider: WeChatProvider) -> list[str]:
    """Return the columns of `provider` whose stored value no key can decrypt."""
    return [column for column in SECRET_LABELS if is_filled(provider, column) and not _is_readable(provider, column)]


def _is_readable(provider: WeChatProvider, column: str) -> bool:
    try:
        getattr(provider, column)
    except SecretUnreadable:
        return False
    return True


def _secrets(unreadable: Sequence[str]) -> Finding:
    if not unreadable:
        return found("secrets_ok")
    labels = dict.fromkeys(SECRET_LABELS[column] for column in unreadable)
    return found("secret_unreadable", fields="|".join(labels))


def _address(url: str) -> Iterator[Finding]:
    parts = urlsplit(url)
    host = parts.netloc
    if not validate_host(parts.hostname or "", settings.ALLOWED_HOSTS) and not _is_local_debug(parts.hostname or ""):
        yield found("host_not_served", host=host)
    if talks_to_wechat() and not _is_public(parts.hostname or "", parts.port):
        yield found("callback_not_usable", host=host)
    elif parts.scheme != "https":
        yield found("callback_http", host=host)
    else:
        yield found("callback_https", host=host)


def _is_local_debug(hostname: str) -> bool:
    """Django itself answers to these names while ALLOWED_HOSTS is empty and DEBUG is on."""
    return settings.DEBUG and not settings.ALLOWED_HOSTS and not _is_public(hostname, None)


def _is_public(hostname: str, port: int | None) -> bool:
    try:
        ipaddress.ip_address(hostname)
    except ValueError:
        return port in (None, 80, 443) and "." in hostname and not hostname.endswith(".localhost")
    return False


def talks_to_wechat() -> bool:
    """Return whether every address of the settings is WeChat's own."""
    return all(conf.base_url(name) == conf.DEFAULTS[name] for name in _BASE_URLS)


def _base_urls() -> Iterator[Finding]:
    """One finding for the first address that is another: it is one mistake, or one pretend WeChat."""
    other = next((name for name in _BASE_URLS if conf.base_url(name) != conf.DEFAULTS[name]), "")
    yield (
        found("not_wechat", setting=other, host=urlsplit(conf.base_url(other)).netloc)
        if other
        else found("wechat_itself")
    )
