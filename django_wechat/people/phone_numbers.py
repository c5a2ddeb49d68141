"""Whose is a phone number that WeChat told? allauth keeps numbers only through the site's account adapter."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from django_wechat.models.transactions import all_or_nothing


class NumberTaken(Exception):
    """Another user of the site has the number."""


class NumberRefused(Exception):
    """The site's adapter does not take the number; the message is its own words, for the person."""


def keep(user: Any, number: str) -> str:
    """Give `user` the `number` ("+8613…"), as verified; return it as the site's adapter wrote it.

    Raises `NumberTaken`, `NumberRefused`, and whatever else the adapter raises. Nothing is saved then.
    """
    adapter = get_adapter()
    try:
        number = str(adapter.clean_phone(number))
    except ValidationError as error:
        raise NumberRefused(" ".join(error.messages)) from None
    try:
        with all_or_nothing():
            _refuse_if_taken(adapter, user, number)
            adapter.set_phone(user, number, True)
    except IntegrityError:
        # Two people at the same moment. The database's words hold the number.
        raise NumberTaken from None
    return number


def _refuse_if_taken(adapter: Any, user: Any, number: str) -> None:
    owner = adapter.get_user_by_phone(number)
    if owner is not None and owner.pk != user.pk:
        raise NumberTaken
