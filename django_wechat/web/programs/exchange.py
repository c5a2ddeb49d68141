"""Where does something of ours become tokens? `POST …/tokens/`: a flow that was ended, or the code of a way back.

Both are for tokens that are not allauth's. The flow's token comes as X-Session-Token, the code as `{"code": …}` from
the browser that it was made for: the one thing here that a cookie says, and it does not say who anybody is.
"""

from allauth.core.exceptions import ImmediateHttpResponse
from django.http import HttpRequest, HttpResponse, JsonResponse

from django_wechat.stores import flow_tokens, token_codes
from django_wechat.web import browser_keys
from django_wechat.web.programs import asked, once, problems
from django_wechat.web.programs import tokens as kinds
from django_wechat.web.programs.asked import BadRequest
from django_wechat.web.programs.cookieless import put_header, sets_no_cookies, without_cookies
from django_wechat.web.programs.door import program_address
from django_wechat.web.programs.flavours.own_tokens import FLOW_OVER
from django_wechat.web.programs.once import Sent
from django_wechat.web.programs.problems import ALLAUTHS_TOKENS, Refused

_REPEATS = "tokens"
_WAIT = 10
"""Seconds that a second delivery waits for the first."""


@program_address
def tokens(request: HttpRequest) -> HttpResponse:
    """Change X-Session-Token of a flow that was ended, or the code in the address of a way back, into the tokens."""
    try:
        flavour = kinds.own()
        if flavour is None:
            raise Refused("not_available", 409, words=ALLAUTHS_TOKENS)
        token = request.headers.get("X-Session-Token", "")
        return _of_flow(request, flavour, token) if token else _of_code(request, flavour)
    except Refused as refused:
        return problems.answer(refused)


def _of_code(request: HttpRequest, flavour: kinds.Own) -> HttpResponse:
    browser_key = browser_keys.read(request)
    without_cookies(request)
    try:
        user = token_codes.redeem(asked.read_code(request), browser_key)
        if user is None:
            raise Refused("code_invalid", 401, words=problems.OWN_CODE_INVALID)
        return JsonResponse(flavour.tokens_for(request, user))
    except BadRequest as error:
        raise Refused("bad_request", 400, words=error.words) from error
    finally:
        sets_no_cookies(request)


def _of_flow(request: HttpRequest, flavour: kinds.Own, token: str) -> HttpResponse:
    put_header(request, "HTTP_X_SESSION_TOKEN", flow_tokens.session_token_of(token))
    sent = Sent(_REPEATS, "", token, token, _WAIT, FLOW_OVER)
    try:
        return flavour.serve_flow(request, lambda inner: _ended(inner, flavour, sent))
    except ImmediateHttpResponse:  # allauth's word for a token that is over
        return once.earlier(sent)


def _ended(request: HttpRequest, flavour: kinds.Own, sent: Sent) -> HttpResponse:
    """Once: a second delivery within two minutes gets the same tokens, since the first answer may have been lost."""
    user = request.user  # the flow's session ends with it
    if not user.is_authenticated:
        return flavour.flow(request)
    return once.answer(sent, lambda _exchange: flavour.flow(request), lambda: user)
