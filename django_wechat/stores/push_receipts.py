"""Did this push come before? WeChat delivers each up to three times, to any process (reference section 5.5)."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

from django.db import IntegrityError
from django.utils import timezone

from django_wechat.exceptions import PushRejected
from django_wechat.models import PushReceipt
from django_wechat.models.rows import clean_up, delete_some
from django_wechat.models.transactions import all_or_nothing
from django_wechat.protocol.push import MAX_AGE, SIGNED_WITH, PushEvent

KEPT_FOR = timedelta(seconds=2 * MAX_AGE + 60)
"""How long a receipt is kept: a push is refused as stale before its receipt is gone."""

CLEAN_UP_EVERY = 100
CLEAN_UP_AT_MOST = 1000


@contextmanager
def first_delivery(appid: str, event: PushEvent) -> Iterator[bool]:
    """Give True to exactly one of all deliveries of `event`, and False to the others.

    If the one fails, WeChat's next delivery is the first again: no event is lost.
    """
    receipt, is_first = _store(f"{appid}:{event.identity}", b"")
    try:
        yield is_first
    except BaseException:
        if is_first:
            receipt.delete()
        raise
    if receipt.pk % CLEAN_UP_EVERY == 0:
        clean_up(clear_old)


def burn(receiver: str, query: Mapping[str, str], content: bytes) -> None:
    """Raise `PushRejected` if a signed query comes back for anything else: in plain mode it covers no body.

    The signature is what is used up, whoever receives it: it is the same however the digits are divided between
    timestamp and nonce, and at every account with the same Token. `receiver` says whose address was called; `content`
    is the body, or the answer that the console asks for.
    """
    signature, timestamp, nonce = (query[name] for name in SIGNED_WITH)
    use = json.dumps([receiver, timestamp, nonce]).encode() + content
    receipt, is_first = _store(f"query:{signature}", use)
    if not is_first and receipt.body_hash != _hash(use):
        raise PushRejected("its signature was used before, for something else")


def clear_old() -> int:
    """Delete receipts that nothing can ask for any more, a number at a time; return how many."""
    old = PushReceipt.objects.filter(received_at__lt=timezone.now() - KEPT_FOR)
    return delete_some(old, at_most=CLEAN_UP_AT_MOST)


def _store(key: str, body: bytes) -> tuple[PushReceipt, bool]:
    """Return the receipt under `key`, and whether it is new."""
    key_hash = _hash(key.encode())
    try:
        with all_or_nothing():
            return PushReceipt.objects.create(key_hash=key_hash, body_hash=_hash(body)), True
    except IntegrityError:
        return PushReceipt.objects.get(key_hash=key_hash), False


def _hash(value: bytes) -> str:
    return hashlib.sha256(value).hexdigest()
