"""Who asks WeChat who opened a mini program? A client for one of them (`/sns/jscode2session`)."""

from dataclasses import dataclass

from django_wechat.clients.addresses import api_transport
from django_wechat.protocol import mini_program
from django_wechat.protocol.oauth import AppCredentials, Profile
from django_wechat.protocol.transport import Transport


@dataclass(frozen=True)
class MiniProgramClient:
    """Asks WeChat about one mini program. Every call raises a `WeChatError` if it does not succeed."""

    app: AppCredentials
    transport: Transport

    def fetch_person(self, code: str) -> Profile:
        """Exchange a code of `wx.login`, once."""
        return mini_program.fetch_person(self.transport, self.app, code)


def mini_program_client(app: AppCredentials) -> MiniProgramClient:
    """Return the client for `app`, at the address and with the timeouts of the settings."""
    return MiniProgramClient(app, api_transport())
