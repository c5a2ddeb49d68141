"""Does the gallery show every state that there is, and do its checks see what is wrong?"""

import re
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.template.loader import render_to_string
from django.test import RequestFactory

import django_wechat
from django_wechat.flows import help_pages
from django_wechat.problems import PROBLEMS
from example_project.gallery import panel_states
from example_project.gallery.page_checks import faults
from example_project.gallery.states import ONLY_IN_JSON, all_states
from tests.project.test_example import example, printed

HERE = Path(django_wechat.__file__).parent
CONFIRM = "django_wechat/confirm.html"
CONFIRM_TEMPLATES = (CONFIRM, "django_wechat/parts/confirm_outcome.html", "django_wechat/parts/confirm_end_now.html")
SEEN = {"headings": [], "text": "", "wide": [], "cut": [], "lost": []}


def slugs(prefix: str) -> set[str]:
    return {slug for slug in all_states() if slug.startswith(prefix)}


def test_no_state_of_the_panel_is_missing() -> None:
    script = (HERE / "static" / "django_wechat" / "panel" / "panel-state.js").read_text(encoding="utf-8")
    table = script.split("const TABLE = {")[1].split("\n};")[0]
    names = re.findall(r"^  (\w+):", table, re.MULTILINE)
    assert "ready" in names
    assert set(names) == set(panel_states.NAMES)
    assert set(names) == {shown.name for shown in panel_states.panel_states()}


def test_no_words_of_the_panel_are_missing() -> None:
    template = (HERE / "templates" / "django_wechat" / "parts" / "qr_problems.html").read_text(encoding="utf-8")
    codes = set(re.findall(r'data-wechat-problem="(\w+)"', template))
    assert "offline" in codes
    assert codes == {shown.problem for shown in panel_states.panel_states() if shown.problem}


def test_no_problem_is_missing() -> None:
    shown = slugs("problem-") | {slug.replace("tab-error-", "problem-") for slug in slugs("tab-error-")}
    on_pages = set(PROBLEMS) - set(ONLY_IN_JSON)
    assert {f"problem-{code.replace('_', '-')}" for code in on_pages} <= shown


def test_no_help_journey_is_missing() -> None:
    journeys = {journey.name.replace("_", "-") for journey in help_pages.PAGES if journey.is_help}
    assert len(journeys) == 4
    assert journeys <= set(all_states())


def test_no_card_of_the_element_is_missing() -> None:
    script = (HERE / "static" / "django_wechat" / "panel" / "login-fragment.js").read_text(encoding="utf-8")
    words = script.split("  en: {")[1].split("\n  },")[0]
    cards = set(re.findall(r"^    (\w+):", words, re.MULTILINE)) - {"again"}
    assert "failed" in cards
    assert slugs("wechat-login-") == {f"wechat-login-{card}" for card in cards}


def test_nothing_that_the_page_on_the_phone_says_is_missing() -> None:
    folder = HERE / "templates"
    template = "".join((folder / name).read_text(encoding="utf-8") for name in CONFIRM_TEMPLATES)
    said = re.findall(r'{% translate "(.+?)" %}', template)
    for block in re.findall(r"{% blocktranslate %}(.+?){% endblocktranslate %}", template):
        said += [piece.strip() for piece in re.split(r"{{.+?}}|<.+?>", block)]
    assert any(words.startswith("Your answer did not count") for words in said)
    request = RequestFactory().get("/")
    request.user, request.session = AnonymousUser(), SessionStore()
    pages = [
        render_to_string(CONFIRM, state.context(request), request)
        for state in all_states().values()
        if state.template == CONFIRM
    ]
    assert [words for words in said if not any(words in page for page in pages)] == []


def test_every_state_is_listed_and_answers_in_its_language(tmp_path: Path) -> None:
    code = """
from django.test import Client
from example_project.gallery.states import all_states
client = Client(HTTP_HOST="127.0.0.1")
index = client.get("/gallery/?lang=zh-hant&theme=dark&width=1280").content.decode()
for slug in all_states():
    assert f"/gallery/{slug}/?lang=zh-hant&amp;theme=dark" in index, slug
    page = client.get(f"/gallery/{slug}/?lang=zh-hant&theme=dark")
    assert page.status_code == 200, slug
    assert page.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert '<html lang="zh-hant" data-theme="dark">' in page.content.decode(), slug
assert '<html lang="en">' in client.get("/gallery/tab-ready/?lang=xx&theme=xx").content.decode()
print(client.get("/gallery/no-such-state/").status_code, client.get("/gallery/wechats-page/").status_code)
"""
    assert printed(code, tmp_path) == "404 200"


def test_with_debug_off_there_is_no_gallery(tmp_path: Path) -> None:
    code = """
import django; django.setup()
from django.urls import Resolver404, resolve
try:
    resolve("/gallery/")
except Resolver404:
    print("none")
"""
    assert example(code, tmp_path, DEBUG="off", SECRET_KEY="x" * 50).stdout.strip() == "none"


@pytest.mark.parametrize(
    "text",
    [
        "Hello None",
        "Signed in as {{ name }}",
        "%(site)s",
        "Tom &lt;b&gt;",
        "<b>bold</b>",
        "Error: state_lost",
        "<QRSession object at 0x7f>",
        "undefined",
    ],
)
def test_raw_codes_are_seen(text: str) -> None:
    assert faults({**SEEN, "text": text}, "en")


def test_untranslated_words_are_seen_in_chinese_only() -> None:
    page = {**SEEN, "text": "请点击 Refresh。 https://example.com/accounts/ QR Code"}
    assert faults(page, "zh-hans") == ["not translated: 'Refresh'"]
    assert faults(page, "en") == []


def test_cut_wide_and_lost_things_are_named() -> None:
    page = SEEN | {"wide": ["div.a"], "cut": ["div.b"], "lost": ["/c.svg"]}
    assert faults(page, "en") == ["wider than the window: div.a", "cut off: div.b", "picture missing: /c.svg"]


def test_a_full_stop_after_a_heading_is_named() -> None:
    page = SEEN | {"headings": ["Welcome.", "已确认。", "Signing in…", "要登录吗？"]}
    assert faults(page, "en") == [
        "full stop after a heading: 'Welcome.'",
        "full stop after a heading: '已确认。'",
    ]
