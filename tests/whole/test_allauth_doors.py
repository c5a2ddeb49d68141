"""Does every page of allauth open for a person who has nothing but WeChat? allauth asks who it is; WeChat answers."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator

from django_wechat.simulator.server import SimulatorServer
from tests.factories import BothProviderFactory
from tests.visitor import Visitor, in_wechat
from tests.whole.doors import Door, asks, confirm, doors, followed, opened
from tests.whole.passkeys import credential_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("list_of_sessions")]

DOORS = doors("accounts/")
NO_FORM = {"account_email_verification_sent", "account_confirm_email"}
"""Pages that only say something, at least for a link that was made up."""
POSTED = [door for door in DOORS if "post" in door.methods and door.name not in NO_FORM]
NOT_THERE_YET = {
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_remove_webauthn",
    "mfa_edit_webauthn",
}
"""Pages about a second factor, which say "not found" to whoever has none: no page links to them then."""
ASKED = {
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_add_webauthn",
    "mfa_remove_webauthn",
    "mfa_edit_webauthn",
}
"""Where allauth always wants to know who it is."""
WORDS = {"/accounts/3rdparty/login/error/": 401}
"""Pages whose status is not 200 on purpose; what counts is what they say."""
TOTP = "/accounts/2fa/totp/activate/"
CODE = "123456"


@pytest.fixture(params=[False, True], ids=["as allauth is", "reauthentication required"])
def visitor(request: Any, wechat_simulator: SimulatorServer, settings: Any) -> Visitor:
    """Somebody who signed up by WeChat a moment ago."""
    settings.ACCOUNT_REAUTHENTICATION_REQUIRED = request.param
    settings.MFA_TOTP_INSECURE_BYPASS_CODE = CODE
    BothProviderFactory()
    visitor = Visitor(wechat_simulator)
    visitor.sign_in()
    user = visitor.user
    assert user is not None
    assert not user.has_usable_password()
    return visitor


@pytest.fixture
def secured(visitor: Visitor) -> Visitor:
    """The same person with a code of an app, recovery codes and a passkey, in a session that confirmed nothing yet."""
    opened(visitor, TOTP)
    followed(visitor.client, visitor.client.post(TOTP, {"code": CODE}))
    add_passkey(visitor)
    kinds = set(Authenticator.objects.values_list("type", flat=True))
    assert kinds == {"totp", "recovery_codes", "webauthn"}
    person = visitor.user
    visitor.client.logout()
    visitor.client.force_login(person, "allauth.account.auth_backends.AuthenticationBackend")
    return visitor


def add_passkey(visitor: Visitor) -> None:
    page = opened(visitor, "/accounts/2fa/webauthn/add/")
    credential = credential_for(page.context["js_data"]["creation_options"])
    answer = visitor.client.post("/accounts/2fa/webauthn/add/", {"name": "my key", "credential": credential})
    assert answer.status_code == 302, answer.context["form"].errors


def path_of(door: Door) -> str:
    """Return its address. A page of a newer allauth may have a parameter that has to be named here."""
    passkey = Authenticator.objects.filter(type="webauthn").first()
    return door.path({"pk": passkey.pk if passkey else 1, "key": "no-such-key", "uidb36": "1"})


def is_useful(page: Any) -> bool:
    """Return whether a page says something, and is not an error."""
    return bool(page.status_code == WORDS.get(page.wsgi_request.path, 200) and page.content.strip())


def test_the_walk_sees_all_of_allauth() -> None:
    seen = {door.name for door in DOORS}
    assert seen > ASKED | NOT_THERE_YET
    assert {"account_email", "account_set_password", "socialaccount_connections", "usersessions_list"} < seen
    assert len(DOORS) > 30


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_every_page_leads_on(door: Door, visitor: Visitor) -> None:
    path, person = path_of(door), visitor.user
    page = opened(visitor, path)
    if door.name in NOT_THERE_YET:
        assert page.status_code == 404
    else:
        assert is_useful(page), (path, page.status_code)
    assert not asks(page)
    assert visitor.user == person


@pytest.mark.parametrize("door", POSTED, ids=str)
def test_every_form_leads_on(door: Door, visitor: Visitor) -> None:
    """Sent empty, which every form answers with words, or with what it does."""
    path = path_of(door)
    page = opened(visitor, path, {})
    if door.name in NOT_THERE_YET:
        assert page.status_code == 404
    else:
        assert is_useful(page), (path, page.status_code)
    assert not asks(page)


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_every_page_leads_on_with_second_factors(door: Door, secured: Visitor) -> None:
    path, person = path_of(door), secured.user
    page = with_every_way(secured, path)
    assert is_useful(page), (path, page.status_code)
    assert secured.user == person


def with_every_way(visitor: Visitor, path: str) -> Any:
    """Open a page; where allauth asks for a code of the app first, choose WeChat among the other ways."""
    page = followed(visitor.client, visitor.client.get(path))
    if page.wsgi_request.path == "/accounts/2fa/reauthenticate/":
        ways = [way["url"] for way in page.context["reauthentication_alternatives"]]
        page = followed(visitor.client, visitor.client.get(next(way for way in ways if "/wechat/" in way)))
    return confirm(visitor, page) if asks(page) else page


@pytest.mark.parametrize("name", sorted(ASKED - NOT_THERE_YET))
def test_allauth_asks_and_wechat_answers_once(name: str, visitor: Visitor) -> None:
    """Or the walk above would prove nothing."""
    (door,) = [door for door in DOORS if door.name == name]
    page = followed(visitor.client, visitor.client.get(path_of(door)))
    assert asks(page)
    assert confirm(visitor, page).wsgi_request.path == path_of(door)
    again = visitor.client.get(path_of(door))
    assert again.status_code == 200


@pytest.mark.parametrize("browser", [Visitor, in_wechat])
def test_the_page_says_what_it_is_for(browser: Any, wechat_simulator: SimulatorServer) -> None:
    BothProviderFactory()
    visitor = browser(wechat_simulator)
    visitor.sign_in()
    page = followed(visitor.client, visitor.client.get(TOTP))
    assert asks(page)
    assert "Confirm Access" in page.content.decode()
    assert confirm(visitor, page).wsgi_request.path == TOTP
