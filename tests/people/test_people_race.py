"""Is one person one user when several devices sign in at the same moment? Processes that share the database only."""

import multiprocessing
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connections

from django_wechat.models import WeChatDuplicate, WeChatIdentity
from tests.factories import BothProviderFactory, IdentityFactory, UserFactory
from tests.histories.world import APPID, assert_sound, come, openid_of, owner_of

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:.*use of fork.*:DeprecationWarning"),
]
# SQLite lets one write at a time and makes the others wait long.
ROUNDS = 4 if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3") else 20
Device = tuple[str, str]
"""A way to sign in, and the unionid that WeChat tells there: "" for none, else "u" with the person's name behind it."""


def nobody(person: str) -> None:
    """The person was never here."""


def by_web(person: str) -> None:
    """The person signed in by QR code, before there were unionids."""
    come("web", person, "")


def by_both_at_one_account(person: str) -> None:
    """Two identities of one account that has no unionid yet."""
    come("web", person, "")
    account = WeChatIdentity.objects.get(openid=openid_of(person, "web")).account
    IdentityFactory(account=account, appid=APPID["phone"], openid=openid_of(person, "phone"))


def by_two_accounts(person: str) -> None:
    """A member who connected both apps when there were no unionids."""
    user = UserFactory()
    come("web", person, "", connect_to=user)
    come("phone", person, "", connect_to=user)


def sign_in_at_once(*devices: Device) -> list[str]:
    """Let a process for each device sign in everybody, person by person at the same moment; return what went wrong."""
    connections.close_all()
    context = multiprocessing.get_context("fork")
    moment, troubles = context.Barrier(len(devices)), context.Queue()
    processes = [context.Process(target=_everybody, args=(device, moment, troubles)) for device in devices]
    for process in processes:
        process.start()
    told = [trouble for _ in devices for trouble in troubles.get(timeout=120)]
    for process in processes:
        process.join()
    return told


def _everybody(device: Device, moment: Any, troubles: Any) -> None:
    way, unionid = device
    found = []
    for person in people():
        moment.wait(timeout=60)
        try:
            user = come(way, person, unionid and unionid + person)
            assert user is not None
            assert user == owner_of(way, person)
        except Exception as error:
            found.append(f"{way} {person}: {error!r}")
    connections.close_all()
    troubles.put(found)


def people() -> list[str]:
    return [f"P{number}" for number in range(ROUNDS)]


def users_of(person: str) -> set[int]:
    rows = WeChatIdentity.objects.filter(openid__startswith=f"{person}-")
    return set(rows.values_list("account__user_id", flat=True))


FIRST_SIGN_INS = {
    "one app": [("web", "u"), ("web", "u")],
    "one app, no unionid": [("web", ""), ("web", "")],
    "the PC and inside WeChat": [("web", "u"), ("phone", "u")],
    "the PC and following": [("web", "u"), ("follow", "u")],
    "inside WeChat and following": [("phone", ""), ("follow", "")],
    "every way": [("web", "u"), ("phone", "u"), ("follow", "u"), ("shop", "u")],
}
RETURNING = {
    "one device brings the unionid, the other comes back": (by_both_at_one_account, [("web", "u"), ("phone", "")]),
    "both devices bring the unionid": (by_both_at_one_account, [("web", "u"), ("phone", "u")]),
    "two accounts of one user become one": (by_two_accounts, [("web", "u"), ("phone", "u")]),
    "one device comes back twice": (by_web, [("web", "u"), ("web", "u")]),
}
RACES = {**{name: (nobody, devices) for name, devices in FIRST_SIGN_INS.items()}, **RETURNING}


@pytest.mark.parametrize("name", RACES)
def test_one_user(name: str) -> None:
    before, devices = RACES[name]
    BothProviderFactory()
    for person in people():
        before(person)
    assert sign_in_at_once(*devices) == []
    assert [len(users_of(person)) for person in people()] == [1] * ROUNDS
    assert get_user_model().objects.count() == ROUNDS
    assert WeChatDuplicate.objects.count() == 0
    assert_sound()


@pytest.mark.parametrize("before", [by_web, by_two_accounts])
def test_the_unionid_comes_while_another_app_signs_in(before: Callable[[str], None]) -> None:
    """Who is faster decides: one user, or two whom the admin hears of. Nobody is lost, nobody meets an error."""
    BothProviderFactory()
    for person in people():
        before(person)
    devices = [("web", "u"), ("shop", "u")] if before is by_web else [("web", "u"), ("phone", "u"), ("shop", "u")]
    assert sign_in_at_once(*devices) == []
    seconds = sum(len(users_of(person)) - 1 for person in people())
    assert get_user_model().objects.count() == ROUNDS + seconds
    assert {user for row in WeChatDuplicate.objects.all() for user in users_in(row)} == {
        user for person in people() if len(users_of(person)) > 1 for user in users_of(person)
    }
    assert_sound()


def users_in(duplicate: WeChatDuplicate) -> set[int]:
    return {duplicate.identity.account.user_id, duplicate.account.user_id}
