"""What happens inside WeChat? Silent sign-in, consent sheet, refusal, snapshot page, ordinary browsers."""

import pytest
import requests

from django_wechat.simulator import seeds
from django_wechat.simulator.platform import Platform
from django_wechat.simulator.server import SimulatorServer
from tests.simulator.links import CALLBACK, IPHONE, WECOM, authorize_url, callback_parameters, error_title


@pytest.fixture
def wechat(http: requests.Session) -> requests.Session:
    """Return WeChat's own browser."""
    http.headers["User-Agent"] = IPHONE
    return http


def exchange(server: SimulatorServer, client: requests.Session, location: str) -> dict[str, object]:
    """Turn the code of a callback into a token answer."""
    params = {
        "appid": seeds.OFFICIAL_ACCOUNT_APPID,
        "secret": seeds.OFFICIAL_ACCOUNT_SECRET,
        "code": callback_parameters(location)["code"],
        "grant_type": "authorization_code",
    }
    answer: dict[str, object] = client.get(f"{server.api_base_url}/sns/oauth2/access_token", params=params).json()
    return answer


@pytest.mark.parametrize("user_agent", ["Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0 Safari/537.36", WECOM])
def test_other_browsers_are_sent_to_wechat(
    wechat_simulator: SimulatorServer, http: requests.Session, user_agent: str
) -> None:
    page = http.get(authorize_url(wechat_simulator), headers={"User-Agent": user_agent})
    assert (page.status_code, error_title(page.text)) == (200, "请在微信客户端打开链接")


def test_every_browser_can_be_treated_as_wechat(
    wechat_simulator: SimulatorServer, platform: Platform, http: requests.Session
) -> None:
    platform.switch(any_browser_is_wechat=True)
    assert http.get(authorize_url(wechat_simulator), allow_redirects=False).status_code == 302


def test_base_scope_is_silent(wechat_simulator: SimulatorServer, wechat: requests.Session) -> None:
    answer = wechat.get(authorize_url(wechat_simulator), allow_redirects=False)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(f"{CALLBACK}?code=")
    assert callback_parameters(answer.headers["Location"])["state"] == "abc123"


def test_userinfo_scope_asks_and_goes_on_after_allow(
    wechat_simulator: SimulatorServer, wechat: requests.Session
) -> None:
    url = authorize_url(wechat_simulator, scope="snsapi_userinfo")
    assert "茶馆服务号" in wechat.get(url, allow_redirects=False).text
    answer = wechat.post(url, data={"act": "allow", "person": "xiaohua"}, allow_redirects=False)
    token = exchange(wechat_simulator, wechat, answer.headers["Location"])
    assert token["scope"] == "snsapi_userinfo"
    assert token["openid"] == seeds.PEOPLE[1].openid(seeds.OFFICIAL_ACCOUNT_APPID)


def test_refusal_leads_nowhere(wechat_simulator: SimulatorServer, wechat: requests.Session) -> None:
    url = authorize_url(wechat_simulator, scope="snsapi_userinfo")
    page = wechat.post(url, data={"act": "refuse"}, allow_redirects=False)
    assert page.status_code == 200
    assert 'data-done="refuse"' in page.text


def test_followers_need_not_be_asked(
    wechat_simulator: SimulatorServer, platform: Platform, wechat: requests.Session
) -> None:
    platform.switch(silent_consent=True)
    platform.choose_person("jose")
    answer = wechat.get(authorize_url(wechat_simulator, scope="snsapi_userinfo"), allow_redirects=False)
    token = exchange(wechat_simulator, wechat, answer.headers["Location"])
    assert token["openid"] == seeds.PEOPLE[2].openid(seeds.OFFICIAL_ACCOUNT_APPID)
    assert "is_snapshotuser" not in token


@pytest.mark.parametrize("extra", ["", "&forceSnapShot=true"])
def test_snapshot_page_gets_a_virtual_person(
    wechat_simulator: SimulatorServer, platform: Platform, wechat: requests.Session, extra: str
) -> None:
    platform.switch(snapshot=not extra)
    url = authorize_url(wechat_simulator, scope="snsapi_userinfo") + extra
    token = exchange(wechat_simulator, wechat, wechat.get(url, allow_redirects=False).headers["Location"])
    params = {"access_token": str(token["access_token"]), "openid": str(token["openid"])}
    profile = wechat.get(f"{wechat_simulator.api_base_url}/sns/userinfo", params=params)
    assert token["is_snapshotuser"] == 1
    assert token["openid"] != seeds.PEOPLE[0].openid(seeds.OFFICIAL_ACCOUNT_APPID)
    assert "微信用户".encode() in profile.content


def test_snapshot_profile_can_be_refused(
    wechat_simulator: SimulatorServer, platform: Platform, wechat: requests.Session
) -> None:
    platform.switch(snapshot_userinfo_refused=True)
    code = platform.issue_code(seeds.OFFICIAL_ACCOUNT_APPID, "snsapi_userinfo", is_snapshot=True)
    token = exchange(wechat_simulator, wechat, f"{CALLBACK}?code={code}")
    params = {"access_token": str(token["access_token"]), "openid": str(token["openid"])}
    assert wechat.get(f"{wechat_simulator.api_base_url}/sns/userinfo", params=params).json()["errcode"] == 48001


def test_base_scope_knows_no_snapshot(
    wechat_simulator: SimulatorServer, platform: Platform, wechat: requests.Session
) -> None:
    platform.switch(snapshot=True)
    answer = wechat.get(authorize_url(wechat_simulator), allow_redirects=False)
    assert "is_snapshotuser" not in exchange(wechat_simulator, wechat, answer.headers["Location"])


def test_error_page_shows_the_code(wechat_simulator: SimulatorServer, wechat: requests.Session) -> None:
    page = wechat.get(authorize_url(wechat_simulator, appid=seeds.WEBSITE_APP_APPID))
    assert "错误码：10016" in page.text
