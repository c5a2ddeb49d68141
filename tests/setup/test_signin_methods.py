"""The admin's table of sign-in methods: does the login page follow it at once, and can nobody be locked out?"""

import re

import pytest
from allauth.socialaccount.models import SocialApp
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

from django_wechat.models import Method, Rule, SigninMethod, WeChatProvider
from django_wechat.setup import signin_methods
from tests import user_agents
from tests.factories import BothProviderFactory, UserFactory, WebProviderFactory

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"
LIST = "/admin/django_wechat/signinmethod/"
ALL = override_settings(
    ACCOUNT_LOGIN_BY_CODE_ENABLED=True,
    MFA_SUPPORTED_TYPES=["webauthn", "totp"],
    MFA_PASSKEY_LOGIN_ENABLED=True,
    ROOT_URLCONF="tests.sites.all_methods_urls",
)


def row(method: str, rule: str = Rule.TAB, order: int = 0, name: str = "") -> SigninMethod:
    return SigninMethod.objects.create(method=method, rule=rule, order=order, display_name=name)


def page(client: Client, url: str = LOGIN) -> str:
    return client.get(url, headers={"user-agent": user_agents.WINDOWS_CHROME}).content.decode()


def tabs(html: str) -> list[str]:
    return re.findall(r'class="wechat-tab" id="wechat-tab-(\w+)"', html)


def selected(html: str) -> list[str]:
    return re.findall(r'id="wechat-tab-(\w+)"[^>]*data-wechat-selected', html)


def staff(client: Client, *permissions: str) -> Client:
    user = UserFactory(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client.force_login(user)
    return client


@pytest.mark.parametrize(
    ("rows", "available", "tabs_shown", "below"),
    [
        ([], {"password"}, None, None),
        ([("password", "tab"), ("wechat", "tab")], {"password", "wechat"}, ["password", "wechat"], []),
        ([("wechat", "tab"), ("password", "below")], {"password", "wechat"}, ["wechat"], ["password"]),
        ([("wechat", "tab"), ("password", "off")], {"password", "wechat"}, ["wechat"], []),
        ([("wechat", "tab"), ("password", "off")], {"password"}, None, None),
        ([("password", "off")], {"password"}, None, None),
        ([("code", "tab"), ("passkey", "tab")], {"password"}, None, None),
    ],
)
def test_the_plan(
    rows: list[tuple[str, str]], available: set[str], tabs_shown: list[str] | None, below: list[str] | None
) -> None:
    plan = signin_methods.plan([SigninMethod(method=method, rule=rule) for method, rule in rows], available)
    assert (plan and [one.method for one in plan.tabs]) == tabs_shown
    assert (plan and [one.method for one in plan.below]) == below


@ALL
def test_all_four_as_tabs_in_the_admins_order(client: Client) -> None:
    BothProviderFactory()
    for order, method in enumerate(["wechat", "passkey", "code", "password"]):
        row(method, order=order)
    html = page(client)
    assert tabs(html) == ["wechat", "passkey", "code", "password"]
    assert selected(html) == ["wechat"]
    assert 'action="/accounts/login/code/"' in html
    assert 'id="passkey_login"' in html
    assert "mfa_login" in html
    assert html.count("data-wechat-panel") == 1
    assert selected(page(client, LOGIN + "?tab=code")) == ["code"]
    SigninMethod.objects.filter(method="code").update(rule=Rule.OFF)
    assert tabs(page(client)) == ["wechat", "passkey", "password"]


@ALL
def test_below_the_form_are_buttons(client: Client) -> None:
    WebProviderFactory()
    row("password")
    for method in ("code", "passkey", "wechat"):
        row(method, Rule.BELOW, name=f"By {method}")
    html = page(client)
    assert tabs(html) == []
    assert "data-wechat-panel" not in html
    assert all(f"By {method}" in html for method in ("code", "passkey", "wechat"))
    assert 'href="/accounts/wechat/login/"' in html
    assert 'name="password"' in html


@ALL
def test_off_leaves_no_trace(client: Client) -> None:
    WebProviderFactory()
    row("password")
    for method in ("code", "passkey", "wechat"):
        row(method, Rule.OFF)
    html = page(client)
    assert 'name="password"' in html
    assert not any(trace in html for trace in ("passkey_login", "mfa_login", "/login/code/", "/accounts/wechat/login/"))


def test_names_are_the_admins_or_the_methods_own(client: Client) -> None:
    WebProviderFactory(display_name="微信 <b>")
    row("password", name="Mail & password")
    row("wechat")
    html = page(client)
    assert "Mail &amp; password" in html
    assert "微信 &lt;b&gt;" in html


def test_wechat_without_a_provider_is_left_out_and_nobody_is_locked_out(client: Client) -> None:
    row("wechat")
    row("password", Rule.OFF)
    assert 'name="password"' in page(client)


def test_a_refused_password_keeps_the_password_tab_open(client: Client) -> None:
    WebProviderFactory()
    row("wechat")
    row("password", order=1)
    html = client.post(LOGIN, {"login": "x", "password": "y"}).content.decode()
    assert selected(html) == ["password"]


@pytest.mark.parametrize(
    ("address", "opened"), [(LOGIN, "wechat"), (LOGIN + "?tab=password", "password"), (LOGIN + "?tab=off", "wechat")]
)
def test_inside_wechat_its_tab_is_open_and_the_order_stays(client: Client, address: str, opened: str) -> None:
    BothProviderFactory()
    row("password")
    row("wechat", order=1)
    html = client.get(address, headers={"user-agent": user_agents.IPHONE_WECHAT}).content.decode()
    assert (tabs(html), selected(html)) == (["password", "wechat"], [opened])
    assert selected(page(client)) == ["password"]
    refused = client.post(LOGIN, {"login": "x", "password": "y"}, headers={"user-agent": user_agents.IPHONE_WECHAT})
    assert selected(refused.content.decode()) == ["password"]


def test_the_way_to_sign_up_stands_with_the_password(client: Client) -> None:
    WebProviderFactory()
    password = row("password")
    row("wechat", order=1)
    inside = re.compile(r'id="password".*No account yet\?.*id="wechat"', re.DOTALL)
    assert inside.search(page(client))
    SigninMethod.objects.filter(pk=password.pk).update(rule=Rule.OFF)
    html = page(client)
    assert html.count("No account yet?") == 1
    assert html.index("No account yet?") < html.index('id="wechat"')


def test_other_providers_stay_and_wechat_is_not_repeated(client: Client) -> None:
    WebProviderFactory()
    SocialApp.objects.create(provider="weixin", name="Weixin here", client_id="wx", secret="s")
    row("wechat")
    row("password")
    html = page(client)
    assert "/accounts/weixin/login/" in html
    assert html.count('href="/accounts/wechat/login/') == 0


def test_without_rows_wechat_is_not_repeated_among_third_parties_either(client: Client) -> None:
    WebProviderFactory()
    html = page(client)
    assert tabs(html) == ["others", "wechat"]
    assert "Or use a third-party" not in html


def test_the_table_starts_with_what_works_now(admin_client: Client) -> None:
    WebProviderFactory()
    assert "Start with the ways to sign in that work now" in admin_client.get(LIST).content.decode()
    assert admin_client.get(LIST + "fill/").status_code == 405
    for _ in range(2):
        admin_client.post(LIST + "fill/")
    assert list(SigninMethod.objects.values_list("method", "rule")) == [("password", "tab"), ("wechat", "tab")]
    assert "ways to sign in that work now" not in admin_client.get(LIST).content.decode()


def test_the_list_changes_order_and_rule(admin_client: Client, client: Client) -> None:
    WebProviderFactory()
    password, wechat = row("password", order=1), row("wechat", order=2)
    data = {"form-TOTAL_FORMS": 2, "form-INITIAL_FORMS": 2, "_save": "Save"}
    for index, (one, order) in enumerate([(password, 2), (wechat, 1)]):
        data |= {f"form-{index}-id": one.pk, f"form-{index}-order": order, f"form-{index}-rule": "tab"}
        data |= {f"form-{index}-display_name": ""}
    assert admin_client.post(LIST, data).status_code == 302
    assert tabs(page(client)) == ["wechat", "password"]


@pytest.mark.parametrize("method", Method.values)
def test_what_cannot_be_shown_is_said(admin_client: Client, method: str) -> None:
    with override_settings(SOCIALACCOUNT_ONLY=True):
        response = admin_client.post(
            LIST + "add/", {"method": method, "rule": "tab", "order": 0, "display_name": ""}, follow=True
        )
        html = response.content.decode()
    assert 'class="warning"' in html
    missing = re.split("[:“]", str(signin_methods.MISSING[Method(method)]))[0]
    assert html.count(missing) >= 2


def test_a_method_is_listed_once_and_stays_what_it_is(admin_client: Client) -> None:
    first = row("password")
    html = admin_client.post(LIST + "add/", {"method": "password", "rule": "tab", "order": 0}).content.decode()
    assert "errorlist" in html
    assert 'name="method"' not in admin_client.get(f"{LIST}{first.pk}/change/").content.decode()


def test_hidden_shown_and_impossible_are_told_apart(admin_client: Client) -> None:
    row("password")
    row("wechat", order=1)
    row("passkey", Rule.OFF, 2)
    cells = re.findall(r'field-on_the_login_page">([^<]*)', admin_client.get(LIST).content.decode())
    assert [cells[0], cells[2]] == ["shown", "hidden"]
    assert "No WeChat provider" in cells[1]


def test_the_list_asks_for_providers_once(admin_client: Client) -> None:
    WebProviderFactory()
    for order, method in enumerate(Method.values):
        row(method, order=order)
    with CaptureQueriesContext(connection) as asked:
        page(admin_client, LIST)
    table = connection.ops.quote_name(WeChatProvider._meta.db_table)
    assert sum(f"FROM {table}" in query["sql"] for query in asked) == 1


def test_staff_without_permission_see_and_change_nothing(client: Client) -> None:
    row("password")
    nobody = staff(client)
    assert nobody.get(LIST).status_code == 403
    assert nobody.post(LIST + "fill/").status_code == 403
    viewer = staff(Client(), "view_signinmethod")
    assert viewer.get(LIST).status_code == 200
    assert viewer.post(LIST + "fill/").status_code == 403
    assert SigninMethod.objects.count() == 1
