"""How does a browser get to WeChat's authorize pages, and who came back? (reference sections 1, 2 and 3)"""

import re
import unicodedata
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from django_wechat.exceptions import ApiTokenRejected, PermissionGone, SecretInvalid, SnapshotUser, WeChatGarbled
from django_wechat.protocol.transport import Query, Transport

STATE = re.compile(r"[A-Za-z0-9]{1,128}")
"""What a state may be: the official account's rule (section 2.1), which fits the Open Platform as well."""

APPID = re.compile(r"wx[0-9a-f]{16}")
"""What an AppID is (section 0)."""

IDENTIFIER = re.compile(r"[\x21-\x7e]{1,128}")
"""What an openid or unionid may be; lengths are not promised (section 0)."""

_BLANKS = "\u115f\u1160\u2800\u3164\uffa0"
_BIDI_CONTROLS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_REPLACEMENT = "\ufffd"

ACCESS_TOKEN_PATH = "/sns/oauth2/access_token"
USERINFO_PATH = "/sns/userinfo"

_FRAME_RULES = b".impowerBox .title{display:none}.impowerBox .qrcode{width:220px;margin-top:0}"
FRAME_STYLE = f"data:text/css;base64,{b64encode(_FRAME_RULES).decode()}"
"""Takes the title off WeChat's page in the tab, and makes the code as large as ours; by documented hooks (1.4)."""


@dataclass(frozen=True)
class AppCredentials:
    """An appid with its secret; printing it never shows the secret."""

    appid: str
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Grant:
    """What WeChat answers to a code: who it is, and the token that reads the profile. Never stored, never printed."""

    appid: str
    openid: str
    unionid: str
    scope: str
    user_access_token: str = field(repr=False)


@dataclass(frozen=True)
class Profile:
    """A person as one sign-in shows them. `openid` belongs to `appid`; `unionid` is "" where WeChat gives none.

    `fetched_at` is when WeChat was asked for nickname and avatar: ISO 8601 with its offset, or "" if it never was.
    `account_uid` is the uid of the account that this (appid, openid) is known by, or "". `unionid_asked`: WeChat was
    just asked for the unionid of a follower.
    """

    appid: str
    openid: str
    unionid: str = ""
    nickname: str = ""
    avatar_url: str = ""
    fetched_at: str = ""
    account_uid: str = ""
    unionid_asked: bool = False


def qrconnect_url(open_base_url: str, *, appid: str, redirect_uri: str, state: str, lang: str = "") -> str:
    """Return the Open Platform's full-page QR (section 1.1)."""
    query = _query(
        appid=appid,
        redirect_uri=redirect_uri,
        response_type="code",
        scope="snsapi_login",
        state=state,
        **({"lang": lang} if lang else {}),
    )
    return f"{open_base_url}/connect/qrconnect?{query}#wechat_redirect"


def qrconnect_frame_url(open_base_url: str, *, appid: str, redirect_uri: str, state: str, lang: str = "") -> str:
    """Return the Open Platform's QR for our own iframe, as wxLogin.js would ask for it (section 1.4).

    `self_redirect=false` sends the whole page to the callback: a callback inside the frame would get no Lax cookies.
    `fast_login=0` spares the visitor Chrome's question about the local network (trap 21). `href` says how it looks.
    """
    query = _query(
        appid=appid,
        scope="snsapi_login",
        redirect_uri=redirect_uri,
        state=state,
        login_type="jssdk",
        self_redirect="false",
        href=FRAME_STYLE,
        **({"lang": lang} if lang else {}),
        fast_login="0",
    )
    return f"{open_base_url}/connect/qrconnect?{query}"


def in_wechat_url(open_base_url: str, *, appid: str, redirect_uri: str, state: str) -> str:
    """Return the official account's authorize page."""
    return _authorize_url(open_base_url, appid, redirect_uri, "snsapi_userinfo", state)


def who_is_it_url(open_base_url: str, *, appid: str, redirect_uri: str, state: str) -> str:
    """Return the address that sends a browser inside WeChat straight back, with a code for the openid alone."""
    return _authorize_url(open_base_url, appid, redirect_uri, "snsapi_base", state)


def fetch_grant(transport: Transport, app: AppCredentials, code: str) -> Grant:
    """Exchange `code`, once, for the identity behind it (section 3.1).

    Raises `SnapshotUser` for a virtual identity, and any other `WeChatError` as the transport does.
    """
    return grant_from(app.appid, fetch_token_answer(transport, app, code))


def fetch_token_answer(transport: Transport, app: AppCredentials, code: str) -> dict[str, Any]:
    """Exchange `code`, once, and return WeChat's answer as it is; it holds tokens."""
    query = Query(appid=app.appid, secret=app.secret, code=code, grant_type="authorization_code")
    try:
        return transport.get(ACCESS_TOKEN_PATH, query)
    except ApiTokenRejected as error:
        failure = error
    # 40001 means a stale token elsewhere, and a wrong secret here (section 6.2).
    raise SecretInvalid("WeChat refused", endpoint=ACCESS_TOKEN_PATH, errcode=failure.errcode, errmsg=failure.errmsg)


def grant_from(appid: str, answer: Mapping[str, Any]) -> Grant:
    """Return the identity in the answer to a code; raise `SnapshotUser` for a virtual one."""
    if answer.get("is_snapshotuser") not in (None, 0, "0", "", False):
        raise SnapshotUser("WeChat gave a virtual identity", endpoint=ACCESS_TOKEN_PATH)
    return Grant(
        appid=appid,
        openid=_identifier(_required(answer, "openid")),
        unionid=_identifier(_text(answer, "unionid")),
        scope=_text(answer, "scope"),
        user_access_token=_required(answer, "access_token"),
    )


def fetch_profile(transport: Transport, grant: Grant, *, lang: str) -> Profile:
    """Read nickname and avatar of the person behind `grant` (section 3.4). `lang` is zh_CN, zh_TW or en."""
    query = Query(access_token=grant.user_access_token, openid=grant.openid, lang=lang)
    answer = _userinfo(transport, query)
    return Profile(
        appid=grant.appid,
        openid=grant.openid,
        unionid=grant.unionid or _identifier(_text(answer, "unionid")),
        nickname=clean_nickname(_text(answer, "nickname")),
        avatar_url=https_avatar_url(_text(answer, "headimgurl")),
        fetched_at=datetime.now(UTC).isoformat(),
    )


def _userinfo(transport: Transport, query: Query) -> dict[str, Any]:
    try:
        return transport.get(USERINFO_PATH, query)
    except ApiTokenRejected as error:
        failure = error
    # What renews an API token elsewhere is the person here: no other token of theirs is kept (sections 3.2 and 6.2).
    raise PermissionGone("WeChat refused", endpoint=USERINFO_PATH, errcode=failure.errcode, errmsg=failure.errmsg)


def clean_nickname(nickname: str) -> str:
    """Return the nickname as a page can show it: one line, emoji kept, no control or text-direction characters."""
    kept = "".join(" " if char.isspace() else char for char in nickname if _is_printable(char))
    name = " ".join(kept.replace(_REPLACEMENT, "").split())
    return name if any(_is_visible(char) for char in name) else ""


def https_avatar_url(url: str) -> str:
    """Return WeChat's avatar address as https, which serves the same picture (section 3.5); "" for anything odd."""
    if url.startswith("http://"):
        url = "https://" + url.removeprefix("http://")
    return url if url.startswith("https://") and url.isprintable() else ""


def _is_printable(char: str) -> bool:
    """Drop control characters, half pairs and unassigned code points, and what would turn the page around the name."""
    if char.isspace():
        return True
    return unicodedata.category(char) not in ("Cc", "Cs", "Cn") and char not in _BIDI_CONTROLS


def _is_visible(char: str) -> bool:
    """A name of joiners and blanks only is none."""
    return unicodedata.category(char) not in ("Cf", "Mn", "Zs") and char not in _BLANKS


def _identifier(value: str) -> str:
    """Return an openid or unionid as it came; one that no database column takes is not WeChat's (section 0)."""
    if value and not IDENTIFIER.fullmatch(value):
        raise WeChatGarbled("the answer holds an impossible openid or unionid", endpoint=ACCESS_TOKEN_PATH)
    return value


def _authorize_url(open_base_url: str, appid: str, redirect_uri: str, scope: str, state: str) -> str:
    """WeChat matches this link with a regular expression: parameter order and fragment count (section 2.1)."""
    query = _query(appid=appid, redirect_uri=redirect_uri, response_type="code", scope=scope, state=state)
    return f"{open_base_url}/connect/oauth2/authorize?{query}#wechat_redirect"


def _query(**params: str) -> str:
    """Encode each value exactly once, slashes included, in the order given (sections 1.1 and 2.1)."""
    return "&".join(f"{name}={quote(value, safe='')}" for name, value in params.items())


def _text(answer: Mapping[str, Any], key: str) -> str:
    value = answer.get(key)
    return value if isinstance(value, str) else ""


def _required(answer: Mapping[str, Any], key: str) -> str:
    if value := _text(answer, key):
        return value
    raise WeChatGarbled(f"the answer has no {key}", endpoint=ACCESS_TOKEN_PATH)
