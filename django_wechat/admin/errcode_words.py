"""What does an errcode of WeChat mean, in words for an admin? (reference section 6.2)"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_ADMIN_TO_CONFIRM = _("WeChat wants the account’s administrator to allow this server’s IP address first")

WORDS: dict[int, str | Promise] = {
    -1: _("WeChat is busy"),
    40001: _("The AppSecret is wrong, or the API token was replaced by another program"),
    40002: _("WeChat does not know the kind of request"),
    40003: _("WeChat does not know the person in this app"),
    40013: _("WeChat does not know the AppID"),
    40014: _("The API token is not valid"),
    40029: _("The code is not valid: expired, used before, or of another AppID"),
    40033: _("The request holds characters that are not allowed"),
    40035: _("The request holds a value that is not allowed"),
    40052: _("WeChat does not know the kind of QR code"),
    40053: _("WeChat does not accept what the QR code shall carry"),
    40066: _("WeChat does not know the address that was called"),
    40125: _("The AppSecret is wrong or was reset"),
    40163: _("The code was used before"),
    40164: _("This server’s IP address is not on the account’s list (IP白名单)"),
    40188: _("The account may not ask for this permission (scope)"),
    40226: _("WeChat blocks this person as a risk"),
    40243: _("The AppSecret is frozen in WeChat’s console"),
    41001: _("The API token is missing"),
    41002: _("The AppID is missing"),
    41004: _("The AppSecret is missing"),
    41008: _("The code is missing"),
    41009: _("The openid is missing"),
    42001: _("The API token has expired"),
    42003: _("The code has expired"),
    42007: _("The person changed the password of WeChat; they have to allow the sign-in again"),
    43001: _("WeChat wants another kind of request"),
    43002: _("WeChat wants another kind of request"),
    43003: _("WeChat wants https"),
    43004: _("The person has to follow the official account"),
    43019: _("The person is on the official account’s blacklist"),
    44002: _("WeChat got an empty request"),
    45009: _("The account’s quota for today is used up"),
    45011: _("Too many requests within a minute"),
    46004: _("WeChat does not know the person"),
    47001: _("WeChat could not read the request"),
    48001: _("The account may not do this: not verified, or the right is not granted"),
    48003: _("The account may not do this"),
    48004: _("WeChat blocked this ability of the account for a violation of its rules"),
    50001: _("The person has not granted this"),
    50002: _("The person or the account itself is frozen"),
    50003: _("WeChat does not expect this person, who may not be on its list"),
    50004: _("WeChat does not let the account call its API"),
    50005: _("The person does not follow the official account"),
    50007: _("The account is frozen"),
    61004: _("This server’s IP address is not on the account’s list (IP白名单)"),
    61007: _("The account did not grant this to the third-party platform"),
    61024: _("The AppID is that of a third-party platform"),
    89501: _ADMIN_TO_CONFIRM,
    89502: _ADMIN_TO_CONFIRM,
    89503: _ADMIN_TO_CONFIRM,
    89504: _ADMIN_TO_CONFIRM,
    89505: _ADMIN_TO_CONFIRM,
    89506: _("The account’s administrator refused this server’s IP address; WeChat blocks it for 24 hours"),
    89507: _("The account’s administrator refused this server’s IP address; WeChat blocks it for an hour"),
}


def in_words(errcode: int) -> str:
    """Return what `errcode` means, with its number, in the admin's language."""
    words = WORDS.get(errcode) or _("unknown to this package")
    return f"{words} ({errcode})"
