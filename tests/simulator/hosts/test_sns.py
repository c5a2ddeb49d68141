"""Does api.weixin.qq.com answer as recorded? `/sns/*`: errcodes, lifetimes, unionids, the raw bytes."""

import json
import re

import pytest
import requests

from django_wechat.simulator import seeds
from django_wechat.simulator.platform import Platform
from django_wechat.simulator.server import SimulatorServer
from django_wechat.simulator.world.errors import ERRMSGS, Refusal

ID = re.compile(r"o[A-Za-z0-9_-]{27}")
RID = r"[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}"
STRIP_SUFFIX = re.compile(r"(?:,? ?(?:hints?: ?\[.*?\]|rid: ?[0-9a-f-]+))\s*$")


class Api:
    """A correct client, with single parameters to replace."""

    def __init__(self, server: SimulatorServer, http: requests.Session) -> None:
        self.base, self.http, self.platform = f"{server.api_base_url}/sns", http, server.platform

    def get(self, path: str, **params: str | None) -> requests.Response:
        return self.http.get(f"{self.base}/{path}", params=params)

    def exchange(self, **replaced: str | None) -> dict[str, str]:
        params = {
            "appid": seeds.WEBSITE_APP_APPID,
            "secret": seeds.WEBSITE_APP_SECRET,
            "grant_type": "authorization_code",
        } | replaced
        answer: dict[str, str] = json.loads(self.get("oauth2/access_token", **params).content)
        return answer

    def profile(self, token: dict[str, str], **replaced: str) -> requests.Response:
        params = {"access_token": token["access_token"], "openid": token["openid"]} | replaced
        return self.get("userinfo", **params)


@pytest.fixture
def api(wechat_simulator: SimulatorServer, http: requests.Session) -> Api:
    return Api(wechat_simulator, http)


@pytest.fixture
def code(platform: Platform) -> str:
    return platform.issue_code(seeds.WEBSITE_APP_APPID)


@pytest.fixture
def token(api: Api, code: str) -> dict[str, str]:
    return api.exchange(code=code)


def test_token_answer(token: dict[str, object]) -> None:
    person = seeds.PEOPLE[0]
    assert {key: type(value) for key, value in token.items()} == {
        "access_token": str,
        "expires_in": int,
        "refresh_token": str,
        "openid": str,
        "scope": str,
        "unionid": str,
    }
    assert token["expires_in"] == 7200
    assert token["scope"] == "snsapi_login"
    assert token["openid"] == person.openid(seeds.WEBSITE_APP_APPID)
    assert token["unionid"] == person.unionid(seeds.OPEN_PLATFORM_ACCOUNT)
    assert ID.fullmatch(str(token["openid"]))
    assert ID.fullmatch(str(token["unionid"]))


def test_headers_are_text_plain_without_charset(api: Api) -> None:
    answer = api.get("userinfo")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/plain"


def test_profile_answer(api: Api, token: dict[str, str]) -> None:
    raw = api.profile(token, lang="zh_CN").content
    profile = json.loads(raw)
    assert list(profile) == [
        "openid",
        "nickname",
        "sex",
        "language",
        "city",
        "province",
        "country",
        "headimgurl",
        "privilege",
        "unionid",
    ]
    assert (profile["nickname"], profile["sex"], profile["city"], profile["privilege"]) == ("张三", 0, "", [])
    assert "张三".encode() in raw
    assert b"http:\\/\\/127.0.0.1" in raw
    assert profile["headimgurl"].endswith("/132")


def test_avatar_can_be_fetched(api: Api, token: dict[str, str]) -> None:
    picture = api.http.get(json.loads(api.profile(token).content)["headimgurl"])
    assert picture.headers["Content-Type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")
    drawn = picture.url.replace(api.platform.person.avatar_token, api.platform.find_person("nameless").avatar_token)
    assert api.http.get(drawn).headers["Content-Type"] == "image/svg+xml"
    assert api.http.get(picture.url.replace("/132", "x/132")).status_code == 404


@pytest.mark.parametrize(
    ("person", "nickname", "has_avatar"),
    [("noavatar", "王五", False), ("nameless", "", True), ("xiaohua", "李小花🌸", True), ("jose", "José", True)],
)
def test_profiles_of_the_people(api: Api, person: str, nickname: str, has_avatar: bool) -> None:
    token = api.exchange(code=api.platform.issue_code(seeds.WEBSITE_APP_APPID, person=person))
    profile = json.loads(api.profile(token).content)
    assert (profile["nickname"], bool(profile["headimgurl"])) == (nickname, has_avatar)


def test_control_characters_go_over_the_wire_raw(api: Api) -> None:
    token = api.exchange(code=api.platform.issue_code(seeds.WEBSITE_APP_APPID, person="control"))
    raw = api.profile(token).content
    assert "小\b明\x1f".encode() in raw
    with pytest.raises(json.JSONDecodeError):
        json.loads(raw)


@pytest.mark.parametrize(
    ("replaced", "errcode"),
    [
        ({"appid": None}, 41002),
        ({"appid": "wx0"}, 40013),
        ({"secret": None}, 41004),
        ({"secret": "0" * 32}, 40125),
        ({"code": None}, 41008),
        ({"code": ""}, 41008),
        ({"code": "0" * 32}, 40029),
        ({"grant_type": "client_credential"}, 40002),
        ({"appid": seeds.OFFICIAL_ACCOUNT_APPID, "secret": seeds.OFFICIAL_ACCOUNT_SECRET}, 40029),
    ],
)
def test_exchange_refuses(api: Api, code: str, replaced: dict[str, str | None], errcode: int) -> None:
    assert api.exchange(**({"code": code} | replaced))["errcode"] == errcode
    assert "access_token" in api.exchange(code=code), "a refused exchange does not consume the code"


def test_code_is_good_for_one_exchange(api: Api, code: str) -> None:
    assert "access_token" in api.exchange(code=code)
    assert api.exchange(code=code)["errcode"] == 40163


def test_code_lives_five_minutes(api: Api, code: str) -> None:
    api.platform.advance(299)
    second = api.platform.issue_code(seeds.WEBSITE_APP_APPID)
    assert "access_token" in api.exchange(code=code)
    api.platform.advance(300)
    assert api.exchange(code=second)["errcode"] == 40029


def test_the_code_of_a_mobile_app_lives_ten_minutes(api: Api) -> None:
    """Reference 15."""
    app = {"appid": seeds.MOBILE_APP_APPID, "secret": seeds.MOBILE_APP_SECRET}
    codes = [api.platform.issue_code(seeds.MOBILE_APP_APPID, "snsapi_userinfo") for _ in range(2)]
    api.platform.advance(599)
    assert "unionid" in api.exchange(code=codes[0], **app)
    api.platform.advance(1)
    assert api.exchange(code=codes[1], **app)["errcode"] == 40029


@pytest.mark.parametrize(
    ("appid", "scope", "with_token", "with_profile"),
    [
        (seeds.WEBSITE_APP_APPID, "snsapi_login", True, True),
        (seeds.MOBILE_APP_APPID, "snsapi_userinfo", True, True),
        (seeds.OFFICIAL_ACCOUNT_APPID, "snsapi_userinfo", True, True),
        (seeds.OFFICIAL_ACCOUNT_APPID, "snsapi_base", False, None),
        (seeds.UNBOUND_ACCOUNT_APPID, "snsapi_userinfo", False, False),
    ],
)
def test_who_gets_a_unionid(api: Api, appid: str, scope: str, with_token: bool, with_profile: bool | None) -> None:
    secret, code = api.platform.find_app(appid).secret, api.platform.issue_code(appid, scope)
    token = api.exchange(appid=appid, secret=secret, code=code)
    profile = json.loads(api.profile(token).content)
    assert ("unionid" in token) is with_token
    if with_profile is None:
        assert profile["errcode"] == 48001
    else:
        assert ("unionid" in profile) is with_profile


def test_one_person_has_one_unionid_and_many_openids() -> None:
    person = seeds.PEOPLE[0]
    assert person.openid(seeds.WEBSITE_APP_APPID) != person.openid(seeds.OFFICIAL_ACCOUNT_APPID)
    # Pinned: identities have to survive a restart and an upgrade of the simulator.
    assert person.openid(seeds.WEBSITE_APP_APPID) == "ouErWc4enjLzssQcdEucTV6i6wFj"
    assert person.unionid(seeds.OPEN_PLATFORM_ACCOUNT) == "o33PBjozUCmgNCPIvjAkjMAJIORk"


@pytest.mark.parametrize(
    ("replaced", "errcode"),
    [
        ({"access_token": ""}, 41001),
        ({"access_token": "x"}, 40001),
        ({"openid": ""}, 41009),
        ({"openid": seeds.PEOPLE[0].openid(seeds.OFFICIAL_ACCOUNT_APPID)}, 40003),
    ],
)
@pytest.mark.parametrize("path", ["userinfo", "auth"])
def test_token_calls_refuse(api: Api, token: dict[str, str], path: str, replaced: dict[str, str], errcode: int) -> None:
    params = {"access_token": token["access_token"], "openid": token["openid"]} | replaced
    assert api.get(path, **params).json()["errcode"] == errcode


def test_auth_says_ok_while_the_token_lives(api: Api, token: dict[str, str]) -> None:
    params = {"access_token": token["access_token"], "openid": token["openid"]}
    assert api.get("auth", **params).json() == {"errcode": 0, "errmsg": "ok"}
    api.platform.advance(7200)
    assert api.get("auth", **params).json()["errcode"] == 42001


def test_refresh_renews_or_replaces_the_token(api: Api, token: dict[str, str]) -> None:
    def refresh() -> dict[str, str]:
        params = {"appid": seeds.WEBSITE_APP_APPID, "grant_type": "refresh_token"}
        answer: dict[str, str] = api.get("oauth2/refresh_token", refresh_token=token["refresh_token"], **params).json()
        return answer

    assert refresh()["access_token"] == token["access_token"]
    assert "unionid" not in refresh()
    api.platform.advance(7200)
    assert refresh()["access_token"] != token["access_token"]
    api.platform.advance(30 * 86400)
    assert refresh()["errcode"] == 42002


@pytest.mark.parametrize(
    ("params", "errcode"),
    [
        ({}, 41002),
        ({"appid": seeds.WEBSITE_APP_APPID}, 40002),
        ({"appid": seeds.WEBSITE_APP_APPID, "grant_type": "refresh_token"}, 41003),
        ({"appid": seeds.WEBSITE_APP_APPID, "grant_type": "refresh_token", "refresh_token": "x"}, 40030),
    ],
)
def test_refresh_refuses(api: Api, params: dict[str, str], errcode: int) -> None:
    assert api.get("oauth2/refresh_token", **params).json()["errcode"] == errcode


def test_post_is_tolerated_only_where_it_is_in_use(api: Api, code: str) -> None:
    form = {"appid": seeds.WEBSITE_APP_APPID, "secret": seeds.WEBSITE_APP_SECRET, "code": code}
    answer = api.http.post(f"{api.base}/oauth2/access_token", data=form | {"grant_type": "authorization_code"})
    assert "access_token" in answer.json()
    assert api.http.post(f"{api.base}/userinfo").json()["errcode"] == 43001


@pytest.mark.parametrize(
    ("style", "errmsg"),
    [
        ("plain", r"invalid code"),
        ("req_id", r"invalid code, hints: \[ req_id: \S+ \]"),
        ("hint", r"invalid code hint: \[\S+\]"),
        ("rid", rf"invalid code, rid: {RID}"),
        ("bare_rid", rf"invalid code rid: {RID}"),
        ("mixed", rf"invalid code, rid: {RID}"),
    ],
)
def test_errmsg_has_the_suffix_of_the_style(api: Api, style: str, errmsg: str) -> None:
    api.platform.switch(errmsg_style=style)
    assert re.fullmatch(errmsg, api.exchange(code="0" * 32)["errmsg"])


def test_mixed_style_mixes_all_five() -> None:
    styles = {errmsg.style for errmsg in ERRMSGS.values()}
    assert len(styles) == 5
    for errcode, errmsg in ERRMSGS.items():
        body = Refusal(errcode).body(Platform().behaviour.errmsg_style)
        assert STRIP_SUFFIX.sub("", str(body["errmsg"])) == errmsg.text
