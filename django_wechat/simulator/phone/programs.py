"""What does the phone page show of mini programs and apps? The list of them, and the one that is open."""

import json
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django_wechat.simulator.acts.open_programs import HeldCode, OpenProgram
from django_wechat.simulator.phone.entries import entry_context
from django_wechat.simulator.platform import Platform
from django_wechat.simulator.push.program_requests import SiteAnswer
from django_wechat.simulator.ways_in.scenes import Way
from django_wechat.simulator.world.registry import App

TOKEN_NAMES = {"session_token", "access_token", "refresh_token", "flow_token", "access", "refresh", "token", "key"}
SHOWN_OF_A_TOKEN = 14


@dataclass(frozen=True)
class ShownCode:
    """A code on the screen: `state` is `fresh`, `used` or `expired`."""

    code: str
    opened_at: str
    minutes: int
    state: str


@dataclass(frozen=True)
class ShownAnswer:
    """A site's answer: JSON one value a line with long tokens cut, and the whole tokens to copy, by name."""

    answer: SiteAnswer
    body: str
    tokens: list[tuple[str, str]] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        """Whether the site said yes."""
        return self.answer.status is not None and 200 <= self.answer.status < 300


def programs_context(platform: Platform, site: str, *, present: bool = False) -> dict[str, object]:
    """Return the programs that this phone can open, and the open one; `site` is where the simulator is mounted."""
    apps, shown = list(platform.apps.values()), platform.shown_program
    context: dict[str, object] = {"site": platform.site or site or _pushed_to(apps)}
    if not present:
        context["address_ways"] = [way for way in Way if way is not Way.TRIAL]
        context["mini_programs"] = [app for app in apps if app.is_mini_program]
        context["mobile_apps"] = [app for app in apps if app.is_mobile]
    # Beside a site that is shown to somebody there are no programs but the one that its code has opened.
    if shown is None or (present and shown.launch is None):
        return context
    return context | {
        "program": shown,
        "masked_number": masked(shown.person.phone_number),
        "login_code": _code(platform, shown.login),
        "phone_code": _code(platform, shown.phone),
        "site_answer": _answer(shown),
        **entry_context(shown),
    }


def masked(number: str) -> str:
    """Return a phone number as WeChat's sheet shows it."""
    return f"{number[:3]}****{number[-4:]}"


def _pushed_to(apps: list[App]) -> str:
    """Alone, the simulator knows a site only if it pushes to one."""
    url = next((app.push_url for app in apps if app.push_url), "")
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def _code(platform: Platform, held: HeldCode | None) -> ShownCode | None:
    if held is None:
        return None
    is_over = platform.now() >= held.issued_at + held.lifetime
    state = "used" if platform.is_code_used(held.code) else "expired" if is_over else "fresh"
    return ShownCode(held.code, f"{held.issued_at:.3f}", round(held.lifetime / 60), state)


def _answer(shown: OpenProgram) -> ShownAnswer | None:
    if shown.answer is None:
        return None
    tokens: list[tuple[str, str]] = []
    try:
        body = json.dumps(_cut(json.loads(shown.answer.body), "", tokens), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        body = shown.answer.body
    return ShownAnswer(shown.answer, body, tokens)


def _cut(value: object, name: str, tokens: list[tuple[str, str]]) -> object:
    """Return a value of JSON with its long tokens cut; they are added to `tokens`."""
    if isinstance(value, dict):
        return {key: _cut(one, key, tokens) for key, one in value.items()}
    if isinstance(value, list):
        return [_cut(one, name, tokens) for one in value]
    if name not in TOKEN_NAMES or not isinstance(value, str) or not value:
        return value
    tokens.append((name, value))
    return f"{value[:SHOWN_OF_A_TOKEN]}…" if len(value) > SHOWN_OF_A_TOKEN else value
