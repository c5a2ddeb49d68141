"""Which journey does each browser get? The table of the design, over real User-Agent strings."""

import pytest

from django_wechat.flows import follow, help_pages, in_wechat, table, web_qr
from django_wechat.flows.journey import Journey, TakesCode
from django_wechat.flows.table import pick
from django_wechat.models import SubType, WeChatProvider
from django_wechat.protocol.user_agent import parse
from tests import user_agents as ua

ID, SECRET = "wx0000000000000001", "1" * 32
ID_2, SECRET_2 = "wx0000000000000002", "2" * 32


def row(name: str, **columns: object) -> WeChatProvider:
    return WeChatProvider(name=name, **columns)


NONE: list[WeChatProvider] = []
EMPTY = [row("empty")]
WEB = [row("web", client_id=ID, client_secret=SECRET)]
BOTH = [row("both", client_id=ID, client_secret=SECRET, client_id_2=ID_2, client_secret_2=SECRET_2)]
ACCOUNT_ONLY = [row("account", client_id_2=ID_2, client_secret_2=SECRET_2)]
MOBILE = [row("mobile", sub_type=SubType.MOBILE, client_id=ID_2, client_secret=SECRET_2)]
MOBILE_TWO_PAIRS = [
    row(
        "mobile2",
        sub_type=SubType.MOBILE,
        client_id=ID,
        client_secret=SECRET,
        client_id_2=ID_2,
        client_secret_2=SECRET_2,
    )
]
QR = {"enable_qr_code": True, "access_token": "token"}
FOLLOW = [row("follow", client_id_2=ID_2, client_secret_2=SECRET_2, **QR)]
FOLLOW_AND_WEB = [row("f", client_id=ID, client_secret=SECRET, client_id_2=ID_2, client_secret_2=SECRET_2, **QR)]
QR_WITHOUT_TOKEN = [
    row("q", client_id=ID, client_secret=SECRET, client_id_2=ID_2, client_secret_2=SECRET_2, enable_qr_code=True)
]
QR_ON_MOBILE = [row("m", sub_type=SubType.MOBILE, client_id_2=ID_2, client_secret_2=SECRET_2, **QR)]
ID_WITHOUT_SECRET = [row("half", client_id=ID)]
MOBILE_THEN_WEB = [*MOBILE, *WEB]
WEB_THEN_FOLLOW = [*WEB, *FOLLOW]

INSIDE_WECHAT = [
    ua.IPHONE_WECHAT,
    ua.ANDROID_WECHAT,
    ua.WINDOWS_WECHAT,
    ua.MAC_WECHAT,
    ua.LINUX_WECHAT,
    ua.HARMONYOS_WECHAT,
    ua.IPHONE_WECHAT.upper(),
]
PCS = [ua.WINDOWS_CHROME, ua.MAC_SAFARI, ua.LINUX_FIREFOX, ua.IPAD_SAFARI, ua.ANDROID_TABLET, ""]
PHONES = [ua.IPHONE_SAFARI, ua.ANDROID_CHROME, ua.ANDROID_FIREFOX, ua.HARMONYOS_BROWSER]
WECOM = [ua.IPHONE_WECOM, ua.ANDROID_WECOM, ua.WINDOWS_WECOM]
MINI_PROGRAMS = [ua.IPHONE_MINI_PROGRAM, ua.ANDROID_MINI_PROGRAM, ua.WINDOWS_MINI_PROGRAM]

TABLE = [
    # browsers, rows, journey, the row that serves it
    (INSIDE_WECHAT, BOTH, in_wechat.JOURNEY, "both"),
    (INSIDE_WECHAT, ACCOUNT_ONLY, in_wechat.JOURNEY, "account"),
    (INSIDE_WECHAT, MOBILE, in_wechat.JOURNEY, "mobile"),
    (INSIDE_WECHAT, MOBILE_TWO_PAIRS, in_wechat.JOURNEY, "mobile2"),
    (INSIDE_WECHAT, MOBILE_THEN_WEB, in_wechat.JOURNEY, "mobile"),
    (INSIDE_WECHAT, WEB_THEN_FOLLOW, in_wechat.JOURNEY, "follow"),
    (INSIDE_WECHAT, WEB, help_pages.IN_WECHAT, None),
    (INSIDE_WECHAT, EMPTY, help_pages.IN_WECHAT, None),
    (PCS, FOLLOW, follow.JOURNEY, "follow"),
    (PCS, FOLLOW_AND_WEB, follow.JOURNEY, "f"),
    (PCS, WEB, web_qr.JOURNEY, "web"),
    (PCS, BOTH, web_qr.JOURNEY, "both"),
    (PCS, QR_WITHOUT_TOKEN, web_qr.JOURNEY, "q"),
    (PCS, MOBILE_THEN_WEB, web_qr.JOURNEY, "web"),
    (PCS, WEB_THEN_FOLLOW, web_qr.JOURNEY, "web"),
    (PCS, MOBILE, None, None),
    (PCS, QR_ON_MOBILE, None, None),
    (PCS, ACCOUNT_ONLY, None, None),
    (PCS, ID_WITHOUT_SECRET, None, None),
    (PCS, EMPTY, None, None),
    (PHONES, WEB, help_pages.PHONE, None),
    (PHONES, BOTH, help_pages.PHONE, None),
    (PHONES, FOLLOW, help_pages.PHONE, None),
    (PHONES, MOBILE, help_pages.PHONE, None),
    (WECOM, BOTH, help_pages.WECOM, None),
    (WECOM, FOLLOW_AND_WEB, help_pages.WECOM, None),
    (MINI_PROGRAMS, BOTH, help_pages.MINI_PROGRAM, None),
    (MINI_PROGRAMS, MOBILE, help_pages.MINI_PROGRAM, None),
    ([*INSIDE_WECHAT, *PCS, *PHONES, *WECOM, *MINI_PROGRAMS], NONE, None, None),
]
CASES = [(agent, rows, journey, name) for agents, rows, journey, name in TABLE for agent in agents]


@pytest.mark.parametrize(("agent", "rows", "journey", "name"), CASES)
def test_pick(agent: str, rows: list[WeChatProvider], journey: Journey | None, name: str | None) -> None:
    choice = pick(parse(agent), rows)
    assert choice.journey is journey
    assert (choice.provider.name if choice.provider else None) == name


@pytest.mark.parametrize(
    ("rows", "full_page", "in_wechat"),
    [(WEB, True, False), (BOTH, True, True), (MOBILE, False, True), (FOLLOW, False, True), (EMPTY, False, False)],
)
def test_a_help_page_knows_what_else_would_work(
    rows: list[WeChatProvider], *, full_page: bool, in_wechat: bool
) -> None:
    choice = pick(parse(ua.IPHONE_SAFARI), rows)
    assert (choice.full_page, choice.in_wechat_possible) == (full_page, in_wechat)


def test_the_second_keypair_wins_inside_wechat() -> None:
    app = MOBILE_TWO_PAIRS[0].in_wechat_app
    assert app is not None
    assert app.appid == ID_2


def test_help_journeys_are_told_apart() -> None:
    assert [journey.name for journey in help_pages.PAGES if journey.is_help] == [
        "help_phone",
        "help_in_wechat",
        "help_wecom",
        "help_mini_program",
    ]


@pytest.mark.parametrize("journey", [table.MINI_PROGRAM, table.APP])
def test_programs_are_for_no_browser(journey: TakesCode) -> None:
    assert not journey.serves(parse(ua.WINDOWS_CHROME))
    assert not journey.serves(parse(ua.IPHONE_WECHAT))
