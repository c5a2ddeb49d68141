"""Which pages does the demo have? Home, allauth's with WeChat among them, the admin, and the pretend WeChat."""

from django.conf import settings
from django.conf.urls.static import static
from django.contrib import admin
from django.urls import include, path

from django_wechat.demo.views import home

urlpatterns = [
    path("", home, name="home"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("", include("django_wechat.root_urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("simulator/", include("django_wechat.simulator.urls")),
    *static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT),
]
