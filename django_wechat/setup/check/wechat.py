"""What does WeChat say to the keypairs? Asks it one thing after the other, and stops when it cannot be reached."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from django_wechat.clients import addresses
from django_wechat.exceptions import WeChatError, WeChatTimeout, WeChatUnreachable
from django_wechat.models import PROGRAMS, SubType, WeChatProvider
from django_wechat.protocol import qrconnect_page
from django_wechat.protocol.push import MAX_AGE
from django_wechat.protocol.qrconnect_page import Answer
from django_wechat.protocol.transport import Transport
from django_wechat.setup.check.findings import Finding, found
from django_wechat.setup.check.keypairs import (
    Keypair,
    check_account,
    check_mini_program,
    check_program_code,
    check_website,
    gets_api_token,
)
from django_wechat.setup.check.verdicts import Verdict

CLOCK_WARNING = 60
"""Seconds that the clocks may differ before it is mentioned."""


class Clock:
    """How far our clock is from WeChat's, as the Date of its answers says: seconds, or None if none said it."""

    def __init__(self) -> None:
        self.seconds: int | None = None

    def note(self, headers: Mapping[str, str]) -> None:
        """Read the Date of an answer that has just arrived."""
        try:
            self.seconds = round(time.time() - parsedate_to_datetime(headers.get("Date", "")).timestamp())
        except ValueError:
            return

    def finding(self) -> Finding:
        """Return what the last answer said."""
        if self.seconds is None:
            return found("clock_not_known")
        seconds = abs(self.seconds)
        if seconds <= CLOCK_WARNING:
            return found("clock_ok")
        return found("clock_off", Verdict.ERROR if seconds > MAX_AGE else None, seconds=seconds)


@dataclass(frozen=True)
class Question:
    """What is asked about one provider: its keypairs that can be read, and the callback addresses."""

    provider: WeChatProvider
    first: Keypair | None
    second: Keypair | None
    callback_urls: Sequence[str]


def ask(question: Question) -> Iterator[Finding]:
    """Yield what WeChat says; a single finding instead of the rest once it cannot be reached."""
    clock = Clock()
    transport = addresses.api_transport(observe=clock.note)
    try:
        if question.provider.sub_type == SubType.WEB:
            yield from _ask_web(question, transport)
        elif question.provider.sub_type in PROGRAMS:
            yield from _ask_program(question, transport)
        else:
            yield from _ask_mobile(question, transport)
    except (WeChatUnreachable, WeChatTimeout):
        yield found("wechat_unreachable", host=urlsplit(transport.base_url).netloc)
        return
    if question.first or question.second:
        yield clock.finding()
    if question.second or question.provider.sub_type == SubType.MOBILE:
        yield from (found("domain_in_wechat", host=host_of(url)) for url in question.callback_urls)


def host_of(url: str) -> str:
    """Return what WeChat's consoles take for an address: the bare host."""
    return urlsplit(url).hostname or ""


def _ask_web(question: Question, transport: Transport) -> Iterator[Finding]:
    first, second = question.first, question.second
    website = [check_website(transport, first)] if first else []
    pages = list(_ask_pages(first, question.callback_urls)) if first else []
    needs_qr = question.provider.official_account_qr_complete
    account = list(check_account(transport, second, needs_qr=needs_qr)) if second else []
    yield from _without_swaps(question, transport, [*website, *pages, *account])


def _ask_program(question: Question, transport: Transport) -> Iterator[Finding]:
    """Only a code on the PC is asked for with an API token, and makes the list of allowed addresses matter."""
    provider, first = question.provider, question.first
    if not first:
        return
    check = check_mini_program if provider.sub_type == SubType.MINI_PROGRAM else check_website
    pair = check(transport, first)
    yield pair
    if provider.mini_program_qr_complete and pair.verdict is Verdict.OK:
        yield from check_program_code(transport, first, provider)


def _ask_mobile(question: Question, transport: Transport) -> Iterator[Finding]:
    """Sign-in inside WeChat needs no API token, so the list of allowed addresses does not matter."""
    for keypair in filter(None, (question.first, question.second)):
        for finding in check_account(transport, keypair, needs_qr=False):
            if not finding.code.startswith("ip_"):
                yield finding


def _ask_pages(keypair: Keypair, callback_urls: Sequence[str]) -> Iterator[Finding]:
    """A page that cannot be read from here says nothing about visitors, whose browsers open it."""
    transport = addresses.open_transport()
    for url in callback_urls:
        try:
            answer = qrconnect_page.fetch_answer(transport, appid=keypair.app.appid, redirect_uri=url)
        except WeChatError:
            answer = Answer.OTHER
        yield found(_PAGE_CODES.get(answer, "domain_not_known"), host=host_of(url))


_PAGE_CODES = {
    Answer.QR_CODE: "domain_ok",
    Answer.REDIRECT_URI: "domain_mismatch",
    Answer.SCOPE: "no_pc_sign_in",
}


def _without_swaps(question: Question, transport: Transport, findings: list[Finding]) -> list[Finding]:
    """Say in one finding what an AppID in the wrong field makes several of."""
    codes = {finding.code for finding in findings}
    suspicious = codes & {"no_pc_sign_in", "appid_2_not_account", "keypair_2_refused"}
    if not (suspicious and question.first and gets_api_token(transport, question.first)):
        return findings
    consequences = {"no_pc_sign_in"}
    code = "appid_1_is_account"
    if codes & {"appid_2_not_account", "keypair_2_refused"}:
        code, consequences = "keypairs_swapped", consequences | suspicious | {"keypair_1_ok"}
    return [question.first.found(code), *(one for one in findings if one.code not in consequences)]
