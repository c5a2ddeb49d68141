"""URLs of the example: home, allauth (which brings ours), the admin, and the pretend WeChat where installed."""

from django.conf import settings
from django.conf.urls.static import static
from django.contrib import admin
from django.urls import include, path

from example_project import looks, views

urlpatterns = [
    path("", views.home, name="home"),
    path("spa/", views.spa, name="spa"),
    path("accounts/", include("allauth.urls")),
    path("_allauth/", include("allauth.headless.urls")),
    path("admin/", admin.site.urls),
    path("", include("django_wechat.root_urls")),
    path("i18n/", include("django.conf.urls.i18n")),
]
if settings.USE_SIMULATOR:
    urlpatterns.append(path("simulator/", include("django_wechat.simulator.urls")))
if settings.DEBUG:
    urlpatterns += looks.urlpatterns
    urlpatterns.append(path("gallery/", include("example_project.gallery.urls")))
    urlpatterns += static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT)
