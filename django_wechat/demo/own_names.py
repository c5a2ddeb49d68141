"""Who may read an answer of the demo? Only pages that know it by one of its own names.

Django's answer to a strange name is, with DEBUG, a page about the process that serves it, environment included. A page
of another site, whose name is led to this machine, could read that.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.http.request import split_domain_port, validate_host


def own_names_only(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answer a request under a strange name in one line, before anything else looks at it."""

    def answer(request: HttpRequest) -> HttpResponse:
        name, _port = split_domain_port(request.META.get("HTTP_HOST", ""))
        if not validate_host(name, settings.ALLOWED_HOSTS):
            return HttpResponseBadRequest("Open the demo as 127.0.0.1 or localhost.", content_type="text/plain")
        return get_response(request)

    return answer
