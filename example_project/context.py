"""What every page of the example may show: the pretend phone and the gallery, when there are."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest


def example(request: HttpRequest) -> dict[str, Any]:
    """Tell the templates where the pretend phone is, or that the real WeChat is in use; and where the gallery is."""
    return {
        "phone_url": "/simulator/" if settings.USE_SIMULATOR else None,
        "gallery_url": "/gallery/" if settings.DEBUG else None,
    }


def user_display(user: User) -> str:
    """Call people by their WeChat nickname, which is kept as the first name, not by a made-up username."""
    return user.get_full_name() or user.get_username()
