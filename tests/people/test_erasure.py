"""Is everything that WeChat said about a person erased, and nothing else?"""

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser, User
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.utils import timezone

from django_wechat.models import (
    QRSession,
    WeChatAvatar,
    WeChatDuplicate,
    WeChatIdentity,
    WeChatProvider,
    WeChatUnionid,
)
from django_wechat.people import erasure
from django_wechat.people.erasure import Reason
from django_wechat.signals import wechat_data_erased
from django_wechat.simulator.server import SimulatorServer
from django_wechat.stores import qr_sessions
from tests.factories import AccountFactory, BothProviderFactory, IdentityFactory, UserFactory, WebProviderFactory
from tests.visitor import Visitor, cookies_of

pytestmark = pytest.mark.django_db

WEB, ACCOUNT = "wx00000000000000a1", "wx00000000000000a2"


class Person:
    """Somebody known by the website app and by the official account, as the last sign-in on the PC left it."""

    def __init__(self, name: str = "zhangsan", **user: Any) -> None:
        self.unionid = f"unionid-of-{name}"
        self.user = UserFactory(**{"username": name, "first_name": "张三", **user})
        self.account = AccountFactory(user=self.user, uid=self.unionid)
        self.filled = {str(self.user.pk): {"first_name": "张三"}}
        WeChatUnionid.objects.create(unionid=self.unionid, account=self.account)
        self.web = self._identity(WEB, f"web-{name}", profile_fetched_at=timezone.now(), filled=self.filled)
        self.follower = self._identity(ACCOUNT, f"account-{name}", follows=True)
        self.was_seen_as(self.web)

    def was_seen_as(self, identity: WeChatIdentity) -> None:
        """As if the last sign-in was through the app of `identity`."""
        url = "https://thirdwx.qlogo.cn/a/132"
        seen = {"nickname": "张三", "avatar_url": url, "profile_fetched_at": "2024-05-01T00:00:00+00:00"}
        ids = {"appid": identity.appid, "openid": identity.openid, "unionid": identity.unionid}
        SocialAccount.objects.filter(pk=self.account.pk).update(extra_data=ids | seen)
        self.account.refresh_from_db()

    def _identity(self, appid: str, openid: str, **values: Any) -> WeChatIdentity:
        identity: WeChatIdentity = IdentityFactory(
            account=self.account, appid=appid, openid=openid, unionid=self.unionid, **values
        )
        return identity

    def add_avatar(self) -> str:
        avatar = WeChatAvatar(account=self.account, source_url="https://thirdwx.qlogo.cn/a/132")
        avatar.image.save("a.png", ContentFile(b"png"))
        return str(avatar.image.name)

    def refresh(self) -> None:
        self.user.refresh_from_db()
        self.account.refresh_from_db()


@pytest.fixture
def person() -> Person:
    return Person()


@pytest.fixture
def heard() -> Iterator[list[tuple[AbstractBaseUser, str]]]:
    """What listeners of `wechat_data_erased` were told."""
    told: list[tuple[AbstractBaseUser, str]] = []

    def listen(user: AbstractBaseUser, reason: str, **_kwargs: Any) -> None:
        told.append((user, reason))

    wechat_data_erased.connect(listen)
    yield told
    wechat_data_erased.disconnect(listen)


@pytest.fixture
def media(tmp_path: Any, settings: Any) -> Any:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def open_session(provider: WeChatProvider, openid: str) -> QRSession:
    session = qr_sessions.open_session(
        provider, "browser", scene=qr_sessions.new_scene(), appid=ACCOUNT, seconds=60, request={}
    )
    QRSession.objects.filter(pk=session.pk).update(openid=openid)
    return session


def test_everything_goes_but_the_user(person: Person, heard: Any) -> None:
    neighbour = Person("lisi")
    provider = BothProviderFactory()
    open_session(provider, "account-zhangsan")
    kept = open_session(provider, "somebody-else")
    WeChatDuplicate.objects.create(identity=neighbour.web, account=person.account, unionid=person.unionid)
    assert erasure.erase(person.account)
    assert get_user_model().objects.filter(pk=person.user.pk).exists()
    assert list(SocialAccount.objects.all()) == [neighbour.account]
    assert {identity.account for identity in WeChatIdentity.objects.all()} == {neighbour.account}
    assert list(WeChatUnionid.objects.values_list("account", flat=True)) == [neighbour.account.pk]
    assert not WeChatDuplicate.objects.exists()
    assert list(QRSession.objects.all()) == [kept]
    assert heard == [(person.user, "request")]


def test_a_second_time_there_is_nothing(person: Person, heard: Any) -> None:
    identity = person.web
    erasure.erase(person.account)
    assert not erasure.erase(person.account)
    assert not erasure.erase_identity(identity, Reason.REVOKED)
    assert len(heard) == 1


def test_the_copied_picture_goes(person: Person, media: Any, django_capture_on_commit_callbacks: Any) -> None:
    name = person.add_avatar()
    assert (media / name).exists()
    with django_capture_on_commit_callbacks(execute=True):
        erasure.erase(person.account)
    assert not WeChatAvatar.objects.exists()
    assert not (media / name).exists()


def test_a_callback_that_is_delivered_again_brings_nobody_back(wechat_simulator: SimulatorServer) -> None:
    WebProviderFactory()
    visitor, other = Visitor(wechat_simulator), Visitor(wechat_simulator, person="jose")
    url, others_url = visitor.start(), other.start()
    code, others_code = visitor.allow(url), other.allow(others_url)
    before, others_before = (cookies_of(one.client) for one in (visitor, other))
    visitor.come_back(url, code)
    other.come_back(others_url, others_code)
    account = visitor.user.socialaccount_set.get()
    erasure.erase(account, Reason.REVOKED)
    visitor.client.cookies, other.client.cookies = before, others_before
    assert visitor.come_back(url, code).context["problem"].code == "state_lost"
    assert other.come_back(others_url, others_code).status_code == 302
    assert not SocialAccount.objects.filter(uid=account.uid).exists()
    assert get_user_model().objects.count() == 2


@pytest.mark.parametrize(
    ("first_name", "left"),
    [("张三", ""), ("WeChat user", "WeChat user"), ("老张", "老张"), ("", "")],
)
def test_only_a_name_that_the_sign_up_filled_in_is_taken_back(first_name: str, left: str) -> None:
    person = Person(first_name=first_name)
    erasure.erase(person.account)
    person.user.refresh_from_db()
    assert person.user.first_name == left


def test_a_listener_that_fails_undoes_it_all(person: Person) -> None:
    def refuse(**_kwargs: Any) -> None:
        raise RuntimeError("not now")

    wechat_data_erased.connect(refuse)
    try:
        for erase in (
            lambda: erasure.erase(person.account),
            lambda: erasure.erase_identity(person.web, Reason.REVOKED),
        ):
            with pytest.raises(RuntimeError):
                erase()
    finally:
        wechat_data_erased.disconnect(refuse)
    person.refresh()
    assert person.account.wechat_identities.count() == 2
    assert person.user.first_name == "张三"


# --- who can still sign in ---


def without_password() -> Person:
    person = Person()
    person.user.set_unusable_password()
    person.user.save()
    return person


def is_active_after_erasure(person: Person) -> bool:
    (plan,) = erasure.plan([person.account])
    assert plan.identities == 2
    erasure.erase(person.account)
    user = User.objects.get(pk=person.user.pk)
    assert plan.deactivates is not user.is_active
    return user.is_active


def test_who_has_a_password_stays_active(person: Person) -> None:
    assert is_active_after_erasure(person)


def test_who_has_nothing_else_is_deactivated() -> None:
    assert not is_active_after_erasure(without_password())


def test_a_password_is_no_way_in_where_only_social_accounts_are(person: Person, settings: Any) -> None:
    settings.SOCIALACCOUNT_ONLY = True
    settings.ACCOUNT_EMAIL_VERIFICATION = "none"
    assert not is_active_after_erasure(person)


def test_another_provider_is_a_way_in() -> None:
    person = without_password()
    AccountFactory(user=person.user, provider="github")
    assert is_active_after_erasure(person)


def test_two_accounts_that_both_go_are_no_way_in_for_each_other() -> None:
    person = without_password()
    second = AccountFactory(user=person.user)
    assert [plan.deactivates for plan in erasure.plan([person.account, second])] == [True, True]
    assert [plan.deactivates for plan in erasure.plan([second])] == [False]


@pytest.mark.parametrize(("login", "active"), [(True, True), (False, False)])
def test_a_passkey_is_a_way_in_if_it_signs_in(login: bool, active: bool, settings: Any) -> None:
    settings.MFA_PASSKEY_LOGIN_ENABLED = login
    settings.MFA_SUPPORTED_TYPES = ["totp", "webauthn"]
    person = without_password()
    Authenticator.objects.create(user=person.user, type=Authenticator.Type.WEBAUTHN, data={})
    assert is_active_after_erasure(person) is active


def test_totp_is_no_way_in(settings: Any) -> None:
    settings.MFA_PASSKEY_LOGIN_ENABLED = True
    settings.MFA_SUPPORTED_TYPES = ["totp", "webauthn"]
    person = without_password()
    Authenticator.objects.create(user=person.user, type=Authenticator.Type.TOTP, data={})
    assert not is_active_after_erasure(person)


@pytest.mark.parametrize("has_email", [True, False])
def test_an_email_address_is_a_way_in_where_codes_sign_in(has_email: bool, settings: Any) -> None:
    settings.ACCOUNT_LOGIN_BY_CODE_ENABLED = True
    person = without_password()
    if has_email:
        EmailAddress.objects.create(user=person.user, email="z@example.com")
    assert is_active_after_erasure(person) is has_email


@pytest.mark.parametrize("number", ["+8613800138000", ""])
def test_a_phone_is_a_way_in_where_codes_sign_in(number: str, settings: Any) -> None:
    settings.ACCOUNT_LOGIN_BY_CODE_ENABLED = True
    settings.ACCOUNT_LOGIN_METHODS = {"phone"}
    settings.ACCOUNT_ADAPTER = "tests.people.test_erasure.PhoneAdapter"
    person = without_password()
    person.user.last_name = number
    person.user.save()
    assert is_active_after_erasure(person) is bool(number)


class PhoneAdapter(DefaultAccountAdapter):
    """Keeps phone numbers where tests can put them."""

    def get_phone(self, user: Any) -> tuple[str, bool] | None:
        return (user.last_name, True) if user.last_name else None


# --- one app of several ---


def test_the_last_identity_takes_all_along(person: Person, heard: Any) -> None:
    person.follower.delete()
    assert erasure.erase_identity(person.web, Reason.UNFOLLOW)
    assert not SocialAccount.objects.exists()
    assert heard == [(person.user, "unfollow")]


def test_one_of_two_identities_goes_and_the_account_stays(person: Person, heard: Any) -> None:
    open_session(BothProviderFactory(), person.follower.openid)
    assert erasure.erase_identity(person.follower, Reason.UNFOLLOW)
    person.refresh()
    assert list(WeChatIdentity.objects.all()) == [person.web]
    assert person.account.uid == person.unionid
    assert person.account.wechat_unionids.get().unionid == person.unionid
    assert (person.account.extra_data["nickname"], person.user.first_name) == ("张三", "张三")
    assert not QRSession.objects.exists()
    assert heard == [(person.user, "unfollow")]
    assert person.user.is_active


def test_what_was_read_through_the_app_goes_with_it(
    person: Person, media: Any, django_capture_on_commit_callbacks: Any
) -> None:
    WeChatIdentity.objects.filter(pk=person.follower.pk).update(profile_fetched_at=timezone.now())
    name = person.add_avatar()
    with django_capture_on_commit_callbacks(execute=True):
        erasure.erase_identity(person.web, Reason.REVOKED)
    person.refresh()
    assert person.account.extra_data == {
        "appid": ACCOUNT,
        "openid": person.follower.openid,
        "unionid": person.unionid,
        "nickname": "",
        "avatar_url": "",
        "profile_fetched_at": "",
    }
    assert person.user.first_name == ""
    assert not (media / name).exists()
    assert WeChatIdentity.objects.get().profile_fetched_at is None


def test_in_doubt_the_nickname_goes(person: Person) -> None:
    person.was_seen_as(person.follower)
    erasure.erase_identity(person.web, Reason.REVOKED)
    person.refresh()
    assert person.account.extra_data["nickname"] == ""
    assert person.account.extra_data["openid"] == person.follower.openid


def test_a_unionid_that_only_this_app_told_goes(person: Person) -> None:
    WeChatIdentity.objects.filter(pk=person.follower.pk).update(unionid="")
    neighbour = Person("lisi")
    WeChatDuplicate.objects.create(identity=neighbour.web, account=person.account, unionid=person.unionid)
    erasure.erase_identity(person.web, Reason.REVOKED)
    person.refresh()
    assert not person.account.wechat_unionids.exists()
    assert not WeChatDuplicate.objects.exists()
    assert person.account.uid == f"{ACCOUNT}:{person.follower.openid}"
    assert person.account.extra_data["unionid"] == ""


def test_another_unionid_stays_on_display(person: Person) -> None:
    """The apps were bound to another Open Platform account, and only one of them has said so yet."""
    WeChatUnionid.objects.create(unionid="older", account=person.account)
    WeChatIdentity.objects.filter(pk=person.follower.pk).update(unionid="older")
    erasure.erase_identity(person.follower, Reason.UNFOLLOW)
    person.refresh()
    assert person.account.extra_data["unionid"] == person.unionid
    assert person.account.uid == person.unionid
    assert [one.unionid for one in person.account.wechat_unionids.all()] == [person.unionid]


@pytest.mark.parametrize("suffix", ["", "#0123456789abcdef"])
def test_an_account_without_a_unionid_is_called_by_what_stays(suffix: str) -> None:
    person = Person()
    WeChatUnionid.objects.all().delete()
    WeChatIdentity.objects.update(unionid="")
    uid = f"{WEB}:{person.web.openid}{suffix}"
    SocialAccount.objects.update(uid=uid, extra_data={})
    erasure.erase_identity(person.web, Reason.REVOKED)
    person.refresh()
    assert person.account.uid == f"{ACCOUNT}:{person.follower.openid}"


# --- the command ---


def run(capsys: Any, *arguments: str) -> str:
    call_command("erase_wechat_data", *arguments)
    return str(capsys.readouterr().out)


def ways_to_name(person: Person) -> list[tuple[str, str]]:
    by_user = [("--user", value) for value in (person.user.username, str(person.user.pk), person.user.email.upper())]
    return [*by_user, ("--openid", f"{ACCOUNT}:{person.follower.openid}"), ("--unionid", person.unionid)]


@pytest.mark.parametrize("way", range(5))
def test_the_command_shows_then_erases_then_finds_nothing(way: int, person: Person, capsys: Any) -> None:
    Person("lisi")
    named = ways_to_name(person)[way]
    shown = run(capsys, *named)
    assert "zhangsan" in shown
    assert "2 WeChat identities are erased. The user stays" in shown
    assert "Run again with --apply" in shown
    assert person.follower.openid not in shown
    assert person.unionid not in shown
    assert SocialAccount.objects.count() == 2
    assert "Erased." in run(capsys, *named, "--apply", "--no-input")
    assert SocialAccount.objects.get().user.username == "lisi"
    assert "there is nothing to erase" in run(capsys, *named, "--apply", "--no-input")


def test_the_command_says_who_is_deactivated(capsys: Any) -> None:
    person = without_password()
    person.follower.delete()
    shown = run(capsys, "--user", "zhangsan")
    assert "1 WeChat identity is erased. The user is deactivated: there is no other way to sign in." in shown


def test_an_email_address_of_allauths_names_a_user(person: Person, capsys: Any) -> None:
    EmailAddress.objects.create(user=person.user, email="second@example.com")
    assert "zhangsan" in run(capsys, "--user", "Second@Example.com")


@pytest.mark.parametrize(("answer", "left"), [("yes", 0), ("no", 1), ("", 1)])
def test_the_command_asks(answer: str, left: int, person: Person, capsys: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("builtins.input", lambda _question: answer)
    said = run(capsys, "--user", "zhangsan", "--apply")
    assert SocialAccount.objects.count() == left
    assert ("Nothing was changed." in said) is bool(left)


def test_a_name_that_fits_two_users_is_refused(person: Person) -> None:
    UserFactory(username=str(person.user.pk))
    with pytest.raises(CommandError, match=r"Several users fit: .*zhangsan .*--openid"):
        call_command("erase_wechat_data", "--user", str(person.user.pk), "--apply", "--no-input")
    assert SocialAccount.objects.exists()


def test_a_unionid_of_two_users_is_refused(person: Person) -> None:
    neighbour = Person("lisi")
    WeChatIdentity.objects.filter(pk=neighbour.web.pk).update(unionid=person.unionid)
    with pytest.raises(CommandError, match=r"Several users have this unionid: lisi .*, zhangsan .*--user"):
        call_command("erase_wechat_data", "--unionid", person.unionid, "--apply", "--no-input")
    assert SocialAccount.objects.count() == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--user", "nobody"], "No user has this name"),
        (["--openid", "just-an-openid"], "An openid says nothing without its appid"),
        (["--openid", "wx1:"], "An openid says nothing without its appid"),
        ([], "one of the arguments"),
        (["--user", "zhangsan", "--unionid", "u"], "not allowed with"),
    ],
)
def test_what_names_nobody_is_refused_in_words(arguments: list[str], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        call_command("erase_wechat_data", *arguments)


@pytest.mark.parametrize("arguments", [["--unionid", ""], ["--openid", "wx1:unknown"]])
def test_strangers_have_nothing_to_erase(arguments: list[str], person: Person, capsys: Any) -> None:
    WeChatIdentity.objects.update(unionid="")
    assert "there is nothing to erase" in run(capsys, *arguments)
    assert SocialAccount.objects.exists()


def test_a_user_model_without_email_addresses(person: Person, capsys: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(User, "EMAIL_FIELD", "no_such_field")
    assert "zhangsan" in run(capsys, "--user", "zhangsan")
