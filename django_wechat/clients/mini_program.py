"""Who asks WeChat about people of a mini program? A client for one of them: who opened it, and their phone number."""

from dataclasses import dataclass

from django_wechat.clients import api_tokens
from django_wechat.clients.addresses import api_transport
from django_wechat.protocol import mini_program
from django_wechat.protocol.mini_program import PhoneNumber
from django_wechat.protocol.oauth import AppCredentials, Profile
from django_wechat.protocol.push import OfficialAccount
from django_wechat.protocol.transport import Transport


@dataclass(frozen=True)
class MiniProgramClient:
    """Asks WeChat about one mini program. Every call raises a `WeChatError` if it does not succeed."""

    app: AppCredentials
    transport: Transport

    def fetch_person(self, code: str) -> Profile:
        """Exchange a code of `wx.login`, once."""
        return mini_program.fetch_person(self.transport, self.app, code)

    def fetch_phone_number(self, code: str) -> PhoneNumber:
        """Exchange a code of the phone-number button, once; by the program's own API token (section 12.3)."""
        # An API token is asked for in one way, whatever kind of account it is of.
        account = OfficialAccount(self.app.appid, self.app.secret, server_token="")
        return api_tokens.with_token(
            self.transport,
            account,
            lambda token: mini_program.fetch_phone_number(self.transport, token, code),
        )


def mini_program_client(app: AppCredentials) -> MiniProgramClient:
    """Return the client for `app`, at the address and with the timeouts of the settings."""
    return MiniProgramClient(app, api_transport())
