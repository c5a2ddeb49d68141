"""Does everybody get in whatever the nickname, and is it said what is lost?"""

from dataclasses import replace
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import run_checks
from django.core.management import call_command
from django.db.models.signals import pre_save

from django_wechat.models import WeChatProvider
from django_wechat.models.columns import character_sets
from django_wechat.people import erasure
from django_wechat.setup import check as setup_check
from django_wechat.simulator.server import SimulatorServer
from tests.factories import UserFactory
from tests.flows.test_flow_follow import follow_and_sign_in
from tests.other_users.site import ROUTES, come, row, users
from tests.visitor import Visitor

pytestmark = pytest.mark.django_db(transaction=True)

__all__ = ["row"]

FLOWER = "李小花🌸"
NAMES = [FLOWER, "𠮷野", "👩‍👩‍👧🌸", "José", "张三"]
NARROW = [settings.TABLES, settings.CONNECTION]


@pytest.fixture(autouse=True)
def _nothing_known() -> None:
    character_sets._narrower.clear()


def called(simulator: SimulatorServer, nickname: str) -> str:
    """Make a person of this nickname for the pretend WeChat; return the person's name there."""
    people = simulator.platform.people
    name = f"person{len(people)}"
    people[name] = replace(people["zhangsan"], key=name, nickname=nickname)
    return name


def kept(nickname: str) -> str:
    for character_set in NARROW:
        nickname = character_sets.held(nickname, character_set)
    return nickname


@pytest.mark.parametrize("route", ROUTES)
def test_new_people_sign_in_and_come_back(wechat_simulator: SimulatorServer, route: str) -> None:
    for number, nickname in enumerate(NAMES, start=1):
        person = called(wechat_simulator, nickname)
        for _ in range(2):
            visitor, answer = come(wechat_simulator, person, route)
            assert answer.status_code == 302
            assert visitor.user == users().last()
        assert users().count() == number
        if route != "follow":
            assert users().last().first_name == kept(nickname)
            assert SocialAccount.objects.latest("pk").extra_data["nickname"] == nickname


def test_names_are_filled_in_and_taken_back(wechat_simulator: SimulatorServer) -> None:
    for nickname in NAMES:
        person = called(wechat_simulator, nickname)
        follow_and_sign_in(Visitor(wechat_simulator, person=person))
        come(wechat_simulator, person)
        assert users().last().first_name == kept(nickname)
        erasure.erase(SocialAccount.objects.get())
        assert users().last().first_name == ""


def test_somebody_connects(wechat_simulator: SimulatorServer) -> None:
    visitor = Visitor(wechat_simulator, person=called(wechat_simulator, FLOWER))
    user = UserFactory()
    visitor.client.force_login(user)
    visitor.sign_in("?process=connect")
    assert SocialAccount.objects.get().user == user


def test_a_form_that_waits(wechat_simulator: SimulatorServer, settings: Any) -> None:
    settings.SOCIALACCOUNT_AUTO_SIGNUP = False
    visitor, _answer = come(wechat_simulator, called(wechat_simulator, FLOWER))
    visitor.client.post("/accounts/3rdparty/signup/", {"username": "somebody", "email": "a@example.com"})
    assert visitor.user == users().get(first_name=kept(FLOWER))


def test_what_the_site_adds_itself_will_not_pass(wechat_simulator: SimulatorServer) -> None:
    def add(instance: Any, **_kwargs: Any) -> None:
        instance.last_name = "🌸"

    pre_save.connect(add, sender=get_user_model())
    try:
        _visitor, page = come(wechat_simulator, "zhangsan")
    finally:
        pre_save.disconnect(add, sender=get_user_model())
    assert "as it is set up" in page.content.decode()


def test_it_is_said_with_table_column_and_character_set(row: WeChatProvider, capsys: Any) -> None:
    expected = []
    if settings.TABLES != "utf8mb4":
        expected += [f"auth_user.first_name ({settings.TABLES})", f"wechatprovider.display_name ({settings.TABLES})"]
    if settings.CONNECTION != "utf8mb4":
        expected.append(f"DATABASES['default']['OPTIONS']['charset'] ({settings.CONNECTION})")
    [finding] = [one for one in setup_check.check(row) if one.code == "characters_lost"]
    [message] = [one for one in run_checks(databases=["default"]) if one.id == "django_wechat.W022"]
    call_command("check", database=["default"])
    for words in (finding.title, message.msg, capsys.readouterr().err):
        assert all(part in words for part in expected)
    assert [one for one in run_checks() if one.id == "django_wechat.W022"] == []
