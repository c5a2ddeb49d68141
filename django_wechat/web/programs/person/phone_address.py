"""Where is a phone number sent after the sign-in? `POST …/mini-program/phone/`: a code in, the saved number out."""

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _

from django_wechat import conf
from django_wechat.flows import table
from django_wechat.models import CodeExchange, WeChatIdentity, WeChatProvider
from django_wechat.protocol.oauth import Profile
from django_wechat.stores import code_answers
from django_wechat.web.programs import asked as read_asked
from django_wechat.web.programs import once, problems, tokens, which_program
from django_wechat.web.programs.asked import AskedPhone, BadRequest
from django_wechat.web.programs.door import program_address
from django_wechat.web.programs.once import Sent
from django_wechat.web.programs.person import phone as phones
from django_wechat.web.programs.problems import Refused

CODES = "phone_number"
"""What the codes are called among those that were sent before."""
SWITCHED_OFF = _('This site asks WeChat for no phone numbers: WECHAT["PHONE_NUMBER"] is off.')
NOBODY = _("A phone number is for who is signed in: send the token that this site gave along.")
STALE = _("This site wants to know once more who you are: sign in again, with “phone_code” beside “code”.")


@program_address
def phone(request: HttpRequest) -> HttpResponse:
    """Save the phone number of who is signed in in a mini program."""
    try:
        return tokens.chosen().serve(request, _respond, about_user=True)
    except Refused as refused:
        return problems.answer(refused)


def _respond(request: HttpRequest) -> HttpResponse:
    asked = _read(request)
    row = which_program.row_for(request, table.MINI_PROGRAM, asked.appid)
    _may_change(request)
    phones.look_ahead(request)
    sender = f"{asked.fingerprint} {request.user.pk}"
    seconds = 2 * phones.QUESTIONS * sum(conf.timeouts()) + 1
    sent = Sent(CODES, row.client_id, asked.code, sender, seconds)
    return once.answer(sent, lambda exchange: _first(request, exchange, row, asked), lambda: request.user)


def _read(request: HttpRequest) -> AskedPhone:
    if not conf.get("PHONE_NUMBER"):
        raise Refused("not_available", 409, words=SWITCHED_OFF)
    try:
        return read_asked.read_phone(request)
    except BadRequest as error:
        raise Refused("bad_request", 400, words=error.words) from error


def _may_change(request: HttpRequest) -> None:
    """As where allauth itself changes a number: it may be a way to sign in."""
    if not request.user.is_authenticated:
        raise Refused("sign_in_first", 401, words=NOBODY)
    try:
        raise_if_reauthentication_required(request, app="allauth.account")
    except ReauthenticationRequired as error:
        raise Refused("sign_in_first", 401, words=STALE) from error


def _first(request: HttpRequest, exchange: CodeExchange, row: WeChatProvider, asked: AskedPhone) -> HttpResponse:
    """Answer; an erasure of who asks takes the answer with it."""
    for identity in WeChatIdentity.objects.filter(account__user=request.user.pk, appid=row.client_id)[:1]:
        code_answers.note_person(exchange, Profile(identity.appid, identity.openid))
    try:
        return JsonResponse({"phone": {"number": phones.save(request, table.MINI_PROGRAM, row, asked.code)}})
    except Refused as refused:
        if refused.may_come_again:
            raise
        return problems.answer(refused)
