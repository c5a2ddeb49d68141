"""One machine of `machines.py`: the test site under WSGI or ASGI; each answer says which process it came from."""

import os
from collections.abc import Callable, Iterable
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"

import django
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application

settings.WECHAT = {
    **{f"{host}_BASE_URL": f"{os.environ['SIMULATOR_URL']}/{host.lower()}" for host in ("API", "OPEN", "MP")},
    # One address for the whole crowd.
    "RATE_LIMITS": {"qr_open_unknown": (100_000, 60), "qr_open_unknown_hour": (100_000, 3600)},
}

# Only once the settings are complete.
django.setup()

from django_wechat.asgi import wechat_streams  # noqa: E402

Start = Callable[..., Any]


def wsgi() -> Callable[[dict[str, Any], Start], Iterable[bytes]]:
    """A web process."""
    application = get_wsgi_application()

    def named(environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            return start_response(status, [*headers, ("X-Process", str(os.getpid()))], *rest)

        return application(environ, start)

    return named


def asgi() -> Any:
    """The process of the streams."""
    return wechat_streams(get_asgi_application())
