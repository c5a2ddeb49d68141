"""Does everything that a site's own templates, styles and scripts may rest on stay as it is?

What is taken away here breaks sites: it needs a line in CHANGELOG.
"""

import inspect
import re
from pathlib import Path

import pytest

import django_wechat
from django_wechat.templatetags import wechat, wechat_connections, wechat_methods

PACKAGE = Path(django_wechat.__file__).parent
STATIC = PACKAGE / "static" / "django_wechat"

BLOCKS = {
    "account/login.html": "content extra_body",
    "socialaccount/connections.html": "content",
    "django_wechat/confirm.html": "head_title content",
    "django_wechat/connect.html": "head_title content",
    "django_wechat/error.html": "head_title content",
    "django_wechat/help.html": "head_title content",
    "django_wechat/login.html": "head_title content",
    "django_wechat/reauthenticate.html": "reauthenticate_content",
    "django_wechat/login_tab.html": "",
    "django_wechat/out_of_order.html": "",
    "django_wechat/panel.html": "",
    "django_wechat/signin_methods.html": "",
}
PIECES = {
    "django_wechat/help": "help_in_wechat help_mini_program help_phone help_wecom",
    "django_wechat/methods": "code passkey password wechat",
    "django_wechat/parts": "assets confirm_outcome confirm_title copy_link follow_lead full_page in_wechat logo "
    "one_tap phone_link program_lead qr_covers qr_foot qr_kinds qr_lead qr_panel qr_problems snapshot title",
}
PROPERTIES = """
accent button button-hover button-text text muted problem surface border radius space padding width qr-size font
"""
TAGS = {
    wechat.wechat_choice: "provider",
    wechat.wechat_login_tab: "process next provider choice assets other_ways",
    wechat.wechat_panel_assets: "script",
    wechat.wechat_avatar_url: "account size",
    wechat.wechat_qr_svg: "text",
    wechat_methods.wechat_signin_plan: "",
    wechat_connections.wechat_why_it_stays: "form",
    wechat_connections.wechat_to_connect: "",
}
PARTS = "countdown digits finish form hint link live problem qr refresh refresh-label switch"
STATES = "idle loading ready scanned refused expired error done"
ELEMENT_STATES = "loading shown failed unavailable done"
ELEMENT_ATTRIBUTES = "url process next provider"


def read(*path: str) -> str:
    return PACKAGE.joinpath(*path).read_text(encoding="utf-8")


@pytest.mark.parametrize("template", BLOCKS)
def test_a_page_has_its_blocks(template: str) -> None:
    blocks = set(re.findall(r"{% block (\w+) %}", read("templates", template)))
    assert set(BLOCKS[template].split()) <= blocks


@pytest.mark.parametrize("folder", PIECES)
def test_a_page_is_made_of_the_same_pieces(folder: str) -> None:
    there = {path.stem for path in (PACKAGE / "templates" / folder).glob("*.html")}
    assert set(PIECES[folder].split()) <= there


def test_the_stylesheet_reads_the_same_properties() -> None:
    read_there = set(re.findall(r"var\(--wechat-([a-z-]+)", read("static", "django_wechat", "wechat.css")))
    assert set(PROPERTIES.split()) <= read_there


@pytest.mark.parametrize("tag", TAGS, ids=lambda tag: tag.__name__)
def test_a_tag_takes_the_same_arguments(tag: object) -> None:
    assert callable(tag)
    taken = [name for name in inspect.signature(tag).parameters if name != "context"]
    assert taken[: len(TAGS[tag].split())] == TAGS[tag].split()


def test_the_panels_script_knows_the_same_parts_and_states() -> None:
    """A site with a panel template of its own has them there."""
    script = "".join(path.read_text("utf-8") for path in (STATIC / "panel").glob("panel*.js"))
    script += "".join((STATIC / "panel" / name).read_text("utf-8") for name in ("happenings.js", "phone-link.js"))
    assert "[data-wechat-turn]" in script
    assert "[data-wechat-notice]" in script
    assert set(PARTS.split()) <= set(re.findall(r"""part\("([\w-]+)"\)""", script))
    assert set(STATES.split()) <= set(re.findall(r"^  (\w+): (?:{|BY_HAND)", script, re.MULTILINE))


def test_the_element_takes_and_tells_the_same() -> None:
    element, fragment = (
        read("static", "django_wechat", "wechat-login.js"),
        read("static", "django_wechat", "panel", "login-fragment.js"),
    )
    assert 'new CustomEvent("wechat-login", { bubbles: true, detail: { state } })' in element
    assert set(ELEMENT_STATES.split()) <= set(re.findall(r'"(\w+)"', element))
    assert f"panelUrl({{ {', '.join(ELEMENT_ATTRIBUTES.split())} }}" in fragment
