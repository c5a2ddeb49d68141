"""Does the demo know its mini program and its app? Who comes through them is who scanned the QR code."""

import re
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from django_wechat.demo import providers
from django_wechat.simulator import seeds
from django_wechat.simulator.server import SimulatorServer
from tests.user_agents import WINDOWS_CHROME
from tests.web.programs.program import Program

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(wechat_simulator: SimulatorServer) -> Program:
    providers.create()
    providers.create_programs()
    return Program(wechat_simulator)


def user_of(response: Any) -> int:
    """Return the id of who was signed in."""
    assert response.status_code == 200, response.content
    return int(response.json()["data"]["user"]["id"])


def scan(simulator: SimulatorServer) -> int:
    """Sign in on a PC by QR code; return the user's id."""
    browser = Client()
    page = browser.post("/accounts/wechat/login/", {"provider": "web"}, follow=False)
    (state,) = re.findall(r"state=([A-Za-z0-9]+)", page["Location"])
    code = simulator.platform.issue_code(seeds.WEBSITE_APP_APPID)
    browser.get("/accounts/wechat/login/callback/", {"code": code, "state": state})
    return int(browser.session["_auth_user_id"])


def test_three_doors_lead_to_one_account(program: Program, wechat_simulator: SimulatorServer) -> None:
    first = user_of(program.sign_in())
    assert user_of(program.sign_in_by_app()) == first
    assert scan(wechat_simulator) == first
    assert get_user_model().objects.count() == 1


def test_doing_it_again_changes_nothing(program: Program) -> None:
    providers.create_programs()
    assert user_of(program.sign_in()) == user_of(program.sign_in())


def test_the_mini_programs_code_stands_behind_the_others(program: Program) -> None:
    browser = Client(HTTP_USER_AGENT=WINDOWS_CHROME)
    assert browser.post("/accounts/wechat/qr/").json()["kind"] == "open_platform"
    assert browser.post("/accounts/wechat/qr/", {"kind": "mini_program"}).json()["kind"] == "mini_program"
