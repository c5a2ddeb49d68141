"""Which cards of a provider's form are open, how does a new one begin, and does a site's own form still work?"""

import re
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin import AdminSite
from django.test import Client, RequestFactory

from django_wechat.admin import WeChatProviderAdmin
from django_wechat.models import VerificationFile, WeChatProvider
from django_wechat.setup.order_of_use import ORDER, InOrderOfUse
from django_wechat.setup.starts import STARTS
from tests.factories import (
    AppFactory,
    BothProviderFactory,
    FollowProviderFactory,
    MiniProgramFactory,
    MobileProviderFactory,
    WebProviderFactory,
)

pytestmark = pytest.mark.django_db
LIST = "/admin/django_wechat/wechatprovider/"
_CARD = re.compile(r'data-wechat-card="(\w+)"( hidden)?>\s*<details( open)?>(.*?)</section>', re.DOTALL)


def cards(text: str) -> dict[str, str]:
    """Return the cards of a page: "open", "closed" or "hidden"."""
    return {card: "hidden" if hidden else "open" if is_open else "closed" for card, hidden, is_open, _ in _found(text)}


def _found(text: str) -> list[Any]:
    return _CARD.findall(text)


def get(client: Client, path: str = "add/") -> str:
    return client.get(f"{LIST}{path}").content.decode()


ONE, TWO, THREE = ("open", "closed", "closed"), ("open", "open", "closed"), ("open", "open", "open")


@pytest.mark.parametrize(
    ("factory", "values", "state"),
    [
        (WebProviderFactory, {}, ONE),
        (BothProviderFactory, {}, TWO),
        (FollowProviderFactory, {}, THREE),
        (WebProviderFactory, {"client_id": "", "client_secret": "", "client_id_2": "wx00000000000000a2"}, None),
        (WebProviderFactory, {"client_id": "", "client_secret": ""}, ONE),
        (MobileProviderFactory, {}, ("open", "hidden", "hidden")),
        (MobileProviderFactory, {"client_id_2": "wx00000000000000a2"}, ("open", "open", "hidden")),
        (MiniProgramFactory, {}, ("open", "hidden", "closed")),
        (MiniProgramFactory, {"enable_qr_code": True}, ("open", "hidden", "open")),
        (AppFactory, {}, ("open", "hidden", "hidden")),
    ],
)
def test_what_is_filled_in_is_open(admin_client: Client, factory: Any, values: Any, state: Any) -> None:
    text = get(admin_client, f"{factory(**values).pk}/change/")
    assert tuple(cards(text).values()) == (state or ("closed", "open", "closed"))


def test_the_files_stand_with_the_official_account(admin_client: Client) -> None:
    for factory, place in ((WebProviderFactory, "second"), (MobileProviderFactory, "first")):
        found = {card: inside for card, _hidden, _open, inside in _found(get(admin_client, f"{factory().pk}/change/"))}
        assert [card for card, inside in found.items() if "verification_files-group" in inside] == [place]


def test_a_mistake_opens_its_card(admin_client: Client) -> None:
    data = {"name": "x", "display_name": "W", "sub_type": "web", "follow_up_action": "bad", "order": "0"}
    data |= {"verification_files-TOTAL_FORMS": "0", "verification_files-INITIAL_FORMS": "0"}
    text = admin_client.post(f"{LIST}add/", data).content.decode()
    assert cards(text)["following"] == "open"


def test_a_website_app_sees_nothing_of_the_server_configuration(admin_client: Client) -> None:
    (first, *_others) = _found(get(admin_client, f"{WebProviderFactory().pk}/change/"))
    assert first[0] == "first"
    assert not any(word in first[3] for word in ("服务器配置", "Token", "IP白名单"))


@pytest.mark.parametrize(
    ("have", "state"),
    [
        ("website", ONE),
        ("both", TWO),
        ("account", ("closed", "open", "open")),
        ("test", ("closed", "open", "open")),
        ("program", ("open", "hidden", "open")),
        ("", ONE),
        ("unheard-of", ONE),
    ],
)
def test_a_new_provider_begins_with_what_there_is(admin_client: Client, have: str, state: Any) -> None:
    answer = admin_client.get(f"{LIST}add/", {"have": have} if have else {})
    assert tuple(cards(answer.content.decode()).values()) == state
    initial = answer.context["adminform"].form.initial
    assert initial.get("name", "") == ("wechat" if have in STARTS else "")
    assert bool(initial.get("enable_qr_code")) is (have in ("account", "test", "program"))
    assert ("What do you have?" in answer.content.decode()) is (have not in STARTS)


def test_its_name_is_one_that_is_free(admin_client: Client) -> None:
    for name in ("wechat", "wechat-2"):
        WebProviderFactory(name=name)
    answer = admin_client.get(f"{LIST}add/", {"have": "website"})
    assert answer.context["adminform"].form.initial["name"] == "wechat-3"


def test_an_empty_list_begins_the_work(admin_client: Client) -> None:
    text = get(admin_client, "")
    assert [f'href="{LIST}add/?have={have}"' in text for have in STARTS] == [True] * len(STARTS)
    assert "Nothing yet" in text
    assert "What do you have?" not in get(admin_client, "?q=nobody")
    WebProviderFactory()
    assert "What do you have?" not in get(admin_client, "")


class OwnAdmin(WeChatProviderAdmin):
    """A site's own form: its own fieldsets, fewer fields, no files."""

    fieldsets = [(None, {"fields": ["name", "display_name"]}), ("Keys", {"fields": ["client_id", "client_secret"]})]
    inlines = []


@pytest.mark.parametrize("inlines", [[], WeChatProviderAdmin.inlines])
def test_a_sites_own_fieldsets_stay_as_they_are(rf: RequestFactory, admin_user: Any, inlines: Any) -> None:
    row = FollowProviderFactory()
    VerificationFile.objects.create(provider=row, name="MP_verify_0123456789abcdef.txt", content="x")
    own = OwnAdmin(WeChatProvider, admin.site)
    own.inlines = inlines
    request = rf.get("/")
    request.user, request.session = admin_user, {}
    answer: Any = own.change_view(request, str(row.pk))
    text = answer.render().content.decode()
    assert "Keys</h2>" in text
    assert cards(text) == {}
    assert "What to paste at WeChat" in text
    assert "授权回调域 (callback domain)" in text
    assert ("verification_files-group" in text) is bool(inlines)


# ── The index ───────────────────────────────────────────────────────────────────────────────────────────────


def test_our_own_page_has_what_is_needed_first(admin_client: Client) -> None:
    text = admin_client.get("/admin/django_wechat/").content.decode().split('id="content-main"')[1]
    places = [text.index(f'class="model-{name.lower()}') for name in ORDER]
    assert places == sorted(places)


def test_a_site_with_an_admin_of_its_own_has_that_order_everywhere(rf: RequestFactory, admin_user: Any) -> None:
    class OwnSite(InOrderOfUse, AdminSite):
        pass

    site = OwnSite()
    site._registry = admin.site._registry
    request = rf.get("/")
    request.user = admin_user
    apps = {app["app_label"]: [model["object_name"] for model in app["models"]] for app in site.get_app_list(request)}
    assert tuple(apps["django_wechat"]) == ORDER
    assert apps["auth"] == ["Group", "User"]


def test_allauths_page_says_that_wechat_is_not_for_it(admin_client: Client) -> None:
    text = admin_client.get("/admin/socialaccount/socialapp/add/").content.decode()
    assert "For WeChat, add nothing here." in text
    assert f'href="{LIST}"' in text
