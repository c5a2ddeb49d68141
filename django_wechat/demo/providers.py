"""Which WeChat providers does a demo have? Two that the pretend WeChat knows."""

from typing import Any

from django_wechat.models import FollowUpAction, WeChatProvider
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


def create() -> None:
    """One for QR codes of the Open Platform and for WeChat itself, one for following the account."""
    WeChatProvider.objects.get_or_create(name=WEB, defaults=_KEYPAIRS)
    WeChatProvider.objects.get_or_create(name=ACCOUNT, defaults=_KEYPAIRS | _FOLLOWING)
