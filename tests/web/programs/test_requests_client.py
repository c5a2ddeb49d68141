"""Does a client that was written elsewhere get through with each kind of token? `requests`, over HTTP."""

from typing import Any

import pytest
import requests
from django.contrib.auth import get_user_model

from django_wechat.models import WeChatIdentity
from django_wechat.simulator.server import SimulatorServer
from tests.factories import MiniProgramFactory
from tests.web.programs.program import Program
from tests.web.programs.test_tokens import chosen, second_factor, with_second_factor

pytestmark = pytest.mark.django_db(transaction=True)
FLAVOURS = {
    "allauth": lambda told: {"X-Session-Token": told["meta"]["session_token"]},
    "simplejwt": lambda told: {"Authorization": f"Bearer {told['access']}"},
    "drf": lambda told: {"Authorization": f"Token {told['token']}"},
}


@pytest.fixture
def phones(wechat_simulator: SimulatorServer) -> tuple[Program, Program]:
    MiniProgramFactory(name="mini")
    return Program(wechat_simulator), Program(wechat_simulator, person="xiaohua")


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_its_token_names_the_person_again(
    live_server: Any, phones: tuple[Program, Program], settings: Any, flavour: str
) -> None:
    """A second WeChat is connected by the token of the first."""
    chosen(settings, flavour)
    mine, other = phones
    door = f"{live_server.url}/accounts/wechat/mini-program/"
    signed_in = requests.post(door, json={"code": mine.code()}, timeout=10)
    assert (signed_in.status_code, signed_in.cookies.get_dict()) == (200, {})
    headers = FLAVOURS[flavour](signed_in.json())
    connected = requests.post(door, json={"code": other.code(), "process": "connect"}, headers=headers, timeout=10)
    assert connected.status_code == 200, connected.text
    assert WeChatIdentity.objects.filter(account__user=get_user_model().objects.get()).count() == 2


@pytest.mark.parametrize("flavour", ["simplejwt", "drf"])
def test_a_second_factor_to_the_end(
    live_server: Any, phones: tuple[Program, Program], settings: Any, flavour: str
) -> None:
    chosen(settings, flavour)
    mine = phones[0]
    site = live_server.url
    requests.post(f"{site}/accounts/wechat/mini-program/", json={"code": mine.code()}, timeout=10)
    secret = with_second_factor(get_user_model().objects.get())
    asked = requests.post(f"{site}/accounts/wechat/mini-program/", json={"code": mine.code()}, timeout=10)
    assert (asked.status_code, asked.json()["flows"]) == (401, ["mfa_authenticate"])
    headers = {"X-Session-Token": asked.json()["flow_token"]}
    factor = {"code": second_factor(secret)}
    ended = requests.post(f"{site}/_allauth/app/v1/auth/2fa/authenticate", json=factor, headers=headers, timeout=10)
    assert ended.status_code == 200, ended.text
    tokens = requests.post(f"{site}/accounts/wechat/tokens/", headers=headers, timeout=10)
    assert set(tokens.json()) in ({"access", "refresh"}, {"token"})
