"""How do packages that expect an OAuth2 adapter class use WeChat? Two adapters over the same flows.

dj-rest-auth's `SocialLoginView` takes `adapter_class = WeChatWebOAuth2Adapter` and `client_class = WeChatOAuth2Client`,
and signs in with a code. Tokens from a browser or an app are refused: WeChat cannot say for whom they were issued
(reference section 3.3). Our own views need none of this.
"""

from functools import partial
from typing import Any

from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from django_wechat import clients, profiles
from django_wechat.exceptions import WeChatError
from django_wechat.flows.journey import Journey
from django_wechat.protocol import oauth
from django_wechat.protocol.oauth import AppCredentials, Profile
from django_wechat.provider import WeChatAllauthProvider, app_for, provider_for

PROFILE_KEY = "wechat_profile"
"""Where the client hands the profile to the adapter, in the dict that allauth passes between them."""


class WeChatOAuth2Client(OAuth2Client):
    """Exchanges a code as WeChat wants it (`appid`, `secret`, GET) and reads the profile along."""

    def get_access_token(
        self,
        code: str,
        pkce_code_verifier: str | None = None,  # noqa: ARG002
        extra_data: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> dict[str, Any]:
        """Return WeChat's answer and, under PROFILE_KEY, the `Profile`; raise `OAuth2Error` if there is none."""
        client = clients.sign_in_client(AppCredentials(self.consumer_key, self.consumer_secret))
        try:
            answer = client.fetch_token_answer(code)
            grant = oauth.grant_from(self.consumer_key, answer)
            profile = profiles.profile_of(grant, partial(client.fetch_profile, grant))
        except WeChatError as error:
            failure = str(error)
        else:
            return {**answer, PROFILE_KEY: profile}
        raise OAuth2Error(failure)


class WeChatOAuth2Adapter(OAuth2Adapter):
    """What both adapters share; `journey` says which keypair of the provider is meant."""

    provider_id = WeChatAllauthProvider.id
    client_class = WeChatOAuth2Client
    access_token_method = "GET"
    access_token_url = oauth.ACCESS_TOKEN_PATH
    journey: Journey

    def get_provider(self) -> WeChatAllauthProvider:
        """Return allauth's provider with the keypair of the first row that has one."""
        provider = provider_for(self.request)
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
            if row.has_in_wechat_app if self.journey is Journey.IN_WECHAT else row.has_open_platform:
                app = app_for(row, self.journey)
                return SocialApp(provider=provider.id, name=row.display_name, client_id=app.appid, secret=app.secret)
        raise ImproperlyConfigured(f"No enabled WeChat provider has a keypair for {self.journey.value}.")


class WeChatWebOAuth2Adapter(WeChatOAuth2Adapter):
    """For codes from the Open Platform's QR code (SubType Web)."""

    journey = Journey.WEB_QR


class WeChatMobileOAuth2Adapter(WeChatOAuth2Adapter):
    """For codes from inside WeChat (the official account's keypair)."""

    journey = Journey.IN_WECHAT
