"""Which file does WeChat get at the root of the site when its console checks a domain? (reference section 2.2)"""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from django_wechat.setup import verification
from django_wechat.web.wechats_server.plain_text import plain_text


@require_safe
@login_not_required
@cache_control(public=True, max_age=60)
def verification_file(request: HttpRequest, name: str) -> HttpResponse:  # noqa: ARG001
    """Answer a file that an admin stored, byte for byte as text; anything else is 404. No session is touched."""
    content = verification.content_of(name)
    if not content:
        raise Http404
    return plain_text(content.encode())
