"""Which ways to sign in does the login page show, and where? The admin's table against what is possible."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from allauth import app_settings as allauth_settings
from allauth.account import app_settings as account_settings
from allauth.mfa import app_settings as mfa_settings
from django.utils.translation import gettext_lazy as _

from django_wechat.models import Method, Rule, SigninMethod

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
