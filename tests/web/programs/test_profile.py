"""Do name and picture come to be shown as the person typed and chose them, and does nothing else of a file come in?"""

import io
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.core.files.storage import Storage, storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.handlers.asgi import ASGIRequest
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from PIL import Image
from pytest_django import DjangoCaptureOnCommitCallbacks

from django_wechat.models import TypedProfile, WeChatIdentity
from django_wechat.names import display_name
from django_wechat.people import erasure, identities
from django_wechat.people.typed import pictures, profiles
from django_wechat.simulator import seeds
from django_wechat.simulator.server import SimulatorServer
from django_wechat.web.programs.person import uploads
from tests.factories import AccountFactory, BothProviderFactory, UserFactory
from tests.visitor import Visitor
from tests.web.programs.program import PROFILE, Program, problem
from tests.web.programs.test_door import token_of

pytestmark = pytest.mark.django_db
User = get_user_model()
MEMORY = {"BACKEND": "django.core.files.storage.InMemoryStorage", "OPTIONS": {"base_url": "/media/"}}
RED, BLUE = (200, 0, 0), (0, 0, 200)


class BrokenStorage(Storage):
    """A bucket that is away."""

    def save(self, *args: Any, **kwargs: Any) -> str:
        raise RuntimeError("the bucket is away")


@pytest.fixture
def site(settings: Any) -> Any:
    """A site that keeps pictures; `settings`, to change it."""
    cache.clear()
    settings.STORAGES = {**settings.STORAGES, "avatars": MEMORY}
    settings.WECHAT = {**settings.WECHAT, "AVATAR_STORAGE": "avatars"}
    return settings


@pytest.fixture
def member(program: Program, site: Any) -> Any:
    """Somebody who is signed in in the program."""
    program.token = token_of(program.sign_in())
    return User.objects.get()


@pytest.fixture
def commit(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Any:
    """Return a context in which what waits for the commit happens at its end."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def files() -> list[str]:
    storage = storages["avatars"]
    return storage.listdir("wechat-avatars")[1] if storage.exists("wechat-avatars") else []


def kept() -> Image.Image:
    """Return the one picture that the site keeps."""
    (name,) = files()
    with storages["avatars"].open(f"wechat-avatars/{name}") as file:
        content = file.read()
    return Image.open(io.BytesIO(content))


def picture(kind: str = "PNG", size: tuple[int, int] = (60, 40), colour: Any = RED, **options: Any) -> bytes:
    mode = options.pop("mode", "RGB")
    file = io.BytesIO()
    Image.new(mode, size, colour).save(file, kind, **options)
    return file.getvalue()


def account() -> SocialAccount:
    return SocialAccount.objects.get()


# --- the name ---


def test_a_name(program: Program, member: Any) -> None:
    response = program.type_name("小明 🐼")
    assert (response.status_code, response.json()) == (200, {"nickname": "小明 🐼", "avatar": ""})
    assert response["Cache-Control"].count("no-store") == 1
    assert str(account().get_provider_account()) == "小明 🐼"
    assert display_name(User.objects.get()) == "小明 🐼", "the sign-up had filled in a friendly name"
    assert account().extra_data["nickname"] == "", "WeChat said nothing"
    assert program.type_name("明明").json()["nickname"] == "明明"
    assert display_name(User.objects.get()) == "明明"


def test_a_name_of_ones_own_stays(program: Program, member: Any) -> None:
    User.objects.update(first_name="Ming", last_name="Li")
    program.type_name("小明")
    assert User.objects.get().first_name == "Ming"
    assert display_name(User.objects.get()) == "Ming Li"
    assert str(account().get_provider_account()) == "小明"


def test_somebody_without_a_name_field_that_says_it(program: Program, member: Any) -> None:
    program.type_name("小明")
    User.objects.update(first_name="")
    assert display_name(User.objects.get()) == "小明"


def test_no_later_sign_in_changes_it(
    program: Program, member: Any, wechat_simulator: SimulatorServer, commit: Any
) -> None:
    program.upload(picture(), nickname="小明")
    shown = program.type_name("小明").json()
    token_of(program.sign_in())
    BothProviderFactory()
    with commit():
        Visitor(wechat_simulator).sign_in()
    assert account().extra_data["nickname"] == "张三", "WeChat said so at the website"
    assert str(account().get_provider_account()) == "小明"
    assert account().get_provider_account().get_avatar_url() in shown["avatar"]
    assert display_name(User.objects.get()) == "小明"


def test_what_cannot_be_seen_is_left_out(program: Program, member: Any) -> None:
    sent = "  a\u202eb\u0000c\n d\u200b\u2066 "
    assert program.type_name(sent).json()["nickname"].replace("\u200b", "") == "abc d"
    assert "\u202e" not in TypedProfile.objects.get().nickname


@pytest.mark.parametrize("name", ["", "   ", "\u202e", "\u200b", "\u0000", "a" * 65, 5, None, ["a"], {"a": 1}])
def test_no_name(program: Program, member: Any, name: object) -> None:
    response = program.type_name(name)
    assert problem(response) == (400, "bad_request")
    assert "64" in response.json()["error"]["message"]
    assert not TypedProfile.objects.exists()


def test_the_longest_name(program: Program, member: Any) -> None:
    assert program.type_name("明" * 64).json()["nickname"] == "明" * 64


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", "application/json"),
        (b"{}", "application/json"),
        (b"[]", "application/json"),
        (b'{"nickname": "a", "avatar": "iVBORw0KGgo="}', "application/json"),
        (b'{"nickname": "a", "openid": "o"}', "application/json"),
        (b"nickname=a", "application/x-www-form-urlencoded"),
        (b"a", "text/plain"),
        (b"a", "multipart/form-data"),
        (b"a", "multipart/form-data; boundary=x"),
        (b'--x\r\nContent-Disposition: form-data; name="avatar"\r\n\r\nA\r\n--x--', "multipart/form-data; boundary=x"),
        (b'--x\r\nContent-Disposition: form-data; name="y"\r\n\r\nA\r\n--x--', "multipart/form-data; boundary=x"),
        (
            b'--x\r\nContent-Disposition: form-data; name="nickname"\r\n\r\n\xff\r\n--x--',
            "multipart/form-data; boundary=x",
        ),
        (b"y" * 20_000, "multipart/form-data; boundary=x"),
    ],
)
def test_garbled(program: Program, member: Any, body: bytes, content_type: str) -> None:
    assert problem(program.patch(PROFILE, body, content_type)) == (400, "bad_request")
    assert not TypedProfile.objects.exists()


# --- the picture ---


def test_a_picture(program: Program, member: Any) -> None:
    response = program.upload(picture(size=(1600, 800)))
    assert response.status_code == 200
    assert response.json()["avatar"].startswith("http://testserver/media/wechat-avatars/")
    drawn = kept()
    assert (drawn.format, drawn.size, drawn.mode) == ("JPEG", (512, 256), "RGB")
    red, green, blue = drawn.getpixel((5, 5))  # type: ignore[misc]
    assert red > 190
    assert green < 10
    assert blue < 10


def test_name_and_picture_together(program: Program, member: Any) -> None:
    response = program.upload(picture(), nickname="小明")
    assert response.json()["nickname"] == "小明"
    assert len(files()) == 1


def test_the_next_picture_takes_the_place_of_the_first(program: Program, member: Any, commit: Any) -> None:
    with commit():
        program.upload(picture())
        program.upload(picture(colour=BLUE))
    assert kept().getpixel((5, 5))[2] > 190  # type: ignore[index]
    program.type_name("小明")
    assert len(files()) == 1


@pytest.mark.parametrize(
    ("file", "size"),
    [
        (picture("JPEG"), (60, 40)),
        (picture("JPEG", mode="CMYK", colour=0), (60, 40)),
        (picture("JPEG", mode="L", colour=9), (60, 40)),
        (picture("WEBP"), (60, 40)),
        (picture("WEBP", mode="RGBA", colour=(*RED, 0)), (60, 40)),
        (picture("PNG", mode="P", colour=0), (60, 40)),
        (picture("PNG", mode="1", colour=0), (60, 40)),
        (picture("PNG", mode="LA", colour=(0, 0)), (60, 40)),
        (picture("PNG", mode="I;16", colour=0), (60, 40)),
        (picture("PNG", size=(1, 1)), (1, 1)),
        (picture("PNG", size=(4000, 2)), (512, 1)),
        (picture("PNG", mode="1", size=(4096, 4096), colour=0), (512, 512)),
    ],
)
def test_every_kind_of_picture(program: Program, member: Any, file: bytes, size: tuple[int, int]) -> None:
    assert program.upload(file).status_code == 200
    assert kept().size == size


def test_what_is_transparent_becomes_white(program: Program, member: Any) -> None:
    program.upload(picture("PNG", mode="RGBA", colour=(*RED, 0)))
    assert kept().getpixel((5, 5)) == (255, 255, 255)


def with_exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010E] = "home of the secret agent"
    return exif


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_that_stands_beside_the_pixels_comes_in(program: Program, member: Any, kind: str) -> None:
    script = b"<script>alert(1)</script>PK\x05\x06"
    program.upload(picture(kind, exif=with_exif()) + script, name="../../evil.html")
    (name,) = files()
    assert name.endswith(".jpg")
    assert len(name) == 36
    content = storages["avatars"].open(f"wechat-avatars/{name}").read()
    assert b"script" not in content
    assert b"secret agent" not in content
    assert not kept().getexif()
    assert kept().size == (40, 60), "it is turned as EXIF said"


def animated(kind: str) -> bytes:
    file = io.BytesIO()
    frames = [Image.new("RGB", (60, 40), colour) for colour in (RED, BLUE, RED)]
    frames[0].save(file, kind, save_all=True, append_images=frames[1:])
    return file.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_what_moves_stands_still(program: Program, member: Any, kind: str) -> None:
    program.upload(animated(kind))
    assert getattr(kept(), "n_frames", 1) == 1


def bomb(width: int = 30_000, height: int = 30_000) -> bytes:
    """A small PNG of nearly a thousand million pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x00\x00\x00\x00"
    packer = zlib.compressobj(9)
    lines = b"".join(packer.compress(bytes(width + 1)) for _ in range(64)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")


def text_bomb() -> bytes:
    """A PNG whose comment unpacks to 8 MB."""
    data = b"comment\x00\x00" + zlib.compress(bytes(8 * 1024**2), 9)
    chunk = len(data).to_bytes(4, "big") + b"zTXt" + data + zlib.crc32(b"zTXt" + data).to_bytes(4, "big")
    whole = picture()
    return whole[:33] + chunk + whole[33:]


@pytest.mark.parametrize(
    "file",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"a", id="a letter"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", id="svg"),
        pytest.param(b"GIF89a/*<svg/onload=alert(1)>*/=1;", id="polyglot"),
        pytest.param(animated("GIF"), id="gif"),
        pytest.param(picture("BMP"), id="bmp"),
        pytest.param(picture("TIFF"), id="tiff"),
        pytest.param(picture()[:60], id="cut"),
        pytest.param(picture("JPEG", size=(600, 600))[:-200], id="jpeg cut"),
        pytest.param(picture()[:20] + b"\xff" * 40 + picture()[60:], id="scratched"),
        pytest.param(b"\x89PNG\r\n\x1a\n the first picture", id="only begins as one"),
        pytest.param(b"\xff\xd8\xff" * 100, id="only begins as another"),
        pytest.param(b"RIFF\x00\x00\x00\x00WEBP" + b"VP8 " * 9, id="only begins as a third"),
        pytest.param(bomb(), id="bomb"),
        pytest.param(picture(mode="1", size=(10_000, 5_000), colour=0), id="smaller bomb"),
        pytest.param(picture(mode="1", size=(4096, 4097), colour=0), id="one line too many"),
        pytest.param(text_bomb(), id="bomb in a comment"),
    ],
)
def test_what_is_no_picture(program: Program, member: Any, file: bytes) -> None:
    response = program.upload(file, nickname="小明")
    assert problem(response) == (400, "bad_request")
    assert "JPEG" in response.json()["error"]["message"]
    assert files() == []
    assert not TypedProfile.objects.exists(), "nor is the name that came along"


def test_a_file_that_is_too_large(program: Program, member: Any) -> None:
    response = program.upload(bytes(uploads.LARGEST + 1))
    assert problem(response) == (400, "bad_request")
    assert "2 MB" in response.json()["error"]["message"]


def form(*parts: int) -> bytes:
    """Return a form with a file of each of these sizes."""
    head = b'--x\r\nContent-Disposition: form-data; name="file-%d"; filename="a.png"\r\n\r\n%s\r\n'
    return b"".join(head % (number, bytes(size)) for number, size in enumerate(parts)) + b"--x--"


def test_files_that_are_too_large_together(program: Program, member: Any) -> None:
    whole = form(uploads.LARGEST // 2 + 1, uploads.LARGEST // 2)
    response = program.patch(PROFILE, whole, "multipart/form-data; boundary=x")
    assert problem(response) == (400, "bad_request")
    assert "2 MB" in response.json()["error"]["message"]


def read_till_too_large(body: io.BytesIO, said: int) -> int:
    """Return how much of a form is read, whose length is what the client `said`: on ASGI nothing holds it to that."""
    headers = [(b"content-type", b"multipart/form-data; boundary=x"), (b"content-length", b"%d" % said)]
    scope = {"type": "http", "method": "PATCH", "path": PROFILE, "headers": headers, "query_string": b""}
    with pytest.raises(uploads.TooLarge):
        uploads.read(ASGIRequest(scope, body))
    return body.tell()


def test_a_form_that_says_it_is_small() -> None:
    whole = form(*[1024**2] * 9)
    assert read_till_too_large(io.BytesIO(whole), 1000) < 4 * 1024**2


def test_a_form_that_says_it_is_too_large_is_not_read() -> None:
    assert read_till_too_large(io.BytesIO(form(1)), 3 * 1024**2) == 0


def test_no_upload_is_written_to_a_disk(program: Program, member: Any, settings: Any) -> None:
    settings.FILE_UPLOAD_HANDLERS = ["no.such.Handler"]
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1
    assert program.upload(picture()).status_code == 200


def test_many_fields_and_many_files(program: Program, member: Any, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 5
    assert problem(program.upload(picture(), **{f"field{number}": "a" for number in range(9)})) == (400, "bad_request")


def test_without_a_storage(program: Program, member: Any, settings: Any) -> None:
    settings.WECHAT = {**settings.WECHAT, "AVATAR_STORAGE": None}
    response = program.upload(picture())
    assert problem(response) == (409, "not_available")
    assert "AVATAR_STORAGE" in response.json()["error"]["message"]
    assert program.type_name("小明").status_code == 200


def test_without_pillow(program: Program, member: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "HAS_PILLOW", False)
    response = program.upload(picture())
    assert problem(response) == (409, "not_available")
    assert "Pillow" in response.json()["error"]["message"]
    assert program.type_name("小明").status_code == 200


def test_a_storage_that_is_away(program: Program, member: Any, settings: Any) -> None:
    settings.STORAGES = {**settings.STORAGES, "avatars": {"BACKEND": f"{__name__}.BrokenStorage"}}
    assert problem(program.upload(picture(), nickname="小明")) == (503, "not_saved")
    assert not TypedProfile.objects.exists()


# --- whose ---


def test_a_session_cookie_means_nothing(program: Program, member: Any) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(member, "django.contrib.auth.backends.ModelBackend")
    before = browser.cookies.output()
    response = browser.patch(PROFILE, {"nickname": "小明"}, content_type="application/json")
    assert problem(response) == (401, "sign_in_first")
    assert browser.cookies.output() == before
    assert not TypedProfile.objects.exists()


@pytest.mark.parametrize(
    ("tokens", "header", "key"), [("simplejwt", "Bearer {}", "access"), ("drf", "Token {}", "token")]
)
@pytest.mark.parametrize("method", ["patch", "post"])
def test_with_a_token_of_the_sites_own(
    program: Program, site: Any, tokens: str, header: str, key: str, method: str
) -> None:
    site.WECHAT = {**site.WECHAT, "TOKENS": tokens}
    headers = {"Authorization": header.format(program.sign_in().json()[key])}
    response = getattr(Client(), method)(PROFILE, {"nickname": "小明"}, "application/json", headers=headers)
    assert response.json()["nickname"] == "小明"
    form = encode_multipart(BOUNDARY, {"avatar": SimpleUploadedFile("a", picture()), "nickname": "明明"})
    response = Client().generic(method.upper(), PROFILE, form, MULTIPART_CONTENT, headers=headers)
    assert response.json()["nickname"] == "明明"
    assert len(files()) == 1


def test_a_token_that_is_over(program: Program, member: Any) -> None:
    program.token = "made-up"
    assert program.type_name("小明").status_code == 410


def test_somebody_without_wechat(program: Program, site: Any) -> None:
    user = UserFactory()
    login = {"username": user.username, "password": "password"}
    answer = Client().post("/_allauth/app/v1/auth/login", login, content_type="application/json")
    program.token = answer.json()["meta"]["session_token"]
    response = program.type_name("小明")
    assert problem(response) == (409, "not_available")
    assert "connect" in response.json()["error"]["message"].lower()


def test_too_often(program: Program, member: Any, settings: Any) -> None:
    settings.WECHAT = {**settings.WECHAT, "RATE_LIMITS": {"profile_person": (1, 86_400)}}
    assert program.type_name("小明").status_code == 200
    response = program.type_name("明明")
    assert problem(response) == (429, "too_often")
    assert 0 < int(response["Retry-After"]) <= 86_400


def test_by_post_as_wechats_own_functions_send_it(program: Program, member: Any) -> None:
    assert program.patch(PROFILE, {"nickname": "小明"}, method="post").json()["nickname"] == "小明"
    form = {"avatar": SimpleUploadedFile("a", picture()), "nickname": "明明"}
    response = program.patch(PROFILE, form, MULTIPART_CONTENT, method="post")
    assert response.json()["nickname"] == "明明"
    assert len(files()) == 1


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_other_methods(program: Program, method: str) -> None:
    assert getattr(Client(), method)(PROFILE).status_code == 405


# --- leaving, and growing together ---


def test_an_erasure_takes_it_along(program: Program, member: Any, commit: Any) -> None:
    program.upload(picture(), nickname="小明")
    with commit():
        erasure.erase(account())
    assert files() == []
    assert not TypedProfile.objects.exists()
    assert User.objects.get().first_name == "", "what was put in the place of what the sign-up filled in"


@pytest.mark.parametrize(("appid", "stays"), [(seeds.MINI_PROGRAM_APPID, False), (seeds.WEBSITE_APP_APPID, True)])
def test_an_erasure_of_what_one_app_knew(
    program: Program, member: Any, wechat_simulator: SimulatorServer, commit: Any, appid: str, stays: bool
) -> None:
    BothProviderFactory()
    Visitor(wechat_simulator).sign_in()
    with commit():
        program.upload(picture(), nickname="小明")
        erasure.erase_identity(WeChatIdentity.objects.get(appid=appid), erasure.Reason.REVOKED)
    assert TypedProfile.objects.exists() == stays
    assert bool(files()) == stays


@pytest.mark.parametrize("leave", [erasure.erase, lambda account: account.user.delete()], ids=["erased", "deleted"])
def test_an_erasure_while_it_is_under_way(
    program: Program, member: Any, monkeypatch: pytest.MonkeyPatch, commit: Any, leave: Callable[[Any], Any]
) -> None:
    def slow(file: bytes) -> str:
        name = profiles_keep(file)
        leave(account())
        return name

    profiles_keep = profiles.keep_file
    monkeypatch.setattr(profiles, "keep_file", slow)
    with commit():
        response = program.upload(picture(), nickname="小明")
    assert problem(response) == (409, "not_available")
    assert files() == []
    assert not TypedProfile.objects.exists()


def test_an_account_that_was_given_to_another_user(member: Any) -> None:
    mine = account()
    SocialAccount.objects.update(user=UserFactory())
    assert profiles.change(mine, nickname="小明") is None
    assert not TypedProfile.objects.exists()


def test_two_accounts_become_one(program: Program, member: Any) -> None:
    program.upload(picture(), nickname="小明")
    into = AccountFactory(user=member, uid="other")
    identities.join(account := SocialAccount.objects.exclude(pk=into.pk).get(), into)
    assert not SocialAccount.objects.filter(pk=account.pk).exists()
    into = SocialAccount.objects.get()
    assert str(into.get_provider_account()) == "小明"
    assert into.get_provider_account().get_avatar_url()
    assert len(files()) == 1


def test_what_the_one_that_stays_has_is_not_overwritten(program: Program, member: Any) -> None:
    program.type_name("小明")
    into = AccountFactory(user=member, uid="other")
    TypedProfile.objects.create(account=into, nickname="明明")
    identities.join(SocialAccount.objects.exclude(pk=into.pk).get(), into)
    assert [typed.nickname for typed in TypedProfile.objects.all()] == ["明明"]


def test_of_two_accounts_it_is_the_one_that_signed_in_last(program: Program, member: Any) -> None:
    other = AccountFactory(user=member, uid="other")
    SocialAccount.objects.filter(pk=other.pk).update(last_login="2001-01-01T00:00Z")
    program.type_name("小明")
    assert TypedProfile.objects.get().account_id != other.pk
