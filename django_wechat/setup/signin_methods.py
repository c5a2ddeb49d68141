"""Which ways to sign in does the login page show, and where? The admin's table against what is possible."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from allauth import app_settings as allauth_settings
from allauth.account import app_settings as account_settings
from allauth.account.models import EmailAddress
from allauth.mfa import app_settings as mfa_settings
from allauth.socialaccount.models import SocialAccount
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from django_wechat.models import Method, Rule, SigninMethod, WeChatProvider
from django_wechat.setup import provider_settings

MISSING = {
    Method.PASSWORD: _("allauth takes no passwords: SOCIALACCOUNT_ONLY is on."),
    Method.CODE: _("allauth sends no codes: ACCOUNT_LOGIN_BY_CODE_ENABLED is off."),
    Method.PASSKEY: _(
        "allauth takes no passkeys: allauth.mfa is not installed, MFA_SUPPORTED_TYPES has no “webauthn”, or "
        "MFA_PASSKEY_LOGIN_ENABLED is off."
    ),
    Method.WECHAT: _(
        "No WeChat provider is enabled and filled in, so WeChat is not shown. Add one under “WeChat providers”."
    ),
}
"""Why a method that the admin wants cannot be shown, for the admin."""


@dataclass(frozen=True)
class Plan:
    """What the login page shows: tabs in their order, and what stands below them."""

    tabs: tuple[SigninMethod, ...]
    below: tuple[SigninMethod, ...]

    def shows(self, method: str) -> bool:
        """Return whether a method is anywhere on the page."""
        return any(row.method == method for row in (*self.tabs, *self.below))


def available(*, wechat: bool) -> frozenset[str]:
    """Return the methods that allauth is set up for, and WeChat if `wechat` says that it can serve."""
    usable = {
        Method.PASSWORD: not allauth_settings.SOCIALACCOUNT_ONLY,
        Method.CODE: account_settings.LOGIN_BY_CODE_ENABLED and not allauth_settings.SOCIALACCOUNT_ONLY,
        Method.PASSKEY: allauth_settings.MFA_ENABLED and mfa_settings.PASSKEY_LOGIN_ENABLED,
        Method.WECHAT: wechat,
    }
    return frozenset(method.value for method, is_usable in usable.items() if is_usable)


def plan(rows: Sequence[SigninMethod], available: Collection[str]) -> Plan | None:
    """Return what `rows` make of the methods that are `available`.

    None where nothing was set up or nothing of it can be shown: the page then stays as allauth is configured, so that
    no setting locks everybody out.
    """
    shown = [row for row in rows if row.method in available and row.rule != Rule.OFF]
    if not shown:
        return None
    tabs = tuple(row for row in shown if row.rule == Rule.TAB)
    below = tuple(row for row in shown if row.rule == Rule.BELOW)
    return Plan(tabs, below)


def wechat_can_serve() -> bool:
    """Return whether a provider that is switched on could sign anybody in."""
    provider_settings.sync_once()
    return any(row.has_keypair for row in WeChatProvider.objects.filter(enabled=True))


def locked_out() -> int:
    """Return how many people cannot sign in any more because no provider can sign them in."""
    return 0 if wechat_can_serve() else with_wechat_alone()


def with_wechat_alone() -> int:
    """Return how many people have no other way in than WeChat: no password, no e-mail, no passkey, nothing else."""
    wechat = SocialAccount.objects.filter(provider="wechat")
    others = SocialAccount.objects.exclude(provider="wechat")
    people = (
        get_user_model()._default_manager.filter(pk__in=wechat.values("user")).exclude(pk__in=others.values("user"))
    )
    return (people if allauth_settings.SOCIALACCOUNT_ONLY else _without_local_way(people)).count()


def _without_local_way(people: QuerySet[Any]) -> QuerySet[Any]:
    """Whoever has an e-mail address can have a password or a code sent. A user model may lack any of the columns."""
    columns = {field.name for field in people.model._meta.get_fields()}
    email = getattr(people.model, "EMAIL_FIELD", "")
    if "password" in columns:
        people = people.filter(Q(password="") | Q(password__startswith=UNUSABLE_PASSWORD_PREFIX))
    if email in columns:
        people = people.filter(Q(**{email: ""}) | Q(**{f"{email}__isnull": True}))
    if apps.is_installed("allauth.mfa") and mfa_settings.PASSKEY_LOGIN_ENABLED:
        people = people.exclude(authenticator__type="webauthn")
    return people.exclude(pk__in=EmailAddress.objects.values("user"))
