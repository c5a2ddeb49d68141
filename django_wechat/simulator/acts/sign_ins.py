"""How does a sign-in through open.weixin.qq.com go on? QR codes, codes and user access tokens of the platform."""

import time

from django_wechat.simulator.world.grants import APP_CODE_LIFETIME, Grant, Grants
from django_wechat.simulator.world.qr_logins import PollCode, QRLogin, QRLogins
from django_wechat.simulator.world.registry import App
from django_wechat.simulator.world.state import State


class SignIns(State):
    """The part of the platform that website apps and in-WeChat sign-in use."""

    def _start_over(self) -> None:
        super()._start_over()
        self._grants = Grants(self.now)
        self._qr_logins = QRLogins(self.now)

    # --- QR codes ---

    def open_qr(self, appid: str, redirect_uri: str, state: str = "", browser: str = "") -> QRLogin:
        """Show a new QR code, as `connect/qrconnect` does."""
        with self._changed:
            lifetime, self.ended = self.behaviour.qr_lifetime, None
            qr_login = self._qr_logins.add(self.find_app(appid), redirect_uri, state, lifetime, browser)
            self._announce()
            return qr_login

    def waiting_qrs(self) -> list[QRLogin]:
        """Return the QR codes that a phone can still use, newest first."""
        with self._changed:
            return self._qr_logins.waiting()

    def is_on_a_screen(self, qr_login: QRLogin) -> bool:
        """Is the page that shows a QR code still there, as far as one can tell?"""
        return self._qr_logins.is_on_a_screen(qr_login, self.behaviour.hold_seconds)

    def find_qr(self, uuid: str = "") -> QRLogin:
        """Return a QR code; an empty uuid is the newest that a phone can still use."""
        with self._changed:
            found = self._qr_logins.get(uuid) if uuid else next(iter(self.waiting_qrs()), None)
        if found is None:
            raise ValueError(f"unknown uuid {uuid!r}" if uuid else "no QR code is waiting")
        return found

    def scan(self, uuid: str = "", person: str = "") -> QRLogin:
        """Scan a QR code with the phone."""
        with self._changed:
            self.ended = None
            return self._move(uuid, PollCode.SCANNED, person)

    def allow(self, uuid: str = "", person: str = "") -> str:
        """Tap 允许 and return the code that the site will get."""
        with self._changed:
            scanned_by = self._find_open_qr(uuid).person
            who = person or (scanned_by.key if scanned_by else "")
            qr_login = self._move(uuid, PollCode.ALLOWED, who)
            qr_login.code = self.issue_code(qr_login.app.appid, "snsapi_login", person=who)
            self.ended = qr_login
            return qr_login.code

    def refuse(self, uuid: str = "") -> QRLogin:
        """Tap 拒绝."""
        return self._move(uuid, PollCode.REFUSED)

    def expire(self, uuid: str = "") -> QRLogin:
        """Let a QR code run out now."""
        return self._move(uuid, PollCode.EXPIRED)

    def close_page(self, uuid: str) -> None:
        """Leave the page that shows a QR code; whoever comes back to it asks again, and the code is there again."""
        with self._changed:
            self.find_qr(uuid).is_closed = True
            self._announce()

    def put_end_away(self) -> None:
        """Tap away what the phone says about the end of a sign-in."""
        with self._changed:
            self.ended = None
            self._announce()

    def poll(self, uuid: str, last: str = "") -> tuple[int, str]:
        """Hold until there is something new for the page, then return `(wx_errcode, wx_code)`."""
        deadline = time.monotonic() + self.behaviour.hold_seconds
        known = {last, str(PollCode.NOTHING_YET.value)}
        with self._changed:
            self._note_poll(uuid)
            while True:
                # An unknown uuid is taken for one that has been forgotten, hence expired.
                if (qr_login := self._qr_logins.get(uuid)) is None:
                    return PollCode.EXPIRED, ""
                if str(qr_login.status.value) not in known:
                    return qr_login.status, qr_login.code
                if (left := deadline - time.monotonic()) <= 0:
                    return PollCode.NOTHING_YET, ""
                self._changed.wait(min(left, max(self._qr_logins.seconds_left(qr_login), 0.01)))

    def _note_poll(self, uuid: str) -> None:
        if qr_login := self._qr_logins.get(uuid):
            qr_login.polled_at = self.now()
            if qr_login.is_closed:
                qr_login.is_closed = False
                self._announce()

    def _find_open_qr(self, uuid: str) -> QRLogin:
        qr_login = self.find_qr(uuid)
        if not qr_login.is_open:
            raise ValueError(f"the QR code {qr_login.uuid} is {qr_login.status.name.lower()}")
        return qr_login

    def _move(self, uuid: str, status: PollCode, person: str = "") -> QRLogin:
        with self._changed:
            qr_login = self._find_open_qr(uuid)
            qr_login.person = self.find_person(person)
            qr_login.status = status
            self._announce()
            return qr_login

    # --- codes and tokens ---

    def issue_code(
        self, appid: str, scope: str = "snsapi_login", *, person: str = "", is_snapshot: bool = False
    ) -> str:
        """Return a fresh code, as after a tap on 允许."""
        with self._changed:
            who, app = self.find_person(person), self.find_app(appid)
            lifetime = APP_CODE_LIFETIME if app.is_mobile else self.behaviour.code_lifetime
            return self._grants.issue_code(app, who, scope, lifetime, is_snapshot=is_snapshot).code

    def exchange(self, app: App, code: str) -> Grant:
        """Turn a code into tokens, once; raises `Refusal`."""
        with self._changed:
            grant = self._grants.exchange(app, code)
            if self.ended and self.ended.code == code:
                self.ended.is_exchanged = True
                self._announce()
            return grant

    def refresh(self, app: App, refresh_token: str) -> Grant:
        """Renew a token; raises `Refusal`."""
        with self._changed:
            return self._grants.refresh(app, refresh_token)

    def find_grant(self, user_access_token: str, openid: str) -> Grant:
        """Return the grant of a living token; raises `Refusal`."""
        with self._changed:
            return self._grants.find(user_access_token, openid)
