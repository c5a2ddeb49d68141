"""What becomes of a code of the phone-number button? A number of who is signed in; beside a sign-in, or words.

Nobody is signed in by a number, and a refused one keeps nobody out.
"""

import json
import logging
import traceback
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from django_wechat import conf
from django_wechat.exceptions import NotAuthorized, WeChatError
from django_wechat.flows.journey import TakesCode
from django_wechat.models import WeChatProvider
from django_wechat.people import phone_numbers
from django_wechat.people.phone_numbers import NumberRefused, NumberTaken
from django_wechat.protocol.mini_program import PhoneNumber
from django_wechat.setup import phone_adapter
from django_wechat.stores import refused_codes
from django_wechat.web.programs import problems
from django_wechat.web.programs.asked import Asked
from django_wechat.web.programs.problems import Refused
from django_wechat.web.visitors import address_of

logger = logging.getLogger("django_wechat.phone_numbers")

QUESTIONS = 2
"""How many requests to WeChat a number takes, one for an API token included."""

NO_RIGHT = _(
    "WeChat does not let this mini program ask for phone numbers, which is for verified organisations alone. Go on "
    "without it."
)
NOT_SAVED = _("WeChat told the phone number, but it could not be saved. Tap the button again.")
LATER = _("The phone number was not asked for yet: first end the sign-in, then send a fresh “phone_code” by itself.")
_WORDS = {
    "code_invalid": _(
        "WeChat does not know this phone code: it has expired, was used already, or is of another program. "
        "Tap the button again."
    ),
    "refused": _("WeChat refused to tell the phone number. Go on without it, or try again later."),
    "unavailable": _("WeChat gave no usable answer about the phone number. Wait a minute, then tap the button again."),
    "quota_used_up": _("WeChat tells this site no more phone numbers today. Go on without it, or try again tomorrow."),
    "misconfigured": _(
        "WeChat refused this site’s credentials, so the phone number is not known. Go on without it, and tell the "
        "people who run this site the reference."
    ),
}
"""Where the problem's own words speak of a sign-in."""


def beside(
    response: HttpResponse, request: HttpRequest, journey: TakesCode, row: WeChatProvider, asked: Asked
) -> HttpResponse:
    """Return the `response` to a sign-in with what became of the `phone_code` that came along, if one did."""
    if not asked.phone_code:
        return response
    if not (journey.has_phone_button and conf.get("PHONE_NUMBER")):
        return _with(response, {"ignored": ["phone_code"]})
    try:
        if response.status_code != 200:
            raise Refused("sign_in_first", 401, words=LATER)
        look_ahead(request)
        told = {"number": save(request, journey, row, asked.phone_code)}
    except Refused as refused:
        told = json.loads(problems.answer(refused).content)
    return _with(response, {"phone": told})


def look_ahead(request: HttpRequest) -> None:
    """Raise `Refused` for what needs no question to WeChat, which costs money and uses up the code."""
    if missing := phone_adapter.missing():
        lacks = ImproperlyConfigured(f"ACCOUNT_ADAPTER keeps no phone numbers: it has no {', '.join(missing)}")
        raise Refused("phone_not_kept", 503, error=lacks)
    if wait := refused_codes.seconds_to_wait(address_of(request), refused_codes.PROGRAMS):
        raise Refused("too_often", 429, words=problems.TOO_OFTEN, wait=wait)


def save(request: HttpRequest, journey: TakesCode, row: WeChatProvider, code: str) -> str:
    """Return the number that WeChat tells for `code`, once it is that of who is signed in; raise `Refused`."""
    number = _ask_wechat(request, journey, row, code)
    try:
        return phone_numbers.keep(request.user, number.international)
    except NumberTaken as error:
        raise Refused("phone_taken", 409, error=error) from error
    except NumberRefused as error:
        raise Refused("site_refused", 403, words=str(error)) from error
    except Exception as error:
        # The adapter is the site's, and may raise anything; the message of it may hold the number.
        logger.error("The phone number was not saved: %s\n%s", type(error).__name__, _places(error))
    raise Refused("not_saved", 503, words=NOT_SAVED)


def _ask_wechat(request: HttpRequest, journey: TakesCode, row: WeChatProvider, code: str) -> PhoneNumber:
    try:
        return journey.phone_number(journey.app(row), code)
    except (WeChatError, ImproperlyConfigured) as error:
        refused_codes.note(address_of(request), error, refused_codes.PROGRAMS)
        refused = problems.refused(error)
        refused.words = NO_RIGHT if isinstance(error, NotAuthorized) else _WORDS.get(refused.code, refused.words)
        raise refused from error


def _places(error: Exception) -> str:
    return "".join(traceback.format_tb(error.__traceback__))


def _with(response: HttpResponse, told: dict[str, Any]) -> HttpResponse:
    response.content = json.dumps(json.loads(response.content) | told)
    return response
