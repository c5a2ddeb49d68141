"""What happens to a form whose CSRF token is gone, or out of date? Our page again, or straight on."""

import re
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils.http import urlencode

from django_wechat.simulator.server import SimulatorServer
from tests.factories import BothProviderFactory, UserFactory
from tests.user_agents import IPHONE_WECHAT, WINDOWS_CHROME
from tests.visitor import LOGIN, QR, signed_in_user

pytestmark = pytest.mark.django_db
COOKIE = django_settings.CSRF_COOKIE_NAME
PANEL = "/accounts/wechat/panel/"
MIDDLEWARE = [name for name in django_settings.MIDDLEWARE if "CsrfViewMiddleware" not in name]


@pytest.fixture(params=["with Django's middleware", "without"])
def strict(request: pytest.FixtureRequest, settings: Any, wechat_simulator: SimulatorServer) -> None:
    """A site that checks its forms, by Django's middleware or not at all but for ours."""
    BothProviderFactory()
    if request.param == "without":
        settings.MIDDLEWARE = MIDDLEWARE


def browser(user_agent: str = IPHONE_WECHAT) -> Client:
    return Client(enforce_csrf_checks=True, headers={"user-agent": user_agent})


def token_in(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert found
    return found[1]


def press(client: Client, token: str, **query: str) -> Any:
    return client.post(f"{LOGIN}?{urlencode(query)}", {"csrfmiddlewaretoken": token})


@pytest.mark.usefixtures("strict")
def test_the_button_of_a_fresh_page_goes_to_wechat() -> None:
    client = browser()
    assert press(client, token_in(client.get(LOGIN).content.decode())).status_code == 302


@pytest.mark.usefixtures("strict")
@pytest.mark.parametrize("user_agent", [IPHONE_WECHAT, WINDOWS_CHROME])
@pytest.mark.parametrize("lost", ["the cookie", "the token", "both"])
def test_a_tap_that_does_not_count_is_asked_for_once_more(lost: str, user_agent: str) -> None:
    client = browser(user_agent)
    token = token_in(client.get(LOGIN, {"next": "/there/"}).content.decode())
    if lost != "the token":
        del client.cookies[COOKIE]
    answer = press(client, token if lost == "the cookie" else "", next="/there/")
    assert answer.status_code == 403
    assert "That tap did not count" in answer.content.decode()
    again = press(client, token_in(answer.content.decode()), next="/there/")
    assert again.status_code == 302
    assert "/connect/" in again["Location"]
    states = client.session["socialaccount_states"]
    assert [state["next"] for state, *_rest in states.values()] == ["/there/"]


@pytest.mark.usefixtures("strict")
def test_another_sites_form_starts_nothing() -> None:
    client = browser()
    token = token_in(client.get(LOGIN).content.decode())
    answer = client.post(LOGIN, {"csrfmiddlewaretoken": token}, headers={"origin": "https://evil.example"})
    assert answer.status_code == 403
    assert "socialaccount_states" not in client.session


@pytest.mark.usefixtures("strict")
@pytest.mark.parametrize(("query", "ends_at"), [({"next": "/there/"}, "/there/"), ({}, "/accounts/profile/")])
def test_who_signed_in_in_another_tab_goes_straight_on(query: dict[str, str], ends_at: str) -> None:
    client, user = browser(), UserFactory()
    token = token_in(client.get(LOGIN).content.decode())
    client.force_login(user)
    del client.cookies[COOKIE]
    answer = press(client, token, **query)
    assert (answer.status_code, answer["Location"]) == (302, ends_at)
    assert signed_in_user(client) == user


@pytest.mark.usefixtures("strict")
def test_who_wants_to_connect_is_asked_again() -> None:
    client = browser()
    client.force_login(UserFactory())
    answer = press(client, "", process="connect")
    assert answer.status_code == 403
    assert press(client, token_in(answer.content.decode()), process="connect").status_code == 302


@pytest.mark.usefixtures("strict")
def test_the_panel_brings_the_cookie_that_its_qr_code_needs() -> None:
    client = browser(WINDOWS_CHROME)
    assert client.post(QR).status_code == 403
    token = token_in(client.get(PANEL).json()["html"])
    assert client.post(QR, {"csrfmiddlewaretoken": token}).status_code == 200


@pytest.mark.usefixtures("strict")
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin", "origin": "http://testserver"}, 200),
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"origin": "http://testserver"}, 200),
        ({}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "http://testserver:8443"}, 403),
        ({"sec-fetch-site": "cross-site", "origin": "http://testserver"}, 403),
        ({"sec-fetch-site": "same-site", "origin": "http://evil.testserver"}, 403),
    ],
)
def test_a_tab_in_a_page_that_set_no_cookie_is_believed_if_the_browser_vouches_for_it(
    headers: dict[str, str], status: int
) -> None:
    client = browser(WINDOWS_CHROME)
    client.get("/accounts/login/")
    client.cookies.clear()
    assert client.post(QR, headers=headers).status_code == status
