"""Who asks WeChat who signed in? A client for one app: codes for grants, grants for profiles (`/sns/…`)."""

from dataclasses import dataclass
from typing import Any

from django_wechat.clients.addresses import api_transport, userinfo_lang
from django_wechat.protocol import oauth
from django_wechat.protocol.oauth import AppCredentials, Grant, Profile
from django_wechat.protocol.transport import Transport


@dataclass(frozen=True)
class SignInClient:
    """Asks WeChat who signed in to one app. Every call raises a `WeChatError` if it does not succeed."""

    app: AppCredentials
    transport: Transport

    def fetch_grant(self, code: str) -> Grant:
        """Exchange a code, once."""
        return oauth.fetch_grant(self.transport, self.app, code)

    def fetch_token_answer(self, code: str) -> dict[str, Any]:
        """Exchange a code, once, for those who want the tokens too (allauth's adapters)."""
        return oauth.fetch_token_answer(self.transport, self.app, code)

    def fetch_profile(self, grant: Grant) -> Profile:
        """Read nickname and avatar, with place names in the language of the page."""
        return oauth.fetch_profile(self.transport, grant, lang=userinfo_lang())


def sign_in_client(app: AppCredentials) -> SignInClient:
    """Return the client for `app`, at the address and with the timeouts of the settings."""
    return SignInClient(app, api_transport())
