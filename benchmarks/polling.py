"""What does a browser cost that waits 15 seconds: on a stream, and asking once a second through Django?

    python -m benchmarks.polling [--quick]

Each at one process of the server that a site would use for it, and with all that this does for a request: the stream at
uvicorn, the polls at gunicorn with one worker and threads, on a kept connection.
"""

import http.client
from typing import Any

from benchmarks import site, waiting
from benchmarks.crowd import served
from benchmarks.services import gunicorn
from benchmarks.table import Figure, run

# The server and its visitor have one database.
waiting.set_up()
site.set_up()

from django.conf import settings  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import HttpRequest, JsonResponse  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import path  # noqa: E402

SECONDS = 15


def poll(request: HttpRequest) -> JsonResponse:
    """A status view as most would write it: the session says whose browser it is."""
    return JsonResponse({"signed_in": request.user.is_authenticated})


urlpatterns = [path("poll/", poll)]


def polled() -> Any:
    """The site that is polled."""
    settings.ROOT_URLCONF = "benchmarks.polling"
    return get_wsgi_application()


def poll_costs(times: int) -> float:
    """CPU milliseconds of the server for one poll, on a kept connection."""
    client = Client()
    client.force_login(get_user_model().objects.get_or_create(username="polls")[0])
    headers = {"Cookie": f"sessionid={client.cookies['sessionid'].value}", "Host": "testserver"}

    with served(gunicorn, "polling:polled") as (port, process):
        connection = http.client.HTTPConnection("127.0.0.1", port)

        def ask() -> None:
            connection.request("GET", "/poll/", headers=headers)
            assert b"true" in connection.getresponse().read()

        ask()
        spent = process.cpu
        for _ in range(times):
            ask()
        return (process.cpu - spent) * 1000 / times


def stream_costs(browsers: int, seconds: float) -> float:
    """CPU milliseconds of the server for one browser on a stream: to open it, and to wait."""
    found = waiting.measured(browsers, seconds)
    return found.opening + found.idle * SECONDS * 1000 / browsers


def measure(*, quick: bool) -> list[Figure]:
    """Return the figure of this part."""
    stream = stream_costs(50, 2) if quick else stream_costs(2_000, 20)
    polls = SECONDS * poll_costs(20 if quick else 1_000)
    words = f"a poll a second: {polls:.1f} ms, the stream {stream:.2f} ms"
    return [Figure("15 s of waiting, less CPU", polls / stream, 20, limit="one request", compared=words)]


if __name__ == "__main__":
    run(measure)
