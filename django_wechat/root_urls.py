"""Which addresses must stand at the root of the site? WeChat's verification files.

In the site's own urls.py: `path("", include("django_wechat.root_urls"))`.
"""

from django.urls import re_path

from django_wechat.verification import NAME, URL_NAME, verification_file

urlpatterns = [re_path(rf"^(?P<name>{NAME})$", verification_file, name=URL_NAME)]
