"""Does a mini program let a computer in that showed its code, and nobody else, and only as it should be opened?"""

from datetime import timedelta
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from django_wechat.flows.opens_program import TRIAL_ENTRY
from django_wechat.models import CodeExchange, ProgramCode, QRSession, SignInAttempt, WeChatIdentity, WeChatProvider
from django_wechat.people import erasure
from django_wechat.simulator import seeds
from django_wechat.simulator.server import SimulatorServer
from tests.factories import BothProviderFactory, MiniProgramFactory, UserFactory
from tests.user_agents import IPHONE_SAFARI
from tests.visitor import QR, Visitor
from tests.web.programs.program import Program, problem

pytestmark = pytest.mark.django_db
User = get_user_model()
SCAN, CONFIRM = "/accounts/wechat/mini-program/scan/", "/accounts/wechat/mini-program/confirm/"
CAMERA, LONG_PRESS, ALBUM, LINK, FORWARDED = 1047, 1048, 1049, 1194, 1167


@pytest.fixture
def pc(wechat_simulator: SimulatorServer) -> Visitor:
    MiniProgramFactory(name="mini", enable_qr_code=True)
    return Visitor(wechat_simulator)


@pytest.fixture
def phone(pc: Visitor) -> Program:
    return Program(pc.simulator)


def scene_of(opened: dict[str, Any]) -> str:
    return str(QRSession.objects.get(public_id=opened["id"]).scene)


def asked(opened: dict[str, Any], entry: Any = CAMERA, **more: Any) -> dict[str, Any]:
    return {"scene": scene_of(opened), "appid": seeds.MINI_PROGRAM_APPID, "entry": entry, **more}


def confirms(phone: Program, opened: dict[str, Any], entry: int = CAMERA, **more: Any) -> Any:
    body = asked(opened, entry, answer="confirm", code=phone.code()) | more
    return phone.post(CONFIRM, body)


def status(pc: Visitor, opened: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = pc.client.get(opened["status_url"]).json()
    return told


# --- from the code to the signed-in computer ---


def test_all_of_it(pc: Visitor, phone: Program) -> None:
    opened = pc.open_qr(next="/cart/")
    assert opened["kind"] == "mini_program"
    assert set(opened) == {"kind", "id", "image_url", "expires_in", "status_url", "stream_url", "finish_url"}
    assert status(pc, opened) | {"expires_in": 0} == {
        "status": "waiting",
        "expires_in": 0,
        "next": "",
        "digits": "",
        "notice": "",
    }
    told = phone.post(SCAN, asked(opened)).json()
    assert (told["host"], told["process"], told["browser"]) == ("testserver", "login", "Chrome")
    assert len(told["digits"]) == 2
    now = status(pc, opened)
    assert (now["status"], now["next"], now["digits"]) == ("scanned", "confirm", told["digits"])
    assert confirms(phone, opened).json() == {"status": "confirmed"}
    assert status(pc, opened)["next"] == "finish"
    assert pc.client.post(opened["finish_url"])["Location"] == "/cart/"
    assert pc.user == User.objects.get()
    identity = WeChatIdentity.objects.get()
    assert (identity.appid, bool(identity.unionid)) == (seeds.MINI_PROGRAM_APPID, True)
    entry = SignInAttempt.objects.get()
    assert (entry.journey, entry.outcome) == ("program_code", "signed_in")


def test_it_is_the_account_of_the_mini_program(pc: Visitor, phone: Program) -> None:
    phone.sign_in()
    opened = pc.open_qr()
    phone.post(SCAN, asked(opened))
    confirms(phone, opened)
    pc.client.post(opened["finish_url"])
    assert pc.user == User.objects.get()


def test_refused(pc: Visitor, phone: Program) -> None:
    opened = pc.open_qr()
    phone.post(SCAN, asked(opened))
    assert phone.post(CONFIRM, asked(opened, answer="refuse")).json() == {"status": "refused"}
    assert status(pc, opened)["status"] == "refused"
    assert pc.client.post(opened["finish_url"]).status_code == 401
    assert pc.user is None
    assert SignInAttempt.objects.get(problem="refused_on_phone").outcome == "cancelled"
    assert problem(confirms(phone, opened)) == (404, "qr_over")
    assert phone.post(CONFIRM, asked(opened, answer="refuse")).json() == {"status": "refused"}, "the answer was lost"
    assert SignInAttempt.objects.filter(problem="refused_on_phone").count() == 1


def test_a_yes_that_was_taken_back_is_not_repeated(pc: Visitor, phone: Program) -> None:
    opened = pc.open_qr()
    phone.post(SCAN, asked(opened))
    body = asked(opened, answer="confirm", code=phone.code())
    assert phone.post(CONFIRM, body).json() == {"status": "confirmed"}
    phone.post(CONFIRM, asked(opened, answer="refuse"))
    assert problem(phone.post(CONFIRM, body)) == (404, "qr_over")
    assert QRSession.objects.get().openid == ""


def test_what_is_over_accuses_nobody(pc: Visitor, phone: Program) -> None:
    opened = pc.open_qr()
    QRSession.objects.update(expires_at=timezone.now())
    assert problem(phone.post(SCAN, asked(opened, ALBUM))) == (404, "qr_over")


def test_an_erasure_takes_a_confirmed_code_along(pc: Visitor, phone: Program) -> None:
    """The person is known by the website alone, and has confirmed in the program: no identity of it is there yet."""
    BothProviderFactory()
    Visitor(pc.simulator).sign_in()
    opened = pc.open_qr(kind="mini_program")
    phone.post(SCAN, asked(opened))
    confirms(phone, opened)
    erasure.erase(SocialAccount.objects.get())
    assert not QRSession.objects.filter(public_id=opened["id"]).exists()
    assert pc.client.post(opened["finish_url"]).status_code == 404
    assert not SocialAccount.objects.exists()


def test_expired(pc: Visitor, phone: Program) -> None:
    opened = pc.open_qr()
    QRSession.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    now = status(pc, opened)
    assert (now["status"], now["next"]) == ("expired", "")
    assert problem(phone.post(SCAN, asked(opened))) == (404, "qr_over")
    assert problem(confirms(phone, opened)) == (404, "qr_over")
    assert phone.platform.count("/api/sns/jscode2session") == 0


def test_connect_takes_the_number_of_who_confirmed(pc: Visitor, phone: Program) -> None:
    member = UserFactory()
    pc.client.force_login(member, "django.contrib.auth.backends.ModelBackend")
    opened = pc.open_qr(process="connect")
    assert phone.post(SCAN, asked(opened)).json()["digits"] == "", "every phone that asks would know it"
    number = confirms(phone, opened).json()["digits"]
    assert status(pc, opened)["digits"] == ""
    wrong = f"{(int(number) + 1) % 100:02}"
    assert pc.client.post(opened["finish_url"], {"digits": wrong}).status_code != 302
    assert not WeChatIdentity.objects.exists()
    assert pc.client.post(opened["finish_url"], {"digits": number}).status_code == 302
    assert WeChatIdentity.objects.get().account.user == member


# --- how the program was opened ---


@pytest.mark.parametrize("entry", [LONG_PRESS, ALBUM, 1011, LINK, FORWARDED, 1001, TRIAL_ENTRY, 0, -1])
def test_a_code_that_was_sent_to_somebody(pc: Visitor, phone: Program, entry: int) -> None:
    opened = pc.open_qr()
    assert problem(phone.post(SCAN, asked(opened, entry))) == (403, "wrong_entry")
    assert problem(confirms(phone, opened, entry)) == (403, "wrong_entry")
    now = status(pc, opened)
    assert (now["status"], now["notice"]) == ("waiting", "wrong_entry")
    assert SignInAttempt.objects.filter(problem="wrong_entry").count() == 1, "once, however often it is tried"
    assert phone.platform.count("/api/sns/jscode2session") == 0
    phone.post(SCAN, asked(opened))
    assert status(pc, opened)["notice"] == "", "the code lives on"
    assert confirms(phone, opened).json() == {"status": "confirmed"}


def test_the_admin_may_relax_it(pc: Visitor, phone: Program) -> None:
    WeChatProvider.objects.update(strict_entry=False)
    opened = pc.open_qr()
    assert phone.post(SCAN, asked(opened, ALBUM)).status_code == 200
    assert confirms(phone, opened, ALBUM).json() == {"status": "confirmed"}
    assert problem(phone.post(SCAN, asked(pc.open_qr(), TRIAL_ENTRY))) == (403, "wrong_entry"), "another switch's"


@pytest.mark.parametrize("version", ["trial", "develop"])
def test_members_open_a_version_of_their_own(pc: Visitor, phone: Program, version: str) -> None:
    WeChatProvider.objects.update(mini_program_version=version)
    opened = pc.open_qr()
    assert phone.post(SCAN, asked(opened, TRIAL_ENTRY)).status_code == 200
    assert problem(phone.post(SCAN, asked(opened, ALBUM))) == (403, "wrong_entry")


@pytest.mark.parametrize("entry", [None, "1047", True, 1047.5, [1047]])
def test_no_way_in_at_all(pc: Visitor, phone: Program, entry: Any) -> None:
    opened = pc.open_qr()
    assert problem(phone.post(SCAN, asked(opened, entry))) == (400, "bad_request")


# --- who wants more ---


@pytest.mark.parametrize("path", [SCAN, CONFIRM])
@pytest.mark.parametrize("scene", ["made-up", "A" * 22, "长", "a" * 32])
def test_guessing_scenes(pc: Visitor, phone: Program, path: str, scene: str, settings: Any) -> None:
    pc.open_qr()
    settings.WECHAT = {**settings.WECHAT, "RATE_LIMITS": {"program_codes_refused_unknown": (2, 86_400)}}
    body = {"scene": scene, "appid": seeds.MINI_PROGRAM_APPID, "entry": CAMERA, "answer": "confirm", "code": "x"}
    for _ in range(2):
        assert problem(phone.post(path, body)) == (404, "qr_over")
    assert problem(phone.post(path, body)) == (429, "too_often")
    assert not CodeExchange.objects.exists(), "a stranger writes nothing"


def test_confirming_without_having_asked(pc: Visitor, phone: Program) -> None:
    opened = pc.open_qr()
    assert problem(confirms(phone, opened)) == (400, "bad_request")
    assert status(pc, opened)["status"] == "waiting"


@pytest.mark.parametrize("code", ["", "made-up", None, 5])
def test_confirming_without_a_code(pc: Visitor, phone: Program, code: Any) -> None:
    opened = pc.open_qr()
    phone.post(SCAN, asked(opened))
    refused = problem(phone.post(CONFIRM, asked(opened, answer="confirm", code=code)))
    assert refused == ((401, "code_invalid") if code == "made-up" else (400, "bad_request"))
    assert status(pc, opened)["status"] == "scanned"
    assert confirms(phone, opened).status_code == 200, "the person tries again"


@pytest.mark.parametrize("claim", ["openid", "unionid", "user"])
def test_what_the_program_says_of_who_it_is(pc: Visitor, phone: Program, claim: str) -> None:
    opened = pc.open_qr()
    phone.post(SCAN, asked(opened))
    assert problem(confirms(phone, opened, **{claim: "o-somebody"})) == (400, "bad_request")


def test_a_code_of_another_program(pc: Visitor, phone: Program) -> None:
    opened = pc.open_qr()
    phone.post(SCAN, asked(opened))
    other = phone.platform.new_mini_program()
    assert problem(confirms(phone, opened, code=phone.code(other.appid))) == (401, "code_invalid")
    assert problem(phone.post(SCAN, asked(opened) | {"appid": other.appid})) == (404, "qr_over")


def test_sent_twice(pc: Visitor, phone: Program) -> None:
    opened = pc.open_qr()
    phone.post(SCAN, asked(opened))
    body = asked(opened, answer="confirm", code=phone.code())
    assert [phone.post(CONFIRM, body).json() for _ in range(2)] == [{"status": "confirmed"}] * 2
    assert phone.platform.count("/api/sns/jscode2session") == 1


def test_confirmed_again_by_the_same_person_and_by_another(pc: Visitor, phone: Program) -> None:
    opened = pc.open_qr()
    phone.post(SCAN, asked(opened))
    confirms(phone, opened)
    assert confirms(phone, opened).json() == {"status": "confirmed"}, "the first answer was lost"
    other = Program(pc.simulator, person="xiaohua")
    assert problem(confirms(other, opened)) == (404, "qr_over")
    pc.client.post(opened["finish_url"])
    assert confirms(phone, opened).json() == {"status": "confirmed"}
    assert WeChatIdentity.objects.count() == 1


def test_two_phones_ask_and_the_first_yes_counts(pc: Visitor, phone: Program) -> None:
    opened = pc.open_qr()
    other = Program(pc.simulator, person="xiaohua")
    assert phone.post(SCAN, asked(opened)).json()["digits"] == other.post(SCAN, asked(opened)).json()["digits"]
    assert confirms(other, opened).status_code == 200
    assert problem(confirms(phone, opened)) == (404, "qr_over")


def test_a_session_cookie_means_nothing(pc: Visitor, phone: Program) -> None:
    opened = pc.open_qr()
    browser = Client()
    browser.force_login(UserFactory(), "django.contrib.auth.backends.ModelBackend")
    response = browser.post(SCAN, asked(opened), content_type="application/json")
    assert response.status_code == 200
    assert not response.cookies


def test_a_row_that_was_switched_off(pc: Visitor, phone: Program) -> None:
    opened = pc.open_qr()
    phone.post(SCAN, asked(opened))
    WeChatProvider.objects.update(enabled=False)
    assert problem(confirms(phone, opened)) == (404, "qr_over")


def test_a_row_whose_keypair_changed(pc: Visitor, phone: Program) -> None:
    opened = pc.open_qr()
    phone.post(SCAN, asked(opened))
    WeChatProvider.objects.update(client_id="wx0000000000000000")
    assert problem(confirms(phone, opened)) == (503, "misconfigured")


@pytest.mark.parametrize("fault", ["40029", "40226", "-1", "html", "45011"])
def test_what_wechat_refuses_at_the_end(pc: Visitor, phone: Program, fault: str) -> None:
    opened = pc.open_qr()
    phone.post(SCAN, asked(opened))
    phone.platform.set_fault(fault, "jscode2session", once=True)
    assert confirms(phone, opened).status_code in {401, 429, 503}
    assert status(pc, opened)["status"] == "scanned"
    assert confirms(phone, opened).status_code == 200


# --- the picture ---


def test_the_picture_is_for_its_own_browser(pc: Visitor) -> None:
    opened = pc.open_qr()
    answer = pc.client.get(opened["image_url"])
    assert answer.status_code == 200
    assert answer["Content-Type"] in {"image/jpeg", "image/png"}
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert Client().get(opened["image_url"]).status_code == 404
    other = Visitor(pc.simulator)
    other.open_qr()
    assert other.client.get(opened["image_url"]).status_code == 404


def test_a_picture_of_a_code_that_is_over(pc: Visitor) -> None:
    opened = pc.open_qr()
    ProgramCode.objects.update(expires_at=timezone.now())
    assert pc.client.get(opened["image_url"]).status_code == 404
    pc.open_qr()
    assert ProgramCode.objects.count() == 1, "those that are over go"
    pc.open_qr(previous=str(QRSession.objects.latest("pk").public_id))
    assert ProgramCode.objects.count() == 1, "and those that were replaced"
    ProgramCode.objects.update(expires_at=timezone.now())
    call_command("clear_qr_sessions")
    assert not ProgramCode.objects.exists()


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("41030", "misconfigured"),
        ("40169", "refused"),
        ("45009", "quota_used_up"),
        ("-1", "qr_unavailable"),
        ("html", "qr_unavailable"),
        ("40164", "misconfigured"),
    ],
)
def test_wechat_draws_no_code(pc: Visitor, fault: str, code: str) -> None:
    pc.simulator.platform.set_fault(fault, "getwxacodeunlimit")
    response = pc.client.post(QR)
    assert problem(response) == (503, code)
    assert not QRSession.objects.exists()


def test_codes_of_a_minute_run_out(pc: Visitor, settings: Any) -> None:
    settings.WECHAT = {**settings.WECHAT, "RATE_LIMITS": {"program_codes_minute": (1, 86_400)}}
    pc.open_qr()
    assert problem(Visitor(pc.simulator).client.post(QR)) == (429, "quota_used_up")


# --- from a phone's browser ---


@pytest.fixture
def safari(pc: Visitor) -> Visitor:
    return Visitor(pc.simulator, user_agent=IPHONE_SAFARI)


def test_a_link_from_a_phones_browser(safari: Visitor, phone: Program) -> None:
    opened = safari.open_qr(kind="link", next="/cart/")
    assert opened["kind"] == "mini_program_link"
    assert opened["link"].startswith("http")
    told = phone.post(SCAN, asked(opened, LINK)).json()
    assert told["digits"] == ""
    assert confirms(phone, opened, LINK).json() == {"status": "confirmed"}
    assert status(safari, opened)["next"] == "finish"
    assert safari.client.post(opened["finish_url"])["Location"] == "/cart/"
    assert safari.user is not None


@pytest.mark.parametrize("entry", [FORWARDED, CAMERA, ALBUM])
def test_a_link_that_was_passed_on(safari: Visitor, phone: Program, entry: int) -> None:
    opened = safari.open_qr(kind="link")
    refused = phone.post(SCAN, asked(opened, entry))
    assert problem(refused) == (403, "wrong_entry")
    assert "passed on" in refused.json()["error"]["message"], "there is no code that a camera could scan"


def test_links_that_ran_out_are_no_frame(safari: Visitor, settings: Any) -> None:
    BothProviderFactory()
    settings.WECHAT = {**settings.WECHAT, "RATE_LIMITS": {"program_links_day": (0, 86_400)}}
    assert problem(safari.client.post(QR, {"kind": "link"})) == (429, "quota_used_up")


def test_an_individuals_program_has_no_links(safari: Visitor) -> None:
    safari.simulator.platform.set_fault("40002", "generate_urllink")
    assert problem(safari.client.post(QR, {"kind": "link"}))[0] == 503
    assert problem(safari.client.post(QR, {"kind": "link"})) == (409, "not_available"), "nobody asks again and again"


def test_a_link_that_cannot_be_had_now_may_be_had_later(safari: Visitor) -> None:
    safari.simulator.platform.set_fault("44990", "generate_urllink", once=True)
    assert problem(safari.client.post(QR, {"kind": "link"}))[0] == 503
    assert safari.open_qr(kind="link")["link"]


def test_neither_for_the_other(pc: Visitor, safari: Visitor) -> None:
    assert problem(pc.client.post(QR, {"kind": "link"})) == (409, "not_available")
    assert problem(safari.client.post(QR, {"kind": "mini_program"})) == (409, "not_available")
    assert problem(safari.client.post(QR)) == (409, "not_available")
