"""Who may answer on the phone, what is asked there, and what does "it wasn't me" undo, before the end and after?"""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from django_wechat.models import QRSession, SignInAttempt, Status, WeChatProvider
from django_wechat.signals import sign_in_disowned
from django_wechat.simulator.server import SimulatorServer
from tests import user_agents
from tests.encryption import LOST_KEY
from tests.factories import UserFactory
from tests.following import APPID, answer, link_in, phone, platform_of, scan, set_up, status
from tests.visitor import Visitor, cookies_of

SEED = {"seed": "x", "used_mask": 0}
NOT_WECHAT = ("IPHONE_SAFARI", "WINDOWS_CHROME", "IPHONE_WECOM", "IPHONE_MINI_PROGRAM")
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def row(wechat_simulator: SimulatorServer, live_server: LiveServer) -> WeChatProvider:
    return set_up(wechat_simulator, live_server)


@pytest.fixture
def pc(row: WeChatProvider, wechat_simulator: SimulatorServer) -> Visitor:
    return Visitor(wechat_simulator)


@pytest.fixture
def told() -> Any:
    """What a site hears of sign-ins that were taken back."""
    heard: list[tuple[str, bool]] = []

    def listen(user_id: str, *, ended: bool, **_kwargs: Any) -> None:
        heard.append((user_id, ended))

    sign_in_disowned.connect(listen)
    yield heard
    sign_in_disowned.disconnect(listen)


def sign_in(visitor: Visitor, **form: str) -> str:
    """Sign in or connect by the official account; return the link on the phone."""
    opened = visitor.open_qr(**form)
    link = link_in(scan(visitor))
    answer(link)
    visitor.client.post(opened["finish_url"], {"digits": QRSession.objects.latest("pk").digits})
    return link


def state(response: Any) -> str:
    return str(response.context["state"])


def test_the_message_has_title_host_digits_and_a_link_in_words(pc: Visitor) -> None:
    pc.open_qr()
    said = scan(pc)
    digits = QRSession.objects.get().digits
    assert said.startswith(f"Sign in on a computer?\ntestserver\nNumber on the computer: {digits}\n")
    assert "only if you opened testserver yourself on a computer in front of you" in said
    assert "Do not pass this message on" in said
    (part,) = [part for part in platform_of(pc).chat(APPID, pc.person)[-1].parts if part.url]
    assert part.words == "Open the question and answer it"
    assert said.count("http") == 1


def test_no_tag_of_somebody_elses_making_is_in_the_message(pc: Visitor) -> None:
    opened = pc.open_qr()
    qr_session = QRSession.objects.get(public_id=opened["id"])
    qr_session.request["site_name"] = "Tea <a href='x'>tea</a>"
    qr_session.save()
    said = scan(pc)
    assert "Tea a href='x'tea/a" in said
    assert said.count("<a ") == 1


def test_the_digits_are_told_from_the_scan_on(pc: Visitor) -> None:
    opened = pc.open_qr()
    assert (opened["digits"], status(pc, opened)["digits"]) == ("", "")
    scan(pc)
    digits = status(pc, opened)["digits"]
    assert len(digits) == 2
    assert digits == QRSession.objects.get().digits


def test_the_phone_is_warned_before_the_tap_and_told_the_host(pc: Visitor) -> None:
    pc.open_qr()
    page = phone().get(link_in(scan(pc))).content.decode()
    warning = page.index(
        "Confirm only if you opened <strong>testserver</strong> yourself on a computer in front of you"
    )
    assert warning < page.index('value="confirm"')


@pytest.mark.parametrize(
    "user_agent",
    ["", *(getattr(user_agents, name) for name in NOT_WECHAT)],
)
@pytest.mark.parametrize("word", ["confirm", "refuse"])
def test_a_link_that_was_passed_on_answers_nothing(pc: Visitor, user_agent: str, word: str) -> None:
    pc.open_qr()
    link = link_in(scan(pc))
    other = Client(headers={"user-agent": user_agent})
    page = other.get(link)
    assert (page.status_code, state(page)) == (200, "elsewhere")
    assert "wechat-digits" not in page.content.decode()
    assert "Windows" not in page.content.decode()
    assert (other.post(link, {"answer": word}).status_code, QRSession.objects.get().status) == (403, Status.SCANNED)


@pytest.mark.parametrize("user_agent", [user_agents.ANDROID_WECHAT, user_agents.WINDOWS_WECHAT])
def test_wechats_own_browsers_answer(pc: Visitor, user_agent: str) -> None:
    pc.open_qr()
    link = link_in(scan(pc))
    assert state(Client(headers={"user-agent": user_agent}).post(link, {"answer": "confirm"})) == "confirmed"


@pytest.mark.parametrize("word", ["confirm", "refuse"])
def test_the_browser_that_is_to_be_signed_in_does_not_answer(pc: Visitor, word: str) -> None:
    pc.open_qr()
    link = link_in(scan(pc))
    same = phone()
    same.cookies = cookies_of(pc.client)
    assert state(same.get(link)) == "own"
    assert (same.post(link, {"answer": word}).status_code, QRSession.objects.get().status) == (403, Status.SCANNED)


def test_it_was_not_me_signs_the_computer_out(pc: Visitor, told: list[tuple[str, bool]]) -> None:
    link = sign_in(pc)
    user = pc.user
    assert user is not None
    assert "It wasn’t me" in phone().get(link).content.decode()
    page = answer(link, "refuse")
    assert (state(page), page.context["ended"]) == ("disowned", True)
    assert b"The computer was signed out." in page.content
    assert pc.user is None
    assert told == [(str(user.pk), True)]
    attempt = SignInAttempt.objects.latest("pk")
    assert (attempt.outcome, attempt.problem) == ("cancelled", "disowned_on_phone")
    assert state(answer(link, "refuse")) == "disowned"
    assert len(told) == 1


def test_what_the_tab_is_told_of_a_sign_in_that_was_taken_back(pc: Visitor) -> None:
    opened = pc.open_qr()
    link = link_in(scan(pc))
    answer(link)
    pc.client.post(opened["finish_url"])
    answer(link, "refuse")
    assert status(pc, opened)["status"] == "refused"
    assert pc.client.post(opened["finish_url"]).status_code == 401


def test_without_a_question_the_message_has_the_way_back(pc: Visitor) -> None:
    WeChatProvider.objects.update(confirm_on_phone=False)
    opened = pc.open_qr()
    said = scan(pc)
    assert said.startswith("You are being signed in to testserver (testserver) on the computer.")
    pc.client.post(opened["finish_url"])
    assert pc.user is not None
    answer(link_in(said), "refuse")
    assert pc.user is None


def test_it_was_not_me_undoes_a_connection(pc: Visitor, told: list[tuple[str, bool]]) -> None:
    user = UserFactory()
    pc.client.force_login(user)
    link = sign_in(pc, process="connect")
    assert SocialAccount.objects.get().user == user
    assert state(answer(link, "refuse")) == "disowned"
    assert not SocialAccount.objects.exists()
    assert pc.user is None
    assert told == [(str(user.pk), True)]


def test_a_connection_from_before_stays(pc: Visitor) -> None:
    user = UserFactory()
    pc.client.force_login(user)
    sign_in(pc, process="connect")
    link = sign_in(pc, process="connect")
    answer(link, "refuse")
    assert SocialAccount.objects.get().user == user


def test_a_connection_that_the_site_refused_is_nobodys_to_undo(pc: Visitor) -> None:
    pc.client.force_login(UserFactory())
    sign_in(pc, process="connect")
    other = Visitor(pc.simulator)
    other.client.force_login(UserFactory())
    answer(sign_in(other, process="connect"), "refuse")
    assert SocialAccount.objects.count() == 1


def test_a_connection_that_is_gone_by_then(pc: Visitor) -> None:
    pc.client.force_login(UserFactory())
    link = sign_in(pc, process="connect")
    SocialAccount.objects.all().delete()
    assert state(answer(link, "refuse")) == "disowned"


def with_a_second_factor(pc: Visitor) -> Visitor:
    """Somebody known who has a second factor, at another computer."""
    sign_in(pc)
    Authenticator.objects.create(
        user=pc.user, type=Authenticator.Type.RECOVERY_CODES, data={"seed": "x", "used_mask": 0}
    )
    Authenticator.objects.create(user=pc.user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    return Visitor(pc.simulator)


def code_of(user: Any) -> str:
    codes = Authenticator.objects.get(user=user, type=Authenticator.Type.RECOVERY_CODES)
    return str(codes.wrap().get_unused_codes()[0])


def test_a_second_factor_later_it_can_still_be_taken_back(pc: Visitor, told: list[tuple[str, bool]]) -> None:
    other = with_a_second_factor(pc)
    link = sign_in(other)
    assert other.user is None
    other.client.post("/accounts/2fa/authenticate/", {"code": code_of(pc.user)})
    assert other.user == pc.user
    answer(link, "refuse")
    assert other.user is None
    assert pc.user is not None
    assert told == [(str(pc.user.pk), True)]


def test_taken_back_before_the_second_factor_nobody_is_signed_in(pc: Visitor, told: list[tuple[str, bool]]) -> None:
    other = with_a_second_factor(pc)
    link = sign_in(other)
    page = answer(link, "refuse")
    assert (state(page), page.context["ended"], told) == ("disowned", False, [("", False)])
    other.client.post("/accounts/2fa/authenticate/", {"code": code_of(pc.user)})
    assert other.user is None


@pytest.mark.parametrize("lost", ["key", "session"])
def test_a_session_that_cannot_be_ended_is_not_said_to_be(
    pc: Visitor, settings: Any, told: list[tuple[str, bool]], lost: str
) -> None:
    link = sign_in(pc)
    if lost == "key":
        settings.WECHAT = {**settings.WECHAT, "ENCRYPTION_KEYS": [LOST_KEY]}
    else:
        pc.client.logout()
    page = answer(link, "refuse")
    assert (state(page), page.context["ended"], told) == ("disowned", False, [("", False)])
    assert b"as far as this site can tell" in page.content


def test_the_visitor_is_signed_in_even_if_that_cannot_be_noted(pc: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: str) -> bool:
        raise OSError

    monkeypatch.setattr("django_wechat.stores.qr_sessions.note_session", fail)
    sign_in(pc)
    assert pc.user is not None


def test_signed_cookies_have_no_session_that_could_be_ended(pc: Visitor, settings: Any) -> None:
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
    link = sign_in(pc)
    assert QRSession.objects.get().session_keys == ""
    assert answer(link, "refuse").context["ended"] is False
