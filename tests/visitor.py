"""A visitor with a browser and a phone: the steps of a sign-in, over the real views and the simulator."""

from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.contrib.auth.models import AbstractBaseUser
from django.test import Client

from django_wechat.simulator import seeds
from django_wechat.simulator.server import SimulatorServer
from tests.user_agents import IPHONE_WECHAT, WINDOWS_CHROME

LOGIN = "/accounts/wechat/login/"
CONNECT = "/accounts/wechat/connect/"
CALLBACK = "/accounts/wechat/login/callback/"
QR = "/accounts/wechat/qr/"


class Visitor:
    """One browser (a Django test client with its User-Agent) and the person who holds the phone."""

    def __init__(
        self, simulator: SimulatorServer, *, person: str = "zhangsan", user_agent: str = WINDOWS_CHROME
    ) -> None:
        self.simulator = simulator
        self.person = person
        self.client = Client(headers={"user-agent": user_agent})

    def start(self, query: str = "") -> str:
        """Press the button of the start page; return WeChat's address."""
        response = self.client.post(LOGIN + query)
        assert response.status_code == 302, response.content
        return str(response["Location"])

    def open_qr(self, **form: str) -> dict[str, Any]:
        """Open the WeChat tab's QR code."""
        response = self.client.post(QR, form)
        assert response.status_code == 200, response.content
        answer: dict[str, Any] = response.json()
        return answer

    def allow(self, url: str, *, is_snapshot: bool = False) -> str:
        """Allow the sign-in on the phone; return the code that WeChat sends the browser back with."""
        query = dict(parse_qsl(urlsplit(url).query))
        platform = self.simulator.platform
        return platform.issue_code(query["appid"], query["scope"], person=self.person, is_snapshot=is_snapshot)

    def come_back(self, url: str, code: str, **extra: str) -> Any:
        """Follow WeChat's redirect to the site."""
        return self.client.get(CALLBACK, {"code": code, "state": state_of(url)} | extra)

    def sign_in(self, query: str = "") -> Any:
        """Do all of it."""
        url = self.start(query)
        return self.say_yes(self.come_back(url, self.allow(url)))

    def say_yes(self, response: Any) -> Any:
        """Say yes where the computer asks whose WeChat it connects; return what comes then."""
        if response.headers.get("Location", "").removesuffix("#") != CONNECT:
            return response
        return self.client.post(CONNECT, {"answer": "connect"})

    @property
    def user(self) -> AbstractBaseUser | None:
        """Who is signed in, after the browser's last page; None for nobody."""
        return signed_in_user(self.client)


def signed_in_user(client: Client) -> AbstractBaseUser | None:
    """Return who is signed in in this browser."""
    request = client.get("/").wsgi_request
    return request.user if request.user.is_authenticated else None


def cookies_of(client: Client) -> SimpleCookie:
    """Return the cookies that this browser has now, for one that has the same, or has them again."""
    return SimpleCookie(client.cookies.output(header="", sep=";"))


def state_of(url: str) -> str:
    """Return the state in WeChat's address."""
    return dict(parse_qsl(urlsplit(url).query))["state"]


def in_wechat(simulator: SimulatorServer, *, person: str = "zhangsan") -> Visitor:
    """Return a visitor inside WeChat on a phone."""
    return Visitor(simulator, person=person, user_agent=IPHONE_WECHAT)


SECRETS = [value for name, value in vars(seeds).items() if name.endswith("_SECRET")]
