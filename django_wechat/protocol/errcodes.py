"""Which exception does an errcode of WeChat become? One table for all (reference sections 6.2, 12.2, 13.1, 14).

An errcode that stands nowhere in it is a `RequestRejected`, too.
"""

import re
from collections.abc import Mapping
from typing import Any

from django_wechat.exceptions import (
    AccountLimited,
    ApiTokenRejected,
    AppIdInvalid,
    CodeInvalid,
    CodeUsed,
    IPNotAllowed,
    NotAuthorized,
    NotFollowing,
    PermissionGone,
    ProgramPageMissing,
    QuotaUsedUp,
    RequestRejected,
    SecretInvalid,
    WeChatBusy,
    WeChatError,
)

EXCEPTIONS: Mapping[type[WeChatError], tuple[int, ...]] = {
    WeChatBusy: (-1, 44990, 45011),
    QuotaUsedUp: (44993, 45009, 85406),
    CodeUsed: (40163,),
    CodeInvalid: (40029, 41008, 42003),
    PermissionGone: (40030, 42002, 42007, 50001),
    NotFollowing: (43004, 50005),
    AccountLimited: (40226, 43019, 50002, 50003),
    AppIdInvalid: (40013, 41002),
    SecretInvalid: (40125, 41004, 40243),
    IPNotAllowed: (40164, 61004, 89501, 89502, 89503, 89504, 89505, 89506, 89507),
    ProgramPageMissing: (40165, 41030, 85079),
    NotAuthorized: (40188, 48001, 48003, 48004, 48006, 50004, 50007, 61007, 61024, 85088, 85407, 85408),
    ApiTokenRejected: (40001, 40014, 42001),
    RequestRejected: (
        *(40002, 40003, 40033, 40035, 40052, 40053, 40066),
        *(41001, 41003, 41005, 41006, 41007, 41009),
        *(43001, 43002, 43003, 44002, 45015, 45047, 46004, 47001, 48002),
        *(40097, 40129, 40169, 40212, 85401, 85402),
    ),
}
_BY_ERRCODE = {errcode: kind for kind, errcodes in EXCEPTIONS.items() for errcode in errcodes}

_ALLOW_IP = re.compile(r"invalid ip ([0-9A-Fa-f.:]+)")
_ERRMSG_LENGTH = 300


def error_for(answer: Mapping[str, Any], endpoint: str) -> WeChatError | None:
    """Return the exception that `answer` stands for, or None when it is a success.

    A failure is an `errcode` that is present and not 0; the text of `errmsg` decides nothing (section 0.1).
    """
    errcode = _errcode(answer)
    if errcode == 0:
        return None
    errmsg = clean_errmsg(answer.get("errmsg"))
    kind = _BY_ERRCODE.get(errcode, RequestRejected)
    error = kind("WeChat refused", endpoint=endpoint, errcode=errcode, errmsg=errmsg)
    if isinstance(error, IPNotAllowed) and (match := _ALLOW_IP.search(errmsg)):
        error.ip = match.group(1)
    return error


def clean_errmsg(value: object) -> str:
    """Return WeChat's text as one printable line of at most 300 characters, fit for a log."""
    text = value if isinstance(value, str) else ""
    return "".join(char if char.isprintable() else " " for char in text)[:_ERRMSG_LENGTH]


def _errcode(answer: Mapping[str, Any]) -> int:
    """Numbers have come as strings (section 0.1), so "40029" counts as 40029; nonsense counts as -1."""
    value = answer.get("errcode", 0)
    try:
        return int(value)
    except (TypeError, ValueError):
        return -1
