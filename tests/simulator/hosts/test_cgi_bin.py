"""Do the `/cgi-bin/*` endpoints answer as WeChat's do? Tokens, QR codes, followers, and every refusal."""

import json
import re
from typing import Any
from urllib.parse import quote

import pytest
import requests

from django_wechat.simulator import seeds
from django_wechat.simulator.platform import Platform
from django_wechat.simulator.server import SimulatorServer
from django_wechat.simulator.world.account_qrs import MAX_LIFETIME

APPID, SECRET = seeds.OFFICIAL_ACCOUNT_APPID, seeds.OFFICIAL_ACCOUNT_SECRET
CREDENTIALS = {"grant_type": "client_credential", "appid": APPID, "secret": SECRET}
ORDER = {"expire_seconds": 600, "action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "login_ab12"}}}


class CgiBin:
    """The endpoints, as a client would call them."""

    def __init__(self, server: SimulatorServer, platform: Platform, http: requests.Session) -> None:
        self.base, self.platform, self.http = f"{server.api_base_url}/cgi-bin", platform, http
        self.showqrcode = f"{server.mp_base_url}/cgi-bin/showqrcode"

    def get(self, name: str, **params: str | None) -> dict[str, Any]:
        return dict(self.http.get(f"{self.base}/{name}", params=params).json())

    def post(self, name: str, order: object = None, data: bytes | None = None, **params: str) -> dict[str, Any]:
        body = json.dumps(order, ensure_ascii=False).encode() if data is None else data
        return dict(self.http.post(f"{self.base}/{name}", params=params, data=body).json())

    def token(self, **replaced: str | None) -> dict[str, Any]:
        return self.get("token", **(CREDENTIALS | replaced))

    def stable(self, **replaced: object) -> dict[str, Any]:
        return self.post("stable_token", CREDENTIALS | replaced)

    def use(self, token: dict[str, Any]) -> int:
        """Return the errcode of a call with this token, 0 if it works."""
        openid = self.platform.person.openid(APPID)
        return int(self.get("user/info", access_token=token["access_token"], openid=openid).get("errcode", 0))

    def create(self, order: object = ORDER, **replaced: object) -> dict[str, Any]:
        asked = order | replaced if isinstance(order, dict) else order
        return self.post("qrcode/create", asked, access_token=self.token()["access_token"])


@pytest.fixture
def cgi(wechat_simulator: SimulatorServer, platform: Platform, http: requests.Session) -> CgiBin:
    return CgiBin(wechat_simulator, platform, http)


# --- tokens ---


def test_token_answer_and_headers(cgi: CgiBin, platform: Platform) -> None:
    answer = cgi.http.get(f"{cgi.base}/token", params=CREDENTIALS)
    assert answer.headers["Content-Type"] == "application/json; encoding=utf-8"
    assert set(answer.json()) == {"access_token", "expires_in"}
    assert answer.json()["expires_in"] == 7200
    assert platform.count("/api/cgi-bin/token") == 1


def test_a_new_token_leaves_the_old_one_five_minutes(cgi: CgiBin, platform: Platform) -> None:
    first, second = cgi.token(), cgi.token()
    assert first != second
    assert (cgi.use(first), cgi.use(second)) == (0, 0)
    platform.advance(301)
    assert (cgi.use(first), cgi.use(second)) == (40001, 0)
    platform.advance(7000)
    assert cgi.use(second) == 42001


def test_stable_token_is_the_same_with_what_remains(cgi: CgiBin, platform: Platform) -> None:
    first = cgi.stable()
    platform.advance(6000)
    second = cgi.stable(force_refresh=False)
    assert (first["access_token"], second["expires_in"]) == (second["access_token"], 1200)
    platform.advance(1000)
    renewed = cgi.stable()
    assert renewed["expires_in"] == 7200
    assert (cgi.use(first), cgi.use(renewed)) == (0, 0)
    platform.advance(200)
    assert (cgi.use(first), cgi.use(renewed)) == (42001, 0)
    assert platform.count("/api/cgi-bin/stable_token") == 3


def test_both_kinds_are_isolated(cgi: CgiBin, platform: Platform) -> None:
    stable, ordinary = cgi.stable(), cgi.token()
    cgi.stable(force_refresh=True)
    cgi.token()
    platform.advance(30)
    assert (cgi.use(stable), cgi.use(ordinary)) == (40001, 0)
    assert cgi.use(cgi.stable()) == 0


def test_forcing_kills_at_once_and_has_limits(cgi: CgiBin, platform: Platform) -> None:
    first = cgi.stable()
    second = cgi.stable(force_refresh=True)
    assert (cgi.use(first), cgi.use(second)) == (40001, 0)
    assert cgi.stable(force_refresh=True)["errcode"] == 45009
    assert cgi.stable()["access_token"] == second["access_token"]
    for _ in range(19):
        platform.advance(30)
        assert "access_token" in cgi.stable(force_refresh=True)
    platform.advance(30)
    assert cgi.stable(force_refresh=True)["errcode"] == 45009
    platform.advance(86400)
    assert "access_token" in cgi.stable(force_refresh=True)


def test_revoked_tokens_are_not_latest(cgi: CgiBin, platform: Platform) -> None:
    tokens = [cgi.token(), cgi.stable()]
    other = cgi.token(appid=seeds.UNBOUND_ACCOUNT_APPID, secret=seeds.UNBOUND_ACCOUNT_SECRET)
    platform.revoke_api_tokens(APPID)
    assert [cgi.use(token) for token in tokens] == [40001, 40001]
    assert cgi.use(other) == 40003
    assert cgi.use(cgi.stable()) == 0


@pytest.mark.parametrize(
    ("replaced", "errcode"),
    [
        ({"appid": None}, 41002),
        ({"secret": None}, 41004),
        ({"appid": "wx0000000000000000"}, 40013),
        ({"appid": APPID.upper()}, 40013),
        ({"appid": seeds.WEBSITE_APP_APPID, "secret": seeds.WEBSITE_APP_SECRET}, 40013),
        ({"secret": "0" * 32}, 40125),
        ({"grant_type": "client_credentials"}, 40002),
    ],
)
def test_token_refusals(cgi: CgiBin, replaced: dict[str, str | None], errcode: int) -> None:
    assert cgi.token(**replaced)["errcode"] == errcode
    assert cgi.stable(**replaced)["errcode"] == errcode


def test_frozen_secret(cgi: CgiBin, platform: Platform) -> None:
    platform.find_app(APPID).secret_frozen = True
    assert cgi.token()["errcode"] == cgi.stable()["errcode"] == 40243


@pytest.mark.parametrize(
    ("style", "errmsg"),
    [
        ("hint", r"invalid ip 127\.0\.0\.1, not in whitelist hint: \[\S+\]"),
        ("mixed", r"invalid ip 127\.0\.0\.1 ipv6 ::ffff:127\.0\.0\.1, not in whitelist rid: \w{8}-\w{8}-\w{8}"),
        ("rid", r"invalid ip 127\.0\.0\.1 ipv6 ::ffff:127\.0\.0\.1, not in whitelist, rid: \w{8}-\w{8}-\w{8}"),
    ],
)
def test_ip_whitelist(cgi: CgiBin, platform: Platform, style: str, errmsg: str) -> None:
    platform.switch(errmsg_style=style)
    app = platform.find_app(APPID)
    app.ip_whitelist = "127.0.0.1, 198.51.100.7"
    assert "access_token" in cgi.token()
    app.ip_whitelist = "198.51.100.7"
    for refused in (cgi.token(), cgi.stable()):
        assert refused["errcode"] == 40164
        assert re.fullmatch(errmsg, refused["errmsg"])


def test_whitelist_as_a_fault_names_the_address_too(cgi: CgiBin, platform: Platform) -> None:
    platform.set_fault("40164", "cgi-bin/stable_token", once=True)
    assert cgi.stable()["errmsg"].startswith("invalid ip 127.0.0.1 ")
    assert "access_token" in cgi.stable()


def test_methods_and_bodies(cgi: CgiBin) -> None:
    assert cgi.post("token", {})["errcode"] == 43001
    assert cgi.get("stable_token")["errcode"] == cgi.get("qrcode/create")["errcode"] == 43002
    assert cgi.post("stable_token", data=b"")["errcode"] == 44002
    assert cgi.post("stable_token", data=b"appid=x&secret=y")["errcode"] == 47001
    assert cgi.post("stable_token", [])["errcode"] == 47001


# --- QR codes ---


def test_qrcode_answer(cgi: CgiBin, platform: Platform) -> None:
    answer = cgi.create()
    assert set(answer) == {"ticket", "expire_seconds", "url"}
    assert answer["expire_seconds"] == 600
    assert {"+", "/", "="} <= set(answer["ticket"])
    qr = platform.find_account_qr(answer["ticket"])
    assert qr.scene == "login_ab12"
    assert platform.find_account_qr(answer["url"]) is qr is platform.find_account_qr()
    assert platform.account_qrs() == [qr]
    platform.advance(600)
    assert platform.account_qrs() == []


@pytest.mark.parametrize(
    ("asked", "got"),
    [(600, 600), (None, 60), (0, 60), (MAX_LIFETIME, MAX_LIFETIME), (MAX_LIFETIME + 1, MAX_LIFETIME)],
)
def test_lifetimes(cgi: CgiBin, asked: int | None, got: int) -> None:
    assert cgi.create(expire_seconds=asked)["expire_seconds"] == got


@pytest.mark.parametrize(
    ("action", "scene", "accepted"),
    [
        ("QR_STR_SCENE", {"scene_str": "x" * 64}, True),
        ("QR_STR_SCENE", {"scene_str": "茶" * 64}, True),
        ("QR_STR_SCENE", {"scene_str": "x" * 65}, False),
        ("QR_STR_SCENE", {"scene_str": ""}, False),
        ("QR_STR_SCENE", {"scene_id": 5}, False),
        ("QR_SCENE", {"scene_id": 2**32 - 1}, True),
        ("QR_SCENE", {"scene_id": 2**32}, False),
        ("QR_SCENE", {"scene_id": 0}, False),
        ("QR_SCENE", {"scene_id": True}, False),
        ("QR_LIMIT_SCENE", {"scene_id": 100_000}, True),
        ("QR_LIMIT_SCENE", {"scene_id": 100_001}, False),
        ("QR_LIMIT_STR_SCENE", {"scene_str": "for good"}, True),
        ("QR_LIMIT_STR_SCENE", None, False),
    ],
)
def test_scenes(cgi: CgiBin, action: str, scene: object, accepted: bool) -> None:
    answer = cgi.create(action_name=action, action_info={"scene": scene})
    assert answer.get("errcode") == (None if accepted else 40053)
    assert ("expire_seconds" in answer) is (accepted and "LIMIT" not in action)


def test_a_permanent_qr_code_stays(cgi: CgiBin, platform: Platform) -> None:
    cgi.create(action_name="QR_LIMIT_STR_SCENE")
    platform.advance(10 * MAX_LIFETIME)
    cgi.create()
    assert len(platform.account_qrs()) == 2


def test_yesterdays_qr_codes_are_forgotten(cgi: CgiBin, platform: Platform) -> None:
    old = cgi.create()["ticket"]
    platform.advance(600 + 86400)
    cgi.create()
    with pytest.raises(ValueError, match="unknown QR code"):
        platform.find_account_qr(old)


@pytest.mark.parametrize(
    ("body", "errcode"),
    [
        (b"{'action_name': 'QR_STR_SCENE'}", 40052),
        (b'{"action_name": "QR_OTHER"}', 40052),
        (b'{"action_name": ["QR_SCENE"]}', 40052),
        (b"[1]", 40052),
        ("茶".encode("gbk"), 40052),
        (b"", 44002),
        (b'{"action_name": "QR_STR_SCENE"}', 40053),
        (b'{"action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "\\u8336"}}}', 40033),
    ],
)
def test_bodies_that_are_refused(cgi: CgiBin, body: bytes, errcode: int) -> None:
    answer = cgi.post("qrcode/create", data=body, access_token=cgi.token()["access_token"])
    assert answer["errcode"] == errcode


@pytest.mark.parametrize("name", ["qrcode/create", "user/info"])
def test_token_errors_and_rights(cgi: CgiBin, platform: Platform, name: str) -> None:
    def call(**params: str) -> int:
        openid = platform.person.openid(APPID)
        answer = cgi.get(name, openid=openid, **params) if name == "user/info" else cgi.post(name, ORDER, **params)
        return int(answer.get("errcode", 0))

    assert call() == 41001
    assert call(access_token="12_unknown") == 40014
    token = cgi.token()["access_token"]
    assert call(access_token=token) == 0
    platform.find_app(APPID).verified = False
    assert call(access_token=token) == 48001


def test_picture_by_ticket(cgi: CgiBin) -> None:
    ticket = cgi.create()["ticket"]
    picture = cgi.http.get(f"{cgi.showqrcode}?ticket={quote(ticket, safe='')}")
    assert (picture.status_code, picture.headers["Content-Type"]) == (200, "image/jpg")
    assert picture.content.startswith(b"\x89PNG")
    # Not encoded, its "+" arrives as a space.
    assert cgi.http.get(f"{cgi.showqrcode}?ticket={ticket}").status_code == 404
    assert cgi.http.get(f"{cgi.showqrcode}?ticket=unknown").status_code == 404
    assert cgi.http.get(cgi.showqrcode).status_code == 404


# --- followers ---


def user_info(cgi: CgiBin, openid: str, appid: str = APPID, secret: str = SECRET) -> dict[str, Any]:
    token = cgi.token(appid=appid, secret=secret)["access_token"]
    return cgi.get("user/info", access_token=token, openid=openid, lang="zh_CN")


def test_strangers_have_only_an_openid(cgi: CgiBin, platform: Platform) -> None:
    openid = platform.person.openid(APPID)
    assert user_info(cgi, openid) == {"subscribe": 0, "openid": openid}


def test_followers_have_no_name_and_no_picture(cgi: CgiBin, platform: Platform) -> None:
    platform.follow(APPID)
    info = user_info(cgi, platform.person.openid(APPID))
    assert info["subscribe"] == 1
    assert info["unionid"] == platform.person.unionid(seeds.OPEN_PLATFORM_ACCOUNT)
    assert (info["nickname"], info["headimgurl"], info["sex"]) == ("", "", 0)
    assert (info["subscribe_scene"], info["qr_scene"], info["qr_scene_str"]) == ("ADD_SCENE_SEARCH", 0, "")
    platform.unfollow(APPID)
    assert user_info(cgi, platform.person.openid(APPID))["subscribe"] == 0


@pytest.mark.parametrize(
    ("action", "scene", "number", "text"),
    [("QR_STR_SCENE", {"scene_str": "abc"}, 0, "abc"), ("QR_SCENE", {"scene_id": 123}, 123, "")],
)
def test_followers_by_qr_code(
    cgi: CgiBin, platform: Platform, action: str, scene: object, number: int, text: str
) -> None:
    platform.scan_account_qr(cgi.create(action_name=action, action_info={"scene": scene})["ticket"])
    platform.follow(APPID)
    info = user_info(cgi, platform.person.openid(APPID))
    assert (info["subscribe_scene"], info["qr_scene"], info["qr_scene_str"]) == ("ADD_SCENE_QR_CODE", number, text)


def test_no_unionid_without_an_open_platform_account(cgi: CgiBin, platform: Platform) -> None:
    appid = seeds.UNBOUND_ACCOUNT_APPID
    platform.follow(appid)
    assert "unionid" not in user_info(cgi, platform.person.openid(appid), appid, seeds.UNBOUND_ACCOUNT_SECRET)


@pytest.mark.parametrize("openid", ["oUnknown", seeds.PEOPLE[0].openid(seeds.WEBSITE_APP_APPID)])
def test_openids_of_nobody_here(cgi: CgiBin, openid: str) -> None:
    assert user_info(cgi, openid)["errcode"] == 40003


def test_openid_missing(cgi: CgiBin) -> None:
    assert user_info(cgi, "")["errcode"] == 41009
