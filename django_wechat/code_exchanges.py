"""Was this callback delivered before, and how did that end?

WeChat delivers one callback twice: after each other, at the same moment, or with two codes for one state (reference
section 9, traps 1 to 3). The first delivery claims the state and asks WeChat; the second waits for its outcome. Both
may run in different processes, so the claim is a row with a unique key.
"""

import json
import time
from dataclasses import asdict, dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from django_wechat.models import CodeExchange
from django_wechat.protocol.oauth import Profile

LIFETIME = timedelta(minutes=2)
"""How long an outcome is handed out: long enough for WeChat's second delivery, too short for anybody else."""

WAIT_STEP = 0.1


@dataclass(frozen=True)
class Outcome:
    """How an exchange ended: a profile, or the code of the problem the visitor was told."""

    state: dict[str, object]
    profile: Profile | None = None
    problem: str = ""


def claim(state_id: str, session_cookie: str) -> CodeExchange | None:
    """Return the row that makes the caller the only one to exchange the code; None if somebody else has it."""
    CodeExchange.objects.filter(started_at__lt=timezone.now() - LIFETIME).delete()
    try:
        with transaction.atomic():
            return CodeExchange.objects.create(state_hash=_hash(state_id), browser=_hash(session_cookie))
    except IntegrityError:
        return None


def is_claimed(state_id: str) -> bool:
    """Return whether a callback with this state was delivered within the last minutes."""
    return CodeExchange.objects.filter(state_hash=_hash(state_id)).exists()


def record(exchange: CodeExchange, outcome: Outcome) -> None:
    """Keep `outcome` for a second delivery.

    As the first statement of a transaction it also makes deliveries of the same callback wait for each other, and
    takes SQLite's write lock before anything is read, so that two sign-ins at once cannot deadlock there.
    """
    CodeExchange.objects.filter(pk=exchange.pk).update(outcome=json.dumps(asdict(outcome)))


def wait(state_id: str, session_cookie: str, *, seconds: float) -> CodeExchange | None:
    """Return the first delivery to the same browser, once it has ended.

    Waits up to `seconds` while it is under way. None: there was no such delivery, or it did not end in time.
    """
    deadline = time.monotonic() + seconds
    while (exchange := _find(state_id, session_cookie)) is not None and not exchange.outcome:
        if time.monotonic() > deadline:
            return None
        time.sleep(WAIT_STEP)
    return exchange


def outcome_of(exchange: CodeExchange) -> Outcome:
    """Return how an ended exchange ended."""
    data = json.loads(exchange.outcome)
    profile = Profile(**data["profile"]) if data["profile"] else None
    return Outcome(state=data["state"], profile=profile, problem=data["problem"])


def _find(state_id: str, session_cookie: str) -> CodeExchange | None:
    oldest = timezone.now() - LIFETIME
    exchange = CodeExchange.objects.filter(state_hash=_hash(state_id), started_at__gte=oldest).first()
    if exchange and session_cookie and constant_time_compare(exchange.browser, _hash(session_cookie)):
        return exchange
    return None


def _hash(value: str) -> str:
    return salted_hmac("django_wechat.code_exchanges", value, algorithm="sha256").hexdigest()
