"""Do an AppID and a secret belong together, and what may the account do?

Nothing here disturbs a running site: the API token is the one that all callers share, never a forced new one.
"""

import secrets
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
    SecretInvalid,
    WeChatError,
    WeChatTimeout,
    WeChatUnavailable,
    WeChatUnreachable,
)
from django_wechat.protocol import mini_program, oauth, official_account
from django_wechat.protocol.oauth import AppCredentials
from django_wechat.protocol.push import OfficialAccount
from django_wechat.protocol.transport import Transport
from django_wechat.setup.check.findings import Finding, Value, found
from django_wechat.setup.check.verdicts import Verdict

BOGUS_CODE = "setupcheck"
QR_SECONDS = 60
SECRET_FROZEN = 40243


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
    scene = f"check{secrets.token_hex(8)}"
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
