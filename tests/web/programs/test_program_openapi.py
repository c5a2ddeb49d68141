"""Do the doors of programs answer as docs/openapi.yaml says, to requests that nobody thought of as well?"""

from typing import Any

import pytest
import schemathesis
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth import get_user_model
from hypothesis import given
from hypothesis import strategies as st

from django_wechat import conf
from django_wechat.models import QRSession, WeChatProvider
from django_wechat.simulator import seeds
from django_wechat.simulator.server import SimulatorServer
from tests.api_document import any_case, documented
from tests.user_agents import IPHONE_SAFARI
from tests.visitor import QR as OPEN_QR
from tests.visitor import Visitor
from tests.web.programs.program import PHONE, Program
from tests.web.test_openapi import CHECKS, bounded

pytestmark = pytest.mark.django_db(transaction=True)

MINI_PROGRAM, APP = "/wechat/mini-program/", "/wechat/app/"
PHONE_PATH, PROFILE_PATH = "/wechat/mini-program/phone/", "/wechat/mini-program/profile/"


@pytest.mark.parametrize("path", [MINI_PROGRAM, APP])
def test_any_request_gets_a_documented_answer(program: Program, path: str) -> None:
    seen = set()

    @bounded
    @given(case=any_case(path, "post"), real=st.booleans())
    def ask(case: schemathesis.Case, real: bool) -> None:
        if real:
            case.body = {"code": program.code() if path == MINI_PROGRAM else program.app_code()}
        response = case.call()
        seen.add(response.status_code)
        case.validate_response(response, checks=CHECKS)

    ask()
    assert {200, 400} <= seen


def test_each_answer(program: Program, settings: Any) -> None:
    def told(response: Any) -> dict[str, Any]:
        return documented(response, MINI_PROGRAM, "post")

    told(program.sign_in())
    told(program.sign_in(openid="o"))
    told(program.sign_in(appid="wx0000000000000000"))
    told(program.sign_in(process="connect"))
    settings.WECHAT = {**settings.WECHAT, "NEW_PEOPLE": "bind_only"}
    program.person = "xiaohua"
    told(program.sign_in())
    program.person = "zhangsan"
    TOTP.activate(get_user_model().objects.get(), generate_totp_secret())
    assert "data" in told(program.sign_in())
    settings.WECHAT = {**settings.WECHAT, "TOKENS": "tests.web.programs.test_door.own"}
    assert told(program.sign_in())["error"]["code"] == "more_asked"
    program.token = "made-up"
    told(program.sign_in())
    program.token = ""
    for fault in ("45011", "-1"):
        program.platform.set_fault(fault, "jscode2session", once=True)
        told(program.sign_in())


def test_any_request_for_tokens_gets_a_documented_answer(program: Program, settings: Any) -> None:
    settings.WECHAT = {**settings.WECHAT, "TOKENS": "simplejwt"}
    program.sign_in()
    TOTP.activate(get_user_model().objects.get(), generate_totp_secret())
    flow = program.sign_in().json()["flow_token"]
    seen = set()

    @bounded
    @given(case=any_case("/wechat/tokens/", "post"), real=st.booleans())
    def ask(case: schemathesis.Case, real: bool) -> None:
        response = case.call(headers={"X-Session-Token": flow} if real else {})
        seen.add(response.status_code)
        case.validate_response(response, checks=CHECKS)

    ask()
    assert {400, 401} <= seen


@pytest.fixture
def keeps_numbers(settings: Any) -> Any:
    """A site that asks for phone numbers; `settings`, to change it."""
    settings.ACCOUNT_ADAPTER = "tests.sites.phone.OwnersAdapter"
    settings.WECHAT = {**settings.WECHAT, "PHONE_NUMBER": True}
    return settings


def test_any_request_about_a_phone_number(program: Program, keeps_numbers: Any) -> None:
    token = program.sign_in().json()["meta"]["session_token"]
    seen = set()

    @bounded
    @given(case=any_case(PHONE_PATH, "post"), real=st.booleans(), signed_in=st.booleans())
    def ask(case: schemathesis.Case, real: bool, signed_in: bool) -> None:
        if real:
            case.body = {"phone_code": program.phone_code()}
        if signed_in:
            case.headers["X-Session-Token"] = token
        response = case.call()
        seen.add(response.status_code)
        case.validate_response(response, checks=CHECKS)

    ask()
    assert {200, 400, 401} <= seen


def test_each_answer_about_a_phone_number(program: Program, keeps_numbers: Any) -> None:
    def told(response: Any, path: str = PHONE_PATH) -> dict[str, Any]:
        return documented(response, path, "post")

    def sent() -> dict[str, Any]:
        return told(program.post(PHONE, {"phone_code": program.phone_code()}))

    assert sent()["error"]["code"] == "sign_in_first"
    assert "number" in told(program.sign_in(phone_code=program.phone_code()), MINI_PROGRAM)["phone"]
    assert told(program.sign_in_by_app(phone_code="a"), APP)["ignored"] == ["phone_code"]
    program.token = program.sign_in().json()["meta"]["session_token"]
    assert "number" in sent()["phone"]
    for fault in ("40029", "45011", "-1", "48001"):
        program.platform.set_fault(fault, "getuserphonenumber", once=True)
        assert "error" in sent()
    program.platform.set_fault("40029", "getuserphonenumber", once=True)
    assert "error" in told(program.sign_in(phone_code=program.phone_code()), MINI_PROGRAM)["phone"]
    for adapter, code in (("RaceAdapter", "phone_taken"), ("HongKongAdapter", "site_refused")):
        keeps_numbers.ACCOUNT_ADAPTER = f"tests.sites.phone.{adapter}"
        assert sent()["error"]["code"] == code
    keeps_numbers.ACCOUNT_ADAPTER = "allauth.account.adapter.DefaultAccountAdapter"
    assert sent()["error"]["code"] == "phone_not_kept"
    keeps_numbers.WECHAT = {**keeps_numbers.WECHAT, "PHONE_NUMBER": False}
    assert sent()["error"]["code"] == "not_available"
    program.token = "made-up"
    told(program.post(PHONE, {"phone_code": "a"}))
    program.token = ""
    TOTP.activate(get_user_model().objects.get(), generate_totp_secret())
    for tokens in (None, "tests.web.programs.test_door.own"):
        keeps_numbers.WECHAT = {**keeps_numbers.WECHAT, "PHONE_NUMBER": True, "TOKENS": tokens}
        assert told(program.sign_in(phone_code="a"), MINI_PROGRAM)["phone"]["error"]["code"] == "sign_in_first"


@pytest.mark.parametrize("method", ["patch", "post"])
def test_any_request_about_name_and_picture(program: Program, settings: Any, method: str) -> None:
    many = {rule: (10_000, window) for rule, (_times, window) in conf.DEFAULTS["RATE_LIMITS"].items()}
    memory = {"BACKEND": "django.core.files.storage.InMemoryStorage", "OPTIONS": {"base_url": "/media/"}}
    settings.STORAGES = {**settings.STORAGES, "avatars": memory}
    settings.WECHAT = {**settings.WECHAT, "AVATAR_STORAGE": "avatars", "RATE_LIMITS": many}
    token = program.sign_in().json()["meta"]["session_token"]
    seen = set()

    @bounded
    @given(case=any_case(PROFILE_PATH, method), real=st.booleans(), signed_in=st.integers(0, 3))
    def ask(case: schemathesis.Case, real: bool, signed_in: int) -> None:
        if signed_in:
            case.headers["X-Session-Token"] = token
        if real:
            case.media_type, case.body = "application/json", {"nickname": "小明"}
        response = case.call()
        seen.add(response.status_code)
        case.validate_response(response, checks=CHECKS)

    ask()
    assert {200, 400, 401} <= seen


def test_each_answer_about_name_and_picture(program: Program, settings: Any) -> None:
    def told(response: Any) -> dict[str, Any]:
        return documented(response, PROFILE_PATH, "patch")

    assert told(program.type_name("小明"))["error"]["code"] == "sign_in_first"
    program.token = program.sign_in().json()["meta"]["session_token"]
    assert told(program.type_name("小明"))["nickname"] == "小明"
    assert told(program.type_name(""))["error"]["code"] == "bad_request"
    assert told(program.upload(b"a"))["error"]["code"] == "not_available"
    settings.WECHAT = {**settings.WECHAT, "RATE_LIMITS": {"profile_person": (1, 86_400)}}
    program.type_name("小明")
    assert told(program.type_name("小明"))["error"]["code"] == "too_often"
    program.token = "made-up"
    told(program.type_name("小明"))


@pytest.mark.parametrize("path", ["/wechat/mini-program/scan/", "/wechat/mini-program/confirm/"])
def test_any_request_about_a_code_gets_a_documented_answer(
    program: Program, wechat_simulator: SimulatorServer, path: str
) -> None:
    WeChatProvider.objects.filter(sub_type="mini_program").update(enable_qr_code=True)
    computer = Visitor(wechat_simulator)
    seen = set()

    @bounded
    @given(case=any_case(path, "post"), real=st.booleans(), entry=st.sampled_from([1047, 1049]))
    def ask(case: schemathesis.Case, real: bool, entry: int) -> None:
        if real:
            computer.open_qr()
            scene = QRSession.objects.latest("pk").scene
            known = {"scene": scene, "appid": seeds.MINI_PROGRAM_APPID, "entry": entry}
            case.body = known | ({"answer": "refuse"} if path.endswith("confirm/") else {})
        response = case.call()
        seen.add(response.status_code)
        case.validate_response(response, checks=CHECKS)

    ask()
    assert {400, 403, 404} <= seen


def test_a_code_on_a_computer_is_documented(program: Program, wechat_simulator: SimulatorServer) -> None:
    WeChatProvider.objects.filter(sub_type="mini_program").update(enable_qr_code=True)
    computer = Visitor(wechat_simulator)
    opened = documented(computer.client.post(OPEN_QR), "/wechat/qr/", "post")
    assert opened["kind"] == "mini_program"
    assert documented(computer.client.get(opened["status_url"]), "/wechat/qr/{id}/", "get")["notice"] == ""
    phone = Visitor(wechat_simulator, user_agent=IPHONE_SAFARI)
    assert documented(phone.client.post(OPEN_QR, {"kind": "link"}), "/wechat/qr/", "post")["link"]
