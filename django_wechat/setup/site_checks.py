"""Does the site around us let WeChat sign-in show, and come back? System checks of hosts, apps, templates and URLs."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from allauth.account import app_settings as account_settings
from allauth.socialaccount import app_settings as socialaccount_settings
from allauth.socialaccount.models import SocialApp
from django.apps import AppConfig, apps
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Tags, register
from django.db import connections, router
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.urls import NoReverseMatch, resolve, reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from django_wechat.models import WeChatProvider
from django_wechat.models.entries import entries
from django_wechat.models.hosts import right_pattern
from django_wechat.setup import urlconf, verification
from django_wechat.setup.check.site import scanning_alone_beside

_ID = "django_wechat."
_MIXIN = "django_wechat.adapters.WeChatReauthenticationMixin"
_ALLAUTHS = "allauth.account.adapter.DefaultAccountAdapter"
"""By name: the first stands above this room."""


@register("django_wechat")
def check_site(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    """Say what the settings alone tell."""
    del app_configs
    listed = entries()
    return [
        *_patterns(),
        *_login_page(),
        *_in_front(),
        *_root_urls(any(one.get("client_id_2") or one.get(verification.FILES) for one in listed)),
        *_social_app("wechat" in socialaccount_settings.PROVIDERS and _has_app()),
        *_account_adapter(),
    ]


@register(Tags.database)
def check_rows(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **_kwargs: Any
) -> list[CheckMessage]:
    """Say what the rows tell; only where Django was asked to look into the database (`check --database default`)."""
    del app_configs
    rows = list(WeChatProvider.objects.filter(enabled=True)) if _readable(WeChatProvider, databases) else []
    apps_of_ours = _readable(SocialApp, databases) and SocialApp.objects.filter(provider="wechat").exists()
    return [
        *_root_urls(any(row.has_in_wechat_app for row in rows)),
        *_social_app(apps_of_ours),
        *_scan_alone(rows),
    ]


def _readable(model: Any, databases: Sequence[str] | None) -> bool:
    """Whether a table is there, in one of the databases that may be looked into: `migrate` asks before it is made."""
    alias = router.db_for_read(model)
    return alias in (databases or []) and model._meta.db_table in connections[alias].introspection.table_names()


def _patterns() -> Iterator[CheckMessage]:
    """Django compares these with what browsers send: no port, no final dot, names in Chinese as `xn--…`."""
    for pattern in settings.ALLOWED_HOSTS:
        right = right_pattern(pattern)
        if right != pattern.lower():
            words = _("ALLOWED_HOSTS has %(pattern)r, which is never what a browser asks for.")
            yield _warning(31, words % {"pattern": pattern}, _("Write %(right)r.") % {"right": right})


def _login_page() -> Iterator[CheckMessage]:
    """allauth's own page, found before ours. A page of the site's own is the site's business."""
    if not apps.is_installed("allauth.account") or not _uses_the_template():
        return
    try:
        template: Any = get_template("account/login.html")
    except TemplateDoesNotExist:
        return
    origin = Path(str(getattr(getattr(template, "origin", None), "name", "")))
    if origin.is_relative_to(Path(apps.get_app_config("account").path).parent):
        words = _("The login page is allauth’s own, without the WeChat tab: “django_wechat” stands after “allauth”.")
        hint = _("Put “django_wechat” before “allauth”, or write a login page with the tag wechat_login_tab.")
        yield _warning(32, words, hint)


def _uses_the_template() -> bool:
    """Whether the login page is drawn from allauth's template, and not by a view of the site's own."""
    try:
        view: Any = resolve(reverse("account_login")).func
    except (NoReverseMatch, ImportError, LookupError):
        return False
    return str(getattr(getattr(view, "view_class", None), "template_name", "")).startswith("account/login.")


def _in_front() -> Iterator[CheckMessage]:
    """A catch-all, most often. The addresses are found by their names all the same, so nothing else notices."""
    for one in urlconf.in_front():
        words = _("%(view)s answers at addresses of WeChat sign-in, by the pattern “%(pattern)s” in urls.py: %(paths)s")
        values = {"view": one.view, "pattern": one.pattern, "paths": ", ".join(one.paths)}
        hint = _("In urls.py, put allauth.urls and django_wechat.root_urls before it.")
        yield _warning(36, words % values, hint)


def _root_urls(needed: bool) -> Iterator[CheckMessage]:
    if needed and not verification.at_root():
        words = _("The files that WeChat asks for at the root of the site (MP_verify_….txt) are not served.")
        yield _warning(33, words, _('Add path("", include("django_wechat.root_urls")) to urls.py.'))


def _has_app() -> bool:
    ours = socialaccount_settings.PROVIDERS["wechat"]
    return bool(ours.get("APP") or ours.get("APPS"))


def _social_app(there_is_one: bool) -> Iterator[CheckMessage]:
    if there_is_one:
        words = _(
            "allauth has a social application “wechat”, which this package does not use: a second button may show."
        )
        yield _warning(34, words, _("Delete it: providers are set up under WeChat sign-in, or in WECHAT['PROVIDERS']."))


def _account_adapter() -> Iterator[CheckMessage]:
    """An adapter of the site's own, which leaves people who have nothing but WeChat without a way to confirm."""
    try:
        adapter: Any = import_string(account_settings.ADAPTER)
    except (ImportError, AttributeError):  # allauth itself stumbles there, and says so
        return
    if not isinstance(adapter, type):  # a function that makes one
        return
    classes = [f"{one.__module__}.{one.__qualname__}" for one in adapter.__mro__]
    first = next((name for name in classes if name in (_MIXIN, _ALLAUTHS)), "")
    if first != _MIXIN:
        words = _(
            "%(adapter)s does not offer WeChat where allauth asks “is it you?”: who has nothing but WeChat can set no "
            "password, and add no passkey or second factor."
        )
        hint = _("Put WeChatReauthenticationMixin, of django_wechat.adapters, before its base classes.")
        yield _warning(37, words % {"adapter": account_settings.ADAPTER}, hint)


def _scan_alone(rows: Sequence[WeChatProvider]) -> Iterator[CheckMessage]:
    """Any visitor may choose the row, so the weakest counts for all."""
    for row in rows:
        names = [] if row.signs_in_by_scan_alone else scanning_alone_beside(row)
        if names:
            words = _(
                "“%(name)s” asks on the phone before it signs in, and “%(other)s”, which anybody may choose, does not."
            )
            yield _warning(35, words % {"name": row.name, "other": names[0]}, _("Switch Confirm on phone on at both."))


def _warning(number: int, words: str, hint: str) -> CheckMessage:
    return checks.Warning(words, hint=hint, id=f"{_ID}W0{number}")
