"""Does only the WeChat of whoever is signed in confirm, only for what it was asked, and only for a while?"""

import time
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user_model
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from django_wechat.models import QRSession, SignInAttempt, Status, WeChatIdentity, WeChatProvider
from django_wechat.simulator.server import SimulatorServer
from django_wechat.web.reauthenticating import fresh
from tests.factories import BothProviderFactory, UserFactory
from tests.following import answer, link_in, phone, scan, signed_in, status
from tests.user_agents import IPHONE_WECHAT, WINDOWS_CHROME
from tests.visitor import LOGIN, QR, Visitor, cookies_of

ASK = "?process=reauthenticate&next=/settings/"
PAGE = "/accounts/wechat/reauthenticate/"


@pytest.fixture(params=[WINDOWS_CHROME, IPHONE_WECHAT], ids=["by the QR code", "inside WeChat"])
def visitor(request: pytest.FixtureRequest, db: None, wechat_simulator: SimulatorServer) -> Visitor:
    """Somebody who signed in by WeChat and has nothing else."""
    BothProviderFactory(name="site")
    found = Visitor(wechat_simulator, user_agent=request.param)
    found.sign_in()
    return found


@pytest.fixture
def follower(transactional_db: None, wechat_simulator: SimulatorServer, live_server: LiveServer) -> Visitor:
    """Somebody who signed in by following the official account."""
    return signed_in(wechat_simulator, live_server)


def confirm(visitor: Visitor, query: str = ASK, *, person: str = "") -> Any:
    url = visitor.start(query)
    visitor.person = person or visitor.person
    return visitor.come_back(url, visitor.allow(url))


def browser_of(visitor: Visitor) -> str:
    return str(visitor.client.defaults["HTTP_USER_AGENT"])


def is_fresh(client: Client) -> bool:
    request = client.get("/").wsgi_request
    return fresh.is_fresh(request)


def known() -> tuple[Any, ...]:
    people = get_user_model().objects.count(), SocialAccount.objects.count()
    return (*people, sorted(WeChatIdentity.objects.values_list("appid", "openid", "unionid", "account")))


# --- an address of WeChat's ---


def test_the_own_wechat_confirms(visitor: Visitor) -> None:
    before, user = known(), visitor.user
    assert not is_fresh(visitor.client), "a sign-in is no confirmation"
    response = confirm(visitor)
    assert response["Location"].removesuffix("#") == f"{PAGE}?next=%2Fsettings%2F"
    assert is_fresh(visitor.client)
    assert visitor.client.get(response["Location"])["Location"] == "/settings/"
    assert (visitor.user, known()) == (user, before)
    last = SignInAttempt.objects.latest("pk")
    assert (last.provider_name, last.outcome, last.problem) == ("site", "reauthenticated", "")


def test_somebody_elses_wechat_changes_nothing(visitor: Visitor) -> None:
    before, user = known(), visitor.user
    response = confirm(visitor, person="xiaohua")
    assert response.status_code == 403
    assert "somebody else’s WeChat" in response.content.decode()
    assert f'href="{PAGE}?next=%2Fsettings%2F"' in response.content.decode()
    assert (visitor.user, known(), is_fresh(visitor.client)) == (user, before, False)


def test_a_wechat_that_is_another_users_changes_nothing(visitor: Visitor) -> None:
    Visitor(visitor.simulator, person="xiaohua").sign_in()
    before, user = known(), visitor.user
    assert confirm(visitor, person="xiaohua").status_code == 403
    assert (visitor.user, known(), is_fresh(visitor.client)) == (user, before, False)


def test_a_person_known_by_the_unionid_confirms_from_another_device(visitor: Visitor) -> None:
    other = IPHONE_WECHAT if browser_of(visitor) == WINDOWS_CHROME else WINDOWS_CHROME
    elsewhere = Visitor(visitor.simulator, user_agent=other)
    elsewhere.client.cookies = cookies_of(visitor.client)
    before = known()
    assert confirm(elsewhere).status_code == 302
    assert is_fresh(visitor.client)
    assert known() == before, "nothing new is written down of anybody"


def test_it_is_fresh_for_a_while(visitor: Visitor, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 100
    confirm(visitor)
    now = time.time()
    for later, counts in ((60, True), (101, False), (-60, False)):
        monkeypatch.setattr(time, "time", lambda later=later: now + later)
        assert is_fresh(visitor.client) is counts, later


def test_a_second_delivery_leads_on_and_confirms_nothing_anew(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = visitor.start(ASK)
    code = visitor.allow(url)
    first = visitor.come_back(url, code)
    noted = visitor.client.session["wechat_reauthenticated"]
    for again in (code, visitor.allow(url)):
        assert visitor.come_back(url, again)["Location"] == first["Location"]
    assert visitor.client.session["wechat_reauthenticated"] == noted
    assert SignInAttempt.objects.filter(outcome="reauthenticated").count() == 1


def test_it_is_noted_before_a_second_delivery_may_lead_on(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    real = fresh.note

    def note(request: Any, **more: bool) -> None:
        real(request, **more)
        seen.append(Client())
        seen[0].cookies = cookies_of(visitor.client)
        assert is_fresh(seen[0]), "saved at once"

    monkeypatch.setattr(fresh, "note", note)
    confirm(visitor)
    assert seen


def test_one_session_cannot_end_what_another_began(visitor: Visitor) -> None:
    url = visitor.start(ASK)
    other = Visitor(visitor.simulator, user_agent=browser_of(visitor))
    other.client.force_login(visitor.user)
    response = other.come_back(url, other.allow(url), _redir="1")
    assert response.status_code == 302
    assert not is_fresh(other.client)
    assert not is_fresh(visitor.client)


def test_another_user_cannot_end_it(visitor: Visitor) -> None:
    url = visitor.start(ASK)
    session = visitor.client.session
    kept = {key: value for key, value in session.items() if not key.startswith("_auth")}
    visitor.client.force_login(UserFactory(username="other"))
    session = visitor.client.session
    session.update(kept)
    session.save()
    assert visitor.come_back(url, visitor.allow(url)).status_code == 401
    assert not is_fresh(visitor.client)


def test_signed_out_meanwhile(visitor: Visitor) -> None:
    url = visitor.start(ASK)
    kept = dict(visitor.client.session.items())
    visitor.client.logout()
    session = visitor.client.session
    session.update({key: value for key, value in kept.items() if not key.startswith("_auth")})
    session.save()
    visitor.client.cookies["sessionid"] = session.session_key
    response = visitor.come_back(url, visitor.allow(url))
    assert response.status_code == 401
    assert visitor.user is None


def test_nobody_begins_it(visitor: Visitor) -> None:
    visitor.client.logout()
    assert visitor.client.post(LOGIN + ASK).status_code == 401
    assert visitor.client.get(LOGIN + ASK).status_code == 401
    if browser_of(visitor) == WINDOWS_CHROME:
        refused = visitor.client.post(QR, {"process": "reauthenticate"})
        assert (refused.status_code, refused.json()["error"]["code"]) == (401, "sign_in_first")
    assert visitor.client.get(f"{PAGE}?next=/settings/")["Location"].startswith("/accounts/login/?next=")


@pytest.mark.parametrize("began", ["login", "connect"])
def test_a_purpose_in_the_query_turns_nothing_into_a_confirmation(visitor: Visitor, began: str) -> None:
    url = visitor.start(f"?process={began}")
    visitor.come_back(url, visitor.allow(url), process="reauthenticate")
    assert not is_fresh(visitor.client)


@pytest.mark.parametrize("claimed", ["login", "connect"])
def test_a_confirmation_turns_into_nothing_else(visitor: Visitor, claimed: str) -> None:
    before, user = known(), visitor.user
    url = visitor.start(ASK)
    visitor.person = "xiaohua"
    response = visitor.come_back(url, visitor.allow(url), process=claimed)
    assert response.status_code == 403
    assert (visitor.user, known(), is_fresh(visitor.client)) == (user, before, False)


def test_a_confirmation_is_for_who_is_signed_in_then(visitor: Visitor) -> None:
    confirm(visitor)
    session = visitor.client.session
    noted = session["wechat_reauthenticated"]
    visitor.client.force_login(UserFactory(username="other"))
    session = visitor.client.session
    session["wechat_reauthenticated"] = noted
    session.save()
    assert not is_fresh(visitor.client)


# --- the official account ---


def test_the_phone_is_told_what_it_confirms(follower: Visitor) -> None:
    opened = follower.open_qr(process="reauthenticate", next="/settings/")
    chat = scan(follower)
    assert "Confirm on a computer that it is you?" in chat
    assert "Number on the computer" in chat
    page = phone().get(link_in(chat)).content.decode()
    assert "Confirm on a computer that it is you?" in page
    assert str(follower.user) in page
    assert status(follower, opened)["digits"] == QRSession.objects.get(public_id=opened["id"]).digits


def test_where_a_scan_only_leads_on_the_chat_says_to_what(follower: Visitor) -> None:
    WeChatProvider.objects.update(follow_up_action="open")
    opened = follower.open_qr(process="reauthenticate")
    said = scan(follower)
    assert "scan the second QR code to confirm that it is you" in said
    assert "sign in" not in said
    assert status(follower, opened)["next"] == "open_platform"


def test_a_scan_confirms_once(follower: Visitor) -> None:
    before, user = known(), follower.user
    opened = follower.open_qr(process="reauthenticate", next="/settings/")
    answer(link_in(scan(follower)))
    ends = [follower.client.post(opened["finish_url"])["Location"] for _ in range(2)]
    assert ends == [f"{PAGE}?next=%2Fsettings%2F"] * 2
    assert is_fresh(follower.client)
    assert (follower.user, known()) == (user, before)
    assert list(SignInAttempt.objects.values_list("outcome", flat=True).order_by("pk"))[-1] == "reauthenticated"
    assert SignInAttempt.objects.filter(outcome="reauthenticated").count() == 1


def test_a_scan_alone_never_confirms(follower: Visitor) -> None:
    WeChatProvider.objects.update(confirm_on_phone=False)
    opened = follower.open_qr(process="reauthenticate")
    scan(follower)
    assert status(follower, opened)["next"] == "confirm"


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_somebody_elses_phone_changes_nothing(follower: Visitor, accept: str) -> None:
    before, user = known(), follower.user
    opened = follower.open_qr(process="reauthenticate")
    follower.person = "xiaohua"
    answer(link_in(scan(follower)))
    response = follower.client.post(opened["finish_url"], headers={"accept": accept})
    assert response.status_code == 403
    assert "does not belong to the account" in response.content.decode()
    if accept == "application/json":
        assert response.json()["error"]["code"] == "wrong_person"
    again = follower.client.post(opened["finish_url"], headers={"accept": "application/json"})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "qr_over")
    assert QRSession.objects.get(public_id=opened["id"]).status == Status.REFUSED
    assert (follower.user, known(), is_fresh(follower.client)) == (user, before, False)


def test_another_user_cannot_end_a_scan(follower: Visitor) -> None:
    opened = follower.open_qr(process="reauthenticate")
    answer(link_in(scan(follower)))
    follower.client.force_login(UserFactory(username="other"))
    response = follower.client.post(opened["finish_url"], headers={"accept": "application/json"})
    assert (response.status_code, response.json()["error"]["code"]) == (401, "other_user")


def test_nobody_can_end_a_scan(follower: Visitor) -> None:
    opened = follower.open_qr(process="reauthenticate")
    answer(link_in(scan(follower)))
    follower.client.post("/accounts/logout/")
    response = follower.client.post(opened["finish_url"], headers={"accept": "application/json"})
    assert (response.status_code, response.json()["error"]["code"]) == (401, "sign_in_first")
    assert follower.user is None


def test_a_scan_that_ran_out(follower: Visitor) -> None:
    opened = follower.open_qr(process="reauthenticate")
    answer(link_in(scan(follower)))
    QRSession.objects.update(expires_at="2020-01-01T00:00:00Z")
    response = follower.client.post(opened["finish_url"], headers={"accept": "application/json"})
    assert (response.status_code, response.json()["error"]["code"]) == (409, "qr_over")
    assert not is_fresh(follower.client)


def test_taken_back_on_the_phone_the_computer_is_signed_out(follower: Visitor) -> None:
    opened = follower.open_qr(process="reauthenticate")
    link = link_in(scan(follower))
    answer(link)
    follower.client.post(opened["finish_url"]).close()
    assert "Taken back" in answer(link, "refuse").content.decode()
    assert follower.user is None
    assert SocialAccount.objects.exists(), "a confirmation connected nothing that could be taken apart"
