"""Do clients that nobody here wrote sign in against the simulator? They run unmodified; only the wire is bent.

Each of them sends its requests to the real host names, and an adapter under `requests` takes them to the simulator.
Their defects are asserted, not hidden: they are how these clients behave against the real WeChat as well.
"""

import warnings
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.urls import reverse
from wechatpy import WeChatClient
from wechatpy.exceptions import WeChatClientException, WeChatOAuthException
from wechatpy.oauth import WeChatOAuth

from django_wechat.simulator import seeds
from django_wechat.simulator.platform import Platform
from django_wechat.simulator.server import SimulatorServer
from tests.simulator.links import CALLBACK, IPHONE, callback_parameters, error_title

with warnings.catch_warnings():
    # social-core's OpenID library imports a deprecated module of defusedxml.
    warnings.simplefilter("ignore", DeprecationWarning)
    from social_core.backends.weixin import WeixinOAuth2, WeixinOAuth2APP
    from social_core.strategy import BaseStrategy

PEOPLE = [person.key for person in seeds.PEOPLE if person.key != "control"]


@pytest.fixture(autouse=True)
def real_host_names(wechat_simulator: SimulatorServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let https://api.weixin.qq.com and https://open.weixin.qq.com be the simulator."""
    send = requests.adapters.HTTPAdapter.send

    def send_here(self: Any, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        request.url = str(request.url).replace("https://api.weixin.qq.com", wechat_simulator.api_base_url)
        request.url = request.url.replace("https://open.weixin.qq.com", wechat_simulator.open_base_url)
        request.url = request.url.replace("https://mp.weixin.qq.com", wechat_simulator.mp_base_url)
        return send(self, request, *args, **kwargs)

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", send_here)


def scan(platform: Platform, http: requests.Session, url: str, person: str = "") -> dict[str, str]:
    """Open the QR page, scan, allow; return the parameters of the callback."""
    page = http.get(url)
    assert not error_title(page.text), error_title(page.text)
    qr_login = platform.scan(person=person)
    return {"code": platform.allow(qr_login.uuid), "state": qr_login.state}


def open_inside_wechat(http: requests.Session, url: str) -> dict[str, str]:
    """Open a link in WeChat's browser; return the parameters of the callback."""
    answer = http.get(url, headers={"User-Agent": IPHONE}, allow_redirects=False)
    assert answer.status_code == 302, error_title(answer.text)
    return callback_parameters(answer.headers["Location"])


class TestWechatpy:
    @pytest.mark.parametrize("person", [*PEOPLE, "control"])
    def test_website_app(self, platform: Platform, http: requests.Session, person: str) -> None:
        oauth = WeChatOAuth(seeds.WEBSITE_APP_APPID, seeds.WEBSITE_APP_SECRET, CALLBACK, state="abc")
        token = oauth.fetch_access_token(scan(platform, http, oauth.qrconnect_url, person)["code"])
        profile = oauth.get_user_info()
        assert profile["nickname"] == platform.people[person].nickname
        assert profile["unionid"] == token["unionid"]
        assert oauth.check_access_token()
        assert oauth.refresh_access_token(oauth.refresh_token)["openid"] == token["openid"]
        oauth._http.close()

    def test_mini_program(self, platform: Platform) -> None:
        client = WeChatClient(seeds.MINI_PROGRAM_APPID, seeds.MINI_PROGRAM_SECRET)
        session = client.wxa.code_to_session(platform.wx_login(seeds.MINI_PROGRAM_APPID))
        assert session["openid"] == platform.person.openid(seeds.MINI_PROGRAM_APPID)
        assert session["unionid"] == platform.person.unionid(seeds.OPEN_PLATFORM_ACCOUNT)
        with pytest.raises(WeChatClientException, match="40029"):
            client.wxa.code_to_session("made-up")
        client._http.close()

    def test_official_account(self, platform: Platform, http: requests.Session) -> None:
        keys = (seeds.OFFICIAL_ACCOUNT_APPID, seeds.OFFICIAL_ACCOUNT_SECRET)
        oauth = WeChatOAuth(*keys, CALLBACK, scope="snsapi_base", state="abc")
        code = open_inside_wechat(http, oauth.authorize_url)["code"]
        assert oauth.fetch_access_token(code)["openid"] == platform.person.openid(seeds.OFFICIAL_ACCOUNT_APPID)
        with pytest.raises(WeChatOAuthException) as refused:
            oauth.get_user_info()
        assert refused.value.errcode == 48001
        oauth._http.close()


class TestWechatpyClient:
    """Its calls of the official account's server API; it keeps the token by itself."""

    @pytest.fixture
    def client(self, platform: Platform) -> Iterator[WeChatClient]:
        client = WeChatClient(seeds.OFFICIAL_ACCOUNT_APPID, seeds.OFFICIAL_ACCOUNT_SECRET)
        yield client
        client._http.close()

    def test_token_qr_code_and_follower(self, client: WeChatClient, platform: Platform) -> None:
        scene = {"expire_seconds": 600, "action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "茶1"}}}
        qr = client.qrcode.create(scene)
        assert platform.find_account_qr(qr["url"]).scene == "茶1"
        picture = client.qrcode.show(qr)
        assert (picture.status_code, picture.headers["Content-Type"]) == (200, "image/jpg")
        platform.scan_account_qr(qr["ticket"])
        platform.follow(seeds.OFFICIAL_ACCOUNT_APPID)
        follower = client.user.get(platform.person.openid(seeds.OFFICIAL_ACCOUNT_APPID))
        assert (follower["subscribe"], follower["qr_scene_str"]) == (1, "茶1")
        assert platform.count("/api/cgi-bin/token") == 1

    def test_it_renews_a_replaced_token_once(self, client: WeChatClient, platform: Platform) -> None:
        openid = platform.person.openid(seeds.OFFICIAL_ACCOUNT_APPID)
        assert client.user.get(openid) == {"subscribe": 0, "openid": openid}
        platform.revoke_api_tokens(seeds.OFFICIAL_ACCOUNT_APPID)
        assert client.user.get(openid)["subscribe"] == 0
        assert platform.count("/api/cgi-bin/token") == 2

    def test_whitelist(self, client: WeChatClient, platform: Platform) -> None:
        platform.find_app(seeds.OFFICIAL_ACCOUNT_APPID).ip_whitelist = "198.51.100.7"
        with pytest.raises(WeChatClientException) as refused:
            client.fetch_access_token()
        assert refused.value.errcode == 40164


class Nonces:
    """What social-core keeps of a state that is under way."""

    open: set[tuple[object, ...]] = set()

    @classmethod
    def use(cls, *nonce: object) -> bool:
        cls.open.add(nonce)
        return True

    @classmethod
    def consume(cls, *nonce: object) -> bool:
        return nonce in cls.open and not cls.open.discard(nonce)


class Storage:
    """social-core's storage, as far as it is used here."""

    nonce = Nonces


class Strategy(BaseStrategy):
    """The least that social-core needs of a framework: settings, a session, the callback's parameters."""

    def __init__(self, appid: str, secret: str) -> None:
        super().__init__(storage=Storage)
        self.settings = {"KEY": appid, "SECRET": secret}
        self.session: dict[str, Any] = {}
        self.data: Mapping[str, str] = {}

    def get_setting(self, name: str) -> Any:
        return self.settings[name.rsplit("_", 1)[-1]]

    def request_data(self, merge: bool = True) -> Mapping[str, str]:
        return self.data

    def request_host(self) -> str:
        return "127.0.0.1"

    def build_absolute_uri(self, path: str | None = None) -> str:
        return str(path)

    def session_get(self, name: str, default: Any = None) -> Any:
        return self.session.get(name, default)

    def session_set(self, name: str, value: Any) -> None:
        self.session[name] = value

    def session_setdefault(self, name: str, value: Any) -> Any:
        return self.session.setdefault(name, value)

    def session_pop(self, name: str) -> Any:
        return self.session.pop(name, None)

    def authenticate(self, backend: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the profile where a framework would return its user."""
        return kwargs["response"]


class TestSocialCore:
    def complete(self, backend: Any, strategy: Strategy, callback: Mapping[str, str]) -> dict[str, Any]:
        strategy.data = backend.data = callback
        profile: dict[str, Any] = backend.auth_complete()
        return profile

    @pytest.mark.parametrize("person", PEOPLE)
    def test_website_app(self, platform: Platform, http: requests.Session, person: str) -> None:
        strategy = Strategy(seeds.WEBSITE_APP_APPID, seeds.WEBSITE_APP_SECRET)
        backend = WeixinOAuth2(strategy, redirect_uri=CALLBACK)
        profile = self.complete(backend, strategy, scan(platform, http, backend.auth_url(), person))
        # It undoes the mojibake of "text/plain without charset", and so depends on it.
        assert profile["nickname"] == platform.people[person].nickname
        assert profile["openid"] == platform.people[person].openid(seeds.WEBSITE_APP_APPID)

    def test_its_nickname_breaks_as_soon_as_the_charset_is_right(
        self, platform: Platform, http: requests.Session
    ) -> None:
        platform.switch(api_content_type="application/json")
        strategy = Strategy(seeds.WEBSITE_APP_APPID, seeds.WEBSITE_APP_SECRET)
        backend = WeixinOAuth2(strategy, redirect_uri=CALLBACK)
        profile = self.complete(backend, strategy, scan(platform, http, backend.auth_url()))
        assert profile["nickname"] == r"\u5f20\u4e09"

    def test_official_account(self, platform: Platform, http: requests.Session) -> None:
        platform.switch(silent_consent=True)
        strategy = Strategy(seeds.OFFICIAL_ACCOUNT_APPID, seeds.OFFICIAL_ACCOUNT_SECRET)
        strategy.settings["SCOPE"] = ["snsapi_userinfo"]
        backend = WeixinOAuth2APP(strategy, redirect_uri=CALLBACK)
        profile = self.complete(backend, strategy, open_inside_wechat(http, backend.auth_url()))
        assert profile["openid"] == platform.person.openid(seeds.OFFICIAL_ACCOUNT_APPID)


@pytest.mark.django_db
class TestAllauthWeixin:
    @pytest.fixture(autouse=True)
    def _configured(self, settings: Any, platform: Platform) -> None:
        app = {"client_id": seeds.WEBSITE_APP_APPID, "secret": seeds.WEBSITE_APP_SECRET, "key": ""}
        settings.SOCIALACCOUNT_PROVIDERS = {"weixin": {"APPS": [app]}}
        platform.find_app(seeds.WEBSITE_APP_APPID).callback_domain = "testserver"

    def sign_in(self, client: Client, platform: Platform, http: requests.Session, person: str) -> SocialAccount:
        start = client.post(reverse("weixin_login"))
        callback = scan(platform, http, start.headers["Location"], person)
        finish = client.get(reverse("weixin_callback"), callback)
        assert urlsplit(finish.headers["Location"]).path == "/accounts/profile/"
        account: SocialAccount = SocialAccount.objects.get()
        return account

    @pytest.mark.parametrize("person", PEOPLE)
    def test_website_app(self, client: Client, platform: Platform, http: requests.Session, person: str) -> None:
        account = self.sign_in(client, platform, http, person)
        # Its uid is the openid, although a unionid is there.
        assert account.uid == platform.people[person].openid(seeds.WEBSITE_APP_APPID)
        assert account.extra_data["nickname"] == platform.people[person].nickname

    def test_its_nickname_breaks_as_soon_as_the_charset_is_right(
        self, client: Client, platform: Platform, http: requests.Session
    ) -> None:
        platform.switch(api_content_type="application/json")
        assert self.sign_in(client, platform, http, "zhangsan").extra_data["nickname"] == r"\u5f20\u4e09"
