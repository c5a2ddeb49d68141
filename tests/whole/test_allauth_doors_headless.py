"""Does every address of allauth's headless API have a way on for a person who has nothing but WeChat?"""

import json
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator

from django_wechat.simulator.server import SimulatorServer
from tests.factories import BothProviderFactory
from tests.visitor import Visitor
from tests.whole.doors import FLOW, Door, doors
from tests.whole.passkeys import credential_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("list_of_sessions")]

API = "/_allauth/browser/v1"
OF_THE_SITE = {"manage_phone"}
"""Works only with an adapter that keeps phone numbers (tests/whole/test_allauth_journeys.py has one)."""
DOORS = [door for door in doors(API.removeprefix("/") + "/") if door.name not in OF_THE_SITE]
CALLS = [(door, method) for door in DOORS for method in door.methods]
WAYS_ON = {200, 400, 401, 404, 409}
"""Done; words about what was sent; flows; not set up yet; nothing of that kind is going on."""
TOTP = f"{API}/account/authenticators/totp"
WEBAUTHN = f"{API}/account/authenticators/webauthn"
CODES = f"{API}/account/authenticators/recovery-codes"
CODE = "123456"


@pytest.fixture(params=[False, True], ids=["as allauth is", "reauthentication required"])
def visitor(request: Any, wechat_simulator: SimulatorServer, settings: Any) -> Visitor:
    """Somebody who signed up by WeChat a moment ago."""
    settings.ACCOUNT_REAUTHENTICATION_REQUIRED = request.param
    settings.MFA_TOTP_INSECURE_BYPASS_CODE = CODE
    BothProviderFactory()
    visitor = Visitor(wechat_simulator)
    visitor.sign_in()
    return visitor


def call(visitor: Visitor, method: str, path: str, data: dict[str, Any] | None = None) -> Any:
    """Call the API as a single-page app does."""
    send = getattr(visitor.client, method)
    return send(path) if method == "get" else send(path, data or {}, content_type="application/json")


def asks(answer: Any) -> bool:
    """Return whether the API wants to know who it is, of somebody who is signed in."""
    is_json = answer.headers["Content-Type"] == "application/json"
    return is_json and answer.status_code == 401 and answer.json()["meta"]["is_authenticated"]


def confirm(visitor: Visitor) -> None:
    """Take the flow that the API names: leave for WeChat, and come back to the app."""
    form = {"provider": FLOW["providers"][0], "callback_url": "/app/", "process": "reauthenticate"}
    url = visitor.client.post(f"{API}/auth/provider/redirect", form)["Location"]
    assert visitor.come_back(url, visitor.allow(url))["Location"] == "/app/"


def confirmed(visitor: Visitor, method: str, path: str, data: dict[str, Any] | None = None) -> Any:
    """Call the API; where it asks who that is, confirm by the flow it names and call again."""
    answer = call(visitor, method, path, data)
    if asks(answer):
        assert FLOW in answer.json()["data"]["flows"]
        confirm(visitor)
        answer = call(visitor, method, path, data)
        assert answer.status_code != 401
    return answer


@pytest.mark.parametrize(("door", "method"), CALLS, ids=str)
def test_every_address_has_a_way_on(door: Door, method: str, visitor: Visitor) -> None:
    answer = confirmed(visitor, method, door.path({}))
    assert answer.status_code in WAYS_ON or 300 <= answer.status_code < 400, answer.content
    if "html" in answer.headers["Content-Type"]:
        assert door.name == "redirect_to_provider"  # a browser goes there itself, and reads what comes
    elif answer.status_code == 400:
        assert answer.json()["errors"]
    elif answer.status_code == 401:
        assert answer.json()["data"]["flows"]


def test_the_walk_sees_all_of_the_api() -> None:
    seen = {door.path({}) for door, _method in CALLS}
    assert {TOTP, WEBAUTHN, CODES, f"{API}/auth/sessions", f"{API}/account/providers"} < seen
    assert len(CALLS) > 45


def test_the_api_asks_and_says_who_may_answer(visitor: Visitor) -> None:
    """Or the walk above would prove nothing."""
    answer = call(visitor, "post", TOTP, {"code": CODE})
    assert answer.status_code == 401
    assert answer.json()["meta"]["is_authenticated"]
    assert answer.json()["data"]["flows"] == [FLOW]


def test_totp_on_and_off(visitor: Visitor) -> None:
    assert call(visitor, "get", TOTP).json()["meta"]["secret"]
    assert confirmed(visitor, "post", TOTP, {"code": CODE}).status_code == 200
    assert len(confirmed(visitor, "get", CODES).json()["data"]["unused_codes"]) == 10
    assert confirmed(visitor, "post", CODES).status_code == 200
    assert confirmed(visitor, "delete", TOTP).status_code == 200
    assert not Authenticator.objects.exists()


def test_a_passkey_comes_and_goes(visitor: Visitor) -> None:
    options = confirmed(visitor, "get", WEBAUTHN).json()["data"]["creation_options"]
    credential = json.loads(credential_for(options))
    added = call(visitor, "post", WEBAUTHN, {"name": "my key", "credential": credential})
    assert added.status_code == 200, added.content
    passkey = Authenticator.objects.get(type="webauthn")
    assert confirmed(visitor, "delete", WEBAUTHN, {"authenticators": [passkey.pk]}).status_code == 200
    assert not Authenticator.objects.filter(type="webauthn").exists()


def test_a_password_is_set(visitor: Visitor) -> None:
    answer = confirmed(visitor, "post", f"{API}/account/password/change", {"new_password": "a-long-one-4711"})
    assert answer.status_code in (200, 401)
    person = visitor.user
    assert person is not None
    assert person.check_password("a-long-one-4711")


def test_an_address_is_added_and_removed(visitor: Visitor) -> None:
    emails = f"{API}/account/email"
    assert confirmed(visitor, "post", emails, {"email": "z@example.com"}).status_code == 200
    assert EmailAddress.objects.get().user == visitor.user
    assert confirmed(visitor, "delete", emails, {"email": "z@example.com"}).status_code == 200
    assert not EmailAddress.objects.exists()
