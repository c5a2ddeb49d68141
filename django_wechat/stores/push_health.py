"""Do WeChat's pushes arrive? Keeps, for each provider, the last good one and why the others were refused.

Written while WeChat waits for its answer, so it is little and never in the way: a good push is noted once a minute, a
refused one once a second, and a database that does not take it costs nothing but a line in the log. Where pushes come
by the hundred, a process looks once a second whether there is anything to note.
"""

import logging
import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from time import monotonic
from typing import Any
from urllib.parse import quote

from django.core.cache import caches
from django.db import DatabaseError
from django.db.models import F
from django.utils import timezone

from django_wechat import conf
from django_wechat.models import ProviderHealth, WeChatProvider, health_of
from django_wechat.models.transactions import all_or_nothing
from django_wechat.protocol import crypto
from django_wechat.protocol.push import SIGNED_WITH, OfficialAccount, is_fresh

logger = logging.getLogger("django_wechat.push")

GOOD_EVERY = timedelta(minutes=1)
ONE_SECOND = timedelta(seconds=1)

KEPT_FOR = timedelta(days=30)
"""How long the path is kept that WeChat called in place of ours."""

MAX_PATH = 200

_looked_at: dict[str, float] = {}


class Reason(StrEnum):
    """Why a push was refused, as `ProviderHealth.push_failure` names it."""

    TOKEN = "token"
    CLOCK = "clock"
    PLAIN = "plain"
    SAFE = "safe"
    AES_KEY = "aes_key"
    OTHER = "other"
    ELSEWHERE = "elsewhere"


def is_due(name: str) -> bool:
    """Return whether `note_push` will look at the health of the provider called `name`: read it along."""
    return monotonic() - _looked_at.get(name, -math.inf) >= ONE_SECOND.total_seconds()


def note_push(provider: WeChatProvider) -> None:
    """Remember that a genuine push came; whatever was refused before is history."""
    if not is_due(provider.name):
        return
    _looked_at[provider.name] = monotonic()
    health = health_of(provider)
    if health is None or health.push_failure or _is_older(health.last_push_at, GOOD_EVERY):
        _write(provider, last_push_at=timezone.now(), push_failures=0, push_failure="")


def note_verified(provider: WeChatProvider) -> None:
    """Remember that WeChat's console asked for the address and took the answer: it was saved there, maybe anew."""
    health = health_of(provider)
    if health is None or health.push_failure or _is_older(health.url_verified_at, ONE_SECOND):
        _write(provider, url_verified_at=timezone.now(), push_failures=0, push_failure="")


def forget(provider: WeChatProvider) -> None:
    """Forget what came before the Token or the account was changed: it says nothing about the new one."""
    _write(provider, last_push_at=None, url_verified_at=None, push_failures=0, push_failure="")
    _looked_at.pop(provider.name, None)


def note_refused(provider: WeChatProvider, account: OfficialAccount, query: Mapping[str, str], body: bytes) -> None:
    """Remember why a push was refused, unless it does not even look like WeChat's."""
    health, now = health_of(provider), timezone.now()
    last = health.push_failed_at if health else None
    if not all(query.get(name) for name in SIGNED_WITH) or not _is_older(last, ONE_SECOND):
        return
    reason = reason_for(query, body, account, now=now.timestamp())
    # Anybody can send a wrong signature.
    if reason is not Reason.TOKEN or _is_older(last, GOOD_EVERY):
        _write(provider, push_failures=F("push_failures") + 1, push_failure=reason, push_failed_at=now)
        _looked_at.pop(provider.name, None)


def note_elsewhere(provider: WeChatProvider, path: str) -> None:
    """Remember that WeChat called another address than the provider's; the caller has checked that it was WeChat."""
    health = health_of(provider)
    if not _is_older(health.push_failed_at if health else None, ONE_SECOND):
        return
    asked = quote(path)[:MAX_PATH]
    logger.warning("WeChat called %s for provider %s, which is another address", asked, provider)
    values = {"push_failure": Reason.ELSEWHERE, "push_failed_at": timezone.now()}
    _write(provider, push_failures=F("push_failures") + 1, **values)
    _looked_at.pop(provider.name, None)
    try:
        caches[conf.get("CACHE_ALIAS")].set(_path_key(provider.pk), asked, KEPT_FOR.total_seconds())
    except Exception:
        logger.warning("The cache does not keep which address it was", exc_info=True)


def asked_elsewhere(provider_id: int) -> str:
    """Return the path that WeChat called last in place of the provider's, in ASCII; "" if it is not known any more."""
    try:
        return str(caches[conf.get("CACHE_ALIAS")].get(_path_key(provider_id), ""))
    except Exception:
        logger.warning("The cache does not say which address it was", exc_info=True)
        return ""


def _path_key(provider_id: int) -> str:
    return f"django_wechat:asked_elsewhere:{provider_id}"


def reason_for(query: Mapping[str, str], body: bytes, account: OfficialAccount, *, now: float) -> Reason:
    """Return the likeliest reason why a push was refused; `now` is Unix seconds.

    The Token first: WeChat signs its query in every mode (reference section 5.3), and without the right signature
    nothing else that a push says counts for anything.
    """
    signature, timestamp, nonce = (query[name] for name in SIGNED_WITH)
    if not crypto.is_signed(signature, account.server_token, timestamp, nonce):
        return Reason.TOKEN
    if not is_fresh(timestamp, now):
        return Reason.CLOCK
    is_encrypted = b"<Encrypt>" in body or b'"Encrypt"' in body
    if is_encrypted != bool(account.aes_keys):
        return Reason.SAFE if is_encrypted else Reason.PLAIN
    return Reason.AES_KEY if is_encrypted else Reason.OTHER


def _is_older(moment: datetime | None, than: timedelta) -> bool:
    return moment is None or timezone.now() - moment >= than


def _write(provider: WeChatProvider, **values: Any) -> None:
    try:
        with all_or_nothing():
            ProviderHealth.objects.bulk_create([ProviderHealth(provider=provider)], ignore_conflicts=True)
            ProviderHealth.objects.filter(provider=provider).update(**values)
    except DatabaseError:
        logger.warning("The health of provider %s could not be written", provider, exc_info=True)
