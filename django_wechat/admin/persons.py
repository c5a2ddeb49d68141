"""By what does an admin know somebody again? Nickname and picture, before any username that was made up."""

from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from django_wechat import conf
from django_wechat.people import avatars, names

STYLES = "django_wechat/admin/people.css"
_PICTURE = (
    '<img class="wechat-face" src="{}" width="28" height="28" alt="" loading="lazy" referrerpolicy="no-referrer"> '
)
_SMALL = 46


def shown(account: SocialAccount, *after: Any) -> SafeString:
    """Return picture and name of an account, as far as WeChat or the person told them, and what comes `after` them."""
    url, nickname = avatars.avatar_url(account, _SMALL), names.shown_name(account)
    picture = format_html(_PICTURE, url) if url else mark_safe('<span class="wechat-face"></span> ')
    words = (nickname, *after) if nickname else (after or ("-",))
    return format_html('<span class="wechat-person">{}{}</span>', picture, _joined(words))


def search_fields(path: str) -> list[str]:
    """Return how to search by nickname among the accounts at `path`."""
    return [f"{path}__extra_data__nickname__icontains", f"{path}__wechat_typed__nickname__icontains"]


def pictures(path: str) -> list[str]:
    """Return what to read along with a list, so that names and pictures at `path` cost no query each."""
    copies = [f"{path}__wechat_avatar"] if conf.get("AVATAR_STORAGE") else []
    return [f"{path}__wechat_typed", *copies]


def _joined(words: tuple[Any, ...]) -> SafeString:
    first, *rest = words
    return format_html("{} {}", first, _joined(tuple(rest))) if rest else format_html("{}", first)
