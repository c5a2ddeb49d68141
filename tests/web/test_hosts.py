"""Does a visitor who writes the host in another way get the tab, and WeChat an address that it knows?"""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from django_wechat.simulator import seeds
from django_wechat.simulator.server import SimulatorServer
from tests import user_agents
from tests.factories import WebProviderFactory

pytestmark = pytest.mark.django_db

PC = {"user-agent": user_agents.WINDOWS_CHROME}
CHINESE = "xn--fsqu00a.xn--fiqs8s"


@pytest.mark.parametrize("hosts", ["例子.中国", "例子。中国.", f"{CHINESE.upper()}:443", "b.example\n例子.中国"])
@pytest.mark.parametrize("asked", [CHINESE, f"{CHINESE}.", f"{CHINESE.upper()}:8443"])
def test_the_tab_is_there_and_wechat_gets_the_one_form(
    wechat_simulator: SimulatorServer, hosts: str, asked: str
) -> None:
    WebProviderFactory(hosts=hosts)
    client = Client(headers={**PC, "host": asked})
    assert "data-wechat-panel" in client.get("/accounts/login/").content.decode()
    answer = client.post("/accounts/wechat/login/")
    (redirect_uri,) = parse_qs(urlsplit(answer.headers["Location"]).query)["redirect_uri"]
    port = ":8443" if ":8443" in asked else ""
    assert redirect_uri == f"http://{CHINESE}{port}/accounts/wechat/login/callback/"


def test_another_host_has_no_tab(wechat_simulator: SimulatorServer) -> None:
    WebProviderFactory(hosts="例子.中国")
    page = Client(headers={**PC, "host": seeds.CALLBACK_DOMAIN}).get("/accounts/login/").content.decode()
    assert "data-wechat-panel" not in page


def test_who_comes_back_without_the_final_dot_is_shown_a_way_on(wechat_simulator: SimulatorServer) -> None:
    """Browsers keep the cookies of the two apart; WeChat knows only the name without the dot."""
    WebProviderFactory()
    client = Client(headers={**PC, "host": "www.example.com"})
    answer = client.get("/accounts/wechat/login/callback/", {"code": "x", "state": "gone"}, follow=True)
    assert "/accounts/wechat/login/" in answer.content.decode() or "/accounts/login/" in answer.content.decode()
