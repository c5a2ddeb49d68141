"""What is somebody called, what of that did a sign-up fill in, and how is just that repaired and taken back?

What a sign-up filled in is kept beside the identity (`WeChatIdentity.filled`), by user and field. Repair and erasure go
by it alone: a name that was there before, or was changed since, is the person's own.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.db.models import CharField, EmailField, Model, TextField
from django.utils import translation
from django.utils.translation import gettext, gettext_noop

from django_wechat.models import WeChatIdentity
from django_wechat.models.columns import character_sets
from django_wechat.people.uids import PROVIDER_ID
from django_wechat.protocol.oauth import Profile, clean_nickname

FOLLOWER_NAME = gettext_noop("WeChat user")
"""What a follower is called until the person signs in another way and WeChat tells the nickname."""

_FILLED_IN = ("first_name", "name")
"""Fields that a sign-up fills in where the user model has them; the site's adapter may fill in others."""
_IS_NEW = "_wechat_is_new"
_NICKNAME = "_wechat_nickname"


def name_for(profile: Profile) -> str:
    """Return what to call a new person: the nickname, or a friendly name for a follower, of whom WeChat tells none."""
    return profile.nickname if profile.nickname or profile.fetched_at else gettext(FOLLOWER_NAME)


def nickname_of(account: SocialAccount) -> str:
    """Return what WeChat says the person is called, on one printable line; "" if it told nothing."""
    nickname = account.extra_data.get("nickname")
    return clean_nickname(nickname) if isinstance(nickname, str) else ""


def shown_name(account: SocialAccount) -> str:
    """Return what the person typed in a mini program, else what WeChat says; a query, unless `wechat_typed` is read."""
    typed = getattr(account, "wechat_typed", None)
    return (typed.nickname if typed else "") or nickname_of(account)


def display_name(user: Any) -> str:
    """Return what to call `user` on a page: the name that the user model keeps, the one of WeChat, the username.

    Two queries, and only for somebody whom the user model has no name for, once for each object; none where the users
    were read with `prefetch_related("socialaccount_set__wechat_typed")`. Of WeChat is what was typed in a mini program.
    """
    return _name_kept(user) or _nickname_asked(user) or str(user.get_username() or "") or str(user)


def fill_in(user: Any, name: str) -> None:
    """Put `name` into the name fields of a `user` who is not saved yet, where they are empty."""
    for field in _name_fields(user._meta.model):
        if field.name in _FILLED_IN and not getattr(user, field.name):
            setattr(user, field.name, name[: field.max_length])


def note_new(user: Any) -> None:
    """Note that `user` was made just now: an account that is saved with it is a sign-up's."""
    setattr(user, _IS_NEW, True)


def filled_at_sign_up(account: SocialAccount) -> dict[str, dict[str, str]]:
    """Return what to keep of a new account: what its sign-up filled in; nothing for a user who was there before."""
    if not getattr(account.user, _IS_NEW, False):
        return {}
    return filled_with(account.user, (account.extra_data.get("nickname", ""), *_friendly_names()))


def filled_with(user: Any, names: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return the name fields of `user` that hold one of `names`, in the form in which it is kept."""
    values = {field.name: getattr(user, field.name) for field in _name_fields(user._meta.model)}
    return _noted(user.pk, values, names)


def filled_elsewhere(nicknames: dict[Any, str]) -> dict[Any, dict[str, dict[str, str]]]:
    """Return what another package filled in, for each user (primary key) with a nickname; one query for all."""
    fields = [field.name for field in _name_fields(get_user_model())]
    users = get_user_model()._base_manager.filter(pk__in=nicknames).values("pk", *fields)
    return {values["pk"]: _noted(values["pk"], values, (nicknames[values["pk"]],)) for values in users}


def repair(account: SocialAccount) -> None:
    """Put the real name in place of the friendly one that a sign-up filled in."""
    user, nickname = account.user, account.extra_data.get("nickname")
    key = str(user.pk)
    # Asked of what is in memory: for nearly everybody who comes back the answer is no, and costs no query.
    friendly = filled_with(user, _friendly_names()).get(key, {}) if nickname else {}
    for identity in account.wechat_identities.all() if friendly else ():
        fields = identity.filled.get(key, {})
        ours = friendly.keys() & {name for name, value in fields.items() if friendly.get(name) == value}
        _put_in_place(identity, user, ours, str(nickname))


def rename(account: SocialAccount, name: str) -> None:
    """Put the name that the person typed in place of what a sign-up filled in and nobody changed since."""
    user = account.user
    for identity in account.wechat_identities.all():
        _put_in_place(identity, user, _still_there(user, identity.filled.get(str(user.pk), {})), name)


def take_back(account: SocialAccount) -> None:
    """Empty what a sign-up of the person filled in and nobody changed since, and forget that it was filled in."""
    for identity in account.wechat_identities.all():
        for key, fields in identity.filled.items():
            if user := _user_with(account, key):
                _write(user, dict.fromkeys(_still_there(user, fields), ""))
        if identity.filled:
            identity.filled = {}
            identity.save(update_fields=["filled"])


def hand_on(leaving: WeChatIdentity, staying: WeChatIdentity) -> None:
    """Keep beside `staying` what a sign-up filled in, when the identity goes that it was kept beside."""
    leaving.refresh_from_db(fields=["filled"])
    if not leaving.filled:
        return
    for key, fields in leaving.filled.items():
        staying.filled[key] = fields | staying.filled.get(key, {})
    staying.save(update_fields=["filled"])


def left_standing(account: SocialAccount) -> list[str]:
    """Return the fields of the person's user that look like the nickname and that `take_back` would leave alone."""
    user = account.user
    kept = [identity.filled.get(str(user.pk), {}) for identity in account.wechat_identities.all()]
    goes = {name for fields in kept for name in _still_there(user, fields)}
    called = {
        _bare(name)
        for name in (
            nickname_of(account),
            shown_name(account),
            *(value for fields in kept for value in fields.values()),
        )
    }
    friendly = {_bare(name) for name in _friendly_names()}
    names = {name for name in called - friendly if name}
    return [
        str(field.verbose_name)
        for field in _texts(user._meta.model)
        if field.name not in goes and any(_speaks_of(name, getattr(user, field.name)) for name in names)
    ]


def _name_kept(user: Any) -> str:
    """Return the name that the user model keeps: its `name`, else what it makes of first and last name."""
    fields = {field.name for field in user._meta.concrete_fields}
    name = getattr(user, "name", "") if "name" in fields else ""
    if isinstance(name, str) and name.strip():
        return name.strip()
    method = getattr(type(user), "get_full_name", AbstractUser.get_full_name)
    if method is not AbstractUser.get_full_name:
        return str(user.get_full_name() or "").strip()
    # Django's own makes “None None” where a user model took the two fields away.
    parts = (getattr(user, part) for part in ("first_name", "last_name") if part in fields)
    return " ".join(filter(None, parts)).strip()


def _nickname_asked(user: Any) -> str:
    if not hasattr(user, _NICKNAME):
        accounts = [account for account in user.socialaccount_set.all() if account.provider == PROVIDER_ID]
        accounts.sort(key=lambda account: account.last_login, reverse=True)
        setattr(user, _NICKNAME, next(filter(None, map(shown_name, accounts)), ""))
    return str(getattr(user, _NICKNAME))


@cache
def _texts(model: type[Model]) -> tuple[Any, ...]:
    """Return the fields of a user model that hold text of whatever kind, but for passwords and email addresses."""
    fields = [field for field in model._meta.concrete_fields if isinstance(field, (CharField, TextField))]
    return tuple(field for field in fields if not isinstance(field, EmailField) and field.name != "password")


@cache
def _name_fields(model: type[Model]) -> tuple[Any, ...]:
    """Return the fields that may hold a name which others have, too."""
    return tuple(field for field in _texts(model) if not field.unique and not field.choices)


def _noted(key: Any, values: dict[str, Any], names: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return those of a user's `values` that are one of `names`, as the note beside an identity holds them."""
    known = list(names)
    fields = {
        field.name: values[field.name]
        for field in _name_fields(get_user_model())
        if values[field.name] and values[field.name] in _as_kept(field, known)
    }
    return {str(key): fields} if fields else {}


def _as_kept(field: Any, names: Iterable[str]) -> set[str]:
    """Return `names` as a field keeps them: cut to what fits, and without what its column cannot hold."""
    # allauth cuts first, and what is filled in later was cut last.
    parts = {part for name in names for part in (name, name[: field.max_length])}
    return {character_sets.as_kept(field.model, field.name, part)[: field.max_length] for part in parts}


def _still_there(user: Any, fields: dict[str, str]) -> set[str]:
    return {name for name, value in fields.items() if value and getattr(user, name, None) == value}


def _write(user: Any, values: dict[str, str]) -> None:
    """Save `values` in `user`, each cut to its field."""
    for name, value in values.items():
        kept = character_sets.as_kept(type(user), name, value)
        setattr(user, name, kept[: user._meta.get_field(name).max_length])
    if values:
        user.save(update_fields=list(values))


def _put_in_place(identity: WeChatIdentity, user: Any, fields: Iterable[str], name: str) -> None:
    """Fill in another name, and note it beside the identity, as the sign-up did with the first."""
    if fields:
        _write(user, dict.fromkeys(fields, name))
        identity.filled[str(user.pk)].update((field, getattr(user, field)) for field in fields)
        identity.save(update_fields=["filled"])


def _user_with(account: SocialAccount, key: str) -> Any:
    """Return the user whose primary key is `key`: the account's own, or one that was merged into it; None if gone."""
    if str(account.user.pk) == key:
        return account.user
    return get_user_model()._base_manager.filter(pk=key).first()


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _speaks_of(name: str, value: Any) -> bool:
    """Whether a value is a name, holds it, or is a part of it, of two signs at least; usernames are made so."""
    bare = _bare(value) if isinstance(value, str) else ""
    return name == bare or (len(name) > 1 and name in bare) or (len(bare) > 1 and bare in name)


@cache
def _friendly_names() -> frozenset[str]:
    names = set()
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            names.add(gettext(FOLLOWER_NAME))
    return frozenset(names)
