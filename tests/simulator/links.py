"""Which links do the simulator's tests open? Those of a correct site, with single parts to replace."""

import re
from urllib.parse import parse_qs, quote, urlsplit

from django_wechat.simulator import seeds
from django_wechat.simulator.server import SimulatorServer

CALLBACK = "http://127.0.0.1:8000/accounts/wechat/login/callback/"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Mobile/15E148 MicroMessenger/8.0.56(0x1800383b) NetType/WIFI Language/zh_CN"
)
WECOM = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)  "
    "Mobile/15E148 wxwork/4.1.30 MicroMessenger/7.0.1 Language/zh ColorScheme/Light wwmver/3.26.13.714"
)


def encoded(url: str) -> str:
    """Percent-encode an address once."""
    return quote(url, safe="")


def qrconnect_query(**replaced: str | None) -> str:
    """Return the query of a correct QR page; None leaves a parameter out, values go in as they are."""
    parts: dict[str, str | None] = {
        "appid": seeds.WEBSITE_APP_APPID,
        "redirect_uri": encoded(CALLBACK),
        "response_type": "code",
        "scope": "snsapi_login",
        "state": "abc123",
    }
    return _join(parts | replaced)


def authorize_query(**replaced: str | None) -> str:
    """Return the query of a correct in-WeChat link, in the documented order."""
    parts: dict[str, str | None] = {
        "appid": seeds.OFFICIAL_ACCOUNT_APPID,
        "redirect_uri": encoded(CALLBACK),
        "response_type": "code",
        "scope": "snsapi_base",
        "state": "abc123",
    }
    return _join(parts | replaced)


def _join(parts: dict[str, str | None]) -> str:
    return "&".join(f"{name}={value}" for name, value in parts.items() if value is not None)


def qrconnect_url(server: SimulatorServer, **replaced: str | None) -> str:
    """Return the address of a QR page."""
    return f"{server.open_base_url}/connect/qrconnect?{qrconnect_query(**replaced)}"


def authorize_url(server: SimulatorServer, **replaced: str | None) -> str:
    """Return the address of an in-WeChat sign-in."""
    return f"{server.open_base_url}/connect/oauth2/authorize?{authorize_query(**replaced)}"


def error_title(html: str) -> str:
    """Return what an error page of WeChat says, or nothing."""
    found = re.search(r'<h4 class="weui_msg_title"[^>]*>(.*?)</h4>', html)
    return found[1] if found else ""


def callback_parameters(location: str) -> dict[str, str]:
    """Return the query of a callback address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
