"""Which sign-in links does WeChat accept? The checks of `connect/qrconnect` and `connect/oauth2/authorize`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote_plus, urlsplit

from django_wechat.simulator.world.registry import App, Family

IN_ORDER = ("appid", "redirect_uri", "response_type", "scope", "state")
STATE = re.compile(r"[a-zA-Z0-9]{1,128}", re.ASCII)
WEB_SCOPES = {"snsapi_base", "snsapi_userinfo"}

BAD_REDIRECT_URI = "redirect_uri 参数错误"
BAD_SCOPE = "Scope 参数错误或没有 Scope 权限"
BAD_APPID = "AppID 参数错误"
BAD_LINK = "该链接无法访问"
NOT_IN_WECHAT = "请在微信客户端打开链接"


class PageRefusal(Exception):
    """WeChat shows an error page: `title` is WeChat's, `hint` is the simulator's help for developers."""

    def __init__(self, title: str, hint: str, code: int | None = None) -> None:
        super().__init__(title)
        self.title = title
        self.hint = hint
        self.code = code


@dataclass(frozen=True)
class SignInLink:
    """A link that was accepted."""

    app: App
    redirect_uri: str
    scope: str
    state: str
    warning: str = ""


def read_query(query: str) -> dict[str, str]:
    """Split a query string; the values stay percent-encoded, and the first of equal names wins."""
    pairs = [part.partition("=") for part in query.split("&") if part]
    return {name: value for name, _, value in reversed(pairs)}


def check_qrconnect(apps: Mapping[str, App], query: str) -> SignInLink:
    """Accept a website app's link, in any order of parameters, or raise `PageRefusal`."""
    raw = read_query(query)
    app = apps.get(raw.get("appid", ""))
    if app is None:
        raise PageRefusal(BAD_APPID, f"No app has the AppID {raw.get('appid', '')!r} (case matters).")
    if app.family is not Family.WEBSITE:
        raise PageRefusal(BAD_SCOPE, f"{app.appid} is no website app (网站应用) but: {app.family}.")
    if not app.verified:
        raise PageRefusal(BAD_SCOPE, "The website app has not been approved yet.")
    if unquote_plus(raw.get("scope", "")) != "snsapi_login":
        raise PageRefusal(BAD_SCOPE, "The scope of a website app is snsapi_login.")
    uri, warning = _redirect_uri(raw.get("redirect_uri", ""))
    if not app.accepts_callback(urlsplit(uri)):
        raise PageRefusal(BAD_REDIRECT_URI, _host_hint(app, uri))
    return SignInLink(app, uri, "snsapi_login", unquote_plus(raw.get("state", "")), warning)


def check_authorize(apps: Mapping[str, App], query: str) -> SignInLink:
    """Accept an official account's link, in the documented order, or raise `PageRefusal`."""
    _check_order(query)
    raw = read_query(query)
    app = _official_account(apps, raw)
    scope = unquote_plus(_present(raw, "scope", 10010))
    if scope not in WEB_SCOPES:
        raise PageRefusal("Scope 权限不足", f"An official account has no scope {scope!r}.", 10005)
    state = _check_state(unquote_plus(_present(raw, "state", 10013)))
    uri, warning = _redirect_uri(_present(raw, "redirect_uri", 10011))
    if not app.accepts_callback(urlsplit(uri)):
        raise PageRefusal("redirect_uri 域名与后台配置不一致", _host_hint(app, uri), 10003)
    return SignInLink(app, uri, scope, state, warning)


def is_wechat(user_agent: str) -> bool:
    """Is this WeChat's own browser? WeCom (企业微信) says MicroMessenger too."""
    agent = user_agent.lower()
    return "micromessenger" in agent and "wxwork" not in agent


def with_code(redirect_uri: str, code: str, state: str) -> str:
    """Build the callback address as WeChat does: by gluing strings, even behind a #fragment."""
    return f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}code={code}&state={state}"


def _check_order(query: str) -> None:
    """WeChat matches the link with a regular expression, so the order counts."""
    names = [part.partition("=")[0] for part in query.split("&")]
    known = [name for name in names if name in IN_ORDER]
    extras_first = names[: len(known)] != known
    if extras_first or known != [name for name in IN_ORDER if name in known]:
        raise PageRefusal(BAD_LINK, f"The order must be {', '.join(IN_ORDER)}; further parameters come last.")


def _official_account(apps: Mapping[str, App], raw: Mapping[str, str]) -> App:
    """Find the account and check that it may sign people in inside WeChat."""
    appid = _present(raw, "appid", 10012)
    app = apps.get(appid)
    if app is None:
        raise PageRefusal(BAD_APPID, f"No account has the AppID {appid!r} (case matters).")
    if app.family in {Family.WEBSITE, Family.MOBILE}:
        hint = "This AppID belongs to the Open Platform; use the official account's."
        raise PageRefusal("不支持开放平台的 AppID", hint, 10016)
    if app.banned:
        raise PageRefusal("该公众号已被封禁", "The official account is banned.", 10004)
    if not app.signs_in_inside_wechat:
        raise PageRefusal("该公众号没有网页授权权限", "Only verified service accounts (服务号) have it.", 10005)
    if raw.get("response_type") != "code":
        raise PageRefusal(BAD_LINK, "response_type must be code.")
    return app


def _present(raw: Mapping[str, str], name: str, code: int) -> str:
    if value := raw.get(name, ""):
        return value
    raise PageRefusal(f"{name} 参数为空", f"The parameter {name} is missing or empty.", code)


def _check_state(state: str) -> str:
    if STATE.fullmatch(state):
        return state
    # The rule is documented, the page that a breach leads to is not: this one is the simulator's choice.
    raise PageRefusal(BAD_LINK, "state may hold only a-z, A-Z and 0-9, at most 128 bytes.")


def _redirect_uri(raw: str) -> tuple[str, str]:
    """Decode once. Return the address and a warning when it was not encoded at all."""
    uri = unquote_plus(raw)
    if not re.match(r"https?://[^/]", uri):
        hint = "It was encoded twice." if "%3a" in uri.lower() else "It must be an absolute http(s) address."
        raise PageRefusal(BAD_REDIRECT_URI, hint)
    if "://" not in raw:
        return uri, ""
    if "?" in raw:
        raise PageRefusal(BAD_REDIRECT_URI, "It was not percent-encoded, so its own query was cut off.")
    return uri, "redirect_uri was not percent-encoded. WeChat lets simple ones pass, but encode it once."


def _host_hint(app: App, uri: str) -> str:
    return (
        f"The address {uri!r} must be on the registered host {app.callback_domain!r}, "
        "written exactly so, without a port."
    )
