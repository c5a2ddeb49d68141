"""Was this sent before? The first delivery of a code is answered by who can; a second one gets the same answer.

For every address of programs: `wx.request` may be tried again, and an answer may be lost on a phone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils.functional import Promise

from django_wechat.models import CodeExchange
from django_wechat.stores import code_answers
from django_wechat.web.programs.problems import Refused


@dataclass(frozen=True)
class Sent:
    """A code that came to a door, of which app, and who may have the answer once more.

    A second delivery waits at most `seconds` for the first; `over` are the words where there is nothing to wait for.
    """

    door: str
    appid: str
    code: str
    sender: str
    seconds: float
    over: str | Promise = ""


def answer(sent: Sent, first: Callable[[CodeExchange], HttpResponse], whose: Callable[[], Any]) -> HttpResponse:
    """Return what `first` makes of the code, or made of it; raise `Refused`, after which the code may come again.

    `whose` is asked once it is answered: who the answer is for.
    """
    exchange = code_answers.claim(sent.door, sent.appid, sent.code, sent.sender)
    if exchange is None:
        return earlier(sent)
    try:
        response = first(exchange)
    except Exception:
        # A second delivery must not wait for an end that never comes; and what was not used up may come again.
        code_answers.release(exchange)
        raise
    code_answers.record(exchange, response, whose())
    return response


def earlier(sent: Sent) -> HttpResponse:
    """Return what was answered to the same sender; raise `Refused` where the code is over."""
    told = code_answers.wait(sent.door, sent.appid, sent.code, sent.sender, seconds=sent.seconds)
    if told is None:
        raise Refused("code_invalid", 401, words=sent.over)
    status, body = told
    return HttpResponse(body, status=status, content_type="application/json")
