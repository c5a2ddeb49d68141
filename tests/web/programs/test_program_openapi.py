"""Do the doors of programs answer as docs/openapi.yaml says, to requests that nobody thought of as well?"""

from typing import Any

import pytest
import schemathesis
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth import get_user_model
from hypothesis import given
from hypothesis import strategies as st

from tests.api_document import any_case, documented
from tests.web.programs.program import Program
from tests.web.test_openapi import CHECKS, bounded

pytestmark = pytest.mark.django_db(transaction=True)

MINI_PROGRAM, APP = "/wechat/mini-program/", "/wechat/app/"


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
