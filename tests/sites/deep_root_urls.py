"""URLs of a site that includes `root_urls` where WeChat does not look."""

from django.urls import include, path

urlpatterns = [path("wechat/", include("django_wechat.root_urls"))]
