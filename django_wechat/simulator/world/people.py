"""Who holds the pretend phone? People, and the openid and unionid each of them has towards an app."""

import base64
import hashlib
from dataclasses import dataclass

SNAPSHOT_NICKNAME = "微信用户"


@dataclass(frozen=True)
class Person:
    """One WeChat user; `key` names the person to the simulator and never goes over the wire."""

    key: str
    nickname: str
    tint: str = "#576b95"
    has_avatar: bool = True
    about: tuple[str, str] = ("", "")
    # Is there a picture in `faces`? Else one is drawn.
    has_face: bool = False
    # Worth a test, and nobody that a customer should meet.
    is_odd: bool = False

    def openid(self, appid: str) -> str:
        """Return this person's id towards one app; the same in every run."""
        return _identifier("openid", self.key, appid)

    def unionid(self, open_platform: str) -> str:
        """Return this person's id towards one Open Platform account; the same in every run."""
        return _identifier("unionid", self.key, open_platform)

    @property
    def shown_name(self) -> str:
        """Return the nickname for our own pages, with control characters made visible."""
        return "".join(chr(0x2400 + ord(char)) if ord(char) < 32 else char for char in self.nickname)

    @property
    def phone_number(self) -> str:
        """Return a number of mainland China in a range that is given to nobody; the same in every run."""
        digits = int(hashlib.sha256(f"phone {self.key}".encode()).hexdigest(), 16) % 10**8
        return f"100{digits:08d}"

    @property
    def avatar_token(self) -> str:
        """Return the opaque part of the avatar's address."""
        return _identifier("avatar", self.key, "")

    def as_snapshot(self) -> "Person":
        """Return the virtual person that WeChat invents for a snapshot page (快照页)."""
        return Person(f"{self.key}~snapshot", SNAPSHOT_NICKNAME, tint="#b2b2b2")


def _identifier(kind: str, who: str, scope: str) -> str:
    """Return 28 characters of `A-Za-z0-9_-` that start with "o", as WeChat's ids do."""
    digest = hashlib.sha256(f"{kind}\0{who}\0{scope}".encode()).digest()
    return "o" + base64.urlsafe_b64encode(digest).decode()[:27]


def avatar_svg(person: Person) -> str:
    """Draw a stand-in for the photograph: the first character of the nickname on the person's colour."""
    letter = next((char for char in person.nickname if char.isalnum()), "·")
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 132 132" width="132" height="132">'
        '<defs><linearGradient id="g" x2="0" y2="1"><stop stop-color="#fff" stop-opacity=".28"/>'
        '<stop offset="1" stop-opacity=".12"/></linearGradient></defs>'
        f'<rect width="132" height="132" fill="{person.tint}"/><rect width="132" height="132" fill="url(#g)"/>'
        '<text x="66" y="68" fill="#fff" font-size="64" font-weight="500" text-anchor="middle" '
        'dominant-baseline="central" font-family="PingFang SC,Noto Sans SC,Noto Sans CJK SC,sans-serif">'
        f"{letter}</text></svg>"
    )
