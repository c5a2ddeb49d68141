"""How far is a QR code on somebody's screen? From waiting over scanned to allowed, refused or expired."""

import secrets
import string
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum

from django_wechat.simulator.world.grants import FORGOTTEN_AFTER
from django_wechat.simulator.world.people import Person
from django_wechat.simulator.world.registry import App

#: Seconds without a poll, beyond those that a poll is held, after which the page with the code is taken for gone.
UNWATCHED_AFTER = 10.0
_ALPHABET = string.ascii_letters + string.digits


class PollCode(IntEnum):
    """The `wx_errcode` values of the long poll."""

    EXPIRED = 402
    REFUSED = 403
    SCANNED = 404
    ALLOWED = 405
    NOTHING_YET = 408


def _new_uuid() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(16))


@dataclass
class QRLogin:
    """One QR code shown by `connect/qrconnect`; `status` is what the long poll answers.

    `is_closed`: the page said that it is left. One that was never asked about may be a program's, and is no page.
    """

    app: App
    redirect_uri: str
    state: str
    expires_at: float
    opened_at: float = 0.0
    uuid: str = field(default_factory=_new_uuid)
    status: PollCode = PollCode.NOTHING_YET
    person: Person | None = None
    code: str = ""
    # What the phone's list says of it: in which browser it is, and when that last asked how far it is.
    browser: str = ""
    polled_at: float | None = None
    is_closed: bool = False
    # Has the site turned the code into tokens?
    is_exchanged: bool = False

    @property
    def is_open(self) -> bool:
        """Can a phone still do something with it? A refused one may be scanned again."""
        return self.status not in {PollCode.ALLOWED, PollCode.EXPIRED}

    @property
    def is_scanned(self) -> bool:
        """Is the consent sheet on a phone?"""
        return self.status is PollCode.SCANNED


class QRLogins:
    """All QR codes of one platform; the caller holds the platform's lock."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._by_uuid: dict[str, QRLogin] = {}

    def add(self, app: App, redirect_uri: str, state: str, lifetime: float, browser: str = "") -> QRLogin:
        """Record a new QR code and forget those of yesterday."""
        limit = self._now() - FORGOTTEN_AFTER
        self._by_uuid = {uuid: one for uuid, one in self._by_uuid.items() if one.expires_at > limit}
        qr_login = QRLogin(app, redirect_uri, state, self._now() + lifetime, self._now(), browser=browser)
        self._by_uuid[qr_login.uuid] = qr_login
        return qr_login

    def get(self, uuid: str) -> QRLogin | None:
        """Return a QR code as it is now, which may be expired."""
        qr_login = self._by_uuid.get(uuid)
        if qr_login and qr_login.is_open and self.seconds_left(qr_login) <= 0:
            qr_login.status = PollCode.EXPIRED
        return qr_login

    def waiting(self) -> list[QRLogin]:
        """Return the QR codes that a phone can still use, newest first."""
        current = (self.get(uuid) for uuid in reversed(self._by_uuid))
        return [qr_login for qr_login in current if qr_login and qr_login.is_open]

    def is_on_a_screen(self, qr_login: QRLogin, hold_seconds: float) -> bool:
        """Is the page that shows the QR code still there, as far as one can tell?"""
        polled_at = qr_login.polled_at
        is_asked_about = polled_at is None or self._now() - polled_at < hold_seconds + UNWATCHED_AFTER
        return is_asked_about and not qr_login.is_closed

    def seconds_left(self, qr_login: QRLogin) -> float:
        """How long will the QR code live if nobody touches it?"""
        return qr_login.expires_at - self._now()
