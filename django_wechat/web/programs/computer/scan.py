"""What does a mini program call that a code or a link of ours opened? `…/scan/` to ask, `…/confirm/` to answer.

Nobody is named before they confirm, with a fresh code of `wx.login`; whoever knows the scene alone gets no further. A
code that was sent to somebody is refused: WeChat says how the program was opened, and the program says so here.
"""

import re
import time
from collections.abc import Callable, Collection

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, JsonResponse

from django_wechat import conf
from django_wechat.exceptions import WeChatError
from django_wechat.flows import table
from django_wechat.flows.opens_program import OpensProgram
from django_wechat.models import CodeExchange, Outcome, QRSession, Status
from django_wechat.protocol.oauth import Profile
from django_wechat.stores import code_answers, program_scans, qr_sessions, refused_codes
from django_wechat.stores.attempts import Attempt
from django_wechat.web.programs import once, problems
from django_wechat.web.programs.asked import BadRequest
from django_wechat.web.programs.computer import asked as read_asked
from django_wechat.web.programs.computer.asked import Answered, AskedScene
from django_wechat.web.programs.cookieless import sets_no_cookies, without_cookies
from django_wechat.web.programs.door import program_address
from django_wechat.web.programs.once import Sent
from django_wechat.web.programs.problems import Refused
from django_wechat.web.visitors import address_of

SCENE = re.compile(rf"[A-Za-z0-9]{{{program_scans.SCENE_LENGTH}}}")
OVER = (Status.REFUSED, Status.DISOWNED)
"""Nothing that a phone says changes these. One that was used is answered as it was, where the first answer was lost."""


@program_address
def scan(request: HttpRequest) -> HttpResponse:
    """Say what a code or a link is for: which site, which browser, and the number that its screen shows."""
    return _answer(request, lambda: _told(Opened(request, read_asked.read_scene(request))))


@program_address
def confirm(request: HttpRequest) -> HttpResponse:
    """Take the person's answer; a yes names them by the code that comes with it."""
    return _answer(request, lambda: _ended(request, read_asked.read_answer(request)))


class Opened:
    """The code or link that opened a program. Raises `Refused` for one that is over, and for a wrong way in."""

    def __init__(self, request: HttpRequest, asked: AskedScene, *, over: Collection[Status] = OVER) -> None:
        self.started = time.monotonic()
        self.address = address_of(request)
        self.qr_session = self._found(asked)
        journey = table.of(self.qr_session)
        if not isinstance(journey, OpensProgram):
            raise Refused("qr_over", 404)
        self.journey = journey
        if qr_sessions.is_expired(self.qr_session) or self.qr_session.status in over:
            raise Refused("qr_over", 404)
        if not journey.admits(self.qr_session.provider, asked.entry):
            # Once in the log for a code: whoever has an old one shall not fill it.
            is_news = program_scans.turn_away(self.qr_session)
            words = problems.LINK_PASSED_ON if journey is table.LINK else ""
            raise Refused("wrong_entry", 403, words=words, attempt=self.attempt if is_news else None)

    @property
    def attempt(self) -> Attempt:
        """What the sign-in log says ended."""
        return Attempt(self.qr_session.provider.name, self.journey.name, self.started)

    def _found(self, asked: AskedScene) -> QRSession:
        """A scene that nobody has is a guess, and costs as much as a made-up code."""
        if wait := refused_codes.seconds_to_wait(self.address, refused_codes.PROGRAMS):
            raise Refused("too_often", 429, words=problems.TOO_OFTEN, wait=wait)
        found = qr_sessions.find_by_scene(asked.scene, asked.appid) if SCENE.fullmatch(asked.scene) else None
        if found is None or not found.provider.enabled:
            refused_codes.note_guess(self.address, refused_codes.PROGRAMS)
            raise Refused("qr_over", 404)
        return found


def _answer(request: HttpRequest, respond: Callable[[], HttpResponse]) -> HttpResponse:
    without_cookies(request)
    try:
        return respond()
    except BadRequest as error:
        return problems.answer(Refused("bad_request", 400, words=error.words))
    except Refused as refused:
        return problems.answer(refused)
    finally:
        sets_no_cookies(request)


def _told(opened: Opened) -> HttpResponse:
    qr_session, asked = opened.qr_session, opened.qr_session.request
    if not program_scans.ask(qr_session):
        raise Refused("qr_over", 404)
    return JsonResponse(
        {
            "site": asked["site_name"],
            "host": asked["host"],
            "browser": asked["browser"],
            "system": asked["system"],
            "place": asked["place"],
            "time": qr_session.created_at.isoformat(),
            "digits": opened.journey.digits_for(qr_session),
            "process": asked["process"],
            "expires_in": qr_sessions.seconds_left(qr_session),
        }
    )


def _ended(request: HttpRequest, answered: Answered) -> HttpResponse:
    if not answered.confirms:
        return _refused(Opened(request, answered, over=[Status.DISOWNED]))
    opened = Opened(request, answered)
    seconds = 2 * sum(conf.timeouts()) + 1
    sent = Sent(opened.journey.name, opened.qr_session.appid, answered.code, answered.fingerprint, seconds)
    return once.answer(sent, lambda exchange: _confirmed(opened, answered, exchange), AnonymousUser)


def _refused(opened: Opened) -> HttpResponse:
    """The same answer once more, where the first one was lost."""
    response = JsonResponse({"status": "refused"})
    if opened.qr_session.status == Status.REFUSED:
        return response
    if not program_scans.refuse(opened.qr_session):
        raise Refused("qr_over", 404)
    opened.attempt.end(response, Outcome.CANCELLED, problem="refused_on_phone")
    return response


def _confirmed(opened: Opened, answered: Answered, claimed: CodeExchange) -> HttpResponse:
    """Ask WeChat only for a code that may still end something; a wrong one ends nothing."""
    qr_session, journey = opened.qr_session, opened.journey
    if qr_session.status == Status.WAITING and not qr_sessions.is_expired(qr_session):
        raise Refused("bad_request", 400, words=problems.ASK_FIRST)
    if not journey.next_step(qr_session) and qr_session.status != Status.USED:
        raise Refused("qr_over", 404)
    try:
        profile = _person(opened, answered.code)
    except Refused as refused:
        if refused.may_come_again:
            raise
        refused.attempt = opened.attempt
        return problems.answer(refused)
    code_answers.note_person(claimed, profile)
    asks_digits = journey.wants_digits(qr_session)
    if not program_scans.confirm(qr_session, profile.openid, profile.unionid, new_digits=asks_digits):
        return problems.answer(Refused("qr_over", 404))
    number = {"digits": qr_session.digits} if asks_digits else {}
    return JsonResponse({"status": "confirmed", **number})


def _person(opened: Opened, code: str) -> Profile:
    try:
        return opened.journey.client(opened.qr_session.provider, opened.qr_session.appid).fetch_person(code)
    except (WeChatError, ImproperlyConfigured) as error:
        refused_codes.note(opened.address, error, refused_codes.PROGRAMS)
        raise problems.refused(error) from error
