"""What is registered in WeChat's consoles? The apps and accounts of the pretend WeChat, and what each may do."""

import hashlib
import ipaddress
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import SplitResult

DEFAULT_PORTS = (None, 80, 443)


class Family(StrEnum):
    """The account families; their AppIDs cannot be mixed."""

    WEBSITE = "website"
    MOBILE = "mobile"
    SERVICE = "service"
    SUBSCRIPTION = "subscription"


class PushMode(StrEnum):
    """消息加解密方式 of the server configuration (服务器配置)."""

    PLAIN = "plain"
    COMPATIBLE = "compatible"
    SAFE = "safe"


class PushFormat(StrEnum):
    """数据格式 of the server configuration."""

    XML = "xml"
    JSON = "json"


@dataclass
class App:
    """One registered app.

    `callback_domain` is 授权回调域 for a website app and 网页授权域名 for an official account: one exact host.
    `open_platform` names the Open Platform account it is bound to; without one there are no unionids.
    `push_url` to `push_format` are the server configuration (服务器配置) of an official account; the real WeChat takes
    only the ports 80 and 443 there. `ip_whitelist` holds addresses with commas between them; empty: no whitelist.
    """

    appid: str
    secret: str
    name: str
    family: Family
    callback_domain: str = ""
    open_platform: str = ""
    verified: bool = True
    banned: bool = False
    # WeChat refuses ports and IP addresses, so a demo on 127.0.0.1:8000 needs this one leniency.
    any_loopback_host: bool = False
    push_url: str = ""
    server_token: str = ""
    aes_key: str = ""
    push_mode: PushMode = PushMode.SAFE
    push_format: PushFormat = PushFormat.XML
    ip_whitelist: str = ""
    secret_frozen: bool = False

    @property
    def is_account(self) -> bool:
        """Is it an official account, which people can follow?"""
        return self.family in {Family.SERVICE, Family.SUBSCRIPTION}

    @property
    def original_id(self) -> str:
        """The account's own name in messages, `gh_…`."""
        return f"gh_{hashlib.sha256(self.appid.encode()).hexdigest()[:12]}"

    @property
    def makes_qr_codes(self) -> bool:
        """Only verified service accounts have parametric QR codes."""
        return self.family is Family.SERVICE and self.verified

    @property
    def reads_followers(self) -> bool:
        """Only verified accounts may ask who follows them."""
        return self.is_account and self.verified

    def allows_address(self, address: str) -> bool:
        """Is this address on the IP whitelist, or is there none?"""
        allowed = {one.strip() for one in self.ip_whitelist.split(",") if one.strip()}
        return not allowed or address in allowed

    @property
    def signs_in_inside_wechat(self) -> bool:
        """Only verified service accounts have web authorization (网页授权)."""
        return self.family is Family.SERVICE and self.verified

    def accepts_callback(self, url: SplitResult) -> bool:
        """Is this redirect_uri on the registered host, and on a default port?"""
        host, port = url.hostname or "", _port(url)
        if self.any_loopback_host and is_local(host):
            return True
        return bool(host) and host == self.callback_domain and port in DEFAULT_PORTS


def _port(url: SplitResult) -> int | None:
    try:
        return url.port
    except ValueError:
        return 0


def is_local(host: str) -> bool:
    """Is this the machine itself, or one in a private network?"""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_private
