"""Addresses of the site. With HEADLESS_ONLY, allauth's are those of its providers alone: ours, under wechat/."""

from allauth.headless.constants import Client
from allauth.headless.socialaccount.views import RedirectToProviderView
from django.conf import settings
from django.urls import include, path
from django.views.generic import RedirectView
from rest_framework_simplejwt.views import TokenObtainPairView, TokenRefreshView

import views

urlpatterns = [
    path("", views.page),
    path("accounts/", include("allauth.urls")),
    # The way in inside WeChat, where the page has to be left. The rest of allauth's headless API stays out.
    path("_allauth/browser/v1/auth/provider/redirect", RedirectToProviderView.as_api_view(client=Client.BROWSER)),
    path("api/me/", views.me),
    path("api/token/", TokenObtainPairView.as_view()),
    path("api/token/refresh/", TokenRefreshView.as_view()),
    path("api/sign-out/", views.SignOut.as_view()),
    # WeChat's verification files, at the root of the host.
    path("", include("django_wechat.root_urls")),
]

if not settings.OWN_SIMULATOR:
    urlpatterns.append(path("simulator/", RedirectView.as_view(url=f"{settings.SIMULATOR}/")))
else:
    from django_wechat.simulator import seeds
    from django_wechat.simulator.platform import get_platform

    urlpatterns.append(path("simulator/", include("django_wechat.simulator.urls")))
    # What one enters in WeChat's console: where it tells the site of a scan.
    account = get_platform().find_app(seeds.OFFICIAL_ACCOUNT_APPID)
    account.push_url = f"{settings.SITE}/accounts/wechat/account/events/"
