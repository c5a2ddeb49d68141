"""Where do name and picture of a mini program go? `PATCH …/mini-program/profile/`: what the person typed, and chose.

POST does the same: of WeChat's two ways to ask, `wx.request` promises no PATCH, and `wx.uploadFile` has POST alone.
"""

import logging
from functools import partial

from allauth.socialaccount.models import SocialAccount
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _

from django_wechat import conf
from django_wechat.people import avatars, names
from django_wechat.people.typed import pictures, profiles
from django_wechat.people.typed.pictures import NoPicture
from django_wechat.stores import limits
from django_wechat.web.programs import problems, tokens
from django_wechat.web.programs.asked import BadRequest
from django_wechat.web.programs.door import program_address
from django_wechat.web.programs.person import asked_profile
from django_wechat.web.programs.person.asked_profile import AskedProfile
from django_wechat.web.programs.problems import Refused

logger = logging.getLogger("django_wechat.avatars")

NOBODY = _("Name and picture are of who is signed in: send the token that this site gave along.")
NO_WECHAT = _("No WeChat is connected to this account. Connect it first, with “process”: “connect”.")
TOO_OFTEN = _("Name and picture were changed too often. Wait some minutes, then try again.")
NO_PICTURES = _('This site keeps no pictures: that takes WECHAT["AVATAR_STORAGE"] and Pillow. Send the name alone.')
NO_PICTURE = _("This is no picture that can be read. Choose a JPEG, PNG or WebP of at most 4096 × 4096 pixels.")
NOT_STORED = _("The picture could not be kept just now, and nothing was changed. Try again later.")


@partial(program_address, methods=("PATCH", "POST"))
def profile(request: HttpRequest) -> HttpResponse:
    """Take in name and picture of who is signed in in a mini program, and answer with what is shown now."""
    try:
        return tokens.chosen().serve(request, _respond, about_user=True)
    except Refused as refused:
        return problems.answer(refused)


def _respond(request: HttpRequest) -> HttpResponse:
    account = _account(request)
    asked = _read(request)
    file = "" if asked.picture is None else _stored(asked.picture)
    now = profiles.change(account, nickname=asked.nickname, file=file)
    if now is None:
        raise Refused("not_available", 409, words=NO_WECHAT)
    avatar = avatars.avatar_url(now)
    return JsonResponse(
        {"nickname": names.shown_name(now), "avatar": request.build_absolute_uri(avatar) if avatar else ""}
    )


def _account(request: HttpRequest) -> SocialAccount:
    if not request.user.is_authenticated:
        raise Refused("sign_in_first", 401, words=NOBODY)
    account = profiles.account_of(request.user)
    if account is None:
        raise Refused("not_available", 409, words=NO_WECHAT)
    if wait := limits.seconds_to_wait("profile_person", str(request.user.pk)):
        raise Refused("too_often", 429, words=TOO_OFTEN, wait=wait)
    return account


def _read(request: HttpRequest) -> AskedProfile:
    try:
        return asked_profile.read(request)
    except BadRequest as error:
        raise Refused("bad_request", 400, words=error.words) from error


def _stored(picture: bytes) -> str:
    if not (conf.get("AVATAR_STORAGE") and pictures.HAS_PILLOW):
        raise Refused("not_available", 409, words=NO_PICTURES)
    try:
        return profiles.keep_file(pictures.drawn_anew(picture))
    except NoPicture as error:
        raise Refused("bad_request", 400, words=NO_PICTURE) from error
    except Exception as error:
        # A storage may raise anything.
        logger.exception("A picture that somebody uploaded was not stored")
        raise Refused("not_saved", 503, words=NOT_STORED) from error
