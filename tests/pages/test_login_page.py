"""The login page: what each browser is shown, that nothing of allauth's is lost, and that it suits a strict CSP."""

import re
import time
from html.parser import HTMLParser
from pathlib import Path

import pytest
from allauth.account.forms import LoginForm
from allauth.socialaccount.models import SocialApp
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.template import RequestContext, Template
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import translation
from django.utils.functional import SimpleLazyObject

import django_wechat
from django_wechat.models import WeChatProvider
from tests import user_agents
from tests.factories import BothProviderFactory, MobileProviderFactory, WebProviderFactory

PACKAGE = Path(django_wechat.__file__).parent
LOGIN = "/accounts/login/"
START = "/accounts/wechat/login/"
QR_PANEL = "data-wechat-panel"
ONE_TAP = "Tap the button, then tap Allow."

pytestmark = pytest.mark.django_db


class Lazy(SimpleLazyObject):
    """A nonce as Django 6 makes it: false until it was read."""

    def __bool__(self) -> bool:
        return False


class Elements(HTMLParser):
    """Every element of a page with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


def shown(client: Client, url: str = LOGIN, browser: str = user_agents.WINDOWS_CHROME, **headers: str) -> str:
    response = client.get(url, headers={"user-agent": browser, **headers})
    return response.content.decode()


def request_to(path: str) -> HttpRequest:
    request = RequestFactory().get(path, headers={"user-agent": user_agents.WINDOWS_CHROME})
    request.user = AnonymousUser()
    request.session = Client().session
    return request


def tag(source: str = "{% wechat_login_tab %}", path: str = "/shop/?next=/cart/", **context: object) -> str:
    return Template("{% load wechat %}" + source).render(RequestContext(request_to(path), context))


def login_template() -> str:
    """allauth's login page with all that its settings can put there."""
    request = request_to(LOGIN)
    SocialApp.objects.get_or_create(provider="weixin", name="Weixin", client_id="wx", secret="s")
    context = {"LOGIN_BY_CODE_ENABLED": True, "request_login_code_url": "/code/", "signup_url": "/signup/"}
    context |= {"SOCIALACCOUNT_ENABLED": True, "form": LoginForm(request=request)}
    return render_to_string("account/login.html", context, request)


# ── which browser is shown what ──


@pytest.mark.parametrize(
    ("browser", "words"),
    [
        ("WINDOWS_CHROME", QR_PANEL),
        ("IPHONE_WECHAT", ONE_TAP),
        ("WINDOWS_WECHAT", ONE_TAP),
        ("IPHONE_SAFARI", "only inside the WeChat app"),
        ("IPHONE_WECOM", "open in WeCom"),
        ("ANDROID_MINI_PROGRAM", "inside a mini program"),
    ],
)
def test_the_tab_and_the_start_page_suit_the_browser(client: Client, browser: str, words: str) -> None:
    BothProviderFactory()
    agent = getattr(user_agents, browser)
    assert words in shown(client, LOGIN, agent)
    start = shown(client, START, agent)
    assert ("Continue to WeChat’s QR code" if words == QR_PANEL else words) in start


def test_inside_wechat_without_a_keypair_for_it_the_link_is_offered_to_copy(client: Client) -> None:
    WebProviderFactory()
    page = shown(client, START, user_agents.IPHONE_WECHAT)
    assert "on computers only" in page
    assert "data-wechat-copy" in page


def test_a_phone_browser_gets_the_link_and_the_way_to_a_second_phone(client: Client) -> None:
    BothProviderFactory()
    for page in (shown(client, LOGIN, user_agents.IPHONE_SAFARI), shown(client, START, user_agents.IPHONE_SAFARI)):
        assert f'value="http://testserver{START}' in page
        assert "full_page=1" in page
        assert page.count("Is WeChat on another phone?") == 1
        assert 'class="wechat-code"' not in page


def test_without_a_code_for_signing_in_a_second_phone_scans_the_link(client: Client) -> None:
    MobileProviderFactory()
    for page in (shown(client, LOGIN, user_agents.IPHONE_SAFARI), shown(client, START, user_agents.IPHONE_SAFARI)):
        assert "<svg" in page.split('class="wechat-code"')[1]
        assert "using Scan in WeChat; a picture from the album does not work" in page
        assert page.count("Is WeChat on another phone?") == 1
        assert "full_page=1" not in page


def test_a_phone_is_not_sent_into_wechat_where_it_could_not_sign_in(client: Client) -> None:
    WebProviderFactory()
    page = shown(client, LOGIN, user_agents.IPHONE_SAFARI)
    assert "Send the link to yourself" not in page
    assert "full_page=1" in page


# ── allauth's login page ──


def test_everything_allauth_shows_stays() -> None:
    parts = (
        'name="login"',
        'name="password"',
        'href="/signup/"',
        'href="/code/"',
        'href="/accounts/weixin/login/?process=login"',
    )
    without = login_template()
    WebProviderFactory()
    page = login_template()
    assert [part for part in parts if part not in without or part not in page] == []
    assert page.count("<h1>") == 1
    assert page.index("<h1>") < page.index("data-wechat-tablist")


def test_with_no_usable_provider_the_page_is_allauths_own(client: Client) -> None:
    WebProviderFactory(enabled=False)
    page = shown(client)
    assert "wechat" not in page.lower()
    assert 'name="password"' in page


def test_a_refused_password_keeps_the_password_tab_open(client: Client) -> None:
    WebProviderFactory()
    response = client.post(f"{LOGIN}?tab=wechat", {"login": "a", "password": "b"})
    assert "data-wechat-keep" in response.content.decode()
    assert "data-wechat-selected" not in response.content.decode()
    assert "data-wechat-selected" in shown(client, f"{LOGIN}?tab=wechat")


@pytest.mark.parametrize(
    ("browser", "address", "opened"),
    [
        ("IPHONE_WECHAT", LOGIN, "wechat"),
        ("IPHONE_WECHAT", f"{LOGIN}?tab=others", "others"),
        ("IPHONE_WECOM", LOGIN, "others"),
        ("IPHONE_SAFARI", LOGIN, "others"),
        ("WINDOWS_CHROME", LOGIN, "others"),
        ("WINDOWS_CHROME", f"{LOGIN}?tab=wechat", "wechat"),
    ],
)
def test_wechats_tab_is_open_where_it_is_one_tap_away(client: Client, browser: str, address: str, opened: str) -> None:
    BothProviderFactory()
    page = shown(client, address, getattr(user_agents, browser))
    panels = [part for part in Elements(page).of("div") if "data-wechat-tabpanel" in part]
    assert [panel["id"] for panel in panels] == ["others", "wechat"]
    assert [panel["id"] for panel in panels if panel.get("class") != "wechat-unselected"] == [opened]
    assert ("data-wechat-selected" in page) is (opened == "wechat")


def test_without_javascript_tabs_are_links_and_the_panel_is_a_form(client: Client) -> None:
    WebProviderFactory()
    page = shown(client, f"{LOGIN}?next=/cart/")
    assert {link["href"] for link in Elements(page).of("a") if link.get("class") == "wechat-tab"} == {
        "#others",
        "#wechat",
    }
    assert {"others", "wechat"} <= {attributes.get("id") for attributes in Elements(page).of("div")}
    assert f'action="{START}?process=login&amp;next=%2Fcart%2F"' in page


def test_a_heading_inside_other_elements_is_left_where_it_is() -> None:
    nested = '<div class="header"><h1>Hello</h1></div><p>form</p>'
    assert tag("[{{ x|wechat_heading }}]{{ x|wechat_below_heading }}", x=nested).startswith(f"[]{nested[:4]}")
    parts = tag("{{ x|wechat_heading }}|{{ x|wechat_below_heading }}", x=" <h1 class='a'>Hi</h1><p>form</p>")
    assert parts == " <h1 class='a'>Hi</h1>|<p>form</p>"


# ── the tag in any template ──


def test_the_tag_carries_process_next_and_provider() -> None:
    row = WebProviderFactory(display_name="Acme 微信")
    page = tag("{% wechat_login_tab process='connect' provider=name %}", name=row.name)
    assert "Acme 微信" in page
    assert "Scan with WeChat to connect your account" in page
    fields = {field["name"]: field["value"] for field in Elements(page).of("input")}
    assert {"process": "connect", "next": "/cart/", "provider": row.name}.items() <= fields.items()


def test_other_ways_are_those_of_this_page_or_allauths_login_page(client: Client) -> None:
    WebProviderFactory()
    link = 'data-wechat-part="other-ways"'
    assert 'href="/accounts/login/?next=%2Fcart%2F" ' + link in tag()
    assert 'href="#ways" ' + link in tag("{% wechat_login_tab other_ways='#ways' %}")
    assert link not in tag("{% wechat_login_tab process='connect' %}")
    assert 'href="#others" ' + link in shown(client)


def test_the_tag_takes_next_from_its_argument_before_the_request() -> None:
    WebProviderFactory()
    assert 'name="next" value="/here/"' in tag("{% wechat_login_tab next='/here/' %}")
    assert 'name="next"' not in tag("{% wechat_login_tab next='' %}")


def test_what_the_address_says_is_escaped() -> None:
    WebProviderFactory(display_name="<b>x</b>")
    page = tag(path="/?next=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script>alert" not in page
    assert "<b>" not in page


@pytest.mark.parametrize("rows", [[], [MobileProviderFactory]])
def test_the_tag_is_empty_where_wechat_cannot_serve(rows: list[type[MobileProviderFactory]]) -> None:
    for row in rows:
        row()
    assert tag().strip() == ""


def test_the_nonce_of_either_policy_is_honoured() -> None:
    WebProviderFactory()
    for nonce in ("n0nce", Lazy(lambda: "n0nce")):
        assert tag(csp_nonce=nonce).count('nonce="n0nce"') == 2
    assert "nonce" not in tag()


# ── what a strict policy and a slow line ask for ──


@pytest.mark.parametrize("browser", ["WINDOWS_CHROME", "IPHONE_WECHAT", "IPHONE_SAFARI", "IPHONE_WECOM"])
@pytest.mark.parametrize("url", [LOGIN, START])
def test_no_inline_script_or_style_and_nothing_foreign(client: Client, url: str, browser: str) -> None:
    BothProviderFactory()
    elements = Elements(shown(client, url, getattr(user_agents, browser)))
    scripts = [script for script in elements.of("script") if script.get("type") != "application/json"]
    assert scripts
    assert all((script.get("src") or "").startswith("/static/") for script in scripts)
    assert not elements.of("style")
    assert not elements.of("iframe")
    assert not elements.of("img")
    names = {name for _, attributes in elements.found for name in attributes}
    assert not {name for name in names if name == "style" or name.startswith("on")}


def test_scripts_are_short_enough_to_read() -> None:
    """How much a visitor loads is measured in test_looks.py."""
    scripts = list((PACKAGE / "static" / "django_wechat").rglob("*.js"))
    assert scripts
    assert not [path.name for path in scripts if len(path.read_text().splitlines()) > 250]


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant"])
@pytest.mark.parametrize("browser", ["WINDOWS_CHROME", "IPHONE_WECHAT", "IPHONE_SAFARI", "ANDROID_MINI_PROGRAM"])
def test_chinese_pages_have_no_english_left(client: Client, browser: str, language: str) -> None:
    BothProviderFactory()
    page = shown(client, START, getattr(user_agents, browser), **{"accept-language": language})
    main = page.split("</h1>")[1].split("</section>")[0]
    words = set(re.findall(r"[A-Za-z]{2,}", re.sub(r"<[^>]*>", " ", main)))
    assert words <= {"QR", "Code"}
    with translation.override(language):
        assert tag("{{ p|wechat_name }}", p=WeChatProvider(display_name="WeChat")) == "微信"


@pytest.mark.parametrize("url", ["/accounts/login/", "/accounts/wechat/login/"])
@pytest.mark.parametrize("next_url", ["/?q=" + "张" * 500, "/" + "%2F" * 600, "https://evil.example/" + "x" * 5000])
def test_a_long_way_back_breaks_no_page(client: Client, url: str, next_url: str) -> None:
    BothProviderFactory()
    client.defaults["HTTP_USER_AGENT"] = user_agents.IPHONE_SAFARI
    page = client.get(url, {"next": next_url})
    assert page.status_code == 200
    assert "Copy link" in page.content.decode()


def test_the_address_may_name_the_provider(client: Client) -> None:
    BothProviderFactory(name="first", display_name="First")
    BothProviderFactory(name="second", display_name="Second", order=5)
    page = client.get("/accounts/login/?provider=second").content.decode()
    assert "Second" in page
    assert 'name="provider" value="second"' in page


def test_a_hostile_user_agent_is_read_in_no_time(client: Client) -> None:
    BothProviderFactory()
    started = time.perf_counter()
    client.get("/accounts/login/", headers={"user-agent": "Android" * 10_000})
    assert time.perf_counter() - started < 1


def test_stylesheet_and_script_are_linked_once(client: Client) -> None:
    BothProviderFactory()
    page = client.get(LOGIN).content.decode()
    assert page.count("django_wechat/wechat.css") == page.count("django_wechat/wechat.js") == 1
