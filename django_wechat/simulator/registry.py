"""What is registered in WeChat's consoles? The apps and accounts of the pretend WeChat, and what each may do."""

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


@dataclass
class App:
    """One registered app.

    `callback_domain` is 授权回调域 for a website app and 网页授权域名 for an official account: one exact host.
    `open_platform` names the Open Platform account it is bound to; without one there are no unionids.
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
