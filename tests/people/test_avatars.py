"""Where is a person's avatar, and does the site's own copy follow it without ever standing in a sign-in's way?"""

import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core.cache import cache
from django.core.files.storage import InMemoryStorage, Storage, storages
from django.core.management import CommandError, call_command
from django.db import connections, transaction
from django.template import Context, Template
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from django_wechat.models import WeChatAvatar
from django_wechat.models.avatars import avatar_storage
from django_wechat.people import avatars
from django_wechat.simulator import seeds
from django_wechat.simulator.server import SimulatorServer
from tests.factories import AccountFactory, WebProviderFactory
from tests.visitor import Visitor, in_wechat
from tests.wire.servers import answer, read_request, serving

pytestmark = pytest.mark.django_db
QLOGO = "https://thirdwx.qlogo.cn/mmopen/vi_32/abc/132"
PNG = b"\x89PNG\r\n\x1a\n the first picture"
JPEG = b"\xff\xd8\xff the second picture"
MEMORY = {"BACKEND": "django.core.files.storage.InMemoryStorage"}


class BrokenStorage(Storage):
    """A bucket that is away."""

    def save(self, *args: Any, **kwargs: Any) -> str:
        raise RuntimeError("the bucket is away")

    def delete(self, name: str) -> None:
        raise RuntimeError("the bucket is away")


class Pictures:
    """A picture server: path → bytes, and what was asked for."""

    def __init__(self) -> None:
        self.url = ""
        self.files: dict[str, bytes] = {"/mmopen/one/132": PNG, "/mmopen/two/132": JPEG}
        self.asked: list[str] = []
        self.before_answer: Callable[[], object] = lambda: None

    def handle(self, connection: socket.socket) -> None:
        self.asked.append(read_request(connection).split()[1].decode())
        self.before_answer()
        body = self.files.get(self.asked[-1])
        connection.sendall(answer(body or b"", status="200 OK" if body else "404 Not Found"))

    def address(self, name: str = "one") -> str:
        """As a profile keeps it: https, whatever WeChat said."""
        return f"{self.url.replace('http://', 'https://')}/mmopen/{name}/132"


@pytest.fixture
def pictures(settings: Any) -> Iterator[Pictures]:
    """Copy avatars from a server of this machine into memory."""
    server = Pictures()
    with serving(server.handle) as server.url:
        settings.STORAGES = {**settings.STORAGES, "avatars": MEMORY | {"OPTIONS": {"base_url": "/media/"}}}
        settings.WECHAT = {"AVATAR_STORAGE": "avatars", "AVATAR_HOSTS": [server.url]}
        # Made now: Django would let two threads that ask first each make a memory of its own.
        assert not files()
        yield server


@pytest.fixture
def commit(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Any:
    """Return a context in which what waits for the commit happens at its end."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def files() -> list[str]:
    storage = storages["avatars"]
    return storage.listdir("wechat-avatars")[1] if storage.exists("wechat-avatars") else []


def content(account: SocialAccount) -> bytes:
    copy = WeChatAvatar.objects.get(account=account)
    with storages["avatars"].open(copy.image.name) as file:
        return bytes(file.read())


def take(account: SocialAccount, address: str) -> None:
    """Sign in again, as allauth does, after the person took another picture."""
    account.extra_data = {**account.extra_data, "avatar_url": address}
    account.save()


# ── The address ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("size", [0, 46, 64, 96, 132])
@pytest.mark.parametrize("given", [0, 46, 64, 96, 132])
def test_the_size_is_the_last_segment(size: int, given: int) -> None:
    account = AccountFactory.build(extra_data={"avatar_url": f"https://thirdwx.qlogo.cn/mmopen/a-B_9/{given}"})
    assert avatars.avatar_url(account, size) == f"https://thirdwx.qlogo.cn/mmopen/a-B_9/{size}"


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        (QLOGO.removesuffix("132") + "640", QLOGO.removesuffix("132") + "640"),
        (QLOGO.removesuffix("/132"), QLOGO.removesuffix("/132")),
        (QLOGO + "/", QLOGO + "/"),
        (QLOGO + "?v=/132", QLOGO.removesuffix("132") + "46?v=/132"),
        ("https://132", "https://132"),
        ("https://a.example/b?c=/132", "https://a.example/b?c=/132"),
        ("http://wx.qlogo.cn/mmopen/x/0", "https://wx.qlogo.cn/mmopen/x/46"),
        ("javascript:alert(1)//132", ""),
        ("", ""),
        (None, ""),
        (5, ""),
    ],
)
def test_what_has_no_known_size_stays(stored: object, shown: str) -> None:
    account = AccountFactory.build(extra_data={"avatar_url": stored})
    assert avatars.avatar_url(account, 46) == shown


def test_an_account_without_an_avatar() -> None:
    account = AccountFactory.build()
    assert avatars.avatar_url(account) == ""
    assert account.get_provider_account().get_avatar_url() is None


@pytest.mark.parametrize("size", [1, 640, -1, "x"])
def test_other_sizes_are_the_callers_mistake(size: Any) -> None:
    with pytest.raises(ValueError, match="0, 46, 64, 96, 132"):
        avatars.avatar_url(AccountFactory.build(), size)


def test_the_template_tag() -> None:
    account = AccountFactory.build(extra_data={"avatar_url": QLOGO + "?a=1&b=<"})
    shown = Template('{% load wechat %}<img src="{% wechat_avatar_url account 64 %}">').render(
        Context({"account": account})
    )
    assert shown == '<img src="https://thirdwx.qlogo.cn/mmopen/vi_32/abc/64?a=1&amp;b=&lt;">'
    assert Template("{% load wechat %}{% wechat_avatar_url account %}").render(Context({"account": None})) == ""


def test_a_list_costs_no_query_each(
    settings: Any, pictures: Pictures, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for name in "ab":
        AccountFactory(extra_data={"avatar_url": f"https://thirdwx.qlogo.cn/{name}/132"})
    with django_assert_num_queries(1):
        joined = SocialAccount.objects.select_related("wechat_typed", "wechat_avatar")
        assert all(avatars.avatar_url(account) for account in joined)
    settings.WECHAT = {}
    with django_assert_num_queries(1):
        assert all(avatars.avatar_url(account) for account in SocialAccount.objects.all())


# ── The copy ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_is_copied_unless_told_to(settings: Any, pictures: Pictures, commit: Any) -> None:
    settings.WECHAT = {"AVATAR_HOSTS": [pictures.url]}
    with commit() as callbacks:
        AccountFactory(extra_data={"avatar_url": pictures.address()})
    assert callbacks == []
    assert pictures.asked == []


def test_a_new_avatar_is_copied_after_the_commit(pictures: Pictures, commit: Any) -> None:
    with commit():
        account = AccountFactory(extra_data={"avatar_url": pictures.address()})
        assert pictures.asked == []
    assert content(account) == PNG
    (name,) = files()
    assert name.endswith(".png")
    assert len(name) == 36
    for size in avatars.SIZES:
        assert avatars.avatar_url(account, size) == f"/media/wechat-avatars/{name}"
    assert account.get_provider_account().get_avatar_url() == f"/media/wechat-avatars/{name}"
    assert name in str(WeChatAvatar.objects.get())


def test_an_address_that_stays_is_not_asked_again(pictures: Pictures, commit: Any) -> None:
    with commit():
        account = AccountFactory(extra_data={"avatar_url": pictures.address()})
    cache.clear()
    with commit() as callbacks:
        account.save()
    assert callbacks == []
    assert pictures.asked == ["/mmopen/one/132"]


def test_a_new_picture_takes_the_place_of_the_old(pictures: Pictures, commit: Any) -> None:
    with commit():
        account = AccountFactory(extra_data={"avatar_url": pictures.address()})
    before = files()
    with commit():
        take(account, pictures.address("two"))
    assert content(account) == JPEG
    assert len(files()) == 1
    assert files() != before


def test_a_picture_that_was_taken_away(pictures: Pictures, commit: Any) -> None:
    with commit():
        account = AccountFactory(extra_data={"avatar_url": pictures.address()})
    with commit():
        take(account, "")
        assert files()
    assert files() == []
    assert avatars.avatar_url(SocialAccount.objects.get()) == ""


@pytest.mark.parametrize("end", ["account", "user", "forget"])
def test_people_who_leave_leave_no_picture(pictures: Pictures, commit: Any, end: str) -> None:
    with commit():
        account = AccountFactory(extra_data={"avatar_url": pictures.address()})
    acts: dict[str, Callable[[], object]] = {
        "account": account.delete,
        "user": account.user.delete,
        "forget": lambda: avatars.forget(account),
    }
    with commit():
        acts[end]()
    assert files() == []
    assert not WeChatAvatar.objects.exists()


def test_a_deletion_that_is_rolled_back_keeps_the_file(pictures: Pictures, commit: Any) -> None:
    with commit():
        account = AccountFactory(extra_data={"avatar_url": pictures.address()})
    with commit(), transaction.atomic():
        avatars.forget(account)
        transaction.set_rollback(True)
    assert content(account) == PNG


def test_accounts_of_other_providers_are_not_ours(pictures: Pictures, commit: Any) -> None:
    with commit():
        AccountFactory(provider="weixin", extra_data={"avatar_url": pictures.address()})
    call_command("copy_wechat_avatars", stdout=StringIO())
    assert pictures.asked == []


# ── What goes wrong ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_refused_picture_is_logged_and_tried_by_one_sign_in_only(
    pictures: Pictures, commit: Any, caplog: pytest.LogCaptureFixture
) -> None:
    pictures.files["/mmopen/one/132"] = b"<svg/>"
    with commit():
        account = AccountFactory(extra_data={"avatar_url": pictures.address()})
    with commit():
        account.save()
    assert len(pictures.asked) == 1
    assert files() == []
    (record,) = caplog.records
    assert record.name == "django_wechat.avatars"
    assert record.getMessage() == (
        f"The avatar of account {account.pk} was not copied: it is no JPEG, PNG, GIF or WebP picture"
    )
    assert avatars.avatar_url(account) == pictures.address()


def test_a_new_picture_that_fails_leaves_the_old_copy(pictures: Pictures, commit: Any) -> None:
    with commit():
        account = AccountFactory(extra_data={"avatar_url": pictures.address()})
    with commit():
        take(account, pictures.address("gone"))
    assert content(account) == PNG


def test_a_storage_that_is_away(
    settings: Any, pictures: Pictures, commit: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with commit():
        account = AccountFactory(extra_data={"avatar_url": pictures.address()})
    settings.STORAGES = {**settings.STORAGES, "avatars": {"BACKEND": "tests.people.test_avatars.BrokenStorage"}}
    with commit():
        take(account, pictures.address("two"))
    with commit():
        account.delete()
    saving, deleting = caplog.records
    assert "was not copied: the storage or the database failed" in saving.getMessage()
    assert "was not deleted" in deleting.getMessage()
    assert not WeChatAvatar.objects.exists()


def test_a_cache_that_is_away(settings: Any, pictures: Pictures, commit: Any, caplog: pytest.LogCaptureFixture) -> None:
    settings.WECHAT = {**settings.WECHAT, "CACHE_ALIAS": "no-such-cache"}
    with commit():
        AccountFactory(extra_data={"avatar_url": pictures.address()})
    assert "The cache did not say" in caplog.text
    assert files() == []


def test_a_person_who_leaves_meanwhile_leaves_no_orphan(pictures: Pictures, commit: Any) -> None:
    account = AccountFactory(extra_data={"avatar_url": pictures.address()})
    copy = SocialAccount.objects.get()
    account.delete()
    with commit():
        avatars.copy_new(copy)
    assert pictures.asked == ["/mmopen/one/132"]
    assert files() == []


def test_a_picture_that_is_outdated_when_it_comes_is_not_kept(pictures: Pictures, commit: Any) -> None:
    account = AccountFactory(extra_data={"avatar_url": pictures.address()})
    SocialAccount.objects.update(extra_data={"avatar_url": pictures.address("two")})
    with commit():
        avatars.copy_new(account)
    assert files() == []


@pytest.mark.django_db(transaction=True)
def test_two_who_copy_at_once_leave_one_row_and_one_file(pictures: Pictures) -> None:
    account = AccountFactory()
    SocialAccount.objects.update(extra_data={"avatar_url": pictures.address()})
    pictures.before_answer = threading.Barrier(2, timeout=5).wait

    def copy() -> None:
        try:
            avatars.copy_missing()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=copy) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(pictures.asked) == 2
    assert content(account) == PNG
    assert len(files()) == 1


@pytest.mark.django_db(transaction=True)
def test_the_slower_of_two_keeps_the_faster_ones_copy(pictures: Pictures) -> None:
    account = AccountFactory()
    SocialAccount.objects.update(extra_data={"avatar_url": pictures.address()})
    faster: list[str] = []

    def copy_first() -> None:
        if len(pictures.asked) == 1:
            try:
                avatars.copy_missing()
                faster.extend(files())
            finally:
                connections.close_all()

    pictures.before_answer = copy_first
    assert avatars.copy_missing() == {"copied": 1}
    assert len(pictures.asked) == 2
    assert content(account) == PNG
    assert files() == faster


@pytest.mark.parametrize("alias", ["no-such-storage", ["avatars"], None])
def test_models_load_whatever_the_alias_is(settings: Any, alias: object) -> None:
    """The check says what is wrong (E007); it could not, if the import failed before."""
    settings.WECHAT = {"AVATAR_STORAGE": alias}
    assert avatar_storage() == storages["default"]


def test_the_models_storage_is_the_one_that_is_named(settings: Any) -> None:
    settings.STORAGES = {**settings.STORAGES, "avatars": MEMORY}
    settings.WECHAT = {"AVATAR_STORAGE": "avatars"}
    assert isinstance(avatar_storage(), InMemoryStorage)


# ── The command ─────────────────────────────────────────────────────────────────────────────────────────────────


def run(**options: Any) -> str:
    out = StringIO()
    call_command("copy_wechat_avatars", stdout=out, **options)
    return out.getvalue().strip()


def test_the_command_copies_what_is_missing_or_outdated(pictures: Pictures, commit: Any) -> None:
    with commit():
        AccountFactory(extra_data={"avatar_url": pictures.address()})
    with commit():
        outdated = AccountFactory(extra_data={"avatar_url": pictures.address()})
    SocialAccount.objects.filter(pk=outdated.pk).update(extra_data={"avatar_url": pictures.address("two")})
    gone = AccountFactory(extra_data={"avatar_url": pictures.address("gone")})
    missing = AccountFactory(extra_data={"avatar_url": pictures.address()})
    AccountFactory()
    pictures.asked.clear()
    with commit():
        assert run() == "Copied 2 avatars; 1 could not be copied (see the log)."
    assert content(missing) == PNG
    assert content(outdated) == JPEG
    assert sorted(pictures.asked) == ["/mmopen/gone/132", "/mmopen/one/132", "/mmopen/two/132"]
    assert not WeChatAvatar.objects.filter(account=gone).exists()
    assert len(files()) == 3


def test_the_command_begins_with_the_latest_sign_ins(pictures: Pictures) -> None:
    old, new = (AccountFactory(extra_data={"avatar_url": pictures.address()}) for _ in range(2))
    assert run(limit=0) == "Copied 0 avatars; 0 could not be copied (see the log)."
    assert run(limit=1) == "Copied 1 avatars; 0 could not be copied (see the log)."
    assert WeChatAvatar.objects.get().account == new
    assert run(limit=5) == "Copied 1 avatars; 0 could not be copied (see the log)."
    assert content(old) == PNG


def test_a_limit_is_no_negative_number(pictures: Pictures) -> None:
    with pytest.raises(CommandError, match="0 or more"):
        run(limit=-1)


def test_the_command_without_a_storage(settings: Any) -> None:
    settings.WECHAT = {}
    with pytest.raises(CommandError, match="AVATAR_STORAGE"):
        run()


# ── Sign-ins ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_sign_in_copies_the_avatar(
    wechat_simulator: SimulatorServer, settings: Any, pictures: Pictures, commit: Any
) -> None:
    """An API of two answers stands in for the simulator's, whose avatars are drawings."""
    WebProviderFactory()
    grant = {"openid": "o1", "unionid": "u1", "access_token": "t", "scope": "snsapi_login"}
    profile = {"openid": "o1", "unionid": "u1", "nickname": "张三", "headimgurl": f"{pictures.url}/mmopen/one/132"}

    def handle(connection: socket.socket) -> None:
        for said in (grant, profile):
            read_request(connection)
            connection.sendall(answer(json.dumps(said).encode()))

    with serving(handle) as api:
        settings.WECHAT = {**settings.WECHAT, "OPEN_BASE_URL": wechat_simulator.open_base_url, "API_BASE_URL": api}
        visitor = Visitor(wechat_simulator)
        url = visitor.start()
        with commit():
            visitor.come_back(url, "071AdBVI1ZHOd509MKUI1jwjVI1AdBVV")
    assert visitor.user is not None
    assert content(SocialAccount.objects.get()) == PNG


def test_a_sign_in_does_not_wait_for_a_picture_server_that_hangs(
    wechat_simulator: SimulatorServer, settings: Any, pictures: Pictures, commit: Any, caplog: pytest.LogCaptureFixture
) -> None:
    pictures.before_answer = lambda: time.sleep(6)
    account = AccountFactory()
    started = time.monotonic()
    with commit():
        take(account, pictures.address())
    assert time.monotonic() - started < 4
    assert "no picture in time" in caplog.text


def test_a_picture_that_is_refused_does_not_stop_a_sign_in(
    wechat_simulator: SimulatorServer, settings: Any, commit: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """The avatars of the simulator's odder people are SVG drawings, which are never copied."""
    caplog.set_level(logging.WARNING, "django_wechat.avatars")
    settings.STORAGES = {**settings.STORAGES, "avatars": MEMORY}
    settings.WECHAT = {**settings.WECHAT, "AVATAR_STORAGE": "avatars", "AVATAR_HOSTS": [wechat_simulator.url]}
    WebProviderFactory()
    visitor = Visitor(wechat_simulator, person="nameless")
    with commit():
        visitor.sign_in()
    assert visitor.user is not None
    assert "no JPEG" in caplog.text
    account = SocialAccount.objects.get()
    assert avatars.avatar_url(account, 64) == account.extra_data["avatar_url"].removesuffix("132") + "64"


@pytest.mark.parametrize("fault", ["html", "500", "reset", "48001", "-1", "40001"])
def test_somebody_known_through_this_app_gets_in_while_userinfo_is_down(
    wechat_simulator: SimulatorServer, settings: Any, fault: str
) -> None:
    WebProviderFactory()
    first = Visitor(wechat_simulator)
    first.sign_in()
    before = SocialAccount.objects.get().extra_data
    settings.WECHAT = {**settings.WECHAT, "PROFILE_MAX_AGE": 0}
    wechat_simulator.platform.set_fault(fault, "userinfo")
    again = Visitor(wechat_simulator)
    again.sign_in()
    # A kept connection that ends before an answer is tried once more.
    assert wechat_simulator.platform.count("/api/sns/userinfo") == (3 if fault == "reset" else 2)
    assert again.user == first.user
    assert again.user is not None
    assert SocialAccount.objects.get().extra_data == before


def test_somebody_known_through_another_app_gets_in_while_userinfo_is_down(
    wechat_simulator: SimulatorServer, settings: Any
) -> None:
    """On the PC first; then inside WeChat, with another openid and the same unionid."""
    WebProviderFactory(client_id_2=seeds.OFFICIAL_ACCOUNT_APPID, client_secret_2=seeds.OFFICIAL_ACCOUNT_SECRET)
    on_pc = Visitor(wechat_simulator)
    on_pc.sign_in()
    before = SocialAccount.objects.get()
    settings.WECHAT = {**settings.WECHAT, "PROFILE_MAX_AGE": 0}
    wechat_simulator.platform.set_fault("html", "userinfo")
    on_phone = in_wechat(wechat_simulator)
    on_phone.sign_in()
    assert wechat_simulator.platform.count("/api/sns/userinfo") == 2
    assert on_phone.user == on_pc.user
    assert on_phone.user is not None
    account = SocialAccount.objects.get()
    assert account.uid == before.uid
    for key in ("nickname", "avatar_url", "profile_fetched_at"):
        assert account.extra_data[key] == before.extra_data[key]
        assert account.extra_data[key]
    assert account.wechat_identities.count() == 2


def test_what_is_refreshed_is_what_wechat_says_now(wechat_simulator: SimulatorServer, settings: Any) -> None:
    """A copy of long ago: nickname and avatar are read again, and kept again."""
    WebProviderFactory()
    visitor = Visitor(wechat_simulator)
    visitor.sign_in()
    account = SocialAccount.objects.get()
    right = account.extra_data
    SocialAccount.objects.update(extra_data={**right, "nickname": "old", "avatar_url": "https://old.example/132"})
    Visitor(wechat_simulator).sign_in()
    assert SocialAccount.objects.get().extra_data["nickname"] == "old"
    settings.WECHAT = {**settings.WECHAT, "PROFILE_MAX_AGE": 0}
    Visitor(wechat_simulator).sign_in()
    refreshed = SocialAccount.objects.get().extra_data
    assert (refreshed["nickname"], refreshed["avatar_url"]) == (right["nickname"], right["avatar_url"])
    assert refreshed["avatar_url"].startswith("https://")
