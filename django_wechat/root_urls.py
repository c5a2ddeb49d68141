"""Which addresses must stand at the root of the site? WeChat's verification files, and misspellings of our address.

In the site's own urls.py: `path("", include("django_wechat.root_urls"))`.
"""

from django.urls import path, re_path, register_converter

from django_wechat.setup.verification import NAME, URL_NAME
from django_wechat.web.wechats_server.elsewhere import MountWrittenWrongly, elsewhere
from django_wechat.web.wechats_server.verification_file import verification_file

register_converter(MountWrittenWrongly, "wechat_mount_written_wrongly")

urlpatterns = [
    re_path(rf"^(?P<name>{NAME})$", verification_file, name=URL_NAME),
    path("<wechat_mount_written_wrongly:path>", elsewhere),
]
