"""How is a keypair turned into something that can ask WeChat? Settings and credentials become a ready client."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from django_wechat import api_tokens, conf
from django_wechat.protocol import oauth, official_account
from django_wechat.protocol.oauth import AppCredentials, Grant, Profile
from django_wechat.protocol.official_account import Follower
from django_wechat.protocol.push import OfficialAccount
from django_wechat.protocol.transport import Transport

_TRADITIONAL = ("zh-hant", "zh-tw", "zh-hk", "zh-mo")


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


@dataclass(frozen=True)
class OfficialAccountClient:
    """Asks WeChat about one official account (`/cgi-bin/…`), with the API token that all processes share."""

    account: OfficialAccount
    transport: Transport

    def fetch_qr_content(self, scene: str, seconds: int) -> str:
        """Return what a QR code that carries `scene` for `seconds` has to show."""
        return api_tokens.with_token(
            self.transport,
            self.account,
            lambda token: official_account.fetch_qr_content(self.transport, token, scene=scene, seconds=seconds),
        )

    def fetch_follower(self, openid: str) -> Follower:
        """Return what WeChat says of a follower."""
        return api_tokens.with_token(
            self.transport,
            self.account,
            lambda token: official_account.fetch_follower(self.transport, token, openid),
        )


def official_account_client(account: OfficialAccount) -> OfficialAccountClient:
    """Return the client for `account`, at the address and with the timeouts of the settings."""
    return OfficialAccountClient(account, api_transport())


def sign_in_client(app: AppCredentials) -> SignInClient:
    """Return the client for `app`, at the address and with the timeouts of the settings."""
    return SignInClient(app, api_transport())


def open_base_url() -> str:
    """Return the address of WeChat's authorize pages."""
    return conf.base_url("OPEN_BASE_URL")


def userinfo_lang() -> str:
    """Return the page's language as `/sns/userinfo` names it (reference section 3.4)."""
    language = _language()
    if language.startswith(_TRADITIONAL):
        return "zh_TW"
    return "zh_CN" if language.startswith("zh") else "en"


def page_lang() -> str:
    """Return the page's language as qrconnect names it: "en", or "" for its default, Chinese (section 1.1)."""
    return "" if _language().startswith("zh") else "en"


def api_transport(observe: Callable[[Mapping[str, str]], None] | None = None) -> Transport:
    """Return what calls WeChat's API; `observe` is told the headers of each answer."""
    connect, read = conf.timeouts()
    return Transport(conf.base_url("API_BASE_URL"), connect, read, observe)


def open_transport() -> Transport:
    """Return what reads WeChat's authorize pages."""
    connect, read = conf.timeouts()
    return Transport(open_base_url(), connect, read)


def _language() -> str:
    return (get_language() or "en").lower()
