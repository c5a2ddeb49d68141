"""A mini program, or an app, that talks to the site: no cookies, JSON, and a token in a header."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from django_wechat.simulator import seeds
from django_wechat.simulator.platform import Platform
from django_wechat.simulator.server import SimulatorServer

MINI_PROGRAM = "/accounts/wechat/mini-program/"
APP = "/accounts/wechat/app/"
PHONE = "/accounts/wechat/mini-program/phone/"
PROFILE = "/accounts/wechat/mini-program/profile/"
TOKENS = "/accounts/wechat/tokens/"
SESSION = "/_allauth/app/v1/auth/session"


class Program:
    """The program on one person's phone."""

    def __init__(self, simulator: SimulatorServer, *, person: str = "zhangsan") -> None:
        self.platform: Platform = simulator.platform
        self.person = person
        self.token = ""

    def code(self, appid: str = seeds.MINI_PROGRAM_APPID) -> str:
        """Call `wx.login`."""
        return self.platform.wx_login(appid, self.person)

    def phone_code(self, appid: str = seeds.MINI_PROGRAM_APPID, person: str = "") -> str:
        """Tap the phone-number button."""
        return self.platform.tap_phone_number(appid, person or self.person)

    def number(self, person: str = "") -> str:
        """The number behind the button, as a site keeps it."""
        return f"+86{self.platform.find_person(person or self.person).phone_number}"

    def app_code(self) -> str:
        """Have the person allow it in the app."""
        return self.platform.issue_code(seeds.MOBILE_APP_APPID, "snsapi_userinfo", person=self.person)

    def post(self, path: str, body: object, **headers: str) -> Any:
        """Send JSON, in a browser that keeps nothing."""
        if self.token:
            headers = {"X-Session-Token": self.token} | headers
        client = Client(raise_request_exception=False, enforce_csrf_checks=True)
        response = client.post(path, body, content_type="application/json", headers=headers)
        assert not response.cookies, response.cookies
        return response

    def patch(self, path: str, body: Any, content_type: str = "application/json", method: str = "patch") -> Any:
        """Send it as PATCH, or by another `method`; a `dict` with a file goes as a form."""
        headers = {"X-Session-Token": self.token} if self.token else {}
        client = Client(raise_request_exception=False, enforce_csrf_checks=True)
        if content_type == MULTIPART_CONTENT and isinstance(body, dict):
            # The test client makes a form of it by itself for POST alone.
            body = body if method == "post" else encode_multipart(BOUNDARY, body)
        response = getattr(client, method)(path, body, content_type=content_type, headers=headers)
        assert not response.cookies, response.cookies
        return response

    def type_name(self, nickname: object) -> Any:
        """Send what the person typed."""
        return self.patch(PROFILE, {"nickname": nickname})

    def upload(self, picture: bytes, name: str = "avatar.png", **texts: str) -> Any:
        """Send the picture that the person chose."""
        return self.patch(PROFILE, {"avatar": SimpleUploadedFile(name, picture), **texts}, MULTIPART_CONTENT)

    def sign_in(self, *, headers: dict[str, str] | None = None, **body: str) -> Any:
        """Sign in through the mini program."""
        return self.post(MINI_PROGRAM, {"code": self.code(), **body}, **headers or {})

    def sign_in_by_app(self, **body: str) -> Any:
        """Sign in through the app."""
        return self.post(APP, {"code": self.app_code(), **body})

    def who(self, token: str) -> int | None:
        """Ask allauth's headless API whose session a token is; the id of the user."""
        answer = Client().get(SESSION, headers={"X-Session-Token": token})
        return answer.json()["data"]["user"]["id"] if answer.status_code == 200 else None


def problem(response: Any) -> tuple[int, str]:
    """Return status and code of a refusal."""
    return response.status_code, response.json()["error"]["code"]
