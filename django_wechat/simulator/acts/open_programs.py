"""What does a person do in a program that is open on the phone? A mini program or an app, from its code to its site."""

from dataclasses import dataclass
from enum import StrEnum

from django_wechat.simulator.acts.mini_programs import NO_QUOTA, MiniPrograms
from django_wechat.simulator.acts.sign_ins import SignIns
from django_wechat.simulator.push.program_requests import SiteAnswer, ask, credentials
from django_wechat.simulator.ways_in.scenes import Launch
from django_wechat.simulator.world.grants import APP_CODE_LIFETIME
from django_wechat.simulator.world.mini_sessions import CODE_LIFETIME
from django_wechat.simulator.world.people import Person
from django_wechat.simulator.world.registry import App

MINI_PROGRAM_DOOR = "/accounts/wechat/mini-program/"
PHONE_DOOR = "/accounts/wechat/mini-program/phone/"
APP_DOOR = "/accounts/wechat/app/"


class Sheet(StrEnum):
    """What WeChat asks the person over a program."""

    NOTHING = ""
    PHONE_NUMBER = "phone_number"
    SIGN_IN = "sign_in"


@dataclass(frozen=True)
class HeldCode:
    """A code that WeChat gave the program; `lifetime` in seconds."""

    code: str
    issued_at: float
    lifetime: float


@dataclass
class OpenProgram:
    """What is on the screen of one program; `report` is what its button heard from WeChat: `refused`, or an errno."""

    app: App
    person: Person
    login: HeldCode | None = None
    phone: HeldCode | None = None
    sheet: Sheet = Sheet.NOTHING
    report: str = ""
    is_sending: bool = False
    answer: SiteAnswer | None = None
    # How somebody came into a mini program from outside; what its site then said it is about; yes or no.
    launch: Launch | None = None
    asked: SiteAnswer | None = None
    reply: str = ""
    ended: SiteAnswer | None = None
    # The header that the site knows the program by since it signed somebody in.
    token: dict[str, str] | None = None


class OpenPrograms(MiniPrograms, SignIns):
    """The part of the platform that plays programs themselves: what their own code does on a phone."""

    def _start_over(self) -> None:
        super()._start_over()
        self._open_program: OpenProgram | None = None
        #: Where programs find their site; what was sent to last stays.
        self.site = ""

    @property
    def shown_program(self) -> OpenProgram | None:
        """The program on the phone; whoever else takes the phone does not see it."""
        shown = self._open_program
        return shown if shown and shown.person.key == self.person.key else None

    def open_program(self, appid: str) -> OpenProgram:
        """Open a mini program or an app on the phone."""
        with self._changed:
            app = self.find_app(appid)
            if not (app.is_mini_program or app.is_mobile):
                raise ValueError(f"{appid} is nothing that a phone opens but: {app.family}")
            self._open_program = OpenProgram(app, self.person)
            self._announce()
            return self._open_program

    def close_program(self) -> None:
        """Leave the program; what it held is gone."""
        with self._changed:
            self._open_program = None
            self._announce()

    def program_calls_login(self) -> HeldCode:
        """Let the mini program call `wx.login`: nothing is asked, nothing is shown."""
        with self._changed:
            shown = self._program()
            code = self.wx_login(shown.app.appid, shown.person.key)
            shown.login, shown.answer = HeldCode(code, self.now(), CODE_LIFETIME), None
            self._announce()
            return shown.login

    def program_asks(self, sheet: Sheet) -> OpenProgram:
        """Tap the phone-number button of a mini program, or "sign in with WeChat" of an app: WeChat asks the person."""
        with self._changed:
            shown = self._program()
            _check_may_ask(shown.app, sheet)
            shown.report, shown.sheet = "", sheet
            if sheet is Sheet.PHONE_NUMBER and shown.app.phone_quota <= 0:
                shown.report, shown.sheet = str(NO_QUOTA), Sheet.NOTHING
            self._announce()
            return shown

    def answer_sheet(self, *, allow: bool, person: str = "") -> OpenProgram:
        """Tap 允许 or 拒绝 on the sheet; to sign in to an app, also as another person."""
        with self._changed:
            shown = self._program()
            sheet, shown.sheet, shown.answer = shown.sheet, Sheet.NOTHING, None
            if sheet is Sheet.NOTHING:
                raise ValueError("nothing is asked on the phone")
            if not allow:
                shown.report = "refused"
            elif sheet is Sheet.PHONE_NUMBER:
                code = self.tap_phone_number(shown.app.appid, shown.person.key)
                shown.phone = HeldCode(code, self.now(), CODE_LIFETIME)
            else:
                code = self.issue_code(shown.app.appid, "snsapi_userinfo", person=person)
                shown.login = HeldCode(code, self.now(), APP_CODE_LIFETIME)
            self._announce()
            return shown

    def send_to_site(self, site: str, *, phone: bool = False, alone: bool = False) -> SiteAnswer:
        """Send the code to the site at `site`; `phone`: the phone code too; `alone`: only that, with the token."""
        with self._changed:
            shown = self._program()
            self.site = site.strip().rstrip("/")
            url, values, headers = self._request(shown, phone=phone, alone=alone)
            shown.answer, shown.is_sending = None, True
            self._announce()
        # Without the lock: to answer, the site asks us what the code is worth.
        answer = ask(shown.app, url, values, headers, unchecked=self.behaviour.developer_tool)
        with self._changed:
            shown.answer, shown.is_sending = answer, False
            shown.token = credentials(answer.body) or shown.token
            self._announce()
            return answer

    def is_code_used(self, code: str) -> bool:
        """Was this code of a program or an app exchanged?"""
        with self._changed:
            return self._mini_sessions.is_used(code) or self._grants.is_used(code)

    def _program(self) -> OpenProgram:
        if (shown := self.shown_program) is None:
            raise ValueError("no program is open on the phone")
        return shown

    def _request(self, shown: OpenProgram, *, phone: bool, alone: bool) -> tuple[str, dict[str, str], dict[str, str]]:
        held = shown.phone if alone else shown.login
        if held is None or (phone and shown.phone is None):
            raise ValueError("the program has no such code yet")
        appid = {"appid": shown.app.appid}
        if alone:
            return self.site + PHONE_DOOR, {"phone_code": held.code, **appid}, shown.token or {}
        door = APP_DOOR if shown.app.is_mobile else MINI_PROGRAM_DOOR
        extra = {"phone_code": shown.phone.code} if phone and shown.phone else {}
        return self.site + door, {"code": held.code, **appid, **extra}, {}


def _check_may_ask(app: App, sheet: Sheet) -> None:
    if sheet is Sheet.PHONE_NUMBER and not app.reads_phone_numbers:
        raise ValueError(f"{app.appid} may have no phone-number button: that takes a verified organisation")
    if sheet is Sheet.SIGN_IN and not (app.is_mobile and app.verified):
        raise ValueError(f"{app.appid} may not ask that: it takes an approved mobile app with 微信登录")
