"""How does a program on the phone ask its site? By `wx.request`, or as an app does: in JSON, and without cookies.

What is shown of an answer is text: the simulator runs nothing of it.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

import requests

from django_wechat.simulator.push.reach import NearAdapter, OutOfReachError
from django_wechat.simulator.world.browsers import WECHAT_USER_AGENT
from django_wechat.simulator.world.registry import App

TIMEOUT = 60.0
"""Seconds that `wx.request` waits at most (reference 12.1)."""
LONGEST_SHOWN = 20_000
APP_USER_AGENT = "TeaHouse/1.0 (iPhone; iOS 18.3)"

NO_ADDRESS = "no_address"
NOT_LISTED = "not_listed"
NO_ANSWER = "no_answer"


@dataclass(frozen=True)
class SiteAnswer:
    """What a site said to a program, or why it said nothing: `failure` is one of the three words above."""

    url: str
    sent: str
    status: int | None = None
    body: str = ""
    seconds: float = 0.0
    failure: str = ""
    explanation: str = ""

    @property
    def milliseconds(self) -> int:
        """How long it took."""
        return round(self.seconds * 1000)


def ask(
    app: App,
    url: str,
    values: Mapping[str, object],
    headers: Mapping[str, str],
    *,
    unchecked: bool,
    is_trial: bool = False,
) -> SiteAnswer:
    """POST `values` as JSON; `unchecked`: as the developer tool does, which looks at no list of hosts.

    `is_trial`: the trial or development version is open, also where there is a released one.
    """
    sent = json.dumps(values, ensure_ascii=False)
    address = _read(url)
    if address is None:
        return SiteAnswer(url, sent, failure=NO_ADDRESS)
    if not (unchecked or app.may_ask(address)):
        return SiteAnswer(url, sent, failure=NOT_LISTED, explanation=address.hostname or "")
    started = time.monotonic()
    try:
        response = _post(url, sent, {**_headers(app, unchecked=unchecked, is_trial=is_trial), **headers})
    except (requests.RequestException, OutOfReachError) as error:
        why = str(error) if isinstance(error, OutOfReachError) else type(error).__name__
        return SiteAnswer(url, sent, failure=NO_ANSWER, explanation=why, seconds=time.monotonic() - started)
    return SiteAnswer(url, sent, response.status_code, _text(response), time.monotonic() - started)


def credentials(body: str) -> dict[str, str]:
    """Return the header with which a program is known afterwards, made of the tokens in a site's answer."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(answer, dict):
        return {}
    meta = answer.get("meta")
    meta = meta if isinstance(meta, dict) else {}
    if bearer := meta.get("access_token") or answer.get("access"):
        return {"Authorization": f"Bearer {bearer}"}
    if session := meta.get("session_token"):
        return {"X-Session-Token": str(session)}
    return {"Authorization": f"Token {answer['token']}"} if answer.get("token") else {}


def _read(url: str) -> SplitResult | None:
    try:
        address = urlsplit(url)
        return address if address.scheme in {"http", "https"} and address.hostname and address.port != 0 else None
    except ValueError:
        return None


def _headers(app: App, *, unchecked: bool, is_trial: bool) -> dict[str, str]:
    """What WeChat adds, and no program can take away; version 0 is one that only developers can open."""
    if app.is_mobile:
        return {"User-Agent": APP_USER_AGENT}
    version = "devtools" if unchecked else "1" if app.released and not is_trial else "0"
    referer = f"https://servicewechat.com/{app.appid}/{version}/page-frame.html"
    return {"User-Agent": WECHAT_USER_AGENT, "Referer": referer}


def _post(url: str, body: str, headers: Mapping[str, str]) -> requests.Response:
    """Send without a cookie; where a site sends the program elsewhere, the program sees just that."""
    with requests.Session() as http:
        http.trust_env = False
        http.mount("http://", NearAdapter())
        http.mount("https://", NearAdapter())
        everything = {"Content-Type": "application/json", "Accept": "application/json", **headers}
        return http.post(url, data=body.encode(), headers=everything, timeout=TIMEOUT, allow_redirects=False)


def _text(response: requests.Response) -> str:
    return response.content[: LONGEST_SHOWN * 4].decode(errors="replace")[:LONGEST_SHOWN]
