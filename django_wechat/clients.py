"""How is a keypair turned into something that can ask WeChat? Settings and credentials become a ready client."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from django_wechat import conf
from django_wechat.protocol import oauth
from django_wechat.protocol.oauth import AppCredentials, Grant, Profile
from django_wechat.protocol.transport import Transport


@dataclass(frozen=True)
class SignInClient:
    """Asks WeChat who signed in to one app (`/sns/…`). Every call raises a `WeChatError` if it does not succeed."""

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
    connect, read = conf.timeouts()
    return SignInClient(app, Transport(conf.base_url("API_BASE_URL"), connect, read))


def open_base_url() -> str:
    """Return the address of WeChat's authorize pages."""
    return conf.base_url("OPEN_BASE_URL")


def userinfo_lang() -> str:
    """Return the page's language as `/sns/userinfo` names it (reference section 3.4)."""
    return {"zh-hans": "zh_CN", "zh-cn": "zh_CN", "zh-hant": "zh_TW", "zh-tw": "zh_TW"}.get(_language(), "en")


def page_lang() -> str:
    """Return the page's language as qrconnect names it: "en", or "" for its default, Chinese (section 1.1)."""
    return "" if _language().startswith("zh") else "en"


def _language() -> str:
    return (get_language() or "en").lower()
