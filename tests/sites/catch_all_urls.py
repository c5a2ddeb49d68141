"""URLs of a site with a CMS, whose catch-all stands in front of what the documentation says to add."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.generic import TemplateView


def page(request: HttpRequest, address: str) -> HttpResponse:
    """Answer any address, as a CMS does."""
    del request
    return HttpResponse(f"no page at {address}", status=404)


class LoginPage(TemplateView):
    """A login page of the site's own, which is its own business."""

    template_name = "account/login.html"


ours = [path("accounts/", include("allauth.urls")), path("", include("django_wechat.root_urls"))]
urlpatterns = [path("accounts/login/", LoginPage.as_view()), path("<path:address>", page), *ours]
