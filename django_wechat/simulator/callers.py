"""Who may give the simulator orders? Its own pages and programs, and never another page in the developer's browser.

Two marks of a browser tell whose page it is. `Sec-Fetch-Site` where there is one; a phone in the local network sends
none (no https), but `Origin` with every form, and mostly `Referer`. A program sends neither and may do everything.

Both would be right about a page that gave this machine a name of its own (DNS rebinding), so names that somebody can
register are refused, unless ALLOWED_HOSTS has them; its "*" is no permission to be called by any name.
"""

import ipaddress
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port, validate_host

OWN = {"same-origin", "none"}

# Nobody can register these (RFC 6761, 8375, and ICANN's for private use); "local" is the local network's own (mDNS).
UNREGISTRABLE = {"localhost", "test", "example", "invalid", "local", "internal", "home.arpa"}

ELSEWHERE = (
    "This request comes from a page that is not the simulator's. It takes orders only from its own pages, and from "
    "programs outside the browser. Open the phone page or the console, and do it there.\n"
)
STRANGE_NAME = (
    "The simulator does not answer to this host name: any web page could give this machine such a name, and read "
    "along. Open it by its IP address or as localhost, or add the name: to ALLOWED_HOSTS where it is mounted in a "
    "site, else with --allow-host.\n"
)


def is_called_by_a_fitting_name(request: HttpRequest) -> bool:
    """Whether the Host header is an address, a name that only this network has, or one that the site allows."""
    name, _ = split_domain_port(host(request))
    named = [pattern for pattern in settings.ALLOWED_HOSTS if pattern != "*"]
    return _is_address(name) or _is_private_name(name) or validate_host(name, named)


def host(request: HttpRequest) -> str:
    """Return the Host header as it came; ALLOWED_HOSTS is the host site's business, not WeChat's."""
    sent = request.META.get("HTTP_HOST")
    return str(sent) if sent else f"{request.META['SERVER_NAME']}:{request.META['SERVER_PORT']}"


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def _is_private_name(name: str) -> bool:
    """Names without a dot are those of a container or of a machine next door."""
    return bool(name) and ("." not in name or any(name.endswith(f".{ending}") for ending in UNREGISTRABLE))


def is_from_elsewhere(request: HttpRequest) -> bool:
    """Whether a browser says that the page of somebody else made this request."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site not in OWN
    sender = request.headers.get("Origin") or request.headers.get("Referer")
    return sender is not None and _place(sender) != host(request).lower()


def _place(address: str) -> str:
    try:
        return urlsplit(address).netloc.lower()
    except ValueError:
        return ""
