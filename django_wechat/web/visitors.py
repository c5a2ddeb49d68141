"""Who asks, by what, and for what? A request is read here, once; nothing below looks anything up in it.

Only what allauth asks of its provider on any page of the site (`choice_of`) reads less: no form, no session.
"""

from collections.abc import Callable
from typing import TypeVar, cast

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.utils import get_next_redirect_url, user_display
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.base import AuthProcess, Provider
from allauth.utils import build_absolute_uri, get_request_param
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.models import AnonymousUser
from django.contrib.sites.requests import RequestSite
from django.contrib.sites.shortcuts import get_current_site
from django.core.exceptions import ImproperlyConfigured, ObjectDoesNotExist, PermissionDenied
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from django_wechat.flows import table
from django_wechat.flows.journey import FOR_WHO_IS_SIGNED_IN
from django_wechat.flows.table import FULL_PAGE, Choice
from django_wechat.flows.visitor import Visitor
from django_wechat.models import WeChatProvider
from django_wechat.models.hosts import normal_origin
from django_wechat.people.uids import PROVIDER_ID
from django_wechat.protocol import user_agent
from django_wechat.setup import provider_settings
from django_wechat.web import browser_keys, places

_ROWS = "_wechat_rows"
_USER_AGENT_LENGTH = 300
Found = TypeVar("Found")


def visitor_of(request: HttpRequest) -> Visitor:
    """Return who asks; it stays what it was when somebody is signed in by the answer."""
    header = request.headers.get("User-Agent", "")
    browser_name, system = user_agent.describe(header[:_USER_AGENT_LENGTH])
    user = request.user if hasattr(request, "user") else AnonymousUser()
    address, site_url = address_of(request), normal_origin(build_absolute_uri(request, "/"))
    return Visitor(
        user=user,
        account=_later(lambda: user_display(user)),
        browser_key=browser_keys.read(request),
        address=address,
        browser=user_agent.parse(header),
        browser_name=browser_name,
        system=system,
        place=_later(lambda: places.find(address)),
        language=get_language() or "",
        site_url=site_url,
        callback_uri=site_url + reverse("wechat_callback"),
        site_name=_later(lambda: _site_name(request)),
        sites_domain=_later(lambda: _sites_domain(request)),
        host=request.get_host(),
        port=request.get_port(),
        rows=_later(lambda: rows_of(request)),
        provider_name=get_request_param(request, "provider") or "",
        full_page=bool(request.GET.get(FULL_PAGE)),
        purpose=purpose_for(get_request_param(request, "process")),
        next_url=_address_in(request, REDIRECT_FIELD_NAME),
        callback_url=_address_in(request, "callback_url"),
    )


def choice_of(request: HttpRequest, name: str | None = None) -> Choice:
    """Return how this request's browser can sign in, with all rows or the one called `name`."""
    browser = user_agent.parse(request.headers.get("User-Agent", ""))
    return table.choose(browser, rows_of(request), name=name, full_page=bool(request.GET.get(FULL_PAGE)))


def serves_programs(request: HttpRequest) -> bool:
    """Return whether an app asks, of allauth's headless API, at a site that takes codes of programs or apps."""
    return is_headless_app(request) and table.takes_codes(rows_of(request))


def is_headless_app(request: HttpRequest) -> bool:
    """Return whether an app asks, and not a browser, of allauth's headless API."""
    client = getattr(getattr(getattr(request, "allauth", None), "headless", None), "client", None)
    return bool(client == "app")


def rows_of(request: HttpRequest) -> list[WeChatProvider]:
    """Return the rows that serve this request, read once: allauth makes a provider for every use of it."""
    rows: list[WeChatProvider] | None = getattr(request, _ROWS, None)
    if rows is None:
        provider_settings.sync_once()
        rows = WeChatProvider.objects.serving(request.get_host())
        setattr(request, _ROWS, rows)
    return rows


def provider_for(request: HttpRequest) -> Provider:
    """Return allauth's provider "wechat" for a request, by way of the site's own adapter."""
    return get_adapter().get_provider(request, PROVIDER_ID)


def address_of(request: HttpRequest) -> str:
    """Return the client's address as the site's account adapter knows it, proxies considered; "" if it is not known.

    Not known either to a request that came past a proxy which ALLAUTH_TRUSTED_PROXY_COUNT has.
    """
    try:
        return str(get_account_adapter(request).get_client_ip(request))
    except (PermissionDenied, ImproperlyConfigured):
        return ""


def purpose_for(value: str | None) -> str:
    """Return what a request asks for: something of an account that is signed in, or else to sign in."""
    return value if value in FOR_WHO_IS_SIGNED_IN else str(AuthProcess.LOGIN)


def _address_in(request: HttpRequest, field: str) -> str:
    """The address of the site in a field; "" for one that allauth calls unsafe, or no database takes."""
    try:
        url = get_next_redirect_url(request, field) or ""
    except ValueError:  # allauth parses what somebody wrote, "https://[" for instance
        return ""
    return url if url.isprintable() else ""


def _site_name(request: HttpRequest) -> str:
    """The name in `django.contrib.sites`, where it is used and knows this site; else the host."""
    try:
        return get_current_site(request).name
    except ObjectDoesNotExist:
        return request.get_host()


def _sites_domain(request: HttpRequest) -> str:
    """The address in `django.contrib.sites`; "" where that is not used, or knows another site only."""
    try:
        site = get_current_site(request)
    except ObjectDoesNotExist:
        return ""
    return "" if isinstance(site, RequestSite) else str(site.domain)


def _later(find: Callable[[], Found]) -> Found:
    return cast(Found, SimpleLazyObject(find))
