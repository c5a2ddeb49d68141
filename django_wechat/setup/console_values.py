"""What does an admin paste at WeChat, and on which page there? Pure: plain values in, lines to show out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_variables

from django_wechat.models.hosts import normal_host, normal_origin, readable_host
from django_wechat.setup.console_warnings import warnings

SAFE_MODE = gettext_lazy("安全模式 (safe mode)")
PLAIN_MODE = gettext_lazy("明文模式 (plain mode)")


class Card(StrEnum):
    """The parts of the form, in the order of the work; a further SubType's keypair is one of these, or one more."""

    FIRST = "first"
    SECOND = "second"
    FOLLOWING = "following"


@dataclass(frozen=True)
class Setup:
    """What a provider and the site around it look like, as far as WeChat's consoles ask for it.

    `site_url` is where the site is reached, without a path; `hosts` are the provider's own, or none. `events_path` is
    "" before the provider has a name. `may_enter`: the reader may type secrets into this page. `ip` is this server's
    address as WeChat saw it last, "" if it is not known. `token` and `aes_key` are "" but on the one page after they
    were saved.
    """

    site_url: str
    events_path: str = ""
    hosts: Sequence[str] = ()
    website_app: bool = True
    server_push: bool = True
    safe_mode: bool = True
    token_tail: str = ""
    aes_key_tail: str = ""
    token: str = field(default="", repr=False)
    aes_key: str = field(default="", repr=False)
    ip: str = ""
    may_enter: bool = True
    open_console: str = "https://open.weixin.qq.com/"
    mp_console: str = "https://mp.weixin.qq.com/"


@dataclass(frozen=True)
class Line:
    """One field of a console: its name there, the value to paste or "", and words that help.

    `part` names what the page's script keeps up to date while the form is typed into.
    """

    label: str
    value: str = field(default="", repr=False)
    words: str = ""
    part: str = ""


@dataclass(frozen=True)
class Console:
    """Fields of one of WeChat's consoles: what it is called, where it is, and beside which part of the form they stand.

    `when` are the SubTypes that need them, with a blank between; "" for any.
    """

    title: str
    url: str
    lines: Sequence[Line]
    card: Card
    when: str = ""


@dataclass(frozen=True)
class Panel:
    """Everything to paste, for the site at `site_url`; `warnings` say in words why WeChat would not take it."""

    site_url: str
    consoles: Sequence[Console]
    warnings: Sequence[str]


def panel(setup: Setup) -> Panel:
    """Return what to paste for one provider."""
    site_url = _site_url(setup)
    inside = [_in_wechat(setup, site_url, Card.FIRST, when="mobile")]
    consoles = [
        *([_website_app(setup, site_url)] if setup.website_app else []),
        *(inside if setup.website_app or not setup.server_push else []),
        _mini_program(setup, site_url),
        *([_in_wechat(setup, site_url, Card.SECOND)] if setup.server_push else []),
        *([_binding(setup)] if setup.website_app and setup.server_push else []),
        *([_server_push(setup, site_url)] if setup.server_push else []),
        _mini_program_server(setup),
    ]
    return Panel(site_url, consoles, list(warnings(site_url, setup.hosts)))


def console_page(base_url: str, official: str) -> str:
    """Return the address of the console that belongs to a `*_BASE_URL`; `official` is WeChat's own.

    A pretend WeChat has one page for all consoles, beside its other parts: `…/open` and `…/mp` have `…/console/`.
    """
    return f"{official}/" if base_url == official else f"{base_url.rpartition('/')[0]}/console/"


def _site_url(setup: Setup) -> str:
    """Return the address of the site at the provider's first host; the port that is seen stays with the name seen."""
    seen = urlsplit(setup.site_url)
    if not setup.hosts or normal_host(seen.netloc) in map(normal_host, setup.hosts):
        return normal_origin(setup.site_url)
    return f"{seen.scheme}://{normal_host(setup.hosts[0])}"


def _website_app(setup: Setup, site_url: str) -> Console:
    title = _("Open Platform: your website app (网站应用)")
    lines = [
        Line(
            _("授权回调域 (callback domain)"),
            bare_host(site_url),
            _also_known(site_url, _("The host name alone: no https://, no path, no port.")),
        ),
    ]
    return Console(title, setup.open_console, lines, Card.FIRST, when="web")


def _mini_program(setup: Setup, site_url: str) -> Console:
    words = _("The site’s address, with https and without a path: wx.request calls no other.")
    line = Line(_("request 合法域名 (hosts for wx.request)"), f"https://{bare_host(site_url)}", words)
    title = _("Official Accounts Platform: your mini program (小程序)")
    return Console(title, setup.mp_console, [line], Card.FIRST, "mini_program")


def _mini_program_server(setup: Setup) -> Console:
    """Its code, and phone numbers, are asked for with its API token, which has a list of addresses of its own."""
    title = _("Official Accounts Platform: your mini program (小程序)")
    return Console(title, setup.mp_console, [_ip(setup)], Card.FOLLOWING, "mini_program")


def _in_wechat(setup: Setup, site_url: str, card: Card, when: str = "") -> Console:
    title = _("Official Accounts Platform: your official account (公众号)")
    words = (
        _("WeChat asks for a file MP_verify_….txt first: add it below, save this page, then save there.")
        if setup.may_enter
        else _("WeChat asks for a file MP_verify_….txt first: whoever sets this provider up can add it.")
    )
    domain = Line(_("网页授权域名 (web authorization domain)"), bare_host(site_url), _also_known(site_url, words))
    return Console(title, setup.mp_console, [domain, *([] if when else [_ip(setup)])], card, when)


def _binding(setup: Setup) -> Console:
    words = _("Bind your official account here, or the same person has two accounts: on the PC and in WeChat.")
    title = _("Open Platform: with a website app beside it")
    return Console(title, setup.open_console, [Line(_("公众帐号 (official accounts)"), words=words)], Card.SECOND)


def _ip(setup: Setup) -> Line:
    words = (
        _("The address from which WeChat saw this server call.")
        if setup.ip
        else _("This server’s own address. If you do not know it, press Check: WeChat names the address it refuses.")
    )
    return Line(_("IP白名单 (IP whitelist)"), setup.ip, words)


def _server_push(setup: Setup, site_url: str) -> Console:
    title = _("Official Accounts Platform: 服务器配置 (server configuration)")
    mode = SAFE_MODE if setup.safe_mode else PLAIN_MODE
    url = f"{site_url}{setup.events_path}" if setup.events_path else ""
    lines = [
        Line("URL", url, _("The provider’s Name is part of it."), "events_url"),
        _secret("Token", setup.token, setup.token_tail, setup),
        _secret("EncodingAESKey", setup.aes_key, setup.aes_key_tail, setup),
        Line(
            _("消息加解密方式 (mode)"),
            str(mode),
            _("Safe mode once EncodingAESKey is set, plain mode without."),
            "mode",
        ),
    ]
    return Console(title, setup.mp_console, lines, Card.FOLLOWING, when="web mobile")


@sensitive_variables()
def _secret(label: str, shown: str, tail: str, setup: Setup) -> Line:
    if not setup.may_enter:
        words = _("As this provider has it; whoever set it up knows it.")
    elif shown:
        words = _("Shown this once: copy it now, and paste it at WeChat.")
    elif tail:
        words = _("Ends in …%(tail)s. It is not shown again: lost it? Generate a new one.") % {"tail": tail}
    else:
        words = _("As you enter or generate it here.")
    return Line(label, shown, words, "token" if label == "Token" else "aes_key")


def bare_host(url: str) -> str:
    """Return the host of `url` in its normal form, without a port; an IPv6 address keeps its brackets."""
    return normal_host(urlsplit(url).netloc)


def _also_known(site_url: str, words: str) -> str:
    """Say which name it is, where browsers and WeChat use another form of it than people."""
    host = bare_host(site_url)
    if readable_host(host) == host:
        return words
    return f"{words} {_('This is %(host)s, as browsers write it.') % {'host': readable_host(host)}}"
