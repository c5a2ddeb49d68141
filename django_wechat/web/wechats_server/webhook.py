"""What does WeChat's server call? The push endpoint: verify, read, take in once, answer at once (reference section 5).

No outbound call is made here, and of a push that is not genuine nothing is stored but the reason why it was refused.
"""

import logging
import time
from contextlib import nullcontext

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from django_wechat.exceptions import PushRejected
from django_wechat.flows import leave, table
from django_wechat.models import WeChatProvider
from django_wechat.models.fields import SecretUnreadable
from django_wechat.models.rows import found_by, one
from django_wechat.models.transactions import all_or_nothing, outside_transactions
from django_wechat.problems import outages, told_when_down
from django_wechat.protocol import push
from django_wechat.protocol.push import OfficialAccount, PushEvent
from django_wechat.setup import provider_settings
from django_wechat.signals import push_received
from django_wechat.stores import push_health, push_receipts
from django_wechat.web.wechats_server import elsewhere
from django_wechat.web.wechats_server.plain_text import plain_text

logger = logging.getLogger("django_wechat.push")

MAX_BYTES = 64 * 1024


@csrf_exempt
@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
@outside_transactions
@told_when_down(outages.text)
def events(request: HttpRequest, name: str) -> HttpResponse:
    """Answer WeChat: its console's question by GET, its pushes by POST; 403 to whatever is not genuine."""
    provider_settings.sync_once()
    provider = _provider(name)
    if provider is None:
        elsewhere.note(request)
    if provider is None or not provider.enabled:
        return plain_text(b"not found", 404)
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


def _provider(name: str) -> WeChatProvider | None:
    """Return the provider with its health, or without where that is not looked at."""
    if push_health.is_due(name):
        found = one(WeChatProvider.objects.select_related("health").filter(name=name))
    else:
        found = found_by(WeChatProvider, "name", name)
    # MySQL also finds a name that differs by case (trap 37): nearly right is told of, and answers nowhere.
    return found if found is not None and found.name == name else None


def _refuse(provider: WeChatProvider, error: Exception) -> HttpResponse:
    logger.warning("Push to provider %s refused: %s", provider, error)
    return plain_text(b"refused", 403)


def _account(provider: WeChatProvider) -> OfficialAccount:
    account = provider.official_account
    if account is None or not account.server_token:
        raise PushRejected("Client ID 2, Client Secret 2 and Access Token are not all filled in")
    return account


def _answer_console(request: HttpRequest, provider: WeChatProvider, account: OfficialAccount) -> HttpResponse:
    query = request.GET.dict()
    answer = push.verify_url(query, account.server_token, now=time.time())
    push_receipts.burn(_receiver(provider, account), query, b"GET " + answer)
    push_health.note_verified(provider)
    return plain_text(answer)


def _receive(request: HttpRequest, provider: WeChatProvider, account: OfficialAccount, body: bytes) -> HttpResponse:
    if len(body) > MAX_BYTES:
        raise PushRejected("it is larger than 64 KiB")
    query, now = request.GET.dict(), time.time()
    if not account.aes_keys:
        push.require_genuine_query(query, account.server_token, now=now)
        push_receipts.burn(_receiver(provider, account), query, b"POST " + body)
    event = push.receive(query, body, account, now=now)
    push_health.note_push(provider)
    reply = _take_in(provider, account, event, now)
    return plain_text(push.seal(reply, account, nonce=query.get("nonce", ""), now=now, is_json=event.is_json))


def _receiver(provider: WeChatProvider, account: OfficialAccount) -> str:
    return f"{provider.name}:{account.appid}"


def _take_in(provider: WeChatProvider, account: OfficialAccount, event: PushEvent, now: float) -> bytes:
    """Handle an event once; a repeat changes nothing and is answered in the same words, in case the first got lost."""
    words = table.answer_push(provider, account, event)
    # What has to be erased is one transaction: a repeat that comes meanwhile waits, and is the first if this one fails.
    scope = all_or_nothing() if leave.erases(event) else nullcontext()
    with scope, push_receipts.first_delivery(account.appid, event) as is_first:
        if is_first:
            leave.on_push(provider, event)
            push_received.send_robust(WeChatProvider, provider=provider, event=event)
    return push.text_reply(event, words, now=now) if words else push.SUCCESS
