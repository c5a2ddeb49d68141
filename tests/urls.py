"""URLs of the test site: allauth, its headless API, the admin and the simulator."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from rest_framework_simplejwt.views import TokenBlacklistView, TokenRefreshView


def home(request: HttpRequest) -> HttpResponse:
    """Say who is signed in."""
    name = request.user.first_name if request.user.is_authenticated else ""
    return HttpResponse(f"signed in as {name}" if name else "signed out")


urlpatterns = [
    path("", home),
    path("accounts/profile/", home),
    path("accounts/", include("allauth.urls")),
    path("_allauth/", include("allauth.headless.urls")),
    path("token/refresh/", TokenRefreshView.as_view()),
    path("token/blacklist/", TokenBlacklistView.as_view()),
    path("admin/", admin.site.urls),
    path("", include("django_wechat.root_urls")),
    path("simulator/", include("django_wechat.simulator.urls")),
]
