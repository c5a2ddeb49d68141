"""By which name does the link on the phone call this site? By one that nobody but the site itself can choose.

A browser may say any host that ALLOWED_HOSTS lets pass, and the link holds a key.
"""

import re

from django.conf import settings
from django.http.request import validate_host

from django_wechat.flows.visitor import Visitor
from django_wechat.models import WeChatProvider
from django_wechat.models.hosts import host_names, normal_host, readable_host

PLACEHOLDER = "example.com"
"""What `django.contrib.sites` calls a site whose admin has not named it yet."""


def origin(visitor: Visitor, row: WeChatProvider) -> str:
    """Return scheme and host of the link, with a port only if one is certain; "" if no name is.

    The row's own host; else the one in `django.contrib.sites`; else the one that was asked for, if the site is called
    exactly so.
    """
    host = _certain(visitor, row)
    return f"{visitor.site_url.partition('://')[0]}://{host}" if host else ""


def host_shown(visitor: Visitor, row: WeChatProvider) -> str:
    """Return the host that stands in the address bar of the computer, as far as that is certain; else the link's."""
    host = _asked_for(visitor) if _is_named(visitor, row) else _certain(visitor, row)
    return readable_host(normal_host(host)) + _port_of(host)


def _certain(visitor: Visitor, row: WeChatProvider) -> str:
    if host_names(row.hosts):
        return _asked_for(visitor)
    return _in_sites(visitor) or (_asked_for(visitor) if _is_named(visitor, row) else "")


def _is_named(visitor: Visitor, row: WeChatProvider) -> bool:
    """Whether the host that was asked for is one of the site's names, and not just one that a pattern lets pass."""
    if host_names(row.hosts):
        return True  # the row was chosen because it serves this very host
    if settings.DEBUG and (not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS):
        return True
    # A name with a dot before it is itself served, too.
    named = [normal_host(name.removeprefix(".")) for name in settings.ALLOWED_HOSTS]
    return normal_host(visitor.host) in named


def _in_sites(visitor: Visitor) -> str:
    """The Sites framework's name, if the site answers to it and an admin chose it."""
    domain = str(visitor.sites_domain)
    host = normal_host(domain)
    if not host or not validate_host(host, settings.ALLOWED_HOSTS):
        return ""
    return "" if host == PLACEHOLDER != normal_host(visitor.host) else host + _port_of(domain)


def _asked_for(visitor: Visitor) -> str:
    """The host as it was asked for; its port only if the server listens there: a browser may claim any."""
    port = _port_of(visitor.host)
    return normal_host(visitor.host) + (port if port == f":{visitor.port}" else "")


def _port_of(host: str) -> str:
    """The port with its colon; "" if there is none."""
    found = re.search(r":\d+$", host.rpartition("]")[2])
    return found.group() if found else ""
