"""The example for an ASGI server."""

import os

from django.core.asgi import get_asgi_application

from django_wechat.asgi import wechat_streams

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "example_project.settings")
application = wechat_streams(get_asgi_application())
