"""Do an AppID and a secret belong together, and what may the account do?

Nothing here disturbs a running site: the API token is the one that all callers share, never a forced new one.
"""

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django_wechat.exceptions import (
    AppIdInvalid,
    CodeInvalid,
    CodeUsed,
    IPNotAllowed,
    NotAuthorized,
    ProgramPageMissing,
    QuotaUsedUp,
    SecretInvalid,
    WeChatError,
    WeChatTimeout,
    WeChatUnavailable,
    WeChatUnreachable,
)
from django_wechat.models import WeChatProvider
from django_wechat.models.sub_types import ProgramVersion
from django_wechat.protocol import mini_program, oauth, official_account, program_codes
from django_wechat.protocol.oauth import AppCredentials
from django_wechat.protocol.push import OfficialAccount
from django_wechat.protocol.transport import Transport
from django_wechat.setup.check.findings import Finding, Value, found
from django_wechat.setup.check.verdicts import Verdict

BOGUS_CODE = "setupcheck"
QR_SECONDS = 60
LINK_SECONDS = 60
"""The shortest that WeChat makes a link for (section 14)."""
SECRET_FROZEN = 40243
OF_AN_INDIVIDUAL = 40002
VERSION_REFUSED = 40097


@dataclass(frozen=True)
class Keypair:
    """The first or second keypair of a provider; `number` is 1 or 2."""

    number: int
    app: AppCredentials

    def found(self, code: str, verdict: Verdict | None = None, **values: Value | datetime) -> Finding:
        """Return a finding about this keypair: `{n}` in `code` is its number."""
        tail = "" if self.number == 1 else " 2"
        labels = {"appid": f"Client ID{tail}", "secret": f"Client Secret{tail}"}
        return found(code.replace("{n}", str(self.number)), verdict, **{**labels, **values})


def check_website(transport: Transport, keypair: Keypair) -> Finding:
    """Ask about a website app, or a mobile app, with a code that cannot exist."""
    return _check_by_code(lambda: oauth.fetch_grant(transport, keypair.app, BOGUS_CODE), keypair)


def check_mini_program(transport: Transport, keypair: Keypair) -> Finding:
    """Ask about a mini program with a code that cannot exist."""
    return _check_by_code(lambda: mini_program.fetch_person(transport, keypair.app, BOGUS_CODE), keypair)


def check_program_code(transport: Transport, keypair: Keypair, provider: WeChatProvider) -> Iterator[Finding]:
    """Yield whether a mini program's code can be made, and a link for a phone's browser. Its keypair is right."""
    try:
        token = _fetch_token(transport, keypair)
    except (WeChatUnreachable, WeChatTimeout):
        raise
    except IPNotAllowed as error:
        yield _address_refused(keypair, error, needs_qr=True)
    except WeChatError as error:
        yield _refused(keypair, error)
    else:
        yield found("ip_allowed")
        page = _check_program_page(transport, token, provider)
        yield page
        if page.verdict is Verdict.OK:
            yield _check_program_link(transport, token, provider)


def _check_by_code(ask: Callable[[], object], keypair: Keypair) -> Finding:
    """WeChat looks at a code only if AppID and secret are right (section 6)."""
    try:
        with suppress(CodeInvalid, CodeUsed):
            ask()
    except (WeChatUnreachable, WeChatTimeout):
        raise
    except WeChatError as error:
        return _refused(keypair, error)
    return keypair.found("keypair_{n}_ok")


def check_account(transport: Transport, keypair: Keypair, *, needs_qr: bool) -> Iterator[Finding]:
    """Yield what an official account may do. `needs_qr`: the site shows its QR code."""
    try:
        token = _fetch_token(transport, keypair)
    except (WeChatUnreachable, WeChatTimeout):
        raise
    except IPNotAllowed as error:
        # The list of addresses does not stop this question, and some say that a wrong secret looks like 40164, too.
        yield check_website(transport, keypair)
        yield _address_refused(keypair, error, needs_qr=needs_qr)
    except AppIdInvalid as error:
        known = check_website(transport, keypair).code == keypair.found("keypair_{n}_ok").code
        yield keypair.found("appid_{n}_not_account") if known else _refused(keypair, error)
    except WeChatError as error:
        yield _refused(keypair, error)
    else:
        yield keypair.found("keypair_{n}_ok")
        yield found("ip_allowed")
        yield _check_qr(transport, token, needs_qr=needs_qr)


def gets_api_token(transport: Transport, keypair: Keypair) -> bool:
    """Return whether WeChat treats the AppID as an account's: by a token, or by looking at the list of addresses."""
    try:
        _fetch_token(transport, keypair)
    except IPNotAllowed:
        return True
    except WeChatError:
        return False
    return True


def _fetch_token(transport: Transport, keypair: Keypair) -> str:
    """Ask WeChat and not the cache, whose token outlives a secret that was changed."""
    account = OfficialAccount(keypair.app.appid, keypair.app.secret, "")
    return official_account.fetch_api_token(transport, account).value


def _check_qr(transport: Transport, api_access_token: str, *, needs_qr: bool) -> Finding:
    """Make a QR code that nobody sees; a scene that belongs to no sign-in opens nothing."""
    scene = _new_scene()
    try:
        official_account.fetch_qr_content(transport, api_access_token, scene=scene, seconds=QR_SECONDS)
    except (WeChatUnreachable, WeChatTimeout):
        raise
    except NotAuthorized as error:
        return found("qr_not_authorized" if needs_qr else "not_service_account", errcode=error.errcode or 0)
    except WeChatUnavailable:
        return found("wechat_busy")
    except WeChatError as error:
        return found("qr_refused", None if needs_qr else Verdict.WARNING, errcode=error.errcode or 0)
    return found("qr_ok")


def _check_program_page(transport: Transport, api_access_token: str, provider: WeChatProvider) -> Finding:
    """Make a code that nobody sees. Only the released program's pages are known to WeChat (section 13.1)."""
    released = provider.mini_program_version == ProgramVersion.RELEASE
    page, version = provider.mini_program_page, provider.mini_program_version
    try:
        program_codes.fetch_code(
            transport, api_access_token, scene=_new_scene(), page=page, version=version, is_page_checked=released
        )
    except (WeChatUnreachable, WeChatTimeout):
        raise
    except WeChatUnavailable:
        return found("wechat_busy")
    except ProgramPageMissing as error:
        return found("program_page_missing", page=page, errcode=error.errcode or 0)
    except NotAuthorized as error:
        return found("program_code_not_authorized", errcode=error.errcode or 0)
    except WeChatError as error:
        code = "program_version_refused" if error.errcode == VERSION_REFUSED else "program_code_refused"
        return found(code, errcode=error.errcode or 0)
    return found("program_code_ok" if released else "program_code_ok_unchecked")


def _check_program_link(transport: Transport, api_access_token: str, provider: WeChatProvider) -> Finding:
    """Make a link that nobody sees: one of 500,000 a day, it opens the page with a scene of no sign-in."""
    page, version = provider.mini_program_page, provider.mini_program_version
    query, until = f"scene={_new_scene()}", int(time.time()) + LINK_SECONDS
    try:
        program_codes.fetch_link(transport, api_access_token, page=page, query=query, version=version, until=until)
    except (WeChatUnreachable, WeChatTimeout):
        raise
    except WeChatError as error:
        return _no_link(error)
    return found("program_link_ok")


def _no_link(error: WeChatError) -> Finding:
    kinds = {QuotaUsedUp: "quota", ProgramPageMissing: "unreleased", NotAuthorized: "not_authorized"}
    if error.errcode == OF_AN_INDIVIDUAL:
        return found("program_link_individual", errcode=OF_AN_INDIVIDUAL)
    if isinstance(error, WeChatUnavailable) and not isinstance(error, QuotaUsedUp):
        return found("wechat_busy")
    return found(f"program_link_{kinds.get(type(error), 'refused')}", errcode=error.errcode or 0)


def _new_scene() -> str:
    """Return one that belongs to no sign-in."""
    return f"check{secrets.token_hex(8)}"


def _address_refused(keypair: Keypair, error: IPNotAllowed, *, needs_qr: bool) -> Finding:
    """Without the official account's QR code, API tokens are only for small things."""
    verdict = Verdict.ERROR if needs_qr else Verdict.WARNING
    if error.ip:
        return keypair.found("ip_not_allowed", verdict, ip=error.ip, errcode=error.errcode or 0)
    return keypair.found("ip_not_confirmed", verdict, errcode=error.errcode or 0)


def _refused(keypair: Keypair, error: WeChatError) -> Finding:
    if isinstance(error, WeChatUnavailable):
        return found("wechat_busy")
    return keypair.found(_code_for(error), errcode=error.errcode or 0)


def _code_for(error: WeChatError) -> str:
    if error.errcode == SECRET_FROZEN:
        return "secret_{n}_frozen"
    if isinstance(error, SecretInvalid):
        return "secret_{n}_wrong"
    return "appid_{n}_unknown" if isinstance(error, AppIdInvalid) else "keypair_{n}_refused"
