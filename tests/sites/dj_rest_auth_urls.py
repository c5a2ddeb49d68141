"""A site whose single-page frontend signs in through dj-rest-auth."""

from dj_rest_auth.registration.views import SocialLoginView
from django.urls import path

from django_wechat.adapters import (
    WeChatAppOAuth2Adapter,
    WeChatMiniProgramClient,
    WeChatMiniProgramOAuth2Adapter,
    WeChatMobileOAuth2Adapter,
    WeChatOAuth2Client,
    WeChatWebOAuth2Adapter,
)
from tests.urls import urlpatterns as site_urls


class WebView(SocialLoginView):
    """Codes from the Open Platform's QR code."""

    adapter_class = WeChatWebOAuth2Adapter
    client_class = WeChatOAuth2Client


class MobileView(SocialLoginView):
    """Codes from inside WeChat."""

    adapter_class = WeChatMobileOAuth2Adapter
    client_class = WeChatOAuth2Client


class MiniProgramView(SocialLoginView):
    """Codes of `wx.login`."""

    adapter_class = WeChatMiniProgramOAuth2Adapter
    client_class = WeChatMiniProgramClient


class AppView(SocialLoginView):
    """Codes of WeChat's SDK."""

    adapter_class = WeChatAppOAuth2Adapter
    client_class = WeChatOAuth2Client


urlpatterns = [
    *site_urls,
    path("rest/web/", WebView.as_view()),
    path("rest/mobile/", MobileView.as_view()),
    path("rest/mini-program/", MiniProgramView.as_view()),
    path("rest/app/", AppView.as_view()),
]
