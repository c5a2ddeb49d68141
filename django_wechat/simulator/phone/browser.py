"""What does a link in a chat open? WeChat's own browser: its User-Agent, its own cookies, whoever holds the phone.

A tab of the developer's browser can be neither, so the simulator fetches the page and shows it with its links and forms
led through here. Scripts do not run.
"""

import re
from collections.abc import Callable
from html import escape, unescape
from urllib.parse import urljoin, urlsplit

import requests
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from django_wechat.simulator.http import base_url, own_pages_only, simulator_page
from django_wechat.simulator.platform import get_platform
from django_wechat.simulator.push.reach import NearAdapter, OutOfReachError
from django_wechat.simulator.world.browsers import WECHAT_USER_AGENT

PATIENCE = 15.0
_LED_THROUGH = re.compile(r"""(<a\b[^>]*?\shref=|<form\b[^>]*?\saction=)"([^"]*)\"""", re.IGNORECASE)
_HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)


@simulator_page
@own_pages_only
@require_http_methods(["GET", "POST"])
def browser(request: HttpRequest) -> HttpResponseBase:
    """Show the page at `url`, or what it answers to a form."""
    url = request.GET.get("url", "")
    if urlsplit(url).scheme not in ("http", "https"):
        return HttpResponseBadRequest("no http(s) address", content_type="text/plain")
    try:
        answer = _visit(request, url)
    except (OutOfReachError, requests.RequestException) as error:
        why = str(error) if isinstance(error, OutOfReachError) else type(error).__name__
        return HttpResponse(f"The page did not open: {why}", status=502, content_type="text/plain")
    return _shown(answer, lambda address: f"{base_url(request)}/phone/browser?{urlencode({'url': address})}")


def _visit(request: HttpRequest, url: str) -> requests.Response:
    """Fetch a page as the person who holds the phone; redirects are followed, WeChat's authorize page among them."""
    headers = {"User-Agent": WECHAT_USER_AGENT, "Accept-Language": request.headers.get("Accept-Language", "")}
    if request.method == "POST":
        parts = urlsplit(url)
        headers |= {"Origin": f"{parts.scheme}://{parts.netloc}", "Referer": url}
    with requests.Session() as http:
        http.trust_env = False
        http.mount("http://", NearAdapter())
        http.mount("https://", NearAdapter())
        platform = get_platform()
        http.cookies = platform.cookies.setdefault(platform.person.key, requests.cookies.RequestsCookieJar())
        form = [(name, str(value)) for name, values in request.POST.lists() for value in values]
        return http.request(request.method or "GET", url, data=form, headers=headers, timeout=PATIENCE)


def _shown(answer: requests.Response, through: Callable[[str], str]) -> HttpResponse:
    kind = answer.headers.get("Content-Type", "text/plain")
    if "html" not in kind:
        return HttpResponse(answer.content, status=answer.status_code, content_type=kind)

    def lead(found: re.Match[str]) -> str:
        return f'{found[1]}"{escape(through(urljoin(answer.url, unescape(found[2]))))}"'

    answer.encoding = answer.encoding or "utf-8"
    page = _LED_THROUGH.sub(lead, answer.text)
    page = _HEAD.sub(lambda head: f'{head.group()}<base href="{escape(answer.url)}">', page, count=1)
    response = HttpResponse(page, status=answer.status_code)
    response.headers["Content-Security-Policy"] = "script-src 'none'"
    return response
