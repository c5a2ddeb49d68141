"""Which WeChat providers does a demo have? Those of pages, and of programs, that the pretend WeChat knows."""

from typing import Any

from django_wechat.models import FollowUpAction, SubType, WeChatProvider
from django_wechat.simulator import seeds

WEB, ACCOUNT = "web", "account"

_KEYPAIRS: dict[str, Any] = {
    "display_name": "WeChat",
    "client_id": seeds.WEBSITE_APP_APPID,
    "client_secret": seeds.WEBSITE_APP_SECRET,
    "client_id_2": seeds.OFFICIAL_ACCOUNT_APPID,
    "client_secret_2": seeds.OFFICIAL_ACCOUNT_SECRET,
}
_FOLLOWING: dict[str, Any] = {
    "order": 1,
    "access_token": seeds.OFFICIAL_ACCOUNT_TOKEN,
    "encoding_aes_key": seeds.OFFICIAL_ACCOUNT_AES_KEY,
    "enable_qr_code": True,
    "follow_up_action": FollowUpAction.MEDIA,
}
_PROGRAMS: dict[str, dict[str, Any]] = {
    "mini": {
        "sub_type": SubType.MINI_PROGRAM,
        "order": 2,
        "client_id": seeds.MINI_PROGRAM_APPID,
        "client_secret": seeds.MINI_PROGRAM_SECRET,
        "enable_qr_code": True,
    },
    "app": {
        "sub_type": SubType.APP,
        "order": 3,
        "client_id": seeds.MOBILE_APP_APPID,
        "client_secret": seeds.MOBILE_APP_SECRET,
    },
}


def create() -> None:
    """One for QR codes of the Open Platform and for WeChat itself, one for following the account."""
    WeChatProvider.objects.get_or_create(name=WEB, defaults=_KEYPAIRS)
    WeChatProvider.objects.get_or_create(name=ACCOUNT, defaults=_KEYPAIRS | _FOLLOWING)


def create_programs() -> None:
    """A mini program and an app, of the same Open Platform account: who comes through them is who scanned the QR code.

    For a demo that has `allauth.headless`: what they are answered with is its tokens.
    """
    for name, fields in _PROGRAMS.items():
        WeChatProvider.objects.get_or_create(name=name, defaults={"display_name": "WeChat"} | fields)
