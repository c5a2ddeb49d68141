"""Does the example with REST framework and simplejwt hold together? Served by its own settings, asked over HTTP."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import requests
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from django_wechat.simulator import seeds
from example_project.demo_process import ROOT, served, surroundings
from tests.user_agents import IPHONE_WECHAT

FOLDER = ROOT / "examples" / "drf_simplejwt"
MINI = "/accounts/wechat/mini-program/"
PASSWORD = "a-long-password-of-li"
PREPARE = f"""
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.contrib.auth import get_user_model
get_user_model().objects.create_user("li", password={PASSWORD!r})
"""


class Client:
    """A client of the API. A program keeps no cookies; a browser's are in its `requests.Session`."""

    def __init__(self, site: str) -> None:
        self.site = site
        self.http = requests.Session()
        self.http.trust_env = False

    def get(self, path: str, token: str = "") -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self.http.get(self.site + path, headers=headers, timeout=10, allow_redirects=False)

    def post(self, path: str, body: Any, token: str = "") -> requests.Response:
        headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        return self.http.post(self.site + path, json=body, headers=headers, timeout=10)

    def phone(self, command: str, **values: str) -> Any:
        answer = self.post(f"/simulator/control/{command}", values)
        assert answer.ok, answer.text
        return answer.json()

    def open_qr(self, provider: str) -> Any:
        self.get("/")
        form = {
            "csrfmiddlewaretoken": self.http.cookies["drf_csrftoken"],
            "provider": provider,
            "callback_url": "/",
        }
        answer = self.http.post(f"{self.site}/accounts/wechat/qr/", data=form, timeout=10)
        assert answer.ok, answer.text
        return answer.json()

    def me(self, tokens: dict[str, str]) -> Any:
        answer = self.get("/api/me/", tokens["access"])
        assert answer.ok, answer.text
        return answer.json()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve it, with a pretend WeChat of its own and somebody who has a password."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    state = tmp_path_factory.mktemp("drf")
    environment = surroundings(state) | {
        "SITE": f"http://{address}",
        "DJANGO_SETTINGS_MODULE": "settings",
        "PYTHONPATH": f"{FOLDER}{os.pathsep}{ROOT}",
    }
    environment.pop("SIMULATOR", None)
    run: dict[str, Any] = {"cwd": FOLDER, "env": environment}
    subprocess.run([sys.executable, "-W", "error", "-c", PREPARE], check=True, **run)
    command = [sys.executable, "manage.py", "runserver", "--noreload", address]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **run) as process:
        try:
            wait_for(f"http://{address}/")
            yield f"http://{address}"
        finally:
            process.terminate()


def wait_for(url: str) -> None:
    for _ in range(100):
        try:
            requests.get(url, timeout=10, proxies={"http": ""})
        except requests.ConnectionError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"Nothing answers at {url}")


@pytest.fixture
def client(site: str) -> Client:
    wechat = Client(site)
    wechat.phone("reset")
    wechat.phone("app", appid=seeds.OFFICIAL_ACCOUNT_APPID, push_url=f"{site}/accounts/wechat/account/events/")
    return wechat


def test_following_ends_in_tokens_that_refresh_once_and_end(client: Client) -> None:
    qr = client.open_qr("account")
    client.phone("scan_account_qr")
    client.phone("follow", appid=seeds.OFFICIAL_ACCOUNT_APPID)
    (*_, message) = client.phone("chat", appid=seeds.OFFICIAL_ACCOUNT_APPID)["messages"]
    with requests.Session() as phone:
        phone.headers["User-Agent"] = IPHONE_WECHAT
        question = phone.get(message["links"][0], timeout=10)
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', question.text))
        phone.post(question.url, data=hidden | {"answer": "confirm"}, timeout=10).raise_for_status()
    assert client.get(qr["status_url"].removeprefix(client.site)).json()["next"] == "finish"

    tokens = client.post(qr["finish_url"].removeprefix(client.site), {}).json()["tokens"]
    assert client.me(tokens) == {"id": client.me(tokens)["id"], "display": "WeChat user", "wechat": True}
    assert client.get("/api/me/").status_code == 401, "the session says nothing"
    second = client.post("/api/token/refresh/", {"refresh": tokens["refresh"]}).json()
    assert client.me(second) == client.me(tokens)
    assert client.post("/api/token/refresh/", {"refresh": tokens["refresh"]}).status_code == 401, "used up"

    assert client.post("/api/sign-out/", {"refresh": second["refresh"]}).status_code == 200
    assert client.post("/api/token/refresh/", {"refresh": second["refresh"]}).status_code == 401
    assert "drf_sessionid" not in client.http.cookies


def test_wechats_own_code_comes_back_with_a_code_for_tokens(client: Client) -> None:
    client.get("/")
    client.http.get(client.open_qr("web")["frame_url"], timeout=10)
    (qr,) = client.get("/simulator/control/").json()["qrs"]
    client.phone("scan")
    code = client.phone("allow")["code"]
    back = client.http.get(
        qr["redirect_uri"], params={"code": code, "state": qr["state"]}, timeout=10, allow_redirects=False
    )
    path, _, own_code = back.headers["Location"].partition("#wechat_code=")
    assert path == "/"
    answer = client.post("/accounts/wechat/tokens/", {"code": own_code})
    assert client.me(answer.json())["display"] == "张三"
    assert client.post("/accounts/wechat/tokens/", {"code": own_code}).status_code == 401


def test_a_mini_program_connects_to_who_the_token_names(client: Client) -> None:
    def code(person: str) -> str:
        return str(client.phone("wx_login", appid=seeds.MINI_PROGRAM_APPID, person=person)["code"])

    known = client.post(MINI, {"code": code("xiaohua")}).json()
    assert client.me(known)["display"] != "li"
    li = client.post("/api/token/", {"username": "li", "password": PASSWORD}).json()
    assert client.me(li)["wechat"] is False
    assert client.post(MINI, {"code": code("jose"), "process": "connect"}).json()["error"]["code"] == "sign_in_first"
    connected = client.post(MINI, {"code": code("jose"), "process": "connect"}, li["access"])
    assert client.me(connected.json()) == client.me(li) | {"wechat": True}
    assert client.me(client.post(MINI, {"code": code("jose")}).json()) == client.me(li)
    taken = client.post(MINI, {"code": code("xiaohua"), "process": "connect"}, li["access"])
    assert taken.json()["error"]["code"] == "already_connected"


def test_no_page_of_allauths_is_reachable(client: Client) -> None:
    assert client.get("/_allauth/browser/v1/auth/session").status_code == 404
    for path in ("login/", "signup/", "3rdparty/", "password/change/", "email/", "social/signup/"):
        assert client.get(f"/accounts/{path}").status_code == 404, path
    assert client.get("/_allauth/app/v1/config").status_code == 404
    assert client.get("/api/me/").status_code == 401
    failed = client.get("/accounts/wechat/login/callback/?state=made-up&_redir=1")
    assert failed.headers["Location"].startswith(f"{client.site}/?error=")


def test_inside_wechat_one_tap_ends_in_tokens(client: Client) -> None:
    client.http.headers["User-Agent"] = IPHONE_WECHAT
    client.get("/")
    form = dict(re.findall(r'name="(\w+)" value="([^"]+)"', client.get("/").text.split('class="in-wechat"')[1]))
    form["csrfmiddlewaretoken"] = client.http.cookies["drf_csrftoken"]
    start = "/_allauth/browser/v1/auth/provider/redirect"
    away = client.http.post(client.site + start, data=form, timeout=10, allow_redirects=False).headers["Location"]
    query = dict(parse_qsl(urlsplit(away).query))
    code = client.phone("code", appid=query["appid"], scope=query["scope"])["code"]
    back = f"/accounts/wechat/login/callback/?{urlencode({'code': code, 'state': query['state']})}"
    own_code = client.get(back).headers["Location"].partition("#wechat_code=")[2]
    assert client.me(client.post("/accounts/wechat/tokens/", {"code": own_code}).json())["display"] == "张三"


@pytest.fixture
def strict(page: Page) -> Iterator[Page]:
    """A page that may not break its own content policy, nor throw."""
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if "Content Security Policy" in said.text else None)
    yield page
    assert wrong == []


def test_the_page_signs_in_keeps_its_tokens_to_itself_and_signs_out(strict: Page, site: str, client: Client) -> None:
    page = strict
    page.goto(f"{site}/")
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("heading", name="微信登录")).to_be_visible()
    page.get_by_role("button", name="English").click()
    assert Axe().run(page).violations_count == 0
    page.get_by_role("button", name="Show the QR code").click()
    code = page.frame_locator("iframe")
    code.get_by_role("link").first.click()
    code.frame_locator("iframe").locator(".accept").click()
    expect(page.get_by_role("heading", name="Signed in as 张三")).to_be_visible()
    assert page.url == f"{site}/", "no code stays in the address"
    assert page.evaluate("Object.keys({...localStorage})") == []
    page.reload()
    expect(page.get_by_role("heading", name="Signed in as 张三")).to_be_visible()
    page.get_by_role("button", name="Refresh the token").click()
    expect(page.get_by_text('"wechat": true')).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("tab", name="By following").click()
    page.get_by_role("button", name="Show the QR code").click()
    expect(page.get_by_role("img", name="QR code of the official account")).to_be_visible()
    client.phone("scan_account_qr")
    client.phone("follow", appid=seeds.OFFICIAL_ACCOUNT_APPID)
    expect(page.get_by_text("Scanned. Confirm on your phone")).to_be_visible()
    assert page.evaluate("Object.keys({...sessionStorage})") == ["lang"]


def test_the_demo_leads_to_it(tmp_path: Path) -> None:
    with served(tmp_path, options=()) as (demo, _password):
        links = re.findall(r'<a [^>]*href="([^"]+)"[^>]*>(.+?) <span', Client(demo).get("/").text)
        by_words = {words: link for link, words in links}
        assert by_words["Mini program"] == "/simulator/#programs"
        assert 'id="programs"' in Client(demo).get("/simulator/").text
        example = by_words["REST framework with simplejwt"]
        wait_for(example)
        assert "DRF + simplejwt" in Client(example).get("").text
    ends(example)


def ends(example: str) -> None:
    """It ends with the demo; a machine that is busy may take a moment for it."""
    for _ in range(150):
        try:
            Client(example).get("")
        except requests.ConnectionError:
            return
        time.sleep(0.1)
    pytest.fail("the other example is still there")
