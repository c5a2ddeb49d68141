"""In which form is a script answered that goes on where a page would? The same in JSON, if Accept names it."""

import json
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse


def asks_for_json(request: HttpRequest) -> bool:
    """Whether Accept names JSON. `*/*` does not: whoever sent that before has always had the redirect."""
    return any((kind.main_type, kind.sub_type) == ("application", "json") for kind in request.accepted_types)


def as_json(response: HttpResponse) -> HttpResponse:
    """Turn a redirect into JSON in place: its cookies, and the entry of the log that hangs on it, stay."""
    if response.status_code == HTTPStatus.FOUND:
        response.content = json.dumps({"location": response.headers["Location"]})
        del response.headers["Location"]
        response.status_code = HTTPStatus.OK
        response.headers["Content-Type"] = "application/json"
    return response
