"""Can an admin have a mini program's code shown on the PC, and is told what would not work or protects nobody?"""

from typing import Any

import pytest
from django.test import Client

from django_wechat.admin.providers.notes import notes
from django_wechat.models import WeChatProvider
from django_wechat.models.sub_types import PROGRAM_PAGE
from django_wechat.setup.forms import WeChatProviderForm
from django_wechat.simulator import seeds
from tests.factories import AppFactory, MiniProgramFactory

pytestmark = pytest.mark.django_db

URL = "/admin/django_wechat/wechatprovider/"
FILLED = {
    "name": "mini",
    "display_name": "WeChat",
    "order": "0",
    "enabled": "on",
    "follow_up_action": "open",
    "mini_program_page": PROGRAM_PAGE,
    "mini_program_version": "release",
    "strict_entry": "on",
    "sub_type": "mini_program",
    "enable_qr_code": "on",
    "client_id": seeds.MINI_PROGRAM_APPID,
    "client_secret": seeds.MINI_PROGRAM_SECRET,
}
COLUMNS = ("enable_qr_code", "mini_program_page", "mini_program_version", "strict_entry")


def form_for(**data: Any) -> WeChatProviderForm:
    return WeChatProviderForm({**FILLED, **data})


def test_the_code_is_switched_on() -> None:
    form = form_for()
    assert form.is_valid(), form.errors
    row = form.save()
    assert row.mini_program_qr_complete
    assert row.mini_program_page == "pages/wechat-login/index"
    assert row.strict_entry


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        ({"mini_program_page": "/pages/wechat-login/index"}, "mini_program_page", "Without the slash"),
        ({"mini_program_page": "pages/index?from=pc"}, "mini_program_page", "Without “?”"),
        ({"mini_program_page": "pages/index#top"}, "mini_program_page", "Without “?”"),
        ({"mini_program_page": ""}, "mini_program_page", "The code needs a page"),
        ({"mini_program_page": "  "}, "mini_program_page", "The code needs a page"),
        ({"mini_program_version": "beta"}, "mini_program_version", "beta"),
        ({"client_id": "", "client_secret": "", "enabled": ""}, "enable_qr_code", "needs AppID and AppSecret"),
        ({"sub_type": "app"}, "enable_qr_code", "SubType Web or Mini program"),
    ],
)
def test_what_cannot_work_is_refused(data: dict[str, str], field: str, words: str) -> None:
    errors = form_for(**data).errors
    assert set(errors) == {field} or data["sub_type"] == "app"
    assert words in str(errors[field])


def test_no_page_is_asked_for_without_the_code() -> None:
    assert form_for(mini_program_page="", enable_qr_code="").errors == {}


def test_a_form_of_the_sites_own_need_not_have_the_page() -> None:
    class Own(WeChatProviderForm):
        class Meta(WeChatProviderForm.Meta):
            fields = ("name", "display_name", "sub_type", "client_id", "client_secret", "enable_qr_code", "order")

    form = Own(FILLED)
    assert form.is_valid(), form.errors
    assert form.save().mini_program_page == PROGRAM_PAGE


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, []),
        ({"strict_entry": False}, ["Camera only is off"]),
        ({"mini_program_version": "trial"}, ["Trial version"]),
        ({"mini_program_version": "develop", "strict_entry": False}, ["Camera only is off", "Development version"]),
        ({"enable_qr_code": False, "mini_program_version": "trial", "strict_entry": False}, []),
    ],
)
def test_what_works_and_deserves_a_word(values: dict[str, Any], words: list[str]) -> None:
    row = MiniProgramFactory(**{"enable_qr_code": True, **values})
    said = [str(note) for note in notes(row)]
    assert [word for word in words if any(word in note for note in said)] == words
    assert len(said) == len(words)


def test_the_word_is_said_at_saving(admin_client: Client) -> None:
    files = {"verification_files-TOTAL_FORMS": "0", "verification_files-INITIAL_FORMS": "0"}
    data = {name: value for name, value in {**FILLED, **files}.items() if name != "strict_entry"}
    page = admin_client.post(f"{URL}add/", data, follow=True).content.decode()
    assert "Camera only is off" in page
    assert not WeChatProvider.objects.get().strict_entry


@pytest.mark.parametrize(
    ("factory", "values", "words"),
    [
        (MiniProgramFactory, {}, ["mini program"]),
        (AppFactory, {}, ["mobile app"]),
        (MiniProgramFactory, {"enable_qr_code": True}, ["scanning the mini program’s code", "phone’s browser"]),
    ],
)
def test_the_list_says_whom_a_program_signs_in(
    admin_client: Client, factory: Any, values: dict[str, Any], words: list[str]
) -> None:
    factory(**values)
    cell = admin_client.get(URL).content.decode().partition('class="field-serves"')[2].partition("</td>")[0]
    assert all(word in cell for word in words)
    assert "nobody" not in cell
    assert ("scanning" in cell) is bool(values)


def test_the_card_is_a_mini_programs(admin_client: Client) -> None:
    row = MiniProgramFactory(enable_qr_code=True)
    page = admin_client.get(f"{URL}{row.pk}/change/").content.decode()
    card = page.partition('data-wechat-card="following"')[2].partition("</section>")[0]
    assert '<span data-wechat-when="mini_program">Code on the PC</span>' in card
    assert '<span data-wechat-when="web mobile app" hidden>Sign in by following' in card
    assert all(f'name="{column}"' in card for column in COLUMNS)
    assert "IP白名单" in card
