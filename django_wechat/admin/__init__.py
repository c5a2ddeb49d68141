"""The admin's pages, one file for each kind of row."""

from django_wechat.admin.attempts import SignInAttemptAdmin
from django_wechat.admin.duplicates import WeChatDuplicateAdmin
from django_wechat.admin.identities import WeChatIdentityAdmin
from django_wechat.admin.providers.page import WeChatProviderAdmin
from django_wechat.admin.qr_sessions import QRSessionAdmin
from django_wechat.admin.signin_methods import SigninMethodAdmin

__all__ = [
    "QRSessionAdmin",
    "SignInAttemptAdmin",
    "SigninMethodAdmin",
    "WeChatDuplicateAdmin",
    "WeChatIdentityAdmin",
    "WeChatProviderAdmin",
]
