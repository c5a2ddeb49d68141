"""Do people keep their users when WeChat changes their openids, and does nobody get somebody else's?"""

import io
from pathlib import Path
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from django_wechat.models import WeChatDuplicate, WeChatIdentity, WeChatUnionid
from django_wechat.people import identities, merging, openid_changes, openid_table
from django_wechat.people.openid_table import ContradictoryTable
from django_wechat.protocol.oauth import Profile
from tests.factories import AccountFactory, IdentityFactory, UserFactory

pytestmark = pytest.mark.django_db

APPID, OLD_APPID = "wx00000000000000a2", "wx00000000000000a1"
CHANGED, JOINED, ALREADY, UNKNOWN, CONFLICT = range(5)


def run(table: str, tmp_path: Path, *options: str, appid: str = APPID) -> tuple[list[int], str, str]:
    """Run the command; return its five numbers, what it said, and what it said of single lines."""
    file = tmp_path / "openids.csv"
    file.write_text(table, encoding="utf-8")
    out, err = io.StringIO(), io.StringIO()
    call_command("change_wechat_openids", str(file), "--appid", appid, *options, stdout=out, stderr=err)
    said = out.getvalue()
    numbers = [int(line.split()[0]) for line in said.splitlines() if line.startswith(" ")]
    return numbers[:5], said, err.getvalue()


def known(openid: str, *, appid: str = APPID, unionid: str = "", **values: Any) -> WeChatIdentity:
    """Somebody who signed in, as the last sign-in left them."""
    data = {"appid": appid, "openid": openid, "unionid": unionid, "nickname": "张三"}
    account = values.pop("account", None)
    if account is None:
        AccountFactory(uid=unionid or f"{appid}:{openid}", extra_data=data)  # its identity is written down with it
    else:
        IdentityFactory(appid=appid, openid=openid, unionid=unionid, account=account)
    WeChatIdentity.objects.filter(appid=appid, openid=openid).update(**(values or {"follows": None}))
    return WeChatIdentity.objects.get(appid=appid, openid=openid)


def everything() -> list[Any]:
    models = (WeChatIdentity, WeChatDuplicate, WeChatUnionid, SocialAccount)
    return [list(model.objects.order_by("pk").values()) for model in models]  # type: ignore[attr-defined]


def signs_in(openid: str, appid: str = APPID) -> Any:
    """Return the uid that somebody with this openid signs in to; "" for somebody new."""
    return identities.settle(Profile(appid=appid, openid=openid)).account_uid


def test_a_person_is_found_by_the_new_openid_and_no_longer_by_the_old(tmp_path: Path) -> None:
    identity = known("oOLD")
    counts, said, _err = run("oOLD,oNEW\n", tmp_path)
    assert counts == [1, 0, 0, 0, 0]
    assert "1 pair of openids:" in said
    account = SocialAccount.objects.get()
    assert (account.pk, account.uid) == (identity.account_id, f"{APPID}:oNEW")
    assert (account.extra_data["appid"], account.extra_data["openid"]) == (APPID, "oNEW")
    assert account.extra_data["nickname"] == "张三"
    assert signs_in("oNEW") == account.uid
    assert signs_in("oOLD") == ""


def test_a_unionid_stays_the_accounts_name(tmp_path: Path) -> None:
    known("oOLD", unionid="u1")
    run("oOLD,oNEW\n", tmp_path)
    assert SocialAccount.objects.get().uid == "u1"
    assert SocialAccount.objects.get().extra_data["openid"] == "oNEW"


def test_what_the_account_says_of_another_app_stays(tmp_path: Path) -> None:
    identity = known("oWEB", appid="wx00000000000000a3", unionid="u1")
    known("oOLD", unionid="u1", account=identity.account)
    run("oOLD,oNEW\n", tmp_path)
    assert SocialAccount.objects.get().extra_data["openid"] == "oWEB"


def test_openids_of_another_appid_become_those_of_the_new_one(tmp_path: Path) -> None:
    known("oOLD", appid=OLD_APPID)
    known("oOLD2")
    counts, _said, _err = run("oOLD,oNEW\noOLD2,oNEW2\n", tmp_path, "--old-appid", OLD_APPID)
    assert counts == [1, 0, 0, 1, 0]
    assert set(WeChatIdentity.objects.values_list("appid", "openid")) == {(APPID, "oNEW"), (APPID, "oOLD2")}
    assert SocialAccount.objects.filter(uid=f"{APPID}:oNEW").exists()


def test_another_apps_people_are_not_touched(tmp_path: Path) -> None:
    known("oOLD", appid=OLD_APPID)
    before = everything()
    assert run("oOLD,oNEW\n", tmp_path)[0] == [0, 0, 0, 1, 0]
    assert everything() == before


def test_again_it_changes_nothing(tmp_path: Path) -> None:
    known("oOLD")
    known("oOTHER")
    table = "oOLD,oNEW\noNOBODY,oNOBODY2\noSAME,oSAME\n"
    assert run(table, tmp_path)[0] == [1, 0, 0, 2, 0]
    before = everything()
    assert run(table, tmp_path)[0] == [0, 0, 1, 2, 0]
    assert everything() == before


def test_a_dry_run_says_the_same_and_writes_nothing(tmp_path: Path) -> None:
    known("oOLD")
    known("oTWO")
    known("oTWONEW")
    before = everything()
    counts, said, err = run("oOLD,oNEW\noTWO,oTWONEW\n", tmp_path, "--dry-run")
    assert counts == [1, 0, 0, 0, 1]
    assert "Dry run: nothing is written." in said
    assert "would be noted" in err
    assert everything() == before


# --- who came back before the table was read ---


def test_the_same_user_has_both_and_keeps_the_new_one(tmp_path: Path) -> None:
    before = known("oOLD", unionid="u1", filled={"1": {"first_name": "张三"}})
    after = known("oNEW", unionid="u1", account=before.account)
    assert run("oOLD,oNEW\n", tmp_path)[0] == [0, 1, 0, 0, 0]
    assert list(WeChatIdentity.objects.all()) == [after]
    after.refresh_from_db()
    assert after.filled == before.filled


def test_two_accounts_of_one_user_become_one(tmp_path: Path) -> None:
    before = known("oOLD")
    again = known("oOLD2", account=before.account)
    after = known("oNEW", account=AccountFactory(user=before.account.user))
    known("oNEW2", account=after.account)
    assert run("oOLD,oNEW\noOLD2,oNEW2\n", tmp_path)[0] == [0, 2, 0, 0, 0]
    assert list(SocialAccount.objects.all()) == [after.account]
    assert not WeChatIdentity.objects.filter(pk__in=[before.pk, again.pk]).exists()


def test_two_users_are_never_merged_but_noted_and_can_be_merged_then(tmp_path: Path, admin_client: Any) -> None:
    before, after = known("oOLD"), known("oNEW")
    for _ in range(2):
        counts, _said, err = run("oOLD,oNEW\n", tmp_path)
        assert counts == [0, 0, 0, 0, 1]
    duplicate = WeChatDuplicate.objects.get()
    assert f"duplicate {duplicate.pk}" in err
    assert "oNEW" not in err
    assert {identity.account.user.is_active for identity in (before, after)} == {True}
    assert "table of changed openids" in merging.noticed(duplicate)
    page = admin_client.get("/admin/django_wechat/wechatduplicate/").content.decode()
    assert "…" not in page.partition('class="field-unionid_ends_in"')[2].partition("</td>")[0]
    merging.merge(duplicate, keep=before.account.user)
    assert run("oOLD,oNEW\n", tmp_path)[0] == [0, 1, 0, 0, 0]
    assert signs_in("oNEW") == SocialAccount.objects.get(user=before.account.user).uid
    assert not WeChatDuplicate.objects.exists()


def test_what_is_known_of_a_user_stays(tmp_path: Path) -> None:
    user = UserFactory(first_name="张三")
    identity = known("oOLD", account=AccountFactory(user=user), follows=True)
    first_seen = identity.first_seen_at
    run("oOLD,oNEW\n", tmp_path)
    identity.refresh_from_db()
    assert (identity.first_seen_at, identity.follows, identity.account.user) == (first_seen, True, user)


# --- the table ---


@pytest.mark.parametrize(
    "table",
    [
        "oOLD,oNEW",
        "old,new\r\noOLD,oNEW\r\n",
        "ori_openid;new_openid\noOLD;oNEW\n",
        '\ufeff"oOLD"\t"oNEW"\n',
        "\n  oOLD , oNEW \n\noOLD,oNEW\n",
    ],
)
def test_a_table_as_people_have_it(tmp_path: Path, table: str) -> None:
    known("oOLD")
    assert run(table, tmp_path)[0] == [1, 0, 0, 0, 0]


def test_lines_that_are_not_two_openids_are_named_and_left_out(tmp_path: Path) -> None:
    known("oOLD")
    counts, said, err = run("oOLD,oNEW\noOLD2,\n张三,oX\na,b,c\n", tmp_path)
    assert counts == [1, 0, 0, 0, 0]
    assert [line for line in ("1", "2", "3", "4") if f"Line {line} " in err] == ["2", "3", "4"]
    assert "3 lines left out" in said


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("oA,oB\noA,oC\n", "more than one new one: …oA"),
        ("oA,oC\noB,oC\n", "more than one old one: …oC"),
        ("oA,oB\noB,oC\n", "old in one line and new in another: …oB"),
    ],
)
def test_a_table_that_contradicts_itself_is_refused_before_anything_is_written(
    tmp_path: Path, table: str, words: str
) -> None:
    known("oA")
    before = everything()
    with pytest.raises(CommandError, match=words):
        run(table, tmp_path)
    assert everything() == before


def test_many_contradictions_are_counted_up_to_ten() -> None:
    table = openid_table.read(f"o{number},o{number + half}" for number in range(12) for half in (100, 200))
    with pytest.raises(ContradictoryTable, match=r"…o9, …\. Nothing was changed"):
        openid_table.check(table, same_app=True)


def test_in_two_apps_an_openid_may_be_both(tmp_path: Path) -> None:
    known("oA", appid=OLD_APPID)
    assert run("oA,oB\noB,oC\n", tmp_path, "--old-appid", OLD_APPID)[0] == [1, 0, 0, 1, 0]


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    known("oOLD")
    monkeypatch.setattr("sys.stdin", io.StringIO("oOLD,oNEW\n"))
    call_command("change_wechat_openids", "-", appid=APPID)
    assert WeChatIdentity.objects.get().openid == "oNEW"


@pytest.mark.parametrize("options", [{"appid": "gh_123"}, {"old_appid": "wxNO"}])
def test_what_is_no_appid_is_refused(tmp_path: Path, options: dict[str, str]) -> None:
    (tmp_path / "t.csv").write_text("")
    with pytest.raises(CommandError, match="cannot be an AppID"):
        call_command("change_wechat_openids", str(tmp_path / "t.csv"), **({"appid": APPID} | options))


@pytest.mark.parametrize("content", [None, b"\xff\xfeo\x00"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "t.csv"
    if content:
        file.write_bytes(content)
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("change_wechat_openids", str(file), appid=APPID)


# --- many, and beside sign-ins ---


def test_many_are_changed_some_hundred_at_a_time(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(openid_changes, "PAIRS_AT_ONCE", 4)
    for number in range(10):
        known(f"oOLD{number}")
    table = "".join(f"oOLD{number},oNEW{number}\n" for number in range(12))
    with CaptureQueriesContext(connection) as asked:
        assert run(table, tmp_path)[0] == [10, 0, 0, 2, 0]
    assert len(asked) < 10 * 4 + 3 * 10


def test_a_sign_in_in_between_is_seen_at_the_second_try(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    known("oOLD")
    real, tries = openid_changes._held, []

    def held(appid: str, openids: list[str]) -> Any:
        found = real(appid, openids)
        tries.append(appid)
        if len(tries) == 2:  # both were looked for; now somebody signs in
            known("oNEW")
        return found

    monkeypatch.setattr(openid_changes, "_held", held)
    # What came in between is undone with the try, as no other connection's would be.
    assert run("oOLD,oNEW\n", tmp_path)[0] == [1, 0, 0, 0, 0]
    assert len(tries) == 4


def test_an_account_that_moved_meanwhile_is_looked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    known("oOLD")
    monkeypatch.setattr(SocialAccount.objects, "filter", lambda **_asked: SocialAccount.objects.none())
    with pytest.raises(openid_changes.IdentityMoved):
        openid_changes.change([("oOLD", "oNEW")], APPID, APPID, lambda _report: None)
