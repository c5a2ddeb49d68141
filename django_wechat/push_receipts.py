"""Did this push come before? WeChat delivers each up to three times, to any process (reference section 5.5)."""

import hashlib
from collections.abc import Mapping
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from django_wechat.exceptions import PushRejected
from django_wechat.models import PushReceipt
from django_wechat.protocol.push import MAX_AGE, PushEvent

KEPT_FOR = timedelta(seconds=2 * MAX_AGE + 60)
"""How long a receipt is kept: a push is refused as stale before its receipt is gone."""

CLEAN_UP_EVERY = 100


def is_first(appid: str, event: PushEvent) -> bool:
    """Return True to exactly one of all deliveries of `event`."""
    return _store(f"{appid}:{event.identity}", b"") is None


def require_same_body(appid: str, query: Mapping[str, str], body: bytes) -> None:
    """Raise `PushRejected` if a signed query comes back with another body: in plain mode it does not cover the body."""
    earlier = _store(f"{appid}:query:{query['timestamp']}:{query['nonce']}:{query['signature']}", body)
    if earlier is not None and earlier.body_hash != _hash(body):
        raise PushRejected("its signature was used before, for another body")


def clear_old() -> int:
    """Delete receipts that nothing can ask for any more; return how many."""
    deleted, _per_model = PushReceipt.objects.filter(received_at__lt=timezone.now() - KEPT_FOR).delete()
    return deleted


def _store(key: str, body: bytes) -> PushReceipt | None:
    """Return None to the one who stored the key, else what was stored before."""
    key_hash = _hash(key.encode())
    try:
        with transaction.atomic():
            receipt = PushReceipt.objects.create(key_hash=key_hash, body_hash=_hash(body))
    except IntegrityError:
        return PushReceipt.objects.get(key_hash=key_hash)
    if receipt.pk % CLEAN_UP_EVERY == 0:
        clear_old()
    return None


def _hash(value: bytes) -> str:
    return hashlib.sha256(value).hexdigest()
