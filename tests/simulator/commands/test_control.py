"""Can another process drive the simulator, and is it told what it did wrong?"""

import pytest
import requests

from django_wechat.simulator import seeds
from django_wechat.simulator.platform import Platform
from django_wechat.simulator.server import SimulatorServer
from tests.simulator.push_site import push_site


class Control:
    """`control/` as a test in another language would use it."""

    def __init__(self, server: SimulatorServer, http: requests.Session) -> None:
        self.base, self.http = f"{server.url}/control/", http

    def state(self) -> dict[str, object]:
        answer: dict[str, object] = self.http.get(self.base).json()
        return answer

    def __call__(self, name: str, **values: object) -> dict[str, object]:
        answer: dict[str, object] = self.http.post(self.base + name, json=values).json()
        return answer


@pytest.fixture
def control(wechat_simulator: SimulatorServer, http: requests.Session) -> Control:
    return Control(wechat_simulator, http)


@pytest.fixture
def uuid(platform: Platform) -> str:
    return platform.open_qr(seeds.WEBSITE_APP_APPID, "http://127.0.0.1/cb", "abc").uuid


def test_state_tells_everything(control: Control, uuid: str) -> None:
    state = control.state()
    assert state["person"] == "zhangsan"
    assert state["qrs"] == [
        {
            "uuid": uuid,
            "appid": seeds.WEBSITE_APP_APPID,
            "redirect_uri": "http://127.0.0.1/cb",
            "state": "abc",
            "status": 408,
        }
    ]
    assert "scan" in state["commands"]  # type: ignore[operator]


def test_scan_and_allow_the_newest(control: Control, platform: Platform, uuid: str) -> None:
    assert control("scan", person="jose")["status"] == 404
    assert len(str(control("allow")["code"])) == 32
    assert platform.find_qr(uuid).person == platform.people["jose"]
    assert control.state()["qrs"] == []


@pytest.mark.parametrize(("name", "status"), [("refuse", 403), ("expire", 402)])
def test_refuse_and_expire(control: Control, uuid: str, name: str, status: int) -> None:
    assert control(name, uuid=uuid)["status"] == status


def test_choose_a_person_and_issue_a_code(control: Control, platform: Platform) -> None:
    assert control("person", person="xiaohua") == {"person": "xiaohua"}
    code = str(control("code", appid=seeds.WEBSITE_APP_APPID)["code"])
    assert platform.exchange(platform.find_app(seeds.WEBSITE_APP_APPID), code).person.key == "xiaohua"


def test_faults_and_healing(control: Control) -> None:
    assert control("fault", kind="slow", seconds=0.5, once=True) == {
        "kind": "slow",
        "endpoint": "any",
        "seconds": 0.5,
        "once": True,
    }
    assert control("heal") == {"faults": []}


def test_switches_and_apps(control: Control, platform: Platform) -> None:
    control("switch", any_browser_is_wechat="on", qr_lifetime=5, errmsg_style="plain")
    assert (platform.behaviour.any_browser_is_wechat, platform.behaviour.qr_lifetime) == (True, 5.0)
    control("app", appid=seeds.WEBSITE_APP_APPID, callback_domain="a.example", any_loopback_host=False)
    app = platform.find_app(seeds.WEBSITE_APP_APPID)
    assert (app.callback_domain, app.any_loopback_host) == ("a.example", False)


def test_time_and_reset(control: Control, platform: Platform, uuid: str) -> None:
    control("advance", seconds=301)
    assert platform.find_qr(uuid).status == 402
    control("reset")
    assert control.state()["requests"] == {}


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("dance", {}),
        ("scan", {}),
        ("scan", {"uuid": "unknown"}),
        ("person", {"person": "nobody"}),
        ("code", {"appid": "wx0"}),
        ("fault", {"kind": "earthquake"}),
        ("switch", {"colour": "red"}),
        ("switch", {"snapshot": "perhaps"}),
        ("advance", {"seconds": "soon"}),
        ("scan_account_qr", {"ticket": "unknown"}),
        ("follow", {"appid": seeds.WEBSITE_APP_APPID}),
        ("push_raw", {"appid": seeds.OFFICIAL_ACCOUNT_APPID, "query": []}),
        ("server_config", {"appid": seeds.OFFICIAL_ACCOUNT_APPID, "push_mode": "loud"}),
    ],
)
def test_wrong_words_are_400_with_an_explanation(
    control: Control, wechat_simulator: SimulatorServer, name: str, values: dict[str, object]
) -> None:
    answer = control.http.post(control.base + name, json=values)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_the_body_must_be_an_object(control: Control) -> None:
    assert control.http.post(control.base + "scan", json=[1]).status_code == 400


def test_an_account_from_its_console_to_its_chat(control: Control, platform: Platform) -> None:
    appid = seeds.OFFICIAL_ACCOUNT_APPID
    order = {"action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "abc"}}}
    qr = platform.create_account_qr(platform.find_app(appid), order)
    with push_site() as site:
        submitted = control("server_config", appid=appid, push_url=site.url, push_mode="plain")
        assert submitted == {"accepted": True, "words": "提交成功", "explanation": ""}
        assert control("verify_push_url", appid=appid) == submitted
        (described,) = control.state()["account_qrs"]  # type: ignore[misc]
        assert described["ticket"] == qr.ticket
        assert control("scan_account_qr", person="jose") == {
            "result": "card",
            "appid": appid,
            "scene": "abc",
            "push": {},
        }
        assert control("follow", appid=appid, person="jose")["verdict"] == "ok"
        assert control("scan_account_qr", ticket=described["path"], person="jose")["push"]["message"]["Event"] == "SCAN"  # type: ignore[index]
        assert control("send_text", appid=appid, person="jose", text="hello")["status"] == 200
        assert control("menu_click", appid=appid, person="jose", key="HELP")["tries"] == 1
        assert control("send_location", appid=appid, person="jose")["verdict"] == "ok"
        last = control("last_push", appid=appid)
        assert control("push_raw", appid=appid, body=last["sent"], query=last["query"])["body"] == "success"
        assert control("unfollow", appid=appid, person="jose", wait=False)["message"]["Event"] == "unsubscribe"  # type: ignore[index]
        (message,) = control("chat", appid=appid, person="jose")["messages"]  # type: ignore[misc]
        assert (message["sender"], message["text"], message["links"]) == ("person", "hello", [])
        assert control("show_account", appid=appid) == {"shown_account": appid}
        assert control("revoke_api_tokens", appid=appid) == {}
