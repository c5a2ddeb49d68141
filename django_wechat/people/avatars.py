"""Where is a person's avatar, and how does the site come by a copy of its own?

WeChat's address of a picture dies when the person takes another one (reference section 3.5). With AVATAR_STORAGE set, a
sign-in copies the picture behind an address that is new; what fails then is repaired by `copy_wechat_avatars`.
"""

import hashlib
import logging
import re
from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import islice

from allauth.socialaccount.models import SocialAccount
from django.core.cache import caches
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.utils.crypto import get_random_string

from django_wechat import conf
from django_wechat.exceptions import AvatarRefused
from django_wechat.models import TypedProfile, WeChatAvatar
from django_wechat.models.avatars import FOLDER
from django_wechat.models.transactions import afterwards, all_or_nothing
from django_wechat.people import uids
from django_wechat.protocol import avatars as pictures
from django_wechat.protocol.oauth import https_avatar_url

logger = logging.getLogger("django_wechat.avatars")

SIZES = (0, 46, 64, 96, 132)
"""Edges in pixels that WeChat has of each picture (reference section 3.5); 0 stands for 640."""

TRY_AGAIN_AFTER = 86_400
"""Seconds in which sign-ins try one address once: a picture server that is down slows nobody down twice."""

_SIZED = re.compile(r"(https://[^/?#]+(?:/[^/?#]*)*/)(?:0|46|64|96|132)(?=$|[?#])")


def avatar_url(account: SocialAccount, size: int = 132) -> str:
    """Return the address of the person's avatar, "" if there is none.

    What the person uploaded in a mini program, or the site's own copy, in its one size; else WeChat's https address
    with the edge in pixels that `size` names: 0 (which is 640), 46, 64, 96 or 132. Raises `ValueError` for another
    size. With AVATAR_STORAGE set it takes two queries, unless `account` was read with
    `select_related("wechat_typed", "wechat_avatar")`.
    """
    if size not in SIZES:
        raise ValueError(f"WeChat has no avatars of size {size}; choose from {', '.join(map(str, SIZES))}.")
    if name := _kept_by_the_site(account):
        return str(_storage().url(name))
    return _SIZED.sub(rf"\g<1>{size}", source_url(account), count=1)


def source_url(account: SocialAccount) -> str:
    """Return WeChat's address of the avatar as the last sign-in read it; "" if there is none or it is no https."""
    url = account.extra_data.get("avatar_url")
    return https_avatar_url(url) if isinstance(url, str) else ""


def copy_new(account: SocialAccount) -> None:
    """Copy the avatar once the transaction is committed, if its address is new; drop the copy of one that is gone.

    Never fails, and takes no longer than `protocol.avatars.SECONDS` and what the storage needs. Does nothing, and
    queries nothing, without AVATAR_STORAGE.
    """
    if not conf.get("AVATAR_STORAGE"):
        return
    url = source_url(account)
    if not url:
        forget(account)
    elif not WeChatAvatar.objects.filter(account=account, source_url=url).exists():
        afterwards(partial(_try_once, account.pk, url))


def copy_missing(limit: int | None = None) -> Counter[str]:
    """Copy up to `limit` avatars that are missing or outdated; return how many were "copied" and how many "failed".

    Whoever signed in last comes first: the older an address, the likelier it is dead.
    """
    lacking = list(islice(_lacking(), limit))  # read first: an open cursor would lock SQLite while pictures come
    return Counter("copied" if _tried(pk, url) else "failed" for pk, url in lacking)


def forget(account: SocialAccount) -> None:
    """Delete the site's own copy of the avatar, if there is one: the row now, the file after the commit."""
    WeChatAvatar.objects.filter(account=account).delete()


def delete_file(name: str) -> None:
    """Delete a copied picture once the transaction is committed; a storage that cannot is logged, not an error."""
    afterwards(partial(_delete_now, name))


def _lacking() -> Iterator[tuple[int, str]]:
    """Yield each account whose avatar is to be copied: its key, and WeChat's address."""
    accounts = SocialAccount.objects.filter(provider=uids.PROVIDER_ID).select_related("wechat_avatar")
    for account in accounts.order_by("-last_login", "-pk").iterator(chunk_size=500):
        url, copied = source_url(account), getattr(account, "wechat_avatar", None)
        if url and (copied is None or copied.source_url != url):
            yield account.pk, url


def _kept_by_the_site(account: SocialAccount) -> str:
    """The name of the person's file: of what was uploaded, else of the copy of WeChat's; "" if there is none."""
    if not conf.get("AVATAR_STORAGE"):
        return ""
    typed: TypedProfile | None = getattr(account, "wechat_typed", None)
    if typed is not None and typed.avatar.name:
        return str(typed.avatar.name)
    copy: WeChatAvatar | None = getattr(account, "wechat_avatar", None)
    return str(copy.image.name) if copy is not None else ""


def _storage() -> Storage:
    return storages[conf.get("AVATAR_STORAGE") or "default"]


def _try_once(account_pk: int, url: str) -> None:
    """The cache also keeps two sign-ins at the same moment from fetching the same picture."""
    try:
        key = f"django_wechat:avatar:{account_pk}:{hashlib.sha256(url.encode()).hexdigest()}"
        is_first = caches[conf.get("CACHE_ALIAS")].add(key, 1, TRY_AGAIN_AFTER)
    except Exception:
        logger.exception("The cache did not say whether the avatar of account %s was tried before", account_pk)
    else:
        if is_first:
            _tried(account_pk, url)


def _tried(account_pk: int, url: str) -> bool:
    """Copy; log what stands in the way, and return whether it worked. A storage may raise anything."""
    try:
        _copy(account_pk, url)
    except AvatarRefused as refused:
        logger.warning("The avatar of account %s was not copied: %s", account_pk, refused)
    except Exception:
        logger.exception("The avatar of account %s was not copied: the storage or the database failed", account_pk)
    else:
        return True
    return False


def _copy(account_pk: int, url: str) -> None:
    picture = pictures.fetch(url, conf.get("AVATAR_HOSTS"))
    name = _storage().save(
        f"{FOLDER}{get_random_string(32)}.{picture.extension}", ContentFile(picture.content), max_length=100
    )
    kept = False
    try:
        kept = _note(account_pk, url, name)
    finally:
        if not kept:
            _delete_now(name)


def _note(account_pk: int, url: str, name: str) -> bool:
    """Make `name` the account's copy; False if another sign-in was faster, or the picture or the person is gone.

    The account's row is locked, so that two who copy at once note one after the other.
    """
    with all_or_nothing():
        current = SocialAccount.objects.select_for_update().filter(pk=account_pk).first()
        if current is None or source_url(current) != url:
            return False
        copy = WeChatAvatar.objects.filter(account=current).first() or WeChatAvatar(account=current)
        if copy.source_url == url:
            return False
        if copy.image.name:
            delete_file(copy.image.name)
        copy.source_url, copy.image.name = url, name
        copy.save()
    return True


def _delete_now(name: str) -> None:
    try:
        _storage().delete(name)
    except Exception:
        logger.exception("The file %s of an avatar that is gone was not deleted", name)
