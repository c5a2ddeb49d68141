"""Which round codes did mini programs ask for? The rules of `wxa/getwxacodeunlimit` (reference 13.1), and the codes.

Beside the rules that WeChat tells: what it answers to a width out of its bounds is this simulator's guess.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django_wechat.simulator.ways_in.pace import Pace
from django_wechat.simulator.ways_in.pictures import draw, jpeg, png
from django_wechat.simulator.ways_in.scenes import RELEASE, VERSIONS, Launch, encoded, scene_of
from django_wechat.simulator.ways_in.scenes import ROUND_CODE as SCENES
from django_wechat.simulator.world.errors import Refusal
from django_wechat.simulator.world.registry import App

LONGEST_SCENE = 32
WIDTHS = range(280, 1281)
DEFAULT_WIDTH = 430
PER_MINUTE = 5000
_SCENE = re.compile(r"[0-9A-Za-z!#$&'()*+,/:;=?@\-._~]*", re.ASCII)


@dataclass
class RoundCode:
    """One round code, which lives for ever; `is_answered`: somebody has said yes or no in the program."""

    app: App
    page: str
    scene: str
    env_version: str
    width: int
    is_hyaline: bool
    opened_at: float = 0.0
    is_answered: bool = False

    @property
    def key(self) -> str:
        """Its name inside the simulator; the same order is the same code."""
        parts = (self.app.appid, self.page, self.scene, self.env_version, self.width, self.is_hyaline)
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:24]

    @property
    def picture(self) -> bytes:
        """The drawing, always the same."""
        cells = draw(self.key, self.width)
        return png(cells, self.width) if self.is_hyaline else jpeg(cells, self.width)

    @property
    def content_type(self) -> str:
        """What the picture is."""
        return "image/png" if self.is_hyaline else "image/jpeg"

    @property
    def ways(self) -> list[str]:
        """How this code can be opened: the entry of trial versions is one of those alone."""
        return [way for way in SCENES if way != "trial" or self.env_version != RELEASE]

    def launch(self, way: str) -> Launch:
        """Return what the program hears when the code is opened so."""
        if way not in self.ways:
            raise ValueError(f"there is no way {way!r} into it; choose from {', '.join(self.ways)}")
        query = {"scene": encoded(self.scene)}
        return Launch(self.app, self.page, query, scene_of(SCENES, way), self.env_version)


class RoundCodes:
    """All round codes of one platform; the caller holds the platform's lock."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._pace = Pace(now, PER_MINUTE, 60, 45009)
        self._by_key: dict[str, RoundCode] = {}
        self._by_picture: dict[str, RoundCode] = {}

    def create(self, app: App, order: Mapping[str, object]) -> tuple[RoundCode, bytes]:
        """Do what the body of a request asks for; return the code and its picture."""
        made = read_order(app, order)
        self._pace.count(app.appid)
        picture, code = made.picture, self._by_key.pop(made.key, made)
        code.opened_at = self._now()
        self._by_key[code.key] = self._by_picture[hashlib.sha256(picture).hexdigest()] = code
        return code, picture

    def newest_first(self) -> list[RoundCode]:
        """Return all of them."""
        return list(reversed(self._by_key.values()))

    def find(self, name: str) -> RoundCode | None:
        """Find a code by its scene or its key; the newest, where several have one scene."""
        fitting = (code for code in self.newest_first() if name in {code.scene, code.key})
        return next(fitting, None)

    def seen_in(self, picture: bytes) -> RoundCode | None:
        """Find the code of a picture, byte for byte."""
        return self._by_picture.get(hashlib.sha256(picture).hexdigest())


def read_order(app: App, order: Mapping[str, object]) -> RoundCode:
    """Return the code that an order describes, or raise what WeChat finds wrong with it."""
    scene, env_version = _scene(order.get("scene")), order.get("env_version", RELEASE)
    if not isinstance(env_version, str) or env_version not in VERSIONS:
        raise Refusal(40097)
    page = _page(app, order.get("page", ""), is_checked=order.get("check_path") is not False)
    width = order.get("width", DEFAULT_WIDTH)
    if not isinstance(width, int) or isinstance(width, bool) or width not in WIDTHS:
        raise Refusal(40097)
    return RoundCode(app, page, scene, env_version, width, order.get("is_hyaline") is True)


def _scene(scene: object) -> str:
    if not isinstance(scene, str) or not 1 <= len(scene) <= LONGEST_SCENE:
        raise Refusal(40169)
    if not _SCENE.fullmatch(scene):
        raise Refusal(40129)
    if any(part.partition("=")[0] == "scancode_time" for part in scene.split("&")):
        raise Refusal(85096)
    return scene


def _page(app: App, page: object, *, is_checked: bool) -> str:
    """The home page where none is named. The ceiling of 60,000 distinct unchecked pages is not kept."""
    if not isinstance(page, str) or page.startswith("/") or "?" in page:
        raise Refusal(41030)
    if is_checked and not (app.released and (not page or page in app.page_list)):
        raise Refusal(41030)
    return page or app.home_page
