"""What does allauth's own address for tokens make of a code? `POST …/auth/provider/token` of its headless API.

It insists on `access_token` or `id_token`: the code stands there, and the AppID as `client_id`. A token of WeChat's is
refused as every made-up code is: WeChat cannot say for whom one was issued (reference section 3.3).
"""

from typing import Any

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.http import HttpRequest

from django_wechat.exceptions import WeChatError
from django_wechat.flows import table
from django_wechat.flows.journey import TakesCode
from django_wechat.models import WeChatProvider
from django_wechat.problems import json_answers, problem_for
from django_wechat.protocol.oauth import Profile
from django_wechat.stores import refused_codes
from django_wechat.web.programs import problems
from django_wechat.web.programs.asked import is_code
from django_wechat.web.visitors import address_of, rows_of


def profile_for(request: HttpRequest, token: dict[str, Any]) -> Profile:
    """Return who got the code in `token`; raise `ValidationError`, whose code is that of the problem."""
    found = _rows(request, str(token.get("client_id") or ""))
    if len(found) != 1:
        raise refusal("bad_request" if found else "not_available")
    (journey, row), address = found[0], address_of(request)
    code = str(token.get("access_token") or "").strip()
    if not is_code(code):
        raise refusal("bad_request")
    if refused_codes.seconds_to_wait(address):
        raise refusal("too_often")
    try:
        return journey.finish(journey.app(row), code)
    except (WeChatError, ImproperlyConfigured) as error:
        refused_codes.note(address, error)
        raise refusal(problems.refused(error).code) from error


def _rows(request: HttpRequest, appid: str) -> list[tuple[TakesCode, WeChatProvider]]:
    rows = rows_of(request)
    return [(journey, row) for journey in table.BY_CODE for row in table.rows_with_code(journey, rows, appid)]


def refusal(code: str) -> ValidationError:
    """Return the problem `code` as allauth's headless API, or a serializer, tells it."""
    return ValidationError(json_answers.words_of(problem_for(code)), code=code)
