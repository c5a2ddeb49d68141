"""Is a name filled in, repaired and taken back in whatever field a site keeps it?"""

from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user_model

from django_wechat.models import QRSession, WeChatProvider
from django_wechat.names import display_name
from django_wechat.people import erasure
from django_wechat.simulator.server import SimulatorServer
from django_wechat.stores import qr_sessions
from tests.factories import FollowProviderFactory
from tests.following import APPID
from tests.visitor import Visitor

pytestmark = pytest.mark.django_db(transaction=True)
FIELDS = [field.name for field in get_user_model()._meta.fields if field.name in ("name", "first_name")]


@pytest.fixture
def row(wechat_simulator: SimulatorServer) -> WeChatProvider:
    created: WeChatProvider = FollowProviderFactory()
    return created


def named() -> dict[str, Any]:
    user = get_user_model().objects.get()
    return {field: getattr(user, field) for field in FIELDS}


def follow_and_sign_in(simulator: SimulatorServer) -> None:
    """By the official account, which tells no nickname."""
    pc = Visitor(simulator)
    opened = pc.open_qr()
    simulator.platform.follow(APPID, pc.person)
    openid = simulator.platform.find_person(pc.person).openid(APPID)
    qr_sessions.scan(QRSession.objects.get(public_id=opened["id"]), openid, confirmed=True)
    assert pc.client.post(opened["finish_url"]).status_code == 302


@pytest.mark.usefixtures("row")
def test_every_field_is_filled_in_and_taken_back(wechat_simulator: SimulatorServer) -> None:
    Visitor(wechat_simulator).sign_in()
    assert named() == dict.fromkeys(FIELDS, "张三")
    assert display_name(get_user_model().objects.get()) == "张三"
    erasure.erase(SocialAccount.objects.get())
    assert named() == dict.fromkeys(FIELDS, "")


@pytest.mark.usefixtures("row")
def test_the_friendly_name_becomes_the_nickname(wechat_simulator: SimulatorServer) -> None:
    follow_and_sign_in(wechat_simulator)
    assert named() == dict.fromkeys(FIELDS, "WeChat user")
    Visitor(wechat_simulator).sign_in()
    assert named() == dict.fromkeys(FIELDS, "张三")
    erasure.erase(SocialAccount.objects.get())
    assert named() == dict.fromkeys(FIELDS, "")


@pytest.mark.usefixtures("row")
@pytest.mark.parametrize("own", FIELDS)
def test_what_the_person_changed_stays(wechat_simulator: SimulatorServer, own: str) -> None:
    Visitor(wechat_simulator).sign_in()
    get_user_model().objects.update(**{own: "老张"})
    Visitor(wechat_simulator).sign_in()
    erasure.erase(SocialAccount.objects.get())
    assert named() == dict.fromkeys(FIELDS, "") | {own: "老张"}


def test_the_site_has_the_fields_that_its_name_promises() -> None:
    expected = {"OneName": ["name"], "BothNames": ["first_name", "name"]}[get_user_model().__name__]
    assert sorted(FIELDS) == expected
