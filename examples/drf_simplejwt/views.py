"""What does the site answer itself? Its one page, who a token names, and the end of a token."""

from pathlib import Path
from urllib.parse import urlsplit

from allauth.account.utils import user_display
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework_simplejwt.views import TokenBlacklistView

PAGE = Path(__file__).parent / "page" / "index.html"
WECHAT = "https://open.weixin.qq.com"
PRETEND_WECHAT = "{0.scheme}://{0.netloc}".format(urlsplit(settings.SIMULATOR))
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    f"frame-src {WECHAT} {PRETEND_WECHAT}; form-action 'self' {WECHAT} {PRETEND_WECHAT}"
)


@never_cache
@ensure_csrf_cookie
def page(request: HttpRequest) -> HttpResponse:
    """Send the page, the same for everybody, with the cookie that opening a QR code asks for."""
    return HttpResponse(PAGE.read_bytes(), headers={"Content-Security-Policy": POLICY})


@api_view()
def me(request: Request) -> Response:
    """Say who the token names."""
    has_wechat = SocialAccount.objects.filter(user=request.user, provider="wechat").exists()
    return Response({"id": request.user.pk, "display": user_display(request.user), "wechat": has_wechat})


class SignOut(TokenBlacklistView):
    """End a refresh token, and with it the session that this browser went through WeChat with."""

    def post(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Take `{"refresh"}`; a token that is none is a 401."""
        response = super().post(request, *args, **kwargs)
        logout(request._request)
        return response
