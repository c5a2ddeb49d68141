"""Where is the mini program's code that the tab shows? At an address that serves its own browser, and nobody else."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from django_wechat.problems import outages, told_when_down
from django_wechat.stores import program_scans
from django_wechat.web import browser_keys
from django_wechat.web.qr import qr_session_of


@never_cache
@login_not_required
@require_GET
@told_when_down(outages.json)
def qr_picture(request: HttpRequest, public_id: str) -> HttpResponse:
    """Return the picture as WeChat drew it, as long as the code is good."""
    picture = program_scans.picture_of(qr_session_of(browser_keys.read(request), public_id))
    if picture is None:
        raise Http404
    response = HttpResponse(picture.content, content_type=picture.content_type)
    # These bytes came from somewhere else: they are a picture, and nothing besides.
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
