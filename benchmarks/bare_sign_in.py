"""What does a sign-in cost with nothing but Django? A bare view that asks WeChat on a kept connection and logs in."""

from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path

from django_wechat.protocol.transport import Query, Transport
from tests.urls import urlpatterns as site_urls


def come_back(request: HttpRequest) -> HttpResponse:
    """Sign in whoever comes with this code: no state is checked, no account kept, and a second delivery fails."""
    wechat, users = Transport(settings.WECHAT["API_BASE_URL"], 3, 5), get_user_model().objects
    token = wechat.get("/sns/oauth2/access_token", Query(appid="wx1", secret="s" * 32, code=request.GET["code"]))
    user = users.filter(username=token["openid"]).first()
    if user is None:
        profile = wechat.get("/sns/userinfo", Query(access_token=token["access_token"], openid=token["openid"]))
        user = users.create_user(token["openid"], first_name=profile["nickname"])
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return redirect("/")


urlpatterns = [*site_urls, path("bare/callback/", come_back)]
