"""What happened before anybody looked? A week of sign-ins, four people with pictures, one of them twice.

Made up, but with nothing in it that could not happen: an admin who opens the pages for the first time sees what they
are for.
"""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.utils import timezone
from django.utils.crypto import get_random_string

from django_wechat.demo import providers
from django_wechat.models import (
    Method,
    Outcome,
    QRSession,
    SignInAttempt,
    SigninMethod,
    Status,
    WeChatAvatar,
    WeChatDuplicate,
    WeChatIdentity,
    WeChatProvider,
)
from django_wechat.setup import signin_methods
from django_wechat.simulator import seeds

FACES = Path(__file__).parent / "static" / "wechat_demo" / "faces"
DAYS = 7
# How many sign-ins an hour of the day has, from midnight on: people sleep, and sign in at lunch and in the evening.
BY_HOUR = (2, 1, 1, 1, 1, 1, 1, 2, 4, 6, 6, 5, 7, 5, 4, 5, 5, 4, 4, 6, 8, 7, 4, 2)


class Ending(NamedTuple):
    """How a sign-in ended, and how often it ends so; `seconds` is what it took, from the least to the most."""

    weight: int
    outcome: Outcome
    problem: str = ""
    errcode: int | None = None
    seconds: tuple[float, float] = (0.08, 0.6)


ENDINGS = (
    Ending(170, Outcome.SIGNED_IN),
    Ending(12, Outcome.CONNECTED),
    Ending(4, Outcome.REAUTHENTICATED),
    Ending(8, Outcome.CANCELLED, "refused_on_phone"),
    Ending(10, Outcome.EXPIRED, "qr_over"),
    Ending(4, Outcome.REFUSED, "code_rejected", 40163),
    Ending(2, Outcome.FAILED, "more_asked"),
)
NO_ANSWER = Ending(0, Outcome.UNREACHABLE, "unavailable", None, (5.0, 6.2))
WRONG_SECRET = Ending(0, Outcome.MISCONFIGURED, "misconfigured", 40125)
EVENTS = {9: NO_ANSWER} | dict.fromkeys(range(DAYS * 24 - 3, DAYS * 24), WRONG_SECRET)
"""Hours ago, and what went wrong then: the AppSecret on the first day, WeChat's server in one hour of the last."""
WITH_REFERENCE = {Outcome.REFUSED, Outcome.UNREACHABLE, Outcome.MISCONFIGURED}
JOURNEYS = ((providers.WEB, "web_qr", 6), (providers.WEB, "in_wechat", 3), (providers.ACCOUNT, "follow", 2))

PEOPLE = (("linxia", "林夏", 90), ("zhoumin", "周敏 🍵", 41), ("wuhao", "吴昊", 12), ("chenyu", "陈宇", 5))
"""Username, nickname, and days since the first sign-in. The last one came twice, in two ways."""


def fill() -> None:
    """Fill the lists of the admin; a database with people or a log in it stays as it is."""
    if WeChatIdentity.objects.exists() or SignInAttempt.objects.exists():
        return
    now = timezone.now()
    SignInAttempt.objects.bulk_create(_week(now, random.Random(7)))  # noqa: S311 - the same week each time
    usable = signin_methods.available(wechat=True)
    for order, method in enumerate(method for method in Method if method in usable):
        SigninMethod.objects.get_or_create(method=method, defaults={"order": order})
    for name, nickname, days in PEOPLE:
        account = _person(name, nickname, now - timedelta(days=days))
    _the_same_again(account, now - timedelta(days=2))
    _used_code(account, now)


# --- the log ---


def _week(now: datetime, dice: random.Random) -> Iterator[SignInAttempt]:
    for hours_ago in range(DAYS * 24):
        hour, event = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=hours_ago), EVENTS.get(hours_ago)
        usual = max(BY_HOUR[timezone.localtime(hour).hour], 6 if event else 0)
        for number in range(dice.randint(max(1, usual // 2), usual + usual // 2)):
            moment = hour + timedelta(seconds=dice.randrange(3600))
            ending = event if event and number else dice.choices(ENDINGS, [ending.weight for ending in ENDINGS])[0]
            if moment < now:
                yield _attempt(moment, ending, dice)


def _attempt(moment: datetime, ending: Ending, dice: random.Random) -> SignInAttempt:
    provider, journey, _ = dice.choices(JOURNEYS, [weight for _, _, weight in JOURNEYS])[0]
    if ending.problem == "refused_on_phone":
        provider, journey = providers.ACCOUNT, "follow"
    return SignInAttempt(
        created_at=moment,
        provider_name=provider,
        journey=journey,
        outcome=ending.outcome,
        problem=ending.problem,
        errcode=ending.errcode,
        duration_ms=round(dice.uniform(*ending.seconds) * 1000),
        reference=f"{dice.randrange(16**8):08x}" if ending.outcome in WITH_REFERENCE else "",
    )


# --- the people ---


def _person(name: str, nickname: str, since: datetime) -> SocialAccount:
    """Somebody who came by the QR code of the website app."""
    unionid = _id(name, "union")
    return _account(name, nickname, since, uid=unionid, appid=seeds.WEBSITE_APP_APPID, unionid=unionid)


def _the_same_again(first: SocialAccount, since: datetime) -> None:
    """The same person by the official account, before it was bound to the Open Platform; now WeChat says it is one."""
    appid, name = seeds.OFFICIAL_ACCOUNT_APPID, first.user.get_username()
    uid = f"{appid}:{_id(name, appid)}"
    second = _account(f"{name}2", first.extra_data["nickname"], since, uid=uid, appid=appid, face=name)
    identity = second.wechat_identities.get()
    identity.unionid = first.uid
    identity.save(update_fields=["unionid"])
    WeChatDuplicate.objects.create(identity=identity, account=first, unionid=first.uid)


def _account(
    name: str, nickname: str, since: datetime, *, uid: str, appid: str, unionid: str = "", face: str = ""
) -> SocialAccount:
    user = get_user_model()(username=name, date_joined=since)
    user.set_unusable_password()
    user.save()
    person = face or name
    told: dict[str, Any] = {"appid": appid, "openid": _id(person, appid), "unionid": unionid, "nickname": nickname}
    told |= {"avatar_url": "", "profile_fetched_at": since.isoformat()}
    # The identity comes with the account, as in a sign-in.
    account = SocialAccount.objects.create(user=user, provider="wechat", uid=uid, extra_data=told)
    account.wechat_identities.update(first_seen_at=since)
    _picture(account, FACES / f"{person}.png")
    return account


def _picture(account: SocialAccount, file: Path) -> None:
    """Keep a copy of the picture, as a sign-in does where AVATAR_STORAGE is set; then it needs no fetching."""
    url = f"https://demo.invalid/{file.stem}/132"
    copy = WeChatAvatar(account=account, source_url=url)
    copy.image.save(f"{get_random_string(32)}{file.suffix}", ContentFile(file.read_bytes()), save=True)
    told = account.extra_data | {"avatar_url": url}
    SocialAccount.objects.filter(pk=account.pk).update(extra_data=told)


def _used_code(account: SocialAccount, now: datetime) -> None:
    QRSession.objects.create(
        public_id="demo",
        scene="demo",
        browser_hash="demo",
        confirm_hash="demo",
        status=Status.USED,
        appid=seeds.OFFICIAL_ACCOUNT_APPID,
        openid=account.extra_data["openid"],
        provider=WeChatProvider.objects.get(name=providers.ACCOUNT),
        expires_at=now + timedelta(minutes=5),
    )


def _id(name: str, scope: str) -> str:
    """Return an id that looks like one of WeChat's and ends in whose it is."""
    return f"o{scope[-6:]}_".ljust(28 - len(name), "0") + name
