"""What does allauth, or a package on it, find here by name? Adapters: of the account, and of OAuth2.

`WeChatAccountAdapter` lets people confirm by WeChat that it is them; a site with an account adapter of its own puts
`WeChatReauthenticationMixin` before its base.

dj-rest-auth's `SocialLoginView` takes `adapter_class = WeChatWebOAuth2Adapter` and `client_class = WeChatOAuth2Client`,
and signs in with a code; for a mini program `WeChatMiniProgramOAuth2Adapter` and `WeChatMiniProgramClient`. Tokens from
a browser or an app are refused: WeChat cannot say for whom they were issued (reference section 3.3). Our own views need
none of these.
"""

from functools import partial
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from django_wechat.clients.sign_in import sign_in_client
from django_wechat.exceptions import WeChatError
from django_wechat.flows import app, in_wechat, mini_program, web_qr
from django_wechat.flows.journey import LeadsAway, TakesCode
from django_wechat.people import profiles
from django_wechat.problems import PROBLEMS
from django_wechat.protocol import oauth
from django_wechat.protocol.oauth import AppCredentials, Profile
from django_wechat.provider import WeChatAllauthProvider
from django_wechat.stores import refused_codes
from django_wechat.web.reauthenticating import fresh, methods
from django_wechat.web.visitors import address_of, provider_for

PROFILE_KEY = "wechat_profile"
"""Where the client hands the profile to the adapter, in the dict that allauth passes between them."""


class WeChatReauthenticationMixin:
    """WeChat as one more way to confirm, for an account adapter: `class Mine(WeChatReauthenticationMixin, …)`.

    Needs the request that allauth hands its adapters; without one nothing changes. A class above it that overrides
    `is_reauthentication_required` asks this one, or else nobody is ever confirmed.
    """

    believes_wechat = True

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Return the ways of the other classes, and WeChat for who has it connected, where it serves this browser."""
        ways: list[dict[str, Any]] = super().get_reauthentication_methods(user)  # type: ignore[misc]
        request = getattr(self, "request", None)
        return [*ways, methods.method()] if methods.can_confirm(request, user) else ways

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Return what the other classes say; False in the ACCOUNT_REAUTHENTICATION_TIMEOUT after a confirmation."""
        request = getattr(self, "request", None)
        if request is not None and fresh.is_fresh(request):
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))  # type: ignore[misc]


class WeChatAccountAdapter(WeChatReauthenticationMixin, DefaultAccountAdapter):
    """allauth's own account adapter, with WeChat as a way to confirm; ACCOUNT_ADAPTER where the site names none."""


class WeChatOAuth2Client(OAuth2Client):
    """Exchanges a code as WeChat wants it (`appid`, `secret`, GET) and reads the profile along."""

    door = refused_codes.CALLBACK
    """Which rule of RATE_LIMITS counts the codes that WeChat refused."""

    def get_access_token(
        self,
        code: str,
        pkce_code_verifier: str | None = None,  # noqa: ARG002
        extra_data: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> dict[str, Any]:
        """Return WeChat's answer and, under PROFILE_KEY, the `Profile`; raise `OAuth2Error` if there is none."""
        address = address_of(self.request)
        if refused_codes.seconds_to_wait(address, self.door):
            raise OAuth2Error(str(PROBLEMS["too_many_codes"].what))
        try:
            return self._exchange(AppCredentials(self.consumer_key, self.consumer_secret), code)
        except WeChatError as error:
            refused_codes.note(address, error, self.door)
            failure = str(error)
        raise OAuth2Error(failure)

    def _exchange(self, app: AppCredentials, code: str) -> dict[str, Any]:
        client = sign_in_client(app)
        answer = client.fetch_token_answer(code)
        grant = oauth.grant_from(app.appid, answer)
        return {**answer, PROFILE_KEY: profiles.profile_of(grant, partial(client.fetch_profile, grant))}


class WeChatMiniProgramClient(WeChatOAuth2Client):
    """Exchanges the code of `wx.login`. There is no token: WeChat gives a mini program none."""

    door = refused_codes.PROGRAMS

    def _exchange(self, app: AppCredentials, code: str) -> dict[str, Any]:
        return {"access_token": "", PROFILE_KEY: mini_program.JOURNEY.finish(app, code)}


class WeChatOAuth2Adapter(OAuth2Adapter):
    """What the adapters share; `journey` says which keypair of the provider is meant."""

    provider_id = WeChatAllauthProvider.id
    client_class = WeChatOAuth2Client
    access_token_method = "GET"
    access_token_url = oauth.ACCESS_TOKEN_PATH
    journey: LeadsAway | TakesCode

    def get_provider(self) -> WeChatAllauthProvider:
        """Return allauth's provider with the keypair of the first row that has one."""
        provider: WeChatAllauthProvider = provider_for(self.request)
        provider.app = self._app(provider)
        return provider

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> SocialLogin:
        """Return the login of the person behind the code; raise `ValidationError` for a token without one."""
        del app, token
        response = kwargs.get("response")
        profile = response.get(PROFILE_KEY) if isinstance(response, dict) else None
        if not isinstance(profile, Profile):
            raise ValidationError(_("Sign in to WeChat with a code: a token does not say for whom it was issued."))
        return self.get_provider().sociallogin_from_response(request, profile)

    def _app(self, provider: WeChatAllauthProvider) -> SocialApp:
        for row in provider.rows:
            if self.journey.works_with(row):
                keys = self.journey.app(row)
                return SocialApp(provider=provider.id, name=row.display_name, client_id=keys.appid, secret=keys.secret)
        raise ImproperlyConfigured(f"No enabled WeChat provider has a keypair for {self.journey}.")


class WeChatWebOAuth2Adapter(WeChatOAuth2Adapter):
    """For codes from the Open Platform's QR code (SubType Web)."""

    journey = web_qr.JOURNEY


class WeChatMobileOAuth2Adapter(WeChatOAuth2Adapter):
    """For codes from inside WeChat (the official account's keypair)."""

    journey = in_wechat.JOURNEY


class WeChatMiniProgramOAuth2Adapter(WeChatOAuth2Adapter):
    """For codes of `wx.login` (SubType Mini program), with `client_class = WeChatMiniProgramClient`."""

    client_class = WeChatMiniProgramClient
    journey = mini_program.JOURNEY


class WeChatAppOAuth2Adapter(WeChatOAuth2Adapter):
    """For codes of WeChat's SDK in a mobile app (SubType App)."""

    journey = app.JOURNEY
