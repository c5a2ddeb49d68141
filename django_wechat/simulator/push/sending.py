"""How does WeChat reach a site? It POSTs pushes, three times if need be, and GETs the address to verify it."""

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import requests

from django_wechat.simulator.push.envelopes import Message, seal, signed_query
from django_wechat.simulator.push.reach import NearAdapter, OutOfReachError
from django_wechat.simulator.push.verdicts import BadAnswer, Verdict, read_answer
from django_wechat.simulator.world.registry import App, PushMode

HEADERS = {"User-Agent": "Mozilla/4.0", "Content-Type": "text/xml", "Accept": "*/*"}
AES_KEY_LENGTH = 43
# What the console says after Submit (提交); the words are the simulator's recollection of it.
SUBMITTED = "提交成功"
TIMED_OUT = "请求URL超时"
TOKEN_FAILED = "token验证失败"


class NoAnswerError(Exception):
    """The site was not called, or did not answer; the text says to developers why."""


@dataclass
class Push:
    """One push and what became of it; `query` and `sent` are those of the last try.

    `status` is None when there was no answer, `body` is the answer, `explanation` says what was wrong with it.
    """

    appid: str
    person: str = ""
    message: Message = field(default_factory=dict)
    verdict: Verdict = Verdict.PENDING
    status: int | None = None
    body: bytes = b""
    tries: int = 0
    query: dict[str, str] = field(default_factory=dict)
    sent: bytes = b""
    explanation: str = ""


@dataclass(frozen=True)
class Verification:
    """What the console says about the push URL: `words` are WeChat's, `explanation` is for developers."""

    accepted: bool
    words: str
    explanation: str = ""


def deliver(app: App, push: Push, *, timeout: float, tries: int) -> str | None:
    """Send a message until there is an answer; return the text for the chat, if there is any.

    MsgId and CreateTime stay the same in each try; the signature, its timestamp and nonce are new.
    """
    if not app.push_enabled:
        push.verdict, push.explanation = Verdict.NOT_CONFIGURED, "the server configuration is switched off"
        return None
    if not app.push_url or (app.push_mode is not PushMode.PLAIN and len(app.aes_key) != AES_KEY_LENGTH):
        push.verdict = Verdict.NOT_CONFIGURED
        push.explanation = "it needs a push_url and, except in plain mode, an EncodingAESKey"
        return None
    for push.tries in range(1, tries + 1):
        envelope = seal(app, push.message)
        if _post(app, push, envelope.body, envelope.query, timeout):
            return _judge(app, push)
    push.verdict = Verdict.OUT_OF_SERVICE
    return None


def deliver_raw(app: App, body: bytes, query: Mapping[str, str], *, timeout: float) -> Push:
    """POST any body with any query, once. Only `success` and an empty answer are fine then."""
    push = Push(app.appid, tries=1)
    push.verdict = Verdict.OUT_OF_SERVICE
    if _post(app, push, body, query, timeout) and push.status == 200 and push.body in {b"", b"success"}:
        push.verdict = Verdict.OK
    return push


def _post(app: App, push: Push, body: bytes, query: Mapping[str, str], timeout: float) -> bool:
    """Try once; return whether there was an answer."""
    push.query, push.sent = dict(query), body
    try:
        answer = _call("POST", app.push_url, query, timeout, body)
    except NoAnswerError as error:
        push.explanation = f"no answer: {error}"
        return False
    push.status, push.body, push.explanation = answer.status_code, answer.content, ""
    return True


def _judge(app: App, push: Push) -> str | None:
    """Set the verdict on the answer; return the text for the chat."""
    try:
        text = read_answer(app, str(push.message["FromUserName"]), push.status or 0, push.body)
    except BadAnswer as bad:
        push.verdict, push.explanation = Verdict.OUT_OF_SERVICE, str(bad)
        return None
    push.verdict = Verdict.OK if text is None else Verdict.REPLIED
    return text


def verify(app: App, *, timeout: float) -> Verification:
    """GET the address as the console does; the site must echo exactly `echostr`."""
    echo = str(secrets.randbelow(9 * 10**18) + 10**18)
    query = signed_query(app, str(int(time.time())), str(secrets.randbelow(10**9))) | {"echostr": echo}
    try:
        answer = _call("GET", app.push_url, query, timeout)
    except NoAnswerError as error:
        return Verification(False, TIMED_OUT, f"no answer: {error}")
    if answer.status_code == 200 and answer.content == echo.encode():
        return Verification(True, SUBMITTED)
    seen = answer.content[:80].decode(errors="replace")
    return Verification(False, TOKEN_FAILED, f"HTTP {answer.status_code} and {seen!r} in place of {echo!r}")


def read_page(url: str, *, timeout: float) -> tuple[int, bytes]:
    """GET an address as the console does with verification files; return status and body, 0 when nobody answers."""
    try:
        answer = _call("GET", url, {}, timeout)
    except NoAnswerError as error:
        return 0, str(error).encode()
    return answer.status_code, answer.content


def _call(method: str, url: str, query: Mapping[str, str], timeout: float, body: bytes = b"") -> requests.Response:
    """Make one request to this machine or its own network, without proxies and without following redirects."""
    with requests.Session() as http:
        http.trust_env = False
        http.mount("http://", NearAdapter())
        http.mount("https://", NearAdapter())
        try:
            return http.request(
                method, url, params=dict(query), data=body, headers=HEADERS, timeout=timeout, allow_redirects=False
            )
        except OutOfReachError as error:
            raise NoAnswerError(str(error)) from error
        except requests.RequestException as error:
            raise NoAnswerError(type(error).__name__) from error
