"""Was this callback delivered before, and how did that end?

WeChat delivers one callback twice: after each other, at the same moment, or with two codes for one state (reference
section 9, traps 1 to 3). The first delivery claims state and code and asks WeChat; a second one of the same code waits
for its outcome. Both may run in different processes, so the claim is a row with a unique key.

An outcome is handed only to who brings the same cookie, state and code. Cookie and state alone are not enough: they
were known before anybody signed in, for instance to whoever sat at the computer before.
"""

import json
import time
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, OperationalError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import get_random_string, salted_hmac

from django_wechat.models import CodeExchange
from django_wechat.models.rows import clean_up, delete_some, one
from django_wechat.models.transactions import all_or_nothing
from django_wechat.protocol.oauth import Profile

REPEAT_WINDOW = timedelta(minutes=2)
"""How long an outcome is handed out: long enough for WeChat's second delivery, too short for anybody else."""

CODES_OF_A_STATE = 2
"""How many codes one state may come back with: WeChat is known to send two (trap 3), and nobody needs more."""

KEPT_FOR = timedelta(minutes=10)
"""How long a claim is kept: as long as allauth's state lives, which some session engines cannot take back."""

WAIT_STEP = 0.1
_CLAIM_ATTEMPTS = 3
_CLEAN_UP_EVERY = 20
_CLEAN_UP_AT_MOST = 200


@dataclass(frozen=True)
class Outcome:
    """How an exchange ended: a profile, or the code of the problem the visitor was told, and under what reference.

    `answered`: the visitor was asked whether to connect this person, and said yes or no.
    """

    profile: Profile | None = None
    problem: str = ""
    reference: str = ""
    answered: bool = False


def find(exchange_id: int | None) -> CodeExchange | None:
    """Return an exchange that somebody's session speaks of, as long as such a thing is kept; else None."""
    since = timezone.now() - KEPT_FOR
    return one(CodeExchange.objects.filter(pk=exchange_id, started_at__gte=since)) if exchange_id else None


def state_in(exchange: CodeExchange) -> dict[str, Any]:
    """Return the state that an exchange was begun with; empty if who signed in by it signed out."""
    state: dict[str, Any] = json.loads(exchange.state or "{}")
    return state


def claim(state_id: str, code: str, session_cookie: str, state: dict[str, Any]) -> CodeExchange | None:
    """Return the row that makes the caller the only one to exchange the code; None if somebody else has it."""
    values = {"browser": _hash(session_cookie), "state": json.dumps(state)}
    exchange = _insert(state_hash=_hash(state_id), code_hash=_hash(code), **values)
    _clean_up_at(exchange)
    return exchange


def keep(profile: Profile, state: dict[str, Any]) -> CodeExchange:
    """Return a row of its own for somebody whom WeChat named before: no address leads to it, a session does."""
    nobody_has = _hash(get_random_string(32))
    exchange = CodeExchange.objects.create(state_hash=nobody_has, code_hash=nobody_has, state=json.dumps(state))
    record(exchange, Outcome(profile))
    _clean_up_at(exchange)
    return exchange


def give(exchange: CodeExchange, state: dict[str, Any]) -> None:
    """Let an exchange go on with another state: it is known by now whose it is."""
    CodeExchange.objects.filter(pk=exchange.pk).update(state=json.dumps(state))


def is_claimed(state_id: str) -> bool:
    """Return whether a callback with this state was delivered within the last minutes."""
    return CodeExchange.objects.filter(state_hash=_hash(state_id)).exists()


def state_of(state_id: str, code: str, session_cookie: str) -> dict[str, Any] | None:
    """Return the state of an earlier delivery to the same browser, for a second one after the state was used up.

    None when the first delivery is too long ago, for one code more than a state may have, and once it is closed: what
    was used must not go on working because somebody goes on asking.
    """
    earlier = list(_of(state_id, session_cookie).order_by("pk")[:CODES_OF_A_STATE])
    if not earlier or not earlier[0].state or earlier[0].started_at < timezone.now() - REPEAT_WINDOW:
        return None
    if len(earlier) == CODES_OF_A_STATE and _hash(code) not in [exchange.code_hash for exchange in earlier]:
        return None
    state: dict[str, Any] = json.loads(earlier[0].state)
    return state


def with_profile(state_id: str, session_cookie: str) -> CodeExchange | None:
    """Return an earlier delivery to the same browser, of whatever code, that ended with somebody's profile."""
    ended = _of(state_id, session_cookie).exclude(outcome="").order_by("pk")
    return next((exchange for exchange in ended if outcome_of(exchange).profile), None)


def record(exchange: CodeExchange, outcome: Outcome) -> None:
    """Keep `outcome` for a second delivery.

    As the first statement of a transaction it also makes deliveries of the same callback wait for each other, and
    takes SQLite's write lock before anything is read, so that two sign-ins at once cannot deadlock there.
    """
    person = _person(outcome.profile.appid, outcome.profile.openid) if outcome.profile else ""
    CodeExchange.objects.filter(pk=exchange.pk).update(outcome=json.dumps(asdict(outcome)), person=person)


def note_person(exchange: CodeExchange, profile: Profile) -> None:
    """Note who came, so that `forget` finds what is kept of them; writes first, as `record` does."""
    CodeExchange.objects.filter(pk=exchange.pk).update(person=_person(profile.appid, profile.openid))


def forget(appid: str, openid: str) -> None:
    """Hand the profile of this person to no second delivery any more: it is to be erased.

    A second delivery is told to start again.
    """
    kept = CodeExchange.objects.filter(started_at__gte=timezone.now() - KEPT_FOR, person=_person(appid, openid))
    # Chosen first: an update that looks for its rows would, on MariaDB, wait for everybody who is signing in.
    chosen = list(kept.values_list("pk", flat=True))
    CodeExchange.objects.filter(pk__in=chosen).update(
        outcome=json.dumps(asdict(Outcome(problem="state_lost"))), person=""
    )


def close(exchange_id: int) -> None:
    """Hand out nothing of an exchange any more, not even that its state was known: who signed in by it signed out."""
    told = json.dumps(asdict(Outcome(problem="state_lost")))
    CodeExchange.objects.filter(pk=exchange_id).update(state="", outcome=told, person="")


def wait(state_id: str, code: str, session_cookie: str, *, seconds: float) -> CodeExchange | None:
    """Return the first delivery of this callback to the same browser, once it has ended.

    Waits while it is under way, at most `seconds` from its start. None: there was none, or it did not end in time.
    """
    since = timezone.now() - REPEAT_WINDOW
    mine = _of(state_id, session_cookie).filter(code_hash=_hash(code), started_at__gte=since)
    while (exchange := mine.first()) is not None and not exchange.outcome:
        if timezone.now() - exchange.started_at > timedelta(seconds=seconds):
            return None
        time.sleep(WAIT_STEP)
    return exchange


def outcome_of(exchange: CodeExchange) -> Outcome:
    """Return how an ended exchange ended."""
    data = json.loads(exchange.outcome)
    profile = Profile(**data["profile"]) if data["profile"] else None
    return Outcome(profile, data["problem"], data.get("reference", ""), data.get("answered", False))


def clear_old() -> int:
    """Delete claims that nothing can ask for any more, a few at a time; return how many."""
    old = CodeExchange.objects.filter(started_at__lt=timezone.now() - KEPT_FOR)
    return delete_some(old, at_most=_CLEAN_UP_AT_MOST)


def _clean_up_at(exchange: CodeExchange | None) -> None:
    if exchange is not None and exchange.pk % _CLEAN_UP_EVERY == 0:
        clean_up(clear_old)


def _insert(**values: str) -> CodeExchange | None:
    """MariaDB may choose an insert as the victim of a deadlock; then it is tried again."""
    for _ in range(_CLAIM_ATTEMPTS - 1):
        try:
            return _insert_once(**values)
        except OperationalError:
            time.sleep(WAIT_STEP)
    return _insert_once(**values)


def _insert_once(**values: str) -> CodeExchange | None:
    try:
        with all_or_nothing():
            return CodeExchange.objects.create(**values)
    except IntegrityError:
        return None


def _of(state_id: str, session_cookie: str) -> QuerySet[CodeExchange]:
    """The deliveries to one browser; none for a browser that sends no cookie."""
    if not session_cookie:
        return CodeExchange.objects.none()
    return CodeExchange.objects.filter(state_hash=_hash(state_id), browser=_hash(session_cookie))


def _person(appid: str, openid: str) -> str:
    return _hash(f"{appid}:{openid}")


def _hash(value: str) -> str:
    return salted_hmac("django_wechat.code_exchanges", value, algorithm="sha256").hexdigest()
