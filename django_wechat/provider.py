"""How does allauth see us? One provider, "wechat", over all rows of the admin (the file name is allauth's)."""

from dataclasses import replace
from typing import Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base import Provider, ProviderAccount
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from django_wechat.flows.table import Choice
from django_wechat.models import WeChatProvider
from django_wechat.models.columns import character_sets, user_columns
from django_wechat.people import avatars, names, profiles, uids
from django_wechat.protocol.oauth import Profile
from django_wechat.web import email_confirmed
from django_wechat.web.connecting import kept
from django_wechat.web.programs import provider_token
from django_wechat.web.programs.problems import Refused
from django_wechat.web.start import lead_away
from django_wechat.web.visitors import choice_of, purpose_for, rows_of, serves_programs, visitor_of

_SHOWN = "_wechat_is_shown"


class WeChatAccount(ProviderAccount):
    """A person's WeChat account as allauth's pages show it."""

    def get_avatar_url(self) -> str | None:
        """Return the avatar's address (the person's upload, the site's copy, or WeChat's of 132 pixels), or None."""
        return avatars.avatar_url(self.account) or None

    def to_str(self) -> str:
        """Return the name that the person typed, WeChat's nickname, or a friendly name; never an openid."""
        return names.shown_name(self.account) or gettext(names.FOLLOWER_NAME)


class WeChatAllauthProvider(Provider):
    """allauth's provider "wechat". Its rows are `WeChatProvider` in `models/providers.py`."""

    id = uids.PROVIDER_ID
    name: Any = _("WeChat")
    account_class = WeChatAccount
    uses_apps = False
    supports_redirect = True
    # allauth tells an app of a pending sign-up of ours only while this, or the one above, is so.
    supports_token_authentication = True

    def __init__(self, request: HttpRequest, app: SocialApp | None = None) -> None:
        super().__init__(request, app=app)
        # A plain string from here on: allauth's `__str__` returns it as it is.
        self.name = str(self.name)
        if request is not None and (getattr(request, _SHOWN, False) or choice_of(request).journey is None):
            self.supports_redirect = False
            if not serves_programs(request):
                self._hide()

    @property
    def rows(self) -> list[WeChatProvider]:
        """The rows that serve this request."""
        return rows_of(self.request)

    def _hide(self) -> None:
        """Take us off allauth's pages, whose switch for that is a setting of an app, and off its headless config."""
        self.uses_apps = True
        self.app = SocialApp(provider=self.id, name=self.name, settings={"hidden": True})

    def get_login_url(self, request: HttpRequest, **kwargs: Any) -> str:  # noqa: ARG002
        """Return our start page; what allauth's templates leave blank is left out."""
        query = {key: value for key, value in kwargs.items() if value}
        return reverse("wechat_login") + (f"?{urlencode(query)}" if query else "")

    def get_callback_url(self) -> str:
        """Return the path that WeChat sends the browser back to; allauth's own tests of a provider ask for it."""
        return str(reverse("wechat_callback"))

    def redirect(
        self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None, **kwargs: Any
    ) -> HttpResponse:
        """Send the browser to WeChat's page; to our page with an explanation where it cannot go on from there."""
        visitor = replace(visitor_of(request), purpose=purpose_for(process), next_url=next_url or "")
        return lead_away(request, self, visitor, data=data, **kwargs)

    def verify_token(self, request: HttpRequest, token: dict[str, Any]) -> SocialLogin:
        """Return the sign-in behind a program's or app's code, in `access_token`, with its AppID in `client_id`."""
        profile = provider_token.profile_for(request, token)
        try:
            return self.sociallogin_from_response(request, profile)
        except DatabaseError as error:
            raise provider_token.refusal(Refused("not_saved", 503, error=error)) from error

    def sociallogin_from_response(self, request: HttpRequest, response: Profile) -> SocialLogin:
        """Return the sign-in of the person in a profile, once what it says is taken in."""
        return self.sociallogin_from_settled(request, profiles.settle_and_hold(response)[0])

    def sociallogin_from_settled(self, request: HttpRequest, profile: Profile) -> SocialLogin:
        """Return the sign-in of the person in a profile that `profiles.settle_and_hold` has taken in."""
        sociallogin = super().sociallogin_from_response(request, profile)
        names.fill_in(sociallogin.user, names.name_for(profile))
        user_columns.leave_empty(sociallogin.user)
        if not profile.account_uid:
            character_sets.fit(sociallogin.user)
        return sociallogin

    def extract_uid(self, data: Profile) -> str:
        """Return the uid of the person's account."""
        return uids.uid_for(data)

    def extract_extra_data(self, data: Profile) -> dict[str, Any]:
        """Return what the account keeps of the profile."""
        return profiles.extra_data_for(data)

    def extract_common_fields(self, data: Profile) -> dict[str, Any]:
        """Give a name; usernames are allauth's business, a nickname is not one (trap 33)."""
        return {"first_name": names.name_for(data)}

    def extract_email_addresses(self, data: Profile) -> list[EmailAddress]:  # noqa: ARG002
        """WeChat gives no email address."""
        return []


provider_classes = [WeChatAllauthProvider]


def choice_for(request: HttpRequest, name: str | None = None) -> Choice:
    """Return how this request's browser can sign in, with all rows or the one called `name`."""
    return choice_of(request, name)


def hide_from_lists(request: HttpRequest) -> None:
    """Leave WeChat out of allauth's lists on this page from now on: it is shown there already."""
    setattr(request, _SHOWN, True)


def waits_at_sign_up_form(request: HttpRequest) -> Profile | None:
    """Return who stands before allauth's sign-up form, and may have an account already; None for anybody else."""
    found = kept.waiting(request)
    return found.profile if found else None


def waits_for_sign_in(request: HttpRequest) -> bool:
    """Return whether somebody's WeChat waits here for them to sign in to the account that they have."""
    return kept.is_kept(request)


def signs_in_by_wechat_next(request: HttpRequest) -> bool:
    """Return whether this browser just confirmed the e-mail address of somebody who can only sign in by WeChat."""
    return email_confirmed.signs_in_by_wechat_next(request)
