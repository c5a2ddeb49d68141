"""How did the person come in? WeChat's scene values (reference 13.3), and the launch options that a program reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from django_wechat.simulator.world.registry import App

RELEASE = "release"
VERSIONS = (RELEASE, "trial", "develop")
# What JavaScript's encodeURIComponent leaves alone.
_UNENCODED = "!'()*"


class Way(StrEnum):
    """What a person does with a code or a link; `forwarded`: tapped in a chat, where somebody has sent it."""

    CAMERA = "camera"
    ALBUM = "album"
    LONG_PRESS = "long_press"
    FORWARDED = "forwarded"
    BROWSER = "browser"
    TRIAL = "trial"


Scenes = Mapping[Way, int]

#: A round code. It is no link; its scene may stand in one all the same, and such a link is forwarded.
ROUND_CODE: Scenes = {
    Way.CAMERA: 1047,
    Way.ALBUM: 1049,
    Way.LONG_PRESS: 1048,
    Way.FORWARDED: 1167,
    Way.TRIAL: 1017,
}
QR_CODE: Scenes = {Way.CAMERA: 1011, Way.ALBUM: 1013, Way.LONG_PRESS: 1012}
URL_LINK: Scenes = {Way.BROWSER: 1194, Way.FORWARDED: 1167}
SCHEME: Scenes = {Way.BROWSER: 1065}
PLAIN_SCHEME: Scenes = {Way.BROWSER: 1286}


def scene_of(scenes: Scenes, way: str) -> int:
    """Return the scene value of a way in."""
    if way not in scenes:
        raise ValueError(f"there is no way {way!r} into it; choose from {', '.join(scenes)}")
    return scenes[Way(way)]


@dataclass(frozen=True)
class Launch:
    """One entry into a program; `query` as the program sees it, which decodes it once; `scene` is WeChat's number."""

    app: App
    path: str
    query: Mapping[str, str]
    scene: int
    env_version: str = RELEASE

    @property
    def options(self) -> dict[str, object]:
        """What `wx.getLaunchOptionsSync()` and `wx.getEnterOptionsSync()` return."""
        return {"path": self.path, "query": dict(self.query), "scene": self.scene}

    @property
    def site_scene(self) -> str:
        """What a program sends to its site: the scene; of an ordinary QR code's address its `scene`, or its end."""
        if "q" not in self.query:
            return unquote(self.query.get("scene", ""))
        address = urlsplit(unquote(self.query["q"]))
        return dict(parse_qsl(address.query)).get("scene") or address.path.rstrip("/").rpartition("/")[2]


def encoded(value: str) -> str:
    """Percent-encode as JavaScript's encodeURIComponent does."""
    return quote(value, safe=_UNENCODED)


def check_opens(app: App, path: str, env_version: str) -> None:
    """Refuse, as the phone does, what is not there: a program without a release, or a page that it has not."""
    if env_version != RELEASE:
        return
    if not app.released:
        raise ValueError(f"{app.appid} is not released: WeChat opens nothing but its trial and development versions")
    if path not in app.page_list:
        raise ValueError(f"the released {app.appid} has no page {path!r}, only {', '.join(app.page_list)}")
