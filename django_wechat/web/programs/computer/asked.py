"""What did the program say of the code or link that opened it?"""

import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from django_wechat.web.programs import asked
from django_wechat.web.programs.asked import BadRequest

CONFIRM, REFUSE = "confirm", "refuse"

_NO_SCENE = _("“scene” is missing: send what the code or the link opened the program with.")
_NO_ENTRY = _("“entry” is missing: send WeChat’s scene value, a number such as 1047 (wx.getEnterOptionsSync().scene).")
_ANSWER = _("“answer” is “confirm” or “refuse”.")
_LONGEST_SCENE = 32


@dataclass(frozen=True)
class AskedScene:
    """Which code or link it is, of which mini program ("" where that was left out), and how WeChat was opened."""

    scene: str
    appid: str
    entry: int


@dataclass(frozen=True)
class Answered(AskedScene):
    """And what the person says to it; `code` is a fresh one of `wx.login`."""

    code: str
    confirms: bool
    fingerprint: str
    """The same for the same body, and for no other."""


def read_scene(request: HttpRequest) -> AskedScene:
    """Return what the program asks about; raise `BadRequest`."""
    return AskedScene(*_scene(asked.read_object(request)))


def read_answer(request: HttpRequest) -> Answered:
    """Return what the program answers; raise `BadRequest`."""
    body = asked.read_object(request)
    scene, answer = _scene(body), asked.text_in(body, "answer")
    if answer not in (CONFIRM, REFUSE):
        raise BadRequest(_ANSWER)
    code = asked.text_in(body, "code")
    if answer == CONFIRM and not asked.is_code(code):
        raise BadRequest(asked.NO_CODE)
    return Answered(*scene, code, answer == CONFIRM, json.dumps(body, sort_keys=True))


def _scene(body: dict[str, Any]) -> tuple[str, str, int]:
    scene, entry = asked.text_in(body, "scene"), body.get("entry")
    if not 0 < len(scene) <= _LONGEST_SCENE:
        raise BadRequest(_NO_SCENE)
    if not isinstance(entry, int) or isinstance(entry, bool):
        raise BadRequest(_NO_ENTRY)
    return scene, asked.text_in(body, "appid"), entry
