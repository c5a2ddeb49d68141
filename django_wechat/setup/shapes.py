"""Does a pasted value look like what WeChat gives out, and what is it if not? Said without the value.

The shapes are those of the reference: an AppID and an AppSecret were never seen otherwise. So what is surely something
else is refused, and what merely looks odd is doubted aloud.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from django_wechat.models.pasted import QUOTES, cleaned, is_invisible
from django_wechat.protocol.oauth import APPID


class Kind(StrEnum):
    """What is pasted."""

    APPID = "appid"
    SECRET = "secret"
    TOKEN = "token"
    AES_KEY = "aes_key"


KINDS = {
    "client_id": Kind.APPID,
    "client_id_2": Kind.APPID,
    "client_secret": Kind.SECRET,
    "client_secret_2": Kind.SECRET,
    "access_token": Kind.TOKEN,
    "encoding_aes_key": Kind.AES_KEY,
}
"""What each column of a provider holds."""

_SHAPES = {
    Kind.APPID: APPID,
    Kind.SECRET: re.compile(r"[0-9a-f]{32}"),
    Kind.TOKEN: re.compile(r"[A-Za-z0-9]{3,32}"),
    Kind.AES_KEY: re.compile(r"[A-Za-z0-9]{43}"),
}
_ORIGINAL_ID = re.compile(r"gh_[0-9a-f]+")

_RULES: dict[Kind, Promise] = {
    Kind.APPID: _("An AppID is “wx” and 16 digits or letters a to f, all in lower case."),
    Kind.SECRET: _("An AppSecret is 32 digits or letters a to f, all in lower case."),
    Kind.TOKEN: _("A Token is 3 to 32 letters and digits, as WeChat’s console asks for."),
    Kind.AES_KEY: _("An EncodingAESKey is exactly 43 letters and digits."),
}
_SAYS: dict[str, Promise | str] = {
    "invisible_start": _("There is an invisible character at the beginning."),
    "invisible_end": _("There is an invisible character at the end."),
    "invisible_inside": _("There is an invisible character after character %(number)d."),
    "blank_start": _("There is a blank or a line break at the beginning."),
    "blank_end": _("There is a blank or a line break at the end."),
    "blank_inside": _("There is a blank or a line break after character %(number)d."),
    "quotes": _("There are quotation marks around it."),
    "wide": _("It has full-width letters or digits."),
    "foreign": _("Character %(number)d is no plain letter or digit."),
    "is_original_id": _("This is the original ID (原始ID) of the account."),
    "is_secret": _("This looks like an AppSecret."),
    "is_appid": _("This is the AppID."),
    "is_aes_key": _("This looks like an EncodingAESKey."),
    "twice": _("It was pasted twice."),
    "upper": _("It has capital letters."),
    "padded": _("The “=” at the end does not belong to it."),
    "length": _("Its length is %(number)d."),
    "other": "",
}


@dataclass(frozen=True)
class Misfit:
    """Why a value does not look like its kind; `code` and `number` are kept, the words made anew for each reader.

    `is_sure`: it cannot be right; otherwise it only looks odd.
    """

    kind: Kind
    code: str
    number: int = 0

    @property
    def is_sure(self) -> bool:
        """Whether it is certain that WeChat gave out no such value."""
        return self.code != "other" or self.kind != Kind.SECRET

    def __str__(self) -> str:
        return f"{self.says} {_RULES[self.kind]}".strip()

    @property
    def says(self) -> str:
        """What is the matter, without the rule."""
        return str(_SAYS[self.code]) % {"number": self.number}

    def stored(self) -> str:
        """Return what the database keeps."""
        return f"{self.kind}:{self.code}:{self.number}"


def restored(stored: str) -> str:
    """Return in words what `Misfit.stored` gave; "" for what this version does not know."""
    kind, _colon, rest = stored.partition(":")
    code, _colon, number = rest.partition(":")
    known = kind in list(Kind) and code in _SAYS and number.isdecimal()
    return str(Misfit(Kind(kind), code, int(number))) if known else ""


@sensitive_variables()
def misfit(kind: Kind, value: str) -> Misfit | None:
    """Return why a value that is used as it stands is not of its kind; None if it looks right."""
    if found := came_along(kind, value):
        return found
    return None if _SHAPES[kind].fullmatch(value) else Misfit(kind, *_what_it_is(kind, value))


@sensitive_variables()
def came_along(kind: Kind, value: str) -> Misfit | None:
    """Return what `cleaned` would leave out of a value; None if nothing."""
    return None if cleaned(value) == value else Misfit(kind, *_extra(value))


def _extra(value: str) -> tuple[str, int]:
    """Both ends first: that is where copying goes wrong, and where nobody sees it."""
    for code, matches in (("invisible", is_invisible), ("blank", str.isspace)):
        found = [place for place, character in enumerate(value) if matches(character)]
        if value and matches(value[-1]):
            return f"{code}_end", 0
        if found and found[0] == 0:
            return f"{code}_start", 0
        if found and code == "invisible":
            return f"{code}_inside", found[0]
    return ("quotes", 0) if value[0] in QUOTES or value[-1] in QUOTES else ("wide", 0)


def _what_it_is(kind: Kind, value: str) -> tuple[str, int]:
    """A value that was cleaned: the others that lie beside it in the console are known."""
    others = {"is_appid": APPID, "is_original_id": _ORIGINAL_ID, "is_secret": _SHAPES[Kind.SECRET]}
    known = next((code for code, shape in others.items() if shape.fullmatch(value)), "")
    half = len(value) // 2
    if known:
        return known, 0
    if kind in (Kind.SECRET, Kind.APPID) and _SHAPES[Kind.AES_KEY].fullmatch(value):
        return "is_aes_key", 0
    if _SHAPES[kind].fullmatch(value[:half]) and value == value[:half] * 2:
        return "twice", 0
    if kind == Kind.AES_KEY and _SHAPES[kind].fullmatch(value.rstrip("=")):
        return "padded", 0
    return _letters(kind, value)


def _letters(kind: Kind, value: str) -> tuple[str, int]:
    odd = next((place for place, one in enumerate(value, 1) if not (one.isascii() and one.isalnum())), 0)
    if odd and value[odd - 1].isspace():
        return "blank_inside", odd - 1
    if odd and not (value.isascii() and kind == Kind.SECRET):
        return "foreign", odd
    if kind in (Kind.APPID, Kind.SECRET) and _SHAPES[kind].fullmatch(value.lower()):
        return "upper", 0
    if kind in (Kind.TOKEN, Kind.AES_KEY) or re.fullmatch(r"(wx)?[0-9a-f]*", value):
        return "length", len(value)
    return "other", 0
