"""Does the admin's Check button say what is wrong, to those who may ask?"""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client

from django_wechat.models import ProviderHealth, WeChatProvider
from django_wechat.simulator import seeds
from django_wechat.simulator.server import SimulatorServer
from tests.factories import BothProviderFactory, WebProviderFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/django_wechat/wechatprovider/"


@pytest.fixture
def row() -> WeChatProvider:
    created: WeChatProvider = BothProviderFactory(
        name="site",
        access_token=seeds.OFFICIAL_ACCOUNT_TOKEN,
        encoding_aes_key=seeds.OFFICIAL_ACCOUNT_AES_KEY,
    )
    return created


def url(row: WeChatProvider) -> str:
    return f"{LIST}{row.pk}/check/"


def staff(client: Client, *codenames: str) -> Client:
    user = get_user_model().objects.create_user("staff", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client.force_login(user)
    return client


def test_the_button_checks_and_the_page_says_what_was_found(
    admin_client: Client, row: WeChatProvider, wechat_simulator: SimulatorServer
) -> None:
    wechat_simulator.platform.find_app(seeds.OFFICIAL_ACCOUNT_APPID).ip_whitelist = "203.0.113.9"
    assert "Not checked yet" in admin_client.get(url(row)).content.decode()
    response = admin_client.post(url(row), follow=True)
    assert response.redirect_chain == [(url(row), 302)]
    page = response.content.decode()
    assert 'data-code="ip_not_allowed"' in page
    assert "WeChat does not allow this server’s IP address, 127.0.0.1" in page
    assert "Warning:" in page


def test_the_result_is_read_without_asking_again(
    admin_client: Client, row: WeChatProvider, wechat_simulator: SimulatorServer
) -> None:
    admin_client.post(url(row))
    asked = len(wechat_simulator.platform.requests)
    page = admin_client.get(url(row), headers={"Accept-Language": "zh-hans"}).content.decode()
    assert "微信" in page
    assert len(wechat_simulator.platform.requests) == asked


def test_no_secret_is_on_the_pages(
    admin_client: Client, row: WeChatProvider, wechat_simulator: SimulatorServer
) -> None:
    admin_client.post(url(row))
    for address in (url(row), LIST, f"{LIST}{row.pk}/change/"):
        page = admin_client.get(address).content.decode()
        for secret in (
            seeds.WEBSITE_APP_SECRET,
            seeds.OFFICIAL_ACCOUNT_SECRET,
            seeds.OFFICIAL_ACCOUNT_TOKEN,
            seeds.OFFICIAL_ACCOUNT_AES_KEY,
            "gAAAA",
        ):
            assert secret not in page


def test_the_form_asks_for_the_check(admin_client: Client, row: WeChatProvider) -> None:
    assert f'action="{url(row)}"' in admin_client.get(f"{LIST}{row.pk}/change/").content.decode()


def test_the_list_shows_the_health_in_words_and_reads_it_at_once(
    admin_client: Client, row: WeChatProvider, django_assert_max_num_queries: object
) -> None:
    others = WebProviderFactory.create_batch(5)
    ProviderHealth.objects.create(provider=row, push_failure="token")
    page = admin_client.get(LIST).content.decode()
    assert page.count("Not checked yet") == len(others)
    assert 'class="wechat-verdict wechat-verdict-error"' in page
    assert "Does not work" in page


def test_who_may_only_look_sees_the_result_and_cannot_check(client: Client, row: WeChatProvider) -> None:
    looking = staff(client, "view_wechatprovider")
    page = looking.get(url(row))
    assert page.status_code == 200
    assert "Check now" not in page.content.decode()
    assert looking.post(url(row)).status_code == 403
    assert not ProviderHealth.objects.exists()


def test_who_has_no_permission_sees_nothing(client: Client, row: WeChatProvider) -> None:
    nobody = staff(client)
    assert (nobody.get(url(row)).status_code, nobody.post(url(row)).status_code) == (403, 403)


def test_a_visitor_is_sent_to_sign_in(client: Client, row: WeChatProvider) -> None:
    assert client.post(url(row)).status_code == 302
    assert not ProviderHealth.objects.exists()


def test_a_provider_that_is_not_there(admin_client: Client, row: WeChatProvider) -> None:
    assert admin_client.get(f"{LIST}{row.pk + 1}/check/").status_code == 404


def test_other_methods_are_not_allowed(admin_client: Client, row: WeChatProvider) -> None:
    assert admin_client.put(url(row)).status_code == 405


def test_another_sites_page_cannot_press_the_button(row: WeChatProvider, admin_user: object) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(admin_user)  # type: ignore[arg-type]
    assert strict.post(url(row)).status_code == 403
