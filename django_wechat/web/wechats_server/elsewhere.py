"""What if WeChat's server calls an address that is nearly ours? It gets 404, and the provider's page says so.

Only a call that is signed with a provider's Access Token, and fresh, is remembered: nobody else can make that claim.
"""

import re
import time

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, get_script_prefix, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from django_wechat.exceptions import PushRejected
from django_wechat.models import WeChatProvider
from django_wechat.models.fields import SecretUnreadable
from django_wechat.models.transactions import outside_transactions
from django_wechat.protocol import push
from django_wechat.setup import provider_settings
from django_wechat.stores import push_health
from django_wechat.web.wechats_server.plain_text import plain_text

# Django's addresses know no flag that ignores case.
_WECHAT = "[Ww][Ee][Cc][Hh][Aa][Tt]"
_EVENTS = "[Ee][Vv][Ee][Nn][Tt][Ss]"

UNDER_THE_MOUNT = rf"^(?:/*){_WECHAT}/.*{_EVENTS}/*$"
"""Other names, doubled slashes and other letters behind allauth's part of an address."""

_NAME = "name"


class MountWrittenWrongly:
    """In front of that part: a path that is our address but for doubled slashes and other letters there.

    A path that allauth's own part answers does not match, wherever `root_urls` stands.
    """

    regex = rf".*{_WECHAT}/.*{_EVENTS}/*"

    def to_python(self, value: str) -> str:
        """Return the path, or raise `ValueError` for what is no misspelling."""
        mount = _mount()
        plain = "/" + re.sub("/+", "/", value).lstrip("/").lower()
        if not mount or f"/{value}".startswith(mount) or not plain.startswith(mount.lower()):
            raise ValueError(value)
        return value

    def to_url(self, value: str) -> str:
        """Return the path."""
        return value


@csrf_exempt
@never_cache
@login_not_required
@outside_transactions
def elsewhere(request: HttpRequest, **_path: str) -> HttpResponse:
    """Answer 404 under an address that WeChat's server may take for ours."""
    note(request)
    return plain_text(b"not found", 404)


def note(request: HttpRequest) -> None:
    """Remember, for whichever provider's Token signs the request, that WeChat asked at another address."""
    query, now = request.GET.dict(), time.time()
    if not push.looks_signed(query, now=now):
        return
    provider_settings.sync_once()
    for provider in WeChatProvider.objects.filter(enabled=True).select_related("health"):
        if _is_of(provider, query, now):
            push_health.note_elsewhere(provider, request.path)


def _is_of(provider: WeChatProvider, query: dict[str, str], now: float) -> bool:
    try:
        account = provider.official_account
        push.require_genuine_query(query, account.server_token if account else "", now=now)
    except (PushRejected, SecretUnreadable):
        return False
    return True


def _mount() -> str:
    """Return what our address of pushes begins with, up to a provider's name; "" where the site has none."""
    try:
        path = reverse("wechat_events", args=[_NAME])
    except NoReverseMatch:
        return ""
    return "/" + path.removeprefix(get_script_prefix()).partition(f"{_NAME}/events/")[0]
