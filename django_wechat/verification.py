"""Which file does WeChat get at the root of the site when its console checks a domain? (reference section 2.2)"""

import re

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from django_wechat import conf
from django_wechat.models import VerificationFile

NAME = r"MP_verify_[A-Za-z0-9]{16}\.txt"
URL_NAME = "wechat_verification_file"
FILES = "verification_files"
"""Where a dict of WECHAT["PROVIDERS"] has its files: {name: content}."""
_EXAMPLE = "MP_verify_0123456789abcdef.txt"
_PRINTABLE = re.compile(r"[\x20-\x7e]+[\r\n]*")
MAX_LENGTH = 200
"""Characters, as the column is long."""


@require_safe
@login_not_required
@cache_control(public=True, max_age=60)
def verification_file(request: HttpRequest, name: str) -> HttpResponse:  # noqa: ARG001
    """Answer a file that an admin stored, byte for byte as text; anything else is 404. No session is touched."""
    stored = VerificationFile.objects.filter(name=name).values_list("content", flat=True).first()
    content = stored or _in_settings(name)
    if not content:
        raise Http404
    response = HttpResponse(content, content_type="text/plain; charset=utf-8")
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _in_settings(name: str) -> str:
    """Return the file that a provider of the settings brings along."""
    return next((str(one[FILES][name]) for one in conf.get("PROVIDERS") if name in one.get(FILES, {})), "")


def is_name(name: str) -> bool:
    """Return whether WeChat's console gives out files of this name."""
    return re.fullmatch(NAME, name) is not None


def is_content(content: str) -> bool:
    """Return whether `content` may stand in such a file: one short line of plain text."""
    return len(content) <= MAX_LENGTH and _PRINTABLE.fullmatch(content) is not None


def at_root() -> bool:
    """Return whether this site serves the files where WeChat looks for them: `root_urls` included at its root."""
    try:
        return reverse(URL_NAME, args=[_EXAMPLE]) == f"/{_EXAMPLE}"
    except NoReverseMatch:
        return False
