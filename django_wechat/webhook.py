"""What does WeChat's server call? The push endpoint: verify, read, take in once, answer at once (reference section 5).

No outbound call is made here, and of a push that is not genuine nothing is stored but the reason why it was refused.
"""

import logging
import time
from contextlib import nullcontext

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseForbidden
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from django_wechat import provider_settings, push_health, push_receipts
from django_wechat.exceptions import PushRejected
from django_wechat.fields import SecretUnreadable
from django_wechat.flows import follow, leave
from django_wechat.models import WeChatProvider
from django_wechat.models.rows import found_by, one
from django_wechat.protocol import push
from django_wechat.protocol.push import OfficialAccount, PushEvent
from django_wechat.signals import push_received
from django_wechat.transactions import all_or_nothing, outside_transactions

logger = logging.getLogger("django_wechat.push")

MAX_BYTES = 64 * 1024


@csrf_exempt
@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
@outside_transactions
def events(request: HttpRequest, name: str) -> HttpResponse:
    """Answer WeChat: its console's question by GET, its pushes by POST; 403 to whatever is not genuine."""
    provider_settings.sync_once()
    provider = _provider(name)
    try:
        account = _account(provider)
    except (PushRejected, SecretUnreadable) as error:
        return _refuse(provider, error)
    body = request.read(MAX_BYTES + 1)
    try:
        if request.method == "GET":
            return _answer_console(request, provider, account)
        return _receive(request, provider, account, body)
    except PushRejected as error:
        push_health.note_refused(provider, account, request.GET.dict(), body)
        return _refuse(provider, error)


def _provider(name: str) -> WeChatProvider:
    """Return the provider with its health, or without where that is not looked at."""
    if push_health.is_due(name):
        provider = one(WeChatProvider.objects.select_related("health").filter(name=name))
    else:
        provider = found_by(WeChatProvider, "name", name)
    if provider is None or not provider.enabled:
        raise Http404
    return provider


def _refuse(provider: WeChatProvider, error: Exception) -> HttpResponse:
    logger.warning("Push to provider %s refused: %s", provider, error)
    return HttpResponseForbidden("refused", content_type="text/plain")


def _account(provider: WeChatProvider) -> OfficialAccount:
    account = provider.official_account
    if account is None or not account.server_token:
        raise PushRejected("Client ID 2, Client Secret 2 and Access Token are not all filled in")
    return account


def _answer_console(request: HttpRequest, provider: WeChatProvider, account: OfficialAccount) -> HttpResponse:
    query = request.GET.dict()
    answer = push.verify_url(query, account.server_token)
    push_receipts.burn(account.appid, query, b"")
    push_health.note_verified(provider)
    return _plain(answer)


def _receive(request: HttpRequest, provider: WeChatProvider, account: OfficialAccount, body: bytes) -> HttpResponse:
    if len(body) > MAX_BYTES:
        raise PushRejected("it is larger than 64 KiB")
    query, now = request.GET.dict(), time.time()
    if not account.aes_keys:
        push.require_genuine_query(query, account.server_token, now=now)
        push_receipts.burn(account.appid, query, body)
    event = push.receive(query, body, account, now=now)
    push_health.note_push(provider)
    reply = _take_in(provider, account, event, now)
    return _plain(push.seal(reply, account, nonce=query.get("nonce", ""), now=now, is_json=event.is_json))


def _take_in(provider: WeChatProvider, account: OfficialAccount, event: PushEvent, now: float) -> bytes:
    """Handle an event once; a repeat changes nothing and is answered in the same words, in case the first got lost."""
    words = follow.on_push(provider, account, event)
    # What has to be erased is one transaction: a repeat that comes meanwhile waits, and is the first if this one fails.
    scope = all_or_nothing() if leave.erases(event) else nullcontext()
    with scope, push_receipts.first_delivery(account.appid, event) as is_first:
        if is_first:
            leave.on_push(provider, event)
            push_received.send_robust(WeChatProvider, provider=provider, event=event)
    return push.text_reply(event, words, now=now) if words else push.SUCCESS


def _plain(body: bytes) -> HttpResponse:
    """text/plain, so that nothing of the query can be taken for a page."""
    response = HttpResponse(body, content_type="text/plain; charset=utf-8")
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
