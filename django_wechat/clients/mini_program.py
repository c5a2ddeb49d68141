"""Who asks WeChat about people of a mini program? A client for one of them: who opened it, and their phone number."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django_wechat.clients import api_tokens
from django_wechat.clients.addresses import api_transport
from django_wechat.protocol import mini_program, program_codes
from django_wechat.protocol.mini_program import PhoneNumber
from django_wechat.protocol.oauth import AppCredentials, Profile
from django_wechat.protocol.program_codes import Picture
from django_wechat.protocol.push import OfficialAccount
from django_wechat.protocol.transport import Transport

Answer = TypeVar("Answer")


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
        return self._with_token(lambda token: mini_program.fetch_phone_number(self.transport, token, code))

    def fetch_code(self, scene: str, *, page: str, version: str) -> Picture:
        """Return the program's code for `scene`, as WeChat draws it."""
        return self._with_token(
            lambda token: program_codes.fetch_code(self.transport, token, scene=scene, page=page, version=version)
        )

    def fetch_link(self, scene: str, *, page: str, version: str, until: int) -> str:
        """Return a link for a browser outside WeChat, whose query holds `scene`, until a Unix second."""
        query = f"scene={scene}"
        return self._with_token(
            lambda token: program_codes.fetch_link(
                self.transport, token, page=page, query=query, version=version, until=until
            )
        )

    def _with_token(self, call: Callable[[str], Answer]) -> Answer:
        # An API token is asked for in one way, whatever kind of account it is of.
        account = OfficialAccount(self.app.appid, self.app.secret, server_token="")
        return api_tokens.with_token(self.transport, account, call)


def mini_program_client(app: AppCredentials) -> MiniProgramClient:
    """Return the client for `app`, at the address and with the timeouts of the settings."""
    return MiniProgramClient(app, api_transport())
