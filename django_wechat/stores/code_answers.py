"""Was this code of a program sent before, and what was answered?

`wx.request` may be tried again by the program or on the way. The first delivery claims the code and asks WeChat; a
second one of the same sender gets the same answer for two minutes, tokens included. The claim is a row with a unique
key, as a callback's is (`code_exchanges`), and an erasure of the person takes the answer with it. So does whatever ends
the person's sessions: what was answered to somebody who is gone, switched off or has a new password is nobody's.
"""

import json
from functools import partial
from typing import Any

from django.http import HttpResponse

from django_wechat.models import CodeExchange
from django_wechat.protocol.oauth import Profile
from django_wechat.stores import code_exchanges, whose

Answer = tuple[int, str]
"""A status of HTTP, and the body."""


def claim(journey: str, appid: str, code: str, sender: str) -> CodeExchange | None:
    """Return the row that makes the caller the only one to exchange the code; None if somebody else has it."""
    return code_exchanges.claim(_app(journey, appid), code, sender, {})


def release(exchange: CodeExchange) -> None:
    """Let the code be sent once more: as far as is known it was not used up."""
    CodeExchange.objects.filter(pk=exchange.pk).delete()


def note_person(exchange: CodeExchange, profile: Profile) -> None:
    """Note whose answer it will be, first thing in the sign-in's transaction (see `code_exchanges.record`)."""
    code_exchanges.note_person(exchange, profile)


def record(exchange: CodeExchange, response: HttpResponse, user: Any) -> None:
    """Keep the answer to `user`, encrypted, for a second delivery, once it was sent; not if an erasure came meanwhile.

    A `user` who is nobody yet is told no more than what is still asked.
    """
    theirs = whose.noted(user) if user.is_authenticated else {}
    # How Django itself has things done when the server closes a response; there is no public name for it.
    told = partial(_record, exchange.pk, {"status": response.status_code, "body": response.content.decode(), **theirs})
    response._resource_closers.append(told)  # type: ignore[attr-defined]


def wait(journey: str, appid: str, code: str, sender: str, *, seconds: float) -> Answer | None:
    """Return the answer to the first delivery of the same sender, once there is one; None if there is none.

    Waits while it is under way, at most `seconds` from its start. None too after an erasure or a sign-out, and for
    somebody whose account could not sign in with what was answered then.
    """
    exchange = code_exchanges.wait(_app(journey, appid), code, sender, seconds=seconds)
    told = json.loads(exchange.outcome) if exchange else {}
    return (told["status"], told["body"]) if "body" in told and _is_still_theirs(told) else None


def _record(exchange_id: int, told: dict[str, Any]) -> None:
    CodeExchange.objects.filter(pk=exchange_id, outcome="").update(outcome=json.dumps(told))


def _is_still_theirs(told: dict[str, Any]) -> bool:
    return "user" not in told or whose.find(told) is not None


def _app(journey: str, appid: str) -> str:
    return f"{journey} {appid}"
