"""A site without allauth's pages: only our addresses, as `HEADLESS_ONLY` leaves them."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("django_wechat.urls")),
    path("_allauth/", include("allauth.headless.urls")),
]
