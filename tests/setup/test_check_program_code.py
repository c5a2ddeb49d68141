"""Does Check find out what stops a mini program's code on the PC, and whether a phone's browser can open it?"""

from typing import Any

import pytest

from django_wechat.models import WeChatProvider
from django_wechat.setup import check as setup_check
from django_wechat.setup.check import Finding, Verdict
from django_wechat.setup.check.places import place_of
from django_wechat.simulator import seeds
from django_wechat.simulator.server import SimulatorServer
from django_wechat.simulator.world.registry import App
from tests.factories import MiniProgramFactory

pytestmark = pytest.mark.django_db

SEEN = f"https://{seeds.CALLBACK_DOMAIN}/"
CODE, LINK = "getwxacodeunlimit", "generate_urllink"


@pytest.fixture
def program(wechat_simulator: SimulatorServer) -> App:
    app: App = wechat_simulator.platform.find_app(seeds.MINI_PROGRAM_APPID)
    return app


@pytest.fixture
def row(program: App) -> WeChatProvider:
    created: WeChatProvider = MiniProgramFactory(enable_qr_code=True)
    return created


def check(row: WeChatProvider, **columns: Any) -> dict[str, Finding]:
    WeChatProvider.objects.filter(pk=row.pk).update(**columns)
    row.refresh_from_db()
    return {finding.code: finding for finding in setup_check.check(row, seen=SEEN)}


def wrong(found: dict[str, Finding]) -> set[str]:
    return {code for code, one in found.items() if one.verdict in (Verdict.ERROR, Verdict.WARNING)} - ELSEWHERE


ELSEWHERE = {"not_wechat", "cache_not_shared"}


def test_what_is_right_is_found_right(row: WeChatProvider) -> None:
    found = check(row)
    assert wrong(found) == set()
    assert {"keypair_1_ok", "ip_allowed", "program_code_ok", "program_link_ok", "clock_ok"} <= set(found)


def test_nothing_is_asked_where_the_code_is_off(row: WeChatProvider, wechat_simulator: SimulatorServer) -> None:
    before = len(wechat_simulator.platform.requests)
    found = check(row, enable_qr_code=False, strict_entry=False, mini_program_version="trial")
    assert not {code for code in found if code.startswith(("program_", "ip_", "any_entry", "for_members"))}
    asked = {request.path.rpartition("/")[2] for request in wechat_simulator.platform.requests[before:]}
    assert asked == {"jscode2session"}


def test_a_page_that_is_not_there(row: WeChatProvider) -> None:
    found = check(row, mini_program_page="pages/nowhere")
    assert wrong(found) == {"program_page_missing"}
    missing = found["program_page_missing"]
    assert missing.verdict is Verdict.ERROR
    assert "pages/nowhere" in missing.title
    assert "41030" in missing.reason
    assert place_of(missing).field == "mini_program_page"


def test_a_program_that_is_not_released(row: WeChatProvider, program: App) -> None:
    program.released = False
    assert wrong(check(row)) == {"program_page_missing"}
    found = check(row, mini_program_version="trial")
    assert wrong(found) == {"for_members_only", "program_link_unreleased"}
    assert "program_code_ok_unchecked" in found


def test_the_program_of_an_individual_has_a_code_and_no_links(row: WeChatProvider, program: App) -> None:
    program.of_individual = True
    found = check(row)
    assert wrong(found) == set()
    assert "program_code_ok" in found
    assert "individuals" in found["program_link_individual"].reason


def test_the_address_has_to_be_allowed(row: WeChatProvider, program: App) -> None:
    program.ip_whitelist = "203.0.113.9"
    found = check(row)
    assert found["ip_not_allowed"].verdict is Verdict.ERROR
    assert "127.0.0.1" in found["ip_not_allowed"].todo
    assert "keypair_1_ok" in found
    assert not [code for code in found if code.startswith("program_")]


def test_a_wrong_secret_is_one_error(row: WeChatProvider, wechat_simulator: SimulatorServer) -> None:
    row.client_secret = "0" * 32
    row.save()
    assert wrong(check(row)) == {"secret_1_wrong"}


def test_what_lets_others_in_is_warned_of(row: WeChatProvider) -> None:
    found = check(row, strict_entry=False)
    assert wrong(found) == {"any_entry"}
    assert place_of(found["any_entry"]).field == "strict_entry"


@pytest.mark.parametrize(
    ("kind", "endpoint", "code", "verdict"),
    [
        ("40097", CODE, "program_version_refused", Verdict.ERROR),
        ("48001", CODE, "program_code_not_authorized", Verdict.ERROR),
        ("40129", CODE, "program_code_refused", Verdict.ERROR),
        ("40169", CODE, "program_code_refused", Verdict.ERROR),
        ("45009", CODE, "wechat_busy", Verdict.UNKNOWN),
        ("html", CODE, "wechat_busy", Verdict.UNKNOWN),
        ("40002", LINK, "program_link_individual", Verdict.OK),
        ("44990", LINK, "wechat_busy", Verdict.UNKNOWN),
        ("44993", LINK, "program_link_quota", Verdict.WARNING),
        ("85406", LINK, "program_link_quota", Verdict.WARNING),
        ("85079", LINK, "program_link_unreleased", Verdict.WARNING),
        ("85088", LINK, "program_link_not_authorized", Verdict.WARNING),
        ("85407", LINK, "program_link_not_authorized", Verdict.WARNING),
        ("85408", LINK, "program_link_not_authorized", Verdict.WARNING),
        ("85401", LINK, "program_link_refused", Verdict.WARNING),
        ("40212", LINK, "program_link_refused", Verdict.WARNING),
        ("-1", "cgi-bin/stable_token", "wechat_busy", Verdict.UNKNOWN),
        ("40243", "cgi-bin/stable_token", "secret_1_frozen", Verdict.ERROR),
    ],
)
def test_other_answers(
    row: WeChatProvider, wechat_simulator: SimulatorServer, kind: str, endpoint: str, code: str, verdict: Verdict
) -> None:
    wechat_simulator.platform.set_fault(kind, endpoint)
    found = check(row)
    assert found[code].verdict is verdict
    assert found[code].title
    if verdict in (Verdict.ERROR, Verdict.WARNING):
        assert wrong(found) == {code}
        assert kind in found[code].reason
        assert found[code].todo


@pytest.mark.parametrize("endpoint", ["cgi-bin/stable_token", CODE, LINK])
def test_nothing_is_asked_after_a_silence(
    row: WeChatProvider, wechat_simulator: SimulatorServer, settings: Any, endpoint: str
) -> None:
    settings.WECHAT = {**settings.WECHAT, "TIMEOUT": 0.2}
    wechat_simulator.platform.set_fault("slow", endpoint, seconds=0.6)
    assert "wechat_unreachable" in check(row)
    assert wechat_simulator.platform.requests[-1].path.endswith(endpoint)


def test_the_api_token_in_use_stays(row: WeChatProvider, program: App, wechat_simulator: SimulatorServer) -> None:
    token, _seconds = wechat_simulator.platform.stable_api_token(program)
    check(row)
    assert wechat_simulator.platform.stable_api_token(program)[0] == token
