"""URLs of a site that has allauth at another place, in several languages."""

from django.conf.urls.i18n import i18n_patterns
from django.http import HttpRequest, HttpResponse
from django.urls import include, path, re_path

from tests.urls import home


def captured(request: HttpRequest) -> HttpResponse:
    """A page of the site's own whose address ends like a stream's."""
    return HttpResponse()


urlpatterns = [
    path("", home),
    re_path("^captured/", captured),
    *i18n_patterns(path("members/", include("allauth.urls"))),
]
