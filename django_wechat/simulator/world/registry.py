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
    MINI_PROGRAM = "mini_program"


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
    `of_individual`: its owner is a person (个人) and no organisation; such a mini program reads no phone numbers.
    `released`: the mini program has a version that everybody can open, not only its developers. `request_hosts` is its
    request 合法域名, with commas between them; `phone_quota` is how many phone numbers its button may still give.
    `pages` are those of the released version, the first is its home; `qr_rules` has one `address page` a line
    (扫普通链接二维码打开小程序), `plain_scheme_pages` those that a Scheme written by hand may open; with commas, too.
    `verified` of a mobile app: it was approved, and 微信登录 granted.
    `push_url` to `push_format` are the server configuration (服务器配置) of an official account; the real WeChat takes
    only the ports 80 and 443 there. `ip_whitelist` holds addresses with commas between them; empty: everybody may
    call, or nobody when `whitelist_on`. `secret_shown`: the console has shown the secret, which it does once.
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
    # The smaller leniency of apps that are set up in the console: the registered host, if local, may carry any port.
    any_local_port: bool = False
    push_url: str = ""
    server_token: str = ""
    aes_key: str = ""
    push_mode: PushMode = PushMode.SAFE
    push_format: PushFormat = PushFormat.XML
    push_enabled: bool = True
    ip_whitelist: str = ""
    whitelist_on: bool = False
    secret_frozen: bool = False
    secret_shown: bool = False
    of_individual: bool = False
    released: bool = True
    request_hosts: str = ""
    # What every program has to try it with, all its versions together (reference 12.6).
    phone_quota: int = 1000
    pages: str = "pages/index/index, pages/wechat-login/index"
    qr_rules: str = ""
    plain_scheme_pages: str = ""
    # What a program may make in a day, URL Links and Schemes together (reference 14).
    links_left: int = 500_000

    @property
    def is_account(self) -> bool:
        """Is it an official account, which people can follow?"""
        return self.family in {Family.SERVICE, Family.SUBSCRIPTION}

    @property
    def is_mini_program(self) -> bool:
        """Is it a mini program (小程序), which people open inside WeChat?"""
        return self.family is Family.MINI_PROGRAM

    @property
    def is_mobile(self) -> bool:
        """Is it a mobile app (移动应用), which opens WeChat to sign in?"""
        return self.family is Family.MOBILE

    @property
    def has_api_tokens(self) -> bool:
        """Is there a `/cgi-bin` token for it? Website and mobile apps have none."""
        return self.is_account or self.is_mini_program

    @property
    def reads_phone_numbers(self) -> bool:
        """Only verified mini programs of organisations may (reference 12.6)."""
        return self.is_mini_program and self.verified and not self.of_individual

    def may_ask(self, url: SplitResult) -> bool:
        """Is this address among its request 合法域名, and behind https (reference 12.1)?

        Mobile apps have no such list. The leniency towards hosts on this machine is the one for callbacks: a
        development server has no certificate.
        """
        host = (url.hostname or "").lower()
        if self.is_mobile or (self.any_loopback_host and is_local(host)):
            return True
        is_safe = url.scheme == "https" or (self.any_local_port and is_local(host))
        return is_safe and host in self.listed_hosts

    @property
    def listed_hosts(self) -> list[str]:
        """Its request 合法域名 as host names; the console writes them with https://."""
        listed = (one.strip().lower() for one in self.request_hosts.split(","))
        return [one.removeprefix("https://").rstrip("/") for one in listed if one]

    @property
    def page_list(self) -> list[str]:
        """The pages of the released version."""
        return [one.strip() for one in self.pages.split(",") if one.strip()]

    @property
    def home_page(self) -> str:
        """The page that opens where none is named."""
        return next(iter(self.page_list), "")

    @property
    def rule_list(self) -> list[str]:
        """Its rules for ordinary QR codes, each `address page`."""
        return self.qr_rules.splitlines()

    @property
    def plain_pages(self) -> list[str]:
        """What a plain Scheme may open."""
        return [one.strip() for one in self.plain_scheme_pages.split(",") if one.strip()]

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
        allowed = self.allowed_addresses
        return address in allowed or not (allowed or self.whitelist_on)

    @property
    def allowed_addresses(self) -> list[str]:
        """What stands on the IP whitelist."""
        return [one.strip() for one in self.ip_whitelist.split(",") if one.strip()]

    @property
    def verification_code(self) -> str:
        """The 16 characters of the account's `MP_verify_….txt`; the same in every run."""
        return hashlib.sha256(f"verify {self.appid}".encode()).hexdigest()[:16]

    @property
    def verification_file(self) -> str:
        """The name of the file that must be reachable at the root of a host before the console takes the host."""
        return f"MP_verify_{self.verification_code}.txt"

    @property
    def signs_in_inside_wechat(self) -> bool:
        """Only verified service accounts have web authorization (网页授权)."""
        return self.family is Family.SERVICE and self.verified

    def accepts_callback(self, url: SplitResult) -> bool:
        """Is this redirect_uri on the registered host, and on a default port?"""
        host, port, registered = url.hostname or "", _port(url), self.callback_domain.lower()
        if self.any_loopback_host and is_local(host):
            return True
        if self.any_local_port and is_local(host):
            # Test accounts accept an IP[:port] (reference 2.2); website apps have nothing of the kind.
            return registered == host or (self.is_account and registered == url.netloc.lower())
        return bool(host) and host == registered and port in DEFAULT_PORTS

    @property
    def domain_flaw(self) -> str:
        """Why can no sign-in come back to the registered host? `empty`, `scheme`, `path`, `port`, or nothing."""
        domain = self.callback_domain
        host = domain.rpartition(":")[0]
        takes_ports = self.is_account and self.any_local_port and is_local(host)
        flaws = {
            "empty": not domain,
            "scheme": "://" in domain,
            "path": "/" in domain,
            "port": bool(host) and not takes_ports,
        }
        return next((flaw for flaw, has_it in flaws.items() if has_it), "")


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
