"""What in the settings is wrong or unsafe? Django's system checks, with ids that stay."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import SplitResult, urlsplit

from cryptography.fernet import Fernet
from django.apps import AppConfig, apps
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, register
from django.utils.translation import gettext as _

from django_wechat import conf
from django_wechat.protocol.avatars import HOST
from django_wechat.setup.check import site

OFFICIAL_HOSTS = {
    "API_BASE_URL": "api.weixin.qq.com",
    "OPEN_BASE_URL": "open.weixin.qq.com",
    "MP_BASE_URL": "mp.weixin.qq.com",
}
A_CENTURY = 36_525
"""Days; what is kept for longer has no date."""


@register("django_wechat")
def check_settings(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    """Run every check of the `WECHAT` setting."""
    del app_configs
    if not isinstance(getattr(settings, "WECHAT", {}), dict):
        return [Error(_("WECHAT must be a dict."), hint="WECHAT = {}", id="django_wechat.E001")]
    return [
        *_unknown_settings(),
        *_base_urls(),
        *_callback_protocol(),
        *_numbers(),
        *_on_unfollow(),
        *_confirm_scanner(),
        *_encryption_keys(),
        *_rate_limits(),
        *_avatar_storage(),
        *_avatar_hosts(),
    ]


@register("django_wechat", deploy=True)
def check_cache(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    """Warn of a cache that processes do not share: each would ask for its own API token and count for itself."""
    del app_configs
    if site.cache_is_shared():
        return []
    return [
        checks.Warning(
            _("The cache %(alias)r is not shared by several processes.") % {"alias": conf.get("CACHE_ALIAS")},
            hint=_("Use Redis, Memcached or the database, or name another cache in WECHAT['CACHE_ALIAS']."),
            id="django_wechat.W003",
        )
    ]


@register("django_wechat", deploy=True)
def check_hosts(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    """Warn of a site that answers to names nobody listed: the link in the chat needs one that is certain."""
    del app_configs
    patterns = [name for name in settings.ALLOWED_HOSTS if name.startswith(("*", "."))]
    if not patterns or apps.is_installed("django.contrib.sites"):
        return []
    words = _(
        "ALLOWED_HOSTS has %(pattern)r, which lets names pass that nobody listed. The link in the chat holds a key and "
        "leads to listed names only: at others the official account gives no QR code."
    )
    return [
        checks.Warning(
            words % {"pattern": patterns[0]},
            hint=_("List the site’s host names in ALLOWED_HOSTS, or in Hosts of every WeChat provider."),
            id="django_wechat.W004",
        )
    ]


def _unknown_settings() -> list[CheckMessage]:
    words = _("WECHAT[%(name)r] is not a setting of django_wechat.")
    hint = _("Known: %(known)s.") % {"known": ", ".join(sorted(conf.DEFAULTS))}
    return [Error(words % {"name": key}, hint=hint, id="django_wechat.E002") for key in conf.unknown()]


def _base_urls() -> list[CheckMessage]:
    """Anything but WeChat's own hosts is for development: codes and secrets would go to somebody else."""
    messages: list[CheckMessage] = []
    for name, official in OFFICIAL_HOSTS.items():
        parts = _split(conf.base_url(name))
        if parts.scheme not in ("http", "https") or not parts.netloc:
            words = _("WECHAT[%(name)r] is not an http(s) address.") % {"name": name}
            hint = _("For WeChat itself: %(address)s") % {"address": f"https://{official}"}
            messages.append(Error(words, hint=hint, id="django_wechat.E003"))
        elif not settings.DEBUG and (parts.scheme, parts.netloc) != ("https", official):
            messages.append(_not_wechat(name, official))
    return messages


def _split(address: str) -> SplitResult:
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def _not_wechat(name: str, official: str) -> CheckMessage:
    words = _(
        "WECHAT[%(name)r] does not point at WeChat and DEBUG is off: sign-in codes and secrets go to that server."
    )
    return checks.Warning(
        words % {"name": name},
        hint=_("Remove the setting, or set it to %(address)s.") % {"address": f"https://{official}"},
        id="django_wechat.W001",
    )


def _callback_protocol() -> list[CheckMessage]:
    """WeChat's page may not send an https page to an http callback, and secure cookies would not come along."""
    if settings.DEBUG or site.protocol() == "https":
        return []
    return [
        checks.Warning(
            _("The address that WeChat sends visitors back to may be http, and DEBUG is off."),
            hint=_("Set ACCOUNT_DEFAULT_HTTP_PROTOCOL = 'https', or SECURE_PROXY_SSL_HEADER behind a proxy."),
            id="django_wechat.W002",
        )
    ]


def _numbers() -> list[CheckMessage]:
    timeout = conf.get("TIMEOUT")
    pair = list(timeout) if isinstance(timeout, (tuple, list)) else [timeout, timeout]
    above_zero = [*pair, conf.get("QR_LIFETIME")]
    zero_or_more = [conf.get("PROFILE_MAX_AGE"), conf.get("LOG_DAYS")]
    right = all(_is_number(value) and value > 0 for value in above_zero) and len(pair) == 2
    if right and all(_is_number(value) and value >= 0 for value in zero_or_more) and conf.get("LOG_DAYS") <= A_CENTURY:
        return []
    words = _(
        "WECHAT['TIMEOUT'], ['QR_LIFETIME'], ['PROFILE_MAX_AGE'] must be numbers of seconds, ['LOG_DAYS'] of days."
    )
    hint = _("TIMEOUT may be a pair: seconds to connect, seconds to wait for an answer. LOG_DAYS: 0 for no log.")
    return [Error(words, hint=hint, id="django_wechat.E004")]


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _on_unfollow() -> list[CheckMessage]:
    if conf.get("ON_UNFOLLOW") in ("keep", "erase"):
        return []
    words = _("WECHAT['ON_UNFOLLOW'] must be 'keep' or 'erase'.")
    hint = _("keep: note that the person no longer follows. erase: delete what the official account knew of them.")
    return [Error(words, hint=hint, id="django_wechat.E009")]


def _confirm_scanner() -> list[CheckMessage]:
    if conf.get("CONFIRM_SCANNER") in ("auto", True, False):
        return []
    words = _("WECHAT['CONFIRM_SCANNER'] must be 'auto', True or False.")
    hint = _("auto: WeChat is asked who answers on the phone wherever somebody signed in inside WeChat before.")
    return [Error(words, hint=hint, id="django_wechat.E015")]


def _encryption_keys() -> list[CheckMessage]:
    keys = conf.get("ENCRYPTION_KEYS")
    if isinstance(keys, (list, tuple)) and all(_is_fernet_key(key) for key in keys):
        return []
    return [
        Error(
            _("WECHAT['ENCRYPTION_KEYS'] must be a list of Fernet keys."),
            hint=_("cryptography.fernet.Fernet.generate_key() makes one; a single key needs its list, too."),
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
            _("WECHAT['RATE_LIMITS'] must give for each rule how often, within how many seconds: (20, 60)."),
            hint=_("Known rules: %(known)s.") % {"known": ", ".join(sorted(known))},
            id="django_wechat.E006",
        )
    ]


def _is_limit(value: object) -> bool:
    return isinstance(value, (tuple, list)) and len(value) == 2 and all(_is_number(one) and one > 0 for one in value)


def _avatar_storage() -> list[CheckMessage]:
    alias = conf.get("AVATAR_STORAGE")
    if alias is None or (isinstance(alias, str) and alias in settings.STORAGES):
        return []
    words = _("WECHAT['AVATAR_STORAGE'] is %(alias)r, which is no alias in STORAGES: avatars cannot be copied.")
    hint = _("Known: %(known)s. None: no copies.") % {"known": ", ".join(sorted(settings.STORAGES))}
    return [Error(words % {"alias": alias}, hint=hint, id="django_wechat.E007")]


def _avatar_hosts() -> list[CheckMessage]:
    hosts = conf.get("AVATAR_HOSTS")
    if not isinstance(hosts, (list, tuple)) or not all(isinstance(one, str) and HOST.fullmatch(one) for one in hosts):
        return [
            Error(
                _("WECHAT['AVATAR_HOSTS'] must be a list of host names, each with a port if it is not 443."),
                hint=_("For WeChat itself: %(hosts)s.") % {"hosts": list(conf.DEFAULTS["AVATAR_HOSTS"])},
                id="django_wechat.E008",
            )
        ]
    plain = [host for host in hosts if host.lower().startswith("http://")]
    return [_plain_avatar_host(host) for host in plain if not settings.DEBUG]


def _plain_avatar_host(host: str) -> CheckMessage:
    words = _("WECHAT['AVATAR_HOSTS'] has %(host)r and DEBUG is off: avatars of that host are copied without https.")
    return checks.Warning(
        words % {"host": host},
        hint=_("Entries with http:// are for development; remove it."),
        id="django_wechat.W005",
    )
