"""What does the database hold? Every model of the app."""

from django_wechat.models.attempts import Outcome, SignInAttempt
from django_wechat.models.avatars import WeChatAvatar
from django_wechat.models.health import ProviderHealth, health_of
from django_wechat.models.identities import WeChatDuplicate, WeChatIdentity, WeChatUnionid
from django_wechat.models.once import CodeExchange, PushReceipt
from django_wechat.models.providers import WeChatProvider, is_filled
from django_wechat.models.qr_sessions import ProgramCode, QRSession, Status
from django_wechat.models.signin_methods import Method, Rule, SigninMethod
from django_wechat.models.sub_types import PROGRAMS, FollowUpAction, ProgramVersion, SubType
from django_wechat.models.typed_profiles import TypedProfile
from django_wechat.models.verification import VerificationFile

__all__ = [
    "PROGRAMS",
    "CodeExchange",
    "FollowUpAction",
    "Method",
    "Outcome",
    "ProgramCode",
    "ProgramVersion",
    "ProviderHealth",
    "PushReceipt",
    "QRSession",
    "Rule",
    "SignInAttempt",
    "SigninMethod",
    "Status",
    "SubType",
    "TypedProfile",
    "VerificationFile",
    "WeChatAvatar",
    "WeChatDuplicate",
    "WeChatIdentity",
    "WeChatProvider",
    "WeChatUnionid",
    "health_of",
    "is_filled",
]
