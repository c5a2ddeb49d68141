"""What does a browser wait at, on a site whose `asgi.py` is not wrapped by `wechat_streams`? The same stream."""

from collections.abc import AsyncIterator

from asgiref.sync import SyncToAsync, sync_to_async
from django.contrib.auth.decorators import login_not_required
from django.core.handlers.asgi import ASGIRequest
from django.db import connections
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from django_wechat.models.transactions import outside_transactions
from django_wechat.web import browser_keys
from django_wechat.web.streams import events
from django_wechat.web.streams.waiting import Waiting


@login_not_required
@require_GET
@outside_transactions
async def qr_stream(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Stream how far a QR session is to its own browser; to any other, and under WSGI, there is no stream.

    Reads neither session nor user, which would cost a database connection for each browser that waits.
    """
    if not isinstance(request, ASGIRequest):
        raise Http404
    opened = await events.open_stream(public_id, browser_keys.read(request))
    if isinstance(opened, events.Refusal):
        return HttpResponse(status=opened.status, headers=opened.headers)
    return StreamingHttpResponse(_without_a_thread(opened), headers=events.HEADERS)


async def _without_a_thread(waiting: Waiting) -> AsyncIterator[bytes]:
    await _give_thread_back()
    async for chunk in events.events(waiting):
        yield chunk


async def _give_thread_back() -> None:
    """End the thread that Django keeps for the synchronous parts of this request, and close its connections.

    It would live as long as the response. Whatever comes after the stream gets a new one.
    """
    context = SyncToAsync.thread_sensitive_context.get(None)
    if context is None or context not in SyncToAsync.context_to_thread_executor:
        return
    await sync_to_async(connections.close_all)()
    SyncToAsync.context_to_thread_executor.pop(context).shutdown(wait=False)
