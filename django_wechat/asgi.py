"""How does a site serve the streams of waiting browsers? One line around the application of its `asgi.py`.

    application = wechat_streams(get_asgi_application())

This module can be imported before Django is set up, as every `asgi.py` imports first and sets up afterwards.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_wechat.web.streams.application import Application


def wechat_streams(application: "Application") -> "Application":
    """Return an ASGI application that serves the streams of waiting browsers, and leaves the rest to `application`.

    Needs a Django that is set up: `get_asgi_application()` does it, and has to be called first.
    """
    from django_wechat.web.streams.application import in_front_of  # noqa: PLC0415

    return in_front_of(application)
