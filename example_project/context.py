"""What every page of the example may show: the pretend phone, when there is one."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def example(request: HttpRequest) -> dict[str, Any]:
    """Tell the templates where the pretend phone is, or that the real WeChat is in use."""
    return {"phone_url": "/simulator/phone/" if settings.USE_SIMULATOR else None}
