"""What does allauth's own address for tokens make of a code? `POST …/auth/provider/token` of its headless API.

It insists on `access_token` or `id_token`: the code stands there, and the AppID as `client_id`. A token of WeChat's is
refused as every made-up code is: WeChat cannot say for whom one was issued (reference section 3.3).
"""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.http import HttpRequest
from django.http.request import RawPostDataException

from django_wechat import conf
from django_wechat.exceptions import WeChatError
from django_wechat.flows import table
from django_wechat.flows.journey import TakesCode
from django_wechat.models import CodeExchange, WeChatProvider
from django_wechat.problems import codes, json_answers
from django_wechat.protocol.oauth import Profile
from django_wechat.stores import code_answers, refused_codes
from django_wechat.stores.attempts import Attempt
from django_wechat.web.programs import problems
from django_wechat.web.programs.asked import is_code
from django_wechat.web.programs.problems import Refused
from django_wechat.web.visitors import address_of, is_headless_app, rows_of

_SENT = "_wechat_code_sent"


@dataclass
class CodeSent:
    """A code that was sent to allauth's address, as far as it came, for `allauths_door`, which ends it."""

    journey: TakesCode
    attempt: Attempt
    exchange: CodeExchange | None = None
    """None: the code was sent before; `earlier` is what was answered then, to the same sender."""
    earlier: code_answers.Answer | None = None
    profile: Profile | None = None
    refused: Refused | None = None
    reference: str = ""


def profile_for(request: HttpRequest, token: dict[str, Any]) -> Profile:
    """Return who got the code in `token`; raise `ValidationError`, whose code is that of the problem."""
    found = _rows(request, str(token.get("client_id") or ""))
    if len(found) != 1:
        raise refusal(Refused("bad_request", 400) if found else Refused("not_available", 409))
    journey, row = found[0]
    code = str(token.get("access_token") or "").strip()
    if not is_code(code):
        raise refusal(Refused("bad_request", 400))
    if wait := refused_codes.seconds_to_wait(address_of(request), refused_codes.PROGRAMS):
        raise refusal(Refused("too_often", 429, words=problems.TOO_OFTEN, wait=wait))
    sent = CodeSent(journey, Attempt(row.name, journey.name))
    setattr(request, _SENT, sent)
    try:
        sent.profile = _ask_once(request, sent, row, code)
    except Refused as refused:
        sent.refused = refused
        raise refusal(refused, sent) from refused.error
    return sent.profile


def take(request: HttpRequest) -> CodeSent | None:
    """Return the code that came with `request`, once; None if there is none that is worth a question to WeChat."""
    sent: CodeSent | None = vars(request).pop(_SENT, None)
    return sent


def refusal(refused: Refused, sent: CodeSent | None = None) -> ValidationError:
    """Return the problem as allauth's headless API, or a serializer, tells it; the server's log has it as well."""
    problem = codes.problem_for(refused.code)
    codes.log(problem, refused.error)
    if sent is not None:
        sent.reference = problem.reference
    return ValidationError(str(refused.words) or json_answers.words_of(problem), code=refused.code)


def _ask_once(request: HttpRequest, sent: CodeSent, row: WeChatProvider, code: str) -> Profile:
    claim = (sent.journey.name, row.client_id, code, _sender(request))
    sent.exchange = code_answers.claim(*claim)
    if sent.exchange is None:
        # A browser's answer was its cookie, which this one may not have got.
        if is_headless_app(request):
            sent.earlier = code_answers.wait(*claim, seconds=2 * sum(conf.timeouts()) + 1)
        raise Refused("code_invalid", 401)
    try:
        return sent.journey.finish(sent.journey.app(row), code)
    except (WeChatError, ImproperlyConfigured) as error:
        refused_codes.note(address_of(request), error, refused_codes.PROGRAMS)
        raise problems.refused(error) from error
    except Exception:
        code_answers.release(sent.exchange)
        raise


def _sender(request: HttpRequest) -> str:
    """Who may have the first answer once more: whoever brings the same body, and is the same."""
    try:
        body = request.body.decode(errors="replace")
    except RawPostDataException:  # another package's view, which reads its own way
        body = ""
    return f"{body} {request.user.pk}"


def _rows(request: HttpRequest, appid: str) -> list[tuple[TakesCode, WeChatProvider]]:
    rows = rows_of(request)
    return [(journey, row) for journey in table.BY_CODE for row in table.rows_with_code(journey, rows, appid)]
