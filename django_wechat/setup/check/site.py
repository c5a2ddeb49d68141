"""Is the site itself set up? Its addresses, its cache, its secrets, and what else may stand on the login page."""

import ipaddress
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from allauth.account import app_settings as account_settings
from allauth.socialaccount.adapter import get_adapter
from django.apps import apps
from django.conf import settings
from django.contrib.sites.shortcuts import get_current_site
from django.core.exceptions import ImproperlyConfigured, ObjectDoesNotExist
from django.http.request import validate_host

from django_wechat import conf
from django_wechat.models import WeChatProvider, health_of, is_filled
from django_wechat.models.fields import SecretUnreadable
from django_wechat.models.hosts import host_names, normal_host, normal_origin, right_pattern
from django_wechat.setup import urlconf, verification
from django_wechat.setup.check.findings import Finding, found
from django_wechat.stores import limits, origins

SEEN = "seen"
"""Under this name a finding about an address keeps the one that a request has shown."""
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


@dataclass(frozen=True)
class Addresses:
    """Where a provider serves, as addresses without a path. `guessed`: any one may be it, nobody has seen it."""

    urls: Sequence[str] = ()
    guessed: bool = False


def addresses(provider: WeChatProvider, seen: str = "") -> Addresses:
    """Return where `provider` serves: at its Hosts, else where a request saw the site, else what the settings name.

    The port that was seen stays with the name that was seen.
    """
    seen = normal_origin(seen) if seen else ""
    if hosts := host_names(provider.hosts)[:MAX_ADDRESSES]:
        scheme = urlsplit(seen).scheme or protocol()
        return Addresses([seen if _host(seen) == host else f"{scheme}://{host}" for host in hosts])
    if seen:
        return Addresses([seen])
    names = [name for name in [_sites_domain()] if name] or _allowed_names()
    return Addresses([f"{protocol()}://{name}" for name in names[:MAX_ADDRESSES]], guessed=True)


def last_seen(provider: WeChatProvider) -> str:
    """Return the address at which the last Check saw the site, while the site still answers there; else ""."""
    health = health_of(provider)
    seen = next(
        (str(one["values"][SEEN]) for one in (health.findings if health else []) if one["values"].get(SEEN)), ""
    )
    return seen if seen and answers_to(_host(seen)) else ""


def answers_to(host: str) -> bool:
    """Return whether Django lets requests to a host in its normal form through."""
    allowed = settings.ALLOWED_HOSTS or ([".localhost", "127.0.0.1", "[::1]"] if settings.DEBUG else [])
    return validate_host(host, allowed)


def _sites_domain() -> str:
    """Return the site's name in `django.contrib.sites`, unless it is the one that stands there at first."""
    if not apps.is_installed("django.contrib.sites"):
        return ""
    try:
        domain = normal_host(get_current_site(None).domain)
    except (ObjectDoesNotExist, ImproperlyConfigured):
        return ""
    return domain if domain != "example.com" and answers_to(domain) else ""


def _allowed_names() -> list[str]:
    """Return the names of the internet in ALLOWED_HOSTS: a local one has a port that is not known here."""
    names = [normal_host(name.removeprefix(".")) for name in settings.ALLOWED_HOSTS if name != "*"]
    return [name for name in names if _is_public(name, None)]


def _host(url: str) -> str:
    return normal_host(urlsplit(url).netloc)


def protocol() -> str:
    """Return "https" or "http": what the site's addresses begin with, as far as the settings say."""
    secure = settings.SECURE_SSL_REDIRECT or settings.SECURE_PROXY_SSL_HEADER
    return "https" if secure else str(account_settings.DEFAULT_HTTP_PROTOCOL)


def cache_is_shared() -> bool:
    """Return whether every process of the site sees the same cache, as far as the settings say."""
    backend: str = settings.CACHES.get(conf.get("CACHE_ALIAS"), {}).get("BACKEND", "")
    return not backend.endswith(_PER_PROCESS)


def check(
    provider: WeChatProvider, urls: Sequence[str], unreadable: Sequence[str], *, seen: str = ""
) -> Iterator[Finding]:
    """Yield what is found without asking anybody. `urls` are the site's, `unreadable` the columns that are lost."""
    yield _secrets(unreadable)
    if not provider.has_keypair:
        yield found("no_keypair")
    if not provider.enabled:
        yield found("disabled")
    if provider.second_keypair_wins:
        yield found("second_keypair_wins")
    for url in urls:
        yield from _address(url, seen)
    if not urls:
        yield found("callback_not_known")
    yield _cache()
    yield from _visitors()
    yield from _base_urls()
    if has_social_app():
        yield found("second_button")
    if provider.has_in_wechat_app and not verification.at_root():
        yield found("root_urls_missing")
    yield from _scans_alone(provider)
    yield from _program_code(provider)
    yield from _in_front()


def has_social_app() -> bool:
    """Return whether allauth has an app "wechat" of its own, in the database or in the settings."""
    return bool(get_adapter().list_apps(None, provider="wechat"))


def _in_front() -> Iterator[Finding]:
    for one in urlconf.in_front():
        code = "address_taken_files" if one.only_files else "address_taken"
        yield found(code, view=one.view, pattern=one.pattern, paths=", ".join(one.paths))


def _scans_alone(provider: WeChatProvider) -> Iterator[Finding]:
    if provider.signs_in_by_scan_alone:
        yield found("scan_alone", name=provider.name)
        return
    if others := scanning_alone_beside(provider):
        yield found("scan_alone_elsewhere", name=others[0])


def _program_code(provider: WeChatProvider) -> Iterator[Finding]:
    if provider.mini_program_qr_complete and not provider.strict_entry:
        yield found("any_entry")
    if provider.mini_program_qr_complete and provider.opens_for_members_only:
        yield found("for_members_only")


def scanning_alone_beside(provider: WeChatProvider) -> list[str]:
    """Return the names of the others that any visitor of `provider` may choose, and that ask nothing on the phone."""
    mine = set(host_names(provider.hosts))
    others = WeChatProvider.objects.filter(enabled=True, confirm_on_phone=False).exclude(pk=provider.pk)
    alone = [other for other in others if other.signs_in_by_scan_alone]
    return [other.name for other in alone if not mine or not other.hosts or mine & set(host_names(other.hosts))]


def _for_now(code: str) -> str:
    """Return what is said while a site is programmed: what only a public one needs is in order until then."""
    return f"{code}_debug" if settings.DEBUG else code


def _cache() -> Finding:
    if not limits.cache_answers():
        return found("cache_down")
    return found("cache_ok" if cache_is_shared() else _for_now("cache_not_shared"))


def _visitors() -> Iterator[Finding]:
    sample = origins.all_from_one_place()
    if sample is None:
        return
    if sample.addresses:
        yield found("visitors_from_one_place", addresses=sample.addresses, count=sample.count)
    else:
        yield found("visitors_from_nowhere", count=sample.count)


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


def _address(url: str, seen: str) -> Iterator[Finding]:
    parts = urlsplit(url)
    host, kept = parts.netloc, {SEEN: seen} if seen else {}
    if not answers_to(_host(url)):
        listed = next((name for name in settings.ALLOWED_HOSTS if right_pattern(name) == _host(url)), "")
        yield found("host_misspelt", host=host, listed=listed) if listed else found("host_not_served", host=host)
    if talks_to_wechat() and not _is_public(_host(url), parts.port):
        yield found("callback_not_usable", None, host=host, **kept)
    elif parts.scheme != "https":
        yield found(_for_now("callback_http"), None, host=host, **kept)
    else:
        yield found("callback_https", None, host=host, **kept)


def _is_public(hostname: str, port: int | None) -> bool:
    try:
        ipaddress.ip_address(hostname.strip("[]"))
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
        found(_for_now("not_wechat"), setting=other, host=urlsplit(conf.base_url(other)).netloc)
        if other
        else found("wechat_itself")
    )
