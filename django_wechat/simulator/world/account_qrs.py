"""Which QR codes do official accounts show? Those of `cgi-bin/qrcode/create`, found by ticket or by address."""

import base64
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django_wechat.simulator.world.errors import Refusal
from django_wechat.simulator.world.grants import FORGOTTEN_AFTER
from django_wechat.simulator.world.people import Person
from django_wechat.simulator.world.registry import App

MAX_LIFETIME = 2_592_000
DEFAULT_LIFETIME = 60
MAX_SCENE_IDS = {"QR_SCENE": 2**32 - 1, "QR_LIMIT_SCENE": 100_000}
TEXT_SCENES = {"QR_STR_SCENE", "QR_LIMIT_STR_SCENE"}
TEMPORARY = {"QR_SCENE", "QR_STR_SCENE"}


def _new_ticket() -> str:
    """Return base64 with "+", "/" and "=" in it, so that a site which does not encode it fails always."""
    while True:
        ticket = base64.b64encode(b"\x81\x01\xf8" + secrets.token_bytes(64)).decode()
        if {"+", "/", "="} <= set(ticket):
            return ticket


@dataclass
class AccountQR:
    """One parametric QR code; `scene` is what pushes say, `expires_at` is None for a permanent one."""

    app: App
    scene: str
    expires_at: float | None
    is_number: bool = False
    opened_at: float = 0.0
    ticket: str = field(default_factory=_new_ticket)
    token: str = field(default_factory=lambda: secrets.token_urlsafe(15))
    scanner: Person | None = None

    @property
    def scanned_by(self) -> str:
        """The key of whoever scanned it last, or ""."""
        return self.scanner.key if self.scanner else ""


class AccountQRs:
    """All QR codes of official accounts of one platform; the caller holds the platform's lock."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._by_token: dict[str, AccountQR] = {}

    def create(self, app: App, order: Mapping[str, object]) -> AccountQR:
        """Do what the body of `qrcode/create` asks for."""
        action, scene = order.get("action_name"), read_scene(order)
        lifetime = None if action not in TEMPORARY else _lifetime(order.get("expire_seconds"))
        expires_at = None if lifetime is None else self._now() + lifetime
        self._forget_old()
        qr = AccountQR(app, str(scene), expires_at, isinstance(scene, int), self._now())
        self._by_token[qr.token] = qr
        return qr

    def get(self, ticket_or_url: str) -> AccountQR | None:
        """Find a QR code by its ticket, by its address, or by the last part of the address."""
        token = ticket_or_url.rsplit("/q/", 1)[-1]
        if token in self._by_token:
            return self._by_token[token]
        return next((qr for qr in self._by_token.values() if qr.ticket == ticket_or_url), None)

    def waiting(self) -> list[AccountQR]:
        """Return those that are not expired, newest first."""
        return [qr for qr in reversed(self._by_token.values()) if not self.is_expired(qr)]

    def is_expired(self, qr: AccountQR) -> bool:
        """Has its time run out?"""
        return qr.expires_at is not None and self._now() >= qr.expires_at

    def seconds_left(self, qr: AccountQR) -> int | None:
        """Return how long a temporary one will live."""
        return None if qr.expires_at is None else int(qr.expires_at - self._now() + 0.5)

    def _forget_old(self) -> None:
        limit = self._now() - FORGOTTEN_AFTER
        self._by_token = {
            token: qr for token, qr in self._by_token.items() if qr.expires_at is None or qr.expires_at > limit
        }


def read_scene(order: Mapping[str, object]) -> int | str:
    """Return the scene of an order, or raise 40052 (unknown action) or 40053 (unusable scene)."""
    action, info = order.get("action_name"), order.get("action_info")
    if not isinstance(action, str) or action not in {*MAX_SCENE_IDS, *TEXT_SCENES}:
        raise Refusal(40052)
    scene = info.get("scene") if isinstance(info, dict) else None
    if not isinstance(scene, dict):
        raise Refusal(40053)
    return _text_scene(scene) if action in TEXT_SCENES else _number_scene(scene, MAX_SCENE_IDS[action])


def _text_scene(scene: Mapping[str, object]) -> str:
    text = scene.get("scene_str")
    if not isinstance(text, str) or not 1 <= len(text) <= 64:
        raise Refusal(40053)
    return text


def _number_scene(scene: Mapping[str, object], highest: int) -> int:
    number = scene.get("scene_id")
    if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= highest:
        raise Refusal(40053)
    return number


def _lifetime(asked: object) -> int:
    """Return the seconds that a temporary QR code will live; the documentation gave 30 as default once."""
    if not isinstance(asked, int) or asked <= 0:
        return DEFAULT_LIFETIME
    return min(asked, MAX_LIFETIME)
