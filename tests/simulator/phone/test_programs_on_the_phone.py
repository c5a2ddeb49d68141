"""Can a person sign in through a mini program and an app on the phone, and see what became of it?"""

import re
from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import Page, expect

from django_wechat.simulator import seeds
from django_wechat.simulator.acts.open_programs import Sheet
from django_wechat.simulator.phone.programs import SHOWN_OF_A_TOKEN
from django_wechat.simulator.platform import Platform
from django_wechat.simulator.server import SimulatorServer
from tests.simulator.push_site import PushSite, push_site

MINI, APP = seeds.MINI_PROGRAM_APPID, seeds.MOBILE_APP_APPID
TOKEN = "4n4nih4d8vnhi2j729ie80ra0k3drk97"


class Phone:
    """The phone page as a person without JavaScript uses it."""

    def __init__(self, server: SimulatorServer, http: requests.Session) -> None:
        self.server, self.http = server, http

    def act(self, name: str, **values: str) -> str:
        answer = self.http.post(f"{self.server.url}/phone/act/{name}", data={"lang": "en"} | values)
        assert answer.status_code == 200, answer.text
        return answer.text

    def refused(self, name: str, **values: str) -> str:
        answer = self.http.post(f"{self.server.url}/phone/act/{name}", data=values)
        assert answer.status_code == 400
        return answer.text

    def get(self, path: str = "/?lang=en") -> str:
        return self.http.get(f"{self.server.url}{path}").text


@pytest.fixture
def phone(wechat_simulator: SimulatorServer, http: requests.Session) -> Phone:
    return Phone(wechat_simulator, http)


@pytest.fixture
def site() -> Iterator[PushSite]:
    with push_site() as site:
        site.answer = lambda _: f'{{"meta": {{"session_token": "{TOKEN}"}}, "name": "<b>\\u5f20"}}'.encode()
        yield site


def test_the_list_says_whose_they_are_and_which_are_not_released(phone: Phone) -> None:
    page = phone.get().split('<h2 class="list-head">Mini programs')[1].split("</div>")[0]
    words = " ".join(re.sub(r"<[^>]*>", " ", page).split())
    assert "茶馆小程序 of an organisation · has unionids" in words
    assert "个人小程序 of an individual · no unionids" in words
    assert "茶馆新版 trial of an organisation" in words
    assert "茶馆 App signs in with WeChat" in words


def test_wx_login_and_what_the_site_answers(phone: Phone, platform: Platform, site: PushSite) -> None:
    page = phone.act("open_program", appid=MINI)
    assert 'data-screen="program"' in page
    assert "Send the code to the site" not in page, "there is none yet"
    page = phone.act("program_login")
    shown = platform.shown_program
    assert shown
    assert shown.login
    assert shown.login.code in page
    assert "good for 5 minutes, once" in page
    page = phone.act("send_to_site", site=site.origin)
    assert "<b>HTTP 200</b>" in page
    assert "&lt;b&gt;张" in page
    assert f"{TOKEN[:SHOWN_OF_A_TOKEN]}…" in page
    assert f'data-copy="{TOKEN}"' in page
    assert f'value="{site.origin}"' in page
    assert 'aria-busy="true"' not in page


@pytest.mark.parametrize("body", ["<script>alert(1)</script>", "[" * 20_000, "", "\ufffd", "7"])
def test_any_answer_is_shown_as_text(phone: Phone, platform: Platform, site: PushSite, body: str) -> None:
    site.status, site.answer = 500, lambda _: body.encode()
    phone.act("open_program", appid=MINI)
    phone.act("program_login")
    page = phone.act("send_to_site", site=site.origin)
    assert "<b>HTTP 500</b>" in page
    assert "<script>alert" not in page


def test_a_code_that_was_used_or_has_run_out_is_said_so(phone: Phone, platform: Platform) -> None:
    phone.act("open_program", appid=MINI)
    code = platform.program_calls_login().code
    platform.exchange_js_code(platform.find_app(MINI), code)
    assert "Used: WeChat has told a site" in phone.get()
    phone.act("program_login")
    platform.advance(301)
    assert "Expired: no site can use it" in phone.get()


def test_the_phone_number_is_asked_for_and_may_be_refused(phone: Phone, platform: Platform) -> None:
    phone.act("open_program", appid=MINI)
    number = platform.person.phone_number
    page = phone.act("program_asks", sheet="phone_number")
    assert f"{number[:3]}****{number[-4:]}" in page
    assert number not in page
    assert "the program gets no code" in phone.act("answer_sheet", act="refuse")
    phone.act("program_asks", sheet="phone_number")
    assert "Send the phone code alone" in phone.act("answer_sheet", act="allow")
    shown = platform.shown_program
    assert shown
    assert shown.phone
    assert platform.exchange_phone_code(shown.app, shown.phone.code).phone_number == number


def test_without_a_quota_the_button_reports_an_errno(phone: Phone, platform: Platform) -> None:
    platform.set_phone_quota(MINI, 1)
    phone.act("open_program", appid=MINI)
    phone.act("program_asks", sheet="phone_number")
    phone.act("answer_sheet", act="allow")
    page = phone.act("program_asks", sheet="phone_number")
    assert "errno 1400001" in page
    assert "Your phone number" not in page
    assert platform.find_app(MINI).phone_quota == 0


def test_an_individuals_program_has_no_such_button(phone: Phone) -> None:
    appid = seeds.UNBOUND_MINI_PROGRAM_APPID
    assert "Only verified programs of organisations" in phone.act("open_program", appid=appid)
    assert "verified organisation" in phone.refused("program_asks", sheet="phone_number")


def test_a_trial_version_and_the_developer_tool_are_marked(phone: Phone, platform: Platform) -> None:
    page = phone.act("open_program", appid=seeds.UNRELEASED_MINI_PROGRAM_APPID)
    assert "only its developers can open it" in page
    assert "hosts are not checked." not in page
    platform.switch(developer_tool=True)
    assert "hosts are not checked." in phone.get()


def test_an_app_asks_through_wechats_sheet(phone: Phone, platform: Platform, site: PushSite) -> None:
    phone.act("open_program", appid=APP)
    assert "asks to use" in phone.act("program_asks", sheet="sign_in")
    assert "the app gets no code" in phone.act("answer_sheet", act="refuse")
    phone.act("program_asks", sheet="sign_in")
    page = phone.act("answer_sheet", act="allow", person="xiaohua")
    assert "good for 10 minutes, once" in page
    assert "<b>HTTP 200</b>" in phone.act("send_to_site", site=site.origin)


def test_an_app_without_the_permission_cannot(phone: Phone, platform: Platform) -> None:
    platform.verify_program(APP, verified=False)
    page = phone.act("open_program", appid=APP)
    assert "was not granted 微信登录" in page
    assert "微信登录" in phone.refused("program_asks", sheet="sign_in")


def test_a_host_that_is_not_listed(phone: Phone, platform: Platform) -> None:
    phone.act("open_program", appid=MINI)
    phone.act("program_login")
    page = phone.act("send_to_site", site="https://shop.example.org")
    assert "WeChat sends nothing there" in page
    assert "<code>shop.example.org</code>" in page
    assert "Sent:" not in page


@pytest.mark.parametrize(
    ("name", "values", "words"),
    [
        ("open_program", {"appid": seeds.WEBSITE_APP_APPID}, "nothing that a phone opens"),
        ("program_login", {}, "no program is open"),
        ("answer_sheet", {"act": "expire"}, "choose from allow, refuse"),
        ("program_asks", {"sheet": ""}, "choose from phone_number, sign_in"),
    ],
)
def test_what_makes_no_sense_is_explained(phone: Phone, name: str, values: dict[str, str], words: str) -> None:
    assert words in phone.refused(name, **values)


def test_nothing_is_asked_and_an_answer_is_none(phone: Phone) -> None:
    phone.act("open_program", appid=MINI)
    assert "nothing is asked" in phone.refused("answer_sheet", act="allow")
    assert "no such code" in phone.refused("send_to_site", site="http://127.0.0.1:9")


def test_the_program_is_on_the_phone_of_who_opened_it(phone: Phone, platform: Platform) -> None:
    phone.act("open_program", appid=MINI)
    assert 'data-screen="program"' not in phone.act("person", person="jose")
    assert 'data-screen="program"' in phone.act("person", person="zhangsan")
    assert 'data-screen="program"' not in phone.act("close_program")


def test_beside_a_site_that_is_shown_to_somebody_there_are_none(phone: Phone, platform: Platform) -> None:
    phone.act("open_program", appid=MINI)
    page = phone.get("/present/?lang=en")
    assert 'data-screen="program"' not in page
    assert "茶馆小程序" not in page


def test_where_the_simulator_pushes_to_is_where_programs_send(phone: Phone, platform: Platform) -> None:
    phone.act("open_program", appid=MINI)
    assert 'name="site" value=""' in phone.act("program_login")
    platform.find_app(seeds.OFFICIAL_ACCOUNT_APPID).push_url = "http://127.0.0.1:8000/accounts/wechat/account/events/"
    assert 'name="site" value="http://127.0.0.1:8000"' in phone.get()


def test_by_name_from_another_process(phone: Phone, site: PushSite) -> None:
    def post(command: str, **values: object) -> dict[str, object]:
        return dict(phone.http.post(f"{phone.server.url}/control/{command}", json=values).json())

    assert post("open_program", appid=MINI)["appid"] == MINI
    code = post("program_login")["code"]
    answer = post("send_to_site", site=site.origin)
    assert answer["status"] == 200
    shown = phone.http.get(f"{phone.server.url}/control/").json()["shown_program"]
    assert (shown["code"], shown["answer"]["body"], shown["sheet"]) == (code, answer["body"], Sheet.NOTHING)


@pytest.mark.parametrize("endpoint", ["jscode2session", "getuserphonenumber", "access_token"])
def test_each_endpoint_has_its_own_switches(phone: Phone, platform: Platform, endpoint: str) -> None:
    def group(page: str) -> str:
        return page.split(f'data-region="faults-{endpoint}"')[1].split("</details>")[0]

    kinds = re.findall(r'name="kind" value="([^"]+)"', group(phone.get()))
    assert {"-1", "40029", "40013", "45011", "slow", "html", "500", "reset"} <= set(kinds)
    for kind in kinds:
        page = phone.act("fault", kind=kind, endpoint=endpoint, once="off")
        assert platform.faults[-1].endpoint == endpoint
        assert group(page).count('value="off" aria-pressed="true">On<') == len(platform.faults)


def test_in_a_browser_from_the_list_to_the_answer(
    wechat_simulator: SimulatorServer, platform: Platform, page: Page, site: PushSite
) -> None:
    platform.switch(hold_seconds=20)
    page.goto(f"{wechat_simulator.url}/?lang=en")
    page.locator(".phone").get_by_role("button", name="茶馆小程序").click()
    screen = page.locator(".phone-screen")
    screen.get_by_role("button", name="Sign in", exact=True).click()
    field = screen.get_by_label("The program’s site")
    field.fill(site.origin)
    platform.switch(silent_consent=True)  # something else changes: what is typed stays
    screen.get_by_role("button", name="Use my phone number").click()
    screen.get_by_role("dialog").get_by_role("button", name="Allow").click()
    expect(field).to_have_value(site.origin)
    screen.get_by_role("button", name="Send it with the phone code").click()
    expect(screen.get_by_text("HTTP 200")).to_be_in_viewport()
    assert b"phone_code" in site.last.body
    screen.get_by_role("button", name="Close").click()
    expect(page.get_by_text("Switch account")).to_be_visible()


def test_in_a_browser_one_sees_that_the_site_takes_its_time(
    wechat_simulator: SimulatorServer, platform: Platform, page: Page, site: PushSite
) -> None:
    platform.open_program(MINI)
    platform.program_calls_login()
    platform.site, site.delay = site.origin, 1.0
    page.goto(f"{wechat_simulator.url}/?lang=en")
    page.get_by_role("button", name="Send the code to the site").click()
    expect(page.get_by_text("Waiting for the site…")).to_be_visible()
    expect(page.get_by_text("HTTP 200")).to_be_visible()
