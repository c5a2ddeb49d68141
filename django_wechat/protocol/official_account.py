"""What can be asked about an official account and its followers? (reference section 4)"""

from dataclasses import dataclass, field
from typing import Any

from django_wechat.exceptions import ApiTokenRejected, SecretInvalid, WeChatGarbled
from django_wechat.protocol.push import OfficialAccount
from django_wechat.protocol.transport import Content, Query, Transport

STABLE_TOKEN_PATH = "/cgi-bin/stable_token"
QR_PATH = "/cgi-bin/qrcode/create"
FOLLOWER_PATH = "/cgi-bin/user/info"


@dataclass(frozen=True)
class ApiToken:
    """The account's `access_token` for `/cgi-bin`, and the seconds it has left. Never printed."""

    value: str = field(repr=False)
    expires_in: int


@dataclass(frozen=True)
class Follower:
    """Someone who follows the account, or did: `unionid` is "" where WeChat gives none."""

    openid: str
    unionid: str
    follows: bool


def fetch_api_token(transport: Transport, account: OfficialAccount) -> ApiToken:
    """Return the account's API token from `stable_token`, which gives all callers the same one (section 4.2).

    Never forced: `force_refresh` kills the token that other processes are using (trap 42).
    """
    content = Content(grant_type="client_credential", appid=account.appid, secret=account.secret, force_refresh=False)
    try:
        answer = transport.post(STABLE_TOKEN_PATH, Query(), content)
    except ApiTokenRejected as error:
        failure = error
    else:
        return ApiToken(_required(answer, "access_token", STABLE_TOKEN_PATH), _seconds(answer))
    # 40001 means a stale token elsewhere, and a wrong secret here (section 6.2).
    raise SecretInvalid("WeChat refused", endpoint=STABLE_TOKEN_PATH, errcode=failure.errcode, errmsg=failure.errmsg)


def fetch_qr_content(transport: Transport, api_access_token: str, *, scene: str, seconds: int) -> str:
    """Return what a temporary QR code that carries `scene` has to show, good for `seconds` (section 4.4)."""
    scene_info = {"scene": {"scene_str": scene}}
    content = Content(expire_seconds=seconds, action_name="QR_STR_SCENE", action_info=scene_info)
    answer = transport.post(QR_PATH, Query(access_token=api_access_token), content)
    return _required(answer, "url", QR_PATH)


def fetch_follower(transport: Transport, api_access_token: str, openid: str) -> Follower:
    """Return what WeChat says of a follower: no nickname and no avatar since 2021 (section 4.5)."""
    query = Query(access_token=api_access_token, openid=openid, lang="zh_CN")
    answer = transport.get(FOLLOWER_PATH, query)
    unionid = answer.get("unionid")
    return Follower(openid, unionid if isinstance(unionid, str) else "", str(answer.get("subscribe")) == "1")


def _required(answer: dict[str, Any], key: str, endpoint: str) -> str:
    value = answer.get(key)
    if isinstance(value, str) and value:
        return value
    raise WeChatGarbled(f"the answer has no {key}", endpoint=endpoint)


def _seconds(answer: dict[str, Any]) -> int:
    """Numbers have come as text (section 0.1); without a usable one, the token is asked for again each time."""
    try:
        return int(answer.get("expires_in", 0))
    except (TypeError, ValueError):
        return 0
