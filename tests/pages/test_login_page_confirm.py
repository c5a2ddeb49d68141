"""The page on the phone that asks whether a computer may be signed in: its words, its buttons, its outcomes."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import timezone, translation
from playwright.sync_api import Page, expect

import django_wechat
from tests import user_agents
from tests.pages.test_login_page import Elements

STYLESHEET = Path(django_wechat.__file__).parent / "static" / "django_wechat" / "wechat.css"
ADDRESS = "/accounts/wechat/confirm/key/"
ASKED = {
    "state": "ask",
    "site_name": "Acme",
    "host": "acme.example",
    "digits": "47",
    "browser": "Chrome",
    "system": "Windows",
    "place": "Shenzhen",
    "requested_at": datetime(2030, 1, 2, 15, 4, tzinfo=UTC),
    "process": "login",
    "confirm_url": ADDRESS,
}
STATES = ("ask", "confirmed", "refused", "expired", "disowned", "elsewhere", "own", "other", "gone")
UNKNOWN = dict.fromkeys(("site_name", "host", "place", "browser", "system"), "")


def rendered(context: dict[str, Any], language: str = "en") -> str:
    request = RequestFactory().get(ADDRESS, headers={"user-agent": user_agents.IPHONE_WECHAT})
    request.user = AnonymousUser()
    with translation.override(language):
        return render_to_string("django_wechat/confirm.html", context, request)


def page_with(language: str = "en", **change: Any) -> str:
    return rendered(ASKED | change, language)


def words(page: str) -> str:
    """What a visitor reads of our part of the page."""
    body = page[page.index("<h1") :]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", body)).strip()


def test_the_question_names_everything_one_needs_to_judge_it() -> None:
    with timezone.override(UTC):
        asked = words(page_with())
    for word in (
        "Sign in on a computer?",
        "Acme acme.example",
        "Chrome on Windows",
        "Shenzhen",
        "just now",
        " 47 ",
    ):
        assert word in asked, word
    assert "Check that the computer shows the same number." in asked


@pytest.mark.parametrize(
    ("language", "minutes", "shown"),
    [
        ("en", 0, "Time just now"),
        ("en", 1, "Time 1 minute ago"),
        ("en", 4, "Time 4 minutes ago"),
        ("zh-hans", 0, "时间 刚刚"),
        ("zh-hans", 4, "时间 4 分钟前"),
    ],
)
def test_the_time_asks_for_no_knowledge_of_time_zones(language: str, minutes: int, shown: str) -> None:
    page = page_with(language, minutes_ago=minutes)
    assert shown in words(page)
    assert '<time datetime="2030-01-02T' in page


@pytest.mark.parametrize(
    ("known", "shown"),
    [
        ({"browser": "Chrome", "system": ""}, "Browser Chrome Place"),
        ({"browser": "", "system": "Windows"}, "Browser Windows Place"),
        ({"browser": "", "system": ""}, "acme.example Place"),
        ({"place": ""}, "Chrome on Windows Time"),
    ],
)
def test_what_is_not_known_is_left_out(known: dict[str, str], shown: str) -> None:
    assert shown in words(page_with(**known))


def test_the_answers_are_two_buttons_of_one_form() -> None:
    page = page_with()
    elements = Elements(page)
    form = next(form for form in elements.of("form") if form.get("action") == ADDRESS)
    assert form["method"] == "post"
    assert "csrfmiddlewaretoken" in page
    answers = [button["value"] for button in elements.of("button") if button.get("name") == "answer"]
    assert answers == ["confirm", "refuse"]


@pytest.mark.parametrize(
    ("state", "process", "told"),
    [
        ("confirmed", "login", "Confirmed Go on at the computer. If it shows a new QR code, scan that one."),
        ("confirmed", "connect", "Confirmed Go on at the computer. If it shows a new QR code, scan that one."),
        ("refused", "login", "Refused: nobody was signed in"),
        ("refused", "connect", "Refused: nothing was connected"),
        ("expired", "login", "Too late: nobody was signed in On the computer, press Refresh"),
        ("expired", "connect", "Too late: nothing was connected"),
        ("disowned", "login", "Taken back Nobody is signed in by this any more, as far as this site can tell."),
        ("elsewhere", "login", "Open this link in WeChat An answer counts only inside WeChat"),
        ("other", "login", "Somebody else scanned this QR code WeChat says that another account than yours"),
        ("own", "login", "Answer on your phone This is the browser that asks."),
        ("gone", "login", "This link no longer works"),
    ],
)
def test_every_outcome_has_words_and_no_buttons(state: str, process: str, told: str) -> None:
    page = page_with(state=state, process=process)
    assert told in words(page)
    assert told.startswith(words(page[: page.index("</h1>")]))
    assert 'value="confirm"' not in page
    assert ('value="refuse"' in page) is (state == "confirmed"), "what was confirmed can be taken back"
    assert "47" not in words(page)


def test_a_link_that_leads_to_nothing_still_gives_a_page() -> None:
    page = rendered({"state": "gone"})
    assert "WeChat sign-in" in page
    assert "Scan the QR code on the computer again" in page


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("process", ["login", "connect"])
@pytest.mark.parametrize("language", ["zh-hans", "zh-hant"])
def test_in_chinese_no_english_is_left(state: str, process: str, language: str) -> None:
    with timezone.override(UTC):
        page = page_with(language, state=state, process=process, **UNKNOWN)
    assert set(re.findall(r"[A-Za-z]{2,}", words(page))) <= {"UTC", "QR", "Code"}


def test_what_the_computer_says_of_itself_is_escaped() -> None:
    page = page_with(site_name="<b>x", host="<b>x", browser="<b>x", system="<b>x", place="<b>x")
    assert "<b>" not in page


def test_no_script_no_inline_style() -> None:
    for state in STATES:
        elements = Elements(page_with(state=state))
        assert not elements.of("script")
        assert not elements.of("style")
        assert not {name for _, found in elements.found for name in found if name == "style" or name.startswith("on")}
        assert [link["href"] for link in elements.of("link")] == [
            f"/static/django_wechat/{name}.css" for name in ("place", "wechat")
        ]


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_it_fits_a_phone_and_confirm_comes_first(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.set_content(page_with())
    page.add_style_tag(content=STYLESHEET.read_text())
    confirm = page.get_by_role("button", name="Confirm")
    refuse = page.get_by_role("button", name="It wasn’t me")
    expect(confirm).to_be_in_viewport()
    above, below = confirm.bounding_box(), refuse.bounding_box()
    assert above is not None
    assert below is not None
    assert above["y"] + above["height"] <= below["y"]
    assert min(above["height"], below["height"]) >= 44
    assert page.evaluate("document.documentElement.scrollWidth") <= width
