"""Who asks WeChat about an official account? A client for QR codes and followers (`/cgi-bin/…`)."""

from dataclasses import dataclass

from django_wechat.clients import api_tokens
from django_wechat.clients.addresses import api_transport
from django_wechat.protocol import official_account
from django_wechat.protocol.official_account import Follower
from django_wechat.protocol.push import OfficialAccount
from django_wechat.protocol.transport import Transport


@dataclass(frozen=True)
class OfficialAccountClient:
    """Asks WeChat about one official account, with the API token that all processes share."""

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
