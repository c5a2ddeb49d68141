"""Who is who after every order of events? A table to read line by line; what must hold always is checked after each.

A line's steps are separated by ";". A step is what happens and, behind the colon, which user the person is then:

    web A: 1          person A signs in through the website app and is user 1
    phone A none: 1   … inside WeChat, which tells no unionid; any other word is the unionid ("uA" if there is no word)
    follow A mute: 1  … by following the official account, while WeChat does not answer questions
    as 1 web A: 1     user 1 connects A's WeChat; behind the colon whose it is afterwards

The other steps are the functions below. `duplicates` are those that the admin finds in the end: "1=2" says that
somebody who is user 1 has a unionid of user 2.
"""

from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser

from django_wechat.models import WeChatDuplicate
from django_wechat.people import merging
from tests.factories import AccountFactory, BothProviderFactory, UserFactory
from tests.histories.world import (
    APPID,
    assert_sound,
    come,
    import_old_accounts,
    let_time_pass,
    openid_of,
    owner_of,
    push,
)

ONE_PERSON = {
    "comes back": "web A: 1; web A: 1",
    "comes every way": "web A: 1; phone A: 1; follow A: 1; shop A: 1",
    "follows first": "follow A: 1; web A: 1; phone A: 1; follow A: 1",
    "begins inside WeChat": "phone A: 1; shop A: 1; web A: 1; follow A: 1",
    "without unionids, apps cannot know": "web A none: 1; phone A none: 2; web A none: 1; phone A none: 2",
    "inside WeChat and following is one app": "phone A none: 1; follow A none: 1; phone A none: 1",
    "the unionid comes later": "web A none: 1; web A: 1; phone A: 1",
    "a follower's unionid comes later": "follow A none: 1; later; follow A: 1; web A: 1",
    "a follower's unionid comes another way": "follow A none: 1; phone A: 1; web A: 1; follow A none: 1",
    "the unionid is left out once": "web A: 1; web A none: 1; phone A: 1; web A none: 1",
    "unfollows and follows again": "follow A: 1; unfollow A; follow A: 1; refollow A; web A: 1",
    "unfollows before ever signing in": "unfollow A; follow A: 1; web A: 1",
    "leaves and comes again": "web A: 1; leaves 1; web A: 2; phone A: 2",
    "may not sign in, and does not become another": "web A: 1; forbid 1; web A: nobody; phone A: nobody",
}
PROGRAMS = {
    "a mini program first": "mini A: 1; web A: 1; app A: 1; phone A: 1; mini A: 1",
    "an app first": "app A: 1; mini A: 1; follow A: 1; web A: 1; app A: 1",
    "programs last": "follow A: 1; web A: 1; mini A: 1; app A: 1",
    "between the others": "phone A: 1; app A: 1; web A: 1; mini A: 1; shop A: 1",
    "a mini program that is not bound": "web A: 1; mini A none: 2; app A: 1; mini A none: 2",
    "nor is the app": "mini A none: 1; app A none: 2; mini A none: 1; app A none: 2",
    "bound before anybody used the others": "mini A none: 1; mini A: 1; web A: 1; app A: 1",
    "a unionid left out once": "mini A: 1; mini A none: 1; app A none: 2; web A: 1",
    "the unionid changes for a mini program": "mini A: 1; mini A new: 1; app A new: 1; web A: 1",
    "a member connects in a program": "member: 1; as 1 mini A: 1; as 1 app A: 1; web A: 1",
    "connects two without unionids": "member: 1; as 1 mini A none: 1; as 1 app A none: 1; app A none: 1",
    "somebody else's stays theirs in a program": "mini A: 1; member: 2; as 2 app A: 1; app A: 1",
    "a silent WeChat knows no code": "mini A: 1; mini A mute: nobody; mini A: 1",
    "names that differ by case in programs": "mini A none: 1; mini a none: 2; mini A: 1; mini a: 2; app a: 2",
    "imported, comes by a program": "old A uA: 1; import_; mini A: 1; app A: 1",
    "may not come in by a program either": "app A: 1; forbid 1; mini A: nobody; app A: nobody",
}
REBINDING = {
    "the unionid changes": "web A: 1; web A new: 1; web A new: 1; phone A new: 1",
    "an app that was not bound again still finds them": "web A: 1; web A new: 1; phone A: 1; shop A new: 1; shop A: 1",
    "one app after the other": "web A: 1; phone A: 1; phone A new: 1; web A: 1; web A new: 1; follow A: 1",
    "and back again": "web A: 1; web A new: 1; web A: 1; phone A: 1; shop A new: 1",
    "twice": "web A: 1; web A new: 1; web A newer: 1; phone A: 1; shop A newer: 1",
    "only then the first unionid": "web A none: 1; web A new: 1; phone A new: 1",
}
WECHAT_FAILS = {
    "somebody new cannot be told": "web A mute: nobody; web A: 1",
    "a new follower cannot be told": "follow A mute: nobody; follow A: 1",
    "somebody known gets in": "web A: 1; later; web A mute: 1; phone A: 1",
    "somebody known by the unionid gets in": "web A: 1; later; phone A mute: 1; phone A: 1",
    "a known follower gets in": "follow A: 1; later; follow A mute: 1",
    "a follower without unionid gets in": "follow A none: 1; later; follow A mute: 1; follow A: 1; web A: 1",
    "a new follower has no unionid to be known by": "web A: 1; follow A mute: nobody; follow A: 1",
}
CONNECTING = {
    "a member connects": "member: 1; as 1 web A: 1; web A: 1; phone A: 1",
    "a member connects by following": "member: 1; as 1 follow A: 1; follow A: 1; web A: 1",
    "staff are users too": "staff: 1; as 1 web A: 1; web A: 1; phone A: 1",
    "twice changes nothing": "member: 1; as 1 web A: 1; as 1 web A: 1; as 1 phone A: 1; web A: 1",
    "two apps without unionids": "member: 1; as 1 web A none: 1; as 1 phone A none: 1; web A none: 1; phone A none: 1",
    "their unionid comes later": "member: 1; as 1 web A none: 1; as 1 phone A none: 1; web A: 1; phone A: 1; shop A: 1",
    "two people of one user": "member: 1; as 1 web A: 1; as 1 web B: 1; phone A: 1; phone B: 1",
    "two of one user turn out to be one": "member: 1; as 1 web A: 1; as 1 phone A v: 1; web A v: 1; shop A: 1",
    "somebody else's stays theirs": "web A: 1; member: 2; as 2 web A: 1; web A: 1",
    "somebody else's unionid stays theirs": "web A: 1; member: 2; as 2 phone A: 1; phone A: 1; web A: 1",
    "somebody new connects the other app": "web A none: 1; as 1 phone A: 1; web A: 1; shop A: 1",
    "disconnects and comes again": "member: 1; as 1 web A: 1; disconnect 1 web A; web A: 2",
    "disconnects, connects again": "member: 1; as 1 web A: 1; disconnect 1 web A; as 1 web A: 1; phone A: 1",
    "disconnects one of two": "member: 1; as 1 web A: 1; as 1 web B: 1; disconnect 1 web A; web B: 1; web A: 2",
    "disconnects every way at once": "member: 1; as 1 web A: 1; phone A: 1; disconnect 1 web A; phone A: 2; web A: 2",
}
SEVERAL_PEOPLE = {
    "two people are two": "web A: 1; web B: 2; phone B: 2; phone A: 1; follow B: 2",
    "their unionids differ by case": "web A oX: 1; web B ox: 2; phone A oX: 1; phone B ox: 2; follow B ox: 2",
    "their openids differ by case": "web A none: 1; web a none: 2; web A none: 1; web a none: 2",
    "both differ by case, later": "web A none: 1; web a none: 2; web A: 1; web a: 2; phone a: 2; phone A: 1",
    "an account made by hand is found": "account oldie uA; web A: 1; phone A: 1",
    "an account made by hand grows up": "account oldie wxweb:A-wxweb; web A none: 1; web A: 1; phone A: 1",
}
DUPLICATES = {
    "two apps told the unionid too late": ("web A none: 1; phone A: 2; web A: 1; phone A: 2; shop A: 2", "1=2"),
    "they stay two until the admin says": ("web A none: 1; phone A none: 2; web A: 1; phone A: 2; web A: 1", "2=1"),
    "a follower is asked about once a day": ("follow A none: 1; follow A: 1; web A: 2; later; follow A: 1", "1=2"),
    "a rebound app shows it": ("web A: 1; phone A v: 2; web A v: 1; web A v: 1; shop A v: 2; shop A: 2", "1=2 2=1"),
    "somebody gets another's unionid": ("web A: 1; web B: 2; web A uB: 1; web B: 2; phone B: 2", "1=2"),
    "two exchange theirs": ("web A: 1; web B: 2; web A uB: 1; web B uA: 2; web A: 1; web B: 2", "1=2 2=1"),
    "three": ("web A none: 1; phone A none: 2; shop A: 3; web A: 1; phone A: 2", "1=3 2=3"),
    "a member's second user": ("member: 1; as 1 follow A none: 1; web A: 2; later; follow A: 1", "1=2"),
    "an old account has the unionid": ("web A none: 1; account oldie uA; web A: 1; phone A: 2", "1=2"),
    "dismissed is dismissed": ("web A none: 1; phone A: 2; web A: 1; dismiss; web A: 1; phone A: 2; shop A: 2", ""),
    "the other user leaves": ("web A none: 1; phone A: 2; web A: 1; leaves 2; web A: 1; phone A: 1; shop A: 1", ""),
    "the other user leaves, a third app comes": ("web A none: 1; phone A: 2; web A: 1; leaves 2; shop A: 1", ""),
    "merged by the admin": ("web A none: 1; phone A: 2; web A: 1; merge 2 1; web A: 1; phone A: 1; shop A: 1", ""),
    "merged, the newer kept": ("web A none: 1; phone A: 2; web A: 1; merge 1 2; web A: 2; phone A: 2; shop A: 2", ""),
    "two of three merged": (
        "web A none: 1; phone A none: 2; shop A: 3; web A: 1; phone A: 2; merge 3 1; phone A: 2",
        "2=1",
    ),
    "a program told the unionid too late": ("mini A none: 1; web A: 2; mini A: 1; app A: 2; mini A: 1", "1=2"),
    "a program's two merged": ("mini A none: 1; app A: 2; mini A: 1; merge 2 1; app A: 1; mini A: 1; web A: 1", ""),
    "an app's two merged": ("web A: 1; app A none: 2; app A: 2; merge 2 1; app A: 1; mini A: 1; web A: 1", ""),
    "imported, but known by the unionid": ("phone A: 1; old A uA: 2; import_; web A: 2; phone A: 1", "2=1"),
    "the owner leaves, and the next one comes by a third app": (
        "app A none: 1; follow A: 2; app A: 1; shop A none: 3; shop A: 3; leaves 2; follow A: 1; app A: 1; shop A: 3",
        "3=1",
    ),
    "imported, where the owner of the unionid left": (
        "mini A none: 1; app A: 2; mini A: 1; leaves 2; old A uA: 3; import_; web A: 3; mini A: 1",
        "3=1",
    ),
    "one of three leaves": (
        "web A none: 1; phone A none: 2; shop A: 3; web A: 1; phone A: 2; leaves 3; web A: 1; phone A: 2",
        "2=1",
    ),
}
IMPORTED = {
    "imported, comes back": "old A uA: 1; import_; web A: 1; phone A: 1; shop A: 1",
    "imported without a unionid": "old A none: 1; import_; web A none: 1; web A: 1; phone A: 1",
    "imported twice": "old A uA: 1; old B none: 2; import_; web A: 1; import_; web B: 2; phone A: 1",
    "imported too late": "web A: 1; old A uA: 2; import_; web A: 1; phone A: 1",
}
HISTORIES = {
    **{name: (steps, "") for part in (ONE_PERSON, PROGRAMS, REBINDING, WECHAT_FAILS) for name, steps in part.items()},
    **{name: (steps, "") for part in (CONNECTING, SEVERAL_PEOPLE, IMPORTED) for name, steps in part.items()},
    **DUPLICATES,
}


class History:
    """Plays one line; numbers users in the order in which they are first met."""

    def __init__(self) -> None:
        self.users: list[AbstractBaseUser] = []

    def play(self, step: str) -> None:
        what, _colon, expected = step.partition(":") if step.rpartition(":")[2].strip() in NUMBERS else (step, "", "")
        words = what.split()
        user = self.take(words)
        if expected:
            assert self.number(user) == expected.strip(), step

    def take(self, words: list[str]) -> AbstractBaseUser | None:
        if words[0] in APPID:
            return self.sign_in(*words)
        if words[0] == "as":
            return self.connect(*words[1:])
        user: AbstractBaseUser | None = getattr(self, words[0])(*words[1:])
        return user

    def number(self, user: AbstractBaseUser | None) -> str:
        if user is None or not user.pk:
            return "nobody"
        if user not in self.users:
            self.users.append(user)
        return str(self.users.index(user) + 1)

    def sign_in(self, way: str, person: str, *words: str, connect_to: Any = None) -> AbstractBaseUser | None:
        unionid = next((word for word in words if word != "mute"), f"u{person}")
        told = "" if unionid == "none" else unionid
        return come(way, person, told, mute="mute" in words, connect_to=connect_to)

    def connect(self, number: str, way: str, person: str, *words: str) -> AbstractBaseUser | None:
        self.sign_in(way, person, *words, connect_to=self.user(number))
        return owner_of(way, person)

    def user(self, number: str) -> AbstractBaseUser:
        return self.users[int(number) - 1]

    def member(self) -> AbstractBaseUser:
        """Somebody signs up with a password."""
        user: AbstractBaseUser = UserFactory()
        return user

    def staff(self) -> AbstractBaseUser:
        user: AbstractBaseUser = UserFactory(is_staff=True)
        return user

    def account(self, username: str, uid: str) -> None:
        """The admin makes a user and a WeChat account by hand."""
        AccountFactory(uid=uid, user__username=username)

    def disconnect(self, number: str, way: str, person: str) -> None:
        """A user disconnects the account that this WeChat belongs to."""
        rows = SocialAccount.objects.filter(user=self.user(number), wechat_identities__appid=APPID[way])
        rows.get(wechat_identities__openid=openid_of(person, way)).delete()

    def later(self) -> None:
        """More than PROFILE_MAX_AGE goes by."""
        let_time_pass()

    def leaves(self, number: str) -> None:
        """The user is deleted."""
        get_user_model().objects.filter(pk=self.user(number).pk).delete()

    def forbid(self, number: str) -> None:
        """The admin deactivates the user."""
        get_user_model().objects.filter(pk=self.user(number).pk).update(is_active=False)

    def merge(self, gone: str, kept: str) -> None:
        """The admin says that two users are one person, and whom to keep."""
        users = (self.user(gone), self.user(kept))
        merging.merge(
            WeChatDuplicate.objects.get(identity__account__user__in=users, account__user__in=users), keep=users[1]
        )

    def old(self, person: str, unionid: str) -> AbstractBaseUser:
        """Somebody signed in through allauth's provider "weixin" when the site used that."""
        data = {} if unionid == "none" else {"unionid": unionid}
        account = AccountFactory(provider="weixin", uid=openid_of(person, "web"), extra_data=data)
        user: AbstractBaseUser = account.user
        return user

    def import_(self) -> None:
        """The admin takes those accounts over."""
        import_old_accounts()

    def dismiss(self) -> None:
        """The admin says of all duplicates that they are two people."""
        WeChatDuplicate.objects.all().delete()

    def unfollow(self, person: str) -> None:
        """The person leaves the official account."""
        push(person, "unsubscribe")

    def refollow(self, person: str) -> None:
        """The person follows the official account, without signing in."""
        push(person, "subscribe")

    def duplicates(self) -> set[str]:
        rows = WeChatDuplicate.objects.select_related("identity__account__user", "account__user")
        return {f"{self.number(row.identity.account.user)}={self.number(row.account.user)}" for row in rows}


NUMBERS = {*map(str, range(1, 10)), "nobody"}


@pytest.mark.django_db
@pytest.mark.parametrize("name", HISTORIES)
def test_history(name: str) -> None:
    BothProviderFactory()
    steps, duplicates = HISTORIES[name]
    history = History()
    for step in steps.split(";"):
        history.play(step.strip())
        assert_sound(dismissed="dismiss" in steps)
    assert history.duplicates() == set(duplicates.split())


def test_there_are_many() -> None:
    assert len(HISTORIES) >= 40
