"""What does the database hold? Every model of the app."""

from django_wechat.models.identities import WeChatIdentity
from django_wechat.models.once import CodeExchange, PushReceipt
from django_wechat.models.providers import FollowUpAction, SubType, WeChatProvider, is_filled
from django_wechat.models.qr_sessions import QRSession, Status

__all__ = [
    "CodeExchange",
    "FollowUpAction",
    "PushReceipt",
    "QRSession",
    "Status",
    "SubType",
    "WeChatIdentity",
    "WeChatProvider",
    "is_filled",
]
