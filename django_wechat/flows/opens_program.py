"""What have the journeys in common that open a mini program on a phone? The program asks, its person confirms there.

Both lead to the same page of the program, by a code on the PC or by a link in a phone's browser (section 13.4).
"""

from typing import Any

from django.core.exceptions import ImproperlyConfigured

from django_wechat.clients.mini_program import MiniProgramClient, mini_program_client
from django_wechat.flows.journey import CONNECT, WaitsForPhone
from django_wechat.models import ProgramVersion, QRSession, Status, WeChatProvider
from django_wechat.protocol.oauth import Profile
from django_wechat.stores import qr_sessions

TRIAL_ENTRY = 1017
"""The way into a version that only the program's members open."""


class OpensProgram(WaitsForPhone):
    """A journey whose code or link opens a mini program, which then asks this site about it."""

    entries: frozenset[int] = frozenset()
    """By which ways WeChat may have opened the program (section 13.3)."""
    shows_digits = True
    """Whether two screens show the same number."""

    def works_with(self, row: WeChatProvider) -> bool:
        """Return whether the mini program is filled in, and its code switched on."""
        return row.mini_program_qr_complete

    def counted_by(self, row: WeChatProvider) -> str:
        """Return the mini program's AppID."""
        return row.client_id

    def admits(self, row: WeChatProvider, entry: int) -> bool:
        """Return whether somebody who came by `entry` was not sent the code by somebody else, as far as that shows."""
        if entry == TRIAL_ENTRY:
            return row.mini_program_version != ProgramVersion.RELEASE
        return entry in self.entries or not row.strict_entry

    def next_step(self, qr_session: QRSession) -> str:
        """Return what the tab does now."""
        if qr_sessions.is_expired(qr_session):
            return ""
        return {Status.CONFIRMED: "finish", Status.SCANNED: "confirm"}.get(Status(qr_session.status), "")

    def wants_digits(self, qr_session: QRSession) -> bool:
        """Return whether something is connected: a bystander's phone may have confirmed."""
        return bool(qr_session.request.get("process") == CONNECT)

    def digits_for(self, qr_session: QRSession) -> str:
        """Return the digits that both screens show; "" where the computer will ask for them, or is the phone."""
        return "" if self.wants_digits(qr_session) or not self.shows_digits else qr_session.digits

    def progress(self, qr_session: QRSession) -> dict[str, Any]:
        """Tell the digits as well, from the program's question on, and that a phone was turned away."""
        told = super().progress(qr_session)
        return {**told, "digits": self.digits_for(qr_session), "notice": qr_session.notice}

    def finish(self, qr_session: QRSession) -> Profile:
        """Return who confirmed, as WeChat named them then."""
        self.client(qr_session.provider, qr_session.appid)
        return Profile(appid=qr_session.appid, openid=qr_session.openid, unionid=qr_session.unionid)

    def client(self, row: WeChatProvider, appid: str) -> MiniProgramClient:
        """Return the client of the mini program; raise `ImproperlyConfigured` if it is no longer `appid`."""
        app = row.mini_program
        if app is None or app.appid != appid:
            raise ImproperlyConfigured(f"The keypair of WeChat provider {row} was changed.")
        return mini_program_client(app)
