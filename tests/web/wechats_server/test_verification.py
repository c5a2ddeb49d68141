"""Does WeChat find its verification file at the root of the site, and does nothing else come out there?"""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from django_wechat.models import VerificationFile, WeChatProvider
from django_wechat.setup import verification
from tests.factories import WebProviderFactory

pytestmark = pytest.mark.django_db
NAME, CONTENT = "MP_verify_abcDEF0123456789.txt", "abcDEF0123456789"


@pytest.fixture
def row() -> WeChatProvider:
    created: WeChatProvider = WebProviderFactory(name="web", client_id="wx00000000000000a1")
    return created


def post(client: Client, row: WeChatProvider, **file: Any) -> Any:
    """Save the provider's page with one file on it."""
    data = {"name": "web", "display_name": "WeChat", "sub_type": "web", "follow_up_action": "open", "order": "0"}
    data["mini_program_version"] = "release"
    data |= {"enabled": "on", "client_id": row.client_id, "confirm_on_phone": "on"}
    data |= {"verification_files-TOTAL_FORMS": "1", "verification_files-INITIAL_FORMS": "0"}
    data |= {f"verification_files-0-{key}": value for key, value in file.items()}
    return client.post(f"/admin/django_wechat/wechatprovider/{row.pk}/change/", data)


def errors(response: Any) -> str:
    assert response.status_code == 200
    return str(response.context["inline_admin_formsets"][0].formset.errors)


def test_it_is_served_as_it_is_to_anybody(client: Client, row: WeChatProvider) -> None:
    VerificationFile.objects.create(provider=row, name=NAME, content=f"{CONTENT}\n")
    answer = client.get(f"/{NAME}")
    assert answer.content.decode() == f"{CONTENT}\n"
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "public, max-age=60"
    assert not answer.cookies
    assert client.head(f"/{NAME}").status_code == 200
    assert client.post(f"/{NAME}").status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        f"/{NAME.lower()}",
        "/MP_verify_0000000000000000.txt",
        f"/x{NAME}",
        f"/{NAME}/",
        f"/{NAME}.bak",
        "/MP_verify_short.txt",
        f"/accounts/{NAME}",
    ],
)
def test_nothing_else_is_there(client: Client, row: WeChatProvider, path: str) -> None:
    VerificationFile.objects.create(provider=row, name=NAME, content=CONTENT)
    assert client.get(path).status_code == 404


def test_it_is_uploaded(admin_client: Client, row: WeChatProvider, client: Client) -> None:
    upload = SimpleUploadedFile(NAME, f"{CONTENT}\r\n".encode())
    assert post(admin_client, row, upload=upload, name="typed.txt", content="typed").status_code == 302
    assert client.get(f"/{NAME}").content == f"{CONTENT}\r\n".encode()


def test_it_is_pasted(admin_client: Client, row: WeChatProvider, client: Client) -> None:
    assert post(admin_client, row, name=f" {NAME} ", content=f" {CONTENT} ").status_code == 302
    assert client.get(f"/{NAME}").content.decode() == CONTENT


def test_an_empty_place_for_a_file_is_no_file(admin_client: Client, row: WeChatProvider) -> None:
    assert post(admin_client, row, name="", content="").status_code == 302
    assert not VerificationFile.objects.exists()


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ({"name": "robots.txt", "content": CONTENT}, "Keep that name"),
        ({"name": f"../{NAME}", "content": CONTENT}, "Keep that name"),
        ({"name": NAME, "content": "汉字"}, "one short line of text"),
        ({"name": NAME, "content": "k" * 201}, "at most 200 characters"),
        ({"name": NAME}, "Upload the file, or enter"),
        ({"content": CONTENT}, "Upload the file, or enter"),
        ({"upload": SimpleUploadedFile("index.html", b"<script>")}, "Keep that name"),
        ({"upload": SimpleUploadedFile(NAME, b"\xff\xfe")}, "one short line of text"),
        ({"upload": SimpleUploadedFile(NAME, b"k" * 300)}, "one short line of text"),
        ({"upload": SimpleUploadedFile(NAME, b"a\nb")}, "one short line of text"),
    ],
)
def test_other_files_are_refused_in_words(
    admin_client: Client, row: WeChatProvider, file: dict[str, Any], words: str
) -> None:
    for one in file.values():
        if isinstance(one, SimpleUploadedFile):
            one.seek(0)
    assert words in errors(post(admin_client, row, **file))
    assert not VerificationFile.objects.exists()


def test_a_file_is_stored_once(admin_client: Client, row: WeChatProvider) -> None:
    VerificationFile.objects.create(provider=WebProviderFactory(), name=NAME, content=CONTENT)
    assert "stored already" in errors(post(admin_client, row, name=NAME, content=CONTENT))


def test_files_need_their_own_permission(client: Client, row: WeChatProvider) -> None:
    staff = get_user_model().objects.create_user("staff", is_staff=True)
    staff.user_permissions.set(Permission.objects.filter(codename__in=["change_wechatprovider"]))
    client.force_login(staff)
    page = client.get(f"/admin/django_wechat/wechatprovider/{row.pk}/change/").content.decode()
    assert "verification_files-0" not in page
    assert post(client, row, name=NAME, content=CONTENT).status_code == 302
    assert not VerificationFile.objects.exists()


def test_the_page_says_when_files_are_not_served(admin_client: Client, row: WeChatProvider) -> None:
    url = f"/admin/django_wechat/wechatprovider/{row.pk}/change/"
    assert verification.at_root()
    assert "django_wechat.root_urls" not in admin_client.get(url).content.decode()
    with override_settings(ROOT_URLCONF="tests.sites.without_root_urls"):
        assert not verification.at_root()
        assert "django_wechat.root_urls" in admin_client.get(url).content.decode()


def test_a_deeper_place_is_not_the_root() -> None:
    with override_settings(ROOT_URLCONF="tests.sites.deep_root_urls"):
        assert not verification.at_root()


def test_what_is_stored_shows_its_name(row: WeChatProvider) -> None:
    assert str(VerificationFile(provider=row, name=NAME)) == NAME
