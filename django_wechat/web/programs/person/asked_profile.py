"""Which name and which picture did a mini program send? Read once, and refused in words."""

from dataclasses import dataclass, field

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from django_wechat.models.typed_profiles import LONGEST_NAME
from django_wechat.protocol.oauth import clean_nickname
from django_wechat.web.programs import asked
from django_wechat.web.programs.asked import BadRequest
from django_wechat.web.programs.person import uploads
from django_wechat.web.programs.person.uploads import NoForm, TooLarge

FORM = "multipart/form-data"

_NEITHER = _("Send “nickname” as JSON, or a form (multipart/form-data) with “nickname”, “avatar” or both.")
_NO_NAME = _("A name has 1 to %(longest)s characters that can be seen. Choose another one.")
_NO_FILE = _("“avatar” is a file: upload it in a form (multipart/form-data).")
_TOO_LARGE = _("The picture is too large: it may have %(megabytes)s MB. Choose a smaller one.")


@dataclass(frozen=True)
class AskedProfile:
    """What is to be changed: `nickname`, cleaned, and the bytes of `picture`; "" and None are what was not sent."""

    nickname: str = ""
    picture: bytes | None = field(default=None, repr=False)


def read(request: HttpRequest) -> AskedProfile:
    """Return what `request` wants to change; raise `BadRequest`."""
    asks = _from_form(request) if request.content_type == FORM else _from_json(request)
    if not asks.nickname and asks.picture is None:
        raise BadRequest(_NEITHER)
    return asks


def _from_json(request: HttpRequest) -> AskedProfile:
    body = asked.read_object(request, otherwise=_NEITHER)
    if "avatar" in body:
        raise BadRequest(_NO_FILE)
    return AskedProfile(_name(body["nickname"])) if "nickname" in body else AskedProfile()


def _from_form(request: HttpRequest) -> AskedProfile:
    try:
        texts, files = uploads.read(request)
    except TooLarge as error:
        raise BadRequest(_TOO_LARGE % {"megabytes": uploads.LARGEST // 1024**2}) from error
    except NoForm as error:
        raise BadRequest(_NEITHER) from error
    if "avatar" in texts:
        raise BadRequest(_NO_FILE)
    return AskedProfile(_name(texts["nickname"]) if "nickname" in texts else "", files.get("avatar"))


def _name(sent: object) -> str:
    """What would turn the page around the name, or cannot be seen, is left out, as in names that WeChat tells."""
    name = clean_nickname(sent) if isinstance(sent, str) else ""
    if not 0 < len(name) <= LONGEST_NAME:
        raise BadRequest(_NO_NAME % {"longest": LONGEST_NAME})
    return name
