"""May nobody have WeChat asked about made-up codes for ever, and is no real visitor in the way of another?"""

from typing import Any

import pytest
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.test import RequestFactory

from django_wechat.adapters import WeChatOAuth2Client
from django_wechat.exceptions import CodeInvalid, CodeUsed, WeChatBusy
from django_wechat.models import SignInAttempt
from django_wechat.simulator import seeds
from django_wechat.simulator.server import SimulatorServer
from django_wechat.stores import refused_codes
from tests.factories import WebProviderFactory
from tests.visitor import Visitor

EXCHANGES = "/api/sns/oauth2/access_token"
SOMEBODY = "203.0.113.9"


@pytest.fixture
def _two(settings: Any) -> None:
    doors = ("codes_refused", "program_codes_refused")
    rules = {f"{door}_{who}": (2, 600) for door in doors for who in ("address", "unknown")}
    settings.WECHAT = {**settings.WECHAT, "RATE_LIMITS": rules}


def visitor_at(simulator: SimulatorServer, address: str) -> Visitor:
    visitor = Visitor(simulator)
    visitor.client.defaults["REMOTE_ADDR"] = address
    return visitor


@pytest.mark.django_db
@pytest.mark.usefixtures("_two")
@pytest.mark.parametrize("address", [SOMEBODY, "2001:db8::1", "", "127.0.0.1"])
def test_made_up_codes_come_to_an_end(wechat_simulator: SimulatorServer, address: str) -> None:
    WebProviderFactory()
    for number in range(5):
        attacker = visitor_at(wechat_simulator, address)
        response = attacker.come_back(attacker.start(), f"made-up-{number}")
    assert wechat_simulator.platform.count(EXCHANGES) == 2
    assert response.context["problem"].code == "too_many_codes"
    assert response.context["problem"].action_url
    assert 0 < int(response["Retry-After"]) <= 600
    assert set(SignInAttempt.objects.values_list("problem", flat=True)) == {"code_rejected", "too_many_codes"}


@pytest.mark.django_db
@pytest.mark.usefixtures("_two")
def test_it_works_again_with_the_same_address(wechat_simulator: SimulatorServer, settings: Any) -> None:
    WebProviderFactory()
    for _ in range(2):
        refused_codes.note(SOMEBODY, CodeInvalid())
    visitor = visitor_at(wechat_simulator, SOMEBODY)
    url = visitor.start()
    code = visitor.allow(url)
    assert visitor.come_back(url, code).context["problem"].code == "too_many_codes"
    settings.WECHAT = {**settings.WECHAT, "RATE_LIMITS": {}}
    visitor.come_back(url, code)
    assert visitor.user is not None


@pytest.mark.django_db
@pytest.mark.usefixtures("_two")
def test_who_signs_in_is_not_counted(wechat_simulator: SimulatorServer) -> None:
    WebProviderFactory()
    for _ in range(5):
        visitor = visitor_at(wechat_simulator, SOMEBODY)
        visitor.sign_in()
        assert visitor.user is not None


@pytest.mark.django_db
@pytest.mark.usefixtures("_two")
def test_a_second_delivery_ends_as_the_first(wechat_simulator: SimulatorServer) -> None:
    WebProviderFactory()
    visitor = visitor_at(wechat_simulator, SOMEBODY)
    url = visitor.start()
    code = visitor.allow(url)
    visitor.come_back(url, code)
    for _ in range(2):
        refused_codes.note(SOMEBODY, CodeUsed())
    assert visitor.come_back(url, code).status_code == 302
    assert visitor.user is not None


@pytest.mark.usefixtures("_two")
def test_a_network_is_counted_with_its_addresses() -> None:
    for number in range(8):
        refused_codes.note(f"2001:db8:0:{number:x}00::1", CodeInvalid())
    assert refused_codes.seconds_to_wait("2001:db8:0:ffff::1")
    assert not refused_codes.seconds_to_wait("2001:db8:1::1")


@pytest.mark.usefixtures("_two")
@pytest.mark.parametrize("address", [SOMEBODY, "127.0.0.1"])
@pytest.mark.parametrize(
    ("attacked", "other"),
    [(refused_codes.PROGRAMS, refused_codes.CALLBACK), (refused_codes.CALLBACK, refused_codes.PROGRAMS)],
)
def test_a_script_at_one_door_closes_no_other(address: str, attacked: str, other: str) -> None:
    for _ in range(3):
        refused_codes.note(address, CodeInvalid(), attacked)
    assert refused_codes.seconds_to_wait(address, attacked)
    assert not refused_codes.seconds_to_wait(address, other)


@pytest.mark.usefixtures("_two")
def test_what_is_wechats_fault_is_not_counted() -> None:
    for _ in range(3):
        refused_codes.note(SOMEBODY, WeChatBusy())
    assert not refused_codes.seconds_to_wait(SOMEBODY)


@pytest.mark.django_db
@pytest.mark.usefixtures("_two")
def test_codes_that_come_by_an_adapter_are_counted(wechat_simulator: SimulatorServer) -> None:
    """Such a code needs no start, and no state."""
    client = WeChatOAuth2Client.__new__(WeChatOAuth2Client)
    client.request = RequestFactory().post("/", REMOTE_ADDR=SOMEBODY)
    client.consumer_key, client.consumer_secret = seeds.WEBSITE_APP_APPID, seeds.WEBSITE_APP_SECRET
    for number in range(5):
        with pytest.raises(OAuth2Error) as caught:
            client.get_access_token(f"made-up-{number}")
    assert wechat_simulator.platform.count(EXCHANGES) == 2
    assert "many sign-ins" in str(caught.value)
