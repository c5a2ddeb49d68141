"""Does the simulated phone confirm at the site of this project, from the code or the link to who is signed in?"""

from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from django_wechat.simulator.platform import Platform
from django_wechat.simulator.server import SimulatorServer
from tests.factories import MiniProgramFactory
from tests.user_agents import IPHONE_SAFARI
from tests.visitor import Visitor

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site(platform: Platform, live_server: LiveServer) -> str:
    MiniProgramFactory(name="mini", enable_qr_code=True)
    return str(live_server.url)


def status(visitor: Visitor, opened: dict[str, Any]) -> dict[str, Any]:
    return dict(visitor.client.get(opened["status_url"]).json())


def test_from_the_picture_in_the_tab(site: str, platform: Platform, wechat_simulator: SimulatorServer) -> None:
    visitor = Visitor(wechat_simulator)
    opened = visitor.open_qr()
    picture = visitor.client.get(opened["image_url"])
    assert (opened["kind"], picture["Content-Type"]) == ("mini_program", "image/jpeg")
    platform.scan_round_code(picture=picture.content)
    asked = platform.ask_about_scene(site)
    assert asked.status == 200, asked.body
    assert f'"digits": "{status(visitor, opened)["digits"]}"' in asked.body
    assert platform.reply_to_scene("confirm").status == 200
    assert visitor.client.post(opened["finish_url"]).status_code == 302
    assert visitor.user is not None


def test_a_code_that_was_sent_is_refused_and_lives_on(
    site: str, platform: Platform, wechat_simulator: SimulatorServer
) -> None:
    visitor = Visitor(wechat_simulator)
    opened = visitor.open_qr()
    for way in ("album", "long_press", "forwarded"):
        platform.scan_round_code(way=way)
        asked = platform.ask_about_scene(site)
        assert (asked.status, '"wrong_entry"' in asked.body) == (403, True)
    assert status(visitor, opened)["notice"] == "wrong_entry"
    platform.scan_round_code()
    assert platform.ask_about_scene(site).status == 200
    assert platform.reply_to_scene("refuse").status == 200
    assert visitor.client.post(opened["finish_url"]).status_code == 401
    assert visitor.user is None


def test_from_a_phones_browser(site: str, platform: Platform, wechat_simulator: SimulatorServer) -> None:
    visitor = Visitor(wechat_simulator, user_agent=IPHONE_SAFARI)
    opened = visitor.open_qr(kind="link")
    assert opened["kind"] == "mini_program_link"
    platform.open_link(opened["link"], way="forwarded")
    assert platform.ask_about_scene(site).status == 403, "somebody sent it"
    platform.open_link(opened["link"])
    assert platform.ask_about_scene(site).status == 200
    assert platform.reply_to_scene("confirm").status == 200
    assert visitor.client.post(opened["finish_url"]).status_code == 302
    assert visitor.user is not None
