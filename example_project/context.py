"""What every page of the example may show: the pretend phone, the gallery and the other example, when there are."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def example(request: HttpRequest) -> dict[str, Any]:
    """Tell the templates where the pretend phone is, or that the real WeChat is in use; and where the others are."""
    return {
        "phone_url": "/simulator/" if settings.USE_SIMULATOR else None,
        "gallery_url": "/gallery/" if settings.DEBUG else None,
        "drf_example_url": f"{settings.DRF_EXAMPLE_URL}/" if settings.DRF_EXAMPLE_URL else None,
    }
