"""Where does the official account's API token come from? From Django's cache, shared by all processes.

`stable_token` gives every caller the same token (reference section 4.2), so nobody invalidates anybody. The cache
spares the call, and a lock spares the second of two processes that start together. While the cache does not answer,
each process goes by what it knows itself for a minute at a time.
"""

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from django.core.cache import BaseCache, caches

from django_wechat import conf, exceptions
from django_wechat.exceptions import ApiTokenRejected, WeChatError, WeChatTimeout
from django_wechat.models.fields import SecretUnreadable, decrypt, encrypt
from django_wechat.protocol import official_account
from django_wechat.protocol.push import OfficialAccount
from django_wechat.protocol.transport import Transport

logger = logging.getLogger("django_wechat.api_tokens")

Answer = TypeVar("Answer")

SAFETY_MARGIN = 300
"""Seconds before its end at which a token is renewed; WeChat lets both work for five minutes."""

LOCK_SECONDS = 10
"""How long anybody waits for somebody else's fetch."""

FAILURE_SECONDS = 3
"""How long a failure is told to everybody without asking WeChat again: a queue of waiters would ask one by one."""

ALONE_SECONDS = 60
"""How long a process goes by its own token while the cache is down."""

_WAIT_STEP = 0.05
_locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
_alone: dict[str, tuple[str, float]] = {}
"""What this process keeps for itself while the cache is down: encrypted token, and until when."""


class _CacheDown(Exception):
    """The cache does not answer."""


def with_token(transport: Transport, account: OfficialAccount, call: Callable[[str], Answer]) -> Answer:
    """Return what `call` makes of an API token; once more with a fresh one if WeChat no longer takes the first."""
    token = get(transport, account)
    try:
        return call(token)
    except ApiTokenRejected:
        _forget(account)
    return call(get(transport, account))


def get(transport: Transport, account: OfficialAccount) -> str:
    """Return the account's API token; asks WeChat only if the cache has none. Raises a `WeChatError` like the call."""
    if token := _known(account):
        return token
    lock = _locks[account.appid]
    if not lock.acquire(timeout=LOCK_SECONDS):
        raise WeChatTimeout("another request is still waiting for the API token")
    try:
        return _known(account) or _fetch_alone(transport, account)
    finally:
        lock.release()


def _fetch_alone(transport: Transport, account: OfficialAccount) -> str:
    """Fetch while other processes wait; one that waited in vain fetches for itself, which does no harm."""
    lock = f"{_key(account)}:lock"
    deadline, mine = time.monotonic() + LOCK_SECONDS, False
    try:
        with suppress(_CacheDown):
            while not (mine := _ask(lambda cache: cache.add(lock, 1, LOCK_SECONDS))) and time.monotonic() < deadline:
                time.sleep(_WAIT_STEP)
                if token := _known(account):
                    return token
            _raise_recent_failure(account)
        return _fetch(transport, account)
    finally:
        if mine:
            _try(lambda cache: cache.delete(lock))


def _fetch(transport: Transport, account: OfficialAccount) -> str:
    try:
        token = official_account.fetch_api_token(transport, account)
    except WeChatError as error:
        _note_failure(account, error)
        raise
    if (seconds := token.expires_in - SAFETY_MARGIN) > 0:
        _remember(account, encrypt(token.value), seconds)
    return token.value


def _remember(account: OfficialAccount, encrypted: str, seconds: int) -> None:
    try:
        _ask(lambda cache: cache.set(_key(account), encrypted, seconds))
    except _CacheDown:
        _alone[_key(account)] = encrypted, time.monotonic() + min(seconds, ALONE_SECONDS)


def _forget(account: OfficialAccount) -> None:
    _alone.pop(_key(account), None)
    _try(lambda cache: cache.delete(_key(account)))


def _note_failure(account: OfficialAccount, error: WeChatError) -> None:
    told = {"errcode": error.errcode, "errmsg": error.errmsg, "endpoint": error.endpoint}
    _try(lambda cache: cache.set(f"{_key(account)}:failure", (type(error).__name__, told), FAILURE_SECONDS))


def _raise_recent_failure(account: OfficialAccount) -> None:
    if failure := _ask(lambda cache: cache.get(f"{_key(account)}:failure")):
        name, told = failure
        kind: type[WeChatError] = getattr(exceptions, name)
        raise kind("WeChat gave no API token a moment ago", **told)


def _known(account: OfficialAccount) -> str:
    try:
        encrypted = _ask(lambda cache: cache.get(_key(account), ""))
    except _CacheDown:
        encrypted, until = _alone.get(_key(account), ("", 0.0))
        encrypted = encrypted if time.monotonic() < until else ""
    try:
        return decrypt(encrypted, column="the cached API token")
    except SecretUnreadable:
        return ""


def _ask(use: Callable[[BaseCache], Any]) -> Any:
    try:
        return use(caches[conf.get("CACHE_ALIAS")])
    except Exception as error:  # what an unreachable cache raises is its backend's own
        logger.warning("The cache does not answer: the API token is asked for anew", exc_info=True)
        raise _CacheDown from error


def _try(use: Callable[[BaseCache], Any]) -> None:
    """Do what makes no difference if the cache is down."""
    try:
        _ask(use)
    except _CacheDown:
        return


def _key(account: OfficialAccount) -> str:
    return f"django_wechat:api_token:{account.appid}"
