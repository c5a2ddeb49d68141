"""What kind of browser is this? A routing hint only: anybody can send any User-Agent (reference section 2.6)."""

import re
from dataclasses import dataclass
from enum import Enum


class Container(Enum):
    """The app that shows the page."""

    WECHAT = "wechat"
    WECOM = "wecom"
    MINI_PROGRAM = "mini_program"
    BROWSER = "browser"


@dataclass(frozen=True)
class Browser:
    """Where the page is open. `phone`: a screen that cannot scan itself; a tablet is a PC here, a phone can scan it."""

    container: Container
    phone: bool


_MINI_PROGRAM = re.compile(r"miniprogram/wx|miniprogramenv")
_PHONES = ("iphone", "ipod", "windows phone", "(phone; openharmony")
_MOBILE = re.compile(r"\bmobile\b")
_LENGTH = 1000
"""No real User-Agent is longer; what comes behind decides nothing."""


def parse(user_agent: str) -> Browser:
    """Return the browser behind a User-Agent header; an empty one is an ordinary PC browser."""
    lowered = user_agent[:_LENGTH].lower()
    return Browser(container=_container(lowered), phone=_is_phone(lowered))


def _is_phone(lowered: str) -> bool:
    """Android says "Mobile" on phones and leaves it out on tablets."""
    return any(name in lowered for name in _PHONES) or ("android" in lowered and bool(_MOBILE.search(lowered)))


def _container(lowered: str) -> Container:
    # WeCom's User-Agent holds "MicroMessenger" too (trap 25), so it is asked for first.
    if "wxwork" in lowered:
        return Container.WECOM
    if "micromessenger" not in lowered:
        return Container.BROWSER
    if _MINI_PROGRAM.search(lowered):
        return Container.MINI_PROGRAM
    return Container.WECHAT


_NAMES = (
    ("Edge", "edg/|edge/|edga/|edgios/"),
    ("Opera", "opr/|opera"),
    ("Firefox", "firefox/|fxios/"),
    ("QQ Browser", "qqbrowser"),
    ("360", "360se|360ee|qihu"),
    ("WeChat", "micromessenger"),
    ("Chrome", "chrome/|crios/|chromium/"),
    ("Safari", "safari/"),
)
_SYSTEMS = (
    ("Windows", "windows"),
    ("Android", "android"),
    ("HarmonyOS", "openharmony|harmonyos"),
    ("iPhone", "iphone"),
    ("iPad", "ipad"),
    ("macOS", "macintosh|mac os x"),
    ("ChromeOS", "cros"),
    ("Linux", "linux"),
)


def describe(user_agent: str) -> tuple[str, str]:
    """Return browser and system as people call them ("Chrome", "Windows"); "" for one that is not known."""
    return _first(user_agent, _NAMES), _first(user_agent, _SYSTEMS)


def _first(user_agent: str, names: tuple[tuple[str, str], ...]) -> str:
    return next((name for name, pattern in names if re.search(pattern, user_agent[:_LENGTH], re.IGNORECASE)), "")
