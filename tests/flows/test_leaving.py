"""Can people leave: disconnect, unfollow, withdraw the grant, give up WeChat?"""

import logging
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user_model
from django.core.checks import run_checks
from django.core.files.base import ContentFile
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from django_wechat.models import PushReceipt, WeChatAvatar, WeChatIdentity, WeChatProvider, WeChatUnionid
from django_wechat.signals import wechat_data_erased
from django_wechat.simulator import seeds
from django_wechat.simulator.platform import Platform
from django_wechat.simulator.push.verdicts import Verdict
from django_wechat.simulator.server import SimulatorServer
from django_wechat.simulator.world.registry import PushFormat
from tests.factories import BothProviderFactory, IdentityFactory, UserFactory
from tests.pushes import OPENID, TOKEN, fields, query, xml
from tests.visitor import Visitor, in_wechat

CONNECTIONS = "/accounts/3rdparty/"
WEB, ACCOUNT = seeds.WEBSITE_APP_APPID, seeds.OFFICIAL_ACCOUNT_APPID


# --- disconnect ---


@pytest.fixture
def visitor(db: None, wechat_simulator: SimulatorServer) -> Visitor:
    BothProviderFactory()
    return Visitor(wechat_simulator)


def disconnect(visitor: Visitor) -> Any:
    account = SocialAccount.objects.get(user=visitor.user)
    return visitor.client.post(CONNECTIONS, {"account": account.pk})


def test_the_last_way_to_sign_in_stays(visitor: Visitor) -> None:
    visitor.sign_in()
    form = disconnect(visitor).context["form"]
    # allauth's plain page does not show why; templates of a site do.
    assert form.non_field_errors() == ["Your account has no password set up."]
    assert SocialAccount.objects.count() == WeChatIdentity.objects.count() == 1


def test_disconnect_takes_everything_of_wechats_along(
    visitor: Visitor, tmp_path: Any, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    user = UserFactory()
    visitor.client.force_login(user)
    visitor.sign_in("?process=connect")
    in_wechat(visitor.simulator).sign_in()
    account = SocialAccount.objects.get()
    assert account.wechat_identities.count() == 2
    avatar = WeChatAvatar(account=account, source_url="https://thirdwx.qlogo.cn/a/132")
    avatar.image.save("a.png", ContentFile(b"png"))
    with django_capture_on_commit_callbacks(execute=True):
        disconnect(visitor)
    assert not (tmp_path / avatar.image.name).exists()
    for model in (SocialAccount, WeChatIdentity, WeChatUnionid, WeChatAvatar):
        assert not model._default_manager.exists()
    assert visitor.user == user


def test_whoever_comes_back_after_disconnecting_is_new(visitor: Visitor) -> None:
    user = UserFactory()
    visitor.client.force_login(user)
    visitor.sign_in("?process=connect")
    disconnect(visitor)
    again = Visitor(visitor.simulator)
    again.sign_in()
    assert again.user != user
    assert get_user_model().objects.count() == 2


# --- what WeChat pushes ---


@pytest.fixture
def row(wechat_simulator: SimulatorServer, live_server: LiveServer) -> WeChatProvider:
    """A provider whose official account and website app push to the same address, with the same Token and key."""
    keys = {"server_token": seeds.OFFICIAL_ACCOUNT_TOKEN, "aes_key": seeds.OFFICIAL_ACCOUNT_AES_KEY}
    for appid in (WEB, ACCOUNT):
        app = wechat_simulator.platform.find_app(appid)
        vars(app).update(keys, push_url=f"{live_server.url}/accounts/wechat/site/events/")
    created: WeChatProvider = BothProviderFactory(
        name="site", access_token=keys["server_token"], encoding_aes_key=keys["aes_key"]
    )
    return created


@pytest.fixture
def platform(wechat_simulator: SimulatorServer, row: WeChatProvider) -> Platform:
    """Somebody signed in by both apps, and follows."""
    platform: Platform = wechat_simulator.platform
    Visitor(wechat_simulator).sign_in()
    in_wechat(wechat_simulator).sign_in()
    platform.follow(ACCOUNT, "zhangsan")
    assert WeChatIdentity.objects.filter(follows=True).count() == 1
    return platform


def appids() -> set[str]:
    return set(WeChatIdentity.objects.values_list("appid", flat=True))


def test_an_unfollow_is_only_noted(platform: Platform) -> None:
    assert platform.unfollow(ACCOUNT, "zhangsan").verdict is Verdict.OK
    assert WeChatIdentity.objects.get(appid=ACCOUNT).follows is False
    assert appids() == {WEB, ACCOUNT}


def test_an_unfollow_erases_what_the_account_knew(platform: Platform, settings: Any) -> None:
    settings.WECHAT = {**settings.WECHAT, "ON_UNFOLLOW": "erase"}
    assert platform.unfollow(ACCOUNT, "zhangsan").verdict is Verdict.OK
    assert appids() == {WEB}
    assert WeChatUnionid.objects.count() == 1
    assert get_user_model().objects.get().is_active


@pytest.mark.parametrize(("appid", "left"), [(WEB, ACCOUNT), (ACCOUNT, WEB)])
@pytest.mark.parametrize("push_format", list(PushFormat))
def test_a_withdrawn_grant_erases_what_that_app_knew(
    appid: str, left: str, push_format: PushFormat, platform: Platform
) -> None:
    platform.find_app(appid).push_format = push_format
    assert platform.revoke_authorization(appid, "zhangsan").verdict is Verdict.OK
    assert appids() == {left}
    assert platform.revoke_authorization(appid, "zhangsan").verdict is Verdict.OK
    assert appids() == {left}
    assert platform.revoke_authorization(left, "zhangsan").verdict is Verdict.OK
    assert not SocialAccount.objects.exists()
    assert not get_user_model().objects.get().is_active


@pytest.mark.parametrize("appid", [WEB, ACCOUNT])
def test_who_gives_up_wechat_is_forgotten(appid: str, platform: Platform) -> None:
    assert platform.cancel_wechat(appid, "zhangsan").verdict is Verdict.OK
    assert not SocialAccount.objects.exists()
    assert not WeChatUnionid.objects.exists()


@pytest.mark.parametrize("value", ["keep", "erase", "delete", "", None, ["erase"]])
def test_another_meaning_of_an_unfollow_is_told_before_the_site_starts(value: object, settings: Any) -> None:
    settings.WECHAT = {"ON_UNFOLLOW": value}
    told = [message.id for message in run_checks(tags=["django_wechat"])]
    assert told == ([] if value in ("keep", "erase") else ["django_wechat.E009"])


# --- odd pushes ---


@pytest.fixture
def plain_row(db: None) -> WeChatProvider:
    created: WeChatProvider = BothProviderFactory(name="site", access_token=TOKEN)
    return created


@pytest.fixture
def known(plain_row: WeChatProvider) -> WeChatIdentity:
    """Somebody known by the official account only."""
    identity: WeChatIdentity = IdentityFactory(appid=ACCOUNT, openid=OPENID)
    return identity


def push(event: str, **more: str) -> int:
    values = fields(event, **more)
    return (
        Client()
        .post("/accounts/wechat/site/events/", xml(values), content_type="text/xml", query_params=query())
        .status_code
    )


REVOKE, CANCEL = "user_authorization_revoke", "user_authorization_cancellation"


@pytest.mark.parametrize("event", [REVOKE, CANCEL])
@pytest.mark.parametrize(
    "named",
    [
        {},
        {"OpenID": OPENID},
        {"AppID": ACCOUNT},
        {"OpenID": OPENID, "AppID": ACCOUNT, "FromUserName": "gh_somebody", "RevokeInfo": "301"},
    ],
    ids=lambda named: "+".join(named),
)
def test_what_an_event_does_not_name_is_taken_from_its_envelope(
    event: str, named: dict[str, str], known: WeChatIdentity
) -> None:
    assert push(event, **named) == 200
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize(
    "named",
    [
        {"OpenID": "somebody-else"},
        {"OpenID": OPENID, "AppID": "wx00000000000000ff"},
        {"OpenID": OPENID, "AppID": WEB},
        {"OpenID": "<b>", "AppID": " "},
    ],
    ids=str,
)
def test_strangers_and_other_apps_change_nothing(
    named: dict[str, str], known: WeChatIdentity, caplog: pytest.LogCaptureFixture
) -> None:
    IdentityFactory(appid="wx00000000000000ff", openid=OPENID)
    caplog.set_level(logging.INFO, "django_wechat.push")
    assert push(REVOKE, **named) == 200
    assert WeChatIdentity.objects.count() == 2
    assert "nothing to erase" in caplog.text
    assert OPENID not in caplog.text


def test_a_message_is_no_event(known: WeChatIdentity) -> None:
    assert push(REVOKE, MsgType="text") == 200
    assert WeChatIdentity.objects.exists()


def test_a_row_of_one_keypair_has_no_second_app(known: WeChatIdentity) -> None:
    WeChatProvider.objects.update(client_id="", client_secret="")
    IdentityFactory(appid="", openid=OPENID)
    assert push(REVOKE, OpenID=OPENID, AppID=WEB) == 200
    assert WeChatIdentity.objects.count() == 2


def test_two_people_who_leave_in_one_second_are_two(known: WeChatIdentity) -> None:
    second = IdentityFactory(appid=ACCOUNT, openid="second")
    for openid in (OPENID, second.openid):
        push(CANCEL, FromUserName="gh_same", OpenID=openid, AppID=ACCOUNT)
    assert not SocialAccount.objects.exists()


def test_an_erasure_that_failed_is_pushed_again(known: WeChatIdentity) -> None:
    """Nothing of it is kept, not even the receipt that would make WeChat's next try a repeat."""

    def refuse(**_kwargs: Any) -> None:
        raise RuntimeError("not now")

    wechat_data_erased.connect(refuse)
    try:
        with pytest.raises(RuntimeError):
            push(REVOKE)
    finally:
        wechat_data_erased.disconnect(refuse)
    assert SocialAccount.objects.exists()
    receipts = PushReceipt.objects.count()
    assert push(REVOKE) == 200
    assert not SocialAccount.objects.exists()
    assert PushReceipt.objects.count() > receipts


def test_a_push_sealed_for_a_foreign_appid_is_refused(platform: Platform, row: WeChatProvider) -> None:
    """The website app counts as the row's own only while its keypair is filled in."""
    WeChatProvider.objects.update(client_id="", client_secret="")
    assert platform.revoke_authorization(WEB, "zhangsan").verdict is Verdict.OUT_OF_SERVICE
    assert appids() == {WEB, ACCOUNT}
