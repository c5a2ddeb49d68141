"""Who opened a mini program? The code of `wx.login` for an identity, and a phone number (reference section 12)."""

from dataclasses import dataclass
from typing import Any

from django_wechat.exceptions import ApiTokenRejected, AppIdInvalid, CodeInvalid, SecretInvalid, WeChatGarbled
from django_wechat.protocol.oauth import IDENTIFIER, AppCredentials, Profile
from django_wechat.protocol.transport import Content, Query, Transport

SESSION_PATH = "/sns/jscode2session"
PHONE_PATH = "/wxa/business/getuserphonenumber"


@dataclass(frozen=True)
class PhoneNumber:
    """A number that a person chose in WeChat, in digits alone: "86" and "131…". Printing it never shows the number."""

    country_code: str
    number: str

    def __repr__(self) -> str:
        return f"PhoneNumber(+{self.country_code} …)"

    @property
    def international(self) -> str:
        """The number as allauth keeps numbers: "+", country code, number."""
        return f"+{self.country_code}{self.number}"


def fetch_person(transport: Transport, app: AppCredentials, code: str) -> Profile:
    """Exchange a code of `wx.login`, once, for who it is; WeChat tells neither nickname nor avatar (section 12.2).

    The `session_key` of the answer is dropped: signing in needs none (section 12.3). Raises `CodeInvalid`, `CodeUsed`,
    `AccountLimited` (40226, a person at risk), and what every call raises.
    """
    query = Query(appid=app.appid, secret=app.secret, js_code=code, grant_type="authorization_code")
    try:
        answer = transport.get(SESSION_PATH, query)
    except ApiTokenRejected as error:
        failure = error
    else:
        openid = _identifier(answer, "openid")
        if not openid:
            raise WeChatGarbled("the answer has no openid", endpoint=SESSION_PATH)
        return Profile(appid=app.appid, openid=openid, unionid=_identifier(answer, "unionid"))
    # 40001 means a stale token elsewhere, and a wrong secret here (section 6.2).
    raise SecretInvalid("WeChat refused", endpoint=SESSION_PATH, errcode=failure.errcode, errmsg=failure.errmsg)


def fetch_phone_number(transport: Transport, api_access_token: str, code: str) -> PhoneNumber:
    """Exchange a code of the phone-number button, once; it is no code of `wx.login` (section 12.6).

    Raises `CodeInvalid` for one that is used, late or of another program, and what every call raises.
    """
    try:
        answer = transport.post(PHONE_PATH, Query(access_token=api_access_token), Content(code=code))
    except AppIdInvalid as error:
        failure = error
    else:
        return _phone_number(answer)
    # Elsewhere a wrong AppID; here the code is of another one (section 12.6).
    raise CodeInvalid("WeChat refused", endpoint=PHONE_PATH, errcode=failure.errcode, errmsg=failure.errmsg)


def _phone_number(answer: dict[str, Any]) -> PhoneNumber:
    info = answer.get("phone_info")
    info = info if isinstance(info, dict) else {}
    country, number = _digits(info.get("countryCode")), _digits(info.get("purePhoneNumber"))
    if not (country and number):
        raise WeChatGarbled("the answer has no phone number", endpoint=PHONE_PATH)
    return PhoneNumber(country, number)


def _digits(value: object) -> str:
    """Numbers have come as text and as numbers (section 0.1); 15 digits are the longest that there is."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return text if text.isascii() and text.isdigit() and len(text) <= 15 else ""


def _identifier(answer: dict[str, Any], key: str) -> str:
    """Return an openid or unionid as it came; one that no database column takes is not WeChat's (section 0)."""
    value = answer.get(key)
    if value and not (isinstance(value, str) and IDENTIFIER.fullmatch(value)):
        raise WeChatGarbled(f"the answer holds an impossible {key}", endpoint=SESSION_PATH)
    return value if isinstance(value, str) else ""
