"""How does what a person typed get to their account, and how does it stay theirs? No sign-in writes here."""

from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.core.files.base import ContentFile
from django.db.models import F
from django.utils.crypto import get_random_string

from django_wechat.models import TypedProfile
from django_wechat.models.avatars import FOLDER, avatar_storage
from django_wechat.models.columns import character_sets
from django_wechat.models.transactions import all_or_nothing
from django_wechat.people import avatars, names, uids
from django_wechat.people.typed.pictures import EXTENSION


def account_of(user: Any) -> SocialAccount | None:
    """Return the WeChat account of `user` that signed in last; None for somebody who has none."""
    own = SocialAccount.objects.filter(provider=uids.PROVIDER_ID, user=user.pk)
    return own.order_by("-last_login", "-pk").first()


def keep_file(picture: bytes) -> str:
    """Store a picture that was drawn anew, and return its name; raises what the storage raises."""
    name = f"{FOLDER}{get_random_string(32)}.{EXTENSION}"
    return avatar_storage().save(name, ContentFile(picture), max_length=100)


def change(account: SocialAccount, *, nickname: str = "", file: str = "") -> SocialAccount | None:
    """Take in what the person of `account` typed: a `nickname`, the name of a stored `file`; "" leaves what there is.

    Returns the account as it is then. None, and the file is deleted, if it was erased meanwhile, or became another
    user's.
    """
    kept = False
    try:
        kept = _note(account, nickname, file)
    finally:
        if file and not kept:
            avatars.delete_file(file)
    now = SocialAccount.objects.select_related("wechat_typed", "wechat_avatar").filter(pk=account.pk)
    return now.first() if kept else None


def _note(account: SocialAccount, nickname: str, file: str) -> bool:
    with all_or_nothing():
        # Writes first: it waits for an erasure or a merge, and SQLite makes no writer of who has only read.
        held = SocialAccount.objects.filter(pk=account.pk, user=account.user_id)
        if held.update(user=F("user")) != 1:
            return False
        typed = TypedProfile.objects.filter(account=account).first() or TypedProfile(account=account)
        if nickname:
            typed.nickname = character_sets.as_kept(TypedProfile, "nickname", nickname)
            names.rename(account, nickname)
        if file:
            if typed.avatar.name:
                avatars.delete_file(typed.avatar.name)
            typed.avatar.name = file
        typed.save()
    return True
