"""Do people who signed in with WeChat through another package keep their accounts, and do no two become one?"""

import io
import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.forms import model_to_dict
from social_django.models import UserSocialAuth

from django_wechat.models import WeChatDuplicate, WeChatIdentity, WeChatUnionid
from django_wechat.simulator import seeds
from django_wechat.simulator.server import SimulatorServer
from tests.factories import AccountFactory, IdentityFactory, UserFactory, WebProviderFactory
from tests.visitor import Visitor

pytestmark = pytest.mark.django_db

APPID = seeds.WEBSITE_APP_APPID
OTHER = seeds.OFFICIAL_ACCOUNT_APPID


class Terminal(io.StringIO):
    """What a person sits in front of."""

    def isatty(self) -> bool:
        return True


def run(*arguments: str, appid: str = APPID) -> tuple[list[int], str, str]:
    """Run the command; return its six numbers (of all sources together), its output and its complaints."""
    out, err = io.StringIO(), io.StringIO()
    call_command("import_weixin_accounts", *arguments, appid=appid or None, stdout=out, stderr=err)
    lines = [line.split(maxsplit=1) for line in out.getvalue().splitlines()]
    numbers = [int(line[0]) for line in lines if line and line[0].isdigit()]
    return [sum(numbers[place::6]) for place in range(6)], out.getvalue(), err.getvalue()


def weixin(openid: str, unionid: str = "", **more: Any) -> SocialAccount:
    """Return an account of allauth's provider, as its view would have saved it."""
    data = {"openid": openid, "nickname": "张三", "headimgurl": "http://thirdwx.qlogo.cn/a/132", "sex": 0}
    if unionid:
        data["unionid"] = unionid
    account: SocialAccount = AccountFactory(
        provider="weixin", uid=openid, **({"extra_data": data | more.pop("data", {})} | more)
    )
    return account


def association(backend: str, uid: str, **more: Any) -> UserSocialAuth:
    """Return a row of social-auth."""
    user = more.pop("user", None) or UserFactory()
    row: UserSocialAuth = UserSocialAuth.objects.create(user=user, provider=backend, uid=uid, **more)
    return row


def everything() -> list[Any]:
    """Return all rows that the command could have written."""
    models = (SocialAccount, SocialToken, WeChatIdentity, WeChatUnionid, WeChatDuplicate, UserSocialAuth)
    return [[model_to_dict(row) for row in model.objects.order_by("pk")] for model in models]


def test_an_account_becomes_ours_in_place() -> None:
    old = weixin("o1", "u1", data={"access_token": "secret"})
    app = SocialApp.objects.create(provider="weixin", name="old", client_id=APPID)
    SocialToken.objects.create(account=old, app=app, token="secret")
    assert run()[0] == [1, 0, 0, 0, 0, 0]
    account = SocialAccount.objects.get()
    assert (account.pk, account.user, account.provider, account.uid) == (old.pk, old.user, "wechat", "u1")
    assert account.extra_data == {
        "appid": APPID,
        "openid": "o1",
        "unionid": "u1",
        "nickname": "张三",
        "avatar_url": "https://thirdwx.qlogo.cn/a/132",
        "profile_fetched_at": "",
    }
    identity = account.wechat_identities.get()
    assert (identity.appid, identity.openid, identity.unionid) == (APPID, "o1", "u1")
    assert account.wechat_unionids.get().unionid == "u1"
    assert not SocialToken.objects.exists()


def test_without_a_unionid_the_uid_names_the_app() -> None:
    weixin("o1")
    run()
    assert SocialAccount.objects.get().uid == f"{APPID}:o1"
    assert not WeChatUnionid.objects.exists()


def test_other_accounts_are_none_of_its_business() -> None:
    AccountFactory(provider="github", uid="1")
    association("github", "1")
    before = everything()
    assert "nothing to take over" in run()[1]
    assert everything() == before


@pytest.mark.parametrize(
    ("stored", "kept"),
    [
        ("张三", "张三"),
        ("José", "José"),
        ("李小花🌸", "李小花🌸"),
        ("plain", "plain"),
        ("小\b明", "小明"),
        ("\\u5f20\\u4e09", ""),
        ("\\U0001f338", ""),
        ("å¾®ä¿¡", ""),
        ("Ã©", ""),
        ("张\ufffd", ""),
        ("", ""),
        (None, ""),
        (7, ""),
    ],
)
def test_a_damaged_nickname_is_left_to_the_next_sign_in(stored: Any, kept: str) -> None:
    weixin("o1", data={"nickname": stored})
    run()
    assert SocialAccount.objects.get().extra_data["nickname"] == kept


@pytest.mark.parametrize("stored", [None, 7, "javascript:alert(1)", ""])
def test_an_odd_avatar_is_left_out(stored: Any) -> None:
    weixin("o1", data={"headimgurl": stored})
    run()
    assert SocialAccount.objects.get().extra_data["avatar_url"] == ""


@pytest.mark.parametrize("data", [{"extra_data": "text"}, {"extra_data": []}, {"data": {"unionid": 7}}])
def test_extra_data_may_be_anything(data: dict[str, Any]) -> None:
    weixin("o1", **data)
    assert run()[0] == [1, 0, 0, 0, 0, 0]
    assert SocialAccount.objects.get().uid == f"{APPID}:o1"


@pytest.mark.parametrize("uid", ["", "o 1", "张三", "o" * 129])
def test_an_impossible_row_is_named_and_stops_nothing(uid: str) -> None:
    bad, good = weixin(uid), weixin("o1")
    numbers, _out, complaints = run()
    assert numbers == [1, 0, 0, 0, 0, 1]
    assert f"row {bad.pk} " in complaints
    assert f"row {good.pk} " not in complaints
    bad.refresh_from_db()
    assert (bad.provider, bad.uid) == ("weixin", uid)


# ── Somebody known already ──────────────────────────────────────────────────────────────────────────────────────


def ours(openid: str = "o1", unionid: str = "", *, appid: str = APPID, **more: Any) -> WeChatIdentity:
    """Return an identity that signed in here."""
    uid = unionid or f"{appid}:{openid}"
    identity: WeChatIdentity = IdentityFactory(
        appid=appid, openid=openid, unionid=unionid, account=AccountFactory(uid=uid, **more)
    )
    if unionid:
        WeChatUnionid.objects.create(unionid=unionid, account=identity.account)
    return identity


def test_a_known_identity_of_the_same_user_is_not_doubled() -> None:
    identity = ours()
    weixin("o1", user=identity.account.user)
    assert run()[0] == [0, 1, 0, 0, 0, 0]
    assert SocialAccount.objects.get() == identity.account
    assert WeChatIdentity.objects.get() == identity


def test_a_known_identity_learns_its_unionid() -> None:
    identity = ours()
    weixin("o1", "u1", user=identity.account.user)
    assert run()[0] == [0, 1, 0, 0, 0, 0]
    identity.refresh_from_db()
    assert (identity.unionid, identity.account.uid) == ("u1", "u1")
    assert WeChatUnionid.objects.get().account == identity.account


def test_a_unionid_that_wechat_said_here_stays() -> None:
    identity = ours(unionid="u-new")
    weixin("o1", "u-old", user=identity.account.user)
    run()
    identity.refresh_from_db()
    assert identity.unionid == "u-new"


def test_a_known_identity_of_another_user_is_a_conflict() -> None:
    identity, row = ours(), weixin("o1", "u1")
    before = everything()
    numbers, _out, complaints = run()
    assert numbers == [0, 0, 0, 0, 1, 0]
    assert f"row {row.pk} " in complaints
    assert everything() == before
    assert identity.account.user != row.user


def test_an_account_that_lost_its_identity_gets_it_back() -> None:
    account = AccountFactory(uid=f"{APPID}:o1")
    weixin("o1", user=account.user)
    assert run()[0] == [0, 0, 1, 0, 0, 0]
    assert SocialAccount.objects.get().wechat_identities.get().openid == "o1"


def test_the_account_of_another_user_with_that_uid_is_a_conflict() -> None:
    AccountFactory(uid=f"{APPID}:o1")
    weixin("o1")
    assert run()[0] == [0, 0, 0, 0, 1, 0]


def test_a_unionid_of_the_same_user_joins() -> None:
    identity = ours("o2", "u1", appid=OTHER)
    weixin("o1", "u1", user=identity.account.user)
    assert run()[0] == [0, 0, 1, 0, 0, 0]
    assert SocialAccount.objects.get() == identity.account
    assert set(identity.account.wechat_identities.values_list("openid", flat=True)) == {"o1", "o2"}


@pytest.mark.parametrize("signed_in", [True, False])
def test_a_unionid_of_another_user_is_a_duplicate(signed_in: bool) -> None:
    owner = ours("o2", "u1", appid=OTHER).account if signed_in else AccountFactory(uid="u1")
    row = weixin("o1", "u1")
    assert run()[0] == [0, 0, 0, 1, 0, 0]
    row.refresh_from_db()
    assert (row.provider, row.uid) == ("wechat", f"{APPID}:o1")
    duplicate = WeChatDuplicate.objects.get()
    assert (duplicate.account, duplicate.identity.account, duplicate.unionid) == (owner, row, "u1")
    assert WeChatUnionid.objects.get().account == owner
    assert run()[1].startswith("There is nothing")
    assert WeChatDuplicate.objects.count() == 1


def test_two_users_with_one_unionid_the_older_account_has_it() -> None:
    first, second = weixin("o1", "u1"), weixin("o2", "u1")
    assert run()[0] == [1, 0, 0, 1, 0, 0]
    assert WeChatUnionid.objects.get().account == first
    assert WeChatDuplicate.objects.get().identity.account == second


def test_two_accounts_of_one_user_become_one() -> None:
    first = weixin("o1", "u1")
    weixin("o2", "u1", user=first.user)
    assert run()[0] == [1, 0, 1, 0, 0, 0]
    account = SocialAccount.objects.get()
    assert account == first
    assert account.wechat_identities.count() == 2


def test_unionids_that_differ_by_case_are_two_people() -> None:
    weixin("o1", "oUnionABC")
    weixin("o2", "oUnionabc")
    assert run()[0] == [2, 0, 0, 0, 0, 0]
    for identity in WeChatIdentity.objects.all():
        assert WeChatUnionid.objects.get(unionid=identity.unionid).account == identity.account
    assert SocialAccount.objects.count() == 2


# ── social-auth ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_associations_stay_and_their_users_get_accounts(settings: Any) -> None:
    settings.SOCIAL_AUTH_WEIXIN_KEY = APPID
    row = association("weixin", "o1", extra_data={"username": "张三", "profile_image_url": "http://a/1", "id": 1})
    assert run(appid="")[0] == [1, 0, 0, 0, 0, 0]
    account = SocialAccount.objects.get()
    assert (account.user, account.provider, account.uid) == (row.user, "wechat", f"{APPID}:o1")
    assert (account.extra_data["nickname"], account.extra_data["avatar_url"]) == ("张三", "https://a/1")
    assert account.wechat_identities.get().openid == "o1"
    before = everything()
    assert run(appid="")[0] == [0, 1, 0, 0, 0, 0]
    assert everything() == before


def test_both_backends_are_one_person_with_a_unionid() -> None:
    row = association("weixin", "o1", extra_data={"unionid": "u1"})
    association("weixinapp", "o2", user=row.user, extra_data={"unionid": "u1"})
    stranger = association("weixinapp", "o3", extra_data={"unionid": "u1"})
    options = (f"--social-auth-weixin-appid={APPID}", f"--social-auth-weixinapp-appid={OTHER}")
    assert run("--dry-run", *options)[0] == [1, 0, 1, 1, 0, 0]
    assert run(*options)[0] == [1, 0, 1, 1, 0, 0]
    account = WeChatUnionid.objects.get().account
    assert set(account.wechat_identities.values_list("appid", "openid")) == {(APPID, "o1"), (OTHER, "o2")}
    assert WeChatDuplicate.objects.get().identity.account.user == stranger.user
    assert run(*options)[0] == [0, 3, 0, 0, 0, 0]
    assert UserSocialAuth.objects.count() == 3


@pytest.mark.parametrize(
    ("uid", "more", "openid", "unionid"),
    [
        ("u1", {"extra_data": {"unionid": "u1", "openid": "o1"}}, "o1", "u1"),
        ("u1", {"id_key": "unionid", "extra_data": {"openid": "o1"}}, "o1", "u1"),
        ("o1", {"id_key": "openid"}, "o1", ""),
        ("u1", {"id_key": "unionid"}, None, None),
        ("u1", {"extra_data": {"unionid": "u1"}}, None, None),
    ],
)
def test_the_uid_may_be_the_unionid(uid: str, more: dict[str, Any], openid: str | None, unionid: str | None) -> None:
    if "id_key" in more and not hasattr(UserSocialAuth, "id_key"):
        pytest.skip("this social-auth-app-django is older than the column")
    association("weixin", uid, **more)
    numbers = run(f"--social-auth-weixin-appid={APPID}")[0]
    assert numbers == ([0, 0, 0, 0, 0, 1] if openid is None else [1, 0, 0, 0, 0, 0])
    assert list(WeChatIdentity.objects.values_list("openid", "unionid")) == ([(openid, unionid)] if openid else [])


def test_a_site_without_social_auth_has_none(settings: Any) -> None:
    association("weixin", "o1")
    settings.INSTALLED_APPS = [name for name in settings.INSTALLED_APPS if name != "social_django"]
    assert "nothing to take over" in run()[1]


# ── Which app? ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_without_an_appid_it_says_what_to_give() -> None:
    weixin("o1")
    with pytest.raises(CommandError, match="--appid wx…"):
        run("--no-input", appid="")
    SocialApp.objects.create(provider="weixin", name="old", client_id=APPID)
    with pytest.raises(CommandError, match=f"--appid {APPID}"):
        run("--no-input", appid="")


@pytest.mark.parametrize("appid", ["wx1", "WX7A1C0FFEE0000001", "gh_123456789abc"])
def test_a_wrong_appid_is_refused_with_words(appid: str) -> None:
    weixin("o1")
    with pytest.raises(CommandError, match=f"“{appid}” cannot be the AppID of allauth weixin"):
        run(appid=appid)


@pytest.mark.parametrize(("app", "typed"), [(False, f" {APPID}\n"), (True, "\n")])
def test_at_a_terminal_it_asks(app: bool, typed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if app:
        SocialApp.objects.create(provider="weixin", name="old", client_id=APPID)
    monkeypatch.setattr("sys.stdin", Terminal(typed))
    weixin("o1")
    assert run(appid="")[0] == [1, 0, 0, 0, 0, 0]
    assert WeChatIdentity.objects.get().appid == APPID


def test_no_answer_is_no_yes(monkeypatch: pytest.MonkeyPatch) -> None:
    SocialApp.objects.create(provider="weixin", name="old", client_id=APPID)
    monkeypatch.setattr("sys.stdin", Terminal(""))
    weixin("o1")
    with pytest.raises(CommandError):
        run(appid="")


def test_progress_is_shown_at_a_terminal() -> None:
    weixin("o1")
    out = Terminal()
    call_command("import_weixin_accounts", appid=APPID, stdout=out)
    assert "allauth weixin: 1 of 1\r" in out.getvalue()


# ── Many, interrupted, and beside others ────────────────────────────────────────────────────────────────────────


def crowd(size: int) -> None:
    """Make `size` users with an allauth account each; nine in ten have a unionid, some share one."""
    model = get_user_model()
    users = model.objects.bulk_create([model(username=f"old-{number}") for number in range(size)])
    users = list(model.objects.filter(username__startswith="old-").order_by("pk"))
    rows = []
    for number, user in enumerate(users):
        unionid = f"u{number - number % 100 // 99}" if number % 10 else ""
        data = {"openid": f"o{number}", "unionid": unionid, "nickname": f"张三{number}", "headimgurl": "http://a/1"}
        rows.append(SocialAccount(user=user, provider="weixin", uid=f"o{number}", extra_data=data))
    SocialAccount.objects.bulk_create(rows)


@pytest.mark.bench
def test_ten_thousand_accounts_take_seconds_and_the_second_time_changes_nothing() -> None:
    crowd(10_000)
    # The time of this process: what else the machine does is not our speed. SQLite works inside it.
    started = time.process_time()
    first = run()[0]
    assert time.process_time() - started < 10
    assert first == [9_900, 0, 0, 100, 0, 0]
    after = everything()
    assert run()[1].startswith("There is nothing")
    assert everything() == after


@pytest.mark.bench
def test_thousands_that_stay_where_they_are_are_quick_twice() -> None:
    crowd(3_000)
    rows = [
        UserSocialAuth(user_id=account.user_id, provider="weixin", uid=account.uid, extra_data=account.extra_data)
        for account in SocialAccount.objects.all()
    ]
    UserSocialAuth.objects.bulk_create(rows)
    SocialAccount.objects.all().delete()
    option = f"--social-auth-weixin-appid={APPID}"
    started = time.process_time()
    assert run(option)[0] == [2_970, 0, 0, 30, 0, 0]
    spent, after = time.process_time() - started, everything()
    started = time.process_time()
    assert run(option)[0] == [0, 3_000, 0, 0, 0, 0]
    assert spent + time.process_time() - started < 4
    assert everything() == after


def test_a_dry_run_says_the_same_and_writes_nothing() -> None:
    crowd(1_100)
    weixin("o-bad ")
    identity = ours("o-known")
    weixin("o-known", user=identity.account.user)
    before = everything()
    dry, out, complaints = run("--dry-run")
    assert everything() == before
    assert out.startswith("Dry run: nothing is written.")
    assert (dry, complaints) == (run()[0], complaints)
    assert dry == [1_089, 1, 0, 11, 0, 1]


@pytest.fixture
def stumble(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, type[Exception]], None]:
    """Make the nth time that identities are inserted fail; how many statements one takes is the database's."""
    failures: list[tuple[int, type[Exception]]] = []
    insert, seen = WeChatIdentity.objects.bulk_create, 0

    def fail(rows: list[WeChatIdentity]) -> list[WeChatIdentity]:
        nonlocal seen
        seen += 1
        for number, error in failures:
            if seen == number:
                raise error("made up")
        return insert(rows)

    monkeypatch.setattr(WeChatIdentity.objects, "bulk_create", fail)
    return lambda number, error: failures.append((number, error))


def test_stopped_and_run_again_it_ends_the_same(stumble: Callable[[int, type[Exception]], None]) -> None:
    crowd(1_100)
    stumble(2, KeyboardInterrupt)  # type: ignore[arg-type]
    with pytest.raises(KeyboardInterrupt):
        run()
    assert WeChatIdentity.objects.count() == 500
    assert run()[0] == [594, 0, 0, 6, 0, 0]
    assert WeChatIdentity.objects.count() == 1_100
    assert WeChatDuplicate.objects.count() == 11
    assert not SocialAccount.objects.filter(provider="weixin").exists()


def test_a_sign_in_at_the_same_moment_is_taken_into_account(
    stumble: Callable[[int, type[Exception]], None],
) -> None:
    weixin("o1", "u1")
    stumble(1, IntegrityError)
    assert run()[0] == [1, 0, 0, 0, 0, 0]


def test_a_database_that_goes_on_refusing_is_no_endless_loop(
    stumble: Callable[[int, type[Exception]], None],
) -> None:
    weixin("o1", "u1")
    stumble(1, IntegrityError)
    stumble(2, IntegrityError)
    with pytest.raises(IntegrityError):
        run()


# ── And then they come back ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("unionid_known", [True, False])
def test_an_imported_person_signs_in_as_before(wechat_simulator: SimulatorServer, unionid_known: bool) -> None:
    WebProviderFactory()
    person = seeds.PEOPLE[0]
    openid, unionid = person.openid(APPID), person.unionid(seeds.OPEN_PLATFORM_ACCOUNT)
    old = weixin(openid, unionid if unionid_known else "", data={"nickname": "\\u5f20\\u4e09"})
    run()
    visitor = Visitor(wechat_simulator)
    assert visitor.sign_in().status_code == 302
    assert visitor.user == old.user
    account = SocialAccount.objects.get()
    assert (account.pk, account.uid, account.extra_data["nickname"]) == (old.pk, unionid, "张三")
    assert WeChatIdentity.objects.get().unionid == unionid
    assert WeChatUnionid.objects.get().account == account
